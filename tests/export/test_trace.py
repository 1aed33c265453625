import re
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from blazon.draw.outline import from_svg
from blazon.draw.reduction import count_points
from blazon.errors import GenerationFailed
from blazon.export.cutout import Cutout, cut_out
from blazon.export.delivery import Master, render_file
from blazon.export.drawing import Drawing
from blazon.export.formats import PictureFormat, encode
from blazon.export.raster import bitmap_of
from blazon.export.trace import draw_traced, trace_picture

Painter = Callable[..., Image.Image]


def trace(cutout: Cutout, title: str = "") -> Drawing:
    return draw_traced(trace_picture(cutout.on(cutout.paper)), title, gradients=False)


def redrawn(drawing_svg: str, side: int) -> np.ndarray:
    return np.asarray(bitmap_of(drawing_svg, side).convert("RGB"), dtype=int)


@pytest.mark.parametrize(("soft", "grain"), [(0, 0), (0.8, 1.5)])
def test_a_tracing_looks_like_the_painting_in_its_colours(
    soft: float, grain: float, mark: Image.Image, as_painted: Painter
) -> None:
    clean = as_painted(mark, "#f2e8d0")
    drawing = trace(cut_out(as_painted(mark, "#f2e8d0", soft=soft, grain=grain)))
    assert len(drawing.shapes) == 2  # the ring, its hole a hole, and the bar
    difference = np.abs(redrawn(drawing.svg(512, 512), 512) - np.asarray(clean, dtype=int)).max(axis=-1)
    assert difference.mean() < 1.5
    assert (difference > 100).sum() < 40
    inks = {tuple(bytes.fromhex(shape["fill"][1:])) for shape in drawing.shapes}
    for ink in inks:
        assert min(max(abs(a - b) for a, b in zip(ink, true, strict=True)) for true in _TRUE) <= 4


_TRUE = ((0x20, 0x40, 0x80), (0xD0, 0x30, 0x20))


def test_circles_are_four_arcs_and_what_is_straight_is_straight(mark: Image.Image, as_painted: Painter) -> None:
    drawing = trace(cut_out(as_painted(mark, "#ffffff", soft=0.7)))
    # A ring of two circles, cut by a bar; the bar, which reaches over it.
    assert sum(count_points(from_svg(shape["d"])) for shape in drawing.shapes) <= 20


def test_holes_are_holes(mark: Image.Image, as_painted: Painter) -> None:
    drawing = trace(cut_out(as_painted(mark, "#ffffff", soft=0.8))).without_paper()
    alpha = bitmap_of(drawing.svg(128, 128), 128).getchannel("A")
    assert alpha.getpixel((64, 64)) == 0
    assert alpha.getpixel((64, 34)) == 255


def test_colours_side_by_side_have_no_slivers_and_no_hairline_between_them(as_painted: Painter) -> None:
    halves = Image.new("RGBA", (256, 256))
    halves.paste((0x10, 0x20, 0x60, 255), (40, 40, 128, 216))
    halves.paste((0xF0, 0xE0, 0x30, 255), (128, 40, 216, 216))
    halves.paste((0x80, 0x80, 0x48, 255), (60, 60, 90, 90))  # the very mixture of the two
    drawing = trace(cut_out(as_painted(halves, "#ffffff", soft=1.0, grain=1.0)))
    assert len(drawing.shapes) == 3
    alpha = np.asarray(bitmap_of(drawing.without_paper().svg(200, 200), 200).getchannel("A"))
    assert alpha[40:160, 40:160].min() == 255


def test_an_even_run_of_colours_is_one_gradient(as_painted: Painter) -> None:
    ramp = np.zeros((256, 256, 4), dtype=np.uint8)
    ramp[40:216, 40:216, 0] = np.linspace(30, 220, 176)[None, :]
    ramp[40:216, 40:216, 2] = np.linspace(200, 60, 176)[:, None]
    ramp[40:216, 40:216, 3] = 255
    picture = as_painted(Image.fromarray(ramp), "#ffffff", soft=0.7)
    drawing = draw_traced(trace_picture(picture))
    assert len(drawing.shapes) == len(drawing.gradients) == 1
    again = Drawing.read(drawing.svg(256, 256).encode())
    difference = np.abs(redrawn(again.svg(256, 256), 256) - np.asarray(picture, dtype=int)).max(axis=-1)
    assert difference.mean() < 20  # two stops tell one of the two ways in which it runs
    assert all(shape["fill"].startswith("#") for shape in trace(cut_out(picture)).shapes)


def test_what_is_full_of_tones_is_told_to_be_no_mark() -> None:
    noise = Image.merge("RGB", [Image.effect_noise((256, 256), 120) for _ in range(3)])
    assert not trace_picture(noise).good
    with pytest.raises(GenerationFailed, match="ask for png, webp or jpeg"):
        render_file(
            Master(encode(noise, PictureFormat.PNG), "image/png"), width=64, height=64, format=PictureFormat.SVG
        )


def test_an_empty_painting_is_its_paper_and_no_svg() -> None:
    empty = Image.new("RGB", (64, 64), "#336699")
    drawing = trace(cut_out(empty))
    assert drawing.paper == "#336699"
    assert not drawing.shapes
    with pytest.raises(GenerationFailed, match="nothing stands on the paper"):
        render_file(
            Master(encode(empty, PictureFormat.PNG), "image/png"), width=64, height=64, format=PictureFormat.SVG
        )


def test_a_tracing_is_outlines_and_nothing_else(mark: Image.Image, as_painted: Painter) -> None:
    document = trace(cut_out(as_painted(mark, "#ffffff", soft=0.7)), "x").svg(512, 512)
    assert set(re.findall(r"<(\w+)", document)) == {"svg", "title", "path"}
    assert "href" not in document


def test_a_thin_line_takes_the_colour_of_its_stroke_not_one_from_elsewhere(as_painted: Painter) -> None:
    picture = Image.new("RGBA", (256, 256))
    picture.paste((0x3A, 0x1E, 0x11, 255), (30, 30, 80, 80))
    picture.paste((0x3A, 0x1E, 0x11, 160), (80, 50, 88, 52))  # too thin to be flat, half as dark: nearer to the orange
    picture.paste((0xD5, 0x5C, 0x13, 255), (150, 150, 220, 220))
    drawing = trace(cut_out(as_painted(picture, "#ffffff", soft=0.6)))
    pixel = bitmap_of(drawing.svg(256, 256), 256).getpixel((84, 50))
    assert pixel[0] < 0xE0
    assert pixel[0] - pixel[2] < 40  # brown, not orange
    assert len(drawing.shapes) == 2
