import io

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageStat

from blazon.export.delivery import Master
from blazon.export.sheet import contact_sheet


def _red() -> Master:
    png = io.BytesIO()
    Image.new("RGB", (64, 64), "#ff0000").save(png, "PNG")
    return Master(png.getvalue(), "image/png")


RED = _red()


def shown(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def test_a_sheet_shows_every_picture_under_its_caption() -> None:
    sheet = shown(contact_sheet([("Helio", [RED] * 4), ("", [RED] * 2)]))
    red = sum(pixel == (255, 0, 0) for pixel in sheet.get_flattened_data())
    assert red == 6 * 318**2
    caption = sheet.crop((0, 40, sheet.width, 86))
    assert len(set(caption.get_flattened_data())) > 10


def test_columns_wrap() -> None:
    four, two = (shown(contact_sheet([("", [RED] * 4)], columns=columns)) for columns in (4, 2))
    assert four.width > two.width
    assert four.height < two.height


@pytest.mark.parametrize(
    "caption", ["\U0001f600\U0001f600", "\u05e9\u05dc\u05d5\u05dd abc", "word " * 200, "x" * 400, "\ue000"]
)
def test_any_caption_is_set_cut_or_left_out(caption: str) -> None:
    assert shown(contact_sheet([(caption, [RED])])).width == 400


def test_an_empty_sheet_is_still_a_picture() -> None:
    assert shown(contact_sheet([])).size[0] > 0


def test_what_is_drawn_and_what_is_painted_share_a_sheet(drawn: Master, painted: Master) -> None:
    sheet = shown(contact_sheet([("", [drawn, painted])]))
    one, other = (sheet.crop((left, 42, left + 316, 356)) for left in (42, 42 + 336))
    assert ImageStat.Stat(ImageChops.difference(one, other)).mean < [3, 3, 3]
    assert ImageStat.Stat(one).stddev > [20, 20, 20]


def test_grain_is_compressed_as_such() -> None:
    def paint(seed: int) -> Master:
        png, levels = io.BytesIO(), np.random.default_rng(seed).normal(120, 2, (320, 320, 3))
        Image.fromarray(levels.astype(np.uint8)).save(png, "PNG")
        return Master(png.getvalue(), "image/png")

    sheet, usual = contact_sheet([("", [paint(seed) for seed in range(4)])]), io.BytesIO()
    shown(sheet).save(usual, "PNG", optimize=True)
    assert len(sheet) < len(usual.getvalue())
