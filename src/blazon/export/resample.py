"""One picture in several sizes."""

from collections.abc import Iterable
from io import BytesIO

from PIL import Image


def resampled(png: bytes, sizes: Iterable[int]) -> dict[int, bytes]:
    """Return a square PNG as PNGs of exactly `size` x `size` pixels, in the order of `sizes`, by Lanczos.

    The original bytes serve for their own size. Pillow resamples alpha premultiplied, so that
    transparent pixels do not bleed into the edges.
    """
    with Image.open(BytesIO(png)) as picture:
        return {size: png if picture.size == (size, size) else _png(picture, size) for size in sizes}


def _png(picture: Image.Image, size: int) -> bytes:
    out = BytesIO()
    picture.resize((size, size), Image.Resampling.LANCZOS).save(out, "PNG")
    return out.getvalue()
