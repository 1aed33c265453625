"""Other ways to spend the colours of a scheme: on another tone of the ground, in another order of inks, tone on tone.

They stay in the family that the scheme is remembered by, so that a set of four shows four families whichever is taken.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from blazon.brief import Brief, Palette
from blazon.design import ColourScheme
from blazon.direction.colours import main_family
from blazon.draw.palette import MIN_CONTRAST, contrast, hex_of, lch_of, make_readable
from blazon.reading.reading import Reading

_LIGHT_PAPER: Final = 0.6
# Below it a colour is grey.
_COLOURED: Final = 0.05
# Of less chroma than that a lighter tone is mud.
_RICH: Final = 0.09
# Steps in OKLCH's lightness: of a tone beside its main colour, and of a ground.
_TONE: Final = 0.18
_GROUND: Final = 0.07
_FOR_TYPE: Final = 4.5
# Two tones are seen as two from this contrast on.
_SEEN: Final = 1.35


def may_vary(brief: Brief, reading: Reading) -> bool:
    """Tell whether a brief leaves it to art direction how colours are spent: it asks for none and refuses none."""
    given = isinstance(brief.palette, Palette) and bool(brief.palette.colours)
    return not (given or reading.colours or reading.colours_avoided or reading.name_colours)


def vary_scheme(colours: ColourScheme) -> tuple[ColourScheme, ...]:
    """Return other schemes in the same colours, each as readable; none for a given palette, which is kept whole."""
    if colours.palette:
        return ()
    found = _vary_on_light(colours) if lch_of(colours.paper)[0] > _LIGHT_PAPER else _vary_on_dark(colours)
    family = main_family(colours)
    kept = (one for one in found if main_family(one) is family and one != colours and _can_be_read(one))
    return tuple(dict.fromkeys(kept))


def _vary_on_light(colours: ColourScheme) -> Iterator[ColourScheme]:
    lightness, chroma, hue = lch_of(colours.mark)
    yield replace(colours, name=colours.mark if chroma >= _COLOURED else colours.accent)
    tone = make_readable((lightness + _TONE, chroma, hue), colours.paper)
    if chroma >= _RICH and contrast(tone, colours.mark) >= _SEEN:
        yield replace(colours, accent=tone)


def _vary_on_dark(colours: ColourScheme) -> Iterator[ColourScheme]:
    yield replace(colours, mark=colours.accent, accent=colours.mark)
    lightness, chroma, hue = lch_of(colours.paper)
    yield replace(colours, paper=hex_of((lightness - _GROUND, chroma, hue)))


def _can_be_read(colours: ColourScheme) -> bool:
    inks = (colours.mark, colours.accent, colours.slogan)
    return contrast(colours.name, colours.paper) >= _FOR_TYPE and all(
        contrast(ink, colours.paper) >= MIN_CONTRAST for ink in inks
    )
