"""Colour: schemes for a logo, chosen in OKLCH and held to a contrast of 3:1 on their paper.

OKLCH (Björn Ottosson, "A perceptual color space for image processing", 2020) keeps lightness apart
from hue, so that one hue can be made darker until it can be read without turning into another colour.
The contrast ratio is that of WCAG 2.2, whose criterion 1.4.11 asks 3:1 of graphical objects.
"""

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Final

from coloraide import Color

from blazon.brief import PaletteMood
from blazon.design import ColourScheme

MIN_CONTRAST: Final = 3.0
WHITE: Final = "#ffffff"
LIGHT: Final = "#fdfcfa"
# The chroma from which on a dark name has a colour of its own.
_COLOURED: Final = 0.06
_STEP: Final = 0.01
# Linear sRGB that a rounded OKLCH colour may lie outside by, and how often the chroma that fits is halved in.
_ROUNDING: Final = 1e-5
_HALVINGS: Final = 14

Lch = tuple[float, float, float]


class Ground(StrEnum):
    """What a logo stands on."""

    WHITE = "white"
    TINTED = "tinted"
    DARK = "dark"
    SOLID = "solid"
    BRIGHT = "bright"


@dataclass(frozen=True, slots=True)
class Harmony:
    """Two colours that go together, as OKLCH (lightness 0..1, chroma, hue in degrees)."""

    mark: Lch
    accent: Lch


_H = Harmony
HARMONIES: Final[dict[PaletteMood, tuple[Harmony, ...]]] = {
    PaletteMood.WARM: (
        _H((0.55, 0.16, 36), (0.76, 0.14, 75)),
        _H((0.47, 0.16, 27), (0.74, 0.13, 60)),
        _H((0.43, 0.09, 45), (0.66, 0.15, 45)),
        _H((0.62, 0.17, 45), (0.45, 0.10, 20)),
        _H((0.50, 0.17, 15), (0.78, 0.12, 70)),
    ),
    PaletteMood.COOL: (
        _H((0.45, 0.17, 262), (0.72, 0.12, 225)),
        _H((0.36, 0.09, 255), (0.66, 0.13, 240)),
        _H((0.50, 0.10, 215), (0.74, 0.10, 190)),
        _H((0.45, 0.09, 192), (0.74, 0.12, 85)),
        _H((0.36, 0.015, 250), (0.66, 0.15, 245)),
    ),
    PaletteMood.NATURAL: (
        _H((0.44, 0.10, 150), (0.72, 0.15, 125)),
        _H((0.40, 0.07, 160), (0.70, 0.12, 85)),
        _H((0.52, 0.12, 140), (0.40, 0.06, 60)),
        _H((0.38, 0.06, 135), (0.66, 0.13, 55)),
        _H((0.50, 0.09, 170), (0.78, 0.13, 110)),
    ),
    PaletteMood.OCEAN: (
        _H((0.38, 0.09, 245), (0.70, 0.11, 200)),
        _H((0.47, 0.09, 215), (0.68, 0.15, 38)),
        _H((0.33, 0.07, 250), (0.80, 0.11, 85)),
        _H((0.52, 0.10, 200), (0.36, 0.08, 250)),
        _H((0.45, 0.13, 245), (0.78, 0.10, 190)),
    ),
    PaletteMood.SUNSET: (
        _H((0.56, 0.20, 25), (0.78, 0.15, 70)),
        _H((0.42, 0.15, 320), (0.70, 0.18, 40)),
        _H((0.58, 0.21, 5), (0.76, 0.15, 65)),
        _H((0.38, 0.13, 300), (0.72, 0.17, 30)),
        _H((0.64, 0.19, 42), (0.44, 0.16, 340)),
    ),
    PaletteMood.VIVID: (
        _H((0.57, 0.21, 27), (0.84, 0.16, 92)),
        _H((0.58, 0.23, 0), (0.80, 0.13, 200)),
        _H((0.55, 0.20, 255), (0.83, 0.17, 95)),
        _H((0.55, 0.16, 150), (0.44, 0.14, 258)),
        _H((0.63, 0.20, 42), (0.36, 0.12, 262)),
    ),
    PaletteMood.PASTEL: (
        _H((0.48, 0.14, 355), (0.90, 0.06, 50)),
        _H((0.46, 0.10, 245), (0.88, 0.06, 350)),
        _H((0.45, 0.10, 305), (0.90, 0.06, 165)),
        _H((0.46, 0.08, 185), (0.90, 0.06, 20)),
        _H((0.50, 0.13, 25), (0.89, 0.06, 225)),
        _H((0.45, 0.09, 150), (0.89, 0.06, 305)),
    ),
    PaletteMood.EARTHY: (
        _H((0.42, 0.08, 45), (0.70, 0.11, 65)),
        _H((0.36, 0.05, 60), (0.62, 0.13, 42)),
        _H((0.45, 0.07, 110), (0.66, 0.11, 60)),
        _H((0.50, 0.11, 40), (0.40, 0.05, 130)),
        _H((0.38, 0.06, 25), (0.72, 0.10, 85)),
    ),
    PaletteMood.LUXURY: (
        _H((0.27, 0.03, 265), (0.74, 0.10, 85)),
        _H((0.33, 0.08, 345), (0.76, 0.09, 75)),
        _H((0.33, 0.06, 165), (0.76, 0.10, 88)),
        _H((0.30, 0.07, 285), (0.78, 0.07, 60)),
        _H((0.26, 0.02, 60), (0.66, 0.09, 60)),
    ),
    PaletteMood.NIGHT: (
        _H((0.34, 0.10, 258), (0.80, 0.13, 195)),
        _H((0.32, 0.10, 265), (0.84, 0.14, 95)),
        _H((0.38, 0.16, 300), (0.76, 0.15, 350)),
        _H((0.34, 0.08, 240), (0.80, 0.15, 155)),
        _H((0.30, 0.06, 260), (0.74, 0.15, 50)),
    ),
    PaletteMood.MONO: (
        _H((0.22, 0.00, 0), (0.55, 0.00, 0)),
        _H((0.27, 0.015, 260), (0.56, 0.02, 260)),
        _H((0.24, 0.012, 60), (0.54, 0.02, 60)),
        _H((0.34, 0.00, 0), (0.66, 0.00, 0)),
        _H((0.30, 0.01, 200), (0.58, 0.015, 200)),
    ),
}


@lru_cache(maxsize=4096)
def contrast(one: str, other: str) -> float:
    """Return the WCAG contrast ratio (1 to 21) of two colours given as `#rrggbb`."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@lru_cache(maxsize=4096)
def _luminance(colour: str) -> float:
    """Return the relative luminance (0 to 1) of `#rrggbb` as WCAG 2.2 defines it."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


@lru_cache(maxsize=4096)
def hex_of(colour: Lch) -> str:
    """Return an OKLCH colour as `#rrggbb`, brought into sRGB by lowering its chroma."""
    lightness, chroma, hue = colour
    lightness = min(1.0, max(0.0, lightness))
    rgb = _rgb_of((lightness, chroma, hue))
    if not _in_gamut(rgb):
        low, high = 0.0, chroma
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if _in_gamut(_rgb_of((lightness, middle, hue))) else (low, middle)
        rgb = _rgb_of((lightness, low, hue))
    return "#" + "".join(f"{round(255 * _encode(min(1.0, max(0.0, part)))):02x}" for part in rgb)


def _rgb_of(colour: Lch) -> tuple[float, float, float]:
    """Return an OKLCH colour in linear sRGB, parts below 0 or above 1 where it lies outside (Ottosson, 2020)."""
    lightness, chroma, hue = colour
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _in_gamut(rgb: tuple[float, float, float]) -> bool:
    return min(rgb) >= -_ROUNDING and max(rgb) <= 1 + _ROUNDING


def _encode(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


@lru_cache(maxsize=1024)
def lch_of(colour: str) -> Lch:
    """Return `#rrggbb` as OKLCH; the hue of a grey is 0."""
    lightness, chroma, hue = Color(colour).convert("oklch").coords(nans=False)
    return (lightness, chroma, hue if chroma > 1e-4 else 0.0)


@lru_cache(maxsize=4096)
def make_readable(colour: Lch, paper: str, ratio: float = MIN_CONTRAST) -> str:
    """Return `colour` with its lightness moved away from `paper` until the contrast is `ratio`."""
    lightness, chroma, hue = colour
    step = -_STEP if lch_of(paper)[0] > 0.6 else _STEP
    while 0 <= lightness <= 1:
        value = hex_of((lightness, chroma, hue))
        if contrast(value, paper) >= ratio:
            return value
        lightness += step
    return "#000000" if step < 0 else WHITE


# A light tone of a brown, which is darker than this, is the colour of skin; cream is not.
_BROWN: Final = 0.56
CREAM: Final = 88.0
_GREENS: Final = (115, 175)
_ORANGES: Final = (25, 74)


@lru_cache(maxsize=1024)
def scheme(harmony: Harmony, ground: Ground) -> ColourScheme:
    """Return the colours for every ink of a harmony printed on a ground."""
    lightness, chroma, hue = harmony.mark
    match ground:
        case Ground.DARK:
            return _on_dark(harmony)
        case Ground.SOLID:
            return light_on_dark(
                make_readable((min(lightness, 0.56), chroma, hue), WHITE, 4.5), harmony, plain_mark=True
            )
        case Ground.TINTED:
            return dark_on_light(hex_of((0.966, min(chroma, 0.02), hue)), harmony)
        case Ground.BRIGHT:
            # A tone of the paper dark enough to be read would be olive or brown: the mark stays in one ink.
            paper_lightness, paper_chroma, paper_hue = harmony.accent
            colours = dark_on_light(hex_of((max(paper_lightness, 0.80), paper_chroma, paper_hue)), harmony)
            return replace(colours, accent=colours.mark)
        case Ground.WHITE:
            return dark_on_light(WHITE, harmony)


def _on_dark(harmony: Harmony) -> ColourScheme:
    """Return the scheme on a paper of the darker colour's hue, the brighter one as mark."""
    dark, bright = sorted((harmony.mark, harmony.accent))
    if _GREENS[0] <= dark[2] < _GREENS[1] and _ORANGES[0] <= bright[2] < _ORANGES[1]:
        bright = (0.80, max(dark[1], 0.11), dark[2])  # what is green stays so: a leaf in orange is none
    paper = hex_of((min(dark[0], 0.225), subdue(dark, 0.05), dark[2]))
    return light_on_dark(paper, Harmony(dark, bright))


def subdue(colour: Lch, most: float) -> float:
    """Return the chroma of what is nearly black or grey: little for warm hues, which turn into a brown there."""
    return min(colour[1], most if 150 <= colour[2] <= 330 else 0.012)


def scheme_on(paper: str, harmony: Harmony) -> ColourScheme:
    """Return the colours of a harmony printed on a paper (`#rrggbb`) that is asked for."""
    if contrast(WHITE, paper) >= 4.5:
        return light_on_dark(paper, harmony)
    return dark_on_light(paper, harmony)


def set_name_in_main(colours: ColourScheme) -> ColourScheme:
    """Return the scheme of a wordmark: where no mark is drawn, a name that is nearly black carries its colour."""
    return colours if lch_of(colours.name)[1] >= _COLOURED else replace(colours, name=colours.mark)


def dark_on_light(paper: str, harmony: Harmony) -> ColourScheme:
    """Return a scheme of dark inks on a light paper (`#rrggbb`)."""
    lightness, chroma, hue = harmony.mark
    name = (min(lightness, 0.27), subdue(harmony.mark, 0.05), hue)
    return ColourScheme(
        mark=make_readable(harmony.mark, paper),
        accent=darken_accent(harmony.accent, paper),
        tint=hex_of((0.89, min(0.06, chroma), CREAM if lightness < _BROWN and 20 <= hue < CREAM else hue)),
        name=make_readable(name, paper, 7),
        slogan=make_readable((0.48, subdue(harmony.mark, 0.04), hue), paper, 4.5),
        paper=paper,
    )


def darken_accent(accent: Lch, paper: str) -> str:
    """Return an accent that can be read on a light paper; a yellow goes amber and a lime green, neither olive."""
    lightness, chroma, hue = accent
    if contrast(hex_of(accent), paper) < MIN_CONTRAST and 86 <= hue < 132:
        hue = 76.0 if hue < 112 else 140.0
    return make_readable((lightness, chroma, hue), paper)


def _least_on_dark(hue: float) -> float:
    """Return the contrast of a coloured mark with a dark paper: gold that is as dark as on white is mud there.

    Reds get the least, as they are pink soon; the others what type needs, for a wordmark is set in this colour.
    """
    if 74 <= hue < 116:
        return 7.0
    return 3.6 if hue < 45 or hue >= 340 else 4.5


def light_on_dark(paper: str, harmony: Harmony, *, plain_mark: bool = False) -> ColourScheme:
    """Return a scheme of light inks on a dark paper (`#rrggbb`), the mark plain or in the accent."""
    # No lighter than it must be: a red that is lifted to the lightness of gold is a salmon.
    bright, hue = harmony.accent, harmony.accent[2]
    _, mark_chroma, mark_hue = harmony.mark
    soft = (max(lch_of(paper)[0] + 0.14, 0.38), min(mark_chroma, 0.10), mark_hue)
    return ColourScheme(
        mark=LIGHT if plain_mark else make_readable(bright, paper, _least_on_dark(hue)),
        accent=make_readable(bright, paper) if plain_mark else make_readable((0.94, 0.02, hue), paper),
        tint=hex_of(soft),
        name=LIGHT,
        slogan=make_readable((0.86, 0.02, mark_hue), paper, 4.5),
        paper=paper,
    )
