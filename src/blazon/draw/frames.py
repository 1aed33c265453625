"""Frames: the shapes around a framed mark and behind a knocked-out one, and type set on a circle."""

import math
from collections.abc import Sequence
from typing import Final

from pathops import Path

from blazon.design import FrameShape
from blazon.draw.curves import arc_to, combine_paths, polar, rounded_polygon, superellipse
from blazon.draw.outline import Box, Point, bounds, circle, intersect_paths, move_path, rotate_path, stroke_path

# A superellipse of exponent 5 is the rounded square of today's app icons; 4 still looks swollen.
_SQUIRCLE_EXPONENT: Final = 5.0
# The edge of the seal: how many bumps, and the radii of bump and valley as shares of half the box.
_BUMPS: Final = 16
_BUMP: Final = 0.19
_VALLEY: Final = 0.05

# Where a mark sits comfortably, as shares of the frame's box: centre x, centre y, side.
_CONTENT: Final = {
    FrameShape.CIRCLE: (0.5, 0.5, 0.62),
    FrameShape.SQUIRCLE: (0.5, 0.5, 0.66),
    FrameShape.HEXAGON: (0.5, 0.5, 0.57),
    FrameShape.SHIELD: (0.5, 0.445, 0.57),
    FrameShape.BADGE: (0.5, 0.5, 0.58),
}


def frame(shape: FrameShape, box: Box) -> Path:
    """Return the filled outline of a frame, as large as it fits centred in a square `box`."""
    centre, half = box.centre, min(box.width, box.height) / 2
    match shape:
        case FrameShape.CIRCLE:
            return circle(centre, half)
        case FrameShape.SQUIRCLE:
            return superellipse(half, half, _SQUIRCLE_EXPONENT, centre)
        case FrameShape.HEXAGON:
            return _hexagon(centre, half)
        case FrameShape.SHIELD:
            return _shield(centre, half)
        case FrameShape.BADGE:
            return _badge(centre, half)


def frame_line(shape: FrameShape, box: Box, width: float) -> Path:
    """Return a frame as a line of even `width` inside its outline."""
    outline = frame(shape, box)
    return intersect_paths(outline, stroke_path(outline, 2 * width))


def content_box(shape: FrameShape, box: Box) -> Box:
    """Return the square in which a mark inside a frame sits comfortably, centred where the eye sees the middle."""
    x, y, side = _CONTENT[shape]
    full = min(box.width, box.height)
    left, top = box.centre[0] - full / 2, box.centre[1] - full / 2
    half = side * full / 2
    return Box(left + x * full - half, top + y * full - half, left + x * full + half, top + y * full + half)


def _hexagon(centre: Point, half: float) -> Path:
    radius = 0.16 * half
    # Rounding by r takes r (1 / cos 30 - 1) off each corner; start from a hexagon larger by that.
    reach = half + radius * (1 / math.cos(math.radians(30)) - 1)
    return rounded_polygon([polar(reach, -90 + 60 * corner, centre) for corner in range(6)], radius)


def _shield(centre: Point, half: float) -> Path:
    """Return a heater shield: straight flanks for a third, then two curves that meet in a point."""
    x, y = centre
    wide, corner = 0.87 * half, 0.10 * half
    top, bend, tip = y - half, y - 0.18 * half, y + half
    path = Path()
    path.moveTo(x, tip)
    path.cubicTo(x - 0.52 * wide, tip - 0.20 * half, x - wide, y + 0.42 * half, x - wide, bend)
    path.lineTo(x - wide, top + corner)
    arc_to(path, (x - wide + corner, top + corner), corner, 180, 270)
    path.lineTo(x + wide - corner, top)
    arc_to(path, (x + wide - corner, top + corner), corner, 270, 360)
    path.lineTo(x + wide, bend)
    path.cubicTo(x + wide, y + 0.42 * half, x + 0.52 * wide, tip - 0.20 * half, x, tip)
    path.close()
    return path


def _badge(centre: Point, half: float) -> Path:
    """Return a seal: round bumps all along the edge, the valleys between them filleted."""
    bump, valley, step = _BUMP * half, _VALLEY * half, 360 / _BUMPS
    bump_ring = half - bump
    across = bump_ring * math.sin(math.radians(step / 2))
    # A fillet touches the two bumps beside it, so its centre is bump + valley away from both of theirs.
    valley_ring = bump_ring * math.cos(math.radians(step / 2)) + math.sqrt((bump + valley) ** 2 - across**2)
    lean = math.degrees(math.asin(valley_ring * math.sin(math.radians(step / 2)) / (bump + valley)))
    path = Path()
    path.moveTo(*polar(bump, -90 - lean, polar(bump_ring, -90, centre)))
    for index in range(_BUMPS):
        at = -90 + index * step
        arc_to(path, polar(bump_ring, at, centre), bump, at - lean, at + lean)
        end = at + lean + 180
        arc_to(path, polar(valley_ring, at + step / 2, centre), valley, end, end - 2 * lean + step)
    path.close()
    return path


def set_on_arc(
    glyphs: Sequence[tuple[Path, float]], centre: Point, radius: float, top: bool, *, even_at: float | None = None
) -> Path:
    """Return a line of type set on a circle: each glyph turned, none bent.

    Args:
        glyphs: each outline where it stands in the straight line (y down, baseline at y = 0) and
            the x of the middle of its advance, around which it turns.
        centre: of the circle.
        radius: of the baseline.
        top: whether the line runs clockwise over the top, its feet to the centre, or anti-clockwise
            along the bottom, its heads to the centre. The middle of the ink comes to the top or bottom.
        even_at: the radius at which letters stand as far apart as in the straight line, by default that of the
            baseline. Along the bottom their heads come closer by that.
    """
    ink = bounds(path for path, _ in glyphs)
    middle = (ink.left + ink.right) / 2
    side = 1 if top else -1
    placed = []
    for path, x in glyphs:
        turn = side * math.degrees((x - middle) / (even_at or radius))
        foot = polar(side * radius, turn - 90, centre)
        placed.append(move_path(rotate_path(move_path(path, -x, 0), turn), *foot))
    return combine_paths(placed)
