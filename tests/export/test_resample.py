import io

import pytest
from PIL import Image

from blazon.export.resample import resampled


def png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def picture(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("largest", [100, 257, 2048])
def test_every_size_is_exact_and_in_the_order_asked(largest: int) -> None:
    sizes = (64, largest, 65, 99)
    made = resampled(png(Image.new("RGB", (largest, largest), "#204080")), sizes)
    assert tuple(made) == sizes
    assert [picture(data).size for data in made.values()] == [(size, size) for size in sizes]


def test_the_picture_itself_serves_for_its_own_size() -> None:
    original = png(Image.new("RGB", (128, 128), "#204080"))
    assert resampled(original, [128])[128] is original


def test_all_sizes_show_the_same_picture() -> None:
    halves = Image.new("RGB", (256, 256), "white")
    halves.paste("#204080", (0, 0, 128, 256))
    small = picture(resampled(png(halves), [64])[64])
    assert small.getpixel((8, 32)) == (0x20, 0x40, 0x80)
    assert small.getpixel((56, 32)) == (255, 255, 255)


def test_what_is_transparent_does_not_bleed_into_the_edges() -> None:
    edge = Image.new("RGBA", (256, 256), (0, 255, 0, 0))  # an invisible green
    edge.paste((255, 0, 0, 255), (0, 0, 127, 256))
    small = picture(resampled(png(edge), [64])[64])
    seen = [small.getpixel((x, 32)) for x in range(64)]
    # Fully opaque and half transparent pixels are all the red that was painted.
    assert any(0 < pixel[3] < 255 for pixel in seen)
    assert all(pixel[:2] == (255, 0) for pixel in seen if pixel[3] > 8)


def test_the_same_picture_gives_the_same_bytes() -> None:
    original = png(Image.linear_gradient("L"))
    assert resampled(original, [64, 100]) == resampled(original, [64, 100])
