"""Fewer points: an outline after boolean operations, drawn with as few anchor points as its shape needs.

Cutting and joining leave curves in many pieces. Here straight pieces in one line become one line, a circle
four arcs, and smooth runs of curves as few cubics as stay within a tolerance.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from pathops import Path, PathVerb

from blazon.draw.curve_fitting import (
    Piece,
    end_direction,
    fit_cubic,
    measure_run,
    point_on,
    start_direction,
    straight_line,
)
from blazon.draw.outline import Layer, bounds, circle

# Shares of the longer side of a mark: how far a curve may move, and from which length on a line stays straight.
_TOLERANCE: Final = 0.0008
_LINE: Final = 0.012
# Joints at which the direction changes by more than this (a cosine: 11 degrees) are corners.
_SMOOTH: Final = 0.98
# Contours that are kept: a mark is looked at before it is drawn, and a frame is drawn again and again.
_KEPT: Final = 1024
# The most pieces that one cubic replaces.
_LONGEST_RUN: Final = 64


def reduce_layers(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """Return the layers of a mark with fewer points, nothing moved by more than about 0.1 % of its side."""
    box = bounds(layer.path for layer in layers)
    side = max(box.width, box.height)
    return tuple(Layer(reduce_points(layer.path, side * _TOLERANCE), layer.ink) for layer in layers)


def reduce_points(path: Path, tolerance: float) -> Path:
    """Return an outline with fewer points whose edge lies within `tolerance` units of the old one."""
    reduced = Path()
    for contour in _read_contours(path):
        _write_contour(reduced, _reduce_contour(tuple(contour), tolerance))
    return reduced


def count_points(path: Path) -> int:
    """Return the number of anchor points of an outline: a circle has four."""
    return sum(len(contour) for contour in _read_contours(path))


def _read_contours(path: Path) -> list[list[Piece]]:
    """Return closed contours as pieces; what has no length is left out."""
    contours: list[list[Piece]] = []
    at = 0j
    for verb, points in path:
        places = [complex(*point) for point in points]
        if verb is PathVerb.MOVE:
            contours.append([])
        elif places:
            _add(contours[-1], _piece(at, places))
        at = places[-1] if places else at
    for contour in contours:
        if contour and contour[-1].end != contour[0].start:
            contour.append(straight_line(contour[-1].end, contour[0].start))
    return [contour for contour in contours if contour]


def _piece(at: complex, places: Sequence[complex]) -> Piece:
    """Return the piece from `at` on: a line has one further point, a quadratic two, a cubic three."""
    match places:
        case [end]:
            return straight_line(at, end)
        case [control, end]:
            return Piece(at, at + (control - at) * 2 / 3, end + (control - end) * 2 / 3, end, False)
        case _:
            first, second, end = places
            return Piece(at, first, second, end, False)


def _add(contour: list[Piece], piece: Piece) -> None:
    if piece.start != piece.end or piece.first != piece.second:
        contour.append(piece)


@lru_cache(maxsize=_KEPT)
def _reduce_contour(given: tuple[Piece, ...], tolerance: float) -> Sequence[Piece]:
    short = tolerance / 4
    contour = _drop_short([_straighten(piece, short) for piece in given], short)
    contour = _join_lines(_rotate_to_corner(contour), tolerance / 3)
    if len(contour) < 3:
        return contour
    if round_one := _as_circle(contour, tolerance / 2):
        return round_one
    line = tolerance * _LINE / _TOLERANCE
    reduced: list[Piece] = []
    run: list[Piece] = []
    for piece in contour:
        fixed = piece.straight and abs(piece.end - piece.start) > line
        if run and (fixed or not _is_smooth(run[-1], piece)):
            reduced += _fit_run(run, tolerance)
            run = []
        if fixed:
            reduced.append(piece)
        else:
            run.append(piece)
    return reduced + _fit_run(run, tolerance)


def _straighten(piece: Piece, tolerance: float) -> Piece:
    """Return a curve that is a straight line as one."""
    start, first, second, end, straight = piece
    if straight:
        return piece
    chord = end - start
    length = abs(chord)
    if length <= tolerance:
        return piece
    for handle in (first - start, second - start):
        along = (handle * chord.conjugate()).real / length
        across = (handle * chord.conjugate()).imag / length
        if abs(across) > tolerance / 2 or not -tolerance <= along <= length + tolerance:
            return piece
    return straight_line(start, end)


def _drop_short(contour: list[Piece], tolerance: float) -> list[Piece]:
    """Return a contour without pieces shorter than `tolerance`: their neighbours meet in the middle of them."""
    kept: list[Piece] = []
    for piece in contour:
        start, first, second, end, _ = piece
        span = abs(first - start) + abs(second - first) + abs(end - second)
        if span > tolerance:
            kept.append(piece)
    if len(kept) == len(contour) or len(kept) < 2:
        return contour
    return [_start_at(piece, before.end) for before, piece in zip([kept[-1], *kept[:-1]], kept, strict=True)]


def _start_at(piece: Piece, start: complex) -> Piece:
    if piece.straight:
        return straight_line(start, piece.end)
    return piece._replace(start=start, first=piece.first + start - piece.start)


def _rotate_to_corner(contour: list[Piece]) -> list[Piece]:
    """Return a contour that starts at a corner, or where it reaches furthest to the right if it has none."""
    count = len(contour)
    corner = next((at for at in range(count) if not _is_smooth(contour[at - 1], contour[at])), None)
    if corner is None:
        corner = max(range(count), key=lambda at: (round(contour[at].start.real, 1), -at))
    return contour[corner:] + contour[:corner]


def _join_lines(contour: list[Piece], tolerance: float) -> list[Piece]:
    joined: list[Piece] = []
    for piece in contour:
        if joined and joined[-1].straight and piece.straight and _instraight_line(joined[-1], piece, tolerance):
            joined[-1] = straight_line(joined[-1].start, piece.end)
        else:
            joined.append(piece)
    if (
        len(joined) > 3
        and joined[0].straight
        and joined[-1].straight
        and _instraight_line(joined[-1], joined[0], tolerance)
    ):
        joined[0] = straight_line(joined.pop().start, joined[0].end)
    return joined


def _instraight_line(one: Piece, other: Piece, tolerance: float) -> bool:
    whole = other.end - one.start
    length = abs(whole)
    product = (one.end - one.start) * whole.conjugate()
    return length > 0 and abs(product.imag) / length <= tolerance and 0 <= product.real <= length * length


def _is_smooth(before: Piece, after: Piece) -> bool:
    out, into = end_direction(before), start_direction(after)
    return (out * into.conjugate()).real >= _SMOOTH


def _as_circle(contour: Sequence[Piece], tolerance: float) -> list[Piece]:
    """Return four arcs if a contour is a circle, else nothing."""
    if len(contour) < 5 or any(piece.straight for piece in contour):
        return []
    path = Path()
    _write_contour(path, contour)
    left, top, right, bottom = path.bounds
    centre, radius = complex(left + right, top + bottom) / 2, (right - left) / 2
    points = [point_on(piece, at) for piece in contour for at in (0.0, 0.5)]
    if any(abs(abs(point - centre) - radius) > tolerance for point in points):
        return []
    drawn = circle((centre.real, centre.imag), radius)
    if path.clockwise is not drawn.clockwise:
        drawn.reverse()
    return _read_contours(drawn)[0]


def _fit_run(run: Sequence[Piece], tolerance: float) -> list[Piece]:
    """Return a smooth run of pieces as few cubics, each as long as it can be."""
    if len(run) < 2:
        return list(run)
    fitted: list[Piece] = []
    measured, at = measure_run(run), 0
    while at < len(run):
        best, reach, step = run[at], 1, 1
        while step:
            longer = min(reach + step, len(run) - at, _LONGEST_RUN)
            found = fit_cubic(measured, at, longer, tolerance) if longer > reach else None
            if found is not None:
                best, reach, step = found, longer, step * 2
            else:
                step = min(step, longer - reach) // 2
        fitted.append(best)
        at += reach
    return fitted


def _write_contour(path: Path, contour: Sequence[Piece]) -> None:
    if not contour:
        return
    path.moveTo(contour[0].start.real, contour[0].start.imag)
    for index, (_, first, second, end, straight) in enumerate(contour):
        if straight:
            if index + 1 < len(contour):  # the last one is the closing
                path.lineTo(end.real, end.imag)
        else:
            path.cubicTo(first.real, first.imag, second.real, second.imag, end.real, end.imag)
    path.close()
