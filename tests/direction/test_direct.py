import itertools
from dataclasses import replace

import pytest

from blazon.brief import Brief, LayoutKind, PaletteMood, Style, parse_palette
from blazon.design import Design, SymbolMark
from blazon.direction.direct import direct
from blazon.draw.artwork import Materials
from blazon.errors import TextNotCovered
from blazon.reading.reading import Reading

COFFEE = Brief("a small-batch coffee roastery by the sea, warm and handmade", brand_name="Northwind Coffee", seed=7)


def plain_reading(brief: Brief) -> Reading:
    """Return the reading of a brief that wishes for nothing."""
    return Reading(topic=brief.prompt, name=brief.brand_name, slogan=brief.slogan)


def designs(brief: Brief, materials: Materials) -> list[Design]:
    return list(direct(brief, plain_reading(brief), materials))


def test_equal_briefs_give_equal_designs_and_other_seeds_others(materials: Materials) -> None:
    assert designs(COFFEE, materials) == designs(COFFEE, materials)
    assert designs(COFFEE, materials) != designs(replace(COFFEE, seed=8), materials)


@pytest.mark.parametrize("seed", range(12))
def test_candidates_differ_in_mark_type_layout_and_colour(materials: Materials, seed: int) -> None:
    found = designs(replace(COFFEE, seed=seed), materials)
    assert len({design.mark for design in found}) == 4
    assert len({design.name_type and design.name_type.family for design in found}) == 4
    assert len({design.colours for design in found}) == 4
    assert len({type(design.mark) for design in found} | {design.layout for design in found}) >= 4


def test_fewer_candidates_are_the_first_of_more(materials: Materials) -> None:
    many = designs(replace(COFFEE, count=12), materials)
    assert len(many) == 12
    assert designs(replace(COFFEE, count=3), materials) == many[:3]


@pytest.mark.parametrize("name", ["Northwind Coffee", ""])
def test_each_candidate_of_a_set_is_had_alone(materials: Materials, name: str) -> None:
    brief = replace(COFFEE, brand_name=name, count=24)
    alone = [designs(replace(brief, count=1, first=first), materials) for first in range(24)]
    assert [design for (design,) in alone] == designs(brief, materials)


def test_another_palette_changes_nothing_but_the_colours(materials: Materials) -> None:
    plain = designs(COFFEE, materials)
    navy = designs(replace(COFFEE, palette=parse_palette("navy, orange")), materials)
    for before, after in zip(plain, navy, strict=True):
        assert replace(before, colours=after.colours) == after


@pytest.mark.parametrize("layout", LayoutKind)
def test_a_layout_asked_for_is_kept(materials: Materials, layout: LayoutKind) -> None:
    found = designs(replace(COFFEE, layout=layout), materials)
    assert {design.layout for design in found} == {layout}
    assert all((design.mark is None) == (layout is LayoutKind.WORDMARK) for design in found)
    assert all((design.name_type is None) == (layout is LayoutKind.SYMBOL) for design in found)


@pytest.mark.parametrize("style", Style)
def test_a_style_asked_for_chooses_the_type(materials: Materials, style: Style) -> None:
    for design in designs(replace(COFFEE, style=style), materials):
        assert design.name_type is not None
        assert style in materials.fonts.family(design.name_type.family).styles


@pytest.mark.parametrize("mood", PaletteMood)
def test_a_palette_mood_asked_for_gives_as_many_schemes_as_candidates(materials: Materials, mood: PaletteMood) -> None:
    found = designs(replace(COFFEE, palette=parse_palette(mood)), materials)
    assert len({design.colours for design in found}) == 4


def test_a_brief_without_a_name_gives_marks_alone(materials: Materials) -> None:
    for design in designs(Brief("minimalist fox in orange, geometric", count=6), materials):
        assert design.layout is LayoutKind.SYMBOL
        assert not design.brand_name


def test_a_brief_that_means_nothing_still_gets_marks(materials: Materials) -> None:
    found = designs(Brief("قهوة على البحر", brand_name="Zxqv"), materials)
    assert not any(isinstance(design.mark, SymbolMark) for design in found)
    assert len({design.mark for design in found}) >= 3


def test_symbols_that_ask_for_credit_say_so_or_are_left_out(materials: Materials) -> None:
    prompts = ["a dragon", "medieval blacksmith with an anvil", "a kraken for a pirate game", "knight on a horse"]
    briefs = [Brief(prompt, count=6) for prompt in prompts]
    credited = [design for brief in briefs for design in designs(brief, materials) if design.credits]
    assert credited
    assert all("CC BY" in line or "CC-BY" in line for design in credited for line in design.credits)
    for brief in briefs:
        for design in designs(replace(brief, credit_allowed=False), materials):
            assert not design.credits
            assert not (isinstance(design.mark, SymbolMark) and design.mark.symbol.startswith("game-icons"))


def test_a_name_that_no_font_covers_is_an_error_that_names_the_characters(materials: Materials) -> None:
    with pytest.raises(TextNotCovered, match="U\\+1F600"):
        designs(Brief("a coffee shop", brand_name="Joy \U0001f600"), materials)


@pytest.mark.parametrize("name", ["Grüner Faden", "Ōkami", "Καφές Αθήνα", "Кофейня Ладога", "Łódź Ćma", "Șapte Țări"])
@pytest.mark.parametrize("style", Style)
def test_names_in_latin_greek_and_cyrillic_find_type_in_every_style(
    materials: Materials, name: str, style: Style
) -> None:
    for design in designs(Brief("a coffee shop", brand_name=name, style=style), materials):
        assert design.name_type is not None
        assert not materials.fonts.missing_characters(design.name_type.family, name)


def test_no_two_candidates_of_many_are_the_same(materials: Materials) -> None:
    found = designs(replace(COFFEE, count=24), materials)
    assert all(one != other for one, other in itertools.combinations(found, 2))


def test_a_family_asked_for_by_name_sets_every_name_and_a_refused_one_none(materials: Materials) -> None:
    asked = replace(plain_reading(COFFEE), family="Playfair Display")
    found = list(direct(COFFEE, asked, materials))
    assert {design.name_type.family for design in found if design.name_type} == {"Playfair Display"}
    first = {design.name_type.family for design in designs(COFFEE, materials) if design.name_type}
    refused = replace(plain_reading(COFFEE), families_avoided=tuple(first))
    found = list(direct(COFFEE, refused, materials))
    assert first.isdisjoint(design.name_type.family for design in found if design.name_type)
