"""Stored drawings, read back."""

import pytest

from blazon.design import ColourScheme
from blazon.draw.outline import Box, Ink, Layer, circle
from blazon.draw.svg import document
from blazon.errors import InvalidDesign
from blazon.export.drawing import Drawing
from blazon.export.raster import bitmap_of

COLOURS = ColourScheme("#1d4f9f", "#0f8fb8", "#dde6f5", "#111111", "#444444", "#ffffff")
SVG = document([Layer(circle((500, 500), 400), Ink.MARK)], COLOURS, Box(0, 0, 1000, 1000), title="Lumen", gradient=True)


def test_a_gradient_survives_being_stored_and_scaled() -> None:
    drawing = Drawing.read(SVG.encode())
    assert drawing.paper == "#ffffff"
    assert len(drawing.shapes) == 1
    again = drawing.in_format(64, 64).svg(64, 64)
    assert Drawing.read(again.encode()).gradients == drawing.gradients
    assert bitmap_of(again, 64).tobytes() == bitmap_of(SVG, 64).tobytes()


def test_a_gradient_is_painted_from_the_lower_left_to_the_upper_right() -> None:
    green = bitmap_of(SVG, 64).getchannel("G").tobytes()
    assert green[48 * 64 + 16] < green[16 * 64 + 48]


@pytest.mark.parametrize(
    "strange",
    [
        SVG.replace('offset="0"', 'offset="0" href="x"'),
        SVG.replace('x1="0"', 'x1="0" href="#other"'),
        SVG.replace("<stop", "<script/><stop"),
    ],
)
def test_a_gradient_that_is_not_ours_is_refused(strange: str) -> None:
    with pytest.raises(InvalidDesign, match="a strange gradient"):
        Drawing.read(strange.encode())
