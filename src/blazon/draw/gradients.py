"""Gradients: whether two colours make one, and which colour makes one with another.

From blue to orange a gradient is grey in the middle. Neighbours on the circle of hues stay clean, and run towards the
lighter of the two: to yellow, to cyan, to pink.
"""

from dataclasses import replace
from typing import Final

from blazon.design import ColourScheme
from blazon.draw.palette import MIN_CONTRAST, Lch, contrast, lch_of, make_readable

# Degrees of hue between two stops, at most. They are seen as two from so many hundredths of lightness, or degrees, on.
_MOST_APART: Final = 80
_LIGHTER: Final = 10
_OTHER_HUE: Final = 25
# Less chroma than this, in hundredths, is grey.
_GREY: Final = 6
# From which hue on, and by how many degrees, the other stop is turned.
_TURNS: Final = ((0, 36), (90, -34), (200, -48), (285, 45))


def suits_gradient(colours: ColourScheme) -> bool:
    """Say whether the mark of a scheme can run to its accent: both coloured, readable, related and unlike."""
    mark, accent = lch_of(colours.mark), lch_of(colours.accent)
    if (
        min(_hundredths(mark[1]), _hundredths(accent[1])) < _GREY
        or contrast(colours.accent, colours.paper) < MIN_CONTRAST
    ):
        return False
    apart = abs((round(mark[2]) - round(accent[2]) + 180) % 360 - 180)
    lighter = abs(_hundredths(mark[0]) - _hundredths(accent[0]))
    return apart <= _MOST_APART and (lighter >= _LIGHTER or apart >= _OTHER_HUE)


def add_gradient(colours: ColourScheme) -> ColourScheme | None:
    """Return a scheme with an accent that its mark can run to, or None for a grey mark or a given palette."""
    if suits_gradient(colours):
        return colours
    mark = lch_of(colours.mark)
    if colours.palette or _hundredths(mark[1]) < _GREY:
        return None
    found = replace(colours, accent=make_readable(_turn(mark), colours.paper))
    return found if suits_gradient(found) else None


def _turn(colour: Lch) -> Lch:
    lightness, chroma, hue = colour
    turn = next(by for start, by in reversed(_TURNS) if hue % 360 >= start)
    return min(lightness + 0.16, 0.86), max(chroma, 0.11), (hue + turn) % 360


def _hundredths(value: float) -> int:
    return round(100 * value)
