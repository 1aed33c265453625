"""Rotational marks: one blade, repeated around a centre."""

import math
from collections.abc import Collection
from functools import partial
from typing import Final

from pathops import Path

from blazon.draw.curves import ORIGIN, arc_to, lens, polar
from blazon.draw.geometry.family import GeometricFamily, Picture, ink_parts
from blazon.draw.outline import circle, intersect_paths, rotate_path, subtract_paths

_TOP: Final = -90.0


def _repeat_around(blade: Path, count: int, accent: Collection[int]) -> Picture:
    return ink_parts([rotate_path(blade, index * 360 / count) for index in range(count)], accent)


def _petals(count: int, inner: float, width: float, accent: Collection[int] = ()) -> Picture:
    """Leaves with two points."""
    return _repeat_around(lens(polar(inner, _TOP), polar(500, _TOP), width), count, accent)


def _drops(count: int, gap: float, inner: float, accent: Collection[int] = ()) -> Picture:
    """Wedges that end in an arc, around an open disc of radius `inner`."""
    lean = 180 / count
    sine = math.sin(math.radians(lean))
    # The arc touches both sides: its centre lies where their distance is its radius.
    reach = (500 + gap / 2) / (1 + sine)
    centre, radius = polar(reach, _TOP), reach * sine - gap / 2
    path = Path()
    path.moveTo(*polar(radius, _TOP - 90 - lean, centre))
    arc_to(path, centre, radius, _TOP - 90 - lean, _TOP + 90 + lean)
    path.lineTo(*polar(gap / 2 / sine, _TOP))
    path.close()
    return _repeat_around(subtract_paths(path, circle(ORIGIN, inner)) if inner else path, count, accent)


def _halves(count: int, radius: float, accent: Collection[int] = ()) -> Picture:
    """Half discs whose straight sides lie along the spokes."""
    centre = polar(500 - radius, _TOP)
    path = Path()
    path.moveTo(*polar(radius, -90, centre))
    arc_to(path, centre, radius, -90, 90)
    path.close()
    return _repeat_around(path, count, accent)


def _overlaps(count: int, radius: float, gap: float, accent: Collection[int] = ()) -> Picture:
    """Discs in a circle, each half under the next one: what is seen of each."""
    reach = 500 - radius
    disc = circle(polar(reach, _TOP), radius)
    cover = circle(polar(reach, _TOP + 360 / count), radius + gap)
    return _repeat_around(subtract_paths(disc, cover), count, accent)


def _shutter(count: int, inner: float, bend: float, gap: float, accent: Collection[int] = ()) -> Picture:
    """A ring cut by arcs that all lean the same way."""
    reach, radius = bend * 0.62, bend
    edge = circle(polar(reach, _TOP), radius)
    cover = circle(polar(reach, _TOP + 360 / count), radius + gap)
    blade = subtract_paths(intersect_paths(edge, circle(ORIGIN, 500)), cover, circle(ORIGIN, inner))
    return _repeat_around(blade, count, accent)


FAMILY: Final = GeometricFamily(
    "rotational",
    ("energy", "harmony", "nature", "bloom", "community", "balance", "beauty", "turning"),
    (
        partial(_overlaps, 6, 190, 36, (0, 2, 4)),
        partial(_petals, 5, 60, 250),
        partial(_drops, 8, 40, 120),
        partial(_overlaps, 5, 210, 40),
        partial(_petals, 8, 90, 165, (0, 2, 4, 6)),
        partial(_shutter, 7, 150, 520, 40),
        partial(_halves, 5, 215),
        partial(_drops, 6, 44, 0, (0, 2, 4)),
        partial(_overlaps, 8, 165, 36),
        partial(_petals, 12, 150, 120),
        partial(_halves, 7, 175),
        partial(_shutter, 5, 110, 480, 46, (0,)),
        partial(_drops, 5, 44, 90, (0,)),
    ),
    shape="blades around a centre",
    meaning="many alike that turn about one middle",
    retired=frozenset({9, 10}),
)
