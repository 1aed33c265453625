"""Prompts in languages that have no glossary of their own as English words, by one table of the commonest words.

Its rows are a meaning each and its columns languages, from Polish to Indonesian. Other forms of a word are found by
their beginning, Japanese and Chinese are split at the longest words that the table has.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Final

from blazon.reading.inflection import fold

FindWords = Callable[[Sequence[str]], Sequence[str]]
"""From words that the table has not to English ones, empty where none is near."""

_PLAIN: Final = str.maketrans("「」『』《》«»、，。：；！？،؛؟।", '""""""""' + ",,.:;!?,;?.")
# Vowel signs and points are parts of a word, which `\w` has not.
_SIGNS: Final = (
    "\u0300-\u036f\u0591-\u05c7\u064b-\u0652\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0e31-\u0e4e"
)
_PIECES: Final = re.compile(
    rf"(?P<quote>\"[^\"]+\"|“[^”]+”|„[^“”]+[“”])|(?P<number>\d[\w.,]*\w|\d)"
    rf"|(?P<word>[^\W\d_](?:[^\W_]|[{_SIGNS}]|[-'’](?=[^\W\d_]))*)|(?P<mark>\S)"
)
_SCRIPTS: Final = (  # the first that a prompt has a letter of
    ("ja", re.compile("[\u3041-\u30ff]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ko", re.compile("[\uac00-\ud7a3]")),
    ("hi", re.compile("[\u0904-\u0939]")),
    ("el", re.compile("[α-ωΑ-Ω]")),
    ("uk", re.compile("[іїєґІЇЄҐ]")),
    ("ru", re.compile("[а-яА-Я]")),
    ("he", re.compile("[א-ת]")),
    ("ar", re.compile("[ء-ي]")),
)
_PERSIAN: Final = re.compile("[پچژگکی]")  # and Urdu: written like Arabic, and other languages
_UNSPACED: Final = ("ja", "zh")
_KATAKANA: Final = re.compile("[ァ-ヺー]")
# What grows on the front of a word.
_PREFIXES: Final = {"ar": ("وال", "بال", "لل", "ال", "و", "ب", "ل", "ف"), "he": ("וה", "ה", "ו", "ב", "ל", "מ", "ש")}
_PARTICLES: Final = frozenset(
    """이 가 은 는 을 를 의 에 로 으로 와 과 도 만 에서 이나 나 하고
    랑 이랑 들 들이 들의 들을 과의 와의 에게 처럼 라는""".split()
)
_LONGEST: Final = 4  # words of a phrase
_LITTLE: Final = frozenset("without <without no avoid only and or but with for in since called letter , -".split())


class _Table:
    """The words of one language."""

    def __init__(self) -> None:
        self.words: dict[str, list[str]] = {}
        self.stems: dict[str, list[str]] = {}
        self.phrases: dict[str, list[str]] = {}

    def add(self, form: str, english: str) -> None:
        key = _key(form)
        self.words.setdefault(key, []).append(english)
        if english in _LITTLE:
            return
        if " " in key:
            self.phrases.setdefault(key[:_STEM], []).append(key)
        else:
            self.stems.setdefault(key[:_STEM], []).append(key)


_STEM: Final = 3


def _key(text: str) -> str:
    """Return a word as the table is searched by: without case, and in Latin letters without accents."""
    text = unicodedata.normalize("NFC", text.lower())
    return fold(text) if "a" <= text[:1] < "\u0250" else text


@cache
def _open_tables() -> dict[str, _Table]:
    lines = (resources.files("blazon") / "reading/glossaries/other_languages.txt").read_text("utf-8").splitlines()
    rows = [line.split("|") for line in lines if line and line[0] not in "#="]
    tables = {language: _Table() for language in rows[0][1:]}
    for english, *columns in rows[1:]:
        for table, forms in zip(tables.values(), columns, strict=True):
            for form in filter(None, forms.split(",")):
                table.add(form, english)
    return tables


@cache
def list_latin_words() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Return, for each language in Latin letters, its little words and those that name something, without accents."""
    scripts = {script for script, _ in _SCRIPTS}
    return {
        language: (
            frozenset(word for word, entries in table.words.items() if entries[0] in _LITTLE),
            frozenset(word for word, entries in table.words.items() if entries[0] not in _LITTLE),
        )
        for language, table in _open_tables().items()
        if language not in scripts
    }


def find_language(text: str) -> str:
    """Return ISO 639-1 of a text that is in no language with a glossary; empty where the table has it not either."""
    for language, letters in _SCRIPTS:
        if letters.search(text):
            return "" if language == "ar" and _PERSIAN.search(text) else language
    points = score_languages([match["word"] for match in _PIECES.finditer(text) if match["word"]])
    best = max(points, key=lambda language: points[language])
    return best if points[best] else ""


def score_languages(words: Sequence[str]) -> dict[str, int]:
    """Return the evidence for each language in Latin letters that the table has, in points as `detection` counts."""
    keys = [*map(_key, words)]
    return {
        language: sum(3 * (key in little) + 2 * (key in named) for key in keys)
        for language, (little, named) in list_latin_words().items()
    }


@dataclass(frozen=True, slots=True)
class Translated:
    """A prompt in English words; `ignored` and `pairs` as in `English`."""

    text: str
    ignored: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    guessed: bool = False
    """Whether words were found that the table has not."""


def translate(text: str, language: str, find: FindWords | None = None) -> Translated:
    """Return a prompt in English words, in its order.

    Args:
        language: of the prompt, as `find_language` has it.
        find: looks for what the table has not; None for nobody.
    """
    return _Translation(language, _open_tables().get(language) or _Table()).run(text, find)


@dataclass(slots=True)
class _Piece:
    """A part of the prompt, and what it is in English: None for a word that is not known."""

    text: str
    english: str | None = None
    content: bool = False


@dataclass
class _Translation:
    language: str
    table: _Table
    pieces: list[_Piece] = field(default_factory=list)

    def run(self, text: str, find: FindWords | None) -> Translated:
        self._split(unicodedata.normalize("NFC", text).translate(_PLAIN))
        unknown = [piece for piece in self.pieces if piece.english is None]
        if find and unknown:
            for piece, english in zip(unknown, find([piece.text for piece in unknown]), strict=True):
                if english:
                    piece.english, piece.content = english, True
        return Translated(
            _join(self._order()),
            tuple(piece.text for piece in self.pieces if piece.english is None),
            tuple((piece.text, piece.english) for piece in self.pieces if piece.content and piece.english),
            any(piece.english for piece in unknown),
        )

    def _split(self, text: str) -> None:
        found = [*_PIECES.finditer(text)]
        place = 0
        while place < len(found):
            if not found[place]["word"]:
                self.pieces.append(_Piece(found[place][0], found[place][0]))
                place += 1
            elif self.language in _UNSPACED and not found[place][0].isascii():
                self._split_run(found[place][0])
                place += 1
            else:
                place += self._take_phrase(found, place)

    def _take_phrase(self, found: Sequence[re.Match[str]], place: int) -> int:
        """Take the longest phrase that begins at a place, or one word; return of how many words."""
        window = [match[0] for match in found[place : place + _LONGEST]]
        words = next((n for n, match in enumerate(found[place : place + _LONGEST]) if not match["word"]), len(window))
        following = found[place + 1] if place + 1 < len(found) else None
        for count in range(words, 0, -1):
            phrase = " ".join(window[:count])
            if entries := self.table.words.get(_key(phrase)):
                is_date = following is not None and bool(following["number"])
                self._emit(phrase, _choose(entries, is_date))
                return count
            if count > 1 and (english := self._find_phrase(_key(phrase))):
                self._emit(phrase, english)
                return count
        self._take_word(window[0], first=place == 0)
        return 1

    def _take_word(self, word: str, *, first: bool) -> None:
        """Take a word that is not listed as it stands."""
        if self.language == "ko" and self._take_with_particle(word):
            return
        if english := self._find_form(_key(word)):
            if self.language == "hu" and word.endswith(("al", "el")):  # `rókával` is with a fox
                self._emit("", "with")
            self._emit(word, english)
        elif self.language in _PREFIXES and self._take_prefixed(word):
            return
        elif (word[0].isupper() and not first) or (word.isascii() and self.language in {one for one, _ in _SCRIPTS}):
            self.pieces.append(_Piece(word, word))  # a name
        else:
            self.pieces.append(_Piece(word))

    def _find_form(self, word: str) -> str:
        """Return what a word is of which the table has another form; empty if it has none."""
        near = [form for form in self.table.stems.get(word[:_STEM], ()) if _is_form(word, form)]
        nearest = min(near, key=lambda form: (len(form) - 2 * _count_shared(word, form), form), default="")
        return _choose(self.table.words[nearest]) if nearest else ""

    def _find_phrase(self, phrase: str) -> str:
        """Return what a phrase is of which the table has another form, one behind a preposition among them."""
        words = phrase.split()
        starts = [words[0], *(words[0].removeprefix(prefix) for prefix in _PREFIXES.get(self.language, ()))]
        for start in dict.fromkeys(starts):
            for listed in self.table.phrases.get(start[:_STEM], ()):
                forms = listed.split()
                if len(forms) == len(words) and all(map(_is_form, (start, *words[1:]), forms)):
                    return _choose(self.table.words[listed])
        return ""

    def _take_prefixed(self, word: str) -> bool:
        for prefix in _PREFIXES[self.language]:
            rest = word.removeprefix(prefix)
            if rest != word and len(rest) > 1:
                entries = self.table.words.get(rest)
                if english := _choose(entries) if entries else self._find_form(rest):
                    if prefix[0] in "وו":
                        self._emit(prefix[0], "and")
                    self._emit(rest if english in _LITTLE else word, english)
                    return True
        return False

    def _take_with_particle(self, word: str) -> bool:
        for end in range(len(word) - 1, 0, -1):
            entries, particle = self.table.words.get(word[:end]), word[end:]
            if entries and particle in _PARTICLES:
                self._emit(word[:end], _choose(entries))
                if particle in ("와", "과", "하고", "랑", "이랑", "만"):
                    self._emit(particle, "only" if particle == "만" else "and")
                return True
        return False

    def _split_run(self, run: str) -> None:
        """Split a text without spaces at the longest words that are known."""
        parts = [*self._list_parts(run)]
        unknown: _Piece | None = None
        for place, (part, entries) in enumerate(parts):
            beside = [known for _, known in (*parts[max(0, place - 1) : place], *parts[place + 1 : place + 2])]
            # One sign alone is a word only where what is beside it is known: 山 in 山东 is no mountain.
            if entries and (len(part) > 1 or entries[0] in _LITTLE or all(beside)):
                self._emit(part, _choose(entries))
                unknown = None
            elif unknown:
                unknown.text += part
            else:
                unknown = _Piece(part)
                self.pieces.append(unknown)

    def _list_parts(self, run: str) -> Iterator[tuple[str, list[str]]]:
        """Yield the parts of a run with what they are, nothing for those between known words."""
        start = place = 0
        while place < len(run):
            length = next((n for n in range(min(8, len(run) - place), 0, -1) if self._is_word(run, place, n)), 0)
            if length:
                if start < place:
                    yield run[start:place], []
                yield run[place : place + length], self.table.words[run[place : place + length]]
                start = place + length
            place += length or 1
        if start < len(run):
            yield run[start:], []

    def _is_word(self, run: str, place: int, length: int) -> bool:
        word, ends = run[place : place + length], (run[place - 1 : place], run[place + length : place + length + 1])
        if word not in self.table.words:
            return False
        # A foreign word is known as a whole: スター in スターバックス is no star.
        return not any(
            _KATAKANA.match(one) and _KATAKANA.match(end) for one, end in zip((word[0], word[-1]), ends, strict=True)
        )

    def _emit(self, text: str, english: str) -> None:
        self.pieces.append(_Piece(text, english, content=english not in _LITTLE))

    def _order(self) -> list[str]:
        """Return the English words in their order, a negation before what it stands behind."""
        words: list[str] = []
        for piece in self.pieces:
            if piece.english is None or piece.english == "-":
                continue
            if piece.english.startswith("<"):
                start = _find_negated(words)
                words[start:] = [piece.english[1:], *words[start:], ","]
            else:
                words.append(piece.english)
        return words


def _find_negated(words: Sequence[str]) -> int:
    """Return where that begins which a negation at the end says no to: a word, and those joined to it."""
    start = len(words) - 1
    while start > 1 and words[start - 1] in ("and", "or"):
        start -= 2
    return max(start, 0)


def _choose(entries: Sequence[str], is_date: bool = False) -> str:
    """Return what a word means of what it may: `od` is since only before a date."""
    if is_date and "since" in entries:
        return "since"
    return next((entry for entry in entries if entry != "since"), "-")


def _is_form(word: str, listed: str) -> bool:
    """Tell whether a word may be another form of one that is listed: it differs in the ending alone."""
    shared, length = _count_shared(word, listed), len(listed)
    if length <= _STEM + 1:
        return shared >= max(length - 1, 2) and len(word) - shared <= length - 1
    return shared >= length - 2 and len(word) - shared <= (5 if length > 2 * _STEM else 4)


def _count_shared(one: str, other: str) -> int:
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _join(words: Sequence[str]) -> str:
    text = re.sub(r" ([,.;:!?])", r"\1", " ".join(words))
    return re.sub(r"([,;:])(?:[,;:])+", r"\1", text).lstrip(",;:! ")
