"""Which names a colour goes by: `#8b1a2b` is red and dark red, `#5a3a22` brown.

A colour is judged in OKLCH (Ottosson, "A perceptual color space for image processing", 2020): lightness 0..1,
chroma 0..0.4, hue in degrees. Names overlap, as they do among people: a hue between green and teal is both. What is
asked for may lie at the edge of its name; what is refused is seen only in its core, `EDGE` degrees further in.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

EDGE: Final = 8.0


@dataclass(frozen=True, slots=True)
class Region:
    """A part of OKLCH: from and to, each; hues go up and may pass 360."""

    hue: tuple[float, float] = (0.0, 360.0)
    light: tuple[float, float] = (0.0, 1.0)
    chroma: tuple[float, float] = (0.0, 1.0)

    def has(self, hexadecimal: str, *, core: bool = False) -> bool:
        """Tell whether a colour lies in the region, or in its core."""
        light, chroma, hue = to_oklch(hexadecimal)
        low, high = self.hue
        if core and high - low < 360:
            low, high = low + EDGE, high - EDGE
        return (
            self.light[0] <= light <= self.light[1]
            and self.chroma[0] <= chroma <= self.chroma[1]
            and (hue - low) % 360 <= high - low
        )


_SEEN = (0.045, 1.0)  # the chroma from which on a hue is seen
_WHITE = Region(light=(0.955, 1.0), chroma=(0.0, 0.02))
_BLACK = Region(light=(0.0, 0.32), chroma=(0.0, 0.035))
_GREY = Region(light=(0.3, 0.93), chroma=(0.0, 0.03))
_RED = Region((4, 42), (0.25, 0.72), (0.09, 1.0))
_PINK = Region((320, 390), (0.56, 0.96), _SEEN)
_ORANGE = Region((38, 80), (0.56, 0.86), (0.09, 1.0))
_YELLOW = Region((76, 116), (0.66, 0.98), (0.07, 1.0))
_GREEN = Region((112, 176), (0.0, 0.97), _SEEN)
_TEAL = Region((162, 222), (0.0, 0.97), (0.03, 1.0))
_BLUE = Region((212, 290), (0.0, 0.96), (0.035, 1.0))
_PURPLE = Region((282, 342), (0.0, 0.92), _SEEN)
_BROWN = Region((30, 88), (0.2, 0.6), (0.03, 0.14))
_CREAM = Region((50, 118), (0.88, 0.995), (0.008, 0.09))
_BEIGE = Region((50, 115), (0.7, 0.95), (0.015, 0.1))

NAMES: Final[dict[str, tuple[Region, ...]]] = {
    "white": (_WHITE,),
    "black": (_BLACK,),
    "grey": (_GREY,),
    "red": (_RED,),
    "pink": (_PINK,),
    "orange": (_ORANGE,),
    "yellow": (_YELLOW,),
    "green": (_GREEN,),
    "teal": (_TEAL,),
    "turquoise": (_TEAL,),
    "blue": (_BLUE,),
    "purple": (_PURPLE,),
    "brown": (_BROWN,),
    "cream": (_CREAM,),
    "beige": (_BEIGE, _CREAM),
    "navy": (Region((225, 290), (0.1, 0.42), (0.035, 1.0)),),
    "sky blue": (Region((205, 265), (0.68, 0.95), (0.03, 1.0)),),
    "crimson": (Region((4, 38), (0.35, 0.62), (0.12, 1.0)),),
    "burgundy": (Region((0, 38), (0.2, 0.48), (0.05, 1.0)),),
    "gold": (Region((66, 104), (0.56, 0.92), (0.07, 1.0)),),
    "silver": (Region(light=(0.6, 0.92), chroma=(0.0, 0.03)),),
    "mustard": (Region((70, 108), (0.58, 0.88), (0.08, 1.0)),),
    "terracotta": (Region((25, 62), (0.42, 0.72), (0.06, 0.2)),),
    "rust": (Region((25, 62), (0.36, 0.65), (0.07, 0.22)),),
    "copper": (Region((30, 75), (0.42, 0.75), (0.06, 0.2)),),
    "coral": (Region((12, 52), (0.6, 0.82), (0.08, 1.0)),),
    "salmon": (Region((10, 55), (0.64, 0.88), _SEEN),),
    "olive": (Region((95, 135), (0.3, 0.68), (0.04, 0.16)),),
    "sage": (Region((100, 175), (0.5, 0.88), (0.012, 0.09)),),
    "mint": (Region((135, 190), (0.75, 0.97), (0.03, 0.2)),),
    "lime": (Region((105, 146), (0.7, 0.96), (0.12, 1.0)),),
    "forest green": (Region((112, 176), (0.15, 0.58), (0.035, 1.0)),),
    "lavender": (Region((270, 325), (0.6, 0.95), (0.02, 0.17)),),
    "lilac": (Region((280, 335), (0.6, 0.94), (0.025, 0.2)),),
    "indigo": (Region((260, 305), (0.2, 0.55), (0.07, 1.0)),),
    "plum": (Region((300, 360), (0.22, 0.6), _SEEN),),
    "magenta": (Region((318, 372), (0.45, 0.78), (0.15, 1.0)),),
    "peach": (Region((35, 80), (0.76, 0.95), (0.035, 0.15)),),
    "charcoal": (Region(light=(0.2, 0.48), chroma=(0.0, 0.035)),),
    "amber": (Region((60, 95), (0.65, 0.9), (0.1, 1.0)),),
}
"""Names that the data may use, each with the regions of which one must hold the colour."""


def is_called(hexadecimal: str, name: str, *, core: bool = False) -> bool:
    """Tell whether a colour goes by a name.

    Raises:
        KeyError: the name is not in `NAMES`.
    """
    return any(region.has(hexadecimal, core=core) for region in NAMES[name])


def any_called(colours: Iterable[str], name: str, *, core: bool = False) -> bool:
    """Tell whether one of several colours goes by a name."""
    return any(is_called(colour, name, core=core) for colour in colours)


def to_oklch(hexadecimal: str) -> tuple[float, float, float]:
    """Return lightness, chroma and hue of a colour `#rrggbb`."""
    red, green, blue = (_linear(int(hexadecimal[place : place + 2], 16) / 255) for place in (1, 3, 5))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    light = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    first = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    second = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return light, math.hypot(first, second), math.degrees(math.atan2(second, first)) % 360


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
