"""Outlines as the formats write them, each written once however often it is shown."""

from functools import cached_property

from fontTools.pens.basePen import BasePen
from pathops import Path

from blazon.draw.outline import Box, Point, bounds, number, to_svg


class Shape:
    """An outline, y down, and what it is in each format. It is told from others by identity."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def box(self) -> Box:
        """The tight box around it."""
        return bounds([self.path])

    @cached_property
    def svg(self) -> str:
        """The `d` attribute of an SVG path."""
        return to_svg(self.path)

    @cached_property
    def operators(self) -> str:
        """Its construction in operators of PDF (ISO 32000-1, 8.5.2), which EPS defines so, one a line."""
        pen = _OperatorPen()
        self.path.draw(pen)
        return "\n".join(pen.parts)


class _OperatorPen(BasePen):  # type: ignore[misc]  # fontTools has no types
    """Writes `m`, `l`, `c` and `h`; quadratic curves become cubic ones."""

    def __init__(self) -> None:
        super().__init__(glyphSet=None)
        self.parts: list[str] = []

    def _put(self, operator: str, *points: Point) -> None:
        numbers = [number(value) for point in points for value in point]
        self.parts.append(" ".join([*numbers, operator]))

    def _moveTo(self, pt: Point) -> None:
        self._put("m", pt)

    def _lineTo(self, pt: Point) -> None:
        self._put("l", pt)

    def _curveToOne(self, pt1: Point, pt2: Point, pt3: Point) -> None:
        self._put("c", pt1, pt2, pt3)

    def _closePath(self) -> None:
        self._put("h")

    def _endPath(self) -> None:
        """An open line stays open."""
