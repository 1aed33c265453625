"""Orbit marks: discs, crescents and rings that make room for each other."""

from collections.abc import Collection, Sequence
from functools import partial
from itertools import pairwise
from typing import Final, NamedTuple

from blazon.draw.curves import ORIGIN, polar, ring, sector
from blazon.draw.geometry.family import GeometricFamily, Picture, ink_parts
from blazon.draw.outline import Box, circle, ellipse, rectangle, rotate_path, subtract_paths

_GAP: Final = 44.0


class _Moon(NamedTuple):
    reach: float
    radius: float
    angle: float


def _planet(*moons: _Moon, radius: float = 500) -> Picture:
    """A disc that gives way to smaller ones on its edge."""
    places = [(polar(moon.reach, moon.angle), moon.radius) for moon in moons]
    body = subtract_paths(circle(ORIGIN, radius), *(circle(place, size + _GAP) for place, size in places))
    parts = [body, *(circle(place, size) for place, size in places)]
    return ink_parts(parts, range(1, len(parts)))


def _rings(core: float, width: float, moons: Sequence[_Moon], accent: Collection[int] = ()) -> Picture:
    """A disc in rings; each ring opens for a moon."""
    parts = [circle(ORIGIN, core)]
    for reach, radius, angle in moons:
        moon = polar(reach, angle)
        orbit = ring(ORIGIN, reach + width / 2, reach - width / 2)
        parts += [subtract_paths(orbit, circle(moon, radius + _GAP)), circle(moon, radius)]
    return ink_parts(parts, accent)


def _embrace(hole: float, shift: float, core: float, turn: float) -> Picture:
    """Two hands about a disc: half discs, each hollowed by a circle `shift` beyond the centre."""
    hand = subtract_paths(sector(0, 500, turn - 90, turn + 90, _GAP), circle(polar(shift, turn + 180), hole))
    return ink_parts([hand, rotate_path(hand, 180), circle(ORIGIN, core)], (2,))


def _ellipse(core: float, width: float, flat: float, moon: float, turn: float) -> Picture:
    """A disc in an oval ring that opens for a moon at its far end."""
    belt = subtract_paths(ellipse(ORIGIN, 500, flat), ellipse(ORIGIN, 500 - width, flat - width))
    place = (500 - width / 2, 0.0)
    parts = [circle(ORIGIN, core), subtract_paths(belt, circle(place, moon + _GAP)), circle(place, moon)]
    return ink_parts([rotate_path(part, turn) for part in parts], (2,))


def _saturn(radius: float, width: float, flat: float, turn: float) -> Picture:
    """A disc in a ring seen from the side: the disc hides its far half, its near half cuts the disc."""
    reach, far = 540.0, 800.0
    hole = ellipse(ORIGIN, reach - 1.6 * width, flat - width)
    belt = subtract_paths(ellipse(ORIGIN, reach, flat), hole)
    margin = subtract_paths(
        ellipse(ORIGIN, reach + _GAP, flat + _GAP), ellipse(ORIGIN, reach - 1.6 * width - _GAP, flat - width - _GAP)
    )
    lower, upper = rectangle(Box(-far, 0, far, far)), rectangle(Box(-far, -far, far, 0))
    disc = subtract_paths(circle(ORIGIN, radius), subtract_paths(margin, upper))
    belt = subtract_paths(belt, subtract_paths(circle(ORIGIN, radius + _GAP), lower))
    return ink_parts([rotate_path(disc, turn), rotate_path(belt, turn)], (1,))


def _wake(count: int, radius: float, angle: float, accent: Collection[int] = ()) -> Picture:
    """A disc and the crescents that follow it, each cut by the one before."""
    pitch = 2 * (500 - radius) / (count - 1)
    centres = [polar(500 - radius - index * pitch, angle) for index in range(count)]
    parts = [circle(centres[0], radius)]
    for before, centre in pairwise(centres):
        parts.append(subtract_paths(circle(centre, radius), circle(before, radius + _GAP)))
    return ink_parts(parts, accent)


def _day_and_night(width: float, core: float, turn: float) -> Picture:
    """Half a disc; half a ring about half a sun."""
    half = sector(0, 500, turn + 90, turn + 270, _GAP)
    bow = sector(500 - width, 500, turn - 90, turn + 90, _GAP)
    sun = sector(0, core, turn - 90, turn + 90, _GAP)
    return ink_parts([half, bow, sun], (2,))


def _moonrise(radius: float, angle: float) -> Picture:
    """A thick crescent and a disc in its mouth."""
    moon = polar(500 - radius, angle)
    body = subtract_paths(circle(ORIGIN, 500), circle(polar(500 - radius + 60, angle), radius + 60))
    return ink_parts([body, circle(moon, radius - _GAP)], (1,))


FAMILY: Final = GeometricFamily(
    "orbit",
    ("space", "discovery", "future", "attraction", "wonder", "global", "travel", "vision", "care"),
    (
        partial(_day_and_night, 90, 250, -45),
        partial(_planet, _Moon(350, 190, -45)),
        partial(_embrace, 330, 70, 170, -45),
        partial(_wake, 3, 330, -45, (0,)),
        partial(_rings, 190, 90, [_Moon(440, 130, -45)], (2,)),
        partial(_planet, _Moon(400, 150, -60), _Moon(400, 110, 0), _Moon(400, 80, 45), radius=440),
        partial(_ellipse, 170, 76, 330, 110, -35),
        partial(_saturn, 350, 76, 200, -24),
        partial(_rings, 110, 64, [_Moon(460, 90, -40), _Moon(270, 80, 150)], (2, 4)),
        partial(_wake, 4, 300, 180, (0,)),
        partial(_moonrise, 270, -45),
        partial(_planet, _Moon(0, 200, 0), _Moon(410, 90, -45)),
    ),
    shape="discs that make room for each other",
    meaning="a small one that a large one holds on its way",
    retired=frozenset({8}),
)
