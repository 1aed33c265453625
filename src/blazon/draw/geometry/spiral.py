"""Spiral marks: parts that grow step by step around a centre."""

import math
from collections.abc import Collection
from functools import partial
from typing import Final

from pathops import Path

from blazon.draw.curves import Curve, arc_to, curve_to, polar, sector
from blazon.draw.geometry.family import GeometricFamily, Picture, ink_parts
from blazon.draw.outline import Layer, Point, circle, layer_bounds, move_path, rotate_path

_GOLDEN_ANGLE: Final = 180 * (3 - math.sqrt(5))
_TOP: Final = -90.0


def _seeds(count: int, small: float, large: float, accent: Collection[int] = ()) -> Picture:
    """Discs as a sunflower sets its seeds: radius with the root of the number, golden angle.

    H. Vogel, A better way to construct the sunflower head, Mathematical Biosciences 44 (1979).
    """
    parts = []
    for index in range(count):
        share = math.sqrt((index + 0.5) / count)
        parts.append(circle(polar(500 * share, index * _GOLDEN_ANGLE - 90), small + (large - small) * share))
    return ink_parts(parts, accent)


def _nautilus(
    count: int, sweep: float, growth: float, hollow: float, gap: float, accent: Collection[int] = ()
) -> Picture:
    """Chambers whose size grows by the same factor each time; `hollow` is their inner radius over the outer."""
    step = sweep / count
    parts = []
    for index in range(count):
        outer = 500 * growth ** (index + 1 - count)
        parts.append(sector(hollow * outer, outer, _TOP + index * step, _TOP + (index + 1) * step, gap))
    return _centre(ink_parts(parts, accent))


def _fan(count: int, sweep: float, shortest: float, inner: float, gap: float, accent: Collection[int] = ()) -> Picture:
    """Rays that grow by the same length each time, from the left on."""
    step = sweep / count
    parts = []
    for index in range(count):
        outer = shortest + (500 - shortest) * index / (count - 1)
        parts.append(sector(inner, outer, 180 + index * step, 180 + (index + 1) * step, gap))
    return _centre(ink_parts(parts, accent))


def _fibonacci(count: int, gap: float, accent: Collection[int] = ()) -> Picture:
    """Quarter discs in Fibonacci's squares, each about the corner around which the spiral turns."""
    sizes = [1, 1]
    while len(sizes) < count:
        sizes.append(sizes[-1] + sizes[-2])
    parts = []
    pivot, heading = (0.0, 0.0), 0
    for index, size in enumerate(sizes):
        # The pivot moves back along the seam by what the new square is longer than the last one.
        if index:
            pivot = polar(size - sizes[index - 1], heading + 180, pivot)
        cell = polar(gap / math.sqrt(2), heading + 45, pivot)
        parts.append(sector(0, size - gap, heading, heading + 90, 0, cell))
        heading += 90
    return _centre(ink_parts(parts, accent))


def _arms(count: int, sweep: float, inner: float, thin: float, thick: float, accent: Collection[int] = ()) -> Picture:
    """Arms that widen as they wind outwards."""

    def edge(side: float) -> Curve:
        def at(share: float) -> Point:
            radius = inner * (500 / inner) ** share
            half = (thin + (thick - thin) * share) / 2
            lean = math.degrees(math.asin(min(1.0, half / radius)))
            return polar(radius, _TOP + sweep * share + side * lean)

        return at

    path = Path()
    path.moveTo(*edge(-1)(0))
    curve_to(path, edge(-1), 0, 1, 12)
    path.lineTo(*edge(1)(1))
    curve_to(path, edge(1), 1, 0, 12)
    path.close()
    return ink_parts([rotate_path(path, index * 360 / count) for index in range(count)], accent)


def _coil(turns: int, ink: float, turn: float) -> Picture:
    """One band that winds inwards in half circles; `ink` is its width over the pitch."""
    half = ink / 2
    arcs: list[tuple[Point, float, float]] = []
    for index in range(2 * turns):
        side = index % 2
        arcs.append(((0.5 * side - 0.25, 0.0), turns - index / 2, 180.0 - 180 * side))
    path = Path()
    (centre, radius, start), (last, smallest, end) = arcs[0], arcs[-1]
    path.moveTo(*polar(radius + half, start, centre))
    for centre, radius, start in arcs:
        arc_to(path, centre, radius + half, start, start + 180)
    arc_to(path, polar(smallest, end + 180, last), half, end + 180, end + 360)
    for centre, radius, start in reversed(arcs):
        arc_to(path, centre, radius - half, start + 180, start)
    path.close()
    return _centre(ink_parts([rotate_path(path, turn)]))


def _centre(picture: Picture) -> Picture:
    x, y = layer_bounds(picture).centre
    return tuple(Layer(move_path(layer.path, -x, -y), layer.ink) for layer in picture)


FAMILY: Final = GeometricFamily(
    "spiral",
    ("growth", "evolution", "nature", "progress", "expansion", "learning", "life", "creativity"),
    (
        partial(_fan, 6, 180, 200, 0, 40, (5,)),
        partial(_arms, 5, 120, 110, 40, 230),
        partial(_coil, 3, 0.6, 0),
        partial(_nautilus, 10, 330, 1.16, 0.42, 32, (9,)),
        partial(_fibonacci, 5, 0.36, (4,)),
        partial(_arms, 7, 100, 140, 40, 190),
        partial(_fan, 9, 270, 190, 90, 36, (8,)),
        partial(_seeds, 34, 42, 60, (33, 32, 31, 30, 29)),
        partial(_nautilus, 8, 320, 1.2, 0.0, 36),
        partial(_arms, 8, 80, 190, 60, 170, (0, 2, 4, 6)),
        partial(_coil, 2, 0.62, -90),
        partial(_fibonacci, 4, 0.2, (0,)),
        partial(_arms, 6, 60, 120, 40, 330, (0, 2, 4)),
    ),
    shape="parts that grow around a centre",
    meaning="each step larger than the last",
    retired=frozenset({3, 6, 7, 8, 12}),
)
