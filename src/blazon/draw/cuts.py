"""Cuts: a mark parted along straight lines, with gaps that hold at small sizes: one cut, fields, bridges of a stencil.

Marks lie in a square of `SIDE` units. Angles are in degrees: 0 is level, more rises to the right.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from pathops import Path

from blazon.draw.bitmaps import flatten
from blazon.draw.composition import GAP, SIDE, without_specks
from blazon.draw.curves import combine_paths, polar
from blazon.draw.outline import (
    Box,
    Ink,
    Layer,
    Point,
    bounds,
    inked_area,
    intersect_paths,
    move_path,
    polygon,
    rectangle,
    rotate_path,
    subtract_paths,
    union,
)

SEGMENTS: Final = range(2, 5)
# Where a cut runs: this far below the middle, so that neither half looks like the other's mistake.
_BELOW: Final = 90.0
_FAR: Final = 2.0 * SIDE
# Counters smaller than this square need no bridge, and bridges nearer than this to each other are one.
_COUNTER: Final = 120.0
_APART: Final = 150.0
_MOST_BRIDGES: Final = 3
# What may be cut has no more holes, and no piece with fewer percent of the whole.
_MOST_HOLES: Final = 2
_SPLINTER: Final = 7


def cut_layers(layers: Sequence[Layer], angle: float) -> tuple[Layer, ...]:
    """Return a mark parted by one gap at an angle."""
    x, y = _middle(layers)
    strip = rectangle(Box(-_FAR, -GAP / 2, _FAR, GAP / 2))
    gap = move_path(rotate_path(strip, -angle), x, y + _BELOW)
    return _drop_empty(Layer(without_specks(subtract_paths(layer.path, gap)), layer.ink) for layer in layers)


def segment_layers(layers: Sequence[Layer], count: int, angle: float) -> tuple[Layer, ...]:
    """Return a mark in `count` fields about its middle, in turn in `MARK` and `ACCENT`, a gap between them."""
    whole = union([layer.path for layer in layers if layer.ink is not Ink.TINT])
    middle = _middle(layers)
    parts: dict[Ink, list[Path]] = {Ink.MARK: [], Ink.ACCENT: []}
    for index in range(count):
        field = _field(middle, -angle + 360 * index / count, 360 / count)
        ink = Ink.ACCENT if index % 2 else Ink.MARK
        parts[ink].append(without_specks(intersect_paths(whole, field)))
    fields = [Layer(combine_paths(paths), ink) for ink, paths in parts.items()]
    return _drop_empty([*(layer for layer in layers if layer.ink is Ink.TINT), *fields])


def stencil_layers(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """Return a mark with upright bridges through its counters: none of its paper is an island any more."""
    gaps = [rectangle(bridge) for bridge in find_bridges(layers)]
    return _drop_empty(Layer(without_specks(subtract_paths(layer.path, *gaps)), layer.ink) for layer in layers)


def find_bridges(layers: Sequence[Layer]) -> list[Box]:
    """Return the bridges of a stencil, from left to right; none for a mark without large counters.

    Each runs through the body that its counter is in, and through no other: it would chip that one for nothing.
    """
    whole = union([layer.path for layer in layers if layer.ink is not Ink.TINT])
    contours = sorted(whole.contours, key=inked_area, reverse=True)
    if not contours:
        return []
    solid = contours[0].clockwise
    bodies = [bounds([contour]) for contour in contours if contour.clockwise is solid]
    found: list[Box] = []
    for contour in contours:
        if contour.clockwise is not solid and inked_area(contour) >= _COUNTER**2:
            counter = bounds([contour])
            x = counter.centre[0]
            if all(abs(x - other.centre[0]) >= _APART for other in found):
                body = next((body for body in bodies if _is_inside(counter, body)), counter)
                found.append(Box(x - GAP / 2, body.top - 1, x + GAP / 2, body.bottom + 1))
    return sorted(found[:_MOST_BRIDGES], key=lambda bridge: bridge.left)


def _is_inside(inner: Box, outer: Box) -> bool:
    return (
        outer.left <= inner.left
        and outer.top <= inner.top
        and inner.right <= outer.right
        and inner.bottom <= outer.bottom
    )


def _field(middle: Point, start: float, sweep: float) -> Path:
    """Return a sector without end, from an angle on screen on, its straight sides half a gap further in."""
    # Two sides that lie in one line do not meet: the field is half of everything.
    tip = GAP / 2 / math.sin(math.radians(sweep / 2))
    corner = polar(tip, start + sweep / 2, middle)
    rim = [polar(_FAR, start + sweep * share / 4, corner) for share in range(5)]
    return polygon([corner, *rim])


def _middle(layers: Sequence[Layer]) -> Point:
    """Return the middle of what is inked, across by symmetry, down by weight, in whole units."""
    whole = combine_paths([layer.path for layer in layers if layer.ink is not Ink.TINT])
    moment = weight = 0.0
    for corners in flatten(whole):
        for (ax, ay), (bx, by) in pairwise([*corners, corners[0]]):
            cross = ax * by - bx * ay
            weight += cross
            moment += cross * (ay + by) / 3
    return bounds([whole]).centre[0], float(round(moment / weight)) if weight else SIDE / 2


def _drop_empty(layers: Iterable[Layer]) -> tuple[Layer, ...]:
    return tuple(layer for layer in layers if inked_area(layer.path) > 1)


def is_cut_well(before: Sequence[Layer], after: Sequence[Layer], pieces: int) -> bool:
    """Say whether a mark of one body with two holes at most falls into exactly so many pieces, none a splinter.

    What is more intricate looks broken when it is cut.
    """
    bodies, holes = _count_contours(before)
    if bodies != 1 or holes > _MOST_HOLES:
        return False
    parts = [contour for layer in after for contour in layer.path.contours]
    areas = [round(inked_area(part)) for part in parts if part.clockwise is _is_solid_clockwise(after)]
    return len(areas) == pieces and min(areas) * 100 >= _SPLINTER * sum(areas)


def _count_contours(layers: Sequence[Layer]) -> tuple[int, int]:
    """Return the number of bodies and of holes."""
    contours = [contour for layer in layers if layer.ink is not Ink.TINT for contour in layer.path.contours]
    solid = _is_solid_clockwise(layers)
    bodies = sum(contour.clockwise is solid for contour in contours)
    return bodies, len(contours) - bodies


def _is_solid_clockwise(layers: Sequence[Layer]) -> bool:
    """Say which way round solid parts run: as the largest does."""
    contours = [contour for layer in layers for contour in layer.path.contours]
    return bool(max(contours, key=inked_area).clockwise)
