"""Emblems: mark and name inside one shape: a seal with the name on its ring, a crest with it below the mark.

Every emblem lies in a square of `SIDE` units. A solid emblem is one shape with mark and type cut
out of it; an open one is drawn in lines.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from pathops import Path

from blazon.design import FrameShape
from blazon.draw.frames import frame, frame_line, set_on_arc
from blazon.draw.lettering import Lettering
from blazon.draw.lockups import EMBLEM_SHARE, TextBlock, read_height, text_block
from blazon.draw.outline import (
    Box,
    Ink,
    Layer,
    Point,
    bounds,
    circle,
    intersect_paths,
    layer_bounds,
    move_path,
    rectangle,
    regular_polygon,
    rotate_path,
    scale_path,
    stroke_path,
    subtract_paths,
    union,
)
from blazon.draw.treatments import SIDE, fit_layers
from blazon.draw.wording import Words

SEAL_SHAPES: Final = (FrameShape.CIRCLE, FrameShape.BADGE)
_SQUARE: Final = Box(0, 0, SIDE, SIDE)
_CENTRE: Final = (SIDE / 2, SIDE / 2)
_RIM: Final = 26.0
_ARC_LINE: Final = 9.0
_AIR: Final = 44.0
_CAP: Final = 82.0
_FOOT: Final = 0.68
_DETAIL_CAP: Final = 46.0
# Between type on the ring, accents and all, and the edges of its band.
_BAND_AIR: Final = 12.0
# Between type in a crest and the line around it, and how often its size is corrected for that.
_CREST_AIR: Final = 48.0
_FITTINGS: Final = 3
# Letters lower than this, which are 7 px in a picture of 256 px, are not read.
LEGIBLE: Final = 7 / 256 * SIDE / EMBLEM_SHARE
# The least sizes of slogan and detail in a crest, in cap heights of the name, that are tried in turn.
_LEAST_SLOGANS: Final = (0.26, 0.45, 0.60, 0.75)
# Share of the circle that type may take: all but a gap at the bottom, or a little over the upper half.
_ALONE: Final = 0.74
_SHARED: Final = 0.56
_GAPS: Final = 0.14

# Where mark and name stand inside a crest: as wide as the shape is at the height of the name.
_ROOMS: Final = {
    FrameShape.SQUIRCLE: Box(130, 150, 870, 850),
    FrameShape.HEXAGON: Box(195, 160, 805, 750),
    FrameShape.SHIELD: Box(205, 130, 795, 730),
}


@dataclass(frozen=True, slots=True)
class Emblem:
    """The layers of an emblem; `left_out` says which words of it would have been too small: slogan, detail."""

    layers: tuple[Layer, ...]
    left_out: tuple[str, ...] = ()


def emblem(mark: Sequence[Layer], words: Words, shape: FrameShape | None, *, solid: bool) -> Emblem | None:
    """Return an emblem; circles and badges become seals, the other shapes crests.

    Words that would be too small to read at 256 px are left out. None if that is the name.
    """
    shape = shape or FrameShape.CIRCLE
    if shape in SEAL_SHAPES:
        return _seal(mark, words, shape, solid=solid)
    return _crest(mark, words, shape, solid=solid)


def _seal(mark: Sequence[Layer], words: Words, shape: FrameShape, *, solid: bool) -> Emblem | None:
    ring = _Ring.of(shape)
    foot, inside, left_out = _share_seal(words, ring)
    name = words.name[0]
    name_scale = ring.scale(name, ring.cap, _SHARED if foot else _ALONE)
    if name_scale * read_height(name) < LEGIBLE:
        return None
    type_layers = [Layer(ring.bend(name, name_scale, top=True), Ink.NAME)]
    foot_end = None
    if foot is not None:
        foot_scale = ring.foot_scale(foot, name)
        foot_end = ring.half_angle(foot, foot_scale, top=False)
        type_layers.append(Layer(ring.bend(foot, foot_scale, top=False), Ink.SLOGAN))
    ornaments = Layer(_ornaments(ring, ring.half_angle(name, name_scale, top=True), foot_end), Ink.ACCENT)
    content = _fill_disc(mark, inside, ring.inner - _AIR)
    if solid:
        disc = circle(_CENTRE, ring.inner)
        ground = subtract_paths(frame(shape, _SQUARE), union([layer.path for layer in (*type_layers, ornaments)]))
        line = subtract_paths(disc, circle(_CENTRE, ring.inner - 12))
        cut = union([line, *(layer.path for layer in content if layer.ink is not Ink.TINT)])
        return Emblem((Layer(subtract_paths(ground, cut), Ink.MARK),), left_out)
    rim = Layer(frame_line(shape, _SQUARE, _RIM), Ink.MARK)
    line = subtract_paths(circle(_CENTRE, ring.inner), circle(_CENTRE, ring.inner - 10))
    return Emblem((rim, Layer(line, Ink.MARK), *type_layers, ornaments, *content), left_out)


def _share_seal(words: Words, ring: "_Ring") -> tuple[Lettering | None, Lettering | None, tuple[str, ...]]:
    """Return what stands below on the ring and what inside under the mark, and what there is no room for."""
    slogan, detail = words.slogan[0] if words.slogan else None, words.detail
    left_out: tuple[str, ...] = ()
    if slogan is not None and ring.foot_scale(slogan, words.name[0]) * read_height(slogan) < LEGIBLE:
        slogan, left_out = None, ("slogan",)
    if detail is None:
        return slogan, None, left_out
    if slogan is None and ring.foot_scale(detail, words.name[0]) * read_height(detail) >= LEGIBLE:
        return detail, None, left_out
    if _detail_scale(detail, ring.inner - _AIR) * read_height(detail) >= LEGIBLE:
        return slogan, detail, left_out
    return slogan, None, (*left_out, "detail")


def _detail_scale(detail: Lettering, radius: float) -> float:
    """Return the scale of a line inside a seal, under its mark, in a disc of `radius`."""
    return min(_DETAIL_CAP / (detail.cap_height or detail.ascender), 1.25 * radius / detail.ink.width)


def _fill_disc(mark: Sequence[Layer], detail: Lettering | None, radius: float) -> tuple[Layer, ...]:
    """Return the mark in the disc of a seal, above a line of type if there is one."""
    x, y = _CENTRE
    if detail is None:
        return _fit_in_circle(mark, _CENTRE, radius)
    scale = _detail_scale(detail, radius)
    middle = -scale * detail.ink.centre[0]
    line = Layer(move_path(scale_path(detail.path, scale), x + middle, y + 0.74 * radius), Ink.SLOGAN)
    return (*_fit_in_circle(mark, (x, y - 0.22 * radius), 0.74 * radius), line)


@dataclass(frozen=True, slots=True)
class _Ring:
    """The band of a seal in which its type stands, between two radii."""

    outer: float
    inner: float

    @classmethod
    def of(cls, shape: FrameShape) -> "_Ring":
        if shape is FrameShape.CIRCLE:
            return cls(SIDE / 2 - _RIM, 318.0)
        # The valleys of a badge's edge reach further in.
        return cls(SIDE / 2 - 3.1 * _RIM, 276.0)

    @property
    def middle(self) -> float:
        return (self.outer + self.inner) / 2

    @property
    def cap(self) -> float:
        return min(_CAP, (self.outer - self.inner) * 0.56)

    def scale(self, line: Lettering, cap: float, share: float) -> float:
        """Return the scale of a line whose capitals are `cap` high, less if it took more than `share` of the way round.

        Accents above and below the capitals stay between the edges of the band.
        """
        longest = share * 2 * math.pi * self.middle
        high = self.outer - self.inner - 2 * _BAND_AIR
        return min(cap / (line.cap_height or line.ascender), longest / line.ink.width, high / line.ink.height)

    def foot_scale(self, line: Lettering, name: Lettering) -> float:
        """Return the scale of a line at the bottom, which has what the name at the top and two gaps leave it."""
        taken = self.scale(name, self.cap, _SHARED) * name.ink.width / (2 * math.pi * self.middle)
        return self.scale(line, _FOOT * self.cap, 1 - _GAPS - taken)

    def half_angle(self, line: Lettering, scale: float, *, top: bool) -> float:
        """Return how far a bent line reaches from its middle to either side, in degrees."""
        cap = scale * (line.cap_height or line.ascender)
        return math.degrees(scale * line.ink.width / 2 / (self.middle - cap / 2 if top else self.middle))

    def bend(self, line: Lettering, scale: float, *, top: bool) -> Path:
        """Bend a line around the circle, its capitals in the middle of the band as far as their accents allow."""
        half = scale * (line.cap_height or line.ascender) / 2
        above, below = -scale * line.ink.top, scale * line.ink.bottom
        low, high = self.inner + _BAND_AIR, self.outer - _BAND_AIR
        if top:
            baseline = min(max(self.middle - half, low + below), high - above)
        else:
            baseline = max(min(self.middle + half, high - below), low + above)
        middle = line.ink.centre[0]
        glyphs = [
            (scale_path(move_path(letter.path, -middle, 0), scale), (letter.centre - middle) * scale)
            for letter in line.letters
        ]
        # At the bottom it is the heads that would touch.
        return set_on_arc(glyphs, _CENTRE, baseline, top, even_at=None if top else self.middle)


def _fit_in_circle(mark: Sequence[Layer], centre: Point, radius: float) -> tuple[Layer, ...]:
    """Centre a mark as large as a circle of `radius` holds it, corners and all."""
    (x, y), half = centre, 0.86 * radius
    inside = fit_layers(mark, Box(x - half, y - half, x + half, y + half))
    reach = max(math.dist(point, centre) for layer in inside for point in layer.path.points)
    if reach <= radius:
        return inside
    return tuple(Layer(scale_path(layer.path, radius / reach, centre), layer.ink) for layer in inside)


def _ornaments(ring: _Ring, name_end: float, foot_end: float | None) -> Path:
    """Close the ring: a diamond on each side between two lines, or below a single one with a thin line to its ends.

    The ends are those of the lines, in degrees from their middle.
    """
    band, cap = ring.middle, ring.cap
    size = 0.30 * cap
    if foot_end is not None:
        at = (name_end + 180 - foot_end) / 2
        return union([_diamond(band, side * at, size) for side in (-1, 1)])
    gap = math.degrees(0.75 * cap / band)
    if 180 - name_end < 3 * gap:
        return _diamond(band, 180, size)
    lines = [_arc_line(band, side * (name_end + gap), side * (180 - gap)) for side in (-1, 1)]
    return union([_diamond(band, 180, size), *lines])


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


def _crest(mark: Sequence[Layer], words: Words, shape: FrameShape, *, solid: bool) -> Emblem | None:
    for kept, left_out in _shorten(words):
        for least in _LEAST_SLOGANS:
            text = text_block(kept, centred=True, least=least)
            factor = _text_factor(text, shape)
            if factor * text.read_height >= LEGIBLE:
                return Emblem(_draw_crest(mark, text, factor, shape, solid=solid), left_out)
    return None


def _shorten(words: Words) -> Iterator[tuple[Words, tuple[str, ...]]]:
    """Yield the words, and then fewer of them, each with what is left out."""
    yield words, ()
    if words.slogan:
        yield replace(words, slogan=()), ("slogan",)
    if words.detail:
        yield replace(words, detail=None), ("detail",)
    if words.slogan and words.detail:
        yield replace(words, slogan=(), detail=None), ("slogan", "detail")


def _text_factor(text: TextBlock, shape: FrameShape) -> float:
    """Return the scale at which each line keeps its distance from the edge of the shape, which narrows to its foot."""
    room = _ROOMS[shape]
    share = min(0.34 + 0.06 * (text.lines - 1), 0.52)
    factor = min(share * room.height / text.box.height, room.width / text.box.width)
    boxes = [layer_bounds([layer]) for layer in text.layers]
    for _ in range(_FITTINGS):
        _, _, (x, y) = _stand(text, factor, room)
        excess = max(
            max(abs(factor * side + x - _CENTRE[0]) for side in (box.left, box.right))
            / _half_width(shape, math.ceil(factor * box.bottom + y))
            for box in boxes
        )
        if excess <= 1:
            break
        factor /= excess
    return factor


@cache
def _half_width(shape: FrameShape, y: int) -> float:
    """Return how far type may reach from the middle of a shape at a height."""
    row = rectangle(Box(0, y, SIDE, y + 1))
    return bounds([intersect_paths(frame(shape, _SQUARE.inset(_RIM + _CREST_AIR)), row)]).width / 2


def _stand(text: TextBlock, factor: float, room: Box) -> tuple[float, float, Point]:
    """Return side and top of the square for the mark, and by what the scaled text below it is moved."""
    height = factor * text.box.height
    gap = max(0.07 * room.height, 0.5 * text.cap * factor)
    side = min(room.height - height - gap, room.width)
    top = room.top + (room.height - side - gap - height) / 2
    return side, top, (room.centre[0] - factor * text.box.centre[0], top + side + gap - factor * text.box.top)


def _draw_crest(
    mark: Sequence[Layer], text: TextBlock, factor: float, shape: FrameShape, *, solid: bool
) -> tuple[Layer, ...]:
    side, top, (to_x, to_y) = _stand(text, factor, _ROOMS[shape])
    x = _CENTRE[0]
    inside = fit_layers(mark, Box(x - side / 2, top, x + side / 2, top + side))
    words = [Layer(move_path(scale_path(layer.path, factor), to_x, to_y), layer.ink) for layer in text.layers]
    if solid:
        cut = union([layer.path for layer in (*inside, *words) if layer.ink is not Ink.TINT])
        return (Layer(subtract_paths(frame(shape, _SQUARE), cut), Ink.MARK),)
    return (Layer(frame_line(shape, _SQUARE, _RIM), Ink.MARK), *inside, *words)
