"""The file formats of a finished picture, with its provenance inside."""

import zlib
from enum import StrEnum
from io import BytesIO
from typing import Any, Final

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from blazon.errors import InvalidBrief
from blazon.export.provenance import Provenance, parameters, xmp_packet

NO_ALPHA: Final = "a JPEG cannot be transparent; ask for png, webp or svg"

_AFTER_HEADER: Final = 8 + 4 + 4 + 13 + 4  # signature; length, type, content and checksum of IHDR
_METRES_PER_INCH: Final = 0.0254
_PER_METRE: Final = b"\x01"  # the unit of a pHYs chunk (PNG specification, 11.3.4.3)
_XMP_KEYWORD: Final = "XML:com.adobe.xmp"  # XMP specification, part 3, 1.1.5
# Pillow holds the interpreter lock while it optimises a JPEG: 10 ms for this many pixels of noise, 0.2 s for the most.
_OPTIMIZED_PIXELS: Final = 512 * 512
# In grain no string of bytes comes twice, and a search for them takes six times as long for larger files: of a painting
# of 1024 pixels, 81 ms and 1.19 MB against 542 ms and 1.26 MB. Runs are what its even parts consist of.
_GRAINY_PNG: Final = {"compress_type": zlib.Z_RLE}
# Pillow's own, 4, takes 43 to 62 ms where this takes 20, for files that are 3 to 5 % smaller.
_WEBP_METHOD: Final = 2
# How hard a lossless WebP is searched for what is alike, 0 to 100. In grain all of it takes 1.3 s for a tenth of a
# per cent; in flat colours it is quick, and spares a fifth.
_LOSSLESS_EFFORT: Final = 100
_GRAINY_EFFORT: Final = 25


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
    grainy: bool = False,
    provenance: Provenance | None = None,
    dpi: int | None = None,
) -> bytes:
    """Return a picture, RGB or RGBA, as the bytes of a file.

    Args:
        picture: what it carries besides pixels (comments, profiles) is left behind.
        format: any but SVG, which is not made of pixels.
        quality: 0 to 100, for JPEG and WebP; a WebP of 100 is lossless.
        grainy: whether its areas are uneven, as those of a painting are; says how it is compressed without loss.
        provenance: what the file says about its origin; None for nothing.
        dpi: pixels to the inch that a PNG or JPEG says it is meant to be printed with; None says nothing of it.

    Raises:
        InvalidBrief: a picture with an alpha channel as JPEG.
    """
    if not 0 <= quality <= 100:
        raise InvalidBrief("quality", f"must be 0 to 100, not {quality}")
    pixels = picture.copy()
    pixels.info = {}  # a picture read from a file may carry a comment
    match format:
        case PictureFormat.PNG:
            method = _GRAINY_PNG if grainy else {}
            return _save(pixels, "PNG", pnginfo=_png_text(provenance), **method, **_density(dpi))
        case PictureFormat.JPEG:
            if picture.mode != "RGB":
                raise InvalidBrief("background", NO_ALPHA)
            return _save_jpeg(pixels, {"quality": max(1, quality), **_xmp(provenance), **_density(dpi)})
        case PictureFormat.WEBP if quality == 100:
            effort = _GRAINY_EFFORT if grainy else _LOSSLESS_EFFORT
            return _save(pixels, "WEBP", quality=effort, lossless=True, **_xmp(provenance))
        case PictureFormat.WEBP:
            return _save(pixels, "WEBP", quality=quality, method=_WEBP_METHOD, **_xmp(provenance))
        case PictureFormat.SVG:
            raise ValueError("an SVG is traced or kept, not encoded")


def label_png(png: bytes, provenance: Provenance | None, dpi: int | None = None) -> bytes:
    """Return a PNG without any metadata with its provenance put in; its pixels stay as they are compressed.

    The chunks go behind the header, which is the first and has a fixed length (PNG specification, 5.3 and 11.2.1).
    """
    if provenance is None and dpi is None:
        return png
    info = _png_text(provenance)
    chunks = b"" if info is None else b"".join(_chunk(kind, content) for kind, content, *_ in info.chunks)
    if dpi is not None:
        metre = round(dpi / _METRES_PER_INCH).to_bytes(4)
        chunks = _chunk(b"pHYs", metre + metre + _PER_METRE) + chunks
    return png[:_AFTER_HEADER] + chunks + png[_AFTER_HEADER:]


def _chunk(kind: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4) + kind + content + zlib.crc32(kind + content).to_bytes(4)


def _density(dpi: int | None) -> dict[str, tuple[int, int]]:
    return {} if dpi is None else {"dpi": (dpi, dpi)}


def _save_jpeg(picture: Image.Image, options: dict[str, Any]) -> bytes:
    # Full colour resolution: a logo is flat colours and sharp edges between them.
    options = {"subsampling": "4:4:4", **options}
    jpeg, pixels = _save(picture, "JPEG", **options), picture.width * picture.height
    # Pillow optimises in memory for a byte a pixel, and fails where noise takes more.
    return _save(picture, "JPEG", optimize=True, **options) if len(jpeg) < pixels <= _OPTIMIZED_PIXELS else jpeg


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
