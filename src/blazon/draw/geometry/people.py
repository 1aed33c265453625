"""People marks: heads and arms reduced to discs and arcs, about a middle that they share or shelter."""

from collections.abc import Collection
from functools import partial
from typing import Final

from pathops import Path

from blazon.design import FrameShape
from blazon.draw.curves import ORIGIN, arc_to, polar, rounded_polygon, sector
from blazon.draw.frames import frame
from blazon.draw.geometry.family import GeometricFamily, Picture, ink_parts, mirror_part
from blazon.draw.outline import (
    Box,
    circle,
    intersect_paths,
    move_path,
    polygon,
    rectangle,
    rotate_path,
    scale_path,
    subtract_paths,
)

_GAP: Final = 44.0


def _circle_of_people(count: int, head: float, accent: Collection[int] = ()) -> Picture:
    """Figures that face a middle: a head without, an arc of arms within."""
    reach = 500 - head
    figure = circle(polar(reach, -90), head)
    lean = 180 / count
    outer = reach - head - _GAP * 0.8
    arms = subtract_paths(sector(0, outer, -90 - lean, -90 + lean, _GAP), circle(ORIGIN, outer * 0.42))
    parts = []
    for index in range(count):
        turn = 360 * index / count
        parts += [rotate_path(figure, turn), rotate_path(arms, turn)]
    return ink_parts(parts, accent)


def _embrace(head: float, accent: Collection[int]) -> Picture:
    """Two figures side by side, their bodies one heart that is open above."""
    body = Path()
    body.moveTo(-_GAP / 2, 500)
    body.lineTo(-_GAP / 2, -60)
    arc_to(body, (-_GAP / 2 - 240, -60), 240, 0, -180)
    body.cubicTo(-_GAP / 2 - 480, 160, -330, 330, -_GAP / 2, 500)
    body.close()
    top = circle((-_GAP / 2 - 240, -300 - _GAP - head), head)
    parts = [body, mirror_part(body), top, mirror_part(top)]
    return ink_parts(parts, accent)


def _family(accent: Collection[int]) -> Picture:
    """Three figures, half discs under discs, the middle one in front."""
    parts: list[Path] = []
    for x, size in ((-310.0, 0.82), (310.0, 0.82), (0.0, 1.0)):
        radius = 300 * size
        body = sector(0, radius, 180, 360, 0, (x, 430))
        face = circle((x, 430 - radius - _GAP - 130 * size), 130 * size)
        if x:
            body = subtract_paths(body, circle((0, 430), 300 + _GAP))
        parts += [body, face]
    return ink_parts(parts, accent)


def _bowl(core: float, bands: int, accent: Collection[int]) -> Picture:
    """A disc held in half rings, as by hands."""
    parts = [circle((0, -500 + core), core)]
    middle = -500 + core
    pitch = (1000 - 2 * core - _GAP * bands) / bands
    for index in range(bands):
        inner = core + _GAP + index * (pitch + _GAP)
        parts.append(sector(inner, inner + pitch, 0, 180, 0, (0, middle)))
    return ink_parts(parts, accent)


def _shelter(levels: int, accent: Collection[int]) -> Picture:
    """Roofs above each other, and what they shelter."""
    parts = []
    thick, pitch = 150.0, 150.0 + _GAP * 1.4
    for index in range(levels):
        y = -500 + index * pitch
        half = 500
        parts.append(
            polygon(
                [
                    (-half, y + 420),
                    (0, y),
                    (half, y + 420),
                    (half, y + 420 + thick),
                    (0, y + thick),
                    (-half, y + 420 + thick),
                ]
            )
        )
    foot = -500 + levels * pitch
    radius = 170.0
    parts.append(circle((0, foot + 40 + radius), radius))
    low = max(part.bounds[3] for part in parts)
    return ink_parts([move_path(part, 0, (500 - low) / 2) for part in parts], accent)


def _guard(inner: float, accent: Collection[int]) -> Picture:
    """A shield within a shield, its heart kept safe."""
    box = Box(-500, -500, 500, 500)
    outer = frame(FrameShape.SHIELD, box)
    hole, core = (scale_path(outer, share, (0, -30)) for share in (inner + 0.14, inner))
    left = subtract_paths(outer, hole, rectangle(Box(-_GAP / 2, -600, _GAP / 2, 600)))
    return ink_parts([left, core], accent)


def _keyhole(accent: Collection[int]) -> Picture:
    """A disc of which a figure is left out: head and shoulders, and a keyhole."""
    figure = polygon([(-70, 0), (70, 0), (150, 600), (-150, 600)])
    body = subtract_paths(circle(ORIGIN, 500), circle((0, -90), 170), figure)
    return ink_parts([body], accent)


def _harbour(count: int, accent: Collection[int]) -> Picture:
    """Arcs that close about a disc from both sides, one after the other."""
    parts = [circle(ORIGIN, 150)]
    pitch = 350 / count
    for index in range(count):
        outer = 500 - index * pitch
        at = 180 * (index % 2)
        parts.append(sector(outer - pitch + _GAP, outer, at - 115, at + 115))
    return ink_parts(parts, accent)


def _table(sides: int, accent: Collection[int]) -> Picture:
    """Rounded tiles about a middle that they leave open in their own shape."""
    whole = rounded_polygon([polar(500, -90 + 360 * index / sides) for index in range(sides)], 110)
    hole = rounded_polygon([polar(230, -90 + 360 * index / sides) for index in range(sides)], 40)
    parts = []
    for index in range(sides):
        at = -90 + 360 * index / sides
        wedge = sector(0, 900, at, at + 360 / sides, _GAP)
        parts.append(intersect_paths(subtract_paths(whole, hole), wedge))
    return ink_parts(parts, accent)


FAMILY: Final = GeometricFamily(
    "people",
    (
        "community",
        "people",
        "team",
        "family",
        "families",
        "charity",
        "care",
        "children",
        "childcare",
        "members",
        "social",
        "union",
        "association",
        "neighbourhood",
        "support",
        "protection",
        "security",
        "safety",
        "insurance",
        "shelter",
        "housing",
        "home",
        "trust",
        "guard",
        "foundation",
        "church",
    ),
    (
        partial(_circle_of_people, 5, 84),
        partial(_guard, 0.5, (1,)),
        partial(_family, (4, 5)),
        partial(_bowl, 210, 2, (0,)),
        partial(_shelter, 2, (2,)),
        partial(_circle_of_people, 3, 112, (0, 2, 4)),
        partial(_table, 5, (0,)),
        partial(_harbour, 2, (0,)),
        partial(_embrace, 130, (2, 3)),
        partial(_keyhole, ()),
        partial(_circle_of_people, 4, 96, (0, 4)),
        partial(_table, 4, (0, 2)),
    ),
    shape="figures about one middle",
    meaning="many who hold and shelter something together",
)
