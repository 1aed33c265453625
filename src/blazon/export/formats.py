"""The file formats of a finished picture, with its provenance inside."""

import zlib
from enum import StrEnum
from io import BytesIO
from typing import Any, Final

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from blazon.errors import InvalidBrief
from blazon.export.provenance import Provenance, parameters, xmp_packet

_AFTER_HEADER: Final = 8 + 4 + 4 + 13 + 4  # signature; length, type, content and checksum of IHDR
_XMP_KEYWORD: Final = "XML:com.adobe.xmp"  # XMP specification, part 3, 1.1.5


class PictureFormat(StrEnum):
    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"
    SVG = "svg"

    @property
    def media_type(self) -> str:
        return "image/svg+xml" if self is PictureFormat.SVG else f"image/{self.value}"


def encode(
    picture: Image.Image,
    format: PictureFormat,  # noqa: A002
    *,
    quality: int = 90,
    provenance: Provenance | None = None,
) -> bytes:
    """Return a picture, RGB or RGBA, as the bytes of a file.

    Args:
        picture: what it carries besides pixels (comments, profiles) is left behind.
        format: any but SVG, which is not made of pixels.
        quality: 0 to 100, for JPEG and WebP; a WebP of 100 is lossless.
        provenance: what the file says about its origin; None for nothing.

    Raises:
        InvalidBrief: a picture with an alpha channel as JPEG.
    """
    if not 0 <= quality <= 100:
        raise InvalidBrief("quality", f"must be 0 to 100, not {quality}")
    pixels = picture.copy()
    pixels.info = {}  # a picture read from a file may carry a comment
    match format:
        case PictureFormat.PNG:
            return _save(pixels, "PNG", pnginfo=_png_text(provenance))
        case PictureFormat.JPEG:
            if picture.mode != "RGB":
                raise InvalidBrief("background", "a JPEG cannot be transparent; ask for png, webp or svg")
            # Full colour resolution: a logo is flat colours and sharp edges between them.
            return _save(
                pixels, "JPEG", quality=max(1, quality), subsampling="4:4:4", optimize=True, **_xmp(provenance)
            )
        case PictureFormat.WEBP:
            return _save(pixels, "WEBP", quality=quality, lossless=quality == 100, **_xmp(provenance))
        case PictureFormat.SVG:
            raise ValueError("an SVG is traced or kept, not encoded")


def label_png(png: bytes, provenance: Provenance | None) -> bytes:
    """Return a PNG without any metadata with its provenance put in; its pixels stay as they are compressed.

    The chunks go behind the header, which is the first and has a fixed length (PNG specification, 5.3 and 11.2.1).
    """
    info = _png_text(provenance)
    if info is None:
        return png
    chunks = b"".join(_chunk(kind, content) for kind, content, *_ in info.chunks)
    return png[:_AFTER_HEADER] + chunks + png[_AFTER_HEADER:]


def _chunk(kind: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4) + kind + content + zlib.crc32(kind + content).to_bytes(4)


def _save(picture: Image.Image, name: str, **options: Any) -> bytes:
    file = BytesIO()
    picture.save(file, name, **options)
    return file.getvalue()


def _png_text(provenance: Provenance | None) -> PngInfo | None:
    if provenance is None:
        return None
    info = PngInfo()
    info.add_itxt("parameters", parameters(provenance))
    info.add_itxt(_XMP_KEYWORD, xmp_packet(provenance).decode())
    return info


def _xmp(provenance: Provenance | None) -> dict[str, bytes]:
    return {} if provenance is None else {"xmp": xmp_packet(provenance)}
