import io

import pytest
from PIL import Image, ImageChops

from blazon.export.raster import bitmap_of, png_of

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="100" height="100">'
    '<path fill="#204080" d="M10 10L90 50L10 90Z"/></svg>'
)


def picture(size: int) -> Image.Image:
    return Image.open(io.BytesIO(png_of(SVG, size)))


@pytest.mark.parametrize("size", [16, 64, 1023, 1024, 1025, 2048])
def test_pictures_are_exactly_as_large_as_asked_and_transparent(size: int) -> None:
    shown = picture(size).convert("RGBA")
    assert shown.size == (size, size)
    assert shown.getpixel((0, 0)) == (0, 0, 0, 0)
    assert shown.getpixel((size // 3, size // 2)) == (0x20, 0x40, 0x80, 255)


def test_bands_join_without_a_seam() -> None:
    large = picture(2048).convert("RGBA").resize((512, 512), Image.Resampling.BOX)
    small = picture(512).convert("RGBA")
    difference = ImageChops.difference(large, small)
    assert max(high for _, high in difference.getchannel("A").getextrema() and difference.getextrema()) < 48


@pytest.mark.parametrize("size", [64, 500, 1024])
def test_bands_and_one_call_give_the_same_pixels(size: int) -> None:
    assert max(high for _, high in ImageChops.difference(bitmap_of(SVG, size), picture(size)).getextrema()) <= 1
