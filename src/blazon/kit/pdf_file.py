"""Pictures as PDF: one page of filled paths in RGB, by reportlab, the same bytes every time."""

from io import BytesIO
from typing import Final

from reportlab.lib.colors import HexColor
from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFName, PDFStream
from reportlab.pdfgen.canvas import Canvas

from blazon.draw.outline import number
from blazon.export.provenance import Provenance, xmp_packet
from blazon.kit.picture import Fill, Picture, write_matrix
from blazon.kit.shape import Shape

# The longer side in points: 14 cm.
_SIDE: Final = 400.0
_LONG: Final = 200  # letters of the operators from which on an outline is worth a form


class _OutlineCanvas(Canvas):  # type: ignore[misc]  # reportlab has no types
    """A canvas whose pages name no font before one is set: printers refuse fonts that are not embedded."""

    def _make_preamble(self) -> None:
        self._preamble = "1 0 0 1 0 0 cm"


def pdf_of(picture: Picture, side: float = _SIDE, label: Provenance | None = None) -> bytes:
    """Return a picture as a PDF whose longer side is `side` points; `label` is what it says of its origin."""
    box = picture.box
    scale = side / max(box.width, box.height)
    file = BytesIO()
    canvas = open_canvas(file, (box.width * scale, box.height * scale), picture.title, label)
    canvas.transform(scale, 0, 0, -scale, -box.left * scale, box.bottom * scale)
    for fill in picture.fills:
        draw_fill(canvas, fill)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def open_canvas(file: BytesIO, size: tuple[float, float], title: str, label: Provenance | None = None) -> Canvas:
    """Return a canvas whose file holds no moment and an id that follows from its content.

    Args:
        size: in points.
        label: what the file says of its origin, as XMP that is not compressed (ISO 32000-1, 14.3.2); None for nothing.
    """
    canvas = _OutlineCanvas(file, pagesize=size, pageCompression=1, invariant=1)
    canvas.setTitle(title)
    canvas.setAuthor("")
    canvas.setSubject("")
    canvas.setCreator("Blazon")
    if label is not None:
        kind = PDFDictionary({"Type": PDFName("Metadata"), "Subtype": PDFName("XML")})
        canvas._doc.Catalog.Metadata = PDFStream(kind, xmp_packet(label) + b"\n", filters=())
    return canvas


Forms = dict[Shape, str]
"""Outlines that a document holds once for all pages, with the names of their forms (ISO 32000-1, 8.10)."""


def draw_fill(canvas: Canvas, fill: Fill, forms: Forms | None = None) -> None:
    """Draw a fill on a page whose y points down; a long outline becomes one of `forms`, which `add_forms` adds."""
    canvas.saveState()
    canvas.addLiteral(f"{write_matrix(fill.matrix)} cm")
    if not fill.end:
        canvas.setFillColor(HexColor(fill.colour))
        if forms is not None and len(fill.shape.operators) >= _LONG:
            canvas.doForm(forms.setdefault(fill.shape, f"outline-{len(forms)}"))
        else:
            canvas.addLiteral(f"{fill.shape.operators} f")
    else:
        canvas.addLiteral(f"{fill.shape.operators} W n")
        box = fill.shape.box
        # The unit square becomes the box of what it fills, as SVG's objectBoundingBox.
        canvas.addLiteral(f"{number(box.width)} 0 0 {number(box.height)} {number(box.left)} {number(box.top)} cm")
        canvas.linearGradient(0, 1, 1, 0, (HexColor(fill.colour), HexColor(fill.end)), extend=True)
    canvas.restoreState()


def add_forms(canvas: Canvas, forms: Forms) -> None:
    """Add the outlines that the pages of a document refer to, after its last page."""
    for shape, name in forms.items():
        box = shape.box
        canvas.beginForm(name, box.left, box.top, box.right, box.bottom)
        canvas.addLiteral(f"{shape.operators} f")
        canvas.endForm()
