"""Badges that words and ornaments frame: an arch, a mark between date and place, a mark in a wreath."""

import math
from collections.abc import Sequence
from typing import Final

from pathops import Path

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
    place_line,
    rule,
    stack_small,
    wreath,
)
from blazon.draw.badges.ring import bend_line, fit_in_circle
from blazon.draw.curves import arc_to, combine_paths
from blazon.draw.lettering import Lettering
from blazon.draw.lockups import read_height
from blazon.draw.outline import (
    Ink,
    Layer,
    intersect_paths,
    layer_bounds,
    stroke_path,
)
from blazon.draw.wording import Words

_LINE: Final = 10.0
# The arch: the radius on which its capitals have their middle, and how far it reaches to either side, in degrees.
_RADIUS: Final = 410.0
_WIDEST, _NARROWEST = 82.0, 52.0
_CAP: Final = 118.0


def draw_arch(mark: Sequence[Layer], words: Words, finish: Finish) -> Draft:
    """Return the name on an arch over the mark, on a rule, small words below it."""
    name = words.name[0]
    scale = fit_line(name, 2 * math.radians(_WIDEST) * _RADIUS, _CAP)
    cap = scale * cap_of(name)
    # A short name takes a tighter arch, so that it is one.
    half = scale * name.ink.width / 2
    radius = min(_RADIUS, half / math.radians(_NARROWEST))
    radius = max(radius, 300.0)
    arch = bend_line(name, scale, (0, 0), radius - cap / 2, top=True)
    inner = radius - cap / 2 - 50
    layers = [Layer(arch, Ink.NAME), *fit_in_circle(mark, (0, 0.02 * inner), 0.86 * inner)]
    least = scale * read_height(name)
    low = layer_bounds(layers).bottom
    y = max(low + 44, 0.5 * inner)
    width = 2 * max(radius + cap / 2, half * 0.8) * 0.96
    layers.append(Layer(rule(-width / 2, width / 2, y, _LINE), Ink.ACCENT))
    if groups := group_small(words):
        small, small_least, y = stack_small(groups, width, y, _LINE, 1.05)
        layers, least = [*layers, *small], min(least, small_least)
    if finish is Finish.OPEN:
        return Draft(tuple(layers), least)
    reach = max(radius + cap / 2 + max(0.0, -scale * name.ink.top - cap) + 62, width / 2 + 62)
    window = _window(reach, y + 62)
    if finish is Finish.SOLID:
        return Draft((Layer(cut_out(window, layers), Ink.MARK),), least)
    edge = intersect_paths(_window(reach + 34, y + 96), stroke_path(_window(reach + 34, y + 96), 34))
    return Draft((Layer(edge, Ink.ACCENT), Layer(cut_out(window, layers), Ink.MARK)), least)


def _window(radius: float, base: float) -> Path:
    """Return half a disc about the origin that goes on straight down to a base."""
    path = Path()
    path.moveTo(-radius, base)
    path.lineTo(-radius, 0)
    arc_to(path, (0, 0), radius, 180, 360)
    path.lineTo(radius, base)
    path.close()
    return path


def draw_flanked(mark: Sequence[Layer], words: Words) -> Draft | None:
    """Return the mark between two small words and the name below; None without two of them."""
    if words.sides is None:
        return None
    left, right = words.sides
    side, least = 400.0, math.inf
    inside = list(fit_mark(mark, (0, side / 2), side, wide=1.15))
    box = layer_bounds(inside)
    cap = 62.0
    wide = min(240.0, max(cap / cap_of(line) * line.ink.width for line in (left, right)))
    layers = inside
    for direction, line, edge in ((-1, left, box.left), (1, right, box.right)):
        small = fit_line(line, wide, cap)
        x = edge + direction * (56 + wide / 2)
        layers.append(Layer(place_line(line, small, x, side / 2), Ink.SLOGAN))
        bars = [rule(x - wide / 2, x + wide / 2, side / 2 + off, _LINE) for off in (-70, 70)]
        layers.append(Layer(combine_paths(bars), Ink.ACCENT))
        least = min(least, small * read_height(line))
    text = _below(words, None, max(layer_bounds(layers).width, 760.0), side + 74)
    return Draft((*layers, *text[0]), min(least, text[1]))


def draw_wreath(mark: Sequence[Layer], words: Words) -> Draft:
    """Return the mark in a wreath and the name below it, small words between rules."""
    leaves = wreath((0, 0), 300, 178, 32, 118, 9)
    layers = [Layer(leaves, Ink.ACCENT), *fit_in_circle(mark, (0, -4), 214)]
    text, least = _below(words, words.detail, 900.0, layer_bounds(layers).bottom + 56)
    return Draft((*layers, *text), least)


def _below(words: Words, detail: Lettering | None, width: float, top: float) -> tuple[list[Layer], float]:
    """Return the name, slogan and detail in a column, and the least height by which a line is read."""
    scale = min(fit_line(line, width, 150.0) for line in words.name)
    cap = scale * cap_of(words.name[0])
    layers, least, y = [], math.inf, top
    for line in words.name:
        rise = max(-scale * line.ink.top, cap) - cap / 2
        layers.append(Layer(place_line(line, scale, 0, y + rise), Ink.NAME))
        y += rise + cap / 2 + max(scale * line.ink.bottom, 0.0) + 0.42 * cap
        least = min(least, scale * read_height(line))
    wide = max(scale * line.ink.width for line in words.name)
    lines = [*words.slogan, *((detail,) if detail else ())]
    if not lines:
        return layers, least
    y += 6
    layers.append(Layer(broken_rule((0, y), max(0.8 * wide, 420), _LINE, 15), Ink.ACCENT))
    small = 1.1 * min(fit_small(line, 0.9 * max(width, wide)) for line in lines)
    for line in lines:
        y += 74
        layers.append(Layer(place_line(line, small, 0, y), Ink.SLOGAN))
        least = min(least, small * read_height(line))
    return layers, least
