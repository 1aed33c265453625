"""SVG to PNG, by resvg."""

from functools import cache
from io import BytesIO
from typing import Final

from PIL import Image
from resvg import render, usvg

# resvg holds the interpreter lock while it renders; larger pictures are drawn in bands so that other
# threads (the event loop among them) get their turn every few milliseconds.
_BAND_PIXELS: Final = 1024 * 1024


def png_of(svg: str, size: int) -> bytes:
    """Return a square SVG document of ours as a PNG of exactly `size` x `size` pixels.

    Documents from elsewhere do not belong here: the binding panics on what is not SVG.
    """
    tree = usvg.Tree.from_str(svg, _options())
    width, _ = tree.int_size()
    scale = size / width
    if size * size <= _BAND_PIXELS:
        return bytes(render(tree, (scale, 0, 0, 0, scale, 0), bg_size=(size, size)))
    return _in_bands(tree, scale, size)


@cache
def _options() -> usvg.Options:
    # Logos hold outlines only: no fonts are loaded, so that the picture cannot depend on the machine.
    return usvg.Options.default()


def _in_bands(tree: usvg.Tree, scale: float, size: int) -> bytes:
    rows = _BAND_PIXELS // size
    picture = Image.new("RGBA", (size, size))
    for top in range(0, size, rows):
        height = min(rows, size - top)
        band = render(tree, (scale, 0, 0, 0, scale, -top), bg_size=(size, height))
        picture.paste(Image.open(BytesIO(bytes(band))), (0, top))
    png = BytesIO()
    picture.save(png, "PNG")
    return png.getvalue()
