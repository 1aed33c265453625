"""Neutral shapes: what marks have in common with everything else: ordinary pictures, plain letters, plain figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pathops import Path

from blazon.design import Typeface
from blazon.draw.artwork import Materials
from blazon.draw.lettering import set_line
from blazon.draw.outline import Box, Ink, circle, ellipse, rectangle, regular_polygon, subtract_paths

LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@dataclass(frozen=True, slots=True)
class NeutralShape:
    """The outlines of a shape that is nobody's, and how much it counts."""

    outlines: tuple[Path, ...]
    weight: int


# One picture may be like a mark by chance or by theft, a plain figure is everybody's.
_PICTURE: Final = 1
_LETTER: Final = 2
_FIGURE: Final = 4

_DOTS: Final = (
    ((0, 0), (1, 0)),
    ((0, 0), (1, 0), (2, 0)),
    ((0, 0), (1, 0), (0.5, 0.87)),
    ((0, 0), (1, 0), (0, 1), (1, 1)),
)


def neutral_shapes(materials: Materials) -> Iterator[NeutralShape]:
    """Yield the neutral shapes, always in the same order."""
    for symbol in sorted(materials.symbols, key=lambda one: one.id):
        layers = materials.symbols.layers(symbol)
        yield NeutralShape(tuple(layer.path for layer in layers if layer.ink is not Ink.TINT), _PICTURE)
    for family in sorted(materials.fonts.families_covering(LETTERS), key=lambda one: one.name):
        for weight in sorted({min(family.weights), max(family.weights)}):
            for letter in LETTERS:
                line = set_line(letter, Typeface(family.name, weight), 1000, materials.fonts)
                yield NeutralShape((line.path,), _LETTER)
    yield from (NeutralShape(outlines, _FIGURE) for outlines in _plain_figures())


def _plain_figures() -> Iterator[tuple[Path, ...]]:
    """Yield discs, ellipses, polygons, bars, the rings of them, rows of bars, and a few dots."""
    middle = (500.0, 500.0)
    round_ones = [ellipse(middle, 500, 500 * share) for share in (1.0, 0.9, 0.75, 0.6, 0.45, 0.3)]
    polygons = [regular_polygon(middle, 500, sides) for sides in range(3, 13)]
    boxes = [
        rectangle(Box(0, 500 - half, 1000, 500 + half), share * half)
        for half in (40, 80, 120, 180, 250, 330, 420, 500)
        for share in (0, 0.15, 0.3, 0.5, 1)
    ]
    half_disc = subtract_paths(circle(middle, 500), rectangle(Box(0, 500, 1000, 1000)))
    quarter = subtract_paths(half_disc, rectangle(Box(500, 0, 1000, 500)))
    whole = [*round_ones, *polygons, *boxes, half_disc, quarter]
    yield from ((outline,) for outline in whole)
    for share in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        for outline in (*round_ones[:3], *polygons, *boxes[-10:]):
            shift = 500 * (1 - share)
            yield (subtract_paths(outline, outline.transform(share, 0, 0, share, shift, shift)),)
    for count in range(2, 6):
        for gap in (0.3, 0.5, 0.7):
            step = 1000 / (count - gap)
            yield tuple(rectangle(Box(0, step * n, 1000, step * (n + 1 - gap))) for n in range(count))
    for radius in (90, 130, 170, 210, 250):
        for centres in _DOTS:
            yield tuple(circle((500 * x, 500 * y), radius) for x, y in centres)
