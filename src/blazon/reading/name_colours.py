"""Parts of the name that are each to have a colour of their own: `'Clay' in red and 'Works' in black`."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from blazon.reading.colour_places import Place, list_colours
from blazon.reading.reading import NamePart
from blazon.reading.scan import Scan
from blazon.reading.tokens import TokenKind, fold

# Which part a word in front of `half`, `word`, `letter` or `part` means.
_FIRST: Final = frozenset({"first", "1st", "initial", "left", "opening", "front"})
_SECOND: Final = frozenset({"second", "2nd", "last", "other", "right", "final", "latter", "rest", "remainder"})
_PARTS: Final = frozenset({"half", "word", "part", "letter"})
_TWO_TONE: Final = re.compile(
    r"\btwo[- ]tone(?:d)? (?:name|wordmark|word|lettering|text|type|logotype)\b"
    r"|\b(?:name|wordmark|lettering|logotype|text) (?:is |should be |must be )?(?:in )?two[- ]tone[sd]?\b",
    re.IGNORECASE,
)
_REACH: Final = 6  # the most words between a part of the name and its colour


@dataclass(frozen=True, slots=True)
class _Mention:
    """A part of the name where a prompt speaks of it."""

    start: int
    place: int
    length: int

    @property
    def end(self) -> int:
        return self.place + self.length


def find_split_name(scan: Scan) -> str:
    """Return the name that a prompt tells in two parts with a colour each, empty where it does not."""
    quotes = [n for n, token in enumerate(scan.tokens) if token.kind is TokenKind.QUOTE and scan.is_free(n)]
    coloured = [n for n in quotes if _find_colour_beside(scan, _Mention(0, n, 1), quotes)]
    return " ".join(scan.tokens[n].text for n in coloured) if len(coloured) == 2 else ""


def find_name_colours(scan: Scan, name: str, text: str, is_known: Callable[[str], bool]) -> tuple[NamePart, ...]:
    """Return the parts of a name with the colours that are wanted for them, in the order of the name.

    The words for the parts are marked as understood; those of their colours are left for others to read.

    Args:
        scan: of the prompt `text`.
        name: the brand's.
        is_known: whether a word in small letters is one; a name in one word is halved between two such words.
    """
    if not name:
        return ()
    middle = _find_middle(name, is_known)
    mentions = sorted(_list_mentions(scan, name, middle), key=lambda one: one.place)
    places = [one.place for one in mentions]
    found: dict[int, NamePart] = {}
    for one in mentions:
        colour = _find_colour_beside(scan, one, places)
        if colour is not None and one.start not in found:
            found[one.start] = NamePart(one.start, colour.colour)
            scan.use(one.place, one.length)
    if not found and (match := _TWO_TONE.search(text)):
        scan.used.update(n for n, token in enumerate(scan.tokens) if match.start() <= token.start < match.end())
        return (NamePart(middle),)
    return tuple(found[start] for start in sorted(found))


def _list_mentions(scan: Scan, name: str, middle: int) -> Iterator[_Mention]:
    starts = _list_parts(name, middle)
    part = ""
    for place, token in enumerate(scan.tokens):
        if token.kind is TokenKind.QUOTE or (token.is_capitalised and len(starts) > 1):
            start = starts.get(fold(token.text))
            if start is not None and scan.is_free(place):
                yield _Mention(start, place, 1)
        if scan.negated[place]:
            continue
        which = scan.text(place)
        if which in _FIRST | _SECOND and scan.lemma(place + 1) in _PARTS:
            part = scan.lemma(place + 1)
            yield _Mention(_find_start(which, part, name, middle), place, 2)
        elif which in _SECOND and part and scan.text(place - 1) == "the":  # "the first word in navy, the second in red"
            yield _Mention(_find_start(which, part, name, middle), place, 1)


def _list_parts(name: str, middle: int) -> dict[str, int]:
    """Return the words of a name, and the parts that capitals make of one word, with where each begins."""
    parts = {fold(match.group()): match.start() for match in re.finditer(r"[^\W_]+", name)}
    humps = {fold(match.group()): match.start() for match in re.finditer(r"[A-Z][a-z0-9]+", name)}
    return {fold(name[:middle]).strip(): 0, fold(name[middle:]): middle, **humps, **parts}


def _find_middle(name: str, is_known: Callable[[str], bool]) -> int:
    """Return where the second half of a name begins: at the word, the capital or the known word nearest its middle."""
    breaks = [match.end() for match in re.finditer(r"\s+", name)]
    breaks = breaks or [match.start() for match in re.finditer(r"(?<=[a-z0-9])[A-Z]", name)]
    cuts = range(3, len(name) - 2)
    known = {place: is_known(fold(name[:place])) + is_known(fold(name[place:])) for place in cuts} if not breaks else {}
    breaks = breaks or [place for place in cuts if known[place] == max(known.values()) > 0]
    return min(breaks or [(len(name) + 1) // 2], key=lambda place: (abs(2 * place - len(name)), place))


def _find_start(which: str, part: str, name: str, middle: int) -> int:
    """Return where the part begins that `first half`, `second word` or `the rest` names."""
    if which in _FIRST:
        return 0
    words = [match.start() for match in re.finditer(r"\S+", name)]
    if part == "letter":
        return len(name) - 1 if which in ("last", "final") else 1
    if part == "word" and len(words) > 1:
        return words[1] if which in ("second", "2nd", "rest") else words[-1]
    return middle


def _find_colour_beside(scan: Scan, one: _Mention, others: list[int]) -> Place | None:
    """Return the colour that stands next to a part of the name: `Clay in red`, or before it, `a red 'Clay'`."""
    colours = list_colours(scan)
    limit = min((place for place in others if place > one.place), default=len(scan.tokens))
    behind = [place for place in colours if one.end <= place.start < min(limit, one.end + _REACH)]
    if behind and not any(
        token.kind is TokenKind.STOP and token.text not in "()" for token in scan.tokens[one.end : behind[0].start]
    ):
        return behind[0]
    before = [place for place in colours if place.end == one.place]
    return before[0] if before else None
