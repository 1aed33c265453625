"""Line weight: a symbol drawn in lines gets strokes as heavy as the type beside it, not those of its icon set.

Strokes stop growing where the gaps between them would close at 32 pixels.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from pathops import Path, PathOpsError

from blazon.draw.bitmaps import CANVAS, close_by, flatten, rasterise
from blazon.draw.composition import grow
from blazon.draw.outline import Ink, Layer, Point, bounds, inked_area, union

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
    """Return the mean width of the strokes of an outline: twice its area over the length of its edges."""
    edges = sum(_length(polygon) for polygon in flatten(path))
    return 2 * inked_area(path) / edges if edges else 0.0


def _length(polygon: Sequence[Point]) -> float:
    return sum(math.dist(one, other) for one, other in pairwise([*polygon, polygon[0]]))


def _measure_gaps(path: Path) -> int:
    """Return how much of the box of an outline, per mille, lies in gaps that close at 32 pixels."""
    box = bounds([path])
    scale = _CELLS / max(box.width, box.height)
    (x, y), middle = box.centre, CANVAS // 2
    ink = rasterise(flatten(path), scale, middle - x * scale, middle - y * scale)
    return (close_by(ink, 1) & ~ink).bit_count() * 1000 // (_CELLS * _CELLS)
