from itertools import combinations

import pytest

from blazon.design import LetterformMark
from blazon.draw.fonts import FontLibrary
from blazon.draw.initials import MOST, graphemes
from blazon.draw.letterforms import CONSTRUCTIONS, SIDE, Construction, monogram
from blazon.draw.outline import Ink, inked_area, intersect_paths, layer_bounds, to_svg
from blazon.errors import InvalidDesign, TextNotCovered

LIBRARY = FontLibrary()
SAMPLES = tuple("H S Ō & NC FF AV LT ID II ÅB 7S ΨΩ КП שע HTB IBM ILI ЖЩЮ".split())
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
        layers = monogram(drawn(construction, initials, turn), LIBRARY)
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

    assert pieces("NC") == pieces("HE") == pieces("AV") == 1
    assert pieces("IB") == 2


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
        (LetterformMark("H", "woven", "Rubik", 600), "woven"),
        (LetterformMark("H", "joined", "Rubik", 600), "2 or 3 initials"),
        (LetterformMark("", "circle", "Rubik", 600), "not 0"),
        (LetterformMark("ABCD", "circle", "Rubik", 600), "not 4"),
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
        mark = drawn(construction, "NC" if 2 in construction.letters else "N")
        once, again = (monogram(mark, library) for library in (LIBRARY, FontLibrary()))
        assert [to_svg(layer.path) for layer in once] == [to_svg(layer.path) for layer in again]
