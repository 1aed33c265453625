"""Wishes for colours that cannot be met to the letter, since nobody could read the logo, and what is done instead."""

from collections.abc import Iterator

from blazon.brief import Brief, Palette, Unmet
from blazon.draw.given_colours import carriers, shades_on
from blazon.draw.palette import WHITE, lch_of
from blazon.reading.printable_colours import make_printable
from blazon.reading.reading import Colour, ColourRole, Reading


def list_colour_limits(reading: Reading, brief: Brief) -> Iterator[Unmet]:
    """Yield what of the colours that are asked for cannot be, in plain words."""
    palette = brief.palette.colours if isinstance(brief.palette, Palette) else ()
    colours = tuple(Colour(value, value) for value in palette) or reading.colours
    paper = next((colour for colour in reading.colours if colour.role is ColourRole.BACKGROUND), None)
    if not palette:
        colours = make_printable(colours, only=reading.only)
    if paper is not None and (not palette or paper.value in palette):
        yield from _list_shades(colours, paper if palette else _find_paper(colours), paper)
    elif palette or reading.only:
        yield from _list_carriers(colours)


def _find_paper(colours: tuple[Colour, ...]) -> Colour:
    return next(colour for colour in colours if colour.role is ColourRole.BACKGROUND)


def _list_shades(colours: tuple[Colour, ...], paper: Colour, wished: Colour) -> Iterator[Unmet]:
    """Yield what is made readable on a paper, and that the paper gave way to that."""
    if lch_of(paper.value) != lch_of(wished.value):
        change = "darker" if lch_of(paper.value)[0] < lch_of(wished.value)[0] else "lighter"
        yield Unmet(f"{paper.name} as the background", f"it is made {change}, so that what stands on it can be read")
    for colour in colours:
        (shade,) = shades_on(paper.value, (colour.value,))
        if lch_of(shade) != lch_of(colour.value) and colour.value != paper.value:
            change = "darker" if lch_of(shade)[0] < lch_of(colour.value)[0] else "lighter"
            yield Unmet(f"{colour.name} on {paper.name}", f"{colour.name} is made {change}, so that it can be read")


def _list_carriers(colours: tuple[Colour, ...]) -> Iterator[Unmet]:
    """Yield that white or black joins colours of which one reads on no other; one alone needs a ground anyway."""
    added = carriers([colour.value for colour in colours])
    if added and len(colours) > 1:
        names = " and ".join("white" if value == WHITE else "black" for value in added)
        wish = f"only {', '.join(colour.name for colour in colours)}"
        yield Unmet(wish, f"{names} is added: not all of them can be read on another of them")
