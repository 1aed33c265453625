"""Whether the colours of a prompt are all that may be used: `only red`, `two colours max`, `nothing else`."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from blazon.reading.colour_places import COLOUR_NOUNS, Place, are_joined
from blazon.reading.phrase_table import PhraseTable, parse_phrases
from blazon.reading.scan import Scan
from blazon.reading.tokens import TokenKind

_ONLY_BEFORE: Final = """only, just, solely, exclusively, strictly, purely, nothing but, nothing except,
    nothing other than, no colour except, no colour but, no colour other than, no color except, no color but,
    no color other than, no other colour than, no other color than, none but, limited to, restricted to, all in,
    entirely in, entirely, pure"""
_ONLY_AFTER: Final = """only, alone, exclusively, and nothing else, nothing else, and no other colour, no other colour,
    and no other color, no other color, and that is all, and that is it, throughout, and nothing more, please only,
    solely"""
_LEADS: Final = PhraseTable(parse_phrases(_ONLY_BEFORE, True))
_TAILS: Final = PhraseTable(parse_phrases(_ONLY_AFTER, True))
_FILLERS: Final = frozenset(
    """in use using with the colour color of be and our brand two three tone shade a an to these this it are is
    should must house corporate but except other than nothing no none""".split()
)


def is_only(scan: Scan, one: Place, found: Sequence[Place]) -> bool:
    """Tell whether the list that a colour stands in is all that may be used."""
    start, end = one.start, one.end
    for other in found:  # forward over the list
        if other.start >= end and are_joined(scan, replace(one, start=start, length=end - start), other):
            end = other.end
    while scan.lemma(end) in COLOUR_NOUNS or scan.text(end) in ("is", "are", "please"):
        end += 1
    if end < len(scan.tokens) and _TAILS.longest(scan.tokens, end):
        return not _begins_other(scan, end)
    if end + 1 < len(scan.tokens) and scan.tokens[end].kind in (TokenKind.COMMA, TokenKind.STOP):
        tail = _TAILS.longest(scan.tokens, end + 1)
        if tail and tail[1] > 1:
            return True
    return _follows_only(scan, start)


def _begins_other(scan: Scan, end: int) -> bool:
    """Tell whether an `only` behind a colour belongs to what follows: `in blue, only a fox`."""
    return scan.text(end) == "only" and scan.text(end + 1) in ("a", "an", "the", "for", "one")


def _follows_only(scan: Scan, start: int) -> bool:
    for place in range(start - 1, max(-1, start - 8), -1):
        match = _LEADS.longest(scan.tokens, place)
        if match and place + match[1] <= start:
            return True
        if scan.lemma(place) not in _FILLERS and scan.tokens[place].kind is not TokenKind.COLON:
            return False
    return False


_FURTHER: Final = frozenset("other third fourth fifth further additional second another extra more".split())
_COUNTS: Final = frozenset("one two three four five 1 2 3 4 5".split())


def limits_colours(scan: Scan) -> bool:
    """Tell whether colours are limited in so many words: `no third colour`, `two colours max`."""
    for place in range(len(scan.tokens)):
        if scan.text(place) in ("others", "other") and scan.negated[place] and not scan.text(place + 1):
            return True
        if scan.lemma(place) not in ("colour", "color"):
            continue
        if scan.negated[place] and scan.text(place - 1) in _FURTHER:
            return True
        around = {scan.text(place + 1), scan.text(place - 2)}
        before = {scan.text(other) for other in range(place - 5, place - 1)}
        counted = scan.text(place - 1) in _COUNTS
        colon = place + 1 < len(scan.tokens) and scan.tokens[place + 1].kind is TokenKind.COLON
        if counted and (colon or before & {"max", "maximum", "most"} or {"no", "than"} <= before):
            return True
        if scan.text(place - 1) in _COUNTS and around & {"max", "maximum", "only", "most", "just"}:
            return True
    return False


_NUMBERS: Final = {"one": 1, "single": 1, "two": 2, "three": 3, "four": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_ONE_COLOUR: Final = frozenset({"monochrome", "monochromatic", "grayscale", "greyscale"})
# Behind a number of colours: said of a part or of a version, not of the logo.
_OF_PARTS: Final = frozenset("for version variant each per on in is use print printing".split())


def count_limit(scan: Scan) -> tuple[int, str]:
    """Return how many colours there may be, and the words that say so; 0 where nothing does."""
    for place in range(len(scan.tokens)):
        if scan.negated[place]:
            continue
        if scan.text(place) in _ONE_COLOUR:
            return 1, scan.text(place)
        number = _NUMBERS.get(scan.text(place - 1), 0)
        if scan.lemma(place) in ("colour", "color", "ink") and number and scan.lemma(place + 1) not in _OF_PARTS:
            return number, scan.source(place - 1, 2)
    return 0, ""
