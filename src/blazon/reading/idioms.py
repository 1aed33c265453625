"""Trade talk, idioms, and what is meant for image models: words that ask for nothing that can be drawn."""

import re
from dataclasses import dataclass
from typing import Final

from blazon.reading.idiom_words import IDIOMS, NEAR, POPS, TAGS
from blazon.reading.phrase_table import PhraseTable, parse_phrases
from blazon.reading.scan import Scan
from blazon.reading.scene_words import MADE_OF, RELATIONS

_IDIOMS: Final = PhraseTable(parse_phrases(IDIOMS, "talk") + parse_phrases(POPS, "pop"))
_TAGS: Final = PhraseTable(parse_phrases(TAGS, "tag"))
# `--ar 16:9`, `--style raw`, `<lora:ink:0.8>`, `(masterpiece:1.2)`, a link.
_FLAG: Final = re.compile(
    r"--(?!no\b)[a-zA-Z]+(?:[ =]+(?:\d[\d.:]*|raw|cute|scenic|expressive|true|false|4b))?|</?[a-zA-Z]{1,8}/?>"
    r"|<[a-z]+:[^<>\s]{1,60}>"
    r"|:\d+(?:\.\d+)?(?=\))|https?://\S+|www\.\S+|::-?[\d.]+"
)
_NEARNESS: Final = 6


@dataclass(frozen=True, slots=True)
class Talk:
    """What was said without asking for anything: `ignored` as written; `pop` the words that ask for effect."""

    ignored: tuple[str, ...] = ()
    pop: str = ""


def find_talk(scan: Scan, text: str) -> Talk:
    """Return what asks for nothing that can be drawn, and mark its words as understood."""
    ignored = [match.group().strip() for match in _FLAG.finditer(text)]
    spans = [match.span() for match in _FLAG.finditer(text)]
    for place, token in enumerate(scan.tokens):
        if any(start <= token.start < end for start, end in spans):
            scan.use(place)
    pop = ""
    for place in range(len(scan.tokens)):
        if not scan.is_free(place):
            continue
        if (match := _TAGS.longest(scan.tokens, place)) and not scan.negated[place]:
            ignored.append(scan.source(place, match[1]))
            scan.use(place, match[1])
        elif (match := _IDIOMS.longest(scan.tokens, place)) and not _is_drawn(scan, place, match[1]):
            pop = pop or (scan.source(place, match[1]) if match[0] == "pop" else "")
            scan.use(place, match[1])
        elif _has_company(scan, place) and not scan.negated[place]:
            scan.use(place)
    return Talk(tuple(dict.fromkeys(ignored)), pop)


def _is_drawn(scan: Scan, place: int, length: int) -> bool:
    """Tell whether the words of an idiom are asked for as a picture: `show an open door`."""
    article = scan.text(place - 1) in ("a", "an", "the", "one", "two", "three")
    if article and not scan.text(place - 2):  # "an open book turning into a bird"
        return scan.text(place + length) in _WHERE or any(
            _MADE_OF.longest(scan.tokens, n) for n in (place + length,) if n < len(scan.tokens)
        )
    return (scan.text(place - 2) if article else scan.text(place - 1)) in _DRAWN


_MADE_OF: Final = PhraseTable((phrase, True) for phrase in MADE_OF)
_WHERE: Final = RELATIONS - frozenset("he she it who which that along and at from plus through across".split())
_DRAWN: Final = frozenset(
    "show showing shows draw drawing drawn depict depicting depicts featuring feature picture illustrate sketch".split()
)


def _has_company(scan: Scan, place: int) -> bool:
    """Tell whether a word stands near another that makes it talk: `bug` near `corner`."""
    near = NEAR.get(scan.lemma(place), "").split()
    around = range(max(0, place - _NEARNESS), place + _NEARNESS + 1)
    return any(scan.text(other) in near for other in around if other != place)
