"""Concentric marks: rings and arcs about one centre, broken, shifted or nested."""

import math
from collections.abc import Collection
from functools import partial
from typing import Final

from pathops import Path

from blazon.draw.curves import ORIGIN, arc_band, arc_to, combine_paths, polar, rounded_polygon, sector
from blazon.draw.geometry.family import GeometricFamily, Picture, ink_parts
from blazon.draw.outline import Box, circle, move_path, rectangle, rotate_path


def _bands(count: int, ink: float, core: float = 0.0) -> list[tuple[float, float]]:
    """Return outer and inner radius of evenly spaced rings, from 500 inwards.

    `ink` is the inked share of their pitch. The last gap ends at a core of `core` pitches.
    """
    pitch = 500 / (count + core)
    return [(500 - index * pitch, 500 - (index + ink) * pitch) for index in range(count)]


def _pitch(bands: list[tuple[float, float]]) -> float:
    return bands[0][0] - bands[1][0]


def _sunrise(rings: int, ink: float) -> Picture:
    """Half rings about a half disc, over their reflection in bars."""
    bands = _bands(rings, ink, 0.5)
    pitch = _pitch(bands)
    thick, gap = ink * pitch, (1 - ink) * pitch
    parts = [sector(0, 500 - rings * pitch, 180, 360), *(sector(inner, outer, 180, 360) for outer, inner in bands)]
    for index, (outer, _) in enumerate(bands):
        top = gap + index * pitch
        parts.append(rectangle(Box(-outer, top, outer, top + thick), thick / 2))
    return ink_parts(parts, (0,))


def _offset_rings(rings: int, ink: float, turn: float) -> Picture:
    """Rings cut in halves, one half moved along the cut by one pitch: they point into each other's ends."""
    slit = 0.4
    parts: list[Path] = []
    for side in (-1, 1):
        centre, start = (side / 2, side * slit / 2), 90 - 90 * side
        halves = [sector(r - ink / 2, r + ink / 2, start, start + 180, 0, centre) for r in range(1, rings + 1)]
        parts += [rotate_path(half, turn) for half in halves]
    return ink_parts(parts, range(rings, 2 * rings))


def _counterchange(rings: int, turn: float, gap: float) -> Picture:
    """Two halves: where one has a ring, the other has none."""
    parts = []
    for index, (outer, inner) in enumerate(_bands(rings, 1.0)):
        start = turn + (90 if index % 2 else -90)
        parts.append(sector(inner, outer, start, start + 180, gap))
    return ink_parts(parts, range(1, rings, 2))


def _open_rings(rings: int, opening: float, first: float, step: float, *, round_ends: bool = False) -> Picture:
    """Rings about a disc, each with an opening, turned by `step` from ring to ring."""
    bands = _bands(rings, 0.58, 0.5)
    parts = [circle(ORIGIN, 500 - rings * _pitch(bands))]
    for index, (outer, inner) in enumerate(bands):
        at, radius, width = first + step * index, (outer + inner) / 2, outer - inner
        if round_ends:
            lean = math.degrees((opening + width) / 2 / radius)
            parts.append(arc_band(radius, width, at + lean, at + 360 - lean))
        else:
            parts.append(sector(inner, outer, at, at + 360, opening))
    return ink_parts(parts, (0,))


def _crescents(count: int, thin: float, gap: float, ratio: float, turn: float, accent: Collection[int] = ()) -> Picture:
    """Discs within discs, off centre: crescents that grow, all gaps alike."""
    parts = []
    radius, centre = 500.0, 0.0
    for index in range(count):
        disc = circle((0, centre), radius)
        if index + 1 < count:
            bottom = centre + radius - thin
            radius *= ratio
            centre = bottom - radius
            hole = circle((0, centre), radius)
            hole.reverse()
            disc = combine_paths([disc, hole])
            radius -= gap
        parts.append(rotate_path(disc, turn))
    return ink_parts(parts, accent)


def _arches(count: int, legs: float, ink: float, accent: Collection[int] = ()) -> Picture:
    """Arches within arches, about a door."""
    parts = []
    for index, (outer, inner) in enumerate(_bands(count, ink)):
        path = Path()
        path.moveTo(-outer, legs)
        path.lineTo(-outer, 0)
        arc_to(path, ORIGIN, outer, 180, 360)
        path.lineTo(outer, legs)
        if index + 1 < count:
            path.lineTo(inner, legs)
            path.lineTo(inner, 0)
            arc_to(path, ORIGIN, inner, 0, -180)
            path.lineTo(-inner, legs)
        path.close()
        parts.append(move_path(path, 0, (500 - legs) / 2))
    return ink_parts(parts, accent)


def _fans(corners: str, rings: int, accent: Collection[int] = ()) -> Picture:
    """Four tiles of quarter rings, each about the corner that its letter (a to d, clockwise) names."""
    tile, gap = 500.0, 50.0
    shift = (tile + gap) / 2
    signs = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    parts = []
    for (right, down), letter in zip(signs, corners, strict=True):
        corner = "abcd".index(letter)
        x, y = signs[corner]
        centre = (right * shift + x * tile / 2, down * shift + y * tile / 2)
        for index, (outer, inner) in enumerate(_bands(rings, 0.6)):
            last = index + 1 == rings
            parts.append(sector(0 if last else inner, outer, 90 * corner, 90 * corner + 90, 0, centre))
    return ink_parts(parts, accent)


def _horizon(rings: int, ink: float, turn: float, accent: Collection[int]) -> Picture:
    """Half a disc, solid; the other half in rings."""
    gap = 44.0
    bands = _bands(rings, ink, 0.5)
    core = 500 - rings * _pitch(bands)
    halves = [(500.0, 0.0, 180.0), *((outer, inner, 0.0) for outer, inner in bands), (core, 0.0, 0.0)]
    return ink_parts([sector(inner, outer, turn + at, turn + at + 180, gap) for outer, inner, at in halves], accent)


def _polygons(sides: int, count: int, ink: float, accent: Collection[int] = ()) -> Picture:
    """Rounded polygons within each other."""
    parts = []
    for index, (outer, inner) in enumerate(_bands(count, ink, -0.2)):
        outline = _polygon(sides, outer)
        if index + 1 < count:
            hole = _polygon(sides, inner)
            hole.reverse()
            outline = combine_paths([outline, hole])
        parts.append(outline)
    return ink_parts(parts, accent)


def _polygon(sides: int, radius: float) -> Path:
    return rounded_polygon([polar(radius, -90 + 360 / sides * index) for index in range(sides)], 0.22 * radius)


def _wedge(rings: int, ink: float, cut: float, turn: float, accent: Collection[int]) -> Picture:
    """Rings of which a wedge is moved out of step: its arcs stand where the others leave gaps."""
    parts = []
    bands = _bands(rings, ink)
    pitch = _pitch(bands)
    gap = (1 - ink) * pitch
    for outer, inner in bands:
        parts.append(sector(inner, outer, turn + cut / 2, turn + 360 - cut / 2, gap))
    for outer, inner in bands[:-1]:
        parts.append(sector(inner - pitch / 2, outer - pitch / 2, turn - cut / 2, turn + cut / 2, gap))
    return ink_parts(parts, accent)


FAMILY: Final = GeometricFamily(
    "concentric",
    ("focus", "calm", "signal", "ripple", "sound", "depth", "sunrise", "reach", "listening", "horizon"),
    (
        partial(_sunrise, 3, 0.62),
        partial(_horizon, 3, 0.56, -45, (0,)),
        partial(_counterchange, 5, 45, 40),
        partial(_fans, "bbdd", 3),
        partial(_arches, 4, 400, 0.6, (3,)),
        partial(_crescents, 3, 60, 46, 0.74, 0, (2,)),
        partial(_offset_rings, 4, 0.6, -45),
        partial(_open_rings, 3, 60, -60, 120),
        partial(_fans, "acac", 3, (2, 5, 8, 11)),
        partial(_polygons, 6, 4, 0.56, (3,)),
        partial(_open_rings, 3, 60, -90, 180, round_ends=True),
        partial(_horizon, 4, 0.56, 90, ()),
        partial(_crescents, 4, 50, 40, 0.78, 135, (3,)),
        partial(_wedge, 4, 0.56, 90, -45, (4, 5, 6)),
    ),
    shape="rings about one centre",
    meaning="one source that reaches further and further",
    retired=frozenset({7, 8, 9, 13}),
)
