from dataclasses import replace
from itertools import pairwise

import pytest

from blazon.brief import LayoutKind
from blazon.design import ColourScheme, Design, LetterCase, NameIdea, NameTechnique, Typeface
from blazon.draw.artwork import Materials, draw, draw_small
from blazon.draw.letter_outlines import read_glyphs, upright_runs
from blazon.draw.lettering import Lettering
from blazon.draw.name_ideas import find_name_ideas
from blazon.draw.outline import Ink, bounds, inked_area, intersect_paths
from blazon.draw.wording import set_words
from blazon.errors import InvalidDesign

COLOURS = ColourScheme("#112233", "#cc4411", "#eeddcc", "#112233", "#112233", "#ffffff")
T = NameTechnique


def wordmark(
    name: str, family: str = "Montserrat", weight: int = 600, case: LetterCase = LetterCase.AS_GIVEN
) -> Design:
    face = Typeface(family, weight, case)
    return Design(name, LayoutKind.WORDMARK, None, COLOURS, brand_name=name, name_type=face)


def offers(design: Design, materials: Materials) -> dict[NameTechnique, NameIdea]:
    return {idea.technique: idea for idea in find_name_ideas(set_words(design, materials.fonts).name)}


def with_idea(design: Design, technique: NameTechnique, materials: Materials) -> Lettering:
    changed = replace(design, name_idea=offers(design, materials)[technique])
    (line,) = set_words(changed, materials.fonts).name
    return line


def solid_parts(line: Lettering, index: int) -> int:
    path = line.letters[index].path
    outer = max(path.contours, key=inked_area).clockwise
    return sum(part.clockwise is outer for part in path.contours)


@pytest.mark.parametrize(
    ("name", "technique", "index"),
    [
        ("NOVA", T.CUT, 1),
        ("Bootik", T.DOT, 4),
        ("Bootik", T.LINKED, 1),
        ("Otter", T.TIED, 1),
        ("NOVA", T.OPEN, 3),
        ("HERON", T.JOINED, 0),
        ("OSLO", T.FILLED, 0),
        ("Terra", T.ROOF, 0),
    ],
)
def test_an_idea_is_found_where_the_letters_offer_it(
    name: str, technique: NameTechnique, index: int, materials: Materials
) -> None:
    assert offers(wordmark(name), materials)[technique].index == index


@pytest.mark.parametrize(
    ("name", "technique"),
    [
        ("LIV", T.CUT),
        ("Lund", T.DOT),
        ("O Olsen", T.LINKED),
        ("Oat", T.TIED),
        ("Nova", T.OPEN),
        ("IDA", T.JOINED),
        ("Tilda", T.ROOF),
        ("Thor", T.ROOF),
    ],
)
def test_no_idea_is_found_where_they_do_not(name: str, technique: NameTechnique, materials: Materials) -> None:
    assert technique not in offers(wordmark(name), materials)


@pytest.mark.parametrize(("name", "family"), [("مطعم", "Rubik"), ("Liffey", "Lobster"), ("नमस्ते", "Baloo 2")])
def test_letters_that_do_not_stand_by_themselves_offer_nothing_or_what_can_be_drawn(
    name: str, family: str, materials: Materials
) -> None:
    covering = materials.fonts.families_covering(name)
    face = family if family in {one.name for one in covering} else covering[0].name
    design = wordmark(name, face)
    for idea in find_name_ideas(set_words(design, materials.fonts).name):
        assert draw(replace(design, name_idea=idea), materials).layers


def test_a_cut_has_the_angle_of_the_diagonals_and_leaves_two_parts(materials: Materials) -> None:
    design = wordmark("NOVA")
    idea = offers(design, materials)[T.CUT]
    assert 48 <= idea.angle <= 82
    assert solid_parts(with_idea(design, T.CUT, materials), 1) == 2
    assert solid_parts(with_idea(design, T.CUT, materials), 0) == 1


def test_linked_letters_are_woven_and_do_not_overlap(materials: Materials) -> None:
    line = with_idea(wordmark("Loom"), T.LINKED, materials)
    first, second = line.letters[1].path, line.letters[2].path
    assert bounds([first]).right > bounds([second]).left
    assert inked_area(intersect_paths(first, second)) < 1
    # Each is interrupted once, where it runs below the other.
    assert solid_parts(line, 1) == solid_parts(line, 2) == 1


def test_letters_with_a_shared_stem_are_one_piece(materials: Materials) -> None:
    plain, joined = (
        set_words(design, materials.fonts).name[0]
        for design in (wordmark("HERON"), replace(wordmark("HERON"), name_idea=NameIdea(T.JOINED, 0)))
    )
    assert len(list(joined.path.contours)) == len(list(plain.path.contours)) - 1
    assert joined.ink.width < plain.ink.width


def test_the_dots_are_all_that_is_in_the_accent(materials: Materials) -> None:
    design = replace(wordmark("Tivoli"), name_idea=NameIdea(T.DOT, 1))
    layers = {layer.ink: layer.path for layer in draw(design, materials).layers}
    assert len(list(layers[Ink.ACCENT].contours)) == 2
    assert inked_area(intersect_paths(layers[Ink.ACCENT], layers[Ink.NAME])) < 1


def test_a_roof_covers_the_letters_and_touches_none(materials: Materials) -> None:
    line = with_idea(wordmark("Terra"), T.ROOF, materials)
    first, *others = (bounds([letter.path]) for letter in line.letters)
    assert first.right == pytest.approx(others[-1].right)
    assert len(list(line.path.contours)) == 7  # T, e with its hole, r, r, a with its hole


def test_words_are_set_at_one_width(materials: Materials) -> None:
    design = replace(wordmark("Blue Wave", case=LetterCase.UPPER), name_idea=NameIdea(T.JUSTIFIED))
    words = set_words(design, materials.fonts)
    assert [line.text for line in words.name] == ["BLUE", "WAVE"]
    one, other = (line.ink.width for line in words.name)
    assert one == pytest.approx(other)
    assert len(draw(design, materials).layers) == 2


def test_an_open_e_has_three_bars(materials: Materials) -> None:
    design = wordmark("HELMO", "Outfit", 600)
    line = with_idea(design, T.OPEN, materials)
    box = bounds([line.letters[1].path])
    assert len(upright_runs(line.letters[1].path, box.left + 1)) == 3


@pytest.mark.parametrize("technique", T)
def test_an_idea_that_the_name_does_not_offer_is_an_error_that_says_so(
    technique: NameTechnique, materials: Materials
) -> None:
    for index in (0, 40):
        design = replace(wordmark("Ly"), name_idea=NameIdea(technique, index))
        if technique is T.JUSTIFIED:
            continue
        with pytest.raises(InvalidDesign, match="name_idea"):
            draw(design, materials)


def test_stored_designs_with_and_without_an_idea_are_read(materials: Materials) -> None:
    design = replace(wordmark("NOVA"), name_idea=NameIdea(T.CUT, 1, 60))
    data = design.to_dict()
    assert Design.from_dict(data) == design
    del data["name_idea"]
    assert Design.from_dict(data).name_idea is None


def test_letters_stay_in_order_and_all_are_there(materials: Materials) -> None:
    design = wordmark("OTTOMANE")
    for technique, idea in offers(design, materials).items():
        (line,) = set_words(replace(design, name_idea=idea), materials.fonts).name
        assert len(line.letters) == 8, technique
        lefts = [bounds([letter.path]).left for letter in line.letters]
        assert all(before < after for before, after in pairwise(lefts)), technique


def test_a_ligature_offers_nothing(materials: Materials) -> None:
    (line,) = set_words(wordmark("Liffey", "Lora", 600), materials.fonts).name
    assert read_glyphs(replace(line, letters=line.letters[:-1])) is None


def test_a_favicon_has_the_first_letter_with_its_idea_unless_that_makes_it_wide(materials: Materials) -> None:
    def inks(design: Design, technique: NameTechnique) -> list[Ink]:
        changed = replace(design, name_idea=offers(design, materials)[technique])
        return [layer.ink for layer in draw_small(changed, materials, 32).layers]

    assert inks(wordmark("OSLO"), T.FILLED) == [Ink.NAME, Ink.ACCENT]
    assert inks(wordmark("Bootik"), T.DOT) == [Ink.NAME]
    (roof,) = draw_small(replace(wordmark("Terra"), name_idea=NameIdea(T.ROOF)), materials, 32).layers
    box = bounds([roof.path])
    assert box.width < 1.2 * box.height


def test_a_long_name_is_left_alone(materials: Materials) -> None:
    assert not offers(wordmark("Pepper Kitchen Supplies"), materials)
