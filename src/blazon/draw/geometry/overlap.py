"""Overlap marks: translucent shapes, flattened: where two lie over each other is a third, in a colour of its own."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from pathops import Path

from blazon.draw.curves import combine_paths, lens, polar
from blazon.draw.geometry.family import GeometricFamily, Picture
from blazon.draw.outline import (
    Box,
    Ink,
    Layer,
    circle,
    intersect_paths,
    rectangle,
    rotate_path,
    stroke_path,
    subtract_paths,
    union,
)

# How far the overlap reaches under its neighbours, so that no paper shines through where they meet.
_TRAP: Final = 1.5


def _layers(main: Sequence[Path], second: Sequence[Path]) -> Picture:
    """Return shapes of which those of one colour stand apart; `MIX` lies under the others by a hair."""
    one, two = combine_paths(main), combine_paths(second)
    shared = intersect_paths(one, two)
    grown = union([shared, stroke_path(shared, 2 * _TRAP)])
    return (
        Layer(subtract_paths(one, shared), Ink.MARK),
        Layer(subtract_paths(two, shared), Ink.ACCENT),
        Layer(intersect_paths(grown, union([one, two])), Ink.MIX),
    )


def _discs(count: int, radius: float, turn: float) -> Picture:
    """Discs about a centre, in turn in one colour and the other: two, or an even number."""
    places = [polar(500 - radius, turn + 360 * index / count) for index in range(count)]
    discs = [circle(place, radius) for place in places]
    return _layers(discs[::2], discs[1::2])


def _petals(count: int, inner: float, width: float) -> Picture:
    """Leaves about a centre that lie over their neighbours; `count` is even."""
    leaves = [
        lens(polar(inner, -90 + 360 * index / count), polar(500, -90 + 360 * index / count), width)
        for index in range(count)
    ]
    return _layers(leaves[::2], leaves[1::2])


def _squares(side: float, radius: float, turn: float) -> Picture:
    """Two rounded squares on a diagonal."""
    shift = 500 - side / 2
    parts = []
    for sign in (-1, 1):
        box = Box(sign * shift - side / 2, sign * shift - side / 2, sign * shift + side / 2, sign * shift + side / 2)
        parts.append(rotate_path(rectangle(box, radius), turn))
    return _layers(parts[:1], parts[1:])


def _drops(count: int, radius: float, reach: float) -> Picture:
    """A large disc with smaller ones on its edge."""
    small = [circle(polar(reach, -90 + 360 * index / count), radius) for index in range(count)]
    return _layers([circle((0, 0), 500 - radius)], small)


def _bars(count: int, width: float, turn: float) -> Picture:
    """Round bars that cross others at a right angle."""
    pitch = (1000 - width) / (count - 1) if count > 1 else 0.0
    first = [
        rectangle(Box(-500, -500 + index * pitch, 500, -500 + index * pitch + width), width / 2)
        if count > 1
        else rectangle(Box(-500, -width / 2, 500, width / 2), width / 2)
        for index in range(count)
    ]
    return _layers([rotate_path(bar, turn) for bar in first], [rotate_path(bar, turn + 90) for bar in first])


FAMILY: Final = GeometricFamily(
    "overlap",
    (
        "exchange",
        "meeting",
        "partnership",
        "dialogue",
        "collaboration",
        "together",
        "union",
        "community",
        "merger",
        "consulting",
        "therapy",
        "mediation",
        "diversity",
        "culture",
        "design",
        "media",
    ),
    (
        partial(_discs, 2, 320, 180),
        partial(_petals, 6, 0, 300),
        partial(_discs, 4, 280, -90),
        partial(_squares, 640, 120, 0),
        partial(_discs, 2, 310, 135),
        partial(_petals, 8, 0, 250),
        partial(_drops, 5, 150, 350),
        partial(_bars, 2, 300, 0),
        partial(_discs, 6, 220, -90),
        partial(_petals, 4, 0, 430),
        partial(_drops, 3, 190, 310),
        partial(_bars, 1, 360, 45),
    ),
    shape="shapes that lie over each other",
    meaning="what two have in common is something new",
    mixes=True,
    retired=frozenset({0}),  # a card company's
)
