"""Curves from formulas: arcs, sectors, rounded polygons and smooth curves, as exact outlines without booleans.

Angles are in degrees, clockwise on screen from the right (y down): -90 is the top.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Final

from pathops import Path

from blazon.draw.outline import Point, circle

Curve = Callable[[float], Point]
"""A parametric curve: a number to a point."""

ORIGIN: Point = (0.0, 0.0)
# Step of the central differences; parameters are of the order of 1, so doubles keep 8 digits of a curvature.
_STEP: Final = 1e-4


def polar(radius: float, angle: float, centre: Point = ORIGIN) -> Point:
    """Return the point at `radius` and `angle` about `centre`."""
    turn = math.radians(angle)
    return centre[0] + radius * math.cos(turn), centre[1] + radius * math.sin(turn)


def combine_paths(parts: Iterable[Path]) -> Path:
    """Return parts that do not overlap as one outline."""
    path = Path()
    for part in parts:
        path.addPath(part)
    return path


def arc_to(path: Path, centre: Point, radius: float, start: float, end: float) -> None:
    """Continue `path`, which must be at the start of it, by an arc from one angle to another."""
    count = max(1, math.ceil(abs(end - start) / 90 - 1e-9))
    step = (end - start) / count
    handle = radius * 4 / 3 * math.tan(math.radians(step) / 4)
    for index in range(count):
        a, b = start + index * step, start + (index + 1) * step
        (ax, ay), (bx, by) = polar(radius, a, centre), polar(radius, b, centre)
        (dax, day), (dbx, dby) = polar(handle, a + 90), polar(handle, b + 90)
        path.cubicTo(ax + dax, ay + day, bx - dbx, by - dby, bx, by)


def ring(centre: Point, outer: float, inner: float) -> Path:
    """Return the area between two circles."""
    hole = circle(centre, inner)
    hole.reverse()
    return combine_paths([circle(centre, outer), hole])


def sector(inner: float, outer: float, start: float, end: float, gap: float = 0.0, centre: Point = ORIGIN) -> Path:
    """Return a piece of a ring, or of a disc if `inner` is 0, from one angle to another.

    Its straight sides are moved inwards by half of `gap`, parallel to the radius, so that
    neighbours stand exactly `gap` apart.
    """
    path, half = Path(), gap / 2
    outer_lean = math.degrees(math.asin(half / outer))
    path.moveTo(*polar(outer, start + outer_lean, centre))
    arc_to(path, centre, outer, start + outer_lean, end - outer_lean)
    if inner > half / math.sin(math.radians(min(end - start, 180.0) / 2)):
        lean = math.degrees(math.asin(half / inner))
        path.lineTo(*polar(inner, end - lean, centre))
        arc_to(path, centre, inner, end - lean, start + lean)
    else:
        tip = half / math.sin(math.radians((end - start) / 2))
        path.lineTo(*polar(tip, (start + end) / 2, centre))
    path.close()
    return path


def arc_band(radius: float, width: float, start: float, end: float, centre: Point = ORIGIN) -> Path:
    """Return an arc drawn with a round pen; the round ends reach beyond its two angles."""
    inner, outer, half = radius - width / 2, radius + width / 2, width / 2
    path = Path()
    path.moveTo(*polar(outer, start, centre))
    arc_to(path, centre, outer, start, end)
    arc_to(path, polar(radius, end, centre), half, end, end + 180)
    path.lineTo(*polar(inner, end, centre))
    arc_to(path, centre, inner, end, start)
    arc_to(path, polar(radius, start, centre), half, start + 180, start + 360)
    path.close()
    return path


def lens(start: Point, end: Point, width: float) -> Path:
    """Return the leaf between two points: two equal arcs, `width` apart in the middle."""
    length, half = math.dist(start, end), width / 2
    radius = (length * length / 4 + half * half) / (2 * half)
    heading = math.degrees(math.atan2(end[1] - start[1], end[0] - start[0]))
    reach = math.degrees(math.asin(length / 2 / radius))
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    path = Path()
    path.moveTo(*start)
    arc_to(path, polar(radius - half, heading + 90, middle), radius, heading - 90 - reach, heading - 90 + reach)
    arc_to(path, polar(radius - half, heading - 90, middle), radius, heading + 90 - reach, heading + 90 + reach)
    path.close()
    return path


def rounded_polygon(points: Sequence[Point], radius: float) -> Path:
    """Return a convex polygon, given clockwise on screen, whose corners are arcs of `radius`."""
    path = Path()
    count = len(points)
    for index, corner in enumerate(points):
        before, after = points[index - 1], points[(index + 1) % count]
        heading_in = math.degrees(math.atan2(corner[1] - before[1], corner[0] - before[0]))
        heading_out = math.degrees(math.atan2(after[1] - corner[1], after[0] - corner[0]))
        turn = (heading_out - heading_in) % 360
        cut = radius * math.tan(math.radians(turn) / 2)
        start = polar(-cut, heading_in, corner)
        if index:
            path.lineTo(*start)
        else:
            path.moveTo(*start)
        if radius:
            arc_to(path, polar(radius, heading_in + 90, start), radius, heading_in - 90, heading_in - 90 + turn)
    path.close()
    return path


def inset_polygon(points: Sequence[Point], by: float) -> list[Point]:
    """Return the corners of a polygon, given clockwise on screen, whose sides are moved inwards by `by`."""
    count = len(points)
    lines = []
    for index, (x, y) in enumerate(points):
        to_x, to_y = points[(index + 1) % count]
        length = math.hypot(to_x - x, to_y - y)
        dx, dy = (to_x - x) / length, (to_y - y) / length
        lines.append((x - by * dy, y + by * dx, dx, dy))
    return [_intersect_lines(lines[index - 1], lines[index]) for index in range(count)]


def _intersect_lines(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> Point:
    (ax, ay, adx, ady), (bx, by, bdx, bdy) = one, other
    along = ((bx - ax) * bdy - (by - ay) * bdx) / (adx * bdy - ady * bdx)
    return ax + along * adx, ay + along * ady


def _motion(curve: Curve, at: float) -> tuple[Point, Point, Point]:
    """Return point, velocity and acceleration, the last two by central differences."""
    (ax, ay), (x, y), (bx, by) = curve(at - _STEP), curve(at), curve(at + _STEP)
    velocity = (bx - ax) / (2 * _STEP), (by - ay) / (2 * _STEP)
    return (x, y), velocity, ((bx - 2 * x + ax) / _STEP**2, (by - 2 * y + ay) / _STEP**2)


def _hermite_to(path: Path, knots: Sequence[tuple[Point, Point]], step: float) -> None:
    """Continue `path`, which must be at the first knot, through points with given velocities."""
    third = step / 3
    for ((ax, ay), (adx, ady)), ((bx, by), (bdx, bdy)) in pairwise(knots):
        path.cubicTo(ax + adx * third, ay + ady * third, bx - bdx * third, by - bdy * third, bx, by)


def curve_to(path: Path, curve: Curve, start: float, end: float, steps: int) -> None:
    """Continue `path`, which must be at the start of it, along a curve, by cubic Hermite pieces."""
    step = (end - start) / steps
    motions = [_motion(curve, start + index * step) for index in range(steps + 1)]
    _hermite_to(path, [(point, velocity) for point, velocity, _ in motions], step)


def closed_curve(curve: Curve, period: float, steps: int) -> Path:
    """Return the area inside a curve that comes back to its start after `period`."""
    path = Path()
    path.moveTo(*curve(0.0))
    curve_to(path, curve, 0.0, period, steps)
    path.close()
    return path


def ribbon(curve: Curve, width: float, start: float, end: float, steps: int) -> Path:
    """Return a curve drawn with a pen of even `width`, its ends cut square."""
    step = (end - start) / steps
    motions = [_motion(curve, start + index * step) for index in range(steps + 1)]
    left = [_beside(motion, -width / 2) for motion in motions]
    right = [_beside(motion, width / 2) for motion in reversed(motions)]
    path = Path()
    path.moveTo(*left[0][0])
    _hermite_to(path, left, step)
    path.lineTo(*right[0][0])
    _hermite_to(path, right, -step)
    path.close()
    return path


def _beside(motion: tuple[Point, Point, Point], distance: float) -> tuple[Point, Point]:
    """Return point and velocity of the parallel curve, `distance` to the right on screen, looking ahead.

    The velocity of a parallel curve is that of the curve times 1 - distance * curvature.
    """
    (x, y), (dx, dy), (ddx, ddy) = motion
    speed = math.hypot(dx, dy)
    stretch = 1 - distance * (dx * ddy - dy * ddx) / speed**3
    return (x - dy / speed * distance, y + dx / speed * distance), (dx * stretch, dy * stretch)


def superellipse(half_width: float, half_height: float, exponent: float, centre: Point = ORIGIN) -> Path:
    """Return |x/a|^n + |y/b|^n = 1 (G. Lamé): between ellipse (n = 2) and rectangle, with no jump in curvature."""

    def outline(turn: float) -> Point:
        cos, sin = math.cos(turn), math.sin(turn)
        radius = (abs(cos) ** exponent + abs(sin) ** exponent) ** (-1 / exponent)
        return centre[0] + half_width * radius * cos, centre[1] + half_height * radius * sin

    return closed_curve(outline, math.tau, 32)
