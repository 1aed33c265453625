from dataclasses import replace

import pytest

from blazon.brief import MAX_BRAND_NAME, Brief, LayoutKind
from blazon.design import ColourScheme, Design, FrameShape, GeometricMark, Treatment, Typeface
from blazon.draw.artwork import Materials, Variant, draw, draw_small
from blazon.draw.lettering import set_line
from blazon.draw.lockups import ARTBOARD
from blazon.draw.outline import Ink, layer_bounds
from blazon.errors import InvalidDesign

COLOURS = ColourScheme("#102030", "#405060", "#d0d0d0", "#000000", "#333333", "#ffffff")


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


LONGEST = "The Old Bakery & Café of Saint-Germain-des-Prés, Established by Two Sisters 1924"


@pytest.mark.parametrize("layout", [kind for kind in LayoutKind if kind is not LayoutKind.SYMBOL])
@pytest.mark.parametrize("frame", [None, FrameShape.SHIELD])
def test_a_name_of_80_characters_is_drawn_whole_in_every_layout(
    layout: LayoutKind, frame: FrameShape | None, materials: Materials
) -> None:
    assert len(Brief("a bakery", brand_name=LONGEST).brand_name) == MAX_BRAND_NAME
    typeface = Typeface("Figtree", 600)
    design = Design("x", layout, GeometricMark("grid", 1), COLOURS, brand_name=LONGEST, name_type=typeface, frame=frame)
    names = [layer for layer in draw(design, materials).layers if layer.ink is Ink.NAME]
    assert 3 <= len(names) <= 4
    box = layer_bounds(names)
    assert box.width <= 0.8 * ARTBOARD + 0.1
    letters = set_line(LONGEST, typeface, 1000, materials.fonts).path
    assert sum(len(list(layer.path.contours)) for layer in names) == len(list(letters.contours))


def test_what_is_too_small_in_an_emblem_is_told(materials: Materials) -> None:
    face = Typeface("Figtree", 600)
    design = Design(
        "x",
        LayoutKind.EMBLEM,
        GeometricMark("grid", 1),
        COLOURS,
        frame=FrameShape.CIRCLE,
        brand_name="Northwind Coffee",
        slogan="freshly roasted by the sea since our grandparents came",
        name_type=face,
        slogan_type=face,
        established="Est. 1894",
    )
    artwork = draw(design, materials)
    assert artwork.left_out == ("slogan",)
    assert sum(layer.ink is Ink.SLOGAN for layer in artwork.layers) == 1
    assert draw(replace(design, layout=LayoutKind.WORDMARK, mark=None), materials).left_out == ()


def test_a_name_without_a_typeface_is_refused(materials: Materials) -> None:
    with pytest.raises(InvalidDesign, match="name_type"):
        draw(Design("x", LayoutKind.WORDMARK, None, COLOURS, brand_name="Helio"), materials)
    named = Design("x", LayoutKind.WORDMARK, None, COLOURS, brand_name="Helio", name_type=Typeface("Jost", 400))
    with pytest.raises(InvalidDesign, match="slogan_type"):
        draw(replace(named, slogan="sun"), materials)


def test_a_gradient_is_flat_in_every_colouring_of_one_colour(materials: Materials) -> None:
    colours = ColourScheme("#1d4f9f", "#0f8fb8", "#dde6f5", "#111111", "#444444", "#ffffff")
    design = Design("x", LayoutKind.SYMBOL, GeometricMark("waves", 0), colours, Treatment.GRADIENT)
    artwork = draw(design, materials)
    assert "linearGradient" in artwork.svg()
    assert all("Gradient" not in artwork.svg(variant) for variant in Variant if variant is not Variant.COLOUR)
    assert "Gradient" not in draw_small(design, materials, 32).svg()
    assert Design.from_dict(design.to_dict()) == design


def test_a_layout_without_its_parts_is_refused(materials: Materials) -> None:
    whole = Design(
        "x", LayoutKind.STACKED, GeometricMark("grid", 1), COLOURS, brand_name="Nord", name_type=Typeface("Rubik", 600)
    )
    assert draw(whole, materials).layers
    for change in ({"mark": None}, {"brand_name": ""}):
        with pytest.raises(InvalidDesign, match="the layout stacked needs a"):
            draw(replace(whole, **change), materials)


def test_the_symbol_of_a_name_alone_is_its_first_letter(materials: Materials) -> None:
    name = Design("x", LayoutKind.SYMBOL, None, COLOURS, brand_name="Nord", name_type=Typeface("Rubik", 600))
    box = layer_bounds(draw(name, materials).layers)
    assert box.width < 1.4 * box.height
    assert max(box.width, box.height) > 0.6 * ARTBOARD
