"""Kinds of mark that a prompt wishes or refuses, and the lockup it asks for."""

import re
from dataclasses import dataclass, field
from typing import Final

from blazon.brief import LayoutKind, MarkKind, Unmet
from blazon.reading.kind_clashes import keep_only, list_layouts, list_refused_kinds, list_textless
from blazon.reading.kind_words import KINDS, LAYOUTS, REFUSED
from blazon.reading.phrase_table import PhraseTable, parse_phrases
from blazon.reading.scan import Scan
from blazon.reading.tokens import Token, TokenKind

_KINDS: Final = PhraseTable(entry for kind, text in KINDS.items() for entry in parse_phrases(text, kind))
_REFUSED: Final = PhraseTable(entry for kind, text in REFUSED.items() for entry in parse_phrases(text, kind))
_LAYOUTS: Final = PhraseTable(entry for kind, text in LAYOUTS.items() for entry in parse_phrases(text, kind))
_ONLY: Final = frozenset({"only", "alone", "exclusively", "solely", "just", "purely", "strictly"})


@dataclass(frozen=True, slots=True)
class Kinds:
    """What a prompt says about the kind of mark."""

    wanted: tuple[MarkKind, ...] = ()
    avoided: tuple[MarkKind, ...] = ()
    layout: LayoutKind | None = None
    letters: str = ""
    only: bool = False
    """Whether the kind that is wished for may be the only one."""
    unmet: tuple[Unmet, ...] = ()
    """Kinds and lockups that exclude each other."""


def find_kinds(scan: Scan) -> Kinds:
    """Return the kinds of mark, lockup and letters that are asked for; their words are marked as understood."""
    letters = _find_letters(scan)
    layouts = _list_layouts(scan)
    found = _Found({MarkKind.LETTERS: ""} if letters else {})
    index = 0
    while index < len(scan.tokens):
        length = 1
        if scan.negated[index]:
            match = _REFUSED.longest(scan.tokens, index) or _KINDS.longest(scan.tokens, index)
            if match and scan.is_free(index, match[1]) and _stands_alone(scan, index):
                kind, length = match
                found.refuse(scan, kind, index, length)
                if scan.lemma(index) not in _PICTURED:
                    scan.use(index, length)
        elif (match := _KINDS.longest(scan.tokens, index)) and scan.is_free(index, match[1]):
            kind, length = match
            if not _is_other_sense(scan, index, length):
                found.want(scan, kind, index, length)
                scan.use(index, length)
                _use_only(scan, index, length)
        index += length
    return _conclude(scan, found, layouts, letters)


@dataclass(slots=True)
class _Found:
    """Kinds with the words for them; those of letters that are given may be empty."""

    wanted: dict[MarkKind, str]
    avoided: dict[MarkKind, str] = field(default_factory=dict)
    only: list[MarkKind] = field(default_factory=list)

    def want(self, scan: Scan, kind: MarkKind, index: int, length: int) -> None:
        self.wanted[kind] = self.wanted.get(kind) or scan.source(index, length).lower()
        if not _ONLY.isdisjoint(_list_around(scan, index, length)):
            self.only.append(kind)

    def refuse(self, scan: Scan, kind: MarkKind, index: int, length: int) -> None:
        if not (kind is MarkKind.WORDMARK and _is_in_mark(scan, index + length)):
            self.avoided.setdefault(kind, scan.source(index, length).lower())


def _is_in_mark(scan: Scan, index: int) -> bool:
    """Tell whether what is refused is so within the mark alone: `no text in the icon`."""
    article = scan.text(index + 1) in ("the", "a", "an", "its")
    return scan.text(index) in ("in", "inside", "on", "within") and scan.lemma(index + 1 + article) in _MARKS


# Kinds by what they show, which is refused with them: `no shield`.
_PICTURED: Final = frozenset({"face", "shield", "seal", "crest", "stamp"})


def _stands_alone(scan: Scan, index: int) -> bool:
    """Tell whether a refused word is refused as such, and not with a word before it: `no script font`."""
    before = scan.text(index - 1)
    return not scan.negated[index - 1] or before in _BEFORE_REFUSED or (index - 1 in scan.used)


_BEFORE_REFUSED: Final = frozenset(
    """a an any the and or nor of use using want wanting see have having include including with show showing need like
    add adding do put""".split()
) | {""}


def _use_only(scan: Scan, index: int, length: int) -> None:
    """Mark the word `only` beside a kind, and what is said of a pair of letters, as understood."""
    for place in (index - 1, index + length):
        if scan.text(place) in _ONLY:
            scan.use(place)


def _list_around(scan: Scan, index: int, length: int) -> set[str]:
    """Return the words of a phrase and those beside it."""
    words = {scan.text(place) for place in range(index, index + length)}
    before = scan.text(index - 2) if scan.text(index - 1) in ("a", "an", "the") else scan.text(index - 1)
    return words | {before, scan.text(index + length)}


def _is_other_sense(scan: Scan, index: int, length: int) -> bool:
    """Tell whether a word for a kind means something else here: `abstract art gallery`, `initial consultation`."""
    word, follower = scan.lemma(index), scan.lemma(index + length)
    if word == "initial" and not scan.tokens[index].is_plural:
        return scan.lemma(index - 1) in ("the", "an") and follower not in ("", "of", "in", "only", "logo", "mark")
    if word == "abstract":
        return follower in ("art", "artist", "painting", "painter", "thinking", "expressionism", "work")
    if word == "seal" or scan.lemma(index + length - 1) == "seal":
        behind = index + length
        return behind < len(scan.tokens) and scan.tokens[behind].text == "("
    if scan.text(index + length - 1) == "stamp":
        return follower in ("collector", "collecting", "album", "club", "dealer", "shop", "duty", "collection")
    if word == "patch":
        return follower in ("work", "panel", "cable") or scan.lemma(index - 1) in ("pumpkin", "vegetable", "cabbage")
    return False


def _conclude(scan: Scan, found: _Found, layouts: list[tuple[LayoutKind, str]], letters: str) -> Kinds:
    refused = found.avoided
    kinds, told = keep_only(found.wanted, found.only)
    unmet = [*list_layouts(scan, layouts), *list_refused_kinds(found.wanted, refused), *told]
    unmet += list_textless(kinds, refused, layouts)
    layout = layouts[0][0] if layouts else None
    if MarkKind.LETTERS in found.wanted and MarkKind.LETTERS not in kinds:
        letters = ""
    textless = refused.pop(MarkKind.WORDMARK, None) is not None
    if textless:  # no text: the symbol stands alone
        layout = layout or LayoutKind.SYMBOL
        kinds.pop(MarkKind.WORDMARK, None)
    if MarkKind.PICTORIAL in refused and not kinds and MarkKind.ABSTRACT not in refused:
        # no icon: the name alone, or what is neither picture nor text
        kinds[MarkKind.ABSTRACT if textless else MarkKind.WORDMARK] = ""
    if MarkKind.BADGE in kinds and layout is None:
        layout = LayoutKind.EMBLEM
    if tuple(kinds) == (MarkKind.WORDMARK,):
        layout = LayoutKind.WORDMARK
    avoided = tuple(kind for kind in refused if kind not in kinds)
    return Kinds(tuple(kinds), avoided, layout, letters, bool(found.only), tuple(unmet))


def _list_layouts(scan: Scan) -> list[tuple[LayoutKind, str]]:
    """Return the lockups that are asked for, each with its words; a symbol alone, and an app's icon, is one too."""
    found = []
    for index in range(len(scan.tokens)):
        match = _LAYOUTS.longest(scan.tokens, index)
        if match and scan.is_free(index, match[1]) and not scan.negated[index]:
            scan.use(index, match[1])
            found.append((match[0], scan.source(index, match[1]).lower()))
    position = None if found else _find_position(scan)
    return [(position, str(position))] if position else found


_MARKS: Final = frozenset("icon symbol mark picture image emblem pictogram drawing".split())
_NAMES: Final = frozenset("name text lettering wordmark type word title".split())
_ABOVE: Final = frozenset({"above", "over", "atop", "top"})
_BELOW: Final = frozenset({"below", "under", "underneath", "beneath"})
_BESIDE: Final = frozenset({"left", "right", "beside", "next", "alongside", "front"})


def _find_position(scan: Scan) -> LayoutKind | None:
    """Return the lockup that a sentence describes: `the symbol must stand above the name`."""
    for index in range(len(scan.tokens)):
        first = scan.lemma(index)
        if first not in _MARKS | _NAMES or scan.negated[index]:
            continue
        words = [scan.text(place) for place in range(index + 1, index + 8)]
        words = words[: words.index("")] if "" in words else words
        others = _NAMES if first in _MARKS else _MARKS
        apart = _ABOVE if first in _MARKS else _BELOW
        kind = LayoutKind.STACKED if apart & {*words} else LayoutKind.HORIZONTAL if _BESIDE & {*words} else None
        if kind and others & {*words}:
            end = next(place for place, word in enumerate(words) if word in others)
            scan.use(index, end + 2)
            return kind
    return None


_LETTER_NOUNS: Final = frozenset({"letter", "initial", "monogram", "lettermark", "character", "cypher", "cipher"})
_SINGLE: Final = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿĀ-žΑ-ωА-я]")
_GROUP: Final = re.compile(r"[A-ZÀ-ÖØ-ÞΑ-ΩА-Я]{2,3}")
_BEFORE_LETTER: Final = frozenset(
    "big bold capital stylised stylized single giant upper-case uppercase lowercase fat heavy large small".split()
)
_INTERLOCKING: Final = frozenset(
    {"ligature", "intertwined", "interlocked", "interlocking", "entwined", "combined", "merged"}
)
MAX_LETTERS: Final = 3


def _find_letters(scan: Scan) -> str:
    """Return the letters that a mark is to be made of, as they are to be set."""
    for index, token in enumerate(scan.tokens):
        if scan.negated[index] or not token.is_word or not scan.is_free(index):
            continue
        if letters := _read_letters_named(scan, index) or _read_letters_by_place(scan, index):
            return letters
    return ""


def _read_letters_named(scan: Scan, index: int) -> str:
    """Return the letters beside a word for letters: `letters R and T`, `an NV monogram`."""
    token, follower = scan.tokens[index], scan.lemma(index + 1)
    if token.lemma in _LETTER_NOUNS and (letters := _read_letters_after(scan, index)):
        return letters
    group = _GROUP.fullmatch(token.source) and follower in _LETTER_NOUNS
    single = _is_capital(scan, index) and token.text != "a" and follower in _SINGLE_NOUNS
    if group or single:
        scan.use(index, 2)
        return token.source
    return ""


_SINGLE_NOUNS: Final = frozenset({"monogram", "lettermark", "initial", "logo"})


def _read_letters_by_place(scan: Scan, index: int) -> str:
    """Return letters that stand alone where a thing would: `a big S`, `built from A and P`, `like a K`."""
    word = scan.text(index)
    if word in _BEFORE_LETTER and _is_capital(scan, index + 1):
        return _read_letters_from(scan, index + 1)
    if word in ("a", "an", "the") and _is_lone_letter(scan, index + 1):
        return _read_letters_from(scan, index + 1)
    if word in _BEFORE_PAIR and (letters := _read_pair_after(scan, index + 1)):
        return letters
    if word in _COMBINE and _is_capital(scan, index + 1) and scan.text(index + 2) in ("and", "with"):
        return _read_letters_from(scan, index + 1)  # "combine T and a tree"
    return _read_letters_beside(scan, index) if word in _INTERLOCKING else ""


_COMBINE: Final = frozenset("combine merge join unite mix combining merging".split())
_BEFORE_PAIR: Final = frozenset(
    "combine merge join unite mix of from combining using with joining merging combines joins merges uniting".split()
)


def _read_pair_after(scan: Scan, index: int) -> str:
    """Return two or three capitals joined by `and`: `a mark built from A and P`."""
    pair = scan.text(index + 1) in ("and", "with") and len(scan.tokens[index + 1].source) > 0
    letters = [scan.tokens[place].source for place in (index, index + 2) if place < len(scan.tokens)]
    if not pair or any(len(letter) != 1 or not letter.isupper() for letter in letters) or len(letters) < 2:
        return ""
    return _read_letters_from(scan, index)


def _is_lone_letter(scan: Scan, index: int) -> bool:
    """Tell whether a capital behind an article stands for itself: `we'd like a K, no bird`."""
    if not _is_capital(scan, index) or scan.text(index) in ("a", "i"):
        return False
    return scan.text(index + 1) in ("", "and", "in", "with", "made", "shaped", "inside", "as", "that", "for")


def _is_capital(scan: Scan, index: int) -> bool:
    if not 0 <= index < len(scan.tokens):
        return False
    token = scan.tokens[index]
    single = token.is_word and len(token.source) == 1 and token.source.isupper()
    # "A logo", "I want": words and no letters, unless something else says so.
    return single and not (
        token.text in ("a", "i") and scan.lemma(index + 1) not in ("and", "monogram", "lettermark", "")
    )


def _read_letters_after(scan: Scan, index: int) -> str:
    """Return the letters behind a word such as `letters` or `monogram of`; `letter logo` has none."""
    place = index + 1
    if scan.text(place) == "of":  # "initials of the founders: A.K."
        colon = next((n for n in range(place, min(place + 5, len(scan.tokens))) if scan.tokens[n].text == ":"), place)
        place = colon if all(scan.text(n) for n in range(place, colon)) else place
    if scan.text(place) == "only" and place + 1 < len(scan.tokens) and scan.tokens[place + 1].kind is TokenKind.COMMA:
        place += 2  # "letters only, N and W"
    while (0 <= place < len(scan.tokens) and scan.tokens[place].text in ("(", ":")) or scan.text(place) in (
        "of",
        "the",
        "letter",
        "initial",
        "using",
        "with",
        "from",
        "for",
        "is",
        "are",
        "my",
        "mark",
        "should",
        "must",
        "read",
        "reads",
        "say",
        "says",
        "be",
    ):
        place += 1
    plain = scan.lemma(index) in ("letter", "initial")
    return _read_letters_from(scan, place, bare=plain and place == index + 1, start=index)


def _read_letters_from(scan: Scan, place: int, *, bare: bool = True, start: int | None = None) -> str:
    """Return the letters that stand from `place` on: `R and T`, `N, V`, `RT`; lower case only where `bare`."""
    letters, end = "", place
    while end < len(scan.tokens) and len(letters) < MAX_LETTERS:
        token = scan.tokens[end]
        found = _read_letters_in(token, bare, letters)
        if not found and not (letters and (token.kind is TokenKind.COMMA or token.text in _LETTER_JOINTS)):
            break
        letters += found
        end += 1
    while letters and scan.text(end) in _INTERLOCKING | {"together", "overlapping", "joined", "only", "ligature"}:
        end += 1
    if letters:
        scan.use(start if start is not None else place, end - (start if start is not None else place))
    return letters


_LETTER_JOINTS: Final = frozenset({"and", "or", "an", "a", "with", "the"})


def _read_letters_in(token: Token, bare: bool, before: str) -> str:
    """Return the letters that one token stands for; a group of letters only where none came before."""
    if token.is_word and _SINGLE.fullmatch(token.source):
        return token.source if token.source.isupper() or (bare and token.text not in ("a", "i")) else ""
    if before:
        return ""
    if token.is_word:
        source = token.source.replace(".", "")
        return source if _GROUP.fullmatch(source) else ""
    letters = token.text.replace(" ", "") if token.kind is TokenKind.QUOTE else ""
    return letters if len(letters) <= MAX_LETTERS else ""


def _read_letters_beside(scan: Scan, index: int) -> str:
    """Return the letters beside `intertwined`: `R and T intertwined`, `interlocking NV`."""
    after = _read_letters_from(scan, index + 1, bare=False, start=index)
    if after:
        return after
    places = [place for place in range(max(0, index - 6), index) if _is_capital(scan, place)]
    letters = "".join(scan.tokens[place].source for place in places)
    if 2 <= len(letters) <= MAX_LETTERS:
        scan.use(places[0], index + 1 - places[0])
        return letters
    if index and _GROUP.fullmatch(scan.tokens[index - 1].source):
        scan.use(index - 1, 2)
        return scan.tokens[index - 1].source
    return ""
