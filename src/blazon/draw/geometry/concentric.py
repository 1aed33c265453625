"""Concentric marks: rings and arcs about one centre, broken, shifted or nested."""

from collections.abc import Collection
from functools import partial
from typing import Final

from pathops import Path

from blazon.draw.curves import arc_band, arc_to, polar, ring, rounded_polygon, sector
from blazon.draw.geometry.family import GeometricFamily, Picture, inked
from blazon.draw.outline import Box, circle, intersected, moved, rectangle, rotated, subtracted


def _half_ring(outer: float, inner: float, start: float, centre: tuple[float, float] = (0, 0)) -> Path:
    return sector(inner, outer, start, start + 180, 0, centre)


def _sunrise(rings: int, accent: Collection[int] = (0,)) -> Picture:
    """Half a disc in half rings, over its reflection in bars."""
    step = 500 / (rings + 0.5)
    width = step * 0.62
    parts = [_half_ring(500 - i * step, 500 - i * step - width, 180) for i in range(rings)]
    core = sector(0, 500 - rings * step + 0, 180, 360) if rings else sector(0, 500, 180, 360)
    parts = [core, *parts]
    gap = step - width
    for index in range(rings):
        top = gap + index * (width + gap)
        half = 500 - index * step
        parts.append(rectangle(Box(-half, top, half, top + width), width / 2))
    return _recentred(inked(parts, accent))


def _recentred(picture: Picture) -> Picture:
    return picture


def _shifted(rings: int, share: float, turn: float, accent: Collection[int] = ()) -> Picture:
    """Rings cut in two halves, one moved by a ring, so that they run into each other as a spiral."""
    pitch = 1.0
    width = share
    upper = [_half_ring(i + width / 2, i - width / 2, 180) for i in range(1, rings + 1)]
    lower = [_half_ring(i + width / 2, i - width / 2, 0, (pitch, 0)) for i in range(1, rings + 1)]
    lower_full = [moved(part, 0, 0) for part in lower]
    parts = [rotated(moved(part, -pitch / 2, 0), turn) for part in [*upper, *lower_full]]
    return inked(parts, accent)


def _counterchange(rings: int, turn: float, gap: float, accent: bool) -> Picture:
    """Left and right halves: where one has a ring, the other has none."""
    step = 500 / rings
    parts, second = [], []
    for index in range(rings):
        side = 90 if index % 2 else -90
        outer, inner = 500 - index * step, max(500 - (index + 1) * step, 0)
        parts.append(sector(inner, outer, side, side + 180, gap))
        if accent and side == 90:
            second.append(index)
    return inked([rotated(part, turn) for part in parts], second)


def _broken(
    widths: int, opening: float, turn: float, start: float, round_ends: bool, accent: Collection[int]
) -> Picture:
    """Rings, each with an opening, turned a little further each time."""
    step = 500 / (widths + 0.5)
    width = step * 0.58
    parts: list[Path] = [circle((0, 0), 500 - widths * step)]
    for index in range(widths):
        radius = 500 - index * step - width / 2
        lean = opening / 2 / radius * 57.29577951308232
        at = start + turn * index
        if round_ends:
            parts.append(arc_band(radius, width, at + lean, at + 360 - lean))
        else:
            parts.append(sector(radius - width / 2, radius + width / 2, at, at + 359.999, opening))
    return inked(parts, accent)


def _nested(count: int, gap: float, turn: float, accent: Collection[int] = ()) -> Picture:
    """Circles within circles, all close to one point: crescents that grow."""
    parts = []
    radii = [500 * (count - i) / count for i in range(count)]
    bottom = [500 - gap * i for i in range(count)]
    for index in range(0, count, 1):
        outer_r, outer_c = radii[index], bottom[index] - radii[index]
        if index + 1 < count:
            hole_r = radii[index + 1] + gap * 0.5
            hole_c = bottom[index] - gap * 0.5 - hole_r
            part = subtracted(circle((0, outer_c), outer_r), circle((0, hole_c), hole_r))
        else:
            part = circle((0, outer_c), outer_r)
        parts.append(rotated(part, turn))
    return inked(parts, accent)


def _arches(count: int, legs: float, accent: Collection[int] = ()) -> Picture:
    """Arches within arches."""
    step = 400 / (count - 0.4)
    width = step * 0.6
    parts = []
    for index in range(count):
        outer = 400 - index * step
        inner = outer - width
        path = Path()
        path.moveTo(-outer, legs)
        path.lineTo(-outer, 0)
        arc_to(path, (0, 0), outer, 180, 360)
        path.lineTo(outer, legs)
        if inner > 20 and index + 1 < count:
            path.lineTo(inner, legs)
            path.lineTo(inner, 0)
            arc_to(path, (0, 0), inner, 0, -180)
            path.lineTo(-inner, legs)
        path.close()
        parts.append(moved(path, 0, (400 - legs) / 2))
    return inked(parts, accent)


def _fans(corners: str, rings: int, accent: Collection[int] = ()) -> Picture:
    """Four tiles of quarter rings, each about the corner that its letter (a to d, clockwise) names."""
    side, gap = 100.0, 10.0
    step = side / (rings - 0.4)
    width = step * 0.6
    shift = (side + gap) / 2
    places = ((-shift, -shift), (shift, -shift), (shift, shift), (-shift, shift))
    parts = []
    for (x, y), letter in zip(places, corners, strict=True):
        turn = "abcd".index(letter)
        cx, cy = ((-1, -1), (1, -1), (1, 1), (-1, 1))[turn]
        centre = (x + cx * side / 2, y + cy * side / 2)
        for index in range(rings):
            outer = side - index * step
            inner = outer - width if index + 1 < rings else 0
            parts.append(sector(inner, outer, 90 * turn, 90 * turn + 90, 0, centre))
    return inked(parts, accent)


def _polygons(sides: int, count: int, accent: Collection[int] = ()) -> Picture:
    """Rounded polygons within each other, every second one turned."""
    parts = []
    step = 500 / (count - 0.3)
    width = step * 0.55
    for index in range(count):
        outer = 500 - index * step
        shape = rounded_polygon([polar(outer, -90 + 360 / sides * i) for i in range(sides)], outer * 0.22)
        if index + 1 < count:
            inner = outer - width
            hole = rounded_polygon([polar(inner, -90 + 360 / sides * i) for i in range(sides)], inner * 0.22)
            shape = subtracted(shape, hole)
        parts.append(shape)
    return inked(parts, accent)


def _eclipse_rings(count: int, accent: Collection[int]) -> Picture:
    """Half solid disc, half rings."""
    step = 500 / (count + 0.5)
    width = step * 0.55
    parts = [intersected(sector(0, 500, 90, 270, 44), circle((0, 0), 500))]
    for index in range(count):
        parts.append(sector(500 - index * step - width, 500 - index * step, -90, 90, 44))
    parts.append(sector(0, 500 - count * step, -90, 90, 44))
    return inked([rotated(part, -45) for part in parts], accent)


def _plain(count: int, accent: Collection[int]) -> Picture:
    step = 500 / (count - 0.4)
    return inked([ring((0, 0), 500 - i * step, 500 - i * step - step * 0.6) for i in range(count)], accent)


FAMILY: Final = GeometricFamily(
    "concentric",
    ("focus", "calm", "signal", "ripple", "sound", "depth", "sunrise", "reach", "listening"),
    (
        partial(_sunrise, 3),
        partial(_shifted, 3, 0.6, 0),
        partial(_shifted, 4, 0.6, -45, (4, 5, 6, 7)),
        partial(_counterchange, 4, 0, 0, False),
        partial(_counterchange, 5, 45, 40, True),
        partial(_broken, 3, 90, 120, -60, False, (0,)),
        partial(_broken, 3, 150, 180, -90, True, (0,)),
        partial(_nested, 4, 44, 0, (3,)),
        partial(_nested, 3, 60, -135, ()),
        partial(_arches, 4, 330, (3,)),
        partial(_fans, "cdab", 3, (2, 8)),
        partial(_fans, "bbdd", 3),
        partial(_fans, "acac", 3, (2, 5, 8, 11)),
        partial(_eclipse_rings, 3, (0,)),
        partial(_polygons, 6, 4, (3,)),
    ),
)
