import io

import pytest
from PIL import Image

from blazon.export.sheet import contact_sheet


class Red:
    def png(self, size: int) -> bytes:
        png = io.BytesIO()
        Image.new("RGB", (size, size), "#ff0000").save(png, "PNG")
        return png.getvalue()


def shown(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def test_a_sheet_shows_every_picture_under_its_caption() -> None:
    sheet = shown(contact_sheet([("Helio", [Red()] * 4), ("", [Red()] * 2)]))
    red = sum(pixel == (255, 0, 0) for pixel in sheet.get_flattened_data())
    assert red == 6 * 318**2
    caption = sheet.crop((0, 40, sheet.width, 86))
    assert len(set(caption.get_flattened_data())) > 10


def test_columns_wrap() -> None:
    four, two = (shown(contact_sheet([("", [Red()] * 4)], columns=columns)) for columns in (4, 2))
    assert four.width > two.width
    assert four.height < two.height


@pytest.mark.parametrize(
    "caption", ["\U0001f600\U0001f600", "\u05e9\u05dc\u05d5\u05dd abc", "word " * 200, "x" * 400, "\ue000"]
)
def test_any_caption_is_set_cut_or_left_out(caption: str) -> None:
    assert shown(contact_sheet([(caption, [Red()])])).width == 400


def test_an_empty_sheet_is_still_a_picture() -> None:
    assert shown(contact_sheet([])).size[0] > 0
