"""Stripe marks: a simple shape drawn in bars that grow or shrink."""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Final

from pathops import Path

from blazon.draw.curves import ORIGIN, arc_to, polar, rounded_polygon, sector, superellipse
from blazon.draw.geometry.family import GeometricFamily, Picture, inked
from blazon.draw.outline import Box, circle, intersected, moved, polygon, rectangle, rotated

Shape = Callable[[], Path]

_DISC: Final = partial(circle, ORIGIN, 500)
_SQUARE: Final = partial(superellipse, 500, 500, 5.0)


def _hexagon() -> Path:
    return rounded_polygon([polar(520, -90 + 60 * corner) for corner in range(6)], 60)


def _triangle() -> Path:
    return polygon([(0, -460), (500, 400), (-500, 400)])


def _diamond() -> Path:
    return polygon([(0, -500), (500, 0), (0, 500), (-500, 0)])


def _leaf() -> Path:
    path = Path()
    path.moveTo(-500, 500)
    path.lineTo(-500, 0)
    arc_to(path, ORIGIN, 500, 180, 270)
    path.lineTo(500, -500)
    path.lineTo(500, 0)
    arc_to(path, ORIGIN, 500, 0, 90)
    path.close()
    return path


def _arch() -> Path:
    path = Path()
    path.moveTo(-400, 500)
    path.lineTo(-400, -100)
    arc_to(path, (0, -100), 400, 180, 360)
    path.lineTo(400, 500)
    path.close()
    return path


def _shield() -> Path:
    path = Path()
    path.moveTo(0, 500)
    path.cubicTo(-230, 400, -430, 210, -430, -90)
    path.lineTo(-430, -500)
    path.lineTo(430, -500)
    path.lineTo(430, -90)
    path.cubicTo(430, 210, 230, 400, 0, 500)
    path.close()
    return path


def _bars(thicks: Sequence[float], gaps: Sequence[float] | float, top: float = -500, bottom: float = 500) -> list[Box]:
    """Return bars from top to bottom in the given proportions of thick and thin, filling the height exactly."""
    between = [gaps] * (len(thicks) - 1) if isinstance(gaps, (int, float)) else list(gaps)
    scale = (bottom - top - sum(between)) / sum(thicks)
    boxes, y = [], top
    for thick, gap in zip(thicks, [*between, 0.0], strict=True):
        boxes.append(Box(-800, y, 800, y + thick * scale))
        y += thick * scale + gap
    return boxes


def _striped(
    shape: Shape,
    thicks: Sequence[float],
    gap: Sequence[float] | float,
    turn: float = 0.0,
    span: float = 500,
    accent: Collection[int] = (),
) -> Picture:
    whole = rotated(shape(), -turn)
    parts = [intersected(whole, rectangle(box)) for box in _bars(thicks, gap, -span, span)]
    return inked([rotated(part, turn) for part in parts], accent)


def _split(shape: Shape, thicks: Sequence[float], gap: float, turn: float, solid: bool, accent: bool) -> Picture:
    """Two halves: one in bars, the other solid or in the same bars upside down."""
    whole = rotated(shape(), -turn)
    bars = _bars(thicks, gap)
    left = [Box(-800, b.top, -gap / 2, b.bottom) for b in bars]
    right = [Box(gap / 2, -500, 800, 500)] if solid else [Box(gap / 2, -b.bottom, 800, -b.top) for b in bars]
    parts = [rotated(intersected(whole, rectangle(box)), turn) for box in [*left, *right]]
    return inked(parts, range(len(left), len(parts)) if accent else ())


FAMILY: Final = GeometricFamily(
    "stripes",
    ("progress", "speed", "horizon", "rhythm", "strength", "transition", "data", "efficiency"),
    (
        partial(_striped, _DISC, (3.0, 1.6, 1.2, 0.9, 0.9), (36, 44, 54, 66), accent=()),
        partial(_striped, _DISC, (5, 4, 3, 2.5, 2), 40, -45, accent=(0,)),
        partial(_striped, _SQUARE, (1, 1.6, 2.4, 3.4), 44, 0, accent=(3,)),
        partial(_striped, _hexagon, (1, 1, 1, 1, 1), 48, 90, 450, accent=(2,)),
        partial(_striped, _triangle, (2.6, 1.4, 1.1, 0.9), 44, 0, 460, accent=(0,)),
        partial(_split, _DISC, (1, 1, 1, 1, 1), 44, 0, True, True),
        partial(_split, _DISC, (1, 1.5, 2, 2.5, 3), 44, 0, False, False),
        partial(_split, _SQUARE, (1, 1, 1, 1), 48, -45, True, True),
        partial(_striped, _leaf, (3, 2.2, 1.6, 1.2, 1), 40, 0, accent=(0,)),
        partial(_striped, _diamond, (4, 1, 1, 4), 44, 0, accent=(1, 2)),
        partial(_striped, _arch, (1, 1.4, 2, 2.8), 44, 90, 400, accent=(3,)),
        partial(_split, _shield, (2, 1, 1, 1.6), 44, 0, True, False),
        partial(_striped, _shield, (1, 1, 1), 60, 55, 480, accent=(1,)),
    ),
)
