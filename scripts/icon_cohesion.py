"""Cohesion: whether a symbol is one thing, or parts that float where a body should be.

A head drawn by its horns, eyes and a nose ring alone is read on a ground that completes it; set in
a frame or a shield it falls apart.
"""

from collections.abc import Sequence
from typing import Final

from pathops import Path

from blazon.draw.bitmaps import CANVAS, dilate, flatten, largest_part, rasterise
from blazon.draw.outline import Point, bounds

_CELLS: Final = 48
# Percent of the convex hull that is inked, and of the ink that is in the largest part, below which it falls apart.
_LEAST_INK: Final = 33
_LEAST_PART: Final = 60


def is_scattered(path: Path) -> bool:
    """Tell whether an outline without overlaps is little ink in several parts of which none is the body."""
    polygons = flatten(path)
    if not polygons:
        return True
    box = bounds([path])
    scale = _CELLS / max(box.width, box.height)
    (x, y), middle = box.centre, CANVAS // 2
    ink = rasterise(polygons, scale, middle - x * scale, middle - y * scale)
    hull = rasterise(
        [_convex_hull([point for polygon in polygons for point in polygon])],
        scale,
        middle - x * scale,
        middle - y * scale,
    )
    if ink.bit_count() * 100 >= _LEAST_INK * hull.bit_count():
        return False
    body = largest_part(dilate(ink, 1)) & ink
    return body.bit_count() * 100 < _LEAST_PART * ink.bit_count()


def _convex_hull(points: Sequence[Point]) -> list[Point]:
    """Return the corners of the convex hull (A. M. Andrew's monotone chain, 1979)."""
    ordered = sorted(set(points))
    return _chain(ordered) + _chain(ordered[::-1])


def _chain(points: Sequence[Point]) -> list[Point]:
    chain: list[Point] = []
    for point in points:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain[:-1]


def _turn(one: Point, other: Point, third: Point) -> float:
    return (other[0] - one[0]) * (third[1] - one[1]) - (other[1] - one[1]) * (third[0] - one[0])
