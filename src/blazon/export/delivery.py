"""A stored logo to the file that a client asked for: any size, any format, on its paper or on none."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final, Literal

from PIL import Image

from blazon.brief import LayoutKind
from blazon.draw.artwork import Variant
from blazon.errors import GenerationFailed, InvalidBrief, InvalidDesign, Untraceable
from blazon.export.cutout import Cutout, cut_out
from blazon.export.drawing import Drawing
from blazon.export.formats import PictureFormat, encode, label_png
from blazon.export.provenance import Provenance
from blazon.export.raster import bitmap_of
from blazon.export.resample import resample
from blazon.export.trace import draw_traced, trace_picture
from blazon.file_metadata import Metadata

Background = Literal["opaque", "transparent"]


@dataclass(frozen=True, slots=True)
class Master:
    """A logo as it is stored: square, on paper of one colour.

    Args:
        content: an SVG of outlines, or a picture of pixels.
        media_type: `image/svg+xml` for outlines.
        title: what it shows, in words; an SVG that is traced from pixels is named so.
        pixels: of a painting, the same in memory, to save decoding it.
    """

    content: bytes
    media_type: str
    title: str = ""
    pixels: Image.Image | None = None

    @property
    def drawn(self) -> bool:
        return self.media_type == PictureFormat.SVG.media_type


SMALLEST_FILE: Final = 16
LARGEST_SVG: Final = 1_000_000
"""Largest side of an SVG in pixels, which are only what it asks to be shown in."""
MAX_PADDING: Final = 40
# Pixels to the inch of CSS (Values and Units, 6.2): PNG and SVG of one size are then placed equally large.
DEFAULT_DPI: Final = 96
# Up to this side a file shows the drawing for small sizes.
_SMALL: Final = 48
PAINTED_OVER: Final = (
    "this logo was painted up to its border and cannot be cut out; ask for an opaque background, or for another seed"
)


@dataclass(frozen=True, slots=True)
class FileSpec:
    """Which file of a logo is wanted.

    Args:
        quality: of JPEG and WebP, 0 to 100.
        variant: the colouring, for what has a design.
        layout: instead of its own, for what has a design.
        metadata: what it may say about its origin.
        padding: per cent of the shorter side that are left free at each edge, beside what the logo leaves itself.
        dpi: pixels to the inch that a PNG or JPEG is meant to be printed with.
    """

    width: int
    height: int
    format: PictureFormat = PictureFormat.PNG
    background: Background = "opaque"
    quality: int = 90
    variant: Variant = Variant.COLOUR
    layout: LayoutKind | None = None
    metadata: Metadata = Metadata.ALL
    padding: int = 0
    dpi: int = DEFAULT_DPI

    @property
    def inner_side(self) -> int:
        """Side in pixels of the square that the logo is drawn in."""
        return inset_side(self.width, self.height, self.padding)

    @property
    def redrawn(self) -> bool:
        """Whether it is drawn otherwise than the logo was, which takes a design."""
        return self.variant is not Variant.COLOUR or self.layout is not None

    @property
    def small(self) -> bool:
        """Whether the mark is drawn alone, without what would clog: it is small, and nobody asks for a layout."""
        return self.layout is None and max(self.width, self.height) <= _SMALL


def inset_side(width: int, height: int, padding: int) -> int:
    """Return the side of the largest square in a sheet that leaves `padding` per cent of its side free at each edge."""
    side = min(width, height)
    return side - 2 * round(side * padding / 100)


def render_file(
    master: Master,
    *,
    width: int,
    height: int,
    format: PictureFormat,  # noqa: A002
    background: Background = "opaque",
    quality: int = 90,
    padding: int = 0,
    dpi: int = DEFAULT_DPI,
    provenance: Provenance | None = None,
) -> bytes:
    """Return a stored logo as a file of `width` x `height` pixels, the logo in its middle.

    Args:
        background: `opaque` extends the logo's paper over the whole picture, `transparent` leaves it out.
        quality: 0 to 100, for JPEG and WebP.
        padding: per cent of the shorter side that are left free at each edge, 0 to `MAX_PADDING`.
        dpi: pixels to the inch, for PNG and JPEG.
        provenance: what the file says about its origin; None for nothing at all.

    Raises:
        InvalidBrief: a transparent JPEG, or a quality or padding out of range.
        GenerationFailed: a painting on no plain paper is asked for without it.
        InvalidDesign: the stored logo cannot be read.
    """
    clear = background == "transparent"
    if not 0 <= padding <= MAX_PADDING:
        raise InvalidBrief("padding", f"must be 0 to {MAX_PADDING} per cent, not {padding}")
    if format is PictureFormat.SVG:
        drawing = Drawing.read(master.content) if master.drawn else _trace(master, clear)
        drawing = drawing.without_paper() if clear else drawing
        return drawing.padded(padding / 100).in_format(width, height).svg(width, height, provenance).encode()
    picture = _render(master, width, height, clear, padding)
    if format is PictureFormat.PNG and not clear and not padding:
        return _png(master, picture, provenance, dpi)
    return encode(picture, format, quality=quality, provenance=provenance, dpi=dpi)


def png_series(master: Master, sizes: Sequence[int], provenance: Provenance | None = None) -> tuple[bytes, ...]:
    """Return one picture of the largest size on its paper, resampled to square PNGs of all of `sizes`."""
    return tuple(
        _png(master, small, provenance, DEFAULT_DPI)
        for small in resample(render_picture(master, max(sizes)), sizes).values()
    )


def _png(master: Master, picture: Image.Image, provenance: Provenance | None, dpi: int) -> bytes:
    """Return a picture on its paper as PNG; in its own size, a painting is compressed already."""
    if not master.drawn and picture.size == open_painting(master).size:
        return label_png(master.content, provenance, dpi)
    return encode(picture, PictureFormat.PNG, provenance=provenance, dpi=dpi)


def render_picture(master: Master, size: int) -> Image.Image:
    """Return a stored logo on its paper as an RGB picture of `size` x `size` pixels."""
    return _render(master, size, size, clear=False).convert("RGB")


def _render(master: Master, width: int, height: int, clear: bool, padding: int = 0) -> Image.Image:
    return (_render_drawing if master.drawn else _render_painting)(master, width, height, clear, padding)


def _render_drawing(master: Master, width: int, height: int, clear: bool, padding: int) -> Image.Image:
    drawing, side = Drawing.read(master.content), inset_side(width, height, padding)
    if clear or drawing.paper is None:
        mark = bitmap_of(drawing.without_paper().svg(side, side), side)
        return _centre(mark, Image.new("RGBA", (width, height)))
    square = bitmap_of(drawing.svg(side, side), side).convert("RGB")
    return _centre(square, Image.new("RGB", (width, height), drawing.paper))


def _render_painting(master: Master, width: int, height: int, clear: bool, padding: int) -> Image.Image:
    painting, side = open_painting(master), inset_side(width, height, padding)
    if not clear and width == height == side:
        return _resize(painting, side)
    cutout = cut_out(painting)
    if clear:
        _must_be_plain(cutout)
        return _centre(_resize(cutout.mark, side), Image.new("RGBA", (width, height)))
    # The mark is set on even paper anew: grain that ends where the painting ends would show the seam.
    return _centre(_resize(cutout.on(cutout.paper), side), Image.new("RGB", (width, height), cutout.paper))


def _trace(master: Master, clear: bool) -> Drawing:
    traced = trace_picture(open_painting(master))
    if not traced.plain and clear:
        raise GenerationFailed(PAINTED_OVER)
    if not traced.good:
        raise Untraceable(f"this logo cannot be had as SVG: {traced.warnings[0]}; ask for png, webp or jpeg")
    return draw_traced(traced, master.title)


def _must_be_plain(cutout: Cutout) -> None:
    if not cutout.plain:
        raise GenerationFailed(PAINTED_OVER)


def open_painting(master: Master) -> Image.Image:
    """Return a stored painting as a picture.

    Raises:
        InvalidDesign: it is none.
    """
    if master.pixels is not None:
        return master.pixels
    try:
        with Image.open(BytesIO(master.content)) as picture:
            return picture.convert("RGB")
    except OSError as error:
        raise InvalidDesign(f"the stored logo is not a picture: {error}") from None


def _resize(picture: Image.Image, side: int) -> Image.Image:
    return picture if picture.size == (side, side) else picture.resize((side, side), Image.Resampling.LANCZOS)


def _centre(square: Image.Image, sheet: Image.Image) -> Image.Image:
    sheet.paste(square, ((sheet.width - square.width) // 2, (sheet.height - square.height) // 2))
    return sheet
