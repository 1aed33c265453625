"""The page of wrong uses, each drawn from this very logo."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from blazon.draw.outline import Box, Ink
from blazon.draw.palette import hex_of, lch_of
from blazon.kit.book.figure import WHITE, Figure, Item, Stroke, block, cross, fit, mix, show, stretch
from blazon.kit.book.section import Grid, Section, Shown, column_width
from blazon.kit.book.subject import Subject, is_pale
from blazon.kit.contrast import wcag_ratio
from blazon.kit.picture import Fill, box_around, transform_fills
from blazon.kit.versions import Version

_HEIGHT: Final = 41.0
_ROOM: Final = 0.60
_SEEN: Final = 1.12  # contrast from which on a field is seen on a paper
_MOST: Final = 9

Draw = Callable[[Subject, Version, Box], list[Item]]


def show_wrong_uses(subject: Subject) -> Section:
    """Return the page of what is never done to the logo."""
    width = column_width(3)
    version = subject.compact if subject.primary.ink.width < 2 * subject.primary.ink.height else subject.wide
    shown = tuple(
        Shown(_draw_wrong(draw, subject, version, width), title)
        for draw, title in _WRONG
        if draw is not _move_parts or _count_words(version)
    )
    text = (
        "A logo is known again because it is always the same. Each of these makes it another one.",
        "If a case seems to need one of them, there is a version or a colouring for it.",
    )
    return Section("wrong-uses", "Wrong uses", text, (Grid(3, shown[:_MOST]),))


def _draw_wrong(draw: Draw, subject: Subject, version: Version, width: float) -> Figure:
    frame = Box(0, 0, width, _HEIGHT)
    items = draw(subject, version, frame)
    paper = version.paper()
    sign = cross((width - 5, 5), 1.6)
    return Figure(width, _HEIGHT, (*items, *sign), paper, framed=is_pale(paper))


def _place(version: Version, frame: Box) -> tuple[Fill, ...]:
    return show(version, fit(frame, _ROOM, _ROOM))


def _stretch(_: Subject, version: Version, frame: Box) -> list[Item]:
    fills = show(version, fit(frame, _ROOM * 0.8, _ROOM * 0.8))
    return [*stretch(fills, 1.35, 0.72, frame.centre)]


def _turn(_: Subject, version: Version, frame: Box) -> list[Item]:
    angle, (x, y) = math.radians(-14), frame.centre
    cos, sin = math.cos(angle), math.sin(angle)
    turn = (cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y)
    return [*transform_fills(_place(version, frame), turn)]


def _recolour(_: Subject, version: Version, frame: Box) -> list[Item]:
    """Turn every hue by a third of the circle."""
    return [replace(one, colour=_shift_hue(one.colour), end=None) for one in _place(version, frame)]


def _shift_hue(colour: str) -> str:
    lightness, chroma, hue = lch_of(colour)
    return hex_of((min(max(lightness, 0.45), 0.75), max(chroma, 0.14), (hue + 140) % 360))


def _fade(subject: Subject, version: Version, frame: Box) -> list[Item]:
    """Set it on a ground that is hardly another colour than its own."""
    lightness, chroma, hue = lch_of(subject.scheme().mark)
    ground = hex_of((lightness + (0.10 if lightness < 0.6 else -0.10), chroma, hue))
    return [block(frame, ground), *_place(version, frame)]


def _outline(_: Subject, version: Version, frame: Box) -> list[Item]:
    return [Stroke(one.path, one.colour, 0.25) for one in _place(version, frame)]


def _shadow(_: Subject, version: Version, frame: Box) -> list[Item]:
    fills = _place(version, frame)
    shade = [replace(one, colour="#a4a9b2", end=None) for one in transform_fills(fills, (1, 0, 0, 1, 0.7, 0.7))]
    return [*shade, *fills]


def _crowd(subject: Subject, version: Version, frame: Box) -> list[Item]:
    """Set it on a pattern in which it is lost."""
    colours = (subject.scheme().accent, subject.scheme().tint, WHITE)
    side = frame.width / 14
    items: list[Item] = []
    for row in range(math.ceil(frame.height / side)):
        for column in range(14):
            bottom = min((row + 1) * side, frame.height)
            box = Box(column * side, row * side, (column + 1) * side, bottom)
            items.append(block(box, colours[(row * 2 + column * 5 + row * column) % 3]))
    return [*items, *_place(version, frame)]


def _move_parts(_: Subject, version: Version, frame: Box) -> list[Item]:
    """Shrink the mark beside its words, and lift it."""
    mark, words = _parts(version, frame)
    box = box_around(mark)
    x, y = box.centre
    factor = 0.5
    small = transform_fills(mark, (factor, 0, 0, factor, x - factor * x, y - factor * y - 0.25 * box.height))
    return [*small, *words]


def _box_in(subject: Subject, version: Version, frame: Box) -> list[Item]:
    """Close it into a shape that it does not come in."""
    box = fit(frame, 0.86, 0.74)
    scheme = subject.scheme()
    ground = scheme.tint if wcag_ratio(scheme.tint, scheme.paper) >= _SEEN else mix(scheme.paper, scheme.mark, 0.25)
    return [block(box, ground, 6), *show(version, fit(frame, 0.76, 0.60))]


def _cut_off(_: Subject, version: Version, frame: Box) -> list[Item]:
    """Let it run over the edge."""
    return [*transform_fills(show(version, fit(frame, 0.86, 0.86)), (1, 0, 0, 1, 0.24 * frame.width, 0))]


def _parts(version: Version, frame: Box) -> tuple[tuple[Fill, ...], tuple[Fill, ...]]:
    """Return the fills of mark and words, the words being those after the last that lies over the mark."""
    fills = _place(version, frame)
    count = len(fills) - _count_words(version)
    return fills[:count], fills[count:]


def _count_words(version: Version) -> int:
    """Return how many fills are words, where they come apart from the mark; 0 where not."""
    inks = {layer.ink for layer in version.artwork.layers}
    words = len(inks & {Ink.NAME, Ink.SLOGAN})
    return words if version.mark != version.ink else 0


_WRONG: Final = (
    (_stretch, "Do not stretch it"),
    (_turn, "Do not turn it"),
    (_recolour, "Do not give it other colours"),
    (_fade, "Do not set it where it fades"),
    (_outline, "Do not draw it in outline"),
    (_shadow, "Do not add a shadow"),
    (_crowd, "Do not set it on a busy ground"),
    (_move_parts, "Do not change its proportions"),
    (_box_in, "Do not put it in a box"),
    (_cut_off, "Do not cut it off"),
)
