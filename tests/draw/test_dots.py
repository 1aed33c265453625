import pytest

from blazon.design import LetterCase, Typeface
from blazon.draw.families import FAMILIES
from blazon.draw.fonts import FontLibrary
from blazon.draw.lettering import set_line
from blazon.draw.typefaces import TypeFamily

LIBRARY = FontLibrary()


def dots(text: str, family: str, weight: int, tracking: float) -> int:
    """How many contours of a line stand over the stems of its letters, where the dot of an i is."""
    face = Typeface(family, weight, tracking=tracking)
    letter = [contour.bounds for contour in set_line("i", face, 1000, LIBRARY).path.contours]
    stem = max(letter, key=lambda box: (box[2] - box[0]) * (box[3] - box[1]))
    dot = min(letter, key=lambda box: box[1])
    middle = (stem[1] + dot[3]) / 2
    return sum(
        box[3] < middle for box in (contour.bounds for contour in set_line(text, face, 1000, LIBRARY).path.contours)
    )


@pytest.mark.parametrize("tracking", [-20.0, 0.0])
@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_no_dot_is_lost_after_an_f(family: TypeFamily, tracking: float) -> None:
    for weight in family.weights:
        alone = {letter: dots(letter, family.name, weight, tracking) for letter in "fij"}
        for text in ("fi", "ffi", "fj") if alone["i"] == 1 else ():
            assert dots(text, family.name, weight, tracking) == sum(alone[letter] for letter in text), (text, weight)


def test_most_families_have_a_dot_to_lose() -> None:
    having = [family.name for family in FAMILIES if dots("i", family.name, family.weights[0], 0.0) == 1]
    assert len(having) > 0.9 * len(FAMILIES)


def test_a_ligature_that_keeps_its_dot_is_used() -> None:
    """Cormorant's fl has no dot to lose: the letters join, at their own distance, and only fi is set apart."""
    lengths = {text: len(set_line(text, Typeface("Cormorant", 500), 1000, LIBRARY).letters) for text in ("fl", "fi")}
    assert lengths == {"fl": 1, "fi": 2}


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_figures_are_lining_in_every_family_that_has_them(family: TypeFamily) -> None:
    """Old-style figures differ in height by a third: 1 and 0 are as high as an x, 6 and 8 as an H."""
    face = Typeface(family.name, family.weights[0])
    tops = {figure: set_line(figure, face, 1000, LIBRARY).ink.top for figure in "0126789"}
    assert max(tops.values()) - min(tops.values()) < 150, tops


@pytest.mark.parametrize("family", ["Anton", "Abril Fatface", "Lobster"])
def test_capitals_stand_as_before(family: str) -> None:
    upper = set_line("FILIGREE", Typeface(family, 400), 1000, LIBRARY)
    assert set_line("filigree", Typeface(family, 400, LetterCase.UPPER), 1000, LIBRARY).advance == upper.advance
