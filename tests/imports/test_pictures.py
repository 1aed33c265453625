"""Pictures from elsewhere: what is no picture, or too large, gets a clear error before it is decoded."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from blazon.errors import InvalidUpload
from blazon.imports.pictures import MAX_PICTURE_BYTES, read_picture


def png(picture: Image.Image, **options: object) -> bytes:
    file = BytesIO()
    picture.save(file, "PNG", **options)
    return file.getvalue()


def claim(width: int, height: int) -> bytes:
    """Return a PNG that says that it has a size, with hardly any pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4) + kind + content + zlib.crc32(kind + content).to_bytes(4)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 10_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + pixels + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a PNG"),
        (b"hello", "not a PNG"),
        (png(Image.new("RGB", (64, 64)))[:60], "not a PNG"),
        (b"GIF89a" + bytes(100), "not a PNG"),
        (png(Image.new("RGB", (1, 1))), "at least 32 a side"),
        (png(Image.new("RGB", (500, 31))), "at least 32 a side"),
        (claim(20_000, 20_000), "larger than 8192 pixels a side"),
        (claim(8192, 8192), "25,000,000 in all"),
        (claim(2**31 - 1, 2**31 - 1), "pixels"),
        (claim(0, 64), "not a PNG"),
        (bytes(MAX_PICTURE_BYTES + 1), "at most 4000000 are read"),
    ],
)
def test_what_cannot_be_used_is_told(content: bytes, words: str) -> None:
    with pytest.raises(InvalidUpload, match=words) as caught:
        read_picture(content)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_every_kind_of_picture_is_read_as_colours_and_alpha(mode: str) -> None:
    picture = Image.new(mode, (64, 48))
    file = BytesIO()
    picture.save(file, "JPEG" if mode == "CMYK" else "PNG")
    read = read_picture(file.getvalue())
    assert (read.mode, read.size) == ("RGBA", (64, 48))


def test_a_large_picture_is_made_smaller() -> None:
    assert read_picture(png(Image.new("RGB", (4000, 2000)))).size == (1024, 512)


def test_a_text_that_swells_is_not_kept() -> None:
    info = BytesIO()
    picture = Image.new("RGB", (64, 64))
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    told.add_text("a", "x" * 80_000_000, zip=True)
    picture.save(info, "PNG", pnginfo=told)
    assert len(info.getvalue()) < 200_000
    with pytest.raises(InvalidUpload, match="not a PNG"):
        read_picture(info.getvalue())
