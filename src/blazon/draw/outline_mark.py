"""Marks that were brought along: their outlines as layers."""

import re
from functools import lru_cache
from typing import Final

from pathops import Path, PathOpsError

from blazon.design import OutlineMark, OutlinePart
from blazon.draw.outline import Ink, Layer, from_svg
from blazon.draw.outline_crossings import meet_too_often
from blazon.errors import InvalidDesign

SIDE: Final = 1000
MAX_OUTLINE_TEXT: Final = 40_000
"""Most characters of all outlines of a mark: it has to fit in a request."""
_MOST_PARTS: Final = 3
_DATA: Final = re.compile(r"M[-MLQCZ0-9., ]*")
_INKS: Final = frozenset({Ink.MARK, Ink.ACCENT, Ink.TINT})
_COLOUR: Final = re.compile("#[0-9a-f]{6}")
# How far from the square an outline may reach, in units.
_BEYOND: Final = 4 * SIDE


def draw_outlines(mark: OutlineMark) -> tuple[Layer, ...]:
    """Return the layers of a mark that was brought along.

    Raises:
        InvalidDesign: its outlines are none that Blazon wrote.
    """
    _check_outlines(mark)
    layers = tuple(Layer(_read_outline(part), Ink(part.ink)) for part in mark.parts)
    if _meet_too_often(mark):
        raise InvalidDesign("the outlines of the mark cross or touch too often; merge and simplify them")
    return layers


@lru_cache(maxsize=32)
def _meet_too_often(mark: OutlineMark) -> bool:
    return meet_too_often(from_svg(part.data) for part in mark.parts)


def _check_outlines(mark: OutlineMark) -> None:
    """Refuse what cannot be the outlines of a mark, without reading them.

    Raises:
        InvalidDesign: it is not what Blazon wrote.
    """
    inks = [part.ink for part in mark.parts]
    if not 0 < len(inks) <= _MOST_PARTS or len({*inks}) < len(inks) or not {*inks} <= _INKS:
        raise InvalidDesign(f"an outline mark has one part for each of {', '.join(sorted(_INKS))}, and at least one")
    if sum(len(part.data) for part in mark.parts) > MAX_OUTLINE_TEXT:
        raise InvalidDesign(f"the outlines of the mark have more than {MAX_OUTLINE_TEXT} characters; simplify them")
    for part in mark.parts:
        if not _COLOUR.fullmatch(part.colour):
            raise InvalidDesign(f"{part.colour[:20]!r} is no colour like #1a2b3c")
        if not _DATA.fullmatch(part.data):
            raise InvalidDesign("an outline holds more than absolute M, L, Q, C and Z with plain numbers")


def _read_outline(part: OutlinePart) -> Path:
    try:
        path = from_svg(part.data)
        left, top, right, bottom = path.bounds
    except (ValueError, IndexError, TypeError, AssertionError, PathOpsError) as error:
        raise InvalidDesign(f"an outline cannot be read: {type(error).__name__}") from None
    # Whatever is no number compares as false.
    if not (-_BEYOND <= left < right <= _BEYOND and -_BEYOND <= top < bottom <= _BEYOND):
        raise InvalidDesign("an outline is empty, or reaches far beyond its square")
    return path
