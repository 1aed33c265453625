"""Curves from formulas: arcs, sectors, rounded polygons and smooth curves, as exact outlines without booleans.

Angles are in degrees, clockwise on screen from the right (y down): -90 is the top.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from pathops import Path

from blazon.draw.outline import Box, Point, circle, intersected, polygon

Curve = Callable[[float], Point]
"""A parametric curve: a number to a point."""

ORIGIN: Point = (0.0, 0.0)
# Step of the central differences that give tangents; parameters are of the order of 1 to 10.
_STEP = 1e-5


def polar(radius: float, angle: float, centre: Point = ORIGIN) -> Point:
    """Return the point at `radius` and `angle` about `centre`."""
    turn = math.radians(angle)
    return centre[0] + radius * math.cos(turn), centre[1] + radius * math.sin(turn)


def gathered(parts: Iterable[Path]) -> Path:
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
    return gathered([circle(centre, outer), hole])


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
    return [_meeting(lines[index - 1], lines[index]) for index in range(count)]


def _meeting(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> Point:
    (ax, ay, adx, ady), (bx, by, bdx, bdy) = one, other
    along = ((bx - ax) * bdy - (by - ay) * bdx) / (adx * bdy - ady * bdx)
    return ax + along * adx, ay + along * ady


def tangent(curve: Curve, at: float) -> Point:
    (ax, ay), (bx, by) = curve(at - _STEP), curve(at + _STEP)
    return (bx - ax) / (2 * _STEP), (by - ay) / (2 * _STEP)


def beside(curve: Curve, distance: float) -> Curve:
    """Return the curve that runs `distance` to the right of another (on screen, looking ahead)."""

    def parallel(at: float) -> Point:
        (x, y), (dx, dy) = curve(at), tangent(curve, at)
        length = math.hypot(dx, dy)
        return x - dy / length * distance, y + dx / length * distance

    return parallel


def curve_to(path: Path, curve: Curve, start: float, end: float, steps: int) -> None:
    """Continue `path`, which must be at the start of it, along a curve, by cubic Hermite pieces."""
    span = (end - start) / steps
    knots = [start + index * span for index in range(steps + 1)]
    for a, b in pairwise([(curve(at), tangent(curve, at)) for at in knots]):
        (ax, ay), (adx, ady) = a
        (bx, by), (bdx, bdy) = b
        third = span / 3
        path.cubicTo(ax + adx * third, ay + ady * third, bx - bdx * third, by - bdy * third, bx, by)


def closed_curve(curve: Curve, period: float, steps: int) -> Path:
    """Return the area inside a curve that comes back to its start after `period`."""
    path = Path()
    path.moveTo(*curve(0.0))
    curve_to(path, curve, 0.0, period, steps)
    path.close()
    return path


def ribbon(curve: Curve, width: float, start: float, end: float, steps: int) -> Path:
    """Return a curve drawn with a pen of even `width`, its ends cut square."""
    left, right = beside(curve, -width / 2), beside(curve, width / 2)
    path = Path()
    path.moveTo(*left(start))
    curve_to(path, left, start, end, steps)
    path.lineTo(*right(end))
    curve_to(path, right, end, start, steps)
    path.close()
    return path


def superellipse(half_width: float, half_height: float, exponent: float, centre: Point = ORIGIN) -> Path:
    """Return |x/a|^n + |y/b|^n = 1 (G. Lamé): between ellipse (n = 2) and rectangle, with no jump in curvature."""

    def outline(turn: float) -> Point:
        cos, sin = math.cos(turn), math.sin(turn)
        radius = (abs(cos) ** exponent + abs(sin) ** exponent) ** (-1 / exponent)
        return centre[0] + half_width * radius * cos, centre[1] + half_height * radius * sin

    return closed_curve(outline, math.tau, 32)


def clipped(shape: Path, boxes: Iterable[Box]) -> list[Path]:
    """Return what of `shape` lies in each box."""
    return [
        intersected(shape, polygon([(b.left, b.top), (b.right, b.top), (b.right, b.bottom), (b.left, b.bottom)]))
        for b in boxes
    ]
