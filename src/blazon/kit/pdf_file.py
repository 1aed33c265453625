"""Pictures as PDF: one page of filled paths in RGB, by reportlab, the same bytes every time."""

from io import BytesIO
from typing import Any, Final

from pathops import Path
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import FILL_NON_ZERO, Canvas

from blazon.draw.outline import Box, bounds
from blazon.kit.cubic_pen import draw_cubic
from blazon.kit.picture import Fill, Picture

# The longer side in points: 14 cm.
_SIDE: Final = 400.0


class _OutlineCanvas(Canvas):  # type: ignore[misc]  # reportlab has no types
    """A canvas whose pages name no font before one is set: printers refuse fonts that are not embedded."""

    def _make_preamble(self) -> None:
        self._preamble = "1 0 0 1 0 0 cm"


def pdf_of(picture: Picture, side: float = _SIDE) -> bytes:
    """Return a picture as a PDF whose longer side is `side` points."""
    box = picture.box
    scale = side / max(box.width, box.height)
    file = BytesIO()
    canvas = open_canvas(file, (box.width * scale, box.height * scale), picture.title)
    draw_fills(canvas, picture.fills, scale, box)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def open_canvas(file: BytesIO, size: tuple[float, float], title: str) -> Canvas:
    """Return a canvas whose file holds no moment and an id that follows from its content; `size` is in points."""
    canvas = _OutlineCanvas(file, pagesize=size, pageCompression=1, invariant=1)
    canvas.setTitle(title)
    canvas.setAuthor("")
    canvas.setSubject("")
    canvas.setCreator("Blazon")
    return canvas


def draw_fills(canvas: Canvas, fills: tuple[Fill, ...], scale: float, box: Box) -> None:
    """Draw fills on a page whose lower left corner is that of `box`."""
    for fill in fills:
        path = trace_path(canvas, fill.path, scale, box)
        if fill.end:
            _draw_gradient(canvas, path, fill, scale, box)
        else:
            canvas.setFillColor(HexColor(fill.colour))
            canvas.drawPath(path, stroke=0, fill=1, fillMode=FILL_NON_ZERO)


def trace_path(canvas: Canvas, outline: Path, scale: float, box: Box) -> Any:
    """Return an outline as a path of a page whose lower left corner is that of `box`."""
    path = canvas.beginPath()
    verbs = {"move": path.moveTo, "line": path.lineTo, "curve": path.curveTo, "close": path.close}

    def draw(verb: str, values: tuple[float, ...]) -> None:
        verbs[verb](*values)

    draw_cubic(outline, draw, scale, box.left, box.bottom)
    return path


def _draw_gradient(canvas: Canvas, path: Any, fill: Fill, scale: float, box: Box) -> None:
    around = bounds([fill.path])
    canvas.saveState()
    canvas.clipPath(path, stroke=0, fill=0, fillMode=FILL_NON_ZERO)
    # The unit square becomes the box of what it fills, as SVG's objectBoundingBox.
    left, bottom = (around.left - box.left) * scale, (box.bottom - around.bottom) * scale
    canvas.transform(around.width * scale, 0, 0, around.height * scale, left, bottom)
    canvas.linearGradient(0, 0, 1, 1, (HexColor(fill.colour), HexColor(fill.end)), extend=True)
    canvas.restoreState()
