"""Marks on a fine grid of cells: what opening and closing do to them shows what a small picture would lose.

A mark fills a square of `CELLS` cells. At 16 pixels a pixel is `CELLS` / 16 = 8 cells wide, at 32 it is 4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from blazon.draw.bitmaps import (
    CANVAS,
    Polygons,
    centroid,
    close_by,
    dilate,
    extent,
    flatten,
    open_by,
    rasterise,
    solid_parts,
)
from blazon.draw.outline import Box, Ink, Layer, layer_bounds, union

CELLS: Final = 128
"""The longer side of a mark in cells."""
_MARGIN: Final = (CANVAS - CELLS) // 2
# How many cells opening and closing take off each side: they remove what is thinner than about 2 n + 1 cells. As
# polygons are drawn with their edges, ink is a cell wider than it is and a gap a cell narrower: a stroke of less than
# half a pixel is lost, and a gap of less than one.
_THIN_AT_16: Final = 2
_NARROW_AT_16: Final = 3
_AT_32: Final = 1
_BOLD: Final = 4
_LEAST_COUNTERS: Final = 12
# A coarse picture of the shape, for comparisons, has so many cells a side.
_COARSE: Final = 16
# What a cell of such a gap counts: it parts as much as one of several cells would.
_HAIRLINE: Final = 4


@dataclass(frozen=True)
class Picture:
    """A mark as bitmaps: `ink` as it is printed in one colour, `silhouette` with its holes filled.

    `hairlines` counts the cells in which two parts meet, whose gap is too narrow to be seen in these.
    """

    ink: int
    silhouette: int
    hairlines: int = 0

    @property
    def empty(self) -> bool:
        return not self.ink

    @cached_property
    def area(self) -> int:
        """Its ink in cells."""
        return self.ink.bit_count()

    def thin(self, pixels: int) -> int:
        """Return the share of its ink, in thousandths, that is in strokes too thin for so many pixels: 16 or 32."""
        left = open_by(self.ink, _THIN_AT_16 if pixels <= 16 else _AT_32)
        return 1000 * (self.area - left.bit_count()) // max(1, self.area)

    def closed(self, pixels: int) -> int:
        """Return what fills up where it is so many pixels wide, 16 or 32, in thousandths of its ink."""
        filled = self._close(pixels).bit_count() - self.area + _HAIRLINE * self.hairlines
        return 1000 * filled // max(1, self.area)

    def clogged(self, pixels: int) -> int:
        """Return the share of its counters, in thousandths of their area, that fill up at so many pixels, 16 or 32."""
        counters = self.silhouette & ~self.ink
        if counters.bit_count() < _LEAST_COUNTERS:
            return 0
        return 1000 * (counters & self._close(pixels)).bit_count() // counters.bit_count()

    @cached_property
    def heft(self) -> int:
        """The share of its ink, in thousandths, in strokes of a fourteenth of its side and more."""
        return 1000 * open_by(self.ink, _BOLD).bit_count() // max(1, self.area)

    @cached_property
    def coverage(self) -> int:
        """The share of the box around it that is inked, in thousandths."""
        left, top, right, bottom = self.box
        return 1000 * self.area // max(1, (right - left) * (bottom - top))

    @cached_property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of its ink, in cells."""
        return extent(self.ink)

    @cached_property
    def imbalance(self) -> int:
        """How far the middle of its silhouette's mass is from that of its box, sideways counted twice, in
        thousandths of the side: the eye forgives what is heavy below, not what leans."""
        left, top, right, bottom = extent(self.silhouette)
        x, y = centroid(self.silhouette)
        return (2 * abs(2 * x + 1 - left - right) + abs(2 * y + 1 - top - bottom)) * 1000 // (2 * CELLS)

    @cached_property
    def coarse(self) -> int:
        """A coarse picture of the silhouette and of the ink, one above the other, to be compared bit by bit."""
        return _coarsen(self.silhouette) << _COARSE * _COARSE | _coarsen(self.ink)

    def _close(self, pixels: int) -> int:
        return self._closed_at_16 if pixels <= 16 else self._closed_at_32

    @cached_property
    def _closed_at_16(self) -> int:
        return close_by(self.ink, _NARROW_AT_16)

    @cached_property
    def _closed_at_32(self) -> int:
        return close_by(self.ink, _AT_32)


def take_picture(layers: Sequence[Layer]) -> Picture:
    """Return the picture of a mark, without its tint; an empty one of no ink."""
    inked = [layer for layer in layers if layer.ink is not Ink.TINT]
    box = layer_bounds(inked)
    if not box.width or not box.height:
        return Picture(0, 0)
    ink = silhouette = hairlines = 0
    for layer in inked:
        if polygons := flatten(union([layer.path])):
            ink |= _rasterise(polygons, box, holes=True)
            for polygon in solid_parts(polygons):
                part = _rasterise([polygon], box, holes=False)
                # Parts do not overlap: those whose cells touch have a gap between them that is too narrow for a cell.
                if part & ~silhouette:  # or else it is an island in another
                    hairlines += (dilate(part, 1) & silhouette).bit_count()
                silhouette |= part
    return Picture(ink, silhouette | ink, hairlines)


def _rasterise(polygons: Polygons, box: Box, *, holes: bool) -> int:
    scale = CELLS / max(box.width, box.height)
    (x, y), middle = box.centre, _MARGIN + CELLS / 2
    return rasterise(polygons, scale, middle - scale * x, middle - scale * y, holes=holes)


def likeness(one: int, other: int) -> int:
    """Return how much of two coarse pictures is shared, in thousandths of what either shows."""
    return 1000 * (one & other).bit_count() // max(1, (one | other).bit_count())


def _coarsen(bitmap: int) -> int:
    """Return a bitmap of `_COARSE` cells a side: each says whether the middle of its block is inked."""
    step, found = CELLS // _COARSE, 0
    columns = [_MARGIN + column * step + step // 2 for column in range(_COARSE)]
    for y in columns:
        row = bitmap >> y * CANVAS & (1 << CANVAS) - 1
        for x in columns:
            found = found << 1 | row >> x & 1
    return found
