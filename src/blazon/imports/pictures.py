"""Pictures from elsewhere, decoded within bounds that are checked before."""

import warnings
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps

from blazon.errors import InvalidUpload

MAX_PICTURE_BYTES: Final = 4_000_000
_FORMATS: Final = ("PNG", "JPEG", "WEBP")
_SMALLEST: Final = 32
_LARGEST: Final = 8192
_MOST_PIXELS: Final = 25_000_000
_KEPT: Final = 1024


def read_picture(content: bytes, smallest: int = _SMALLEST) -> Image.Image:
    """Return a PNG, JPEG or WebP as RGBA, upright, and made smaller to at most 1024 pixels a side.

    Raises:
        InvalidUpload: it is none, is damaged, too small or too large.
    """
    if len(content) > MAX_PICTURE_BYTES:
        raise InvalidUpload(f"the picture has {len(content)} bytes; at most {MAX_PICTURE_BYTES} are read")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what its size, which is checked here, and its metadata might be
            with Image.open(BytesIO(content), formats=_FORMATS) as picture:
                _check_size(picture.size, smallest)
                picture.draft("RGB", (_KEPT, _KEPT))
                upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except Image.DecompressionBombError:
        raise InvalidUpload(f"the picture is larger than {_LARGEST} pixels a side") from None
    except InvalidUpload:
        raise
    except Exception as error:  # noqa: BLE001 - decoders raise of every kind on damaged files
        raise InvalidUpload(f"this is not a PNG, JPEG or WebP that can be read: {str(error)[:100]}") from None
    upright.thumbnail((_KEPT, _KEPT), Image.Resampling.LANCZOS)
    return upright


def _check_size(size: tuple[int, int], smallest: int) -> None:
    width, height = size
    if max(size) > _LARGEST or width * height > _MOST_PIXELS:
        raise InvalidUpload(
            f"the picture has {width} x {height} pixels; at most {_LARGEST} a side and {_MOST_PIXELS:,} in all are read"
        )
    if min(size) < smallest:
        raise InvalidUpload(f"the picture has {width} x {height} pixels; at least {smallest} a side are needed")
