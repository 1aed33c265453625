"""Line weight: a symbol drawn in lines gets strokes as heavy as the type beside it, not those of its icon set.

Strokes stop growing where the gaps between them would close at 32 pixels.
"""

import math
from collections.abc import Sequence
from typing import Final

from fontTools.pens.perimeterPen import PerimeterPen
from pathops import Path, PathOpsError

from blazon.draw.bitmaps import CANVAS, close_by, flatten, rasterise
from blazon.draw.composition import grow
from blazon.draw.outline import Ink, Layer, bounds, inked_area, union

# Strokes in thousandths of the longer side of a mark: those that hold at 32 pixels, and the heaviest.
_LIGHTEST: Final = 92
_HEAVIEST: Final = 128
# The weights of type, on the scale of CSS, that call for them.
_LIGHT_TYPE: Final = 300
_HEAVY_TYPE: Final = 800
_STEP: Final = 8

# Cells of the longer side, and the share of a mark that may lie in gaps which close at 32 pixels, per mille.
_CELLS: Final = 64
_CLOGGED: Final = 6


def stroke_for(weight: int) -> int:
    """Return the stroke that stands well beside type of a CSS `weight`, in thousandths of the mark's longer side."""
    share = min(max(weight, _LIGHT_TYPE), _HEAVY_TYPE) - _LIGHT_TYPE
    return _LIGHTEST + (_HEAVIEST - _LIGHTEST) * share // (_HEAVY_TYPE - _LIGHT_TYPE)


def thicken_lines(layers: Sequence[Layer], weight: int) -> tuple[Layer, ...]:
    """Return a line drawing with the strokes that suit type of a CSS `weight`, or as near as its gaps allow.

    Nothing is made thinner, and a tint stays as it is.
    """
    lines = union([layer.path for layer in layers if layer.ink is not Ink.TINT])
    box = bounds([lines])
    side = max(box.width, box.height)
    stroke, wanted = stroke_width(lines), stroke_for(weight) * side / 1000
    tints = tuple(layer for layer in layers if layer.ink is Ink.TINT)
    clogged = max(_CLOGGED, _measure_gaps(lines))
    while wanted > stroke * 1.03:
        heavier = _grow_apart(lines, (wanted - stroke) / 2)
        if heavier is not None and _measure_gaps(heavier) <= clogged:
            return (*tints, Layer(heavier, Ink.MARK))
        wanted -= _STEP * side / 1000
    return tuple(layers)


def _grow_apart(lines: Path, by: float) -> Path | None:
    """Return lines grown by `by` units, or None if parts of them would meet or they cannot be grown."""
    try:
        heavier = grow(lines, by)
    except PathOpsError:
        return None
    return heavier if len(list(heavier.contours)) == len(list(lines.contours)) else None


def stroke_width(path: Path) -> float:
    """Return the width of the strokes of an outline of round ends and no overlaps; 0 for an empty one.

    A stroke of width t along lines of length L has the area t L + pi t^2 x / 4 and edges of the length 2 L + pi t x,
    where x is the number of its parts less that of its holes (the tube formula of Steiner in the plane).
    """
    pen = PerimeterPen()
    path.draw(pen)
    area, half_edges = inked_area(path), float(pen.value) / 2
    if not half_edges:
        return 0.0
    contours = list(path.contours)
    largest = max(contours, key=inked_area)
    ends = math.pi / 4 * sum(1 if contour.clockwise is largest.clockwise else -1 for contour in contours)
    # Of the roots of ends t^2 - half_edges t + area = 0 the smaller, in the form that holds for no ends too.
    return 2 * area / (half_edges + math.sqrt(max(0.0, half_edges**2 - 4 * ends * area)))


def is_clogged(path: Path) -> bool:
    """Say whether gaps of a drawing in lines close where it is 32 pixels wide."""
    return _measure_gaps(path) > _CLOGGED


def _measure_gaps(path: Path) -> int:
    """Return how much of the box of an outline, per mille, lies in gaps that close at 32 pixels."""
    box = bounds([path])
    scale = _CELLS / max(box.width, box.height)
    (x, y), middle = box.centre, CANVAS // 2
    ink = rasterise(flatten(path), scale, middle - x * scale, middle - y * scale)
    return (close_by(ink, 1) & ~ink).bit_count() * 1000 // (_CELLS * _CELLS)
