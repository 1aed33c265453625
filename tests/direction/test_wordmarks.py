from dataclasses import replace

import pytest

from blazon.brief import Brief, LayoutKind, LetterCase, parse_palette
from blazon.design import ColourScheme, Design, NameTechnique
from blazon.direction.wordmarks import colour_in_two, find_break
from blazon.draw.artwork import Materials
from blazon.draw.lettering import write_text
from blazon.draw.palette import lch_of
from blazon.studio import Candidate, Studio

STUDIO = Studio.open()


def wordmarks(name: str, prompt: str, seed: int = 0, **fields: object) -> list[Candidate]:
    brief = replace(Brief(prompt, brand_name=name, seed=seed, layout=LayoutKind.WORDMARK), **fields)
    return STUDIO.generate(brief)


def idea_of(design: Design) -> str:
    return str(design.name_idea.technique) if design.name_idea else "split" if design.name_split else ""


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Blue Wave", 5),
        ("TrailForge", 5),
        ("Greenfield", 5),
        ("The Wandering Goose", 14),
        ("Nordlicht", None),
        ("Benedict", None),
        ("Fontaine", None),
        ("Foo GmbH", None),
        ("JAMstack", None),
        ("A B", None),
    ],
)
def test_a_name_is_parted_where_it_has_parts(name: str, place: int | None, materials: Materials) -> None:
    assert find_break(name, lambda word: bool(materials.symbols.depict(word))) == place


@pytest.mark.parametrize("name", ["NOVA", "Blue Wave", "Loop", "TrailForge", "Terra", "Otto Berg"])
def test_most_wordmarks_have_an_idea_and_no_two_the_same(name: str) -> None:
    ideas = [idea_of(candidate.design) for candidate in wordmarks(name, "a design studio")]
    told = [idea for idea in ideas if idea]
    assert len(told) >= (2 if len(name) > 5 else 1)
    assert len(set(told)) == len(told)


@pytest.mark.parametrize("prompt", ["just the name, plain", "a law firm, no frills", "plain wordmark for a bank"])
def test_where_the_brief_wants_a_plain_name_it_stays_plain(prompt: str) -> None:
    assert not any(idea_of(candidate.design) for candidate in wordmarks("NOVA", prompt))


@pytest.mark.parametrize("name", ["مطعم النور", "שלום", "नमस्ते"])
def test_names_in_connected_or_leftward_letters_keep_them(name: str) -> None:
    assert {candidate.design.name_idea for candidate in wordmarks(name, "a restaurant")} == {None}


@pytest.mark.parametrize("name", ["iPool", "mRNA Lab", "McCloud"])
def test_an_idea_never_changes_a_case_that_has_a_meaning(name: str) -> None:
    for seed in range(4):
        for candidate in wordmarks(name, "a bold sports brand", seed):
            assert candidate.design.name_type is not None
            assert write_text(name, candidate.design.name_type, STUDIO.materials.fonts) == name


def test_a_case_that_is_wished_for_is_kept() -> None:
    for candidate in wordmarks("Nova Lab", "a tech startup", case=LetterCase.LOWER):
        assert candidate.design.name_type is not None
        assert candidate.design.name_type.case is LetterCase.LOWER


def test_colours_decide_no_idea() -> None:
    plain = wordmarks("Tivoli Works", "a toy shop")
    black = wordmarks("Tivoli Works", "a toy shop", palette=parse_palette("black"))
    assert [idea_of(one.design) for one in plain] == [idea_of(one.design) for one in black]
    for candidate in black:
        if candidate.design.colours.name == candidate.design.colours.accent:
            assert "colour" not in candidate.why
            assert "tones" not in candidate.why


def test_what_was_done_is_told_in_one_sentence() -> None:
    told = {idea_of(one.design): one.why for one in wordmarks("NOVA", "a tech startup")}
    assert any(f"{technique}" in told for technique in (NameTechnique.OPEN, NameTechnique.CUT))
    if NameTechnique.CUT in told:
        assert " degrees through the O" in told[NameTechnique.CUT]
    assert all(why.endswith(".") and why.count(". ") == 0 for why in told.values())


@pytest.mark.parametrize("name", ["Mossy", "Earworm", "Haight Records", "Greenfield Removals", "El Faro", "Otto"])
def test_no_o_is_cut_so_that_it_is_an_o_with_a_stroke_and_no_small_letter_so_that_it_is_broken(name: str) -> None:
    for prompt in ("a music shop", "a tech startup", "a sports brand"):
        for candidate in wordmarks(name, prompt):
            assert idea_of(candidate.design) != NameTechnique.CUT


def test_a_capital_of_a_short_name_may_be_cut() -> None:
    ideas = {idea_of(one.design) for seed in range(4) for one in wordmarks("GRID", "a tech startup", seed)}
    assert NameTechnique.CUT in ideas


def test_the_second_tone_on_a_strong_paper_is_of_its_hue() -> None:
    orange = ColourScheme("#fdfcfa", "#a3c4f5", "#e8915a", "#fdfcfa", "#fdece2", "#c24400")
    tones = colour_in_two(orange, given=False)
    assert abs(lch_of(tones.accent)[2] - lch_of(orange.paper)[2]) < 25
    red = replace(orange, accent="#ffd24d", paper="#c92a2a")
    assert colour_in_two(red, given=False).accent == "#ffd24d"
