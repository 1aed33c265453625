"""Small renderings that must look as they are stored, how they are drawn, and how two pictures are compared."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
from PIL import Image, ImageChops
from write_gallery import PAINTED, paint_lighthouse, paint_logo

from blazon.brief import LayoutKind
from blazon.design import ColourScheme, Design, FrameShape, SymbolMark, Treatment, Typeface
from blazon.direction.layouts import set_layout
from blazon.draw.artwork import Variant
from blazon.export.raster import bitmap_of
from blazon.export.trace import draw_traced
from blazon.kit.kit import make_book
from blazon.kit.order import KitOrder
from blazon.painted_lockups import design_painting
from blazon.studio import Studio
from blazon.tracing.trace import trace_mark

FOLDER: Final = Path(__file__).parent / "pictures"
_SIDE: Final = 160
_PAGE: Final = 360
# Levels (0 to 255) by which the mean of a picture, and that of any square of 8 pixels, may differ: other processors
# and other versions of the renderers round edges in other ways.
MEAN: Final = 0.7
SQUARE: Final = 14.0
_CELL: Final = 8
_PAGES: Final = {"versions": 3, "construction": 5, "colour": 8, "contrast": 9, "type": 11, "in-use": 13}

_DRAWN: Final = Design(
    "Fox & Sons",
    LayoutKind.HORIZONTAL,
    SymbolMark("mdi:coffee"),
    ColourScheme("#4b2e23", "#c9822b", "#ead9b8", "#241c18", "#5d5550", "#ffffff"),
    brand_name="Fox & Sons",
    slogan="Since ever",
    name_type=Typeface("Outfit", 600),
    slogan_type=Typeface("Outfit", 500),
)
_SHOWN: Final = (
    (LayoutKind.HORIZONTAL, Variant.COLOUR, Treatment.PLAIN),
    (LayoutKind.STACKED, Variant.INVERSE, Treatment.DUOTONE),
    (LayoutKind.SYMBOL, Variant.BLACK, Treatment.STENCIL),
    (LayoutKind.WORDMARK, Variant.WHITE, Treatment.PLAIN),
    (LayoutKind.EMBLEM, Variant.COLOUR, Treatment.FRAMED),
    (LayoutKind.EMBLEM, Variant.INVERSE, Treatment.KNOCKED_OUT),
    (LayoutKind.SYMBOL, Variant.COLOUR, Treatment.SEGMENTED),
    (LayoutKind.SYMBOL, Variant.COLOUR, Treatment.GRADIENT),
)

Draw = Callable[[], Image.Image]


def list_goldens() -> dict[str, Draw]:
    """Return how each picture is drawn, by its name; pages of the brand book only where poppler is installed."""
    drawn: dict[str, Draw] = {
        f"{layout}-{variant}-{treatment}": partial(_draw_logo, layout, variant, treatment)
        for layout, variant, treatment in _SHOWN
    }
    drawn["traced"] = _draw_tracing
    drawn |= {f"painted-{variant}": partial(_draw_painted, variant) for variant in (Variant.INVERSE, Variant.BLACK)}
    if shutil.which("pdftoppm"):
        drawn |= {f"book-{name}": partial(_draw_page, number) for name, number in _PAGES.items()}
    return drawn


def differ(one: Image.Image, other: Image.Image) -> tuple[float, float]:
    """Return the mean difference of two pictures of one size, and the largest of a square of 8 pixels: 0 to 255."""
    far = np.abs(np.asarray(one, dtype=np.float64) - np.asarray(other, dtype=np.float64)).mean(axis=-1)
    rows, columns = (size // _CELL * _CELL for size in far.shape)
    squares = far[:rows, :columns].reshape(rows // _CELL, _CELL, columns // _CELL, _CELL).mean(axis=(1, 3))
    return float(far.mean()), float(squares.max())


def is_alike(one: Image.Image, other: Image.Image) -> bool:
    """Say whether two pictures look the same."""
    if one.size != other.size:
        return False
    mean, square = differ(one, other)
    return mean <= MEAN and square <= SQUARE


def show_difference(stored: Image.Image, drawn: Image.Image) -> Image.Image:
    """Return three pictures side by side: as it is stored, as it is drawn, and where they differ, in white."""
    height = max(stored.height, drawn.height)
    sheet = Image.new("RGB", (2 * stored.width + drawn.width, height), "#888888")
    sheet.paste(stored, (0, 0))
    sheet.paste(drawn, (stored.width, 0))
    same_size = drawn if drawn.size == stored.size else drawn.resize(stored.size)
    far = ImageChops.difference(stored, same_size).convert("L").point(lambda level: min(255, 4 * level))
    sheet.paste(far.convert("RGB"), (stored.width + drawn.width, 0))
    return sheet


def _draw_logo(layout: LayoutKind, variant: Variant, treatment: Treatment) -> Image.Image:
    studio = Studio.open()
    treated = replace(_DRAWN, treatment=treatment, frame=FrameShape.BADGE)
    return _picture(set_layout(treated, layout, studio.materials.fonts), variant)


def _draw_painted(variant: Variant) -> Image.Image:
    return _picture(replace(_design_painted(), layout=LayoutKind.STACKED), variant)


@cache
def _design_painted() -> Design:
    return design_painting(Studio.open(), PAINTED, paint_logo(Studio.open(), PAINTED))


def _draw_tracing() -> Image.Image:
    traced = draw_traced(trace_mark(paint_lighthouse().resize((512, 512), Image.Resampling.BOX)))
    return bitmap_of(traced.svg(_SIDE, _SIDE), _SIDE).convert("RGB")


def _picture(design: Design, variant: Variant) -> Image.Image:
    svg = Studio.open().redraw(design).artwork.svg(variant, background=True)
    return bitmap_of(svg, _SIDE).convert("RGB")


def _draw_page(number: int) -> Image.Image:
    return _draw_pages()[number - 1]


@cache
def _draw_pages() -> tuple[Image.Image, ...]:
    order = KitOrder(_DRAWN, ("coffee",), "Coffee is what it sells.", "blazon/vector-1", "Apache-2.0")
    (pdf,) = (one.content for one in make_book(order, Studio.open().materials) if one.path.endswith(".pdf"))
    return tuple(_rasterise(pdf))


def _rasterise(pdf: bytes) -> Iterator[Image.Image]:
    """Yield the pages of a PDF, drawn at twice their size."""
    tool = shutil.which("pdftoppm")
    assert tool is not None
    with TemporaryDirectory() as folder:
        path = Path(folder) / "book.pdf"
        path.write_bytes(pdf)
        subprocess.run(
            [tool, "-scale-to-x", str(2 * _PAGE), "-scale-to-y", "-1", path, path.with_suffix("")], check=True
        )
        for page in sorted(path.parent.glob("*.ppm")):
            with Image.open(page) as picture:
                yield picture.convert("RGB").reduce(2)
