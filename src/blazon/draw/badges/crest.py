"""The crest: the mark in a shield, a hexagon or a rounded square, the name below it."""

import math
from collections.abc import Sequence
from functools import cache
from typing import Final

from blazon.design import FrameShape
from blazon.draw.badges.parts import CENTRE, LEGIBLE, RIM, SQUARE, Emblem, Finish, cut_out
from blazon.draw.frames import frame, frame_line
from blazon.draw.lockups import TextBlock, text_block
from blazon.draw.outline import (
    Box,
    Ink,
    Layer,
    Point,
    bounds,
    intersect_paths,
    layer_bounds,
    move_path,
    rectangle,
    scale_path,
)
from blazon.draw.treatments import SIDE, fit_layers
from blazon.draw.wording import Words, shorten

# Between type in a crest and the line around it, and how often its size is corrected for that.
_AIR: Final = 48.0
_FITTINGS: Final = 3
# The line around a solid crest in a second ink, and how far the solid ends inside it.
_LINE: Final = 16.0
_LINE_INSET: Final = 32.0
# The least sizes of slogan and detail in a crest, in cap heights of the name, that are tried in turn.
_LEAST_SLOGANS: Final = (0.26, 0.45, 0.60, 0.75)

# Where mark and name stand inside a crest: as wide as the shape is at the height of the name.
_ROOMS: Final = {
    FrameShape.SQUIRCLE: Box(130, 150, 870, 850),
    FrameShape.HEXAGON: Box(195, 160, 805, 750),
    FrameShape.SHIELD: Box(205, 130, 795, 730),
}


def draw_crest(mark: Sequence[Layer], words: Words, shape: FrameShape | None, finish: Finish) -> Emblem | None:
    """Return a crest, in a shield where the shape is none for it; None if its name would be too small to read."""
    shape = shape if shape in _ROOMS else FrameShape.SHIELD
    for kept, left_out in shorten(words):
        for least in _LEAST_SLOGANS:
            text = text_block(kept, least=least)
            factor = _text_factor(text, shape)
            if factor * text.read_height >= LEGIBLE:
                return Emblem(_draw_crest(mark, text, factor, shape, finish), left_out)
    return None


def _text_factor(text: TextBlock, shape: FrameShape) -> float:
    """Return the scale at which each line keeps its distance from the edge of the shape, which narrows to its foot."""
    room = _ROOMS[shape]
    share = min(0.34 + 0.06 * (text.lines - 1), 0.52)
    factor = min(share * room.height / text.box.height, room.width / text.box.width)
    boxes = [layer_bounds([layer]) for layer in text.layers]
    for _ in range(_FITTINGS):
        _, _, (x, y) = _stand(text, factor, room)
        excess = max(
            max(abs(factor * side + x - CENTRE[0]) for side in (box.left, box.right))
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
    return bounds([intersect_paths(frame(shape, SQUARE.inset(RIM + _AIR)), row)]).width / 2


def _stand(text: TextBlock, factor: float, room: Box) -> tuple[float, float, Point]:
    """Return side and top of the square for the mark, and by what the scaled text below it is moved."""
    height = factor * text.box.height
    gap = max(0.07 * room.height, 0.5 * text.cap * factor)
    side = min(room.height - height - gap, room.width)
    top = room.top + (room.height - side - gap - height) / 2
    return side, top, (room.centre[0] - factor * text.box.centre[0], top + side + gap - factor * text.box.top)


def _draw_crest(
    mark: Sequence[Layer], text: TextBlock, factor: float, shape: FrameShape, finish: Finish
) -> tuple[Layer, ...]:
    side, top, (to_x, to_y) = _stand(text, factor, _ROOMS[shape])
    x = CENTRE[0]
    inside = fit_layers(mark, Box(x - side / 2, top, x + side / 2, top + side))
    words = [Layer(move_path(scale_path(layer.path, factor), to_x, to_y), layer.ink) for layer in text.layers]
    if finish is Finish.OPEN:
        return (Layer(frame_line(shape, SQUARE, RIM), Ink.MARK), *inside, *words)
    if finish is Finish.SOLID:
        return (Layer(cut_out(frame(shape, SQUARE), (*inside, *words)), Ink.MARK),)
    line = Layer(frame_line(shape, SQUARE, _LINE), Ink.ACCENT)
    return (line, Layer(cut_out(frame(shape, SQUARE.inset(_LINE_INSET)), (*inside, *words)), Ink.MARK))
