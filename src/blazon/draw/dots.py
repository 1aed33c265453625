"""The dots and accents over letters: none is lost in a ligature, none is swallowed by the letter before it."""

import math
from itertools import pairwise
from typing import Final, NamedTuple

from pathops import Path

from blazon.draw.fonts import Extent, FontInstance
from blazon.draw.outline import Box, intersect_paths, rectangle

# The least distance of a dot from the letter before it, and what is made of a smaller one, in em.
_TOUCHING: Final = 0.008
_CLEAR: Final = 0.025
# How far a designer may lower the dot of a letter in a ligature, in em.
_LOWERED: Final = 0.05


class Glyph(NamedTuple):
    """One glyph of a shaped run, in font units.

    Args:
        cluster: where its characters begin in the text.
        letter: the number of the letter, or of the first of them, that it shows in its run.
    """

    number: int
    cluster: int
    letter: int
    advance: float
    dx: float
    dy: float


def find_lost_dots(text: str, glyphs: list[Glyph], font: FontInstance) -> list[tuple[int, int]]:
    """Return the parts of a left-to-right text, as `(start, end)`, whose ligature has fewer dots than its letters."""
    starts = sorted({glyph.cluster for glyph in glyphs})
    clusters = [(start, end) for start, end in pairwise([*starts, len(text)]) if end - start > 1]
    return [span for span in clusters if _loses_dots(text[slice(*span)], span[0], glyphs, font)]


def _loses_dots(letters: str, start: int, glyphs: list[Glyph], font: FontInstance) -> bool:
    lows = [dot.low for letter in letters for dot in font.dots(letter)]
    if not lows:
        return False
    height = min(lows) - _LOWERED * font.upem
    nominal = [font.font.get_nominal_glyph(ord(letter)) or 0 for letter in letters]
    shaped = [glyph.number for glyph in glyphs if glyph.cluster == start]
    return _count_above(height, shaped, font) < _count_above(height, nominal, font)


def _count_above(height: float, glyphs: list[int], font: FontInstance) -> int:
    """Return how many contours of some glyphs stand above a height: dots, and the loop of an f in a script."""
    contours = (contour for glyph in glyphs for contour in font.outline(glyph).contours)
    return sum(Extent.of(contour).low >= height for contour in contours)


def clear_dots(text: str, glyphs: list[Glyph], font: FontInstance, tracking: float) -> list[Glyph]:
    """Return the glyphs of a left-to-right text, moved apart where a letter would touch the dot of the next one.

    The hook of an f in a heavy weight reaches into the dot of an i, all the more where letters stand close.
    """
    cleared = list(glyphs)
    for place, (before, after) in enumerate(pairwise(glyphs)):
        letter = text[after.cluster]
        if letter.islower() and before.advance and after.advance:
            cleared[place] = before._replace(advance=before.advance + _overlap(before, after, letter, font, tracking))
    return cleared


def _overlap(before: Glyph, after: Glyph, letter: str, font: FontInstance, tracking: float) -> float:
    """Return by how much two neighbours must move apart so that the dots of the second are clear, at least 0."""
    x = before.advance + tracking - before.dx + after.dx
    gaps = [dot.left + x - _reach(font.outline(before.number), dot) for dot in font.dots(letter)]
    nearest = min(gaps, default=font.upem)
    return max(0.0, _CLEAR * font.upem - nearest) if nearest < _TOUCHING * font.upem else 0.0


def _reach(outline: Path, dot: Extent) -> float:
    """Return how far to the right an outline goes at the height of a dot."""
    whole = Extent.of(outline)
    if whole.high <= dot.low or whole.low >= dot.high:
        return -math.inf
    band = intersect_paths(outline, rectangle(Box(whole.left - 1, dot.low, whole.right + 1, dot.high)))
    return Extent.of(band).right if len(list(band.verbs)) else -math.inf
