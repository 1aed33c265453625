"""What the plans of badges are made of: lines of type, rules, stars, wreaths, ribbons and plates.

Every plan is drawn in units of which the longer side of a finished badge has `SIDE`. A solid badge is one shape with
mark and type cut out of it; an open one is drawn in lines.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pathops import Path

from blazon.draw.curves import arc_to, combine_paths, lens, polar
from blazon.draw.lettering import Lettering
from blazon.draw.lockups import ARTBOARD, EMBLEM_SHARE, read_height
from blazon.draw.lockups import LEGIBLE as READ_ON_SQUARE
from blazon.draw.outline import (
    Box,
    Ink,
    Layer,
    Point,
    layer_bounds,
    mirror_path,
    move_path,
    polygon,
    rectangle,
    scale_path,
    stroke_path,
    subtract_paths,
    union,
)
from blazon.draw.treatments import SIDE, fit_layers
from blazon.draw.wording import Words

CENTRE: Final = (SIDE / 2, SIDE / 2)
SQUARE: Final = Box(0, 0, SIDE, SIDE)
RIM: Final = 26.0
# Between a band and the shape that it lies over.
GAP: Final = 14.0
# Letters lower than this, which are 7 px in a picture of 256 px, are not read.
LEGIBLE: Final = READ_ON_SQUARE / ARTBOARD * SIDE / EMBLEM_SHARE
# Capitals of small words: a little above what is legible, so that they look chosen and not left over.
SMALL_CAP: Final = 46.0
_STAR_WAIST: Final = 0.42
_LEAVES: Final = 8
_SHRINK, _SMALLEST = 0.96, 0.4


@dataclass(frozen=True, slots=True)
class Emblem:
    """The layers of an emblem; `left_out` says which words of it would have been too small: slogan, detail."""

    layers: tuple[Layer, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """The layers of a badge in any unit, and the least height by which a line of it is read (`read_height`)."""

    layers: tuple[Layer, ...]
    least: float

    def finish(self) -> tuple[Layer, ...] | None:
        """Return the layers in a square of `SIDE` units; None if a line of them would be too small to read."""
        box = layer_bounds(self.layers)
        factor = SIDE / max(box.width, box.height)
        if factor * self.least < LEGIBLE:
            return None
        x, y = CENTRE[0] - factor * box.centre[0], CENTRE[1] - factor * box.centre[1]
        return tuple(Layer(move_path(scale_path(one.path, factor), x, y), one.ink) for one in self.layers)


def cap_of(line: Lettering) -> float:
    """Return the height of the capitals of a line, or of its tallest letters where its script has none."""
    return line.cap_height or line.ascender


def fit_line(line: Lettering, width: float, cap: float) -> float:
    """Return the scale at which capitals are `cap` high, or less, so that a line is no wider than `width`."""
    return min(cap / cap_of(line), width / line.ink.width)


def fit_small(line: Lettering, width: float) -> float:
    """Return the scale of small words: their capitals `SMALL_CAP` high, or higher so that small letters are read."""
    return min(max(SMALL_CAP / cap_of(line), 1.15 * LEGIBLE / read_height(line)), width / line.ink.width)


def group_small(words: Words) -> list[tuple[Lettering, ...]]:
    """Return the small words in groups that belong together: the lines of the slogan, the detail."""
    return [group for group in (words.slogan, (words.detail,) if words.detail else ()) if group]


def stack_small(
    groups: Sequence[Sequence[Lettering]], width: float, top: float, line: float, grow: float = 1.0
) -> tuple[list[Layer], float, float]:
    """Set small words in a column between rules, one under each group.

    Returns:
        The layers, the least height by which one is read, and where the column ends.
    """
    layers, least, y = [], math.inf, top
    for group in groups:
        scale = grow * min(fit_small(one, 0.9 * width / grow) for one in group)
        high = scale * max(cap_of(one) for one in group)
        y += 36 + high / 2
        for place, one in enumerate(group):
            y += 1.75 * high * (place > 0)
            layers.append(Layer(place_line(one, scale, 0, y), Ink.SLOGAN))
            least = min(least, scale * read_height(one))
        y += 36 + high / 2
        layers.append(Layer(rule(-width / 2, width / 2, y, line), Ink.ACCENT))
    return layers, least, y


def place_line(line: Lettering, scale: float, x: float, middle: float) -> Path:
    """Return a line whose ink is centred at `x`, the middle of its capitals at the height `middle`."""
    baseline = middle + scale * cap_of(line) / 2
    return move_path(scale_path(line.path, scale), x - scale * line.ink.centre[0], baseline)


def fit_mark(mark: Sequence[Layer], centre: Point, side: float, *, wide: float = 1.0) -> tuple[Layer, ...]:
    """Return a mark centred in a square; a flat one may be `wide` times as wide."""
    inside = fit_layers(
        mark, Box(centre[0] - side / 2, centre[1] - side / 2, centre[0] + side / 2, centre[1] + side / 2)
    )
    box = layer_bounds(inside)
    grow = min(side / box.height, wide * side / box.width) if wide > 1 else 1.0
    if grow <= 1:
        return inside
    return tuple(Layer(scale_path(layer.path, grow, centre), layer.ink) for layer in inside)


def shrink_into(layers: Sequence[Layer], centre: Point, holds: Callable[[Point], bool]) -> tuple[Layer, ...]:
    """Return layers scaled down about a point until each of their points is where it may be."""
    factor, points = 1.0, [point for layer in layers for point in layer.path.points]
    (x, y) = centre
    while factor > _SMALLEST and not all(holds((x + factor * (px - x), y + factor * (py - y))) for px, py in points):
        factor *= _SHRINK
    return tuple(Layer(scale_path(layer.path, factor, centre), layer.ink) for layer in layers)


def recolour(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """Return a mark of one ink in the accent; one of several as it is."""
    if any(layer.ink is not Ink.MARK for layer in layers):
        return tuple(layers)
    return tuple(Layer(layer.path, Ink.ACCENT) for layer in layers)


def star(centre: Point, radius: float) -> Path:
    """Return a star of five points."""
    radii = (radius, _STAR_WAIST * radius)
    return polygon([polar(radii[corner % 2], -90 + 36 * corner, centre) for corner in range(10)])


def rule(left: float, right: float, y: float, width: float) -> Path:
    """Return a level rule whose middle is at the height `y`."""
    return rectangle(Box(left, y - width / 2, right, y + width / 2))


def broken_rule(centre: Point, width: float, line: float, radius: float) -> Path:
    """Return a rule of `width` with a star of `radius` in its middle."""
    (x, y), half = centre, 1.9 * radius
    sides = (rule(x - width / 2, x - half, y, line), rule(x + half, x + width / 2, y, line))
    return combine_paths((*sides, star((x, y + 0.05 * radius), radius)))


def notch_corners(box: Box, radius: float) -> Path:
    """Return a rectangle whose corners are quarter circles cut inwards, as on a label."""
    path = Path()
    path.moveTo(box.left + radius, box.top)
    path.lineTo(box.right - radius, box.top)
    arc_to(path, (box.right, box.top), radius, 180, 90)
    path.lineTo(box.right, box.bottom - radius)
    arc_to(path, (box.right, box.bottom), radius, 270, 180)
    path.lineTo(box.left + radius, box.bottom)
    arc_to(path, (box.left, box.bottom), radius, 360, 270)
    path.lineTo(box.left, box.top + radius)
    arc_to(path, (box.left, box.top), radius, 90, 0)
    path.close()
    return path


def wreath(centre: Point, radius: float, start: float, end: float, leaf: float, leaves: int = _LEAVES) -> Path:
    """Return two branches of laurel along a circle, mirrored about the vertical through its centre.

    The right one runs from `start` to `end` degrees clockwise from the top (so 180 is the bottom and `start` is the
    larger); its leaves are `leaf` long and come in pairs that get smaller to the tip.
    """
    parts = []
    for number in range(leaves):
        share = number / leaves
        at = start + (end - start) * (share + 0.5 / leaves) - 90
        size = leaf * (1 - 0.25 * share)
        foot = polar(radius, at, centre)
        for side in (-1, 1):
            tip = polar(size, at - 90 - 38 * side, foot)
            root = polar(0.10 * size, at - 90 - 38 * side, foot)
            parts.append(lens(root, tip, 0.38 * size))
    tip_at = end - 90
    tip = polar(radius, tip_at, centre)
    parts.append(lens(tip, polar(0.8 * leaf, tip_at - 90, tip), 0.3 * leaf))
    stem = Path()
    stem.moveTo(*polar(radius, start - 90, centre))
    arc_to(stem, centre, radius, start - 90, tip_at)
    branch = union([*parts, stroke_path(stem, 0.10 * leaf)])
    return union([branch, mirror_path(branch, centre[0])])


def ribbon(box: Box, tail: float, drop: float) -> tuple[Path, Path]:
    """Return the front of a ribbon and its two swallow-tailed ends, which lie `drop` lower and behind, a gap apart."""
    middle, fold = (box.top + box.bottom) / 2 + drop, 0.55 * tail
    left = polygon(
        [
            (box.left, box.top + drop),
            (box.left - tail, box.top + drop),
            (box.left - 0.55 * tail, middle),
            (box.left - tail, box.bottom + drop),
            (box.left + fold, box.bottom + drop),
            (box.left + fold, box.bottom - GAP),
            (box.left, box.bottom - GAP),
        ]
    )
    front, behind = rectangle(box), rectangle(box.inset(-GAP * 0.7))
    end = subtract_paths(left, behind)
    return front, combine_paths((end, mirror_path(end, box.centre[0])))


def plate(box: Box, point: float) -> Path:
    """Return a bar with pointed ends that reach `point` beyond the box."""
    middle = (box.top + box.bottom) / 2
    return polygon(
        [
            (box.left, box.top),
            (box.right, box.top),
            (box.right + point, middle),
            (box.right, box.bottom),
            (box.left, box.bottom),
            (box.left - point, middle),
        ]
    )


def grow_outline(path: Path, by: float) -> Path:
    """Return an outline that ends `by` units later all around."""
    return union([path, stroke_path(path, 2 * by)])


def cut_out(ground: Path, content: Sequence[Layer]) -> Path:
    """Return a ground out of which mark and type are cut; a tint is not seen on it."""
    return subtract_paths(ground, union([layer.path for layer in content if layer.ink not in (Ink.TINT, Ink.MIX)]))


class Finish(StrEnum):
    """How a badge is printed."""

    OPEN = "open"
    """In lines."""
    SOLID = "solid"
    """One shape with the rest cut out of it."""
    TWO_TONE = "two_tone"
    """A solid part and an open one, or a solid in each of two inks."""
