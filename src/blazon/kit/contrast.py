"""Contrast of a colour on another one: WCAG's ratio, and the lightness contrast of APCA."""

from typing import Final

from blazon.draw.palette import contrast
from blazon.kit.colour_values import rgb_of

# APCA 0.1.9 (0.0.98G-4g), the constants of https://github.com/Myndex/SAPC-APCA.
_SHARES: Final = (0.2126729, 0.7151522, 0.0721750)
_EXPONENT: Final = 2.4
_BLACK, _BLACK_EXPONENT = 0.022, 1.414
_SCALE, _OFFSET, _LEAST = 1.14, 0.027, 0.1


def wcag_ratio(text: str, ground: str) -> float:
    """Return the contrast ratio of WCAG 2.2, 1 to 21."""
    return contrast(text, ground)


def wcag_level(ratio: float) -> str:
    """Return what a ratio is enough for (WCAG 2.2, 1.4.3, 1.4.6 and 1.4.11)."""
    levels = ((7.0, "AAA, all text"), (4.5, "AA, all text"), (3.0, "large text, icons"))
    return next((level for least, level in levels if ratio >= least), "decoration only")


def apca_contrast(text: str, ground: str) -> float:
    """Return Lc: 0 to 106 for dark text on a light ground, 0 to -108 for light text on a dark one."""
    ink, paper = _luminance(text), _luminance(ground)
    if abs(ink - paper) < 0.0005:
        return 0.0
    if paper > ink:
        value = (paper**0.56 - ink**0.57) * _SCALE
        return 0.0 if value < _LEAST else 100 * (value - _OFFSET)
    value = (paper**0.65 - ink**0.62) * _SCALE
    return 0.0 if value > -_LEAST else 100 * (value + _OFFSET)


def _luminance(colour: str) -> float:
    value = sum(share * (part / 255) ** _EXPONENT for share, part in zip(_SHARES, rgb_of(colour), strict=True))
    return float(value + (_BLACK - value) ** _BLACK_EXPONENT if value < _BLACK else value)
