"""Stripe marks: a simple shape drawn in bars that grow or shrink."""

from collections.abc import Collection, Sequence
from functools import partial
from typing import Final

from blazon.draw.geometry.family import GeometricFamily, Picture, ink_parts
from blazon.draw.geometry.shapes import DISC, HEXAGON, SHIELD, SQUARE, Shape, arch, diamond, leaf, triangle
from blazon.draw.outline import Box, intersect_paths, rectangle, rotate_path

_FAR: Final = 800.0


def _bars(thicks: Sequence[float], gaps: Sequence[float] | float, span: float) -> list[Box]:
    """Return bars in the given proportions, top to bottom, that fill the height from -span to span exactly."""
    between = [float(gaps)] * (len(thicks) - 1) if isinstance(gaps, int | float) else gaps
    scale = (2 * span - sum(between)) / sum(thicks)
    boxes, y = [], -span
    for thick, gap in zip(thicks, [*between, 0.0], strict=True):
        boxes.append(Box(-_FAR, y, _FAR, y + thick * scale))
        y += thick * scale + gap
    return boxes


def _stripes(
    shape: Shape,
    thicks: Sequence[float],
    gaps: Sequence[float] | float,
    *,
    turn: float = 0.0,
    span: float = 500,
    accent: Collection[int] = (),
) -> Picture:
    """A shape in bars that lie at `turn` degrees."""
    whole = rotate_path(shape(), -turn)
    parts = [intersect_paths(whole, rectangle(box)) for box in _bars(thicks, gaps, span)]
    return ink_parts([rotate_path(part, turn) for part in parts], accent)


def _half_stripes(
    shape: Shape, thicks: Sequence[float], gap: float, *, turn: float = 0.0, accent: bool = False
) -> Picture:
    """Two halves: the left one in bars, the right one solid."""
    whole = rotate_path(shape(), -turn)
    boxes = [Box(-_FAR, bar.top, -gap / 2, bar.bottom) for bar in _bars(thicks, gap, 500)]
    boxes.append(Box(gap / 2, -_FAR, _FAR, _FAR))
    parts = [rotate_path(intersect_paths(whole, rectangle(box)), turn) for box in boxes]
    return ink_parts(parts, (len(thicks),) if accent else ())


FAMILY: Final = GeometricFamily(
    "stripes",
    ("progress", "speed", "horizon", "rhythm", "strength", "transition", "data", "efficiency"),
    (
        partial(_stripes, DISC, (3.0, 1.6, 1.2, 0.9, 0.9), (36, 44, 54, 66)),
        partial(_stripes, DISC, (5, 4, 3, 2.5, 2), 40, turn=-45, accent=(0,)),
        partial(_stripes, HEXAGON, (1, 1, 1, 1, 1), 48, turn=90, span=450, accent=(2,)),
        partial(_half_stripes, DISC, (1, 1, 1, 1, 1), 44, accent=True),
        partial(_stripes, leaf, (3, 2.2, 1.6, 1.2, 1), 40, accent=(0,)),
        partial(_stripes, diamond, (4, 1, 1, 4), 44, accent=(1, 2)),
        partial(_stripes, arch, (1, 1.4, 2, 2.8), 44, turn=90, span=400, accent=(3,)),
        partial(_half_stripes, SQUARE, (1, 1, 1, 1), 48, turn=-45, accent=True),
        partial(_half_stripes, SHIELD, (2, 1, 1, 1.6), 44),
        partial(_stripes, SQUARE, (1, 1.6, 2.4, 3.4), 44, accent=(3,)),
        partial(_stripes, triangle, (2.6, 1.4, 1.1, 0.9), 44, span=460, accent=(0,)),
        partial(_half_stripes, DISC, (3, 2, 1.5, 1.2), 44, turn=45),
        partial(_stripes, leaf, (1, 1, 1, 1, 1), 60, turn=45, span=640, accent=(2,)),
        partial(_stripes, SHIELD, (2, 1, 2), 56, turn=90, span=430, accent=(1,)),
    ),
    shape="a shape in bars",
    meaning="a rhythm that speeds up or calms down",
    retired=frozenset({8, 9, 13}),
)
