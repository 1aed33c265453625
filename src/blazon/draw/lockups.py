"""Lockups: how mark, name and slogan stand together.

Everything is measured in cap heights of the name, as a designer does, and comes back at any scale;
`place_on_square` then puts it on an artboard. The ink is aligned, not the boxes of the type.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from blazon.brief import LayoutKind
from blazon.draw.initials import split_graphemes
from blazon.draw.lettering import Lettering, split_line
from blazon.draw.outline import Box, Ink, Layer, layer_bounds, move_path, scale_path
from blazon.draw.wording import Words, shorten
from blazon.draw.writing import begins_leftwards

ARTBOARD: Final = 1024.0
# A square logo keeps its content in the middle 80 %, so that app stores and avatars may round the corners.
SAFE_SHARE: Final = 0.80
# Marks alone are set smaller than the safe zone, and compact lockups too: air makes a logo look deliberate.
_MARK_SHARE: Final = 0.66
_COMPACT_SHARE: Final = 0.60
EMBLEM_SHARE: Final = 0.74
_FRAMED_MORE: Final = 1.22
# The inks of a name in two tones.
_TONES: Final = (Ink.NAME, Ink.ACCENT)
# The height of the capitals of a slogan and of a detail, in cap heights of the name.
_SMALLEST: Final = 0.28
_TALLEST: Final = 0.46
_TALLEST_DETAIL: Final = 0.36
# The least sizes of small words, in cap heights of the name, that are tried in turn.
_LEAST_SIZES: Final = (_SMALLEST, 0.36, 0.45, 0.56, 0.70)
# Letters lower than this, which are 7 px in a picture of 256 px, are not read.
LEGIBLE: Final = 7 / 256 * ARTBOARD
# The air between the lines of a tight name, in cap heights of the lower of the two.
_TIGHT: Final = 0.20


@dataclass(frozen=True, slots=True)
class TextBlock:
    """The lines of a name, a slogan and a detail, set and stacked; `cap` is the cap height of the name.

    `middle` is the height at which the eye sees the middle of the block, `read_height` the least height of the
    letters in a line: of its small letters, or of its capitals if it has no others; `small_height` the same of slogan
    and detail alone, infinite without them.
    """

    layers: tuple[Layer, ...]
    box: Box
    cap: float
    middle: float
    read_height: float
    small_height: float
    lines: int


class Alignment(StrEnum):
    """Where the lines of a block end evenly."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


def text_block(words: Words, align: Alignment = Alignment.CENTRE, *, least: float = _SMALLEST) -> TextBlock:
    """Stack the lines of a name, a slogan and a detail, flush to a side or centred.

    `least` is the least height of the capitals of slogan and detail, in cap heights of the name.
    """
    name, cap = words.name, words.cap
    layers: list[Layer] = []
    baseline = 0.0
    split = words.split
    for index, line in enumerate(name):
        if index:
            baseline += _leading(name[index - 1], line, cap, tight=words.tight)
        layers += _place_line(line, baseline, split, align)
        # The space at which the line was broken counts too.
        split = split if split is None else split - len(split_graphemes(line.text)) - 1
    top, bottom, least_read = _top(name[0], cap), baseline + max(_depth(name[-1]), 0.12 * cap), math.inf
    groups = ((words.slogan, _TALLEST), ((words.detail,) if words.detail else (), _TALLEST_DETAIL))
    for lines, tallest in groups:
        if lines:
            small = _small_scale(words.width, cap, lines, least, max(least, tallest))
            least_read = min(least_read, small * read_height(lines[0]))
            height = (lines[0].cap_height or lines[0].ascender) * small
            gap = max((0.42 if lines is words.slogan or not words.slogan else 0.30) * cap, 0.95 * height)
            for index, line in enumerate(lines):
                rise = -small * line.ink.top
                if index:
                    baseline += max(1.55 * height, small * _depth(lines[index - 1]) + rise + 0.3 * height)
                else:
                    baseline = bottom + max(gap + height, 0.6 * gap + rise)
                layers.append(_place_small(line, small, baseline, align))
            bottom = baseline + _depth(lines[-1]) * small
    least_all = min(read_height(name[0]), least_read)
    return TextBlock(tuple(layers), layer_bounds(layers), cap, (top + baseline) / 2, least_all, least_read, words.lines)


def _origin(line: Lettering, align: Alignment) -> float:
    """Return the x of a line that is moved to 0."""
    match align:
        case Alignment.LEFT:
            return line.ink.left
        case Alignment.CENTRE:
            return line.ink.centre[0]
        case Alignment.RIGHT:
            return line.ink.right


def _place_small(line: Lettering, small: float, baseline: float, align: Alignment) -> Layer:
    x = -_origin(line, align)
    return Layer(move_path(scale_path(line.path, small), x * small, baseline), Ink.SLOGAN)


def read_height(line: Lettering) -> float:
    """Return the height by which a line is read: of its small letters, or of capitals and figures alone."""
    capitals = all(char.isupper() for char in line.text if char.isalpha())
    return (line.cap_height if capitals else line.x_height) or 0.7 * line.ascender


def _leading(above: Lettering, below: Lettering, cap: float, *, tight: bool) -> float:
    """Return the distance of two baselines: as tight as display type is set, but nothing ever touches."""
    if tight:
        return _depth(above) - below.ink.top + _TIGHT * min(above.cap_height, below.cap_height)
    return max(1.42 * cap, _depth(above) + below.ink.height - max(below.ink.bottom, 0) + 0.22 * cap)


def _depth(line: Lettering) -> float:
    return max(line.ink.bottom, 0.0)


def _top(line: Lettering, cap: float) -> float:
    """Return where the eye sees the top of a line: between x-height and cap height if it has small letters only."""
    if any(char.isupper() for char in line.text) or not any(char.islower() for char in line.text):
        return -cap
    return -(line.x_height * 0.6 + line.ascender * 0.4)


def _place_line(line: Lettering, baseline: float, split: int | None, align: Alignment) -> list[Layer]:
    """Return a line of the name, from a letter on in the accent, as is what stands in it."""
    x = -_origin(line, align)
    parts = [(line.path, Ink.NAME)] if split is None else [*zip(split_line(line, split), _TONES, strict=True)]
    if line.accent is not None:
        parts.append((line.accent, Ink.ACCENT))
    return [Layer(move_path(path, x, baseline), ink) for path, ink in parts if len(list(path.verbs))]


def _small_scale(width: float, cap: float, lines: Sequence[Lettering], least: float, tallest: float) -> float:
    """Fit small lines under the name: as wide at most, their capitals within `least` and `tallest` of the name's."""
    line_cap = lines[0].cap_height or lines[0].ascender
    fit = width / max(line.ink.width for line in lines)
    return max(least * cap / line_cap, min(tallest * cap / line_cap, fit))


@dataclass(frozen=True, slots=True)
class Lockup:
    """The layers of a lockup; `left_out` says which words of it would have been too small: slogan, detail."""

    layers: tuple[Layer, ...]
    left_out: tuple[str, ...] = ()


def lockup(layout: LayoutKind, mark: Sequence[Layer], words: Words, *, framed: bool = False) -> Lockup:
    """Return mark and text placed for a layout, at any scale; emblems are drawn by `blazon.draw.emblems`.

    `mark` is empty only for a wordmark, `words` only for a symbol. A framed mark is set larger, so that what is in the
    frame keeps its size. Small words are set larger where they could not be read at 256 px, and left out where that
    does not help.
    """
    if layout is LayoutKind.SYMBOL:
        return Lockup(tuple(mark))
    for kept, left_out in shorten(words):
        for least in _LEAST_SIZES:
            layers, small_height = _place(layout, mark, kept, least, _FRAMED_MORE if framed else 1.0)
            if small_height * _scale_on_square(layers, layout) >= LEGIBLE:
                return Lockup(layers, left_out)
    raise AssertionError("a name alone has no small words")


def _place(
    layout: LayoutKind, mark: Sequence[Layer], words: Words, least: float, more: float
) -> tuple[tuple[Layer, ...], float]:
    """Return the layers of a lockup, and the least height by which its small words are read."""
    if layout is LayoutKind.HORIZONTAL:
        # A name that is read from right to left begins beside its mark too.
        leftwards = begins_leftwards(words.name[0].text)
        text = text_block(words, Alignment.RIGHT if leftwards else Alignment.LEFT, least=least)
        return _place_beside(mark, text, more, leftwards=leftwards), text.small_height
    text = text_block(words, least=least)
    return text.layers if layout is LayoutKind.WORDMARK else _place_above(mark, text, more), text.small_height


def _place_beside(mark: Sequence[Layer], text: TextBlock, more: float, *, leftwards: bool) -> tuple[Layer, ...]:
    height = more * max(2.15 * text.cap, 1.16 * (text.box.height if text.box.height > 1.6 * text.cap else text.cap))
    box = layer_bounds(mark)
    # A wide mark gets less height, so that it does not outweigh the name.
    factor = min(height / box.height, 1.5 * height / box.width)
    width = box.width * factor
    gap = 0.30 * min(height, width * 1.2)
    x = text.box.right + gap + width / 2 if leftwards else text.box.left - gap - width / 2
    placed = _place_at(mark, factor, (x, text.middle))
    return (*placed, *text.layers)


def _place_above(mark: Sequence[Layer], text: TextBlock, more: float) -> tuple[Layer, ...]:
    box = layer_bounds(mark)
    height = more * min(max(0.46 * text.box.width, 2.6 * text.cap), max(4.2 * text.cap, 0.95 * text.box.height))
    factor = min(height / box.height, 1.45 * height / box.width)
    height = box.height * factor
    gap = max(0.75 * text.cap, 0.17 * height)
    placed = _place_at(mark, factor, (text.box.centre[0], text.box.top - gap - height / 2))
    return (*placed, *text.layers)


def _place_at(layers: Sequence[Layer], factor: float, centre: tuple[float, float]) -> tuple[Layer, ...]:
    x, y = layer_bounds(layers).centre
    dx, dy = centre[0] - factor * x, centre[1] - factor * y
    return tuple(Layer(move_path(scale_path(layer.path, factor), dx, dy), layer.ink) for layer in layers)


def place_on_square(layers: Sequence[Layer], layout: LayoutKind) -> tuple[Layer, ...]:
    """Scale and centre a lockup in the safe zone of a square artboard of `ARTBOARD` units."""
    return _place_at(layers, _scale_on_square(layers, layout), (ARTBOARD / 2, ARTBOARD / 2))


def _scale_on_square(layers: Sequence[Layer], layout: LayoutKind) -> float:
    box = layer_bounds(layers)
    share = {LayoutKind.SYMBOL: _MARK_SHARE, LayoutKind.EMBLEM: EMBLEM_SHARE}.get(layout, SAFE_SHARE)
    factor = ARTBOARD * share / max(box.width, box.height)
    if layout in (LayoutKind.STACKED, LayoutKind.HORIZONTAL):
        factor = min(factor, ARTBOARD * _COMPACT_SHARE / (box.width * box.height) ** 0.5)
    return factor


def clear_space(layers: Sequence[Layer]) -> Box:
    """Return the box around a lockup that nothing else may enter.

    The margin is a tenth of the longer side, at least a quarter of the shorter.
    """
    box = layer_bounds(layers)
    margin = max(0.10 * max(box.width, box.height), 0.25 * min(box.width, box.height))
    return box.inset(-margin)
