"""One picture in several sizes."""

from collections.abc import Iterable

from PIL import Image


def resample(picture: Image.Image, sizes: Iterable[int]) -> dict[int, Image.Image]:
    """Return a square picture in exactly `size` x `size` pixels, in the order of `sizes`, by Lanczos.

    Pillow weighs colours by their alpha when it resamples, so that transparent pixels do not bleed into edges.
    """
    return {size: _resize(picture, size) for size in sizes}


def _resize(picture: Image.Image, size: int) -> Image.Image:
    return picture if picture.size == (size, size) else picture.resize((size, size), Image.Resampling.LANCZOS)
