"""Colours of a prompt: wanted, unwanted, exclusive, and where each is to be."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from blazon.brief import Unmet
from blazon.draw.hues import NEUTRALS, family_of
from blazon.reading.colour_clashes import list_colour_clashes, refuses_colour
from blazon.reading.colour_names import PLAIN
from blazon.reading.colour_places import ACCENTS, LETTERINGS, LISTED, Place, are_joined, list_colours
from blazon.reading.only_colours import is_only, limits_colours
from blazon.reading.reading import Colour, ColourRole
from blazon.reading.scan import Scan
from blazon.reading.tokens import TokenKind

MAX_COLOURS: Final = 5
_GROUNDS: Final = frozenset({"background", "backdrop", "ground", "paper", "canvas", "base"})


@dataclass(frozen=True, slots=True)
class Colours:
    """What a prompt says about colour."""

    wanted: tuple[Colour, ...] = ()
    avoided: tuple[Colour, ...] = ()
    only: bool = False
    clashing: tuple[Colour, ...] = ()
    """Those both wanted and unwanted; they are left out of what is wanted."""
    unmet: tuple[Unmet, ...] = ()
    """Other wishes for colours that exclude each other."""


def find_colours(scan: Scan) -> Colours:
    """Return the colours that are asked for and refused, and mark their words as understood."""
    found = list_colours(scan)
    avoided = [one.colour for one in found if scan.negated[one.start]]
    places = [one for one in found if not scan.negated[one.start]]
    wanted = [_add_role(scan, one) for one in places]
    unmet = list(list_colour_clashes(scan, places, wanted, avoided))
    only = limits_colours(scan) or any(is_only(scan, one, found) for one in places)
    only = only or {(colour.name, colour.role) for colour in wanted} == _BLACK_AND_WHITE
    for place, one in enumerate(found):
        scan.use(one.start, one.length)
        if scan.lemma(one.end) in LETTERINGS:
            scan.use(one.end)
        _use_amount(scan, one.start)
        if place + 1 < len(found) and are_joined(scan, one, found[place + 1]):
            scan.use(one.end, found[place + 1].start - one.end)
    _use_nouns(scan)
    _use_colour_lists(scan)
    if refuses_colour(scan):
        named = list(dict.fromkeys(one.name for one in wanted if family_of(one.value) not in NEUTRALS))
        unmet += [Unmet(f"{name}, but no colour", f"{name} is used, as it is asked for by name") for name in named]
        if not wanted:
            wanted, only = [Colour(name, PLAIN[name]) for name in ("black", "white")], True
    refused = {colour.value for colour in avoided}
    kept = [colour for colour in _drop_grounds(_drop_repeated(wanted)) if colour.value not in refused]
    clashing = tuple(colour for colour in _drop_repeated(wanted) if colour.value in refused)
    return Colours(
        tuple(kept[:MAX_COLOURS]), tuple(_drop_repeated(avoided)), only and bool(kept), clashing, tuple(unmet)
    )


def _drop_repeated(colours: Sequence[Colour]) -> list[Colour]:
    """Return each colour once, with the role that says the most: where it is paper, it is no ink."""
    kept: dict[str, Colour] = {}
    for colour in colours:
        known = kept.get(colour.value)
        if known is None or known.role is ColourRole.ANY or colour.role is ColourRole.BACKGROUND:
            kept[colour.value] = colour
    return list(kept.values())


def _drop_grounds(colours: Sequence[Colour]) -> list[Colour]:
    """Return colours of which one is the background: the first that is to be."""
    first = next((colour for colour in colours if colour.role is ColourRole.BACKGROUND), None)
    return [colour for colour in colours if colour.role is not ColourRole.BACKGROUND or colour is first]


def _add_role(scan: Scan, one: Place) -> Colour:
    return replace(one.colour, role=_find_role_before(scan, one) or _find_role_after(scan, one) or ColourRole.ANY)


def _find_role_after(scan: Scan, one: Place) -> ColourRole | None:
    """Return the role that the next word gives: `white background`, `red accents`."""
    place = one.end
    if scan.text(place) in ("colour", "color", "coloured", "colored", "as", "for", "is", "in"):
        place += 1
        if scan.text(place) in ("the", "a", "an", "its"):
            place += 1
    return _find_role(scan.lemma(place))


def _find_role_before(scan: Scan, one: Place) -> ColourRole | None:
    place = one.start - 1
    while scan.text(place) in ("a", "an", "the", "in", "is", "be", "should", "some", "pure", "plain", "of") or (
        place >= 0 and scan.tokens[place].kind is TokenKind.COLON
    ):
        place -= 1
    word = scan.lemma(place)
    if word in ("on", "against", "onto") and _find_role_after(scan, one) in (None, ColourRole.BACKGROUND):
        return ColourRole.BACKGROUND
    if word == "of" or scan.text(place + 1) == "of":
        return _find_role(scan.lemma(place if word != "of" else place - 1))
    if word in ("accented", "highlighted") or place < one.start - 1:
        return ColourRole.ACCENT if word == "accented" else _find_role(word)
    return None


def _find_role(word: str) -> ColourRole | None:
    if word in _GROUNDS:
        return ColourRole.BACKGROUND
    if word in ACCENTS:
        return ColourRole.ACCENT
    return ColourRole.NAME if word in LETTERINGS else None


# Said of two colours, and meant of all: "in black and white".
_BLACK_AND_WHITE: Final = {("black", ColourRole.ANY), ("white", ColourRole.ANY)}


_TALK: Final = re.compile(
    r"colou?r(?:s|ed|ing|ful)?|tones?|shades?|hues?|tints?|palettes?|background|backdrop|accents?"
)


def _use_colour_lists(scan: Scan) -> None:
    """Mark what stands in a list of colours and is none that is known, so that it is not shown: `palette: oat`."""
    for place, token in enumerate(scan.tokens):
        if token.is_word and token.lemma in LISTED and place + 1 < len(scan.tokens):
            end = place + 2
            while scan.tokens[place + 1].kind is TokenKind.COLON and end < len(scan.tokens):
                if scan.tokens[end].kind in (TokenKind.STOP, TokenKind.COLON):
                    break
                if scan.tokens[end].is_word and not scan.negated[end] and end not in scan.used:
                    scan.use(end)
                end += 1


def _use_amount(scan: Scan, start: int) -> None:
    """Mark how much of a colour is wanted as understood: `a splash of red` shows no splash."""
    place = start - 1
    while scan.text(place) in ("a", "an", "the", "some"):
        place -= 1
    if scan.text(place) == "of" and scan.lemma(place - 1) in ACCENTS:
        scan.use(place - 1, 2)


def _use_nouns(scan: Scan) -> None:
    """Mark words that only talk about colour as understood, so that none of them becomes a picture."""
    for place, token in enumerate(scan.tokens):
        if token.is_word and _TALK.fullmatch(token.text):
            scan.use(place)
