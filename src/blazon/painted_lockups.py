"""Painted marks in lockups with real type: where the words of a brief stand, and what a painting is as outlines.

A painting has its name set beside the painted mark, in pixels. As outlines the words are drawn anew, and only the mark
is traced; as a design the mark is one like any other, to be recoloured, laid out and printed in one colour.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageChops

from blazon.brief import Brief, LayoutKind
from blazon.design import ColourScheme, Design, OutlineMark, Painter, Treatment
from blazon.direction.credits import list_credits
from blazon.direction.direct import direct
from blazon.draw.artwork import Artwork, Variant, draw_around_mark
from blazon.draw.font_files import FontSources
from blazon.draw.lockups import ARTBOARD
from blazon.draw.outline import Box, from_svg, to_svg, transform_path
from blazon.draw.outline_mark import draw_outlines
from blazon.draw.palette import contrast
from blazon.errors import GenerationFailed, InvalidDesign, Untraceable
from blazon.export.cutout import Cutout, cut_out
from blazon.export.delivery import PAINTED_OVER, Master, open_painting
from blazon.export.drawing import Drawing
from blazon.export.formats import PictureFormat
from blazon.export.raster import bitmap_of
from blazon.export.trace import draw_traced, trace_picture
from blazon.studio import Studio

if TYPE_CHECKING:
    from blazon.tracing.trace import TracedMark

_DARK: Final = "#1c1f24"
_LIGHT: Final = "#fdfcfa"
# Under a mark that was cut out.
_DAY: Final = "#ffffff"
# Levels by which the border of a paper may differ from its corners.
_EVEN: Final = 4


@dataclass(frozen=True, slots=True)
class PaintedLockup:
    """The words around a painted mark.

    Args:
        design: that they are drawn from; it has another mark.
        words: drawn, without a mark.
        free: the square of the artboard that the painting stands in; None in a wordmark, which has none.
    """

    design: Design
    words: Artwork
    free: Box | None


def plan_lockup(studio: Studio, brief: Brief, paper: str) -> PaintedLockup | None:
    """Return the words of a brief around a mark that is painted on `paper`; None where the painting stands alone."""
    layout = brief.layout if brief.layout not in (None, LayoutKind.EMBLEM) else LayoutKind.STACKED
    reading = studio.read(brief)
    if layout is LayoutKind.SYMBOL or not reading.name:
        return None
    # The name may be told by the prompt alone, and a layout needs one that is given.
    single = replace(brief, layout=layout, brand_name=brief.brand_name or reading.name, count=1)
    design = next(direct(single, studio.read(single), studio.materials))
    design = replace(design, colours=_choose_inks(paper))
    words, free = draw_around_mark(design, studio.materials)
    return PaintedLockup(design, words, None if layout is LayoutKind.WORDMARK else free)


def set_type(studio: Studio, brief: Brief, mark: Image.Image) -> Image.Image:
    """Return the lockup of a painted mark and the name, on paper of the colour that the mark was painted on.

    From paper that is graded, or darker towards its corners, the mark is cut out: its edge would be seen.
    """
    cut = cut_from_uneven(mark)
    paper = find_paper(mark) if cut is None else f"#{bytes(cut.paper).hex()}"
    lockup = plan_lockup(studio, brief, paper)
    if lockup is None:
        return mark
    side = mark.width
    sheet = bitmap_of(lockup.words.svg(Variant.COLOUR), side).convert("RGB")
    if (free := lockup.free) is not None:
        scale = side / ARTBOARD
        width = round(free.width * scale)
        corner = round(free.left * scale), round(free.top * scale)
        placed = (mark if cut is None else cut.mark).resize((width, width), Image.Resampling.LANCZOS)
        sheet.paste(placed, corner, None if cut is None else placed)
    return sheet


def draw_painting(studio: Studio, brief: Brief, picture: Image.Image, title: str, *, clear: bool = False) -> Drawing:
    """Return a painted logo as outlines: its words in real type, its mark traced.

    Args:
        studio: with the fonts with which it was painted.
        brief: of this one candidate, its seed included.
        picture: as it is stored, words and all; square.
        title: what it shows, in words.
        clear: whether it will be shown without its paper.

    Raises:
        Untraceable: its mark cannot be traced well; it stays the picture that it is.
    """
    paper = find_paper(picture)
    lockup = plan_lockup(studio, brief, paper)
    if lockup is None:
        return draw_traced(_trace(picture, clear=clear), title)
    words = Drawing.read(lockup.words.svg(Variant.COLOUR).encode())
    if (free := lockup.free) is None:
        return replace(words, title=title)
    mark, scale = draw_traced(_trace(_crop(picture, free), clear=clear)), free.width / ARTBOARD
    placed = tuple(
        {**shape, "d": to_svg(transform_path(from_svg(shape["d"]), scale, 0, 0, scale, free.left, free.top))}
        for shape in mark.shapes
    )
    return Drawing(words.box, paper, (*placed, *words.shapes), title, mark.gradients)


def trace_master(own_fonts: FontSources, brief: Brief, master: Master, *, clear: bool = False) -> Master:
    """Return a stored painting as a stored drawing, see `draw_painting`; for a compute process."""
    drawing = draw_painting(Studio.open(own_fonts), brief, open_painting(master), master.title, clear=clear)
    svg = drawing.svg(round(ARTBOARD), round(ARTBOARD), named=True)
    return Master(svg.encode(), PictureFormat.SVG.media_type, master.title)


def design_painting(studio: Studio, brief: Brief, picture: Image.Image, painter: Painter | None = None) -> Design:
    """Return a painted logo as a design whose mark is traced, or that has none where the painting is a name alone.

    Args:
        studio, brief, picture: as those of `draw_painting`.
        painter: what painted it.

    Raises:
        Untraceable: its mark cannot be traced well, or has more points than a design holds.
    """
    paper = find_paper(picture)
    lockup = plan_lockup(studio, brief, paper)
    if lockup is None or lockup.free is None:
        mark = None if lockup else _design_mark(picture, painter)
    else:
        mark = _design_mark(_crop(picture, lockup.free), painter)
    return _carry_mark(studio, brief, lockup, mark, paper)


def design_around(studio: Studio, brief: Brief, picture: Image.Image, painter: Painter | None = None) -> Design:
    """Return a design of a picture that shows a mark alone, with the words of a brief in type around it.

    Raises:
        Untraceable: as `design_painting` does.
    """
    paper = _DAY if "A" in picture.getbands() and picture.getchannel("A").getextrema()[0] == 0 else find_paper(picture)
    return _carry_mark(studio, brief, plan_lockup(studio, brief, paper), _design_mark(picture, painter), paper)


def _carry_mark(
    studio: Studio, brief: Brief, lockup: PaintedLockup | None, mark: OutlineMark | None, paper: str
) -> Design:
    alone = replace(brief, count=1, layout=LayoutKind.SYMBOL)
    design = lockup.design if lockup else next(direct(alone, studio.read(alone), studio.materials))
    word = _choose_inks(paper).name
    inks = {part.ink: part.colour for part in mark.parts} if mark else {"mark": word}
    return replace(
        design,
        mark=mark,
        colours=ColourScheme(
            inks["mark"], inks.get("accent", inks["mark"]), inks.get("tint", paper), word, word, paper
        ),
        treatment=Treatment.PLAIN,
        frame=None,
        badge=None,
        cut=None,
        name_split=None,  # the words are of one colour
        credits=list_credits(replace(design, mark=mark), studio.materials.symbols),
        seed=brief.seed,
    )


def _design_mark(picture: Image.Image, painter: Painter | None) -> OutlineMark:
    from blazon.tracing.roles import design_mark  # it imports numpy, which drawing does without

    traced = trace_picture(picture)
    if not traced.good or not traced.plain:
        raise Untraceable(f"no design can be made of this logo: {traced.warnings[0]}")
    mark = replace(design_mark(traced), painted_by=painter)
    try:
        draw_outlines(mark)
    except InvalidDesign as error:
        raise Untraceable(f"no design can be made of this logo: {error}") from None
    return mark


def _trace(picture: Image.Image, *, clear: bool) -> "TracedMark":
    traced = trace_picture(picture)
    if clear and not traced.plain:
        raise GenerationFailed(PAINTED_OVER)
    if not traced.good:
        raise Untraceable(f"this logo cannot be had as SVG: {traced.warnings[0]}; ask for png, webp or jpeg")
    return traced


def _crop(picture: Image.Image, free: Box) -> Image.Image:
    """Return the painted mark out of a lockup, without what its edge was mixed with when it was set there."""
    scale = picture.width / ARTBOARD
    left, top, width = round(free.left * scale), round(free.top * scale), round(free.width * scale)
    return picture.crop((left, top, left + width, top + width))


def find_paper(mark: Image.Image) -> str:
    """Return the colour of the corners of a picture, each channel's median: what it was painted on."""
    right, bottom = mark.width - 1, mark.height - 1
    corners = [mark.convert("RGB").getpixel(spot) for spot in ((0, 0), (right, 0), (0, bottom), (right, bottom))]
    red, green, blue = (sorted(channel)[1] for channel in zip(*corners, strict=True))
    return f"#{red:02x}{green:02x}{blue:02x}"


def cut_from_uneven(mark: Image.Image) -> Cutout | None:
    """Return a painted mark cut out, if its paper is uneven at the border; None where it is even, or is none."""
    paper = Image.new("RGB", mark.size, find_paper(mark))
    far = ImageChops.difference(mark.convert("RGB"), paper).convert("L")
    width, height = mark.size
    sides = (0, 0, width, 1), (0, height - 1, width, height), (0, 0, 1, height), (width - 1, 0, width, height)
    if max(int(far.crop(side).getextrema()[1]) for side in sides) <= _EVEN:  # type: ignore[arg-type]
        return None
    cut = cut_out(mark)
    return cut if cut.plain else None


def _choose_inks(paper: str) -> ColourScheme:
    ink = max((_DARK, _LIGHT), key=lambda colour: contrast(colour, paper))
    return ColourScheme(mark=ink, accent=ink, tint=paper, name=ink, slogan=ink, paper=paper)
