import pytest
from PIL import Image

from blazon.export.resample import resample


@pytest.mark.parametrize("largest", [100, 257, 2048])
def test_every_size_is_exact_and_in_the_order_asked(largest: int) -> None:
    sizes = (64, largest, 65, 99)
    made = resample(Image.new("RGB", (largest, largest), "#204080"), sizes)
    assert tuple(made) == sizes
    assert [picture.size for picture in made.values()] == [(size, size) for size in sizes]


def test_in_its_own_size_the_picture_is_kept_pixel_for_pixel() -> None:
    original = Image.effect_noise((128, 128), 64)
    assert resample(original, [128])[128].tobytes() == original.tobytes()


def test_all_sizes_show_the_same_picture() -> None:
    halves = Image.new("RGB", (256, 256), "white")
    halves.paste("#204080", (0, 0, 128, 256))
    small = resample(halves, [64])[64]
    assert small.getpixel((8, 32)) == (0x20, 0x40, 0x80)
    assert small.getpixel((56, 32)) == (255, 255, 255)


def test_what_is_transparent_does_not_bleed_into_the_edges() -> None:
    edge = Image.new("RGBA", (256, 256), (0, 255, 0, 0))  # an invisible green
    edge.paste((255, 0, 0, 255), (0, 0, 127, 256))
    small = resample(edge, [64])[64]
    seen = [small.getpixel((x, 32)) for x in range(64)]
    # Opaque and half transparent pixels are all the red that was painted.
    assert any(0 < pixel[3] < 255 for pixel in seen)
    assert all(pixel[:2] == (255, 0) for pixel in seen if pixel[3] > 8)


def test_the_same_picture_gives_the_same_pixels() -> None:
    original = Image.linear_gradient("L")
    first, second = (resample(original, [64])[64].tobytes() for _ in range(2))
    assert first == second
