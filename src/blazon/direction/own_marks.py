"""A mark that was brought along in the place of the one that a design has."""

import json
from dataclasses import replace
from typing import Final

from blazon.brief import LayoutKind
from blazon.design import ColourScheme, Design, OutlineMark, Treatment, read_mark_data
from blazon.draw.outline_mark import draw_outlines
from blazon.draw.palette import contrast, lch_of
from blazon.errors import InvalidBrief, InvalidDesign

_LIGHT: Final = "#ffffff"
_DARK: Final = "#14171c"
# Contrast that a part of a mark has at least with its paper, and type.
_SEEN: Final = 3.0  # WCAG 2.2, 1.4.11
_READ: Final = 4.5
_NEUTRAL: Final = 0.03  # chroma
_LAYOUTS: Final = {LayoutKind.WORDMARK: LayoutKind.STACKED, LayoutKind.EMBLEM: LayoutKind.STACKED}


def read_own_mark(text: str) -> OutlineMark:
    """Return the mark that a brief brings along.

    Raises:
        InvalidBrief: it is not one that Blazon made of a file.
    """
    try:
        mark = read_mark_data(json.loads(text))
        if not isinstance(mark, OutlineMark):
            raise InvalidDesign("its kind is not outline")
        draw_outlines(mark)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, InvalidDesign) as error:
        told = str(error)[:120] if isinstance(error, InvalidDesign) else "it is not the mark of POST /v1/marks"
        raise InvalidBrief("own_mark", f"cannot be drawn: {told}") from None
    return mark


def carry_mark(design: Design, mark: OutlineMark, *, own_colours: bool) -> Design:
    """Return a design with another mark, as it was brought along: whole, without a frame, and beside or above the name.

    Args:
        own_colours: whether it keeps the colours that it came in.
    """
    return replace(
        design,
        mark=mark,
        layout=_LAYOUTS.get(design.layout, design.layout),
        colours=_keep_colours(design.colours, mark) if own_colours else design.colours,
        treatment=Treatment.PLAIN,
        frame=None,
        badge=None,
        cut=None,
        letter_symbol=None,
        name_idea=None,
        name_split=None,
        credits=(),
    )


def _keep_colours(colours: ColourScheme, mark: OutlineMark) -> ColourScheme:
    inks = {part.ink: part.colour for part in mark.parts}
    main = mark.parts[0].colour
    # A coloured paper was chosen for other colours.
    neutral = lch_of(colours.paper)[1] <= _NEUTRAL
    papers = (*([colours.paper] if neutral else []), _LIGHT, _DARK)

    def least(paper: str) -> float:
        return min(contrast(colour, paper) for colour in inks.values())

    paper = next((one for one in papers if least(one) >= _SEEN), max(papers, key=least))
    plain = max(_DARK, _LIGHT, key=lambda ink: contrast(ink, paper))
    name = main if contrast(main, paper) >= _READ else plain
    accent = inks.get("accent", main)
    return ColourScheme(inks.get("mark", main), accent, inks.get("tint", colours.tint), name, name, paper)
