"""SVG to PNG, by resvg."""

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
    # Logos hold outlines only: the options load no fonts, so that the picture cannot depend on the machine.
    # Options and trees are bound to the thread that made them, hence made anew; that costs a microsecond.
    tree = usvg.Tree.from_str(svg, usvg.Options.default())
    width, _ = tree.int_size()
    scale = size / width
    if size * size <= _BAND_PIXELS:
        return bytes(render(tree, (scale, 0, 0, 0, scale, 0), bg_size=(size, size)))
    return _in_bands(tree, scale, size)


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
