"""A closed curve of points to lines and cubic curves, as few as it needs.

Circles and ellipses become four arcs, what is straight between corners one line, and its corners lie where the lines
meet. What is left is fitted by cubics, each as long as it can be (after P. J. Schneider, An Algorithm for Automatically
Fitting Digitized Curves, Graphics Gems, 1990), that run on smoothly into each other and into straight sides.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np

from blazon.draw.curve_fitting import Piece, straight_line
from blazon.tracing.contours import Curve, area_of
from blazon.tracing.corners import find_corners, find_sides, line_through, resample, stray

Values = np.ndarray[Any, np.dtype[Any]]

# Steps at a corner that its softness bends, and how far it may lie beyond the curve, in pixels.
_SOFT: Final = 3
_BEYOND: Final = 3.5
# Points from which the direction of a curve at a place is taken, to each side.
_ARM: Final = 5
# A straight side that ends so many points before a corner reaches it.
_NEAR: Final = 6
# Curves turn by at most so many radians, and are compared in so many points.
_MOST_TURN: Final = 2.2
_COMPARED: Final = 48
_ROUNDS: Final = 3
# Up to so many cubics are tried as a row that turns evenly.
_MOST_EVEN: Final = 6
# An ellipse whose axes differ by less than this, in pixels or as a share, is a circle.
_ROUND: Final = 0.5
_ROUND_SHARE: Final = 0.012
# Lines that are nearly level or upright are so, in radians.
_LEVEL: Final = 0.012
# The cosine of a turn after which a stroke runs back beside itself.
_TURNED_BACK: Final = -0.97
_KAPPA: Final = 0.5522847498307936


@dataclass(frozen=True, slots=True)
class _Side:
    """A straight side: its line, and the places of its ends."""

    first: int
    last: int
    middle: complex
    heading: complex


def fit_contour(curve: Curve, tolerance: float) -> list[Piece]:
    """Return a closed curve as lines and cubics within about `tolerance` pixels; empty for what has no area."""
    if len(curve) < 3 or abs(area_of(curve)) < 1:
        return []
    points = resample(curve)
    if (round_one := _fit_ellipse(points, tolerance)) is not None:
        return round_one
    corners = find_corners(points)
    if not corners:
        return _fit_smooth(points, tolerance)
    points = np.roll(points, -corners[0])
    bounds = [corner - corners[0] for corner in corners] + [len(points)]
    closed = np.append(points, points[0])
    spans = [closed[start : end + 1] for start, end in pairwise(bounds)]
    lines = [_as_line(span, tolerance) for span in spans]
    tips = [_place_corner(spans[at - 1], spans[at], lines[at - 1], lines[at]) for at in range(len(spans))]
    pieces: list[Piece] = []
    for at, (span, line) in enumerate(zip(spans, lines, strict=True)):
        (_, start), (end, after) = tips[at], tips[(at + 1) % len(tips)]
        if line is not None:
            pieces.append(straight_line(start, end))
        else:
            pieces += _fit_span(span, start, end, tolerance)
        if end != after:  # the flat end of a stroke
            pieces.append(straight_line(end, after))
    return pieces


def _fit_ellipse(points: Curve, tolerance: float) -> list[Piece] | None:
    """Return four arcs if a closed curve is an ellipse: that with its moments of area, if all points are near."""
    area = area_of(points)
    following = np.roll(points, -1)
    cross = (points.conj() * following).imag
    centre = complex(((points + following) * cross).sum() / (6 * area))
    p, q = points - centre, following - centre
    cross = (p.conj() * q).imag
    # Second moments, as the complex numbers of (x + iy)^2 and |x + iy|^2.
    squares = complex(((p * p + p * q + q * q) * cross).sum() / 12) / area
    size = float((((p * p.conj()) + (q * q.conj()) + (p * q.conj()).real) * cross).sum().real / 12) / area
    turn = np.exp(0.5j * np.angle(squares)) if abs(squares) > 1e-9 else 1 + 0j
    long, short = 2 * np.sqrt((size + abs(squares)) / 2), 2 * np.sqrt(max(size - abs(squares), 1e-9) / 2)
    most = max(tolerance, 0.004 * long)
    if long - short < max(_ROUND, _ROUND_SHARE * long):
        radius = np.sqrt(long * short)
        if float(np.abs(np.abs(points - centre) - radius).max()) <= most:
            return _draw_ellipse(centre, 1 + 0j, float(radius), float(radius), clockwise=area > 0)
    local = (points - centre) * np.conj(turn)
    scaled = np.hypot(local.real / long, local.imag / short)
    # To first order, the way to an ellipse is that of the scaled radius over the length of its gradient.
    slope = np.hypot(local.real / long**2, local.imag / short**2) / np.maximum(scaled, 1e-9)
    if float(np.abs((scaled - 1) / np.maximum(slope, 1e-9)).max()) > most:
        return None
    return _draw_ellipse(centre, complex(turn), float(long), float(short), clockwise=area > 0)


def _draw_ellipse(centre: complex, turn: complex, long: float, short: float, *, clockwise: bool) -> list[Piece]:
    way = 1j if clockwise else -1j
    spots = [1, way, -1, -way]

    def place(unit: complex) -> complex:
        return centre + turn * complex(unit.real * long, unit.imag * short)

    pieces = []
    for one, other in zip(spots, [*spots[1:], spots[0]], strict=True):
        first, second = complex(one + _KAPPA * other), complex(other + _KAPPA * one)
        pieces.append(Piece(place(complex(one)), place(first), place(second), place(complex(other)), False))
    return pieces


def _as_line(span: Curve, tolerance: float) -> tuple[complex, complex] | None:
    """Return middle and direction of a span between two corners that is straight, None of one that is not."""
    inner = span[_SOFT:-_SOFT] if len(span) > 4 * _SOFT else span[1:-1] if len(span) > 4 else span
    if len(inner) < 2:
        return complex(span.mean()), _unit(complex(span[-1] - span[0]))
    if stray(inner) > tolerance:
        return None
    middle, heading = line_through(inner)
    return middle, _level(heading, len(inner))


def _level(heading: complex, length: float) -> complex:
    """Return a direction that is nearly level or upright as such, the more exactly the longer the line is."""
    most = min(_LEVEL, 0.8 / max(length, 1))
    for axis in (1, 1j, -1, -1j):
        if (heading * complex(axis).conjugate()).real > 0 and abs((heading * complex(axis).conjugate()).imag) < most:
            return complex(axis)
    return heading


def _place_corner(
    before: Curve, after: Curve, line_before: tuple[complex, complex] | None, line_after: tuple[complex, complex] | None
) -> tuple[complex, complex]:
    """Return where the two spans at a corner meet if they go on as they are beyond its softness.

    Those of a stroke, which turns back, do not meet: the one ends beside the other.
    """
    seen = complex(after[0])
    one = line_before or _tangent(before[::-1])
    other = line_after or _tangent(after)
    (a, along_a), (b, along_b) = one, other
    turn = along_a.conjugate() * along_b
    sine = turn.imag
    if line_before and line_after and turn.real < _TURNED_BACK:
        return tuple(at + way * ((seen - at) * way.conjugate()).real for at, way in (one, other))  # type: ignore[return-value]
    if abs(sine) < 0.2:
        return seen, seen
    meeting = a + along_a * ((b - a).conjugate() * along_b).imag / sine
    if abs(meeting - seen) <= _BEYOND:
        return meeting, meeting
    nearer = seen + (meeting - seen) / abs(meeting - seen) * min(_BEYOND / 3, abs(meeting - seen))
    return nearer, nearer


def _tangent(points: Curve) -> tuple[complex, complex]:
    """Return a point near the start of a span, beyond its softness, and the direction there, back to the start."""
    inner = points[_SOFT : _SOFT + _ARM + 1] if len(points) > 2 * _SOFT + _ARM else points
    middle, heading = line_through(inner)
    return middle, heading


def _fit_smooth(points: Curve, tolerance: float) -> list[Piece]:
    """Return a closed curve without corners, begun where its longest straight side ends, or at the right."""
    start = int(np.argmax(np.round(points.real, 1)))
    points = np.roll(points, -start)
    twice = np.concatenate([points, points])
    sides = [side for side in find_sides(twice, tolerance * 0.7) if side[0] < len(points)]
    if sides:
        first, last = max(sides, key=lambda side: side[1] - side[0])
        middle, heading = line_through(twice[first : last + 1])
        points = np.roll(points, -last)
        points[0] = middle + heading * ((points[0] - middle) * heading.conjugate()).real
    else:
        heading = _unit(complex(points[_ARM % len(points)] - points[-_ARM % len(points)]))
    closed = np.append(points, points[0])
    return _fit_span(closed, complex(closed[0]), complex(closed[0]), tolerance, heading, heading)


def _fit_span(
    span: Curve,
    start: complex,
    end: complex,
    tolerance: float,
    out: complex | None = None,
    into: complex | None = None,
) -> list[Piece]:
    """Return an open piece between two points as lines and cubics.

    Args:
        span: its points; those next to its ends are soft corners unless a direction is given there.
        out, into: the directions at its ends, of length one, where it runs on smoothly.
    """
    points = span.copy()
    lead = _SOFT - 1 if len(points) > 4 * _SOFT else 1
    if out is None:
        points = points[lead:]
    if into is None:
        points = points[:-lead]
    points = np.concatenate([[start] if out is None else [], points, [end] if into is None else []])
    sides = [_make_side(points, *side) for side in find_sides(points, tolerance * 0.7)]
    pieces: list[Piece] = []
    at, place, heading = 0, start, out
    beyond = len(points) - 1 - (_NEAR if into is None else 2)
    for side in sides:
        first = start if side.first <= _NEAR and out is None else _foot(side, points[side.first])
        if side.first > (_NEAR if out is None else 2):
            pieces += _fit_run(points[at : side.first + 1], place, first, heading, side.heading, tolerance)
        elif out is not None:
            first = place
        last = end if side.last >= beyond else _foot(side, points[side.last])
        pieces.append(straight_line(first, last))
        at, place, heading = side.last, last, side.heading
    if not sides or at < beyond:
        pieces += _fit_run(points[at:], place, end, heading, into, tolerance)
    return pieces


def _make_side(points: Curve, first: int, last: int) -> _Side:
    middle, heading = line_through(points[first : last + 1])
    return _Side(first, last, middle, heading)


def _foot(side: _Side, point: complex) -> complex:
    """Return the point of a side's line that is nearest to another."""
    return side.middle + side.heading * ((complex(point) - side.middle) * side.heading.conjugate()).real


def _fit_run(
    points: Curve, start: complex, end: complex, out: complex | None, into: complex | None, tolerance: float
) -> list[Piece]:
    """Return a smooth run of points as cubics, as few as greed finds."""
    points = points.copy()
    points[0], points[-1] = start, end
    if len(points) < 4:
        return [straight_line(start, end)]
    headings = _headings(points)
    headings[0] = out if out is not None else _end_heading(points)
    headings[-1] = into if into is not None else -_end_heading(points[::-1])
    turned = np.append(0, np.cumsum(np.abs(np.angle(headings[1:] * headings[:-1].conj()))))
    for count in range(max(1, int(np.ceil(turned[-1] / _MOST_TURN))), _MOST_EVEN + 1):
        if (even := _fit_evenly(points, headings, turned, count, tolerance)) is not None:
            return even
    pieces: list[Piece] = []
    at, last = 0, len(points) - 1
    while at < last:
        reach = _reach_far(points, headings, turned, at, last, tolerance)
        piece = _fit(points, headings, at, reach, tolerance)
        pieces.append(piece if piece is not None else straight_line(complex(points[at]), complex(points[reach])))
        at = reach
    return pieces


def _fit_evenly(points: Curve, headings: Curve, turned: Values, count: int, tolerance: float) -> list[Piece] | None:
    """Return so many cubics that turn equally much, as a designer sets them; None if they are not near enough."""
    shares = turned[-1] * np.arange(1, count) / count
    places = [0, *np.searchsorted(turned, shares).tolist(), len(points) - 1]
    pieces = []
    for first, last in pairwise(places):
        piece = _fit(points, headings, first, last, tolerance) if last > first else None
        if piece is None:
            return None
        pieces.append(piece)
    return pieces


def _reach_far(points: Curve, headings: Curve, turned: Values, at: int, last: int, tolerance: float) -> int:
    """Return the farthest place that one cubic reaches from a place: doubled until it fails, then halved."""
    limit = min(last, int(np.searchsorted(turned, turned[at] + _MOST_TURN, side="right")))
    limit = max(limit, at + 1)
    if limit == last and _fit(points, headings, at, last, tolerance) is not None:
        return last
    good, step = at + 1, 8
    while good < limit:
        longer = min(good + step, limit)
        if _fit(points, headings, at, longer, tolerance) is None:
            break
        good, step = longer, step * 2
    else:
        return good
    while step > 2:
        step //= 2
        longer = min(good + step, limit)
        if longer > good and _fit(points, headings, at, longer, tolerance) is not None:
            good = longer
    # One step further than a point costs an anchor: never creep.
    return max(good, min(at + 3, last))


def _fit(points: Curve, headings: Curve, first: int, last: int, tolerance: float) -> Piece | None:
    """Return the cubic within `tolerance` of the points from one place to another, along their headings; else None."""
    some = points[first : last + 1]
    if len(some) < 3:
        return None
    along = np.append(0, np.cumsum(np.abs(np.diff(some))))
    if along[-1] <= 0:
        return None
    chosen = np.linspace(0, len(some) - 1, min(len(some), _COMPARED)).round().astype(int)
    some, at = some[chosen], along[chosen] / along[-1]
    start, end, out, into = complex(some[0]), complex(some[-1]), complex(headings[first]), -complex(headings[last])
    for _ in range(_ROUNDS):
        solved = _solve(some, at, start, end, out, into)
        if solved is None:
            return None
        first_handle, second_handle = solved
        s = 1 - at
        on = s**3 * start + 3 * at * s * s * first_handle + 3 * at * at * s * second_handle + at**3 * end
        off = on - some
        worst = float(np.abs(off).max())
        if worst <= tolerance:
            return Piece(start, first_handle, second_handle, end, False)
        if worst > 6 * tolerance + 2:
            return None
        speed = 3 * (
            s * s * (first_handle - start)
            + 2 * s * at * (second_handle - first_handle)
            + at * at * (end - second_handle)
        )
        bend = 6 * (s * (second_handle - 2 * first_handle + start) + at * (end - 2 * second_handle + first_handle))
        slope = (speed * speed.conj()).real + (off * bend.conj()).real
        at = np.clip(np.where(slope > 1e-9, at - (off * speed.conj()).real / np.maximum(slope, 1e-9), at), 0, 1)
    return None


def _solve(
    points: Curve, at: Values, start: complex, end: complex, out: complex, into: complex
) -> tuple[complex, complex] | None:
    """Return the handles, along two directions, of the cubic nearest to points at given parameters."""
    s = 1 - at
    b1, b2 = 3 * at * s * s, 3 * at * at * s
    rest = points - start * (s**3 + b1) - end * (at**3 + b2)
    c11, c22 = float((b1 * b1).sum()), float((b2 * b2).sum())
    c12 = float((b1 * b2).sum()) * (out * into.conjugate()).real
    x1 = float((b1 * (rest * out.conjugate()).real).sum())
    x2 = float((b2 * (rest * into.conjugate()).real).sum())
    determinant = c11 * c22 - c12 * c12
    if determinant <= 1e-9 * max(c11 * c22, 1e-9):
        third = abs(end - start) / 3
        return start + out * third, end + into * third
    one, two = (x1 * c22 - x2 * c12) / determinant, (x2 * c11 - x1 * c12) / determinant
    span = abs(end - start)
    if not (0.02 * span < one < 3 * span and 0.02 * span < two < 3 * span):
        return None
    return start + out * one, end + into * two


def _headings(points: Curve) -> Curve:
    """Return the direction at each point, from those around it."""
    arm = min(_ARM, (len(points) - 1) // 2)
    count = len(points)
    place = np.arange(count)
    reach = np.minimum(np.minimum(place, count - 1 - place), arm)
    reach = np.maximum(reach, 1)
    ahead, behind = np.minimum(place + reach, count - 1), np.maximum(place - reach, 0)
    way = points[ahead] - points[behind]
    return np.asarray(way / np.maximum(np.abs(way), 1e-9))


def _end_heading(points: Curve) -> complex:
    """Return the direction at the start of a run, as that of a parabola through it."""
    arm = min(2 * _ARM, len(points) - 1)
    near, far = complex(points[(arm + 1) // 2] - points[0]), complex(points[arm] - points[0])
    return _unit(4 * near - far)


def _unit(way: complex) -> complex:
    return way / abs(way) if abs(way) > 1e-9 else 1 + 0j
