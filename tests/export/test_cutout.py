from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw

from blazon.export.cutout import cut_out

DARK, LIGHT, MAGENTA = (16, 16, 20), (250, 250, 250), (255, 0, 200)
Painter = Callable[..., Image.Image]


def over(mark: Image.Image, colour: tuple[int, int, int]) -> np.ndarray:
    sheet = Image.new("RGBA", mark.size, colour)
    sheet.alpha_composite(mark)
    return np.asarray(sheet.convert("RGB"), dtype=int)


def alpha(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture.getchannel("A"), dtype=int)


@pytest.mark.parametrize("paper", ["#ffffff", "#f2e8d0", "#0a1c32"])
def test_the_alpha_that_was_painted_over_is_found_again(paper: str, mark: Image.Image, as_painted: Painter) -> None:
    painting = as_painted(mark, paper)
    cutout = cut_out(painting)
    assert cutout.plain
    assert f"#{bytes(cutout.paper).hex()}" == paper
    assert np.abs(alpha(cutout.mark) - alpha(mark)).mean() < 0.05
    for ground in (DARK, LIGHT, MAGENTA):
        assert np.abs(np.asarray(cutout.on(ground), dtype=int) - over(mark, ground)).max() <= 16
    assert np.abs(np.asarray(cutout.on(cutout.paper), dtype=int) - np.asarray(painting, dtype=int)).max() <= 6


@pytest.mark.parametrize("paper", ["#ffffff", "#0a1c32"])
def test_soft_edges_and_grain_leave_no_halo(paper: str, mark: Image.Image, as_painted: Painter) -> None:
    cutout = cut_out(as_painted(mark, paper, soft=0.8, grain=1.2))
    assert np.abs(alpha(cutout.mark) - alpha(mark)).mean() < 1.1
    ground = DARK if paper == "#ffffff" else LIGHT
    wrong = np.abs(np.asarray(cutout.on(ground), dtype=int) - over(mark, ground)).max(axis=-1)
    # The edge was blurred by a pixel, so it differs there; no pixel may shine in the colour of the paper.
    assert (wrong > 120).sum() <= 4
    # And nothing of the grain is left on the sheet.
    assert alpha(cutout.mark)[:20].max() == 0


def test_what_is_clear_hides_no_grain(mark: Image.Image, as_painted: Painter) -> None:
    cut = np.asarray(cut_out(as_painted(mark, "#f2e8d0", grain=1.2)).mark)
    clear = cut[..., 3] == 0
    assert clear.any()
    assert not cut[clear].any()


def test_holes_are_open_where_they_have_the_colour_of_the_paper_and_only_there() -> None:
    painting = Image.new("RGB", (256, 256), "#ffffff")
    draw = ImageDraw.Draw(painting)
    draw.rectangle((40, 40, 215, 215), fill="#204080")
    draw.rectangle((60, 60, 100, 100), fill="#ffffff")
    draw.rectangle((150, 150, 190, 190), fill="#e9f2ff")
    cut = cut_out(painting).mark
    assert cut.getpixel((80, 80))[3] == 0
    assert cut.getpixel((170, 170)) == (0xE9, 0xF2, 0xFF, 255)
    assert cut.getpixel((45, 45)) == (0x20, 0x40, 0x80, 255)


def test_paper_is_followed_round_every_corner_into_a_spiral() -> None:
    painting = Image.new("RGB", (200, 200), "#ffffff")
    draw, corners, step = ImageDraw.Draw(painting), [(20, 20)], 160
    for turn in range(14):  # a way 3 pixels wide is too narrow to count as a hole by itself
        x, y = corners[-1]
        dx, dy = ((1, 0), (0, 1), (-1, 0), (0, -1))[turn % 4]
        corners.append((x + dx * step, y + dy * step))
        step -= 10 if turn % 2 else 0
    draw.line(corners, fill="#202020", width=7)
    cut = cut_out(painting).mark
    paper = np.asarray(painting)[..., 0] == 255
    assert (alpha(cut)[paper] == 0).all()


def test_a_painting_up_to_its_border_comes_back_whole() -> None:
    noise = np.random.default_rng(0).normal(128, 90, (128, 128, 3))
    painting = Image.fromarray(noise.clip(0, 255).astype(np.uint8))
    cutout = cut_out(painting)
    assert not cutout.plain
    assert cutout.mark.convert("RGB").tobytes() == painting.tobytes()
    assert alpha(cutout.mark).min() == 255


@pytest.mark.parametrize("size", [1, 2, 7])
def test_tiny_and_empty_paintings_are_no_special_case(size: int) -> None:
    cutout = cut_out(Image.new("RGB", (size, size), "#336699"))
    assert cutout.paper == (0x33, 0x66, 0x99)
    assert alpha(cutout.mark).max() == 0
