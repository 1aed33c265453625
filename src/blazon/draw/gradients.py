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
# Less chroma than this, in hundredths, is muted: what runs between muted colours looks like dirt. Warm hues are so
# with more chroma, and browns where they are darker than this.
_MUTED: Final = 7
_WARM_HUES: Final = range(20, 116)
_MUTED_WARM: Final = 11
_DARKEST_WARM: Final = 56
# From which hue on, and by how many degrees, the other stop is turned.
_TURNS: Final = ((0, 36), (90, -34), (200, -48), (285, 45))


def suits_gradient(colours: ColourScheme) -> bool:
    """Say whether the mark of a scheme can run to its accent: both clean, readable, related and unlike."""
    mark, accent = lch_of(colours.mark), lch_of(colours.accent)
    if not (_is_clean(mark) and _is_clean(accent)) or contrast(colours.accent, colours.paper) < MIN_CONTRAST:
        return False
    apart = abs((round(mark[2]) - round(accent[2]) + 180) % 360 - 180)
    lighter = abs(_hundredths(mark[0]) - _hundredths(accent[0]))
    return apart <= _MOST_APART and (lighter >= _LIGHTER or apart >= _OTHER_HUE)


def add_gradient(colours: ColourScheme) -> ColourScheme | None:
    """Return a scheme with an accent that its mark can run to, or None for a muted mark or a given palette."""
    if suits_gradient(colours):
        return colours
    mark = lch_of(colours.mark)
    if colours.palette or not _is_clean(mark):
        return None
    found = replace(colours, accent=make_readable(_turn(mark), colours.paper))
    return found if suits_gradient(found) else None


def _is_clean(colour: Lch) -> bool:
    lightness, chroma, hue = colour
    if round(hue) not in _WARM_HUES:
        return _hundredths(chroma) >= _MUTED
    return _hundredths(chroma) >= _MUTED_WARM and _hundredths(lightness) >= _DARKEST_WARM


def _turn(colour: Lch) -> Lch:
    lightness, chroma, hue = colour
    turn = next(by for start, by in reversed(_TURNS) if hue % 360 >= start)
    return min(lightness + 0.16, 0.86), max(chroma, 0.12), (hue + turn) % 360


def _hundredths(value: float) -> int:
    return round(100 * value)
