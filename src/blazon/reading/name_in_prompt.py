"""The brand's name in a prompt, where no field gives it, and the given name where the prompt repeats it."""

from typing import Final

from blazon.brief import MAX_BRAND_NAME
from blazon.reading.phrase_table import PhraseTable, parse_phrases
from blazon.reading.scan import Scan
from blazon.reading.secondary_text import NO_NAMES, is_title_case
from blazon.reading.tokens import TokenKind, fold

_CALLED: Final = PhraseTable(
    parse_phrases(
        """called, named, by the name of, the name is, name is, our name is, brand name, company name, brand name
        is, business name, business name is, company name is, the brand is called, goes by, trading as, known as,
        under the name, with the name, under the name of, of the name, brand, name, titled, entitled, company
        called, the word, the text, logo text, text, that says, which says, saying, that reads, spelling, spells,
        wordmark, logotype""",
        True,
    )
)
# Behind these a name must be in quotes: they are said of much else.
_QUOTED_ONLY: Final = frozenset(
    {"brand", "wordmark", "logotype", "the", "spelling", "spells", "name", "saying", "that", "text"}
)
_JOINTS: Final = frozenset({"and", "of", "the", "de", "la", "le", "du", "von", "van", "e", "y", "et"})
_LEGAL_FORMS: Final = frozenset(
    "gmbh inc llc ltd co sa ag kg plc bv oy ab srl spa ev og ug corp pty nv aps as limited company sarl kgaa".split()
)
_MAX_WORDS: Final = 6


def find_name(scan: Scan) -> str:
    """Return the brand's name, empty where the prompt names none; its words are marked as understood."""
    return (
        _find_name_behind_called(scan)
        or _find_name_of(scan)
        or _find_name_beside_us(scan)
        or _find_name_at_start(scan)
        or _find_name_behind_for(scan)
    )


def find_quoted_name(scan: Scan) -> str:
    """Return the first quotation that nothing has claimed, as the name."""
    for index, token in enumerate(scan.tokens):
        free = token.kind is TokenKind.QUOTE and scan.is_free(index) and not scan.negated[index]
        words = token.text.split()
        sentence = len(words) > 2 and all(word.islower() for word in words[1:])  # "Brewed by hand" is no name
        if free and 2 <= len(token.text) <= MAX_BRAND_NAME and not sentence:
            scan.use(index)
            return token.text
    return ""


def use_given_name(scan: Scan, name: str) -> None:
    """Mark the given name as understood where the prompt repeats it, so that `Red Fox` asks for neither."""
    words = [fold(word) for word in name.replace("&", " and ").split()]
    for index, token in enumerate(scan.tokens):
        if token.kind is TokenKind.QUOTE and fold(token.text) == fold(name):
            scan.use(index)
        elif words and token.is_capitalised:
            part = scan.tokens[index : index + len(words)]
            if [fold(piece.source).replace("&", "and") for piece in part] == words:
                scan.use(index, len(words))


def _find_name_behind_called(scan: Scan) -> str:
    for index in range(len(scan.tokens)):
        match = _CALLED.longest(scan.tokens, index)
        if not match or not scan.is_free(index) or scan.negated[index]:
            continue
        if scan.text(index - 1) == "my" and scan.text(index) == "name":  # "my name is Dana and I run..."
            continue
        place = index + match[1]
        while place < len(scan.tokens) and (scan.tokens[place].kind is TokenKind.COLON or scan.text(place) == "is"):
            place += 1
        name = _read_name(scan, place, quoted_only=match[1] == 1 and scan.text(index) in _QUOTED_ONLY)
        if name:
            scan.use(index, match[1])
            return name
    return ""


def _read_name(scan: Scan, place: int, *, quoted_only: bool) -> str:
    if place >= len(scan.tokens):
        return ""
    token = scan.tokens[place]
    if token.kind is TokenKind.QUOTE:
        if not scan.is_free(place):
            return ""
        scan.use(place)
        return token.text if len(token.text) <= MAX_BRAND_NAME else ""
    if quoted_only and not (place and scan.tokens[place - 1].kind is TokenKind.COLON):
        return ""
    length = _measure_run(scan, place)
    if not length and scan.text(place - 1) in ("called", "named"):
        length = _measure_small(scan, place)
    return _take(scan, place, length)


def _measure_small(scan: Scan, start: int) -> int:
    """Return how many words in small letters are a name behind `called`: all up to the end of the sentence, if few."""
    end = start
    while end < len(scan.tokens) and scan.tokens[end].is_word and scan.text(end) not in ("and", "in", "with", "for"):
        end += 1
    return end - start if end - start <= _MOST_SMALL and scan.text(start) not in ("after", "by", "the") else 0


_MOST_SMALL: Final = 2


def _measure_run(scan: Scan, start: int) -> int:
    """Return how many tokens from `start` on are one name: capitalised words, joined by `&`, `of` and the like."""
    end = start
    while end < len(scan.tokens) and end - start < _MAX_WORDS:
        token = scan.tokens[end]
        capital = token.is_word and token.source != "I" and (token.is_capitalised or token.source[0].isdigit())
        camel = token.is_word and _is_camel(token.source)
        joint = end > start and token.text in _JOINTS
        if not (capital or camel or joint or (end > start and token.text in _LEGAL_FORMS)):
            break
        end += 1
    while end > start and scan.tokens[end - 1].text in _JOINTS:
        end -= 1
    return end - start


def _is_camel(word: str) -> bool:
    """Tell whether a word has a capital inside, as few but names have: `iPool`, `eRickshaw`."""
    return not word.isupper() and any(letter.isupper() for letter in word[1:])


def _take(scan: Scan, start: int, length: int) -> str:
    if not length or not scan.is_free(start, length):
        return ""
    text = _write(scan, start, length)
    if len(text) < 2 or len(text) > MAX_BRAND_NAME:
        return ""
    scan.use(start, length)
    return text


def _write(scan: Scan, start: int, length: int) -> str:
    """Return tokens as they stand in the prompt, hyphens and all."""
    pieces: list[str] = []
    for place in range(start, start + length):
        token = scan.tokens[place]
        pieces.append(("-" if token.joined and pieces else " ") + token.source)
    return "".join(pieces).strip()


_NAMED: Final = frozenset("name brand company client customer business firm organisation organization project".split())


def _find_name_of(scan: Scan) -> str:
    """Return the name of a sentence about it: `the name of the cafe is Zwei`, `my business name will be Zwei`."""
    for index in range(len(scan.tokens)):
        if scan.text(index) not in _NAMED or scan.negated[index]:
            continue
        if scan.text(index - 1) == "my" and scan.text(index) == "name":
            continue
        place = index + 1
        if scan.text(place) == "of":
            place = next((n for n in range(place, place + 6) if scan.text(n) in _IS or _is_colon(scan, n)), place)
        start = place
        while scan.text(place) in _IS or _is_colon(scan, place):
            place += 1
        if place > start and (name := _read_name(scan, place, quoted_only=False)):
            scan.use(index, place - index)
            return name
    return ""


_IS: Final = frozenset("is will be shall would was going to".split())


def _is_colon(scan: Scan, place: int) -> bool:
    return place < len(scan.tokens) and scan.tokens[place].kind is TokenKind.COLON


def _find_name_beside_us(scan: Scan) -> str:
    """Return the name that is told with `we`: `we are Northbeam`, `I run Daisy's Donkeys`, `our firm, Lumen, sells`."""
    for index in range(len(scan.tokens) - 1):
        place = _find_behind_us(scan, index)
        length = _measure_run(scan, place) if 0 < place < len(scan.tokens) else 0
        end = place + length
        ends = end >= len(scan.tokens) or not scan.tokens[end].is_word or scan.text(end) in _BEHIND_NAME
        if length and ends and scan.text(place) not in NO_NAMES:
            return _take(scan, place, length)
    return ""


def _find_behind_us(scan: Scan, index: int) -> int:
    """Return where a name may begin behind `we are`, `introducing` or `our company`; 0 if none of them is here."""
    word, following = scan.text(index), scan.text(index + 1)
    if word in ("i", "we") and following in _RUNS:
        return index + 2
    if scan.tokens[index].source.lower().replace("’", "'") in ("we're", "i'm"):
        return index + 1
    if word in ("introducing", "meet") or (word == "welcome" and following == "to"):
        return index + 1 + (following == "to")
    if word in ("our", "my", "the") and scan.lemma(index + 1) in _FIRMS and index + 2 < len(scan.tokens):
        mark = scan.tokens[index + 2].kind is TokenKind.COMMA or scan.tokens[index + 2].text == "("
        return index + 2 + mark if mark or word != "the" else 0
    return 0


_RUNS: Final = frozenset("run own founded are am started opened manage lead launch launched represent".split())
_FIRMS: Final = frozenset(
    """company brand studio shop firm business startup band cafe restaurant bakery bar agency practice label app store
    club charity school podcast magazine brewery farm hotel clinic salon choir team""".split()
)
_BEHIND_NAME: Final = frozenset("and in from which who is has needs wants".split())


def _find_name_at_start(scan: Scan) -> str:
    """Return what a prompt begins with, if it goes on as a definition: `Lumen is a…`, `Blue Fox, a bakery`."""
    length = _measure_run(scan, 0) if scan.tokens else 0
    if not length or length >= len(scan.tokens):
        return ""
    follower, after = scan.tokens[length], scan.text(length + 1)
    wanting = length > 1 and follower.text in _WANTS
    defined = follower.text in ("is", "are") and after in ("a", "an", "the", "our", "one")
    apposed = follower.kind in (TokenKind.COMMA, TokenKind.STOP, TokenKind.COLON) and after in ("a", "an", "the")
    if length == 1 and not follower.is_word and _is_camel(scan.tokens[0].source):
        return _take(scan, 0, 1)
    if (length == 1 and scan.text(0) in NO_NAMES) or not (defined or wanting or (apposed and length > 1)):
        return ""
    titled = scan.text(0) == "the" and length > 1  # "The Daily Grind, a coffee shop"
    return _take(scan, 0, length) if titled or scan.text(0) not in _PRONOUNS else ""


_WANTS: Final = frozenset("needs wants requires seeks wishes makes sells offers specialises specializes".split())
_PRONOUNS: Final = frozenset(
    "it this that there here what mascot logo icon symbol the a an my our we i show draw badge emblem please".split()
)


def _find_name_behind_for(scan: Scan) -> str:
    """Return capitalised words behind `for`: `for Foo Bar GmbH`, `for Lumen, a solar firm`."""
    if is_title_case(scan):
        return ""
    for index in range(len(scan.tokens) - 1):
        if scan.text(index) != "for" or not scan.is_free(index):
            continue
        length = _measure_run(scan, index + 1)
        end = index + 1 + length
        ends = (
            end >= len(scan.tokens) or not scan.tokens[end].is_word or scan.text(end) in ("in", "who", "which", "with")
        )
        legal = any(token.text in _LEGAL_FORMS for token in scan.tokens[index + 1 : end])
        if length and (legal or ends) and scan.text(index + 1) not in NO_NAMES:
            return _take(scan, index + 1, length)
    return ""
