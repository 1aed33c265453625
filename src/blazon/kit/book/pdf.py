"""The brand book as PDF: a section a page, A4 across, what is said on the left and what is shown on the right."""

from io import BytesIO
from typing import Any, Final

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from blazon.draw.outline import Box
from blazon.export.provenance import Provenance
from blazon.kit.book.faces import Faces
from blazon.kit.book.figure import GREY, INK, LINE, Figure, Label, Stroke, set_plate
from blazon.kit.book.identity import PAGE_HEIGHT, PAGE_WIDTH
from blazon.kit.book.section import (
    CAPTION,
    GAP,
    HEAD,
    HEIGHT,
    ROW,
    WIDTH,
    Book,
    Cell,
    Grid,
    Section,
    Shown,
    Table,
    column_width,
)
from blazon.kit.pdf_file import Forms, add_forms, draw_fill, open_canvas
from blazon.kit.picture import Fill
from blazon.kit.shape import Shape

TEXT: Final = "BookText"
STRONG: Final = "BookStrong"
_LEFT: Final = 18.0
_TOP: Final = 20.0
_COLUMN: Final = 64.0
_SHOWN_LEFT: Final = PAGE_WIDTH - _LEFT - WIDTH
# Of a table: the size of its cells, the least to which they shrink in narrow columns, and the air between columns.
_CELL: Final = 2.8
_LEAST_CELL: Final = 1.8
_CELL_GAP: Final = 2.5


def pdf_book(book: Book, faces: Faces, label: Provenance | None = None) -> bytes:
    """Return the book as PDF; the type of the book is embedded, that of the logo is outlines.

    Args:
        label: what it says of where the logo comes from.
    """
    for name, content in ((TEXT, faces.text), (STRONG, faces.strong)):
        font = TTFont(name, BytesIO(content))
        font.face.name = name.encode()  # both are cut from one font and are called the same
        registerFont(font)
    file = BytesIO()
    canvas = open_canvas(file, (PAGE_WIDTH * mm, PAGE_HEIGHT * mm), f"{book.name}: brand book", label)
    forms: Forms = {}
    draw_figure(canvas, book.cover, 0, 0, forms)
    canvas.bookmarkPage("cover")
    canvas.addOutlineEntry("Cover", "cover", 0)
    canvas.showPage()
    for number, section in enumerate(book.sections, 2):
        _draw_page(canvas, book, section, number, forms)
    add_forms(canvas, forms)
    canvas.save()
    return file.getvalue()


def _draw_page(canvas: Canvas, book: Book, section: Section, number: int, forms: Forms) -> None:
    canvas.bookmarkPage(section.key)
    canvas.addOutlineEntry(section.title, section.key, 0)
    _draw_text(canvas, _LEFT, _TOP + 6.2, section.title, 8.4, INK, strong=True)
    y = _TOP + 17.5
    for paragraph in section.text:
        for words in wrap(paragraph, TEXT, 3.35, _COLUMN):
            _draw_text(canvas, _LEFT, y, words, 3.35, INK)
            y += 4.9
        y += 2.6
    _draw_blocks(canvas, section, forms)
    if book.plate is None:
        _draw_text(canvas, _LEFT, PAGE_HEIGHT - 11, book.name, 2.5, GREY)
    else:
        foot = Figure(WIDTH, 8, (set_plate(book.plate, 0, 5, 2.5, GREY),))
        draw_figure(canvas, foot, _LEFT, PAGE_HEIGHT - 16, forms)
    _draw_text(canvas, PAGE_WIDTH - _LEFT, PAGE_HEIGHT - 11, str(number), 2.5, GREY, "end")
    canvas.showPage()


def _draw_blocks(canvas: Canvas, section: Section, forms: Forms) -> None:
    y = _TOP
    # What would be too high for the page is drawn smaller.
    heights = [_height_of(block) for block in section.blocks]
    gaps = GAP * (len(heights) - 1)
    scale = min(1.0, (HEIGHT - gaps) / sum(heights))
    for block, height in zip(section.blocks, heights, strict=True):
        if isinstance(block, Table):
            _draw_table(canvas, block, y, scale)
        else:
            _draw_grid(canvas, block, y, scale, forms)
        y += height * scale + GAP


def _height_of(block: Grid | Table) -> float:
    if isinstance(block, Table):
        return HEAD + ROW * len(block.rows)
    rows = -(-len(block.shown) // block.columns)
    captions = any(shown.title for shown in block.shown)
    return rows * (block.shown[0].figure.height + (CAPTION + 1 if captions else 0)) - (3.0 if captions else 0)


def _draw_grid(canvas: Canvas, grid: Grid, top: float, scale: float, forms: Forms) -> None:
    width = column_width(grid.columns)
    for number, shown in enumerate(grid.shown):
        row, column = divmod(number, grid.columns)
        x = _SHOWN_LEFT + column * (width + GAP)
        y = top + row * scale * (shown.figure.height + CAPTION + 1)
        _draw_shown(canvas, shown, x, y, scale, forms)


def _draw_shown(canvas: Canvas, shown: Shown, x: float, y: float, scale: float, forms: Forms) -> None:
    figure = shown.figure
    # Only as high as there is room: a figure keeps its width and its items their middle.
    high = figure.height * scale
    draw_figure(canvas, figure, x, y, forms, high)
    if shown.title:
        _draw_text(canvas, x, y + high + 4.4, shown.title, 2.75, INK, strong=True)
    if shown.note:
        _draw_text(canvas, x, y + high + 8.0, shown.note, 2.5, GREY)


def _draw_table(canvas: Canvas, table: Table, top: float, scale: float) -> None:
    edges = [0.0]
    for share in table.widths:
        edges.append(edges[-1] + share * WIDTH)
    high, y = ROW * scale, top + HEAD * scale
    for edge, words in zip(edges, table.head, strict=False):
        _draw_text(canvas, _SHOWN_LEFT + edge, y - 2.4 * scale, words, 2.5, GREY)
    _draw_line(canvas, y, INK, 0.25)
    for row in table.rows:
        for number, cell in enumerate(row):
            left, right = _SHOWN_LEFT + edges[number], _SHOWN_LEFT + edges[number + 1] - _CELL_GAP
            _draw_cell(canvas, cell, Box(left, y, right, y + high), strong=number == 0)
        y += high
        _draw_line(canvas, y, LINE, 0.15)


def _draw_cell(canvas: Canvas, cell: Cell, box: Box, *, strong: bool) -> None:
    if isinstance(cell, str):
        wide = stringWidth(cell, STRONG if strong else TEXT, _CELL)
        size = max(_LEAST_CELL, _CELL * min(1.0, box.width / wide)) if wide else _CELL
        _draw_text(canvas, box.left, box.centre[1] + 1.0, cell, size, INK, strong=strong)
        return
    patch = Box(box.left, box.top + 1.2, box.left + (14 if cell.text else 5.4), box.bottom - 1.2)
    canvas.setFillColor(HexColor(cell.ground))
    canvas.setStrokeColor(HexColor(LINE))
    canvas.setLineWidth(0.15 * mm)
    canvas.rect(
        patch.left * mm, (PAGE_HEIGHT - patch.bottom) * mm, patch.width * mm, patch.height * mm, fill=1, stroke=1
    )
    if cell.text:
        _draw_text(canvas, patch.centre[0], patch.centre[1] + 1.05, "Aa", 3.0, cell.text, "middle", strong=True)


def draw_figure(canvas: Canvas, figure: Figure, x: float, y: float, forms: Forms, height: float | None = None) -> None:
    """Draw a figure with its upper left corner at `x`, `y` mm of the page, cut to `height` mm about its middle."""
    height = figure.height if height is None else height
    canvas.saveState()
    clip = canvas.beginPath()
    clip.rect(x * mm, (PAGE_HEIGHT - y - height) * mm, figure.width * mm, height * mm)
    canvas.clipPath(clip, stroke=0, fill=0)
    canvas.setFillColor(HexColor(figure.ground))
    canvas.rect(x * mm, (PAGE_HEIGHT - y - height) * mm, figure.width * mm, height * mm, fill=1, stroke=0)
    # So that 0, 0 of the figure is where it begins on the page.
    top = y - (figure.height - height) / 2
    canvas.saveState()
    canvas.transform(mm, 0, 0, -mm, x * mm, (PAGE_HEIGHT - top) * mm)
    for item in figure.items:
        if not isinstance(item, Label):
            _draw_outline(canvas, item, forms)
    canvas.restoreState()
    for item in figure.items:
        if isinstance(item, Label):
            place, above = x + item.x, top + item.y
            _draw_text(canvas, place, above, item.text, item.size, item.colour, item.anchor, strong=item.strong)
    canvas.restoreState()
    if figure.framed:
        canvas.setStrokeColor(HexColor(LINE))
        canvas.setLineWidth(0.2 * mm)
        canvas.rect(x * mm, (PAGE_HEIGHT - y - height) * mm, figure.width * mm, height * mm, fill=0, stroke=1)


def _draw_outline(canvas: Canvas, item: Fill | Stroke, forms: Forms) -> None:
    """Draw an outline on a page in mm whose y points down."""
    if isinstance(item, Fill):
        draw_fill(canvas, item, forms)
        return
    canvas.setStrokeColor(HexColor(item.colour))
    canvas.setLineWidth(item.width)
    canvas.setDash([*item.dash] if item.dash else [])
    canvas.addLiteral(f"{Shape(item.path).operators} S")


def _draw_text(
    canvas: Canvas,
    x: float,
    y: float,
    text: str,
    size: float,
    colour: str,
    anchor: str = "start",
    *,
    strong: bool = False,
) -> None:
    """Draw a line of text with its baseline at `x`, `y` mm of the page; `size` is in mm."""
    canvas.setFont(STRONG if strong else TEXT, size * mm)
    canvas.setFillColor(HexColor(colour))
    draw: Any = {"start": canvas.drawString, "middle": canvas.drawCentredString, "end": canvas.drawRightString}[anchor]
    draw(x * mm, (PAGE_HEIGHT - y) * mm, text)


def _draw_line(canvas: Canvas, y: float, colour: str, width: float) -> None:
    canvas.setStrokeColor(HexColor(colour))
    canvas.setLineWidth(width * mm)
    canvas.line(_SHOWN_LEFT * mm, (PAGE_HEIGHT - y) * mm, (_SHOWN_LEFT + WIDTH) * mm, (PAGE_HEIGHT - y) * mm)


def wrap(text: str, face: str, size: float, width: float) -> list[str]:
    """Return a text in lines that are at most `width` mm wide."""
    lines, words = [""], text.split()
    for word in words:
        longer = f"{lines[-1]} {word}".strip()
        if stringWidth(longer, face, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return [words for words in lines if words]
