"""Orbit marks: discs, crescents and rings that make room for each other."""

from collections.abc import Collection
from functools import partial
from typing import Final

from blazon.draw.curves import ORIGIN, arc_band, polar, ring, sector
from blazon.draw.geometry.family import GeometricFamily, Picture, inked
from blazon.draw.outline import circle, ellipse, rectangle, rotated, subtracted, Box, moved


def _eclipse(radius: float, gap: float, angle: float, depth: float, accent: bool = True) -> Picture:
    """A disc with a bite, and a smaller disc in the bite."""
    centre = polar(500 - radius + depth, angle)
    body = subtracted(circle(ORIGIN, 500), circle(centre, radius + gap))
    return inked([body, circle(centre, radius)], (1,) if accent else ())


def _satellites(
    radii: tuple[float, ...],
    width: float,
    moons: tuple[float, ...],
    angles: tuple[float, ...],
    core: float,
    accent: Collection[int] = (),
) -> Picture:
    """A disc in rings; each ring opens for a moon."""
    parts = [circle(ORIGIN, core)] if core else []
    for radius, moon, angle in zip(radii, moons, angles, strict=True):
        place = polar(radius, angle)
        parts.append(subtracted(ring(ORIGIN, radius + width / 2, radius - width / 2), circle(place, moon + 40)))
        parts.append(circle(place, moon))
    return inked(parts, accent)


def _crescents(
    count: int, core: float, radius: float, shift: float, gap: float, turn: float = 0.0, accent: bool = True
) -> Picture:
    """Crescents about a disc, each the same turned."""
    outer = circle(polar(500 - radius, turn), radius)
    inner = circle(polar(500 - radius - shift, turn), radius)
    blade = subtracted(outer, inner, circle(ORIGIN, core + gap))
    parts = [rotated(blade, index * 360 / count) for index in range(count)]
    return inked([*parts, circle(ORIGIN, core)] if core else parts, (count,) if accent else ())


def _planet(radius: float, width: float, flat: float, turn: float, gap: float, accent: bool = True) -> Picture:
    """A disc with a ring about it: the far side of the ring is hidden, the near side cuts the disc."""
    outer, inner = ellipse(ORIGIN, 560, flat), ellipse(ORIGIN, 560 - width * 1.6, flat - width)
    band = subtracted(outer, inner)
    near = subtracted(
        ellipse(ORIGIN, 560 + gap, flat + gap), ellipse(ORIGIN, 560 - width * 1.6 - gap, flat - width - gap)
    )
    lower = rectangle(Box(-700, 0, 700, 700))
    upper = rectangle(Box(-700, -700, 700, 0))
    disc = subtracted(circle(ORIGIN, radius), subtracted(near, upper))
    belt = subtracted(band, subtracted(circle(ORIGIN, radius + gap), lower))
    return inked([rotated(disc, turn), rotated(belt, turn)], (1,) if accent else ())


def _phases(count: int, thick: float, gap: float, angle: float, accent: Collection[int] = ()) -> Picture:
    """Crescents that follow a disc like waves in front of a bow."""
    parts = []
    radius = 500 - (count - 1) * (thick + gap) / 2
    first = polar((count - 1) * (thick + gap) / 2, angle)
    parts.append(circle(first, radius))
    for index in range(1, count):
        step = index * (thick + gap)
        centre = polar((count - 1) * (thick + gap) / 2 - step, angle)
        before = polar((count - 1) * (thick + gap) / 2 - step + thick, angle)
        parts.append(subtracted(circle(centre, radius), circle(before, radius)))
    return inked(parts, accent)


def _day_and_night(gap: float, width: float, core: float, turn: float, accent: bool = True) -> Picture:
    """Half a disc, half a ring, and a disc in the open half cut by the seam."""
    half = sector(0, 500, 90, 270, gap)
    arc = sector(500 - width, 500, -90, 90, gap)
    sun = sector(0, core, -90, 90, gap)
    return inked([rotated(part, turn) for part in (half, arc, sun)], (2,) if accent else ())


def _moons(
    radii: tuple[float, ...], reach: float, turn: float, step: float, core: float, accent: Collection[int] = ()
) -> Picture:
    """A disc that gives way to smaller and smaller ones along its edge."""
    places = [polar(reach, turn + index * step) for index in range(len(radii))]
    body = circle(ORIGIN, core)
    for place, radius in zip(places, radii, strict=True):
        body = subtracted(body, circle(place, radius + 40))
    return inked([body, *(circle(place, radius) for place, radius in zip(places, radii, strict=True))], accent)


def _open_ring(width: float, opening: float, turn: float, dot: float, accent: bool = True) -> Picture:
    radius = 500 - width / 2
    arc = arc_band(radius, width, turn + opening / 2, turn + 360 - opening / 2)
    return inked([arc, circle(polar(radius, turn), dot)], (1,) if accent else ())


FAMILY: Final = GeometricFamily(
    "orbit",
    ("space", "discovery", "future", "attraction", "wonder", "global", "travel", "vision", "care"),
    (
        partial(_eclipse, 190, 44, -45, 40),
        partial(_satellites, (440,), 90, (130,), (-45,), 190, (2,)),
        partial(_crescents, 2, 150, 420, 150, 44, -30),
        partial(_planet, 340, 70, 190, -24, 36),
        partial(_phases, 3, 110, 44, -45, (0,)),
        partial(_day_and_night, 50, 90, 250, -45),
        partial(_crescents, 3, 130, 360, 150, 44, -90),
        partial(_satellites, (460, 270), 64, (90, 80), (-40, 150), 110, (2, 4)),
        partial(_moons, (150, 110, 80), 400, -60, 60, 420, (1, 2, 3)),
        partial(_phases, 4, 70, 40, 180, (0,)),
        partial(_eclipse, 250, 50, 180, -60, False),
        partial(_crescents, 5, 150, 300, 130, 44, -90),
        partial(_open_ring, 110, 60, -60, 110),
    ),
)
