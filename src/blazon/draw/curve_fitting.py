"""Curve fitting: one cubic in place of several pieces of an outline.

The handles are found by least squares (P. J. Schneider, An Algorithm for Automatically Fitting Digitized Curves,
Graphics Gems, 1990). Points are complex numbers: only sums, products and roots decide, so that every processor
decides alike.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

# Where a curve is compared with the one that replaces it, and how often its parameters are corrected.
_SAMPLES: Final = (1 / 3, 2 / 3, 1.0)
_ROUNDS: Final = 3
# A fit that is worse than so many tolerances is given up.
_HOPELESS: Final = 5.0
# What one cubic replaces is at most so many times as long as the way from end to end: a third of a circle 1.21 times.
_MOST_BENT: Final = 1.25


class Piece(NamedTuple):
    """A line, or a cubic with its handles."""

    start: complex
    first: complex
    second: complex
    end: complex
    straight: bool


def straight_line(start: complex, end: complex) -> Piece:
    return Piece(start, start + (end - start) / 3, end + (start - end) / 3, end, True)


def start_direction(piece: Piece) -> complex:
    return _direction(piece.start, piece.first, piece.second, piece.end)


def end_direction(piece: Piece) -> complex:
    return -_direction(piece.end, piece.second, piece.first, piece.start)


def _direction(at: complex, *towards: complex) -> complex:
    """Return the unit vector from a point to the first of the others that is not the same."""
    for point in towards:
        length = abs(point - at)
        if length > 1e-3:
            return (point - at) / length
    return 1 + 0j


class Run(NamedTuple):
    """Pieces that run on smoothly, with points on them and how far along the way these are."""

    pieces: Sequence[Piece]
    points: Sequence[complex]
    lengths: Sequence[float]


def measure_run(pieces: Sequence[Piece]) -> Run:
    """Return pieces that run on smoothly with what is compared when they are replaced."""
    points = [point_on(piece, at) for piece in pieces for at in _SAMPLES]
    lengths = [0.0]
    for one, other in pairwise([pieces[0].start, *points]):
        lengths.append(lengths[-1] + abs(other - one))
    return Run(pieces, points, lengths)


def fit_cubic(run: Run, first: int, count: int, tolerance: float) -> Piece | None:
    """Return the one cubic within `tolerance` of `count` pieces of a run that runs on from their neighbours, if any."""
    head, tail = run.pieces[first], run.pieces[first + count - 1]
    low, high = first * len(_SAMPLES), (first + count) * len(_SAMPLES)
    behind, whole = run.lengths[low], run.lengths[high] - run.lengths[low]
    if not 0 < whole <= _MOST_BENT * abs(tail.end - head.start):
        return None
    points = run.points[low : high - 1]
    places = [(length - behind) / whole for length in run.lengths[low + 1 : high]]
    ends = head.start, tail.end, start_direction(head), -end_direction(tail)
    for left in range(_ROUNDS, 0, -1):
        cubic = _solve(points, places, *ends)
        if cubic is None:
            return None
        worst = _find_worst(cubic, places, points, _HOPELESS * tolerance)
        if worst <= tolerance:
            return cubic
        if worst > _HOPELESS * tolerance or left == 1:
            return None
        places = [_nearest(cubic, at, point) for at, point in zip(places, points, strict=True)]
    return None


def _find_worst(cubic: Piece, places: Sequence[float], points: Sequence[complex], hopeless: float) -> float:
    """Return how far a cubic is from the farthest of some points, or from the first that is hopelessly far."""
    worst = 0.0
    for at, point in zip(places, points, strict=True):
        worst = max(worst, abs(point_on(cubic, at) - point))
        if worst > hopeless:
            break
    return worst


def _solve(
    points: Sequence[complex], places: Sequence[float], start: complex, end: complex, out: complex, into: complex
) -> Piece | None:
    """Return the cubic nearest to points at given parameters, its handles along two directions (least squares)."""
    c11 = c12 = c22 = x1 = x2 = 0.0
    cross = (out * into.conjugate()).real
    for t, point in zip(places, points, strict=True):
        s = 1 - t
        b1, b2 = 3 * t * s * s, 3 * t * t * s
        rest = point - start * (s * s * s + b1) - end * (t * t * t + b2)
        c11 += b1 * b1
        c12 += b1 * b2
        c22 += b2 * b2
        x1 += b1 * (rest.real * out.real + rest.imag * out.imag)
        x2 += b2 * (rest.real * into.real + rest.imag * into.imag)
    c12 *= cross
    determinant = c11 * c22 - c12 * c12
    if determinant <= 1e-9 * c11 * c22:
        return None
    one, two = (x1 * c22 - x2 * c12) / determinant, (x2 * c11 - x1 * c12) / determinant
    if one <= 0 or two <= 0:
        return None
    return Piece(start, start + out * one, end + into * two, end, False)


def _nearest(cubic: Piece, t: float, point: complex) -> float:
    """Return a parameter at which a cubic is nearer to a point (a step of Newton and Raphson's)."""
    start, first, second, end, _ = cubic
    s = 1 - t
    away = point_on(cubic, t) - point
    speed = 3 * (s * s * (first - start) + 2 * s * t * (second - first) + t * t * (end - second))
    bend = 6 * (s * (second - 2 * first + start) + t * (end - 2 * second + first))
    slope = (speed * speed.conjugate()).real + (away * bend.conjugate()).real
    if slope <= 0:
        return t
    return min(1.0, max(0.0, t - (away * speed.conjugate()).real / slope))


def point_on(piece: Piece, t: float) -> complex:
    start, first, second, end, _ = piece
    s = 1 - t
    return s * s * (s * start + 3 * t * first) + t * t * (3 * s * second + t * end)
