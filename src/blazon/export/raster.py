"""SVG to pixels, by resvg."""

from io import BytesIO
from typing import Final

from PIL import Image
from resvg import render, usvg

from blazon.export.formats import PictureFormat, encode

# A call of resvg holds the interpreter lock: 15 ms for a million pixels, most of it spent on packing the PNG.
_ONE_CALL_PIXELS: Final = 1024 * 1024
_BAND_PIXELS: Final = 128 * 1024


def png_of(svg: str, size: int) -> bytes:
    """Return a square SVG document of ours as a PNG of exactly `size` x `size` pixels.

    Documents from elsewhere do not belong here: the binding panics on what is not SVG.
    """
    if size * size <= _ONE_CALL_PIXELS:
        return _rows(svg, size, 0, size)
    return encode(bitmap_of(svg, size), PictureFormat.PNG)


def bitmap_of(svg: str, size: int) -> Image.Image:
    """Return the same pixels as an image, drawn in bands of 2 ms.

    Between them other threads get their turn, the event loop of a server among them.
    """
    picture = Image.new("RGBA", (size, size))
    height = max(1, _BAND_PIXELS // size)
    for top in range(0, size, height):
        with Image.open(BytesIO(_rows(svg, size, top, min(height, size - top)))) as band:
            picture.paste(band, (0, top))
    return picture


def _rows(svg: str, size: int, top: int, height: int) -> bytes:
    # Logos hold outlines only: the options load no fonts, so that the picture cannot depend on the machine.
    # A tree belongs to the thread that made it, and making it anew costs a tenth of a millisecond.
    tree = usvg.Tree.from_str(svg, usvg.Options.default())
    width, _ = tree.int_size()
    scale = size / width
    return bytes(render(tree, (scale, 0, 0, 0, scale, -top), bg_size=(size, height)))
