from itertools import combinations

import pytest

from blazon.design import LetterformMark
from blazon.draw.fonts import FontLibrary
from blazon.draw.initials import MOST, graphemes
from blazon.draw.letter_outlines import level_runs
from blazon.draw.letterforms import CONSTRUCTIONS, Construction, monogram, suits
from blazon.draw.monogram_letters import SIDE
from blazon.draw.outline import Ink, inked_area, intersect_paths, layer_bounds, to_svg
from blazon.errors import InvalidDesign, TextNotCovered

LIBRARY = FontLibrary()
SAMPLES = tuple("H S Ō & NC FF AV LT ID II ÅB 7S ΨΩ КП שע HTB IBM ILI ЖЩЮ ABCD".split())
CASES = [
    pytest.param(construction, sample, id=f"{construction.name}-{sample}")
    for construction in CONSTRUCTIONS
    for sample in SAMPLES
    if len(graphemes(sample)) in construction.letters
]


def drawn(construction: Construction, initials: str, turn: int = 0) -> LetterformMark:
    """A mark in one of the families that suit the construction, or in one that has the letters."""
    families = [name for name in construction.families if not LIBRARY.missing_characters(name, initials)]
    families = families or [family.name for family in LIBRARY.families_covering(initials)]
    family = LIBRARY.family(families[turn % len(families)])
    return LetterformMark(initials, construction.name, family.name, max(family.weights))


@pytest.mark.parametrize(("construction", "initials"), CASES)
def test_layers_fill_the_square_and_never_overlap(construction: Construction, initials: str) -> None:
    for turn in range(3):
        mark = drawn(construction, initials, turn)
        if not suits(mark, LIBRARY):
            assert construction.combined
            continue
        layers = monogram(mark, LIBRARY)
        assert {layer.ink for layer in layers} <= {Ink.MARK, Ink.ACCENT}
        assert all(inked_area(layer.path) > 0 for layer in layers)
        box = layer_bounds(layers)
        assert max(box.width, box.height) == pytest.approx(SIDE, abs=1)
        assert box.centre == pytest.approx((SIDE / 2, SIDE / 2), abs=1)
        assert 0.05 < sum(inked_area(layer.path) for layer in layers) / SIDE**2 < 0.95
        for one, other in combinations(layers, 2):
            assert inked_area(intersect_paths(one.path, other.path)) < 20


def test_there_are_at_least_six_constructions_for_each_number_of_letters() -> None:
    for number in range(1, MOST + 1):
        assert sum(number in construction.letters for construction in CONSTRUCTIONS) >= 6


@pytest.mark.parametrize("construction", CONSTRUCTIONS, ids=lambda construction: construction.name)
def test_families_of_a_construction_exist_and_some_have_greek_and_cyrillic(construction: Construction) -> None:
    assert len(LIBRARY.families_covering("Я", construction.families)) >= 2
    assert all(LIBRARY.family(name) for name in construction.families)


def test_joined_letters_are_one_piece_and_a_bare_stem_is_kept() -> None:
    def pieces(initials: str) -> int:
        (layer,) = monogram(LetterformMark(initials, "joined", "Montserrat", 800), LIBRARY)
        return sum(not part.clockwise for part in layer.path.contours)

    assert pieces("HE") == pieces("UP") == pieces("AV") == 1
    assert pieces("IB") == 2
    assert not suits(LetterformMark("IB", "joined", "Montserrat", 800), LIBRARY)


def test_framed_letters_are_holes() -> None:
    (solid,) = monogram(LetterformMark("I", "circle", "Montserrat", 800), LIBRARY)
    (holed,) = monogram(LetterformMark("M", "circle", "Montserrat", 800), LIBRARY)
    assert inked_area(holed.path) < inked_area(solid.path) < 3.1416 * (SIDE / 2) ** 2


def test_letters_that_read_leftwards_stand_from_right_to_left() -> None:
    first, second = (monogram(LetterformMark(text, "divided", "Rubik", 600), LIBRARY) for text in ("אל", "לא"))
    assert [to_svg(layer.path) for layer in first] != [to_svg(layer.path) for layer in second]
    tallest = min(first[0].path.contours, key=lambda part: part.bounds[1])  # lamed, the second letter
    assert tallest.bounds[0] < SIDE / 2


@pytest.mark.parametrize(
    ("mark", "complaint"),
    [
        (LetterformMark("H", "knitted", "Rubik", 600), "knitted"),
        (LetterformMark("II", "nested", "Rubik", 600), "does not suit the letters II"),
        (LetterformMark("H", "joined", "Rubik", 600), "2 or 3 initials"),
        (LetterformMark("", "circle", "Rubik", 600), "not 0"),
        (LetterformMark("ABCDE", "circle", "Rubik", 600), "not 5"),
        (LetterformMark("H", "circle", "Comic", 600), "Comic"),
    ],
)
def test_designs_that_cannot_be_drawn_are_refused(mark: LetterformMark, complaint: str) -> None:
    with pytest.raises(InvalidDesign, match=complaint):
        monogram(mark, LIBRARY)


def test_initials_that_the_family_lacks_are_named() -> None:
    with pytest.raises(TextNotCovered, match=r"initials: .*U\+042F"):
        monogram(LetterformMark("Я", "circle", "Outfit", 600), LIBRARY)


def test_the_same_mark_gives_the_same_bytes() -> None:
    for construction in CONSTRUCTIONS:
        mark = drawn(construction, "CD" if 2 in construction.letters else "N")
        if not suits(mark, LIBRARY):
            continue
        once, again = (monogram(mark, library) for library in (LIBRARY, FontLibrary()))
        assert [to_svg(layer.path) for layer in once] == [to_svg(layer.path) for layer in again]


def combine(initials: str) -> dict[str, LetterformMark]:
    """The constructions that make one shape of some letters, each in the first family and weight that serve."""
    marks = (
        LetterformMark(initials, construction.name, name, weight)
        for construction in CONSTRUCTIONS
        if construction.combined
        for name in construction.families[:2]
        for weight in sorted({min(LIBRARY.family(name).weights), max(LIBRARY.family(name).weights)})
    )
    found: dict[str, LetterformMark] = {}
    for mark in marks:
        if mark.construction not in found and suits(mark, LIBRARY):
            found[mark.construction] = mark
    return found


@pytest.mark.parametrize(
    ("initials", "construction"),
    [("CO", "nested"), ("RT", "roofed"), ("TR", "roofed"), ("OO", "woven"), ("BK", "back to back"), ("HE", "joined")],
)
def test_letters_are_combined_in_the_way_that_suits_them(initials: str, construction: str) -> None:
    assert construction in combine(initials)


@pytest.mark.parametrize("initials", ["EL", "GH", "FI"])
def test_letters_are_not_joined_where_that_closes_one_of_them(initials: str) -> None:
    assert "joined" not in combine(initials)


@pytest.mark.parametrize("initials", ["OC", "OR", "OP"])
def test_no_pair_becomes_the_sign_of_a_right(initials: str) -> None:
    assert not {"nested", "counterform"} & set(combine(initials))


@pytest.mark.parametrize("initials", "QX MG FR VA DE JL WY KS ZP NB".split())
def test_any_pair_is_one_shape_in_some_way_and_keeps_its_letters(initials: str) -> None:
    marks = combine(initials)
    assert marks
    for mark in marks.values():
        layers = monogram(mark, LIBRARY)
        solid = [part for layer in layers for part in layer.path.contours if not part.clockwise]
        assert min(inked_area(part) for part in solid) > 0.0008 * SIDE**2, mark.construction


def test_a_nested_letter_has_the_strokes_of_the_one_around_it() -> None:
    mark = combine("CO")["nested"]
    outer, inner = monogram(mark, LIBRARY)
    around, inside = (min(run.length for run in level_runs(layer.path, -500)) for layer in (outer, inner))
    assert inside == pytest.approx(around, rel=0.35)


@pytest.mark.parametrize("initials", "CO RT BK DQ XZ LU ГО".split())
def test_what_may_not_suit_letters_does_not(initials: str) -> None:
    for construction in CONSTRUCTIONS:
        if len(initials) in construction.letters and not construction.may_suit(initials):
            names = [name for name in construction.families if not LIBRARY.missing_characters(name, initials)]
            assert not any(suits(LetterformMark(initials, construction.name, name, 600), LIBRARY) for name in names[:2])
