"""Neutral shapes: what marks have in common with everything else: ordinary pictures, plain letters, plain figures."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pathops import Path

from blazon.design import Typeface
from blazon.draw.artwork import Materials
from blazon.draw.lettering import set_line
from blazon.draw.outline import (
    Box,
    Ink,
    circle,
    ellipse,
    polygon,
    rectangle,
    regular_polygon,
    rotate_path,
    subtract_paths,
    union,
)

LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@dataclass(frozen=True, slots=True)
class NeutralShape:
    """The outlines of a shape that is nobody's, and who drew it: an icon set, a type family, nobody (`FIGURE`)."""

    outlines: tuple[Path, ...]
    source: str


FIGURE: Final = "figure"

_MIDDLE: Final = (500.0, 500.0)
_DOTS: Final = (
    ((0, 0), (1, 0)),
    ((0, 0), (1, 0), (2, 0)),
    ((0, 0), (1, 0), (0.5, 0.87)),
    ((0, 0), (1, 0), (0, 1), (1, 1)),
)


def neutral_shapes(materials: Materials) -> Iterator[NeutralShape]:
    """Yield the neutral shapes, always in the same order."""
    for symbol in sorted(materials.symbols, key=lambda one: one.id):
        layers = materials.symbols.layers(symbol)
        yield NeutralShape(tuple(layer.path for layer in layers if layer.ink is not Ink.TINT), symbol.set)
    for family in sorted(materials.fonts.families_covering(LETTERS), key=lambda one: one.name):
        for weight in sorted({min(family.weights), max(family.weights)}):
            for letter in LETTERS:
                line = set_line(letter, Typeface(family.name, weight), 1000, materials.fonts)
                yield NeutralShape((line.path,), family.name)
    yield from (NeutralShape(outlines, FIGURE) for outlines in _plain_figures())


def _plain_figures() -> Iterator[tuple[Path, ...]]:
    """Yield discs, polygons, stars, bars, the rings of them, angles, crosses, targets, rows of bars, and dots."""
    round_ones = [ellipse(_MIDDLE, 500, 500 * share) for share in (1.0, 0.9, 0.75, 0.6, 0.45, 0.3)]
    polygons = [regular_polygon(_MIDDLE, 500, sides) for sides in range(3, 13)]
    boxes = [
        rectangle(Box(0, 500 - half, 1000, 500 + half), share * half)
        for half in (40, 80, 120, 180, 250, 330, 420, 500)
        for share in (0, 0.15, 0.3, 0.5, 1)
    ]
    half_disc = subtract_paths(circle(_MIDDLE, 500), rectangle(Box(0, 500, 1000, 1000)))
    quarter = subtract_paths(half_disc, rectangle(Box(500, 0, 1000, 500)))
    yield from ((outline,) for outline in (*round_ones, *polygons, *boxes, half_disc, quarter, *_stars()))
    yield from ((outline.transform(1, 0, slant, 1, 0, 0),) for slant in (0.3, 0.6, 1) for outline in boxes[15::5])
    yield from ((polygons[1].transform(share, 0, 0, 1, 0, 0),) for share in (0.3, 0.45, 0.6, 0.8))
    for share in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        yield from ((_ring(outline, share),) for outline in (*round_ones[:3], *polygons, *boxes[-10:]))
    yield from ((outline,) for outline in _bent_bars())
    yield from _targets()
    yield from _rows()


def _ring(outline: Path, share: float) -> Path:
    """Return an outline without its middle of a `share` of its size."""
    shift = 500 * (1 - share)
    return subtract_paths(outline, outline.transform(share, 0, 0, share, shift, shift))


def _bent_bars() -> Iterator[Path]:
    """Yield angles and crosses."""
    for width in (60, 110, 160, 220):
        for degrees in (45, 60, 75, 90, 110, 130):
            bars = [rotate_path(rectangle(Box(0, -width / 2, 500, width / 2)), turn) for turn in (0, degrees)]
            yield union(bars)
            yield union([*bars, circle((0, 0), width / 2), circle((500, 0), width / 2)])
        bar = rectangle(Box(-500, -width / 2, 500, width / 2))
        yield union([bar, rotate_path(bar, 90)])
        yield union([bar, rotate_path(bar, 60), rotate_path(bar, 120)])
        yield union([bar, rectangle(Box(-width / 2, 0, width / 2, 800))])


def _stars() -> Iterator[Path]:
    for points in (4, 5, 6, 8):
        for inner in (0.3, 0.4, 0.5, 0.65):
            corners = []
            for number in range(2 * points):
                turn, radius = math.pi * number / points, 500 * (inner if number % 2 else 1)
                corners.append((500 + radius * math.sin(turn), 500 - radius * math.cos(turn)))
            yield polygon(corners)


def _targets() -> Iterator[tuple[Path, ...]]:
    """Yield dots in one or two rings, in a frame, which is not described, and without one."""
    frame = _ring(circle(_MIDDLE, 900), 0.9)
    for outer in (0.5, 0.7, 0.85):
        for dot in (60, 110, 170, 230):
            yield frame, _ring(circle(_MIDDLE, 500), outer), circle(_MIDDLE, dot)
            yield frame, _ring(circle(_MIDDLE, 700), 0.9), _ring(circle(_MIDDLE, 500), outer), circle(_MIDDLE, dot)


def _rows() -> Iterator[tuple[Path, ...]]:
    for count in range(2, 6):
        for gap in (0.3, 0.5, 0.7):
            step = 1000 / (count - gap)
            yield tuple(rectangle(Box(0, step * n, 1000, step * (n + 1 - gap))) for n in range(count))
    for radius in (40, 60, 90, 130, 170, 210, 250):
        for centres in _DOTS:
            yield tuple(circle((500 * x, 500 * y), radius) for x, y in centres)
