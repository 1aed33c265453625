"""The colours of a finished design changed: by a palette as a whole, or role by role within the palette that it has."""

from collections.abc import Mapping
from dataclasses import fields, replace
from itertools import islice
from typing import Any, Final

from blazon.brief import Brief, Palette, Style
from blazon.design import ColourScheme, Design
from blazon.direction.colours import colour_schemes
from blazon.direction.dice import Dice
from blazon.draw.given_colours import GivenColours, schemes
from blazon.draw.palette import MIN_CONTRAST, contrast, lch_of
from blazon.reading.reading import Reading

_ROLES: Final = tuple(field.name for field in fields(ColourScheme) if field.name != "palette")
# Schemes of a palette that are looked at for one on paper as light as that of the design.
_LOOKED_AT: Final = 12
_LIGHT: Final = 60
_NEUTRAL: Final = 0.02


def spend_palette(design: Design, palette: Palette) -> ColourScheme:
    """Return the colours of a palette as art direction spends them on a design.

    A white or black paper stays if all of the colours can be read on it; else the paper is as light as it was, if that
    can be. The same design and palette give the same colours.
    """
    paper = design.colours.paper
    inks = [colour for colour in palette.colours if colour != paper]
    if lch_of(paper)[1] < _NEUTRAL and inks and all(contrast(ink, paper) >= MIN_CONTRAST for ink in inks):
        return schemes(GivenColours(palette.colours, only=True, paper=paper))[0]
    layout = design.layout if design.brand_name else None
    brief = Brief("a logo", brand_name=design.brand_name, palette=palette, layout=layout, seed=design.seed % 2**32)
    reading = Reading(name=design.brand_name, layout=layout)
    dice = Dice(f"{design.seed}\0{design.title}\0palette")
    found = list(islice(colour_schemes(brief, reading, (Style.MODERN,), dice), _LOOKED_AT))
    alike = [colours for colours in found if _is_light(colours.paper) is _is_light(design.colours.paper)]
    return (alike or found)[0]


def replace_in_palette(before: ColourScheme, after: ColourScheme, patch: Mapping[str, Any] | None) -> ColourScheme:
    """Return a scheme that is confined to a palette with the colours in it that its roles were given.

    A colour that no role has any more gives its place to the one that took the role over.
    """
    if not before.palette or (isinstance(patch, Mapping) and "palette" in patch):
        return after
    kept = {getattr(after, role) for role in _ROLES}
    palette = list(before.palette)
    for role in _ROLES:
        old, new = getattr(before, role), getattr(after, role)
        if new in palette:
            continue
        if old in palette and old not in kept:
            palette[palette.index(old)] = new
        else:
            palette.append(new)
    shown = [colour for colour in dict.fromkeys(palette) if colour in kept or colour in before.palette]
    return replace(after, palette=tuple(shown))


def _is_light(paper: str) -> bool:
    return round(100 * lch_of(paper)[0]) > _LIGHT
