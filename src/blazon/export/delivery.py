"""A stored logo to the file that a client asked for: any size, any format, on its paper or on none."""

import zlib
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
from blazon.export.formats import NO_ALPHA, PictureFormat, encode, label_png
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
        cutout: of a painting, its mark apart from its paper, to save looking for that again.
    """

    content: bytes
    media_type: str
    title: str = ""
    pixels: Image.Image | None = None
    cutout: Cutout | None = None

    @property
    def drawn(self) -> bool:
        return self.media_type == PictureFormat.SVG.media_type


SMALLEST_FILE: Final = 16
LARGEST_SVG: Final = 1_000_000
"""Largest side of an SVG in pixels, which are only what it asks to be shown in."""
MAX_PADDING: Final = 40
# Pixels to the inch of CSS (Values and Units, 6.2): PNG and SVG of one size are then placed equally large.
DEFAULT_DPI: Final = 96
_PNG_END: Final = b"IEND" + zlib.crc32(b"IEND").to_bytes(4)  # PNG specification, 11.2.5
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

    Raises:
        InvalidBrief: a transparent JPEG.
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

    def __post_init__(self) -> None:
        if self.format is PictureFormat.JPEG and self.background == "transparent":  # before anything is cut out for it
            raise InvalidBrief("background", NO_ALPHA)

    @property
    def inner_side(self) -> int:
        """Side in pixels of the square that the logo is drawn in."""
        return inset_side(self.width, self.height, self.padding)

    @property
    def redrawn(self) -> bool:
        """Whether it is drawn otherwise than the logo was, which takes a design."""
        return self.variant is not Variant.COLOUR or self.layout is not None

    @property
    def whole(self) -> bool:
        """Whether it shows all of the logo's square and nothing else, so that a painting need not be cut out."""
        return self.background == "opaque" and self.width == self.height == self.inner_side

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
    if copies_master(master, FileSpec(width, height, format, background, padding=padding)):
        return label_png(master.content, provenance, dpi)
    picture = _render(master, width, height, clear, padding)
    return encode(picture, format, quality=quality, grainy=not master.drawn, provenance=provenance, dpi=dpi)


def copies_master(master: Master, spec: FileSpec) -> bool:
    """Whether a file is a painting as it is stored, compressed already, with its metadata put in.

    Raises:
        InvalidDesign: the stored painting is none.
    """
    wanted = not master.drawn and spec.format is PictureFormat.PNG and spec.whole
    return wanted and measure_painting(master) == (spec.width, spec.height)


def png_series(master: Master, sizes: Sequence[int], provenance: Provenance | None = None) -> tuple[bytes, ...]:
    """Return one picture of the largest size on its paper, resampled to square PNGs of all of `sizes`."""
    copied = {size for size in sizes if copies_master(master, FileSpec(size, size))}
    others = [size for size in sizes if size not in copied]
    pictures = resample(render_picture(master, max(sizes)), others) if others else {}

    def write(size: int) -> bytes:
        if size in copied:
            return label_png(master.content, provenance, DEFAULT_DPI)
        return encode(
            pictures[size], PictureFormat.PNG, grainy=not master.drawn, provenance=provenance, dpi=DEFAULT_DPI
        )

    return tuple(write(size) for size in dict.fromkeys(sizes))


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
    side = inset_side(width, height, padding)
    if not clear and width == height == side:
        return _resize(open_painting(master), side)
    cutout = cut_out_master(master)
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


def cut_out_master(master: Master) -> Cutout:
    """Return the mark of a stored painting apart from its paper.

    Raises:
        InvalidDesign: it is no picture.
    """
    return master.cutout or cut_out(open_painting(master))


def _must_be_plain(cutout: Cutout) -> None:
    if not cutout.plain:
        raise GenerationFailed(PAINTED_OVER)


def measure_painting(master: Master) -> tuple[int, int]:
    """Return width and height of a stored painting in pixels, without decoding it.

    Raises:
        InvalidDesign: it is no picture, or the end of it is missing.
    """
    if master.pixels is not None:
        return master.pixels.size
    try:
        with Image.open(BytesIO(master.content)) as picture:
            size = picture.size
    except OSError as error:
        raise InvalidDesign(f"the stored logo is not a picture: {error}") from None
    if not master.content.endswith(_PNG_END):
        raise InvalidDesign("the stored logo is not a picture: its end is missing")
    return size


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
