"""Badges with the name on a band: a ribbon, a plate across a diamond or a hexagon, the head of a shield."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from pathops import Path

from blazon.design import BadgePlan, FrameShape
from blazon.draw.badges.parts import (
    CENTRE,
    GAP,
    RIM,
    SMALL_CAP,
    Draft,
    Finish,
    cap_of,
    cut_out,
    fit_line,
    fit_mark,
    fit_small,
    grow_outline,
    place_line,
    plate,
    ribbon,
    shrink_into,
)
from blazon.draw.curves import rounded_polygon
from blazon.draw.frames import frame
from blazon.draw.lettering import Lettering
from blazon.draw.lockups import read_height
from blazon.draw.outline import (
    Box,
    Ink,
    Layer,
    Point,
    bounds,
    intersect_paths,
    rectangle,
    stroke_path,
    subtract_paths,
    union,
)
from blazon.draw.wording import Words

_AIR: Final = 34.0
_MARK_AIR: Final = 26.0
# Without small words the band stands lower and the mark is larger, so that the foot is not left empty.
_LOWER: Final = 66.0


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where the parts of a badge with a band stand.

    Args:
        shape: its shape; None for a diamond.
        box: of the shape.
        middle: the height of the middle of its band.
        name: the greatest width, and height of the capitals, of the name.
        mark: the height of the middle of the mark, and its side.
        small: the least height of the middle of the small words.
    """

    shape: FrameShape | None
    box: Box
    middle: float
    name: tuple[float, float]
    mark: tuple[float, float]
    small: float


_RIBBONS: Final = {
    FrameShape.CIRCLE: _Plan(FrameShape.CIRCLE, Box(75, 75, 925, 925), 600, (740, 96), (322, 380), 772),
    FrameShape.BADGE: _Plan(FrameShape.BADGE, Box(60, 60, 940, 940), 600, (740, 96), (330, 350), 768),
    FrameShape.HEXAGON: _Plan(FrameShape.HEXAGON, Box(75, 60, 925, 910), 590, (740, 96), (325, 370), 760),
    FrameShape.SHIELD: _Plan(FrameShape.SHIELD, Box(60, 40, 960, 940), 590, (740, 96), (305, 390), 740),
}
_DIAMOND: Final = _Plan(None, Box(20, 20, 980, 980), 615, (760, 100), (385, 400), 740)
_HEXAGON: Final = _Plan(FrameShape.HEXAGON, Box(60, 60, 940, 940), 620, (740, 96), (345, 380), 785)
_CHIEF: Final = _Plan(FrameShape.SHIELD, Box(0, 0, 1000, 1000), 150, (700, 112), (500, 400), 800)
_CHIEF_AIR: Final = 58.0
# Heights at which the width of a shape is measured.
_ROWS: Final = 100
_ROW: Final = 10.0


def draw_banded(
    mark: Sequence[Layer], words: Words, plan: BadgePlan, shape: FrameShape | None, finish: Finish
) -> Draft | None:
    """Return a badge with the name on a band; None if the small words do not fit below it."""
    if plan is BadgePlan.CHIEF:
        return _draw_chief(mark, words, finish)
    if plan is BadgePlan.PLATE:
        hexagon = shape is FrameShape.HEXAGON
        return _draw_across(mark, words, _HEXAGON if hexagon else _DIAMOND, finish, ribbons=False)
    room = _RIBBONS.get(shape or FrameShape.CIRCLE, _RIBBONS[FrameShape.CIRCLE])
    return _draw_across(mark, words, room, finish, ribbons=True)


def _draw_across(mark: Sequence[Layer], words: Words, room: _Plan, finish: Finish, *, ribbons: bool) -> Draft | None:
    name = words.name[0]
    lines = [line for line in (*words.slogan, words.detail) if line is not None]
    room = room if lines else _lower(room)
    scale = fit_line(name, *room.name)
    # The band is as high as the ink of its name needs, accents and descenders included.
    high = max(2.0 * scale * cap_of(name), scale * name.ink.height + 0.7 * scale * cap_of(name))
    half = max(scale * name.ink.width / 2 + 0.9 * scale * cap_of(name), room.box.width / 2 + 6)
    band = Box(CENTRE[0] - half, room.middle - high / 2, CENTRE[0] + half, room.middle + high / 2)
    cloth: tuple[Path, ...] = ribbon(band, 74, 30) if ribbons else (plate(band, 0.26 * high),)
    text = place_line(name, scale, CENTRE[0], _middle_of(name, scale, room.middle))
    below = _small_words(lines, room, max(room.small, band.bottom + 36 + SMALL_CAP / 2), finish)
    if below is None:
        return None
    small, least = below
    content = (*_fit_above(mark, room, band.top - 30), *small)
    held = grow_outline(union(cloth), GAP)
    printed = Layer(subtract_paths(cloth[0], text), Ink.ACCENT if finish is Finish.TWO_TONE else Ink.MARK)
    tails = [Layer(end, printed.ink) for end in cloth[1:]]
    shape = _dress(_outline(room), content, held, finish)
    return Draft((*shape, printed, *tails), min(least, scale * read_height(name)))


def _lower(room: _Plan) -> _Plan:
    (middle, side), by = room.mark, _LOWER
    return replace(room, middle=room.middle + by, mark=(middle + 0.4 * by, side + by), small=room.small + by)


def _fit_above(mark: Sequence[Layer], room: _Plan, bottom: float) -> tuple[Layer, ...]:
    """Return the mark between the edge of a shape and the band, as large as they hold it."""
    side = 2 * min(room.mark[1] / 2, bottom - room.mark[0])
    air = RIM + _MARK_AIR

    def holds(point: Point) -> bool:
        x, y = point
        return abs(x - CENTRE[0]) <= _half_width(room, y, air)

    return shrink_into(fit_mark(mark, (CENTRE[0], room.mark[0]), side, wide=1.25), (CENTRE[0], bottom), holds)


def _middle_of(name: Lettering, scale: float, middle: float) -> float:
    """Return where the capitals have their middle if a line's ink reaches as far above a height as below it."""
    if name.ink.bottom < 0.12 * cap_of(name) and -name.ink.top < 1.12 * cap_of(name):
        return middle
    return middle - scale * (name.ink.top + name.ink.bottom) / 2 - scale * cap_of(name) / 2


def _dress(outline: Path, content: Sequence[Layer], held: Path, finish: Finish) -> list[Layer]:
    """Return the shape and what is in it, with room for the band."""
    if finish is Finish.OPEN:
        line = intersect_paths(outline, stroke_path(outline, 2 * RIM))
        return [Layer(subtract_paths(line, held), Ink.MARK), *content]
    return [Layer(subtract_paths(cut_out(outline, content), held), Ink.MARK)]


def _small_words(
    lines: Sequence[Lettering], room: _Plan, middle: float, finish: Finish
) -> tuple[list[Layer], float] | None:
    """Return the small words in the foot of a shape; None if they do not fit.

    The second value is the least height by which one of them is read.
    """
    layers: list[Layer] = []
    least = math.inf
    for place, line in enumerate(lines):
        y = middle + (place - (len(lines) - 1) * 0.3) * 1.75 * SMALL_CAP
        width = 2 * _half_width(room, y + SMALL_CAP / 2, _AIR + (RIM if finish is Finish.OPEN else 0))
        if width <= 0:
            return None
        scale = fit_small(line, width)
        layers.append(Layer(place_line(line, scale, CENTRE[0], y), Ink.SLOGAN))
        least = min(least, scale * read_height(line))
    return layers, least


def _half_width(room: _Plan, y: float, air: float) -> float:
    """Return half the width of a shape around a height, `air` within its edge; 0 outside of it."""
    row = int((y - room.box.top) // _ROW)
    return min(_widths(room, air)[row : row + 2]) if 0 <= row <= _ROWS else 0.0


@cache
def _widths(room: _Plan, air: float) -> tuple[float, ...]:
    """Return half the width of a shape, `air` within its edge, at heights `_ROW` apart, from its top on."""
    outline, box = _outline(room, air), room.box
    tops = [box.top + _ROW * row for row in range(_ROWS + 1)]
    rows = [rectangle(Box(box.left, top, box.right, top + 1)) for top in tops]
    return tuple(bounds([intersect_paths(outline, row)]).width / 2 for row in rows)


def _outline(room: _Plan, air: float = 0.0) -> Path:
    if room.shape is not None:
        return frame(room.shape, room.box.inset(air))
    # The sides of a diamond are nearer to its middle than its corners.
    box = room.box.inset(math.sqrt(2) * air)
    x, y = box.centre
    return rounded_polygon([(x, box.top), (box.right, y), (x, box.bottom), (box.left, y)], 46)


def _draw_chief(mark: Sequence[Layer], words: Words, finish: Finish) -> Draft | None:
    """Return a shield whose head carries the name."""
    room, name = _CHIEF, words.name[0]
    outline = _outline(room)
    scale = fit_line(name, *room.name)
    cap = scale * cap_of(name)
    bottom = max(2 * _CHIEF_AIR + RIM + max(cap, scale * name.ink.height), 190.0)
    middle = _middle_of(name, scale, (bottom + RIM / 2) / 2)
    text = place_line(name, scale, CENTRE[0], middle)
    head = intersect_paths(outline, rectangle(Box(0, 0, 1000, bottom)))
    below = subtract_paths(outline, rectangle(Box(0, 0, 1000, bottom + GAP)))
    top = bottom + GAP + 40
    detail = words.slogan[0] if words.slogan and words.detail is None else words.detail
    if len(words.slogan) + (words.detail is not None) > 1:
        return None
    small: list[Layer] = []
    least, end = scale * read_height(name), 810.0
    if detail is not None:
        end = 700.0
        y = end + 56
        width = 2 * _half_width(room, y + SMALL_CAP / 2, _AIR + RIM)
        small_scale = fit_small(detail, width)
        small = [Layer(place_line(detail, small_scale, CENTRE[0], y), Ink.SLOGAN)]
        least = min(least, small_scale * read_height(detail))
    side = end - top
    content = (*fit_mark(mark, (CENTRE[0], (top + end) / 2), side * 0.94), *small)
    printed = Layer(subtract_paths(head, text), Ink.ACCENT if finish is Finish.TWO_TONE else Ink.MARK)
    if finish is Finish.OPEN:
        line = intersect_paths(below, stroke_path(outline, 2 * RIM))
        return Draft((printed, Layer(line, Ink.MARK), *content), least)
    return Draft((printed, Layer(cut_out(below, content), Ink.MARK)), least)
