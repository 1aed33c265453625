"""Growth marks: leaves and rays that rise from one root or about one light."""

from collections.abc import Collection, Sequence
from functools import partial
from typing import Final

from pathops import Path

from blazon.draw.curves import ORIGIN, arc_to, combine_paths, lens, sector
from blazon.draw.geometry.family import GeometricFamily, Picture, ink_parts, mirror_part
from blazon.draw.outline import (
    Box,
    circle,
    intersect_paths,
    move_path,
    rectangle,
    rotate_path,
    scale_path,
    subtract_paths,
)

_GAP: Final = 44.0


def _leaf(size: float) -> Path:
    """Return a leaf from the origin to the upper right: a square with two round corners."""
    path = Path()
    path.moveTo(0, 0)
    path.lineTo(0, -size / 2)
    arc_to(path, (size / 2, -size / 2), size / 2, 180, 270)
    path.lineTo(size, -size)
    path.lineTo(size, -size / 2)
    arc_to(path, (size / 2, -size / 2), size / 2, 0, 90)
    path.close()
    return path


def _sprout(sizes: Sequence[float], accent: Collection[int] = ()) -> Picture:
    """Pairs of leaves one above the other, each pair smaller than the one below it."""
    parts, y = [], 0.0
    for size in sizes:
        right = move_path(_leaf(size), _GAP / 2, y)
        parts += [mirror_part(right), right]
        y -= size + _GAP
    box = [path.bounds for path in parts]
    middle = (min(b[1] for b in box) + max(b[3] for b in box)) / 2
    return ink_parts([move_path(part, 0, -middle) for part in parts], accent)


def _two_leaves(large: float, small: float, accent: Collection[int]) -> Picture:
    """A large leaf and a small one on one axis, as a seedling opens."""
    right, left = move_path(_leaf(large), _GAP / 2, 0), mirror_part(move_path(_leaf(small), _GAP / 2, 0))
    shift = ((small - large) / 2, large / 2)
    return ink_parts([move_path(part, *shift) for part in (right, left)], accent)


def _seed(count: int, accent: Collection[int]) -> Picture:
    """Leaves that open like a fan from one point."""
    parts = []
    for index in range(count):
        lean = (index - (count - 1) / 2) * 180 / count
        parts.append(rotate_path(lens((0, -150), (0, -900), 330 - 26 * count), lean))
    return ink_parts([move_path(part, 0, 480) for part in parts], accent)


def _spark(waist: float, small: float, accent: Collection[int]) -> Picture:
    """A star of four points with hollow sides, and a small one beside it."""

    def star(size: float, x: float, y: float) -> Path:
        square = rectangle(Box(-size, -size, size, size))
        corners = [circle((sx * size, sy * size), size * waist) for sx in (-1, 1) for sy in (-1, 1)]
        return move_path(subtract_paths(square, *corners), x, y)

    large = star(400, -100, 100)
    return ink_parts([large, star(400 * small, 500 - 400 * small, -500 + 400 * small)], accent)


def _sun(rays: int, core: float, inner: float, width: float, accent: Collection[int], half: bool = False) -> Picture:
    """A disc in rays that widen outwards; half of it stands on a horizon."""
    ray = sector(inner, 500, -90 - width / 2, -90 + width / 2)
    if half:
        lift = 250
        parts = [sector(0, core, 180, 360, 0, (0, lift))]
        for index in range(rays):
            lean = (index - (rays - 1) / 2) * 180 / rays
            parts.append(move_path(rotate_path(ray, lean), 0, lift))
        return ink_parts(parts, accent)
    return ink_parts([circle(ORIGIN, core), *(rotate_path(ray, 360 * index / rays) for index in range(rays))], accent)


def _flame(inner: float, accent: Collection[int]) -> Picture:
    """A leaf upright, with a smaller one in it: flame and drop."""
    whole = rotate_path(move_path(_leaf(700), -350, 350), -45)
    hole = scale_path(whole, inner + 0.16, (0, 240))
    core = scale_path(whole, inner, (0, 240))
    return ink_parts([subtract_paths(whole, hole), core], accent)


def _hills(count: int, accent: Collection[int]) -> Picture:
    """A disc in which hill rises behind hill, each cut by the one before."""
    disc = circle(ORIGIN, 500)
    parts, before = [], Path()
    for index in range(count):
        side = 1 if index % 2 else -1
        hill = circle((side * 330, 560 - 210 * index), 480 + 30 * index)
        grown = circle((side * 330, 560 - 210 * index), 480 + 30 * index + _GAP)
        parts.append(subtract_paths(intersect_paths(disc, hill), before))
        before = combine_paths([before, grown])
    sun = circle((110, -250), 120)
    parts.append(intersect_paths(disc, subtract_paths(sun, before)))
    return ink_parts(parts, accent)


FAMILY: Final = GeometricFamily(
    "growth",
    (
        "growth",
        "garden",
        "farm",
        "farming",
        "organic",
        "plants",
        "agriculture",
        "harvest",
        "education",
        "school",
        "learning",
        "nature",
        "sustainable",
        "development",
        "light",
        "sun",
        "energy",
        "solar",
        "hope",
        "idea",
        "spark",
        "morning",
        "future",
        "wellness",
        "health",
    ),
    (
        partial(_sprout, (430, 330, 230), (4, 5)),
        partial(_two_leaves, 620, 360, (1,)),
        partial(_seed, 5, (2,)),
        partial(_sun, 12, 190, 250, 17, (0,)),
        partial(_spark, 0.84, 0.42, (1,)),
        partial(_sun, 7, 210, 270, 15, (0,), half=True),
        partial(_flame, 0.5, (1,)),
        partial(_hills, 3, (3,)),
        partial(_sprout, (520, 360), (2, 3)),
        partial(_hills, 2, (2,)),
        partial(_seed, 3, (1,)),
        partial(_sun, 8, 230, 300, 26, ()),
    ),
    shape="leaves and rays from one root",
    meaning="something small that rises and unfolds",
    retired=frozenset({4}),  # today's sign for anything that computers write
)
