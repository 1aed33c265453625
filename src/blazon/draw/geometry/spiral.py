"""Spiral marks: parts that grow step by step around a centre."""

import math
from collections.abc import Collection
from functools import partial
from typing import Final

from pathops import Path

from blazon.draw.curves import Point, arc_to, curve_to, polar, sector
from blazon.draw.geometry.family import GeometricFamily, Picture, inked
from blazon.draw.outline import Box, circle, layer_bounds, moved, rectangle, rotated, union

_GOLDEN_ANGLE: Final = 180 * (3 - math.sqrt(5))


def _seeds(count: int, first: int, small: float, large: float, accent: Collection[int] = ()) -> Picture:
    """Discs as a sunflower sets its seeds (H. Vogel, 1979): radius with the root of the number, golden angle."""
    parts = []
    for index in range(count):
        share = math.sqrt((index + first) / (count + first - 1))
        parts.append(circle(polar(500 * share, index * _GOLDEN_ANGLE - 90), small + (large - small) * share))
    return inked(parts, accent)


def _nautilus(
    count: int, turns: float, growth: float, gap: float, inner: float, accent: Collection[int] = ()
) -> Picture:
    """Chambers whose outer radius grows by the same factor each time."""
    step = 360 * turns / count
    parts = [
        sector(
            inner * 500 * growth ** (index + 1 - count),
            500 * growth ** (index + 1 - count),
            -90 + index * step,
            -90 + (index + 1) * step,
            gap,
        )
        for index in range(count)
    ]
    return _centred(inked(parts, accent))


def _fan(
    count: int, sweep: float, start: float, shortest: float, inner: float, gap: float, accent: Collection[int] = ()
) -> Picture:
    """Rays that grow evenly."""
    step = sweep / count
    parts = []
    for index in range(count):
        outer = shortest + (500 - shortest) * index / (count - 1)
        parts.append(sector(inner, outer, start + index * step, start + (index + 1) * step, gap))
    return _centred(inked(parts, accent))


def _squares(count: int, gap: float, accent: Collection[int] = (), quarter: bool = True) -> Picture:
    """Quarter discs in the squares of Fibonacci's numbers, each about the corner where the spiral turns."""
    sides = [1.0, 1.0]
    while len(sides) < count:
        sides.append(sides[-1] + sides[-2])
    box = Box(0, 0, 1, 1)
    boxes = [box]
    whole = box
    for index in range(1, count):
        s = sides[index]
        side = (index - 1) % 4
        if side == 0:
            box = Box(whole.right, whole.bottom - s, whole.right + s, whole.bottom)
        elif side == 1:
            box = Box(whole.right - s, whole.top - s, whole.right, whole.top)
        elif side == 2:
            box = Box(whole.left - s, whole.top, whole.left, whole.top + s)
        else:
            box = Box(whole.left, whole.bottom, whole.left + s, whole.bottom + s)
        boxes.append(box)
        whole = Box(
            min(whole.left, box.left),
            min(whole.top, box.top),
            max(whole.right, box.right),
            max(whole.bottom, box.bottom),
        )
    parts = []
    for index, b in enumerate(boxes):
        cell = b.inset(gap / 2)
        corner = (index + 3) % 4
        centre = ((cell.left, cell.bottom), (cell.left, cell.top), (cell.right, cell.top), (cell.right, cell.bottom))
        # The quarter turns with the spiral.
        cx, cy = ((cell.left, cell.top), (cell.left, cell.bottom), (cell.right, cell.bottom), (cell.right, cell.top))[
            corner
        ]
        start = (0, 270, 180, 90)[corner]
        parts.append(sector(0, cell.width, start, start + 90, 0, (cx, cy)))
        del centre
    return _centred(inked(parts, accent))


def _arms(count: int, turns: float, inner: float, thin: float, thick: float, accent: Collection[int] = ()) -> Picture:
    """Arms that widen as they wind outwards."""

    def edge(side: float) -> "object":
        def at(t: float) -> Point:
            radius = inner * (500 / inner) ** t
            half = thin + (thick - thin) * t
            return polar(radius + side * half * radius / 500, -90 + 360 * turns * t)

        return at

    path = Path()
    path.moveTo(*edge(-1)(0))
    curve_to(path, edge(-1), 0, 1, 12)
    path.lineTo(*edge(1)(1))
    curve_to(path, edge(1), 1, 0, 12)
    path.close()
    return inked([rotated(path, index * 360 / count) for index in range(count)], accent)


def _trail(count: int, turns: float, growth: float, share: float, accent: Collection[int] = ()) -> Picture:
    """Discs along a logarithmic spiral, each larger by the same factor."""
    parts = []
    for index in range(count):
        size = growth ** (index + 1 - count)
        parts.append(circle(polar(400 * size, -90 + 360 * turns * index), share * 400 * size))
    return _centred(inked(parts, accent))


def _coil(turns: int, width: float, pitch: float, turn: float, taper: float = 0.0) -> Picture:
    """One band of half circles, each larger than the last."""
    half = width / 2
    path_parts = []
    for index in range(turns):
        radius = pitch * (index + 1) / 2
        x = pitch / 4 if index % 2 else -pitch / 4
        start = 180 if index % 2 == 0 else 0
        path_parts.append(sector(max(radius - half, 0), radius + half, start - 0.02, start + 180.02, 0, (x, 0)))
    merged = union(path_parts)
    return _centred(inked([rotated(merged, turn)]))


def _centred(picture: Picture) -> Picture:
    from blazon.draw.outline import Layer

    x, y = layer_bounds(picture).centre
    return tuple(Layer(moved(layer.path, -x, -y), layer.ink) for layer in picture)


FAMILY: Final = GeometricFamily(
    "spiral",
    ("growth", "evolution", "nature", "progress", "expansion", "learning", "life", "creativity"),
    (
        partial(_nautilus, 9, 0.9, 1.2, 36, 0.0, (8,)),
        partial(_seeds, 21, 1, 34, 70),
        partial(_squares, 6, 0.36, (0,)),
        partial(_fan, 9, 270, -180, 180, 90, 36, (8,)),
        partial(_arms, 5, 0.35, 110, 20, 130),
        partial(_trail, 11, 0.125, 1.22, 0.27, (10,)),
        partial(_coil, 5, 60, 100, 0),
        partial(_seeds, 34, 2, 30, 48, (33, 32, 31, 30, 29)),
        partial(_fan, 6, 180, 180, 200, 0, 40, (5,)),
        partial(_arms, 3, 0.5, 90, 30, 190),
        partial(_nautilus, 12, 1.0, 1.15, 34, 0.45),
        partial(_arms, 8, 0.25, 150, 10, 80, (0, 2, 4, 6)),
        partial(_squares, 5, 0.3, (4,)),
    ),
)
