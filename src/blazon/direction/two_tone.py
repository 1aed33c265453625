"""A name in two tones, as a brief asks for it: `first half grey, second half red`."""

from dataclasses import replace
from typing import Final

from blazon.design import ColourScheme, Design
from blazon.draw.palette import contrast, lch_of
from blazon.reading.reading import Reading

_PAPERS: Final = ("#ffffff", "#14171c")
# From this contrast with the paper on, letters as large as those of a name are read.
_READABLE: Final = 2.0


def set_in_two_tones(design: Design, reading: Reading) -> Design:
    """Return a design with the parts of its name in the colours that a reading asks for; at most two are drawn."""
    parts = reading.name_colours
    later = [part for part in parts if part.start > 0]
    if not later or not design.brand_name:
        return design
    first = next((part.colour for part in parts if part.start == 0), None)
    second = later[0].colour
    colours = design.colours
    name = first.value if first else colours.name
    accent = second.value if second else colours.accent
    if accent == name:
        accent = colours.mark
    main = max((name, accent), key=lambda colour: round(100 * lch_of(colour)[1])) if first and second else colours.mark
    dressed = replace(colours, name=name, accent=accent, mark=main)
    return replace(design, colours=_choose_paper(dressed), name_split=later[0].start)


def _choose_paper(colours: ColourScheme) -> ColourScheme:
    """Return the colours on a paper on which both parts of the name are read, the one that they have if it does."""
    papers = (colours.paper, *(() if colours.palette else _PAPERS))
    reads = {paper: round(min(contrast(colours.name, paper), contrast(colours.accent, paper)), 2) for paper in papers}
    best = next((paper for paper in papers if reads[paper] >= _READABLE), max(papers, key=lambda one: reads[one]))
    return replace(colours, paper=best)
