"""The logo itself: every version in every colouring as SVG, PDF, EPS and PNG, and the mark for small sizes."""

import math
from collections.abc import Iterator, Mapping
from typing import Final

from blazon.design import Design
from blazon.draw.artwork import Materials, Variant, draw_small
from blazon.draw.lockups import ARTBOARD
from blazon.draw.outline import Box
from blazon.draw.svg import paint_layers
from blazon.export.provenance import Provenance
from blazon.kit.eps_file import eps_of
from blazon.kit.kit_file import KitFile, text_file
from blazon.kit.pdf_file import pdf_of
from blazon.kit.picture import Fill, Picture
from blazon.kit.png_file import png_of
from blazon.kit.shape import Shape
from blazon.kit.svg_file import svg_of
from blazon.kit.versions import Colouring, Layout, Version

# A PNG has about so many pixels, whatever its format: enough for a slide, a document or a page at twice its size.
_PIXELS: Final = 800_000
_MOST_PIXELS: Final = 2400
SMALL_SIZE: Final = 32
"""Pixels that the drawing for small sizes is made for."""

_LAYOUTS: Final = {
    Layout.HORIZONTAL: "mark beside name: headers, letterheads, signs",
    Layout.STACKED: "mark above name: square places, covers, posters",
    Layout.MARK: "mark alone: where the name is near, avatars, stamps",
    Layout.WORDMARK: "name alone: where the mark is near, or there is little height",
    Layout.BADGE: "all in one shape: stickers, labels, merchandise",
}


def make_logo_files(
    versions: Mapping[Layout, Version], slug: str, label: Provenance | None = None
) -> Iterator[KitFile]:
    """Yield the files of all versions; they are cropped to the clear space and have no paper.

    Args:
        label: what the PDF say of their origin, which cannot be put in later.
    """
    for layout, version in versions.items():
        for colouring in Colouring:
            picture = version.picture(colouring)
            name = f"{slug}-{layout}-{colouring}"
            use = _LAYOUTS[layout] if colouring is Colouring.COLOUR else ""
            yield text_file(f"logo/svg/{name}.svg", svg_of(picture), use)
            yield KitFile(f"logo/pdf/{name}.pdf", pdf_of(picture, label=label))
            yield KitFile(f"logo/eps/{name}.eps", eps_of(picture))
            yield KitFile(f"logo/png/{name}.png", png_of(picture, _longest(picture)))


def make_small_files(design: Design, materials: Materials, slug: str) -> Iterator[KitFile]:
    """Yield the mark as it is drawn for small sizes, where fine parts would clog."""
    for colouring in Colouring:
        use = "mark redrawn for 16 to 48 pixels, without what would clog" if colouring is Colouring.COLOUR else ""
        picture = small_picture(design, materials, SMALL_SIZE, colouring.variant)
        yield text_file(f"logo/small/{slug}-small-{colouring}.svg", svg_of(picture, SMALL_SIZE), use)
        yield KitFile(f"logo/small/{slug}-small-{colouring}.png", png_of(picture, SMALL_SIZE))


def small_picture(design: Design, materials: Materials, pixels: int, variant: Variant) -> Picture:
    """Return the mark of a design as it is drawn for a square of `pixels` x `pixels`, on no paper."""
    drawing = draw_small(design, materials, pixels)
    painted = paint_layers(drawing.layers, drawing.scheme(variant))
    fills = tuple(Fill(Shape(path), colour, end) for path, colour, end in painted)
    return Picture(Box(0, 0, ARTBOARD, ARTBOARD), fills, drawing.title)


def _longest(picture: Picture) -> int:
    width, height = picture.box.width, picture.box.height
    return min(_MOST_PIXELS, round(max(width, height) * math.sqrt(_PIXELS / (width * height))))
