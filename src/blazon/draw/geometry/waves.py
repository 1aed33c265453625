"""Wave marks: a simple shape cut by parallel waves."""

import math
from collections.abc import Collection
from functools import partial
from typing import Final

from pathops import Path

from blazon.draw.curves import Curve, curve_to
from blazon.draw.geometry.family import GeometricFamily, Picture, ink_parts
from blazon.draw.geometry.shapes import DISC, HEXAGON, SHIELD, SQUARE, Shape, arch, drop, leaf
from blazon.draw.outline import intersect_paths, rotate_path


def _waves(
    shape: Shape,
    levels: tuple[float, ...],
    height: float,
    length: float,
    *,
    phase: float = 0.0,
    turn: float = 0.0,
    gap: float = 40.0,
    lag: float = 0.0,
    accent: Collection[int] = (),
) -> Picture:
    """Cut a shape into bands by waves of `height` (middle to crest) and `length` at `levels`, top to bottom.

    Args:
        phase: where the first wave starts, in turns; each next one starts `lag` later.
        turn: of the cuts, degrees clockwise.
        gap: free space between bands, the mean of crest and steepest place.
    """
    whole = shape()
    steepest = math.hypot(1, math.tau * height / length)
    half = gap * (1 + steepest) / 4
    edges = [-900.0, *levels, 900.0]
    bands = []
    for index in range(len(levels) + 1):
        above = _wave(edges[index] + half, height, length, phase + lag * index)
        below = _wave(edges[index + 1] - half, height, length, phase + lag * (index + 1))
        bands.append(intersect_paths(whole, rotate_path(_between(above, below, length), turn)))
    return ink_parts(bands, accent)


def _wave(level: float, height: float, length: float, phase: float) -> Curve:
    return lambda x: (x, level - height * math.sin(math.tau * (x / length + phase)))


def _between(above: Curve, below: Curve, length: float) -> Path:
    steps = math.ceil(1600 / length * 8)
    path = Path()
    path.moveTo(*above(-800))
    curve_to(path, above, -800, 800, steps)
    path.lineTo(*below(800))
    curve_to(path, below, 800, -800, steps)
    path.close()
    return path


FAMILY: Final = GeometricFamily(
    "waves",
    ("water", "flow", "calm", "movement", "ocean", "sound", "ease", "freedom"),
    (
        partial(_waves, DISC, (-90.0, 130.0), 70, 700, phase=0.1, accent=(1,)),
        partial(_waves, SQUARE, (-170.0, 0.0, 170.0), 70, 1000, accent=(0,)),
        partial(_waves, DISC, (40.0, 180.0, 320.0), 34, 333, phase=0.25, accent=(0,)),
        partial(_waves, DISC, (-200.0, 0.0, 200.0), 60, 1000, turn=-30, gap=50),
        partial(_waves, arch, (0.0, 170.0, 340.0), 50, 533, phase=0.25, accent=(0,)),
        partial(_waves, SQUARE, (-140.0, 140.0), 90, 1000, turn=-45, gap=56, accent=(1,)),
        partial(_waves, HEXAGON, (-150.0, 50.0, 230.0), 60, 866, phase=0.5, accent=(2,)),
        partial(_waves, DISC, (-160.0, 160.0), 80, 1000, lag=0.5, gap=50, accent=(1,)),
        partial(_waves, drop, (110.0, 270.0), 36, 480, accent=(1, 2)),
        partial(_waves, SQUARE, (-250.0, 0.0, 250.0), 60, 500, phase=0.25, gap=50),
        partial(_waves, leaf, (-200.0, 0.0, 200.0), 70, 1000, phase=0.5, turn=45, gap=50, accent=(0, 2)),
        partial(_waves, DISC, (0.0, 150.0, 280.0), 45, 1000, phase=0.5, lag=0.15, gap=44),
        partial(_waves, SHIELD, (-220.0, -40.0, 140.0), 50, 860, phase=0.25, gap=50, accent=(0,)),
    ),
    shape="a shape in waves",
    meaning="calm and movement in one",
)
