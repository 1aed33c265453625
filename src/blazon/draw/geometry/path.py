"""Path marks: ways that lead on, and ways that come back: roads, steps, arrows, cycles."""

import math
from collections.abc import Collection
from functools import partial
from typing import Final

from pathops import Path

from blazon.draw.curves import ORIGIN, arc_to, polar
from blazon.draw.geometry.family import GeometricFamily, Picture, ink_parts, mirror_part
from blazon.draw.outline import (
    Box,
    Point,
    bounds,
    circle,
    intersect_paths,
    move_path,
    polygon,
    rectangle,
    rotate_path,
    subtract_paths,
)

_GAP: Final = 44.0


def _cycle(count: int, width: float, accent: Collection[int] = ()) -> Picture:
    """Arrows that follow each other about a centre, each tail hollowed by the head before it."""
    outer, middle = 500.0 - width * 0.28, 500.0 - width * 0.78
    inner = outer - width
    sweep = 360 / count
    head = math.degrees(width * 0.95 / middle)
    parts = []
    for index in range(count):
        start, end = -90 + index * sweep, -90 + (index + 1) * sweep - head - math.degrees(_GAP / middle)
        tip, wing = polar(middle, end + head), width * 0.28
        path = Path()
        notch = polar(middle, start + head * 0.72)
        path.moveTo(*polar(outer, start))
        arc_to(path, ORIGIN, outer, start, end)
        path.lineTo(*polar(outer + wing, end))
        path.lineTo(*tip)
        path.lineTo(*polar(inner - wing, end))
        path.lineTo(*polar(inner, end))
        arc_to(path, ORIGIN, inner, end, start)
        path.lineTo(*notch)
        path.close()
        parts.append(path)
    return ink_parts(parts, accent)


def _road(bottom: float, top: float, accent: Collection[int]) -> Picture:
    """A disc with a road that runs to its horizon, and a sun above."""
    horizon = -90.0
    disc = circle(ORIGIN, 500)
    land = intersect_paths(disc, rectangle(Box(-600, horizon, 600, 600)))
    road = polygon([(-top, horizon - 10), (top, horizon - 10), (bottom, 600), (-bottom, 600)])
    sky = intersect_paths(disc, rectangle(Box(-600, -600, 600, horizon - _GAP)))
    line = polygon([(-top * 0.32, horizon), (top * 0.32, horizon), (bottom * 0.30, 600), (-bottom * 0.30, 600)])
    return ink_parts([subtract_paths(land, road), intersect_paths(disc, line), sky], accent)


def _chevrons(count: int, thick: float, turn: float, accent: Collection[int]) -> Picture:
    """Chevrons that follow each other, all at a right angle."""
    pitch = thick * 0.72 + _GAP
    reach = 500.0
    parts = []
    for index in range(count):
        x = index * pitch * 1.42
        parts.append(
            polygon(
                [
                    (x, -reach),
                    (x + thick, -reach),
                    (x + thick + reach, 0),
                    (x + thick, reach),
                    (x, reach),
                    (x + reach, 0),
                ]
            )
        )
    turned = [rotate_path(part, turn) for part in parts]
    x, y = bounds(turned).centre
    return ink_parts([move_path(part, -x, -y) for part in turned], accent)


def _steps(count: int, accent: Collection[int]) -> Picture:
    """Steps that rise, each a round-topped bar taller than the last."""
    pitch = 1000 / count
    width = pitch - _GAP
    parts = []
    for index in range(count):
        x = -500 + _GAP / 2 + index * pitch
        top = 500 - (index + 1) * 1000 / count
        parts.append(rectangle(Box(x, top, x + width, 500), width / 2))
    return ink_parts(parts, accent)


def _arrow_in(shape: str, accent: Collection[int]) -> Picture:
    """An arrow to the upper right that is left out of a disc or a leaf."""
    if shape == "disc":
        whole = circle(ORIGIN, 500)
    else:
        whole = subtract_paths(rectangle(Box(-500, -500, 500, 500), 220), Path())
    shaft = rotate_path(rectangle(Box(-52, -300, 52, 900)), 45)
    bar_top = rectangle(Box(-170, -280, 280, -176))
    bar_side = rectangle(Box(176, -280, 280, 170))
    shaft = intersect_paths(shaft, rectangle(Box(-900, -228, 228, 900)))
    return ink_parts([subtract_paths(whole, shaft, bar_top, bar_side)], accent)


def _fork(width: float, accent: Collection[int]) -> Picture:
    """Two ways that part from one."""
    half = width / 2
    stem = Path()
    stem.moveTo(-width - _GAP / 2, 500)
    stem.lineTo(-width - _GAP / 2, 140)
    radius = 500 - width - _GAP / 2
    centre: Point = (-500.0, 140.0)
    arc_to(stem, centre, radius, 0, -90)
    stem.lineTo(-500, 140 - radius - width)
    arc_to(stem, centre, radius + width, -90, 0)
    stem.lineTo(-_GAP / 2, 500)
    stem.close()
    other = mirror_part(stem)
    point = circle((0, -500 + half * 1.25), half * 1.25)
    return ink_parts([stem, other, point], accent)


FAMILY: Final = GeometricFamily(
    "path",
    (
        "path",
        "road",
        "journey",
        "way",
        "route",
        "travel",
        "transport",
        "logistics",
        "delivery",
        "guidance",
        "coaching",
        "direction",
        "navigation",
        "cycle",
        "recycling",
        "circular",
        "renewal",
        "return",
        "trade",
        "moving",
        "movers",
        "progress",
        "career",
        "training",
        "finance",
    ),
    (
        partial(_cycle, 3, 210, (0,)),
        partial(_chevrons, 2, 300, -45, (1,)),
        partial(_road, 330, 40, (2,)),
        partial(_cycle, 2, 200, (0,)),
        partial(_arrow_in, "disc", ()),
        partial(_steps, 4, (3,)),
        partial(_chevrons, 2, 260, 0, (1,)),
        partial(_fork, 190, (2,)),
        partial(_road, 430, 90, ()),
        partial(_chevrons, 3, 190, -90, (2,)),
        partial(_arrow_in, "square", ()),
        partial(_cycle, 4, 170, (0, 2)),
    ),
    shape="ways that lead on",
    meaning="where it goes from here, and back",
)
