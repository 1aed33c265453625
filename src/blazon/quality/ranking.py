"""Ranking: how good a mark is, by what can be measured. All in whole numbers, so that every processor ranks alike."""

from collections.abc import Sequence
from typing import Final

from blazon.quality.faults import Fault, weigh
from blazon.quality.pictures import Picture, likeness

# What a mark may score at most for each.
_AT_16: Final = 220
_AT_32: Final = 140
_HEFT: Final = 140
_BALANCE: Final = 120
_WEIGHT: Final = 120
_SIMPLE: Final = 140
_DISTINCT: Final = 140
_FITTING: Final = 70
# What each place further back in the order of art direction costs.
_STEP: Final = 35
_FAULT: Final = 10

# Marks with so many points are simple; half of real square marks have fewer than 53.
_FEW_POINTS: Final = 24
_MANY_POINTS: Final = 160
# Between these shares of its box, in thousandths, a mark is neither thin nor a blot.
_LIGHT: Final = 300
_HEAVY: Final = 760
# Two shapes that share less than this are different, in thousandths.
_UNLIKE: Final = 450


def score_mark(
    picture: Picture, points: int, faults: Sequence[Fault], siblings: Sequence[int] = (), place: int = 0
) -> int:
    """Return how good a mark is, more for better: about 0 to 1000, less for one that has faults.

    Args:
        picture: the mark in one colour.
        points: its anchor points.
        faults: what the gates found.
        siblings: coarse pictures of the marks that stand before it in its set.
        place: 0 for what art direction would take, 1 for its next choice, and so on.
    """
    if picture.empty:
        return _FITTING - _STEP * place - _FAULT * weigh(faults)
    return (
        legibility(picture, 16) * _AT_16 // 1000
        + legibility(picture, 32) * _AT_32 // 1000
        + _HEFT * picture.heft // 1000
        + max(0, _BALANCE - picture.imbalance)
        + _WEIGHT * _evenness(picture.coverage) // 1000
        + _SIMPLE * (_MANY_POINTS - min(max(points, _FEW_POINTS), _MANY_POINTS)) // (_MANY_POINTS - _FEW_POINTS)
        + _DISTINCT * distinctness(picture, siblings) // 1000
        + _FITTING
        - _STEP * place
        - _FAULT * weigh(faults)
    )


def legibility(picture: Picture, pixels: int) -> int:
    """Return how much of a mark survives where it is 16 or 32 pixels wide, in thousandths."""
    lost = picture.thin(pixels) + picture.closed(pixels) + picture.clogged(pixels) // 4
    return max(0, 1000 - 2 * lost)


def distinctness(picture: Picture, siblings: Sequence[int]) -> int:
    """Return how unlike the most similar of its siblings a mark is, in thousandths."""
    nearest = max((likeness(picture.coarse, other) for other in siblings), default=0)
    return 1000 - max(0, nearest - _UNLIKE) * 1000 // (1000 - _UNLIKE)


def _evenness(coverage: int) -> int:
    """Return 1000 for a mark whose ink fills a good part of its box, less for a hair or a blot."""
    off = max(_LIGHT - coverage, coverage - _HEAVY, 0)
    return max(0, 1000 - 4 * off)
