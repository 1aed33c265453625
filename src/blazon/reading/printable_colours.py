"""Colours as they can be printed together: what is named in words may be a little lighter or darker, not more.

`Rust on blue` cannot be read as it is. Made readable alone, rust would be pink; where the blue gives way as well, both
go by their names still. What is given as `#rrggbb` is meant to the letter.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from blazon.draw.given_colours import BLACK, carriers, shades_on
from blazon.draw.palette import WHITE, hex_of, lch_of
from blazon.reading.reading import Colour, ColourRole

# Steps in OKLCH's lightness, in hundredths, after which a colour is still called the same.
_PAPER_STEPS: Final = (0, 2, -2, 4, -4, 6, -6, 8, -8, 10, -10, 12, -12, 14, -14)
_SAME_INK: Final = 10
# Percent of the chroma that a shade keeps at least.
_KEPT: Final = 70
# Paper that is nearly white gets no darker, and one that is nearly black no lighter.
_LIGHT, _DARK = 88, 30


@lru_cache(maxsize=256)
def make_printable(colours: tuple[Colour, ...], *, only: bool) -> tuple[Colour, ...]:
    """Return colours that read on the paper that is wished for, or, if no others may join, on white."""
    paper = next((colour for colour in colours if colour.role is ColourRole.BACKGROUND), None)
    if paper is not None:
        value = _part(paper, [colour.value for colour in colours if colour is not paper])
        return tuple(replace(colour, value=value) if colour is paper else colour for colour in colours)
    if only and BLACK in carriers([colour.value for colour in colours]):
        return tuple(_darken(colour) for colour in colours)
    return colours


def _is_named(colour: Colour) -> bool:
    return not colour.name.startswith("#")


def _part(paper: Colour, inks: Sequence[str]) -> str:
    """Return the shade of a paper on which the ink that changes most changes least, as does the paper itself."""
    if not _is_named(paper) or shades_on(paper.value, inks) == tuple(inks):
        return paper.value
    lightness, chroma, hue = lch_of(paper.value)
    level = round(100 * lightness)
    steps = [step for step in _PAPER_STEPS if (level < _LIGHT or step >= 0) and (level > _DARK or step <= 0)]
    shades = [(step, hex_of((lightness + step / 100, chroma, hue)) if step else paper.value) for step in steps]
    # A yellow that is much lighter is cream.
    shades = [(step, value) for step, value in shades if round(1000 * lch_of(value)[1]) >= round(10 * _KEPT * chroma)]

    def change(entry: tuple[int, str]) -> tuple[int, int]:
        step, value = entry
        moved = [_distance(ink, shade) for ink, shade in zip(inks, shades_on(value, inks), strict=True)]
        return max(abs(step), *moved), abs(step)

    return min(shades, key=change)[1]


def _darken(colour: Colour) -> Colour:
    (shade,) = shades_on(WHITE, (colour.value,))
    near = _is_named(colour) and _distance(colour.value, shade) <= _SAME_INK
    return replace(colour, value=shade) if near else colour


def _distance(one: str, other: str) -> int:
    """Return how far apart two colours are in lightness, in hundredths."""
    return round(100 * abs(lch_of(one)[0] - lch_of(other)[0]))
