"""Colourings of one logo: all black, all white, and on the opposite ground."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from blazon.design import ColourScheme
from blazon.draw.given_colours import BLACK, GivenColours, schemes
from blazon.draw.palette import (
    LIGHT,
    MIN_CONTRAST,
    WHITE,
    Harmony,
    Lch,
    contrast,
    dark_on_light,
    hex_of,
    lch_of,
    make_readable,
    subdue,
)

# Two colours are seen as two from this sum of the differences of their channels on.
_SEEN: Final = 75


def black() -> ColourScheme:
    """Everything black on white."""
    return ColourScheme(BLACK, BLACK, BLACK, BLACK, BLACK, WHITE)


def white() -> ColourScheme:
    """Everything white on black."""
    return ColourScheme(WHITE, WHITE, WHITE, WHITE, WHITE, BLACK)


def inverse(colours: ColourScheme) -> ColourScheme:
    """Return the scheme on the opposite ground: dark where the paper is light, light where it is dark.

    One that is confined to a palette stays within it: there the mark's colour becomes the paper.
    """
    if colours.palette:
        return schemes(GivenColours(colours.palette, only=True, paper=colours.mark))[0]
    mark, accent = lch_of(colours.mark), lch_of(colours.accent)
    if lch_of(colours.paper)[0] > 0.6:
        paper = hex_of((0.22, subdue(mark, 0.05), mark[2]))
        return ColourScheme(
            mark=_brighten(mark, paper),
            accent=_brighten(accent, paper),
            tint=hex_of((0.36, min(mark[1], 0.08), mark[2])),
            name=LIGHT,
            slogan=make_readable((0.86, 0.02, mark[2]), paper, 4.5),
            paper=paper,
        )
    base = dark_on_light(WHITE, Harmony(lch_of(colours.paper), accent))
    return replace(base, mark=make_readable(mark if mark[1] > 0.05 else lch_of(colours.paper), WHITE))


def mix_inks(colours: ColourScheme) -> str | None:
    """Return the colour where the mark's ink and the accent lie over each other, or None where there is none.

    Half of it is of each colour, and half as inks printed over each other on a light paper multiply, or as lights on a
    dark one add up. Where that is hardly another colour than one of them, all of it is half of each. A scheme of one
    colour, or of a palette, has none.
    """
    if colours.palette or colours.mark == colours.accent:
        return None
    one, other = (_channels(colour) for colour in (colours.mark, colours.accent))
    half = [(a + b) // 2 for a, b in zip(one, other, strict=True)]
    if lch_of(colours.paper)[0] > 0.6:
        printed = [a * b // 255 for a, b in zip(one, other, strict=True)]
    else:
        printed = [255 - (255 - a) * (255 - b) // 255 for a, b in zip(one, other, strict=True)]
    mixed = [(a + b) // 2 for a, b in zip(half, printed, strict=True)]
    if min(_difference(mixed, one), _difference(mixed, other)) < _SEEN:
        mixed = half
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _channels(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _difference(one: Sequence[int], other: Sequence[int]) -> int:
    """Return how far apart two colours are, as the sum over their channels."""
    return sum(abs(a - b) for a, b in zip(one, other, strict=True))


def _brighten(colour: Lch, paper: str) -> str:
    """Return a colour as it is if it can be read on a dark paper, else bright enough not to look dull there."""
    as_it_is = hex_of(colour)
    if contrast(as_it_is, paper) >= MIN_CONTRAST:
        return as_it_is
    return make_readable((max(colour[0], 0.72), *colour[1:]), paper)
