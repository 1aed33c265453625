"""Families of colours as people name them (red, brown, teal), told apart in OKLCH."""

from enum import StrEnum
from functools import lru_cache
from typing import Final

from blazon.draw.palette import Lch, lch_of

_NEUTRAL: Final = 0.03
# Below this chroma a pale colour passes for white.
_TINGED: Final = 0.045
_KIN_HUE: Final = 25.0


class HueFamily(StrEnum):
    RED = "red"
    ORANGE = "orange"
    BROWN = "brown"
    YELLOW = "yellow"
    GREEN = "green"
    TEAL = "teal"
    BLUE = "blue"
    PURPLE = "purple"
    PINK = "pink"
    BLACK = "black"
    GREY = "grey"
    WHITE = "white"


NEUTRALS: Final = frozenset({HueFamily.BLACK, HueFamily.GREY, HueFamily.WHITE})


@lru_cache(maxsize=1024)
def family_of(colour: str) -> HueFamily:
    """Return the family of `#rrggbb`."""
    lightness, chroma, hue = lch_of(colour)
    if chroma < _NEUTRAL or (chroma < _TINGED and lightness > 0.93):
        return _neutral(lightness)
    if hue >= 335 or hue < 15:
        return HueFamily.PINK if lightness >= 0.5 or chroma >= 0.16 else HueFamily.RED
    if hue < 78:
        return _warm(lightness, chroma, hue)
    if hue < 118:
        return _yellow(lightness, hue)
    bounds = ((180, HueFamily.GREEN), (215, HueFamily.TEAL), (280, HueFamily.BLUE), (335, HueFamily.PURPLE))
    return next(family for bound, family in bounds if hue < bound)


def _neutral(lightness: float) -> HueFamily:
    if lightness >= 0.93:
        return HueFamily.WHITE
    return HueFamily.BLACK if lightness < 0.32 else HueFamily.GREY


def _warm(lightness: float, chroma: float, hue: float) -> HueFamily:
    if hue < 35:
        if lightness >= 0.72 and chroma < 0.14:
            return HueFamily.PINK
        return HueFamily.RED if chroma >= 0.08 else HueFamily.BROWN
    if lightness < 0.55 or (chroma < 0.09 and lightness < 0.85):
        return HueFamily.BROWN
    return HueFamily.ORANGE


def _yellow(lightness: float, hue: float) -> HueFamily:
    if hue < 100:
        return HueFamily.YELLOW if lightness >= 0.55 else HueFamily.BROWN
    return HueFamily.YELLOW if lightness >= 0.65 else HueFamily.GREEN


def is_kin(colour: str, avoided: str) -> bool:
    """Say whether a colour would be taken for one that is not wanted: of its family, or near its hue.

    Teal passes for blue and for green. The hue says nothing about what is nearly grey, nor of brown, which is orange
    but for its lightness; and red is as near to pink as orange, and yet is no pink.
    """
    families = {family_of(colour), family_of(avoided)}
    if len(families) == 1:
        return True
    if families & NEUTRALS or HueFamily.BROWN in families or families == {HueFamily.RED, HueFamily.PINK}:
        return False
    if family_of(colour) is HueFamily.TEAL and family_of(avoided) in (HueFamily.BLUE, HueFamily.GREEN):
        return True
    return hue_distance(lch_of(colour), lch_of(avoided)) < _KIN_HUE


def is_shade(colour: str, avoided: str) -> bool:
    """Say whether two colours are nearly the same: within 0.1 of each other in OKLCH's lightness and chroma plane."""
    one, other = lch_of(colour), lch_of(avoided)
    near = abs(one[0] - other[0]) < 0.1 and abs(one[1] - other[1]) < 0.1
    return near and (max(one[1], other[1]) < _TINGED or hue_distance(one, other) < _KIN_HUE)


def hue_distance(one: Lch, other: Lch) -> float:
    """Return the angle between two hues, 0 to 180 degrees."""
    apart = abs(one[2] - other[2]) % 360
    return min(apart, 360 - apart)
