"""Emblems: mark and name inside one shape: a seal with the name on its ring, a crest with it below the mark.

Every emblem lies in a square of `SIDE` units. A solid emblem is one shape with mark and type cut
out of it; an open one is drawn in lines.
"""

import math
from collections.abc import Sequence
from typing import Final

from pathops import Path

from blazon.design import FrameShape
from blazon.draw.frames import frame, frame_line, set_on_arc
from blazon.draw.lettering import Lettering
from blazon.draw.lockups import TextBlock, text_block
from blazon.draw.outline import (
    Box,
    Ink,
    Layer,
    circle,
    layer_bounds,
    move_path,
    regular_polygon,
    rotate_path,
    scale_path,
    stroke_path,
    subtract_paths,
    union,
)
from blazon.draw.treatments import SIDE, fit_layers

SEAL_SHAPES: Final = (FrameShape.CIRCLE, FrameShape.BADGE)
_SQUARE: Final = Box(0, 0, SIDE, SIDE)
_CENTRE: Final = (SIDE / 2, SIDE / 2)
_RIM: Final = 26.0
_ARC_LINE: Final = 9.0
_AIR: Final = 44.0
_CAP: Final = 82.0
# Share of the circle that type may take: all but a gap at the bottom, or a little over the upper half.
_ALONE: Final = 0.74
_SHARED: Final = 0.56
_SLOGAN_SHARE: Final = 0.30

# Where mark and name stand inside a crest: as wide as the shape is at the height of the name.
_ROOMS: Final = {
    FrameShape.SQUIRCLE: Box(130, 150, 870, 850),
    FrameShape.HEXAGON: Box(195, 160, 805, 750),
    FrameShape.SHIELD: Box(205, 130, 795, 730),
}


def emblem(
    mark: Sequence[Layer],
    name: Sequence[Lettering],
    slogan: Lettering | None,
    shape: FrameShape | None,
    *,
    solid: bool,
) -> tuple[Layer, ...]:
    """Return an emblem; circles and badges become seals, the other shapes crests."""
    shape = shape or FrameShape.CIRCLE
    if shape in SEAL_SHAPES:
        return _seal(mark, name[0], slogan, shape, solid=solid)
    return _crest(mark, text_block(name, slogan, centred=True), shape, solid=solid)


def _seal(
    mark: Sequence[Layer], name: Lettering, slogan: Lettering | None, shape: FrameShape, *, solid: bool
) -> tuple[Layer, ...]:
    outer, inner = _band(shape)
    band = (outer + inner) / 2
    cap = min(_CAP, (outer - inner) * 0.56)
    type_layers = [Layer(_arc(name, band, cap, _SHARED if slogan else _ALONE, top=True), Ink.NAME)]
    if slogan is not None:
        type_layers.append(Layer(_arc(slogan, band, cap * 0.68, _SLOGAN_SHARE, top=False), Ink.SLOGAN))
    ornaments = Layer(_ornaments(type_layers, band, cap), Ink.ACCENT)
    inside = _fit_in_circle(mark, inner - _AIR)
    if solid:
        disc = circle(_CENTRE, inner)
        ground = subtract_paths(frame(shape, _SQUARE), union([layer.path for layer in (*type_layers, ornaments)]))
        ring = subtract_paths(disc, circle(_CENTRE, inner - 12))
        cut = union([ring, *(layer.path for layer in inside if layer.ink is not Ink.TINT)])
        return (Layer(subtract_paths(ground, cut), Ink.MARK),)
    rim = Layer(frame_line(shape, _SQUARE, _RIM), Ink.MARK)
    ring = Layer(subtract_paths(circle(_CENTRE, inner), circle(_CENTRE, inner - 10)), Ink.MARK)
    return (rim, ring, *type_layers, ornaments, *inside)


def _band(shape: FrameShape) -> tuple[float, float]:
    """Return the outer and inner radius of the band in which a seal's type stands."""
    if shape is FrameShape.CIRCLE:
        return SIDE / 2 - _RIM, 318.0
    # The valleys of a badge's edge reach further in.
    return SIDE / 2 - 3.1 * _RIM, 276.0


def _fit_in_circle(mark: Sequence[Layer], radius: float) -> tuple[Layer, ...]:
    """Centre a mark in the seal as large as a circle of `radius` holds it, corners and all."""
    (x, y), half = _CENTRE, 0.86 * radius
    inside = fit_layers(mark, Box(x - half, y - half, x + half, y + half))
    reach = max(math.dist(point, _CENTRE) for layer in inside for point in layer.path.points)
    if reach <= radius:
        return inside
    return tuple(Layer(scale_path(layer.path, radius / reach, _CENTRE), layer.ink) for layer in inside)


def _arc(line: Lettering, radius: float, cap: float, share: float, *, top: bool) -> Path:
    """Bend a line around the circle, its capitals `cap` high, less if it took more than `share` of the way."""
    line_cap = line.cap_height or line.ascender
    longest = share * 2 * math.pi * radius
    scale = min(cap / line_cap, longest / line.ink.width)
    baseline = radius - scale * line_cap / 2 if top else radius + scale * line_cap / 2
    middle = line.ink.centre[0]
    glyphs = [
        (scale_path(move_path(letter.path, -middle, 0), scale), (letter.centre - middle) * scale)
        for letter in line.letters
    ]
    return set_on_arc(glyphs, _CENTRE, baseline, top)


def _ornaments(words: Sequence[Layer], band: float, cap: float) -> Path:
    """Close the ring: a diamond on each side between two lines, or below a single one with a thin line to its ends."""
    size = 0.30 * cap
    name_end = _end_angle(words[0], band, cap)
    if len(words) > 1:
        at = (name_end + 180 - _end_angle(words[1], band, 0.68 * cap)) / 2
        return union([_diamond(band, side * at, size) for side in (-1, 1)])
    gap = math.degrees(0.75 * cap / band)
    if 180 - name_end < 3 * gap:
        return _diamond(band, 180, size)
    lines = [_arc_line(band, side * (name_end + gap), side * (180 - gap)) for side in (-1, 1)]
    return union([_diamond(band, 180, size), *lines])


def _end_angle(words: Layer, band: float, cap: float) -> float:
    """Return how far, in degrees from its middle, a bent line reaches on both sides, at most 175."""
    box = layer_bounds([words])
    y = _CENTRE[1]
    if words.ink is Ink.NAME and box.bottom > y:
        # Past the horizontal: the lowest ink says where the line ends.
        return min(175.0, 90 + math.degrees(math.asin(min(1.0, (box.bottom - y) / (band + cap / 2)))))
    return math.degrees(math.asin(min(1.0, box.width / 2 / (band + cap / 2))))


def _diamond(radius: float, degrees: float, size: float) -> Path:
    """Return a diamond on the ring, `degrees` clockwise from the top."""
    angle = math.radians(degrees)
    centre = _CENTRE[0] + radius * math.sin(angle), _CENTRE[1] - radius * math.cos(angle)
    return rotate_path(regular_polygon(centre, size, 4), degrees, centre)


def _arc_line(radius: float, start: float, end: float) -> Path:
    """Return a thin line along the ring from `start` to `end` degrees clockwise from the top."""
    steps = max(2, round(abs(end - start) / 15))
    angles = [math.radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    half = (angles[1] - angles[0]) / 2
    line = Path()
    line.moveTo(*_ring_point(radius, angles[0]))
    for angle in angles[1:]:
        # One quadratic for each step: its control point lies where the tangents at both ends meet.
        line.quadTo(*_ring_point(radius / math.cos(half), angle - half), *_ring_point(radius, angle))
    return stroke_path(line, _ARC_LINE)


def _ring_point(radius: float, angle: float) -> tuple[float, float]:
    return _CENTRE[0] + radius * math.sin(angle), _CENTRE[1] - radius * math.cos(angle)


def _crest(mark: Sequence[Layer], text: TextBlock, shape: FrameShape, *, solid: bool) -> tuple[Layer, ...]:
    room = _ROOMS[shape]
    text_height = min(0.34 * room.height, text.box.height * room.width / text.box.width)
    factor = text_height / text.box.height
    gap = max(0.07 * room.height, 0.5 * text.cap * factor)
    side = min(room.height - text_height - gap, room.width)
    top = room.top + (room.height - side - gap - text_height) / 2
    x = room.centre[0]
    inside = fit_layers(mark, Box(x - side / 2, top, x + side / 2, top + side))
    to_x, to_y = x - factor * text.box.centre[0], top + side + gap - factor * text.box.top
    words = [Layer(move_path(scale_path(layer.path, factor), to_x, to_y), layer.ink) for layer in text.layers]
    if solid:
        cut = union([layer.path for layer in (*inside, *words) if layer.ink is not Ink.TINT])
        return (Layer(subtract_paths(frame(shape, _SQUARE), cut), Ink.MARK),)
    return (Layer(frame_line(shape, _SQUARE, _RIM), Ink.MARK), *inside, *words)
