import itertools

import pytest

from blazon.design import LetterformMark
from blazon.draw.fonts import FontLibrary
from blazon.draw.letterforms import CONSTRUCTIONS, SIDE, Construction, monogram
from blazon.draw.outline import inked_area, intersected, layer_bounds
from blazon.errors import InvalidDesign, TextNotCovered

FONTS = FontLibrary()
INITIALS = ("N", "I", "Q", "NC", "FF", "AV", "LI", "ÉQ", "WM", "RST", "IJI")
ALL = [
    (construction, initials)
    for construction in CONSTRUCTIONS
    for initials in INITIALS
    if len(initials) in construction.letters
]


def mark(construction: Construction, initials: str, family: str) -> LetterformMark:
    return LetterformMark(initials, construction.name, family, max(FONTS.family(family).weights))


@pytest.mark.parametrize(("construction", "initials"), ALL, ids=lambda value: getattr(value, "name", value))
def test_a_monogram_fills_its_square_and_its_parts_stay_apart(construction: Construction, initials: str) -> None:
    for family in construction.families:
        if FONTS.missing(family, initials):
            continue
        layers = monogram(mark(construction, initials, family), FONTS)
        box = layer_bounds(layers)
        assert max(box.width, box.height) == pytest.approx(SIDE, rel=1e-3)
        assert box.centre == pytest.approx((SIDE / 2, SIDE / 2), abs=0.5)
        assert 0.05 < sum(inked_area(layer.path) for layer in layers) / SIDE**2 < 0.95
        for one, other in itertools.combinations(layers, 2):
            assert inked_area(intersected(one.path, other.path)) < 20


@pytest.mark.parametrize("initials", ["Ж", "ЖД", "Ω", "ΛΩ"])
def test_greek_and_cyrillic_initials_have_constructions(initials: str) -> None:
    able = [
        construction.name
        for construction in CONSTRUCTIONS
        if len(initials) in construction.letters
        and any(not FONTS.missing(family, initials) for family in construction.families)
    ]
    assert len(able) >= 4


def test_there_are_constructions_for_every_number_of_letters() -> None:
    for letters in (1, 2, 3):
        assert sum(letters in construction.letters for construction in CONSTRUCTIONS) >= 6
    assert len({construction.name for construction in CONSTRUCTIONS}) == len(CONSTRUCTIONS)


def test_what_does_not_exist_is_refused() -> None:
    with pytest.raises(InvalidDesign, match="melted"):
        monogram(LetterformMark("AB", "melted", "Montserrat", 700), FONTS)
    with pytest.raises(InvalidDesign, match="family"):
        monogram(LetterformMark("AB", "disc", "Comic Sans", 700), FONTS)
    with pytest.raises(InvalidDesign, match="letter"):
        monogram(LetterformMark("", "disc", "Montserrat", 700), FONTS)
    with pytest.raises(InvalidDesign, match="letters"):
        monogram(LetterformMark("A", "halved", "Montserrat", 700), FONTS)
    with pytest.raises(TextNotCovered):
        monogram(LetterformMark("漢", "disc", "Montserrat", 700), FONTS)
