from collections.abc import Callable

import numpy as np
import pytest
from _painted_marks import PaintedMark, paint_marks
from PIL import Image, ImageDraw, ImageFilter

import tracing
from blazon.draw.reduction import count_points
from blazon.export.raster import bitmap_of
from blazon.export.trace import draw_traced
from blazon.tracing.trace import FULL, NOTHING, PHOTOGRAPHIC, TracedMark, trace_mark

WHITE = (255, 255, 255)


def paint(draw: Callable[[ImageDraw.ImageDraw], None], paper: object = WHITE, side: int = 512) -> Image.Image:
    """Return what is drawn on a sheet, its edges smooth: drawn four times as large."""
    large = Image.new("RGB", (4 * side, 4 * side), paper)
    draw(ImageDraw.Draw(large))
    return large.resize((side, side), Image.Resampling.BOX)


def hexagon(canvas: ImageDraw.ImageDraw) -> None:
    corners = [1024 + 1024j + 700 * np.exp(1j * np.pi / 3 * turn) for turn in range(6)]
    canvas.polygon([(corner.real, corner.imag) for corner in corners], fill="#204080")


def ring(canvas: ImageDraw.ImageDraw) -> None:
    canvas.ellipse((400, 400, 1648, 1648), fill="#b91c1c")
    canvas.ellipse((800, 800, 1248, 1248), fill=WHITE)


def nodes(traced: TracedMark) -> int:
    return sum(count_points(ink.path) for ink in traced.inks)


def alpha_of(traced: TracedMark, side: int) -> np.ndarray:
    return np.asarray(bitmap_of(draw_traced(traced).without_paper().svg(side, side), side).getchannel("A"))


@pytest.mark.parametrize("soft", [0, 1.2])
def test_a_hexagon_has_six_nodes_and_a_ring_two_circles(soft: float) -> None:
    for draw, count in ((hexagon, 6), (ring, 8)):
        picture = paint(draw).filter(ImageFilter.GaussianBlur(soft))
        assert nodes(trace_mark(picture)) == count


def graded(picture: np.ndarray) -> np.ndarray:
    rows, columns = np.mgrid[: picture.shape[0], : picture.shape[1]] / picture.shape[0]
    paper = (picture == 255).all(axis=-1, keepdims=True)
    return picture - paper * (rows * 30 + columns * 14)[..., None]


def vignetted(picture: np.ndarray) -> np.ndarray:
    rows, columns = np.mgrid[: picture.shape[0], : picture.shape[1]] / picture.shape[0] - 0.5
    return picture - 2 * 22 * (rows**2 + columns**2)[..., None]


def checkered(picture: np.ndarray) -> np.ndarray:
    odd = np.add.outer(np.arange(picture.shape[0]) // 16, np.arange(picture.shape[1]) // 16) % 2
    return picture - 30 * odd[..., None] * (picture / 255)


def shaded(picture: np.ndarray) -> np.ndarray:
    mark = Image.fromarray((~(picture > 250).all(axis=-1)).astype(np.uint8) * 255)
    shadow = Image.new("L", mark.size)
    shadow.paste(mark, (6, 9))
    soft = np.asarray(shadow.filter(ImageFilter.GaussianBlur(9)), dtype=float)[..., None] / 255
    paper = (picture > 250).all(axis=-1, keepdims=True)
    return picture * (1 - 0.3 * soft * paper)


@pytest.mark.parametrize("ground", [graded, vignetted, checkered, shaded])
def test_a_sheet_is_no_part_of_the_mark_whatever_it_is(ground: Callable[[np.ndarray], np.ndarray]) -> None:
    picture = ground(np.asarray(paint(ring), dtype=float)).round().clip(0, 255).astype(np.uint8)
    traced = trace_mark(Image.fromarray(picture))
    assert traced.good
    expected = alpha_of(trace_mark(paint(ring)), 512).astype(int)
    assert np.abs(alpha_of(traced, 512) - expected).mean() < 1.0
    assert alpha_of(traced, 512)[256, 256] == 0


@pytest.mark.parametrize("colour", ["#fdf0b8", "#ececec", "#dfe5ea", "#f8c8dc"])
def test_pastels_on_white_are_no_blank_svg(colour: str) -> None:
    picture = paint(lambda canvas: canvas.ellipse((400, 400, 1648, 1648), fill=colour))
    (ink,) = trace_mark(picture.filter(ImageFilter.GaussianBlur(0.8))).inks
    difference = [abs(a - b) for a, b in zip(bytes.fromhex(ink.colour[1:]), bytes.fromhex(colour[1:]), strict=True)]
    assert max(difference) <= 3
    assert count_points(ink.path) == 4


def test_white_within_a_mark_stays_where_the_paper_is_not_white() -> None:
    traced = trace_mark(paint(ring, paper="#f2e8d0"))
    assert {ink.colour for ink in traced.inks} == {"#b91c1c", "#ffffff"}
    assert alpha_of(traced, 512)[256, 256] == 255


def test_a_thin_line_is_as_wide_as_it_was() -> None:
    picture = paint(lambda canvas: canvas.line((300, 1024, 1748, 1024), fill="#111827", width=8), side=512)
    inked = alpha_of(trace_mark(picture), 512)[:, 256].sum() / 255
    assert 1.0 < inked < 2.8


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("RGB", (1, 1), "#123456"),
        Image.new("RGB", (700, 3)),
        Image.new("RGB", (2, 900), "#ffffff"),
        Image.new("RGBA", (300, 300)),
        Image.new("RGBA", (300, 300), (255, 0, 0, 1)),
        Image.new("L", (64, 64), 128),
        Image.new("P", (64, 64)),
        Image.new("1", (64, 64)),
        Image.new("RGB", (5000, 4000), "#ffffff"),
    ],
)
def test_where_there_is_nothing_it_says_so(picture: Image.Image) -> None:
    traced = trace_mark(picture)
    assert not traced.good
    assert NOTHING in traced.warnings


def test_transparent_parts_are_the_sheet_and_any_format_is_taken() -> None:
    mark = Image.new("RGBA", (900, 500))
    ImageDraw.Draw(mark).rectangle((100, 100, 399, 399), fill=(255, 255, 255, 255))
    ImageDraw.Draw(mark).rectangle((500, 100, 799, 399), fill=(0, 0, 0, 255))
    traced = trace_mark(mark)
    assert (traced.width, traced.height) == (900, 500)
    assert {ink.colour for ink in traced.inks} == {"#ffffff", "#000000"}
    assert nodes(traced) == 8


def test_a_photograph_is_told_to_be_none_of_a_few_flat_inks() -> None:
    random = np.random.default_rng(5)
    coarse = random.integers(0, 255, (40, 40, 3)).astype(np.uint8)
    blotches = Image.fromarray(coarse).resize((512, 512), Image.Resampling.BICUBIC)
    assert PHOTOGRAPHIC in trace_mark(blotches).warnings
    sheet = Image.new("RGB", (700, 700), "#ffffff")
    sheet.paste(blotches, (94, 94))
    assert PHOTOGRAPHIC in trace_mark(sheet).warnings


def test_what_is_painted_up_to_its_border_says_so() -> None:
    picture = Image.new("RGB", (400, 400), "#204080")
    picture.paste((0xD0, 0x30, 0x20), (0, 0, 200, 200))
    picture.paste((0xF0, 0xD0, 0x20), (200, 200, 400, 400))
    assert FULL in trace_mark(picture).warnings


@pytest.mark.parametrize(
    ("number", "most_nodes"),
    [(18, 50), (37, 80), (45, 40), (195, 80)],  # the last on a checkerboard whose squares run into each other
)
def test_painted_marks_come_out_as_they_were_drawn(number: int, most_nodes: int) -> None:
    mark: PaintedMark = next(paint_marks(1, first=number))
    found = tracing.trace_ours(mark)
    assert found.ssim > 0.985, found
    assert found.holes == 1
    assert found.alpha < 0.01
    assert found.paths <= 2
    assert found.nodes <= most_nodes
    assert not found.faults
