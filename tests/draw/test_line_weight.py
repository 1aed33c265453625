import pytest
from pathops import Path

from blazon.brief import LayoutKind
from blazon.design import ColourScheme, Design, SymbolMark, Typeface
from blazon.draw.artwork import Materials, draw
from blazon.draw.composition import symbol_outline
from blazon.draw.line_weight import stroke_for, stroke_width, thicken_lines
from blazon.draw.outline import Ink, Layer, bounds, circle, stroke_path, union
from blazon.draw.symbols import SymbolStyle

COLOURS = ColourScheme("#112233", "#cc4411", "#eeddcc", "#112233", "#112233", "#ffffff")


def relative_stroke(path: Path) -> float:
    box = bounds([path])
    return stroke_width(path) * 1000 / max(box.width, box.height)


def test_the_stroke_of_a_ring_is_measured() -> None:
    assert stroke_width(union([stroke_path(circle((0, 0), 400), 80)])) == pytest.approx(80, rel=0.02)


def test_heavier_type_asks_for_heavier_strokes_within_bounds() -> None:
    strokes = [stroke_for(weight) for weight in range(100, 1000, 100)]
    assert strokes == sorted(strokes)
    assert (strokes[0], strokes[-1]) == (92, 128)


@pytest.mark.parametrize("symbol_id", ["lucide:cat", "tabler:anchor", "phosphor:camera", "phosphor:coffee"])
def test_lines_are_drawn_as_heavy_as_the_type(symbol_id: str, materials: Materials) -> None:
    layers = materials.symbols.layers(materials.symbols.get(symbol_id))
    light, heavy = (relative_stroke(thicken_lines(layers, weight)[-1].path) for weight in (300, 800))
    assert relative_stroke(symbol_outline(symbol_id, materials.symbols)) < light < heavy


def test_parts_that_stand_apart_do_not_grow_together(materials: Materials) -> None:
    for symbol in [one for one in materials.symbols if one.style is SymbolStyle.LINE][::60]:
        before = symbol_outline(symbol.id, materials.symbols)
        after = thicken_lines(materials.symbols.layers(symbol), 800)[-1].path
        assert len(list(union([after]).contours)) == len(list(before.contours)), symbol.id


def test_what_is_heavy_enough_stays_as_it_is() -> None:
    ring = (Layer(union([stroke_path(circle((0, 0), 400), 200)]), Ink.MARK),)
    assert thicken_lines(ring, 800) == ring


def test_a_mark_in_lines_follows_the_weight_of_the_name(materials: Materials) -> None:
    drawn = [
        draw(
            Design(
                "Northwind",
                LayoutKind.HORIZONTAL,
                SymbolMark("lucide:cat"),
                COLOURS,
                brand_name="Northwind",
                name_type=Typeface("Montserrat", weight),
            ),
            materials,
        )
        for weight in (300, 800)
    ]
    light, heavy = (
        relative_stroke(union([layer.path for layer in one.layers if layer.ink is Ink.MARK])) for one in drawn
    )
    assert light < heavy
