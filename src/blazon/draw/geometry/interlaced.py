"""Interlaced marks: several strands woven over and under each other."""

import math
from collections.abc import Collection
from functools import partial
from typing import Final

from pathops import Path

from blazon.draw.curves import Curve, polar
from blazon.draw.geometry.family import GeometricFamily, Picture, ink_parts
from blazon.draw.geometry.turks_head import turks_head
from blazon.draw.geometry.weave import Crossing, Strand, weave_strands
from blazon.draw.outline import Box, Point, rectangle, rotate_path

_GAP: Final = 36.0


def _circle(centre: Point, radius: float) -> Curve:
    def at(angle: float) -> Point:
        return centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle)

    return at


def _chain(count: int, radius: float, width: float, accent: Collection[int] = ()) -> Picture:
    """Rings in a circle, each linked with its two neighbours."""
    reach = 500 - radius - width / 2
    centres = [polar(reach, -90 + index * 360 / count) for index in range(count)]
    strands = [Strand(_circle(centre, radius), math.tau, 16) for centre in centres]
    spread = math.acos(math.dist(centres[0], centres[1]) / 2 / radius)
    crossings = []
    for index in range(count):
        after = (index + 1) % count
        (ax, ay), (bx, by) = centres[index], centres[after]
        heading = math.atan2(by - ay, bx - ax)
        crossings.append(Crossing((index, heading - spread), (after, heading + math.pi + spread)))
        crossings.append(Crossing((after, heading + math.pi - spread), (index, heading + spread)))
    pieces = weave_strands(strands, crossings, width, _GAP, 1.2 * (width / 2 + _GAP) / radius)
    return ink_parts(pieces, [piece for piece in range(len(pieces)) if piece // 2 in accent])


def _ovals(short: float, width: float, turn: float, accent: Collection[int] = ()) -> Picture:
    """Two ovals at a right angle."""
    long = 500 - width / 2

    def oval(lean: float) -> Curve:
        def at(angle: float) -> Point:
            radius = long * short / math.hypot(short * math.cos(angle - lean), long * math.sin(angle - lean))
            return radius * math.cos(angle), radius * math.sin(angle)

        return at

    lean = math.radians(turn)
    strands = [Strand(oval(lean), math.tau, 24), Strand(oval(lean + math.pi / 2), math.tau, 24)]
    crossings = []
    for quarter in range(4):
        at = lean + math.pi / 4 + quarter * math.pi / 2
        over, under = (0, 1) if quarter % 2 else (1, 0)
        crossings.append(Crossing((over, at), (under, at)))
    pieces = weave_strands(strands, crossings, width, _GAP, 1.3 * (width / 2 + _GAP) / short)
    return ink_parts(pieces, [piece for piece in range(len(pieces)) if piece // 2 in accent])


def _cloth(bars: int, share: float, turn: float, accent: bool = False) -> Picture:
    """Bars in plain weave, flush at the edges; `share` is their width over the pitch."""
    pitch = 100.0
    width, gap = share * pitch, 3.6 * bars
    middle = (bars - 1) / 2
    reach = middle * pitch + width / 2
    parts: list[Path] = []
    second = []
    for warp in range(2):
        for bar in range(bars):
            unders = [(k - middle) * pitch for k in range(bars) if (bar + k + warp * bars) % 2]
            ends = [-reach, *(x for at in unders for x in _cut(at, width, gap)), reach]
            y = (bar - middle) * pitch
            for left, right in zip(ends[::2], ends[1::2], strict=True):
                if right > left:
                    second += [len(parts)] if warp and accent else []
                    parts.append(
                        rotate_path(rectangle(Box(left, y - width / 2, right, y + width / 2)), turn + 90 * warp)
                    )
    return ink_parts(parts, second)


def _cut(at: float, width: float, gap: float) -> tuple[float, float]:
    return at - width / 2 - gap, at + width / 2 + gap


FAMILY: Final = GeometricFamily(
    "interlaced",
    ("connection", "partnership", "unity", "collaboration", "community", "network", "textile", "teamwork"),
    (
        partial(turks_head, 2, 4, 0.34, 120, accent=1),
        partial(_chain, 6, 165, 70, (0, 2, 4)),
        partial(turks_head, 2, 6, 0.26, 110, accent=1),
        partial(_cloth, 3, 0.62, 45),
        partial(turks_head, 2, 4, 0.5, 84, turn=45, accent=1),
        partial(_ovals, 230, 90, 45, (0,)),
        partial(turks_head, 2, 8, 0.22, 92, accent=1),
        partial(_cloth, 4, 0.56, 0, True),
        partial(turks_head, 2, 8, 0.36, 64, turn=22.5, accent=1),
        partial(turks_head, 2, 10, 0.18, 84, accent=1),
        partial(turks_head, 3, 9, 0.36, 52, accent=1),
        partial(_cloth, 4, 0.6, 45, True),
    ),
    shape="strands woven over and under",
    meaning="each is held by the others",
    retired=frozenset({1, 8, 9, 10, 11}),
)
