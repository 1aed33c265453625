"""Weaving: strands that pass over and under each other, with real gaps at every crossing."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from pathops import Path

from blazon.draw.curves import Curve, ribbon
from blazon.draw.outline import subtract_paths


class Strand(NamedTuple):
    """A closed curve that comes back after `period`, to be drawn in at least `steps` cubic pieces."""

    curve: Curve
    period: float
    steps: int


class Crossing(NamedTuple):
    """Where one strand passes over another (or over itself): strand index and parameter of both."""

    over: tuple[int, float]
    under: tuple[int, float]


def weave_strands(
    strands: Sequence[Strand], crossings: Sequence[Crossing], width: float, gap: float, reach: float
) -> list[Path]:
    """Return the pieces that are seen: each strand is parted wherever it passes under.

    Args:
        strands: every one passes under at least once.
        width: of the strands.
        gap: free space between an upper strand and the ends of the lower one.
        reach: how far the upper strand hides things to both sides of a crossing, as a parameter.
    """
    pieces = []
    for index, (curve, period, count) in enumerate(strands):
        own = sorted((hidden.under[1] % period, hidden) for hidden in crossings if hidden.under[0] == index)
        covers = [_cover(strands, crossing, width + 2 * gap, reach) for _, crossing in own]
        starts = [start for start, _ in own]
        for place, start in enumerate(starts):
            after = (place + 1) % len(starts)
            end = starts[after] + (period if after <= place else 0.0)
            steps = math.ceil(count * (end - start) / period)
            pieces.append(subtract_paths(ribbon(curve, width, start, end, steps), covers[place], covers[after]))
    return pieces


def _cover(strands: Sequence[Strand], crossing: Crossing, width: float, reach: float) -> Path:
    index, at = crossing.over
    return ribbon(strands[index].curve, width, at - reach, at + reach, 4)
