from dataclasses import replace

import pytest

from blazon.brief import LayoutKind
from blazon.design import Arrangement, ColourScheme, CompositeMark, Design, FrameShape, SymbolMark, Treatment, Typeface
from blazon.draw.artwork import Materials, draw_small
from blazon.draw.lockups import ARTBOARD
from blazon.draw.outline import Box, Ink, Layer, circle, inked_area, layer_bounds, rectangle, subtract_paths, union
from blazon.draw.small_size import shrink, simplify_layers
from blazon.errors import InvalidDesign

COLOURS = ColourScheme("#112233", "#cc4411", "#eeddcc", "#112233", "#112233", "#ffffff")
SQUARE = rectangle(Box(0, 0, 1000, 1000))
WORDMARK = Design(
    "Globex", LayoutKind.WORDMARK, None, COLOURS, brand_name="Globex", name_type=Typeface("Montserrat", 800)
)


def test_a_narrow_gap_is_closed_and_a_wide_one_stays() -> None:
    narrow, wide = rectangle(Box(300, 200, 330, 800)), rectangle(Box(600, 200, 800, 800))
    (simple,) = simplify_layers([Layer(subtract_paths(SQUARE, narrow, wide), Ink.MARK)], 1000 / 16)
    assert inked_area(simple.path) == pytest.approx(1000 * 1000 - 200 * 600, rel=0.01)


def test_a_hair_goes_and_a_stroke_stays() -> None:
    drawn = union([SQUARE, rectangle(Box(1000, 100, 1500, 110)), rectangle(Box(1000, 500, 1500, 700))])
    (simple,) = simplify_layers([Layer(drawn, Ink.MARK)], 1000 / 16)
    assert inked_area(simple.path) == pytest.approx(1000 * 1000 + 500 * 200, rel=0.01)


def test_a_drawing_of_hairs_alone_keeps_them() -> None:
    hairs = union([rectangle(Box(0, y, 1000, y + 20)) for y in (0, 300, 600)])
    (simple,) = simplify_layers([Layer(hairs, Ink.MARK)], 1000 / 16)
    assert inked_area(simple.path) == pytest.approx(inked_area(hairs), rel=0.01)


def test_a_tint_is_left_out() -> None:
    layers = [Layer(circle((0, 0), 900), Ink.TINT), Layer(SQUARE, Ink.MARK)]
    assert [layer.ink for layer in simplify_layers(layers, 30)] == [Ink.MARK]


def test_shrinking_takes_as_much_on_every_side() -> None:
    assert inked_area(shrink(SQUARE, 100)) == pytest.approx(800 * 800)


@pytest.mark.parametrize("treatment", Treatment)
@pytest.mark.parametrize("pixels", [16, 32])
def test_a_favicon_is_the_mark_alone_and_fills_its_square(
    treatment: Treatment, pixels: int, materials: Materials
) -> None:
    mark = SymbolMark("game-icons:fox")
    design = Design(
        "Foxtrot",
        LayoutKind.EMBLEM,
        mark,
        COLOURS,
        treatment,
        FrameShape.SHIELD,
        "Foxtrot",
        name_type=WORDMARK.name_type,
    )
    layers = draw_small(design, materials, pixels).layers
    box = layer_bounds(layers)
    assert {layer.ink for layer in layers} <= {Ink.MARK, Ink.ACCENT}
    assert 0.75 * ARTBOARD < max(box.width, box.height) <= 0.92 * ARTBOARD
    pixel = ARTBOARD / pixels
    assert min(inked_area(contour) for layer in layers for contour in layer.path.contours) > 0.9 * pixel * pixel


def test_the_favicon_of_a_wordmark_is_its_first_letter(materials: Materials) -> None:
    (letter,) = draw_small(WORDMARK, materials, 32).layers
    assert letter.ink is Ink.NAME
    assert len(list(letter.path.contours)) == 1


def test_a_design_of_nothing_has_no_favicon(materials: Materials) -> None:
    with pytest.raises(InvalidDesign, match="without a mark needs a brand_name"):
        draw_small(Design("x", LayoutKind.SYMBOL, None, COLOURS), materials, 32)


@pytest.mark.parametrize(("pixels", "alone"), [(16, True), (32, False)])
def test_a_second_symbol_is_left_out_where_it_would_be_a_blot(pixels: int, alone: bool, materials: Materials) -> None:
    first = SymbolMark("mdi:anchor")
    both = CompositeMark("mdi:anchor", "game-icons:fox", Arrangement.HELD, 650, 650, 450)
    designs = [Design("x", LayoutKind.SYMBOL, mark, COLOURS) for mark in (first, both)]
    areas = [
        sum(inked_area(layer.path) for layer in draw_small(design, materials, pixels).layers) for design in designs
    ]
    assert (areas[0] == areas[1]) is alone


def test_a_mark_that_would_close_in_its_frame_stands_without_it(materials: Materials) -> None:
    """At 16 pixels of a pair of scales in a plate two dots were left, and of a package a blot."""
    frame, mark = FrameShape.SQUIRCLE, SymbolMark("phosphor:scales-fill")
    knocked = Design("Nord", LayoutKind.EMBLEM, mark, COLOURS, Treatment.KNOCKED_OUT, frame, "Nord")
    plain = replace(knocked, treatment=Treatment.PLAIN, frame=None)

    def area(design: Design, pixels: int) -> float:
        return sum(inked_area(layer.path) for layer in draw_small(design, materials, pixels).layers)

    assert area(knocked, 16) == pytest.approx(area(plain, 16), rel=1e-3)
    assert area(knocked, 48) > 1.5 * area(plain, 48)
