"""Line marks as art direction leaves them: at the stem of the type and legible, or no line marks."""

import pytest

from blazon.brief import Brief, LayoutKind
from blazon.design import ColourScheme, Design, SymbolMark, Treatment, Typeface
from blazon.direction.direct import direct_places
from blazon.direction.line_marks import suit_line_mark
from blazon.draw.artwork import is_line_beside_name, match_line_mark
from blazon.draw.symbols import SymbolStyle
from blazon.studio import Studio

COLOURS = ColourScheme("#112233", "#cc4411", "#eeddcc", "#112233", "#112233", "#ffffff")


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio.open()


def suit(studio: Studio, weight: int, prompt: str = "a house", symbol: str = "lucide:house") -> Design:
    face = Typeface("Montserrat", weight)
    design = Design("x", LayoutKind.STACKED, SymbolMark(symbol), COLOURS, brand_name="Northwind", name_type=face)
    brief = Brief(prompt, brand_name="Northwind")
    return suit_line_mark(design, brief, studio.read(brief), studio.materials)


def test_a_stem_that_suits_stays(studio: Studio) -> None:
    found = suit(studio, 700)
    assert (found.name_type, found.mark) == (Typeface("Montserrat", 700), SymbolMark("lucide:house"))


def test_light_type_becomes_heavier_before_anything_else_changes(studio: Studio) -> None:
    found = suit(studio, 500)
    assert found.name_type is not None
    assert 500 < found.name_type.weight <= 700
    assert found.mark == SymbolMark("lucide:house")


def test_a_hairline_is_filled_instead(studio: Studio) -> None:
    found = suit(studio, 200)
    assert isinstance(found.mark, SymbolMark)
    assert studio.materials.symbols.get(found.mark.symbol).style is SymbolStyle.FILL
    assert found.name_type == Typeface("Montserrat", 200)


def test_thin_type_that_is_wished_for_stays_thin(studio: Studio) -> None:
    found = suit(studio, 500, "a house, thin type")
    assert found.name_type == Typeface("Montserrat", 500)
    assert not is_line_beside_name(found, studio.materials.symbols)


def test_what_has_no_solid_drawing_is_cut_out_of_a_frame(studio: Studio) -> None:
    library = studio.materials.symbols
    lonely = next(
        one.id
        for one in library
        if one.set == "lucide" and not any(other.style is SymbolStyle.FILL for other in library.depict(one.name))
    )
    found = suit(studio, 200, symbol=lonely)
    assert (found.treatment, found.mark) == (Treatment.KNOCKED_OUT, SymbolMark(lonely))


@pytest.mark.parametrize("prompt", ["yoga studio", "vineyard"])
def test_every_line_mark_of_a_set_is_legible_at_the_stem(prompt: str, studio: Studio) -> None:
    found = 0
    for seed in range(5):
        brief = Brief(prompt, brand_name="Ostra", seed=seed)
        for place in direct_places(brief, studio.read(brief), studio.materials):
            for design in place:
                if is_line_beside_name(design, studio.materials.symbols):
                    matched = match_line_mark(design, studio.materials)
                    assert matched is not None
                    assert matched.is_legible
                    found += 1
    assert found
