"""Labels: everything in a column, on a plate with notched corners, across an oval, or between rules."""

import math
from collections.abc import Sequence
from typing import Final

from blazon.draw.badges.parts import (
    Draft,
    Finish,
    broken_rule,
    cap_of,
    cut_out,
    fit_line,
    fit_mark,
    fit_small,
    group_small,
    notch_corners,
    place_line,
    rule,
    shrink_into,
    stack_small,
)
from blazon.draw.lettering import Lettering
from blazon.draw.lockups import read_height
from blazon.draw.outline import (
    Box,
    Ink,
    Layer,
    Point,
    ellipse,
    intersect_paths,
    layer_bounds,
    rectangle,
    stroke_path,
    subtract_paths,
)
from blazon.draw.wording import Words

_SMALL: Final = 46.0
_WIDTH: Final = 720.0
_LINE: Final = 9.0
_OVAL: Final = (500.0, 366.0)  # its half axes
# For no small words (there is a rule), one line of them and more: the height of the middle of the name, its greatest
# width, and the distance of the mark from the top. The less is below, the lower all stands.
_OVAL_PLACES: Final = ((96.0, 740.0, 88.0), (68.0, 770.0, 80.0), (34.0, 800.0, 52.0))
# The greatest height of the capitals of a line in a stack, and in those of its lowest line.
_HIGHEST: Final = 250.0
_MOST_UNEVEN: Final = 1.7


def draw_label(mark: Sequence[Layer], words: Words, finish: Finish) -> Draft:
    """Return a label with notched corners: mark, name, a rule, small words."""
    scale = min(fit_line(line, _WIDTH, 150.0) for line in words.name)
    cap = scale * cap_of(words.name[0])
    layers: list[Layer] = []
    least = math.inf
    side = max(250.0, min(2.6 * cap, 330.0))
    layers += fit_mark(mark, (0, side / 2), side, wide=1.3)
    y = side + max(50.0, 0.5 * cap)
    for line in words.name:
        layers.append(Layer(place_line(line, scale, 0, y + _rise(line, scale)), Ink.NAME))
        y += _rise(line, scale) + cap / 2 + max(_drop(line, scale), 0.0) + 0.42 * cap
        least = min(least, scale * read_height(line))
    width = max(scale * max(line.ink.width for line in words.name), 1.15 * side, 400.0)
    y += max(0.06 * cap, 10)
    layers.append(Layer(broken_rule((0, y), 0.9 * width, _LINE, 16), Ink.ACCENT))
    for line in _small_lines(words):
        small = fit_small(line, width)
        y += 78
        layers.append(Layer(place_line(line, small, 0, y), Ink.SLOGAN))
        least = min(least, small * read_height(line))
    box = layer_bounds(layers)
    half = max(box.width / 2 + 110, 0.36 * (box.height + 200))
    outer = Box(-half, box.top - 100, half, box.bottom + 96)
    return Draft(tuple(_dress(outer, layers, finish)), least)


def _dress(outer: Box, content: Sequence[Layer], finish: Finish) -> list[Layer]:
    plate = notch_corners(outer, 56)
    inner = notch_corners(outer.inset(34), 56)
    line = subtract_paths(inner, notch_corners(outer.inset(34 + _LINE), 56))
    match finish:
        case Finish.SOLID:
            return [Layer(cut_out(plate, (*content, Layer(line, Ink.ACCENT))), Ink.MARK)]
        case Finish.TWO_TONE:
            ground = cut_out(notch_corners(outer.inset(34), 56), content)
            edge = subtract_paths(plate, notch_corners(outer.inset(16), 56))
            return [Layer(edge, Ink.ACCENT), Layer(ground, Ink.MARK)]
        case Finish.OPEN:
            edge = subtract_paths(plate, notch_corners(outer.inset(18), 56))
            return [Layer(edge, Ink.MARK), Layer(line, Ink.ACCENT), *content]


def _rise(line: Lettering, scale: float) -> float:
    """Return how far the middle of a line's capitals stands below its top."""
    return max(-scale * line.ink.top, scale * cap_of(line)) - scale * cap_of(line) / 2


def _drop(line: Lettering, scale: float) -> float:
    return scale * line.ink.bottom


def _small_lines(words: Words) -> list[Lettering]:
    return [*words.slogan, *((words.detail,) if words.detail else ())]


def draw_oval(mark: Sequence[Layer], words: Words, finish: Finish) -> Draft:
    """Return an oval with the name across its middle, the mark above it, small words or a rule below."""
    rx, ry = _OVAL
    name = words.name[0]
    lines = _small_lines(words)
    middle, width, head = _OVAL_PLACES[min(len(lines), 2)]
    scale = fit_line(name, width, 132.0)
    cap = max(scale * cap_of(name), scale * name.ink.height * 0.8)
    layers = [Layer(place_line(name, scale, 0, middle), Ink.NAME)]
    least = scale * read_height(name)
    top = middle - cap / 2 - max(0.0, -scale * name.ink.top - scale * cap_of(name))
    side = top - 34 - (-ry + head)
    centre = (0.0, -ry + head + side / 2)

    def holds(point: Point) -> bool:
        return (point[0] / (rx - 62)) ** 2 + (point[1] / (ry - 62)) ** 2 <= 1

    layers += shrink_into(fit_mark(mark, centre, side, wide=1.5), (0, top - 34), holds)
    y = middle + cap / 2 + max(0.0, scale * name.ink.bottom) + 40 + _SMALL / 2
    if not lines:
        width = min(0.7 * scale * name.ink.width, _width_of_oval(y) - 180)
        layers.append(Layer(broken_rule((0, y), max(width, 280.0), _LINE, 16), Ink.ACCENT))
    for line in lines:
        small = fit_small(line, max(_width_of_oval(y + _SMALL / 2) - 180, 1.0))
        layers.append(Layer(place_line(line, small, 0, y), Ink.SLOGAN))
        least = min(least, small * read_height(line))
        y += 74
    return Draft(_dress_oval(layers, finish), least)


def _width_of_oval(y: float) -> float:
    rx, ry = _OVAL
    return 2 * rx * math.sqrt(max(0.0, 1 - (y / ry) ** 2))


def _dress_oval(content: Sequence[Layer], finish: Finish) -> tuple[Layer, ...]:
    rx, ry = _OVAL
    outline = ellipse((0, 0), rx, ry)
    line = intersect_paths(ellipse((0, 0), rx - 26, ry - 26), stroke_path(ellipse((0, 0), rx - 26, ry - 26), 2 * _LINE))
    match finish:
        case Finish.SOLID:
            return (Layer(cut_out(outline, (*content, Layer(line, Ink.ACCENT))), Ink.MARK),)
        case Finish.TWO_TONE:
            ground = cut_out(ellipse((0, 0), rx - 30, ry - 30), content)
            edge = subtract_paths(outline, ellipse((0, 0), rx - 15, ry - 15))
            return Layer(edge, Ink.ACCENT), Layer(ground, Ink.MARK)
        case Finish.OPEN:
            edge = subtract_paths(outline, ellipse((0, 0), rx - 18, ry - 18))
            return Layer(edge, Ink.MARK), Layer(line, Ink.ACCENT), *content


def draw_stack(mark: Sequence[Layer], words: Words, finish: Finish) -> Draft:
    """Return lines of one width between rules, the mark in the topmost rule."""
    width, least = 860.0, math.inf
    side = 300.0
    layers = list(fit_mark(mark, (0, side / 2), side, wide=1.3))
    box = layer_bounds(layers)
    for left, right in ((-width / 2, box.left - 40), (box.right + 40, width / 2)):
        if right - left > 60:
            layers += [Layer(rule(left, right, side / 2 + off, _LINE), Ink.ACCENT) for off in (-16, 16)]
    y = side + 58
    lowest = min(width / line.ink.width * cap_of(line) for line in words.name)
    for line in words.name:
        scale = fit_line(line, width, min(_HIGHEST, _MOST_UNEVEN * lowest))
        layers.append(Layer(place_line(line, scale, 0, y + _rise(line, scale)), Ink.NAME))
        y += _rise(line, scale) + scale * cap_of(line) / 2 + max(scale * line.ink.bottom, 0.0) + 46
        least = min(least, scale * read_height(line))
    y += 8
    layers.append(Layer(rule(-width / 2, width / 2, y, 14), Ink.ACCENT))
    small, small_least, _ = stack_small(group_small(words), width, y, _LINE, 1.1)
    layers, least = [*layers, *small], min(least, small_least)
    if finish is not Finish.SOLID:
        return Draft(tuple(layers), least)
    box = layer_bounds(layers).inset(-80)
    return Draft((Layer(cut_out(rectangle(box, 40), layers), Ink.MARK),), least)
