"""The gates of a mark: faults in its shapes, whatever its colours and its type."""

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from typing import Final, NamedTuple

from pathops import Path, PathVerb

from blazon.draw.outline import Ink, Layer, bounds, inked_area, layer_bounds
from blazon.quality.faults import Fault, FaultKind
from blazon.quality.pictures import Picture

MOST_POINTS: Final = 250
"""Anchor points of a mark: more are no sign, but an illustration."""
# Shares in thousandths of the ink, or of the counters, that may be lost at 16 and at 32 pixels.
_MOST_THIN_AT_16: Final = 450
_MOST_THIN_AT_32: Final = 160
_MOST_CLOSED_AT_16: Final = 160
_MOST_CLOSED_AT_32: Final = 70
_MOST_CLOGGED_AT_16: Final = 600
_MOST_CLOGGED_AT_32: Final = 350
# A part smaller than a square of this side is a crumb, and a hole is a pinhole; in thousandths of the mark's side.
_CRUMB: Final = 24
# How unlike two radii must be to look different, and how like to look equal, in thousandths.
_SAME_RADIUS: Final = 8
_OTHER_RADIUS: Final = 70
_CIRCLE: Final = 12
_PI_QUARTER: Final = 785398
# Sides shorter than this share of the mark have no direction that the eye compares, in thousandths.
_LONG_SIDE: Final = 200
# Sines in ten thousandths: 0.7 and 3 degrees.
_SAME_DIRECTION: Final = 122
_OTHER_DIRECTION: Final = 523
# The most that the middle of a framed mark's mass may be from the middle of its frame, in thousandths of the frame.
_MOST_LEANING: Final = 140

AT_16: Final = "at 16 px"
AT_32: Final = "at 32 px"


def check_mark(layers: Sequence[Layer], picture: Picture) -> tuple[Fault, ...]:
    """Return the faults of a mark: layers in any unit, and the picture of them."""
    if picture.empty:
        return ()
    paths = [layer.path for layer in layers if layer.ink is not Ink.TINT]
    return tuple(
        fault
        for found in (
            _check_strokes(picture),
            _check_gaps(picture),
            _check_crumbs(paths),
            _check_radii(paths),
            _check_angles(paths),
        )
        for fault in found
    )


def _check_strokes(picture: Picture) -> Iterator[Fault]:
    if picture.thin(32) > _MOST_THIN_AT_32:
        yield Fault(FaultKind.THIN, 100, f"{AT_32} its thin strokes fade: use the small drawing")
    elif picture.thin(16) > _MOST_THIN_AT_16:
        yield Fault(FaultKind.THIN, 30, f"{AT_16} its thin strokes fade: use the small drawing")


def _check_gaps(picture: Picture) -> Iterator[Fault]:
    if picture.closed(32) > _MOST_CLOSED_AT_32:
        yield Fault(FaultKind.NARROW, 100, f"{AT_32} its gaps close up: use the small drawing")
    elif picture.closed(16) > _MOST_CLOSED_AT_16:
        yield Fault(FaultKind.NARROW, 30, f"{AT_16} its gaps close up: use the small drawing")
    elif picture.clogged(32) > _MOST_CLOGGED_AT_32:
        yield Fault(FaultKind.CLOGGED, 60, f"{AT_32} what is open in it fills up: use the small drawing")
    elif picture.clogged(16) > _MOST_CLOGGED_AT_16:
        yield Fault(FaultKind.CLOGGED, 20, f"{AT_16} what is open in it fills up: use the small drawing")


def count_points(paths: Sequence[Path]) -> int:
    """Return the number of anchor points of some outlines: where a side or a curve ends."""
    return sum(verb is not PathVerb.CLOSE for path in paths for verb in path.verbs)


def check_points(layers: Sequence[Layer]) -> tuple[Fault, ...]:
    """Return whether a mark, from which no further point can be spared, has too many of them."""
    points = count_points([layer.path for layer in layers if layer.ink is not Ink.TINT])
    words = f"its mark has {points} points: too intricate to be cut or stitched"
    return (Fault(FaultKind.INTRICATE, 100, words),) if points > MOST_POINTS else ()


def _check_crumbs(paths: Sequence[Path]) -> Iterator[Fault]:
    box = bounds(paths)
    least = (max(box.width, box.height) * _CRUMB / 1000) ** 2
    crumbs = sum(inked_area(contour) < least for path in paths for contour in path.contours)
    if crumbs:
        yield Fault(FaultKind.CRUMBS, 60, "its mark has parts too small to be printed")


class _Circle(NamedTuple):
    """Radius and centre in tenths of a thousandth of the mark's side."""

    radius: int
    x: int
    y: int
    solid: bool


def _check_radii(paths: Sequence[Path]) -> Iterator[Fault]:
    """Look for two circles, both solid or both holes, that are almost of one size: 48 and 50 look like a mistake."""
    box = bounds(paths)
    scale = 10_000 / max(box.width, box.height)
    circles = sorted(circle for path in paths for contour in path.contours if (circle := _circle(contour, scale)))
    for one, other in pairwise(circles):
        more = 1000 * (other.radius - one.radius)
        if one.solid is other.solid and _SAME_RADIUS * one.radius < more < _OTHER_RADIUS * one.radius:
            yield Fault(FaultKind.RADII, 50)
            return


def _circle(contour: Path, scale: float) -> _Circle | None:
    """Return a contour as a circle if it is one, within a hundredth."""
    left, top, right, bottom = (round(side * scale) for side in contour.bounds)
    width, height = right - left, bottom - top
    if width <= 0 or abs(width - height) * 1000 > _CIRCLE * width:
        return None
    area, round_area = round(inked_area(contour) * scale * scale), width * height * _PI_QUARTER // 1_000_000
    if abs(area - round_area) * 1000 > _CIRCLE * round_area:
        return None
    return _Circle(width // 2, (left + right) // 2, (top + bottom) // 2, bool(contour.clockwise))


class _Side(NamedTuple):
    """The direction and length of a straight side, in tenths of a thousandth of the mark's side."""

    dx: int
    dy: int

    def is_near(self, other: "_Side") -> bool:
        """Whether it runs almost, and not quite, the same way or the opposite one."""
        return _SAME_DIRECTION < self._sine(other) < _OTHER_DIRECTION

    def is_mirror(self, other: "_Side") -> bool:
        return self._sine(_Side(-other.dx, other.dy)) <= _SAME_DIRECTION

    def _sine(self, other: "_Side") -> int:
        """Return the sine of the angle between two sides, in ten thousandths."""
        cross = abs(self.dx * other.dy - self.dy * other.dx)
        lengths = (self.dx**2 + self.dy**2) * (other.dx**2 + other.dy**2)
        # Squares are compared, as a root would have to be rounded.
        return _root(10**8 * cross * cross // max(1, lengths))


def _root(value: int) -> int:
    """Return the whole part of a square root (Newton's iteration)."""
    if value < 2:
        return value
    guess = 1 << (value.bit_length() + 1) // 2
    while (better := (guess + value // guess) // 2) < guess:
        guess = better
    return guess


def _check_angles(paths: Sequence[Path]) -> Iterator[Fault]:
    """Look for a long side that is almost upright or level, or almost parallel to one of another part.

    A taper is meant: two sides that mirror each other lean by as much.
    """
    box = bounds(paths)
    scale = 10_000 / max(box.width, box.height)
    parts = [_long_sides(contour, scale) for path in paths for contour in path.contours]
    sides = list(dict.fromkeys(side for part in parts for side in part))
    slanted = [side for side in sides if side.is_near(_Side(1, 0)) or side.is_near(_Side(0, 1))]
    alone = any(not any(side.is_mirror(other) for other in sides if other != side) for side in slanted)
    apart = any(
        one.is_near(other) and not one.is_mirror(other)
        for part, another in combinations(parts, 2)
        for one in part
        for other in another
    )
    if alone or apart:
        yield Fault(FaultKind.ANGLES, 15)


def _long_sides(contour: Path, scale: float) -> list[_Side]:
    found: list[_Side] = []
    start = before = (0.0, 0.0)
    for verb, points in contour:
        after = start if verb is PathVerb.CLOSE else points[-1]
        if verb is PathVerb.MOVE:
            start = after
        elif verb in (PathVerb.LINE, PathVerb.CLOSE):
            side = _Side(round((after[0] - before[0]) * scale), round((after[1] - before[1]) * scale))
            if side.dx**2 + side.dy**2 >= (10 * _LONG_SIDE) ** 2:
                found.append(side)
        before = after
    return found


def check_centre(framed: Sequence[Layer], picture: Picture) -> tuple[Fault, ...]:
    """Return whether what stands in a frame leans out of its middle.

    Args:
        framed: the frame, in the ink of the accent, and the mark in it.
        picture: of the mark alone.
    """
    content = [layer for layer in framed[1:] if layer.ink is not Ink.TINT]
    if not content or picture.empty:
        return ()
    ring, mark = layer_bounds(framed[:1]), layer_bounds(content)
    share = max(mark.width, mark.height) / max(ring.width, ring.height)
    off = picture.imbalance * share
    return (Fault(FaultKind.LEANING, 40),) if off > _MOST_LEANING else ()
