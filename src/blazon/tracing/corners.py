"""Corners and straight sides of a closed curve of points, about a pixel apart.

Turning is what tells them: a corner turns within the few pixels that its edge is soft, and an arc all along its way.
"""

from typing import Any, Final

import numpy as np

from blazon.tracing.contours import Curve
from blazon.tracing.masks import Mask

Values = np.ndarray[Any, np.dtype[Any]]

STEP: Final = 1.0
"""Pixels between the points of a curve."""
# Half of the window in which a corner turns, and in which it is compared with its surroundings, in steps.
_INNER: Final = 3
_OUTER: Final = 6
# A corner turns by so many radians, and by this share of what its surroundings turn.
_LEAST_TURN: Final = 0.5
_SHARE: Final = 0.74
# A straight side is at least so long, in pixels, and strays by at most so many from a line.
_LEAST_SIDE: Final = 16
# Root of the mean squared distance from a line, in tolerances, within which a window is looked at.
_ROUGH: Final = 0.3
_SHORTER: Final = 0.8
# How far beyond a side it is looked whether the curve bends away, and how much more than an arc would.
_BEYOND: Final = 40
_BENDS: Final = 2.0
# A parabola that bows by 1 in the middle has its middle third so much higher than the others, on average.
_BOW_OF_THIRDS: Final = 4 / 9
_UNSEEN: Final = 0.6
_NO_EVIDENCE: Final = 5
_AT_CORNER: Final = 5


def resample(curve: Curve, step: float = STEP) -> Curve:
    """Return a closed curve as points that are equally far apart along it, at least eight."""
    closed = np.append(curve, curve[0])
    along = np.append(0, np.cumsum(np.abs(np.diff(closed))))
    count = max(8, round(float(along[-1]) / step))
    at = np.arange(count) * (along[-1] / count)
    return np.asarray(np.interp(at, along, closed.real) + 1j * np.interp(at, along, closed.imag))


def smooth(curve: Curve, times: int = 1) -> Curve:
    """Return a closed curve, each point in the middle between itself and its neighbours (binomial weights)."""
    for _ in range(times):
        curve = (np.roll(curve, 1) + 2 * curve + np.roll(curve, -1)) / 4
    return curve


def turning(curve: Curve) -> Values:
    """Return by how many radians a closed curve turns at each point, to the right on screen if positive."""
    steps = np.roll(curve, -1) - curve
    return np.asarray(np.angle(steps * np.roll(steps, 1).conj()))


def find_corners(curve: Curve) -> list[int]:
    """Return the places of the corners of a closed curve, in order."""
    if len(curve) < 4 * _OUTER:
        return _find_small_corners(curve)
    turns = turning(smooth(curve))
    inner = _window_sum(turns, _INNER)
    around = _window_sum(np.abs(turns), _OUTER)
    strong = (np.abs(inner) >= _LEAST_TURN) & (np.abs(inner) >= _SHARE * around)
    # Summed twice it is strongest in the middle of the places that see the corner.
    return _thin_out(np.abs(_window_sum(inner, _INNER)), strong, _INNER + 1)


def _find_small_corners(curve: Curve) -> list[int]:
    """Return the corners of a curve of few points: where it turns by much more than a circle of its length does."""
    turns = np.abs(_window_sum(turning(smooth(curve)), 1))
    return _thin_out(turns, turns > max(0.9, 2.2 * 3 * 2 * np.pi / len(curve)), 2)


def _thin_out(strength: Values, strong: Values, apart: int, *, closed: bool = True) -> list[int]:
    """Return the strongest of the strong places, none within `apart` of a stronger one; `closed` lists go round."""
    count = len(strength)
    taken = np.zeros(count, dtype=np.bool_)
    places = np.flatnonzero(strong)
    found = []
    for place in places[np.argsort(-np.round(strength[places], 6), kind="stable")]:
        if not taken[place]:
            found.append(int(place))
            near = np.arange(place - apart, place + apart + 1)
            taken[near % count if closed else near[(near >= 0) & (near < count)]] = True
    return sorted(found)


def _window_sum(values: Values, half: int) -> Values:
    """Return for each place of a closed list the sum of the values within `half` places."""
    padded = np.concatenate([values[-half:], values, values[:half]])
    sums = np.append(0, np.cumsum(padded))
    return np.asarray(sums[2 * half + 1 :] - sums[: -2 * half - 1])


def find_sides(points: Curve, tolerance: float) -> list[tuple[int, int]]:
    """Return the straight sides in an open piece of a curve without corners, as places of their ends, in order.

    Windows are tried from long to short. What fits a line and bends as much within as it goes on to bend beyond is
    a piece of an arc and no side.
    """
    sums = _Sums(points)
    free = np.ones(len(points), dtype=np.bool_)
    sides: list[tuple[int, int]] = []
    length = len(points)
    while length >= _LEAST_SIDE:
        rough = sums.roughness(length)
        busy = np.append(0, np.cumsum(~free))
        rough[busy[length:] - busy[:-length] > 0] = np.inf
        for first in _thin_out(-rough, rough <= (tolerance * _ROUGH) ** 2, length // 2, closed=False):
            if not free[first : first + length].all():
                continue
            first, last = _extend(points, free, first, first + length - 1, tolerance)
            if free[first : last + 1].all() and _is_side(points, first, last, tolerance):
                sides.append((first, last))
                free[first : last + 1] = False
        length = int(length * _SHORTER)
    return sorted(sides)


class _Sums:
    """Sums over windows of points, from which the roughness of each is known at once."""

    def __init__(self, points: Curve) -> None:
        self._points = np.append(0, np.cumsum(points))
        self._squares = np.append(0, np.cumsum(points * points))
        self._sizes = np.append(0, np.cumsum((points * points.conj()).real))

    def roughness(self, length: int) -> Values:
        """Return for each window of `length` points their mean squared distance from the line nearest to them."""

        def mean(sums: Values) -> Values:
            return np.asarray((sums[length:] - sums[:-length]) / length)

        middle = mean(self._points)
        spread = mean(self._sizes) - (middle * middle.conj()).real
        return np.asarray(np.maximum(spread - np.abs(mean(self._squares) - middle * middle), 0) / 2)


def _extend(points: Curve, free: Mask, first: int, last: int, tolerance: float) -> tuple[int, int]:
    """Return the ends of a window, moved apart as long as what is between them follows the line through it."""
    for _ in range(2):
        middle, heading = line_through(points[first : last + 1])
        far = (np.abs(((points - middle) * heading.conjugate()).imag) > tolerance) | ~free
        before, after = np.flatnonzero(far[:first]), np.flatnonzero(far[last + 1 :])
        first = int(before[-1]) + 1 if len(before) else 0
        last = last + int(after[0]) if len(after) else len(points) - 1
    # Where it begins to bend away, the curve begins.
    near = np.flatnonzero(np.abs(((points[first : last + 1] - middle) * heading.conjugate()).imag) <= tolerance / 3)
    ends = first + int(near[0]), first + int(near[-1])
    return (ends[0] if first > _AT_CORNER else first), (ends[1] if last < len(points) - 1 - _AT_CORNER else last)


def _is_side(points: Curve, first: int, last: int, tolerance: float) -> bool:
    some = points[first : last + 1]
    if len(some) < _LEAST_SIDE:
        return False
    middle, heading = line_through(some)
    off = ((some - middle) * heading.conjugate()).imag
    if np.abs(off).max() > tolerance:
        return False
    third = len(some) // 3
    bow = abs(float(off[third:-third].mean() - (off[:third].mean() + off[-third:].mean()) / 2)) / _BOW_OF_THIRDS
    if bow > tolerance / 2:
        return False
    reach = min(len(some) // 2, _BEYOND)
    for beyond, way in ((min(reach, first), -1), (min(reach, len(points) - 1 - last), 1)):
        if beyond < _NO_EVIDENCE:
            continue
        place = (first if way < 0 else last) + way * beyond
        # So far an arc strays that bows as much as this piece does, or as little as nobody could tell from a line.
        arc = max(bow, tolerance * _UNSEEN) * (4 * (0.5 + beyond / len(some)) ** 2 - 1 / 3)
        if abs(((points[place] - middle) * heading.conjugate()).imag) < _BENDS * arc:
            return False
    return True


def stray(points: Curve) -> float:
    """Return how far the farthest of some points is from the line nearest to them."""
    middle, heading = line_through(points)
    return float(np.abs(((points - middle) * np.conj(heading)).imag).max())


def line_through(points: Curve) -> tuple[complex, complex]:
    """Return the middle of some points and the direction, of length one, of the line nearest to them."""
    middle = complex(points.mean())
    off = points - middle
    # The direction of the largest spread is half the angle of the sum of squares.
    square = complex((off * off).sum())
    heading = complex(np.exp(0.5j * np.angle(square))) if abs(square) > 0 else 1 + 0j
    way = complex(points[-1] - points[0])
    return middle, heading if (heading * way.conjugate()).real >= 0 else -heading
