from dataclasses import replace

import pytest

from blazon.brief import LayoutKind
from blazon.design import ColourScheme, Design, GeometricMark, LetterCase, Typeface
from blazon.draw.artwork import Materials, break_name, draw, name_lines
from blazon.draw.lockups import ARTBOARD
from blazon.draw.outline import Ink, layer_bounds
from blazon.draw.writing import apply_case
from blazon.errors import InvalidDesign

COLOURS = ColourScheme("#102030", "#405060", "#d0d0d0", "#000000", "#333333", "#ffffff")


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Helio", ("Helio",)),
        ("Northwind Coffee", ("Northwind", "Coffee")),
        ("Forge & Fable", ("Forge", "& Fable")),
        ("The Long Name of Aberdeen", ("The Long Name", "of Aberdeen")),
        ("A B", ("A", "B")),
    ],
)
def test_names_break_where_both_lines_are_nearly_equal(name: str, lines: tuple[str, ...]) -> None:
    assert break_name(name) == lines


def test_a_long_name_is_set_in_two_lines(materials: Materials) -> None:
    design = Design(
        "x",
        LayoutKind.HORIZONTAL,
        GeometricMark("grid", 1),
        COLOURS,
        brand_name="Northwind Coffee",
        name_type=Typeface("Figtree", 600),
    )
    layers = draw(design, materials).layers
    assert sum(layer.ink is Ink.NAME for layer in layers) == 2
    assert layer_bounds(layers).centre == pytest.approx((ARTBOARD / 2, ARTBOARD / 2), abs=0.1)


@pytest.mark.parametrize("name", ["iPool Supplies", "Gıda istasyonu", "Muster Werkzeuge GmbH"])
def test_a_line_of_a_name_is_in_the_case_of_the_whole(name: str, materials: Materials) -> None:
    """Each line by itself would not tell: `Supplies` may be set in capitals, and `istasyonu` may be of any language."""
    typeface = Typeface("Montserrat", 600, LetterCase.UPPER)
    design = Design("x", LayoutKind.HORIZONTAL, GeometricMark("grid", 1), COLOURS, brand_name=name, name_type=typeface)
    lines = name_lines(design, materials.fonts)
    assert len(lines) > 1
    assert " ".join(line.text for line in lines) == apply_case(name, LetterCase.UPPER)


def test_a_name_without_a_typeface_is_refused(materials: Materials) -> None:
    with pytest.raises(InvalidDesign, match="name_type"):
        draw(Design("x", LayoutKind.WORDMARK, None, COLOURS, brand_name="Helio"), materials)
    named = Design("x", LayoutKind.WORDMARK, None, COLOURS, brand_name="Helio", name_type=Typeface("Jost", 400))
    with pytest.raises(InvalidDesign, match="slogan_type"):
        draw(replace(named, slogan="sun"), materials)
