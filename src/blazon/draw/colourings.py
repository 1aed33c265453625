"""Colourings of one logo: all black, all white, and on the opposite ground."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from blazon.design import ColourScheme
from blazon.draw.given_colours import BLACK, GivenColours, schemes
from blazon.draw.palette import (
    CREAM,
    LIGHT,
    MIN_CONTRAST,
    WHITE,
    Harmony,
    Lch,
    contrast,
    dark_on_light,
    darken_accent,
    hex_of,
    lch_of,
    make_readable,
    subdue,
)

# Two colours are seen as two from this sum of the differences of their channels on.
_SEEN: Final = 75
# OKLCH: chromas up to which a colour is as good as grey, is dull, and from which it is strong; a light that is nearly
# white; and how far in lightness a tint may be from its paper to be a tone of it.
_GREYISH: Final = 0.04
_DULL: Final = 0.05
_VIVID: Final = 0.11
_PALE: Final = 0.85
_FAR: Final = 0.27


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
        wash = hex_of((0.36, min(mark[1], 0.08), mark[2]))
        return ColourScheme(
            mark=_brighten(mark, paper),
            accent=_brighten(accent, paper),
            tint=wash if _is_wash(colours) else _brighten(lch_of(colours.tint), paper),
            name=LIGHT,
            slogan=make_readable((0.86, 0.02, mark[2]), paper, 4.5),
            paper=paper,
        )
    base = dark_on_light(WHITE, Harmony(lch_of(colours.paper), accent))
    coloured = mark[1] > _DULL
    return replace(
        base,
        mark=darken_accent(mark if coloured else lch_of(colours.paper), WHITE),
        # What is nearly white on the dark is nearly black on white, not grey, beside a mark that is not black itself.
        accent=base.name if coloured and accent[0] > _PALE and accent[1] < _DULL else base.accent,
        tint=base.tint if _is_wash(colours) else darken_accent(lch_of(colours.tint), WHITE),
    )


def _is_wash(colours: ColourScheme) -> bool:
    """Say whether the tint is a tone of the paper, and not a colour of the mark by itself, as in one that is traced."""
    (tint, chroma, _), paper = lch_of(colours.tint), lch_of(colours.paper)[0]
    return abs(tint - paper) < _FAR and chroma < _VIVID


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
    """Return a colour as it is if it can be read on a dark paper, else as light as its hue looks best there.

    What is nearly black becomes nearly white. A dark brown becomes cream, and a dark red without much colour a hint of
    it: lifted, they would be skin and pink. A strong red is lifted no more than it must be.
    """
    as_it_is, (lightness, chroma, hue) = hex_of(colour), colour
    if contrast(as_it_is, paper) >= MIN_CONTRAST:
        return as_it_is
    reddish = hue < 45 or hue >= 340
    if chroma < _GREYISH:
        return make_readable((0.93, chroma / 2, hue), paper)
    if chroma < _VIVID and 20 <= hue < CREAM:
        return make_readable((0.86, 0.06, 80), paper)
    if reddish:
        return make_readable(colour, paper, 3.6) if chroma >= _VIVID else make_readable((0.88, 0.035, hue), paper)
    return make_readable((max(lightness, 0.72), chroma, hue), paper)
