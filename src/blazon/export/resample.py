"""One picture in several sizes."""

from collections.abc import Iterable

from PIL import Image

from blazon.export.raster import encoded


def resampled(picture: Image.Image, sizes: Iterable[int]) -> dict[int, bytes]:
    """Return a square picture as PNGs of exactly `size` x `size` pixels, in the order of `sizes`, by Lanczos.

    Pillow weighs colours by their alpha when it resamples, so that transparent pixels do not bleed into edges.
    """
    return {size: encoded(_resized(picture, size)) for size in sizes}


def _resized(picture: Image.Image, size: int) -> Image.Image:
    return picture if picture.size == (size, size) else picture.resize((size, size), Image.Resampling.LANCZOS)
