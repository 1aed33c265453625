"""Text beside the name: a slogan in quotes, the year of foundation, the place."""

import re
from dataclasses import dataclass
from typing import Final

from blazon.brief import MAX_SLOGAN
from blazon.reading.scan import Scan
from blazon.reading.tokens import TokenKind

_SLOGAN_WORDS: Final = frozenset(
    "slogan tagline motto strapline claim catchphrase subtitle subline payoff byline endline".split()
)
_SAYING: Final = frozenset("says saying reads reading words text line phrase underneath below inscription".split())
_SINCE: Final = frozenset({"since"})
_FOUNDED: Final = frozenset("est established founded anno estd estab opened started formed begun built".split())
_DATED: Final = frozenset({"year", "date", "dated"})
_YEAR: Final = re.compile(r"1[0-9]{3}|20[0-9]{2}")
_PREPOSITIONS: Final = frozenset({"in", "from", "near", "at"})
_MAX_PLACE_WORDS: Final = 3
_PLACE_JOINTS: Final = frozenset(
    {"am", "an", "der", "de", "la", "le", "les", "sur", "upon", "of", "on", "do", "da", "del"}
)
NO_NAMES: Final = frozenset(
    """january february march april may june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday helvetica arial futura garamond bodoni times comic english german french spanish
    italian latin japanese chinese arabic russian cyrillic greek art bauhaus swiss victorian edwardian roman gothic
    christmas easter spring summer autumn winter pantone cmyk rgb svg pdf adobe illustrator i we our my blue red green
    black white gold capital capitals ai it god jesus scandinavian nordic""".split()
)
_NO_PLACE_BEFORE: Final = frozenset(
    "style font type typeface lettering letter colour color tone manner look case serif sans script caps".split()
)


@dataclass(frozen=True, slots=True)
class SecondaryText:
    """What is to be set beside the name; empty where nothing is asked for."""

    slogan: str = ""
    established: str = ""
    place: str = ""


def find_slogan(scan: Scan) -> str:
    """Return the slogan in quotes behind a word such as `slogan`, or of several words behind `says`."""
    for index, token in enumerate(scan.tokens):
        if token.kind is not TokenKind.QUOTE or not scan.is_free(index) or scan.negated[index]:
            continue
        before = {scan.lemma(place) for place in range(index - 4, index)}
        said = {scan.text(place) for place in range(index - 3, index)}
        after = {scan.lemma(place) for place in range(index + 1, index + 4)}
        told = before & _SLOGAN_WORDS or (after & _SLOGAN_WORDS and "as" in after)
        if (told or (said & _SAYING and " " in token.text)) and len(token.text) <= MAX_SLOGAN:
            scan.use(index)
            _use_words(scan, index, _SLOGAN_WORDS | _SAYING)
            return token.text
    return ""


def find_unquoted_slogan(scan: Scan) -> str:
    """Return what stands behind `slogan:` up to the end of its sentence."""
    for index in range(len(scan.tokens) - 2):
        if scan.lemma(index) not in _SLOGAN_WORDS:
            continue
        start = end = _begin_slogan(scan, index + 1)
        while end < len(scan.tokens) and scan.tokens[end].is_word:
            end += 1
        text = scan.source(start, end - start)
        if 0 < len(text) <= MAX_SLOGAN:
            scan.use(index, end - index)
            return text
    return ""


def _begin_slogan(scan: Scan, place: int) -> int:
    """Return where a slogan begins behind its word: `tagline below: ...`, `slogan is ...`; the end without one."""
    start = place
    while scan.text(place) in ("below", "underneath", "under", "beneath", "line", "is", "reads", "says"):
        place += 1
    if place < len(scan.tokens) and scan.tokens[place].kind is TokenKind.COLON:
        return place + 1
    return place if place > start and scan.text(place - 1) in ("is", "reads", "says") else len(scan.tokens)


def find_other_quote(scan: Scan) -> str:
    """Return the first quotation of several words that nothing has claimed."""
    for index, token in enumerate(scan.tokens):
        free = token.kind is TokenKind.QUOTE and scan.is_free(index) and not scan.negated[index]
        if free and " " in token.text and len(token.text) <= MAX_SLOGAN:
            scan.use(index)
            return token.text
    return ""


def _use_words(scan: Scan, index: int, words: frozenset[str]) -> None:
    for place in range(max(0, index - 4), min(len(scan.tokens), index + 4)):
        if (scan.lemma(place) in words or scan.text(place) in words) and not scan.negated[place]:
            scan.use(place)


def find_established(scan: Scan) -> str:
    """Return the year of foundation as it is to be set: `Since 1894`, `Est. 1894`, or the year alone."""
    for index, token in enumerate(scan.tokens):
        if not (token.is_word and _YEAR.fullmatch(token.text)) or scan.negated[index] or not scan.is_free(index):
            continue
        place = _find_founding_word(scan, index)
        if place >= 0:
            scan.use(place, index + 1 - place)
            return f"{_choose_head(scan.text(place))} {token.text}".strip()
    return ""


def _find_founding_word(scan: Scan, year: int) -> int:
    """Return where the word for the foundation stands that a year belongs to, -1 without one: `founded in 1999`."""
    by = next((n for n in range(year - 1, max(-1, year - 8), -1) if scan.text(n) == "by"), -1)
    if by > 0 and scan.text(year - 1) == "in" and scan.text(by - 1) in _FOUNDED:
        return by - 1  # "founded by two sisters in 1999"
    for place in range(year - 1, max(-1, year - 4), -1):
        word = scan.text(place)
        if word in _SINCE | _FOUNDED | _DATED:
            return place
        if word and word not in ("in", "the", "year", "back", "as", "is", "of"):
            return -1
    return -1


def _choose_head(word: str) -> str:
    if word in _DATED:
        return ""
    return "Since" if word in _SINCE else "Est."


def find_place(scan: Scan) -> str:
    """Return the place that is named with a capital letter behind `in`, `from`, `near` or `at`."""
    if is_title_case(scan):
        return ""
    for index in range(len(scan.tokens) - 1):
        if scan.text(index) in _PREPOSITIONS and not scan.negated[index + 1]:
            length = _measure_place(scan, index + 1)
            if length and not _is_style(scan, index + 1 + length):
                scan.use(index, length + 1)
                _use_country(scan, index + 1 + length)
                return " ".join(token.source for token in scan.tokens[index + 1 : index + 1 + length])
    return ""


def _is_style(scan: Scan, place: int) -> bool:
    """Tell whether what stands behind a name says that it is no place: `in Greek and Latin`, `in Swiss style`."""
    listed = scan.text(place) == "and" and place + 1 < len(scan.tokens) and scan.tokens[place + 1].is_capitalised
    return listed or scan.lemma(place) in _NO_PLACE_BEFORE


def is_title_case(scan: Scan) -> bool:
    """Tell whether a prompt is in capitals or title case, so that a capital letter says nothing."""
    words = [
        token
        for place, token in enumerate(scan.tokens)
        if token.is_word and place not in scan.used and place and scan.tokens[place - 1].kind is not TokenKind.STOP
    ]
    return sum(token.is_capitalised for token in words) * 10 > len(words) * 7 and len(words) > _FEWEST_CAPITALS


_FEWEST_CAPITALS: Final = 3


def _use_country(scan: Scan, index: int) -> None:
    """Mark the country behind a place as understood: `in Bristol, England`."""
    comma = index + 1 < len(scan.tokens) and scan.tokens[index].kind is TokenKind.COMMA
    if comma and scan.tokens[index + 1].is_capitalised and not scan.text(index + 2):
        scan.use(index + 1)


def _measure_place(scan: Scan, start: int) -> int:
    end = start
    while end < len(scan.tokens) and end - start < _MAX_PLACE_WORDS:
        token = scan.tokens[end]
        name = token.is_word and token.is_capitalised and token.source.isalpha() and token.text not in NO_NAMES
        joint = end > start and token.text in _PLACE_JOINTS and scan.is_free(end)
        if not ((name and scan.is_free(end)) or joint) or (len(token.source) == 1):
            break
        end += 1
    while end > start and scan.tokens[end - 1].text in _PLACE_JOINTS:
        end -= 1
    return end - start
