"""Lockups: how mark, name and slogan stand together.

Everything is measured in cap heights of the name, as a designer does, and comes back at any scale;
`place_on_square` then puts it on an artboard. The ink is aligned, not the boxes of the type.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from blazon.brief import LayoutKind
from blazon.draw.lettering import Lettering
from blazon.draw.outline import Box, Ink, Layer, bounds, layer_bounds, move_path, scale_path

ARTBOARD: Final = 1024.0
# A square logo keeps its content in the middle 80 %, so that app stores and avatars may round the corners.
SAFE_SHARE: Final = 0.80
# Marks alone are set smaller than the safe zone, and compact lockups too: air makes a logo look deliberate.
_MARK_SHARE: Final = 0.66
_COMPACT_SHARE: Final = 0.60
_EMBLEM_SHARE: Final = 0.74
_FRAMED_MORE: Final = 1.22


@dataclass(frozen=True, slots=True)
class TextBlock:
    """The lines of a name and a slogan, set and stacked; `cap` is the cap height of the name.

    `middle` is the height at which the eye sees the middle of the block.
    """

    layers: tuple[Layer, ...]
    box: Box
    cap: float
    middle: float


def text_block(name: Sequence[Lettering], slogan: Lettering | None, *, centred: bool) -> TextBlock:
    """Stack the lines of a name and an optional slogan, flush left or centred."""
    cap = name[0].cap_height or name[0].ascender
    layers: list[Layer] = []
    baseline = 0.0
    for index, line in enumerate(name):
        if index:
            baseline += _leading(name[index - 1], line, cap)
        layers += _place_line(line, baseline, Ink.NAME, centred)
    middle = (_top(name[0], cap) + baseline) / 2
    if slogan is not None:
        small = _slogan_scale(layer_bounds(layers).width, cap, slogan)
        drop = max(_depth(name[-1]), 0.12 * cap) + 0.42 * cap + slogan.cap_height * small
        (layer,) = _place_line(slogan, 0, Ink.SLOGAN, centred)
        box = bounds([layer.path])
        shift = 0.0 if centred else box.left - box.left * small
        layers.append(Layer(move_path(scale_path(layer.path, small), shift, baseline + drop), Ink.SLOGAN))
        middle = (_top(name[0], cap) + baseline + drop) / 2
    return TextBlock(tuple(layers), layer_bounds(layers), cap, middle)


def _leading(above: Lettering, below: Lettering, cap: float) -> float:
    """Return the distance of two baselines: as tight as display type is set, but nothing ever touches."""
    return max(1.42 * cap, _depth(above) + below.ink.height - max(below.ink.bottom, 0) + 0.22 * cap)


def _depth(line: Lettering) -> float:
    return max(line.ink.bottom, 0.0)


def _top(line: Lettering, cap: float) -> float:
    """Return where the eye sees the top of a line: between x-height and cap height if it has small letters only."""
    if any(char.isupper() for char in line.text) or not any(char.islower() for char in line.text):
        return -cap
    return -(line.x_height * 0.6 + line.ascender * 0.4)


def _place_line(line: Lettering, baseline: float, ink: Ink, centred: bool) -> list[Layer]:
    """Return a line of type, and the symbol in it in the accent."""
    x = -line.ink.centre[0] if centred else -line.ink.left
    layers = [Layer(move_path(line.path, x, baseline), ink)]
    if line.symbol is not None:
        layers.append(Layer(move_path(line.symbol, x, baseline), Ink.ACCENT))
    return layers


def _slogan_scale(width: float, cap: float, slogan: Lettering) -> float:
    """Fit the slogan under the name: as wide at most, its capitals a quarter to under a half of the name's."""
    fit = width / slogan.ink.width
    tallest, smallest = 0.42 * cap / slogan.cap_height, 0.26 * cap / slogan.cap_height
    return max(smallest, min(tallest, fit))


def lockup(
    layout: LayoutKind,
    mark: Sequence[Layer],
    name: Sequence[Lettering],
    slogan: Lettering | None,
    *,
    framed: bool = False,
) -> tuple[Layer, ...]:
    """Return mark and text placed for a layout, at any scale; emblems are drawn by `blazon.draw.emblems`.

    `mark` is empty only for a wordmark, `name` only for a symbol. A framed mark is set larger, so
    that what is in the frame keeps its size.
    """
    more = _FRAMED_MORE if framed else 1.0
    match layout:
        case LayoutKind.SYMBOL:
            return tuple(mark)
        case LayoutKind.WORDMARK:
            return text_block(name, slogan, centred=True).layers
        case LayoutKind.HORIZONTAL:
            return _place_beside(mark, text_block(name, slogan, centred=False), more)
        case LayoutKind.STACKED | LayoutKind.EMBLEM:
            return _place_above(mark, text_block(name, slogan, centred=True), more)


def _place_beside(mark: Sequence[Layer], text: TextBlock, more: float) -> tuple[Layer, ...]:
    height = more * max(2.15 * text.cap, 1.16 * (text.box.height if text.box.height > 1.6 * text.cap else text.cap))
    box = layer_bounds(mark)
    # A wide mark gets less height, so that it does not outweigh the name.
    factor = min(height / box.height, 1.5 * height / box.width)
    width = box.width * factor
    gap = 0.30 * min(height, width * 1.2)
    placed = _place_at(mark, factor, (text.box.left - gap - width / 2, text.middle))
    return (*placed, *text.layers)


def _place_above(mark: Sequence[Layer], text: TextBlock, more: float) -> tuple[Layer, ...]:
    box = layer_bounds(mark)
    height = more * min(max(0.46 * text.box.width, 2.6 * text.cap), 4.2 * text.cap)
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
    box = layer_bounds(layers)
    share = {LayoutKind.SYMBOL: _MARK_SHARE, LayoutKind.EMBLEM: _EMBLEM_SHARE}.get(layout, SAFE_SHARE)
    factor = ARTBOARD * share / max(box.width, box.height)
    if layout in (LayoutKind.STACKED, LayoutKind.HORIZONTAL):
        factor = min(factor, ARTBOARD * _COMPACT_SHARE / (box.width * box.height) ** 0.5)
    return _place_at(layers, factor, (ARTBOARD / 2, ARTBOARD / 2))


def clear_space(layers: Sequence[Layer]) -> Box:
    """Return the box around a lockup that nothing else may enter.

    The margin is a tenth of the longer side, at least a quarter of the shorter.
    """
    box = layer_bounds(layers)
    margin = max(0.10 * max(box.width, box.height), 0.25 * min(box.width, box.height))
    return box.inset(-margin)
