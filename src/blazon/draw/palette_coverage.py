"""All colours of a palette that was asked for are seen: what a drawing leaves out is given to some of its parts.

Letters of a wordmark take turns, a mark is cut into bands, a badge gets lines around it, and what cannot be read on the
paper stands in a small bar of colours. Parts are cut apart, so that they are told apart in one colour too.
"""

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import Final

from pathops import Path

from blazon.brief import LayoutKind
from blazon.design import ColourScheme
from blazon.draw.curves import combine_paths
from blazon.draw.outline import (
    INKS,
    Box,
    Ink,
    Layer,
    bounds,
    inked_area,
    intersect_paths,
    layer_bounds,
    rectangle,
    stroke_path,
    subtract_paths,
    union,
)
from blazon.draw.palette import MIN_CONTRAST, contrast

# The least share of the inked area that a colour must have to be seen, and what it gets where it has less.
LEAST: Final = 0.025
_GIVEN: Final = 0.045
# Rows in which the ink of a mark is measured, and the gap between two of its bands, in its height.
_ROWS: Final = 16
_BAND_GAP: Final = 0.018
# Width and distance of the lines around a badge, in the longer side of the badge.
_LINE, _LINE_GAP = 0.022, 0.014
# How many times as wide as high a colour of the bar is.
_SLIM: Final = 7.0
_WORDS: Final = (Ink.NAME, Ink.SLOGAN)


def show_palette(layers: Sequence[Layer], colours: ColourScheme, layout: LayoutKind) -> tuple[Layer, ...]:
    """Return layers that show every colour of the scheme's palette, as far as it has an ink for them."""
    shown = tuple(layers)
    if colours.palette and contrast(colours.tint, colours.mark) < MIN_CONTRAST:
        shown = tuple(layer for layer in shown if layer.ink is not Ink.TINT)
    missing = _find_missing(shown, colours)
    if not missing:
        return shown
    readable = [ink for ink in missing if contrast(getattr(colours, ink), colours.paper) >= MIN_CONTRAST]
    match layout:
        case LayoutKind.EMBLEM if _is_closed(shown):
            return _draw_around(shown, missing)
        case LayoutKind.EMBLEM:
            pass  # its parts carry type
        case LayoutKind.WORDMARK:
            shown = _colour_letters(shown, readable)
        case _:
            shown = _cut_mark(shown, readable)
    return _add_bar(shown, _find_missing(shown, colours), layout)


def _find_missing(layers: Sequence[Layer], colours: ColourScheme) -> list[Ink]:
    """Return an ink for each colour of the palette that has less than its least share."""
    areas = dict.fromkeys(colours.palette, 0.0)
    for layer in (layer for layer in layers if layer.ink in INKS):
        colour = getattr(colours, layer.ink)
        areas[colour] = areas.get(colour, 0.0) + inked_area(layer.path)
    areas.pop(colours.paper, None)
    total = sum(areas.values())
    by_colour = {getattr(colours, ink): ink for ink in reversed(INKS)}
    return [
        by_colour[colour]
        for colour in colours.palette
        if colour != colours.paper and colour in by_colour and areas[colour] < LEAST * total
    ]


def _colour_letters(layers: tuple[Layer, ...], inks: Sequence[Ink]) -> tuple[Layer, ...]:
    """Return a name whose letters take turns; with two colours its halves, at a space if there is one."""
    names = [layer for layer in layers if layer.ink in (Ink.NAME, Ink.ACCENT)]
    letters = [letter for layer in names for letter in _split_letters(layer.path)]
    turns = (Ink.NAME, *(ink for ink in inks if ink is not Ink.NAME))
    if len(letters) < len(turns) or len(turns) == 1:
        return layers
    if len(turns) == 2:
        at = _find_middle(letters)
        parts = [(letter, turns[place >= at]) for place, letter in enumerate(letters)]
    else:
        parts = [(letter, turns[place % len(turns)]) for place, letter in enumerate(letters)]
    rest = [layer for layer in layers if layer not in names]
    return (*(Layer(combine_paths(path for path, ink in parts if ink is turn), turn) for turn in turns), *rest)


def _find_middle(letters: Sequence[Path]) -> int:
    """Return at which letter a name is best cut in two: at its widest gap that is not near an end."""
    boxes = [bounds([letter]) for letter in letters]
    middle = len(letters) / 2
    gaps = [
        (boxes[at].left - boxes[at - 1].right if boxes[at].left > boxes[at - 1].left else 1e9, at)
        for at in range(1, len(letters))
    ]
    widest = max(gap for gap, _ in gaps)
    near = [at for gap, at in gaps if gap > 0.8 * widest and LEAST * len(letters) < at]
    usual = sorted(gap for gap, _ in gaps)[len(gaps) // 2]
    candidates = near if widest > 2.5 * max(usual, 1e-6) else [at for _, at in gaps]
    return min(candidates or [round(middle)], key=lambda at: abs(at - middle))


def _split_letters(path: Path) -> list[Path]:
    """Return the letters of a line from left to right: contours that stand above each other are one."""
    contours = sorted(path.contours, key=lambda contour: contour.bounds[0])
    letters: list[list[Path]] = []
    right = float("-inf")
    for contour in contours:
        left, _, end, _ = contour.bounds
        # Accents and dots reach a little into the next letter.
        if letters and left < right - 0.25 * (end - left):
            letters[-1].append(contour)
        else:
            letters.append([contour])
        right = max(right, end)
    return [combine_paths(letter) for letter in letters]


def _cut_mark(layers: tuple[Layer, ...], inks: Sequence[Ink]) -> tuple[Layer, ...]:
    """Return layers whose largest part that is no type is cut into level bands of equal area, one for each ink."""
    drawn = [layer for layer in layers if layer.ink not in (*_WORDS, Ink.TINT)]
    if not drawn or not inks:
        return layers
    largest = max(drawn, key=lambda layer: inked_area(layer.path))
    bands = _cut_bands(largest.path, len(inks) + 1)
    parts = [Layer(band, ink) for band, ink in zip(bands, (largest.ink, *inks), strict=True) if len(list(band.verbs))]
    place = layers.index(largest)
    return (*layers[:place], *parts, *layers[place + 1 :])


def _cut_bands(path: Path, count: int) -> list[Path]:
    box = bounds([path])
    rows = [box.top + box.height * row / _ROWS for row in range(_ROWS + 1)]
    areas = [
        inked_area(intersect_paths(path, rectangle(Box(box.left, top, box.right, bottom))))
        for top, bottom in itertools.pairwise(rows)
    ]
    total, sums = sum(areas), [sum(areas[: row + 1]) for row in range(_ROWS)]
    cuts = [_find_cut(sums, total * band / count, rows) for band in range(1, count)]
    half = _BAND_GAP * box.height / 2
    edges = [box.top - half - 1, *cuts, box.bottom + half + 1]
    return [
        intersect_paths(path, rectangle(Box(box.left - 1, top + half, box.right + 1, bottom - half)))
        for top, bottom in itertools.pairwise(edges)
    ]


def _find_cut(sums: Sequence[float], wanted: float, rows: Sequence[float]) -> float:
    """Return the height above which there is a wanted area, between two rows in proportion."""
    row = next(row for row, area in enumerate(sums) if area >= wanted)
    before = sums[row - 1] if row else 0.0
    share = (wanted - before) / (sums[row] - before)
    return rows[row] + share * (rows[row + 1] - rows[row])


def _is_closed(layers: Iterable[Layer]) -> bool:
    """Say whether a badge has a shape around it all."""
    kept = list(layers)
    box = layer_bounds(kept)
    return inked_area(_fill(kept)) > 0.5 * box.width * box.height


def _fill(layers: Iterable[Layer]) -> Path:
    """Return the silhouette of layers without its holes."""
    whole = union([layer.path for layer in layers])
    contours = list(whole.contours)
    largest = max(contours, key=lambda contour: abs(contour.area))
    return combine_paths(contour for contour in contours if contour.clockwise == largest.clockwise)


def _draw_around(layers: tuple[Layer, ...], inks: Sequence[Ink]) -> tuple[Layer, ...]:
    """Return a badge with a line around it in each ink."""
    outline = _fill(layers)
    box = layer_bounds(layers)
    side = max(box.width, box.height)
    lines, reach = [], 0.0
    for ink in inks:
        inner = union([outline, stroke_path(outline, 2 * (reach + _LINE_GAP * side))])
        reach += (_LINE_GAP + _LINE) * side
        outer = union([outline, stroke_path(outline, 2 * reach)])
        lines.append(Layer(subtract_paths(outer, _fill([Layer(inner, ink)])), ink))
    return (*layers, *lines)


def _add_bar(layers: tuple[Layer, ...], inks: Sequence[Ink], layout: LayoutKind) -> tuple[Layer, ...]:
    """Return layers above a small bar of the inks; beside a mark it stands under the words."""
    if not inks:
        return layers
    under = [layer for layer in layers if layer.ink in _WORDS] if layout is LayoutKind.HORIZONTAL else list(layers)
    box, whole = layer_bounds(under), layer_bounds(layers)
    total = sum(inked_area(layer.path) for layer in layers)
    area = _GIVEN * total * len(inks)
    width = min(box.width, math.sqrt(_SLIM * len(inks) * area))
    height = area / width
    top = box.bottom + max(1.7 * height, 0.06 * whole.height)
    left = box.left if layout is LayoutKind.HORIZONTAL else box.centre[0] - width / 2
    step = width / len(inks)
    bar = [
        Layer(rectangle(Box(left + step * place, top, left + step * (place + 1), top + height)), ink)
        for place, ink in enumerate(inks)
    ]
    return (*layers, *bar)
