"""Outlines as lines and cubic curves, y up, as PDF and PostScript have them."""

from collections.abc import Callable

from fontTools.pens.basePen import BasePen
from pathops import Path

from blazon.draw.outline import Point

Draw = Callable[[str, tuple[float, ...]], None]


def draw_cubic(path: Path, draw: Draw, scale: float, left: float, bottom: float) -> None:
    """Call `draw` with each segment of an outline: `move`, `line`, `curve` or `close`, and its coordinates.

    Args:
        scale: what a unit of the outline is multiplied by.
        left, bottom: where 0, 0 of the result is in the outline's units; its y points up.
    """
    path.draw(_CubicPen(draw, scale, left, bottom))


class _CubicPen(BasePen):  # type: ignore[misc]  # fontTools has no types
    def __init__(self, draw: Draw, scale: float, left: float, bottom: float) -> None:
        super().__init__(glyphSet=None)
        self._draw = draw
        self._scale, self._left, self._bottom = scale, left, bottom

    def _put(self, verb: str, *points: Point) -> None:
        scale = self._scale
        flat = [part for x, y in points for part in ((x - self._left) * scale, (self._bottom - y) * scale)]
        self._draw(verb, tuple(flat))

    def _moveTo(self, pt: Point) -> None:
        self._put("move", pt)

    def _lineTo(self, pt: Point) -> None:
        self._put("line", pt)

    def _curveToOne(self, pt1: Point, pt2: Point, pt3: Point) -> None:
        self._put("curve", pt1, pt2, pt3)

    def _closePath(self) -> None:
        self._put("close")

    def _endPath(self) -> None:
        self._put("close")
