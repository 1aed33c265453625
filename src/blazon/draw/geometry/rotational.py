"""Rotational marks: one blade, repeated around a centre."""

import math
from collections.abc import Collection
from functools import partial
from typing import Final

from pathops import Path

from blazon.draw.curves import ORIGIN, arc_to, lens, polar, sector
from blazon.draw.geometry.family import GeometricFamily, Picture, inked
from blazon.draw.outline import circle, intersected, polygon, rotated, subtracted

_TOP: Final = -90.0


def _around(blade: Path, count: int, accent: Collection[int]) -> Picture:
    return inked([rotated(blade, index * 360 / count) for index in range(count)], accent)


def _petals(count: int, inner: float, width: float, accent: Collection[int] = ()) -> Picture:
    return _around(lens(polar(inner, _TOP), polar(500, _TOP), width), count, accent)


def _drops(count: int, gap: float, inner: float, accent: Collection[int] = ()) -> Picture:
    """Wedges that end in half a circle."""
    half_angle = 180 / count
    sine = math.sin(math.radians(half_angle))
    # The round end touches both sides: its centre lies where their distance is its radius.
    centre = (500 + gap / 2) / (1 + sine)
    radius = centre * sine - gap / 2
    path = Path()
    path.moveTo(*polar(radius, _TOP - 90 - half_angle + 0, polar(centre, _TOP)))
    start, end = _TOP - 90 - half_angle, _TOP + 90 + half_angle
    path = Path()
    path.moveTo(*polar(radius, start, polar(centre, _TOP)))
    arc_to(path, polar(centre, _TOP), radius, start, end)
    path.lineTo(*polar(gap / 2 / sine, _TOP))
    path.close()
    return _around(subtracted(path, circle(ORIGIN, inner)) if inner else path, count, accent)


def _halves(count: int, radius: float, reach: float, lean: float = 0.0, accent: Collection[int] = ()) -> Picture:
    """Half discs whose straight sides lie along the spokes."""
    x, y = polar(reach, _TOP)
    path = Path()
    path.moveTo(x, y - radius)
    arc_to(path, (x, y), radius, -90, 90)
    path.close()
    return _around(rotated(path, lean, (x, y)), count, accent)


def _overlaps(count: int, radius: float, gap: float, accent: Collection[int] = ()) -> Picture:
    """Discs in a circle, each lying over the one before it: what is seen of each."""
    reach = 500 - radius
    disc = circle(polar(reach, _TOP), radius)
    cover = circle(polar(reach, _TOP + 360 / count), radius + gap)
    return _around(subtracted(disc, cover), count, accent)


def _chevrons(count: int, inner: float, thick: float, gap: float, accent: Collection[int] = ()) -> Picture:
    """Arrow heads that point outwards, side by side."""
    half = math.radians(180 / count)
    # Half of the chevron's width at its feet, so that neighbours keep `gap`.
    wing = lambda y: y * math.tan(half) - gap / 2 / math.cos(half)  # noqa: E731
    foot = inner * 1.0
    tip = 500.0
    shoulder = foot + (tip - foot) * 0.45
    points = [(0, -tip), (wing(shoulder), -shoulder), (wing(foot), -foot), (0, -foot - (tip - shoulder) + 0)]
    points += [(-wing(foot), -foot), (-wing(shoulder), -shoulder)]
    del thick
    return _around(polygon(points), count, accent)


def _shutter(count: int, inner: float, sweep: float, gap: float, accent: Collection[int] = ()) -> Picture:
    """A ring cut by arcs that all lean the same way."""
    edge = lens(polar(inner * 0.6, _TOP), polar(620, _TOP + sweep), sweep * 3)
    del edge
    radius = 520.0
    centre = polar(radius * 0.62, _TOP)
    mine = circle(centre, radius)
    next_ = circle(polar(radius * 0.62, _TOP + 360 / count), radius + gap)
    blade = subtracted(intersected(mine, circle(ORIGIN, 500)), next_, circle(ORIGIN, inner))
    return _around(blade, count, accent)


def _rays(count: int, inner: float, gap: float, accent: Collection[int] = ()) -> Picture:
    step = 360 / count
    return inked(
        [sector(inner, 500, _TOP + (i - 0.5) * step, _TOP + (i + 0.5) * step, gap) for i in range(count)], accent
    )


FAMILY: Final = GeometricFamily(
    "rotational",
    ("energy", "growth", "harmony", "nature", "flower", "community", "balance", "bloom"),
    (
        partial(_petals, 5, 60, 250),
        partial(_petals, 8, 90, 150, (0, 2, 4, 6)),
        partial(_petals, 12, 190, 110),
        partial(_drops, 5, 40, 0, (0,)),
        partial(_drops, 6, 40, 0, (0, 2, 4)),
        partial(_drops, 8, 40, 120),
        partial(_halves, 5, 210, 290),
        partial(_halves, 8, 160, 340, accent=(0, 2, 4, 6)),
        partial(_overlaps, 5, 210, 40),
        partial(_overlaps, 6, 190, 36, (0, 2, 4)),
        partial(_overlaps, 8, 160, 36),
        partial(_chevrons, 5, 150, 120, 40, (0,)),
        partial(_chevrons, 8, 220, 120, 40),
        partial(_shutter, 7, 150, 60, 40),
    ),
)
