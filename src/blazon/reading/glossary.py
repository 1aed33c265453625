"""Glossaries: the words of a language and what they are in English.

They are tables in `glossaries/`, a row a meaning and a column a language, and are read when first asked for.
"""

import re
from collections.abc import Iterator, KeysView, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from blazon.reading.inflection import base_forms, fold, without_digraphs

LANGUAGES = ("de", "fr", "es", "it", "pt", "nl")
"""ISO 639-1, in the order of the columns."""
DROPPED = "-"
"""What a word becomes that says nothing in English."""

_TABLES = ("grammar", "noise", "qualities", "things", "trades")
_COMPOUNDING = ("de", "nl")
# A preposition with its article: `au bord du lac` is `au bord de`, and the article.
_CONTRACTED = {
    **dict.fromkeys(("du", "des", "d"), ("de",)),
    **dict.fromkeys(("del", "do", "da", "dos", "das"), ("de", "di")),
    **dict.fromkeys(("dello", "della", "dei", "degli", "delle", "dell"), ("di",)),
    **dict.fromkeys(("al", "ao", "à", "aos", "às", "allo", "alla", "ai", "alle", "agli", "all"), ("a",)),
    **dict.fromkeys(("au", "aux"), ("à",)),
    **dict.fromkeys(("col", "coi"), ("con",)),
}
_LINKS = ("", "s", "n", "en", "es", "e", "er", "-")
_SHORTEST_PART, _SHORTEST_COMPOUND = 3, 7


@dataclass(frozen=True, slots=True)
class Entry:
    """A translation, and the table that it stands in."""

    english: str
    table: str = ""

    @property
    def grammar(self) -> bool:
        """Whether it holds a sentence together and names nothing."""
        return self.table == "grammar"


class Glossary:
    """The words and phrases of one language. Reading is thread-safe."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._words: dict[str, Entry] = {}
        self._folded: dict[str, Entry] = {}
        self._phrases: dict[str, list[tuple[tuple[str, ...], Entry]]] = {}
        self.find = lru_cache(maxsize=2048)(self._find)
        self.find_compound = lru_cache(maxsize=512)(self._find_compound)
        column = LANGUAGES.index(language) + 1
        for entry, row in _read_rows():
            for text in filter(None, row[column].split(",")):
                self._add(tuple(split_words(text)), entry)
        for phrases in self._phrases.values():
            phrases.sort(key=lambda phrase: -len(phrase[0]))

    def _add(self, words: tuple[str, ...], entry: Entry) -> None:
        if len(words) > 1:
            self._phrases.setdefault(words[0], []).append((words, entry))
            return
        self._words.setdefault(words[0], entry)
        if (plain := fold(words[0])) != words[0]:
            self._folded.setdefault(plain, entry)

    @property
    def words(self) -> KeysView[str]:
        """Every single word that is listed, in lower case."""
        return self._words.keys()

    def find_phrase(self, words: Sequence[str]) -> tuple[int, Entry] | None:
        """Return the longest phrase that `words`, in lower case, begin with: how many words it takes, and its entry."""
        for first in (words[0], *base_forms(words[0], self.language)):
            for phrase, entry in self._phrases.get(first, ()):
                taken = words[1 : len(phrase)]
                if len(taken) == len(phrase) - 1 and all(map(self._is_form_of, taken, phrase[1:])):
                    return len(phrase), entry
        return None

    def _is_form_of(self, word: str, listed: str) -> bool:
        if word == listed or listed in _CONTRACTED.get(word, ()):
            return True
        return listed in base_forms(word, self.language) or fold(word) == fold(listed)

    def _find(self, word: str) -> Entry | None:
        """Return the entry of one word in lower case, inflected or not."""
        if entry := self._look_up(word):
            return entry
        for form in base_forms(word, self.language):
            entry = self._look_up(form)
            if entry and (not entry.grammar or entry.english == "no"):
                return entry
        spelt = without_digraphs(word) if self.language == "de" else word
        return self.find(spelt) if spelt != word else None

    def _look_up(self, word: str) -> Entry | None:
        entry = self._words.get(word) or self._folded.get(word)
        if entry or word.isascii():
            return entry
        plain = fold(word)
        return self._words.get(plain) or self._folded.get(plain)

    def _find_compound(self, word: str) -> tuple[str, ...]:
        """Return the parts of a German or Dutch compound, in English and in order; empty where it is none."""
        if self.language not in _COMPOUNDING or len(word) < _SHORTEST_COMPOUND:
            return ()
        return next(self._split(word, parts=3), ())

    def _split(self, word: str, parts: int) -> Iterator[tuple[str, ...]]:
        """Yield ways to split a word, the longest last part first, the fewest parts first."""
        heads = [
            (word[:cut], tail)
            for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
            if (tail := self.find(word[cut:])) and not tail.grammar
        ]
        for start, tail in heads:
            for link in _LINKS:
                first = self._look_up(start.removesuffix(link)) if start.endswith(link) else None
                if first and not first.grammar and len(start) - len(link) >= _SHORTEST_PART:
                    yield tuple(part for part in (first.english, tail.english) if part != DROPPED)
        if parts > 2:
            for start, tail in heads:
                for front in self._split(start.removesuffix("s"), parts - 1):
                    yield tuple(part for part in (*front, tail.english) if part != DROPPED)


def split_words(text: str) -> list[str]:
    """Return the words of a text in lower case; `l'eau` is two."""
    return [text] if text.isalpha() else re.findall(r"[^\W_]+(?:-[^\W_]+)*", text.lower())


@lru_cache(maxsize=1)
def _read_rows() -> list[tuple[Entry, list[str]]]:
    folder = resources.files("blazon") / "reading/glossaries"
    rows = [
        (table, line.split("|"))
        for table in _TABLES
        for line in (folder / f"{table}.txt").read_text("utf-8").splitlines()
        if line and line[0] not in "#="
    ]
    return [(Entry(row[0], table), row) for table, row in rows]


@lru_cache(maxsize=len(LANGUAGES))
def open_glossary(language: str) -> Glossary:
    """Return the glossary of one of `LANGUAGES`."""
    return Glossary(language)


@lru_cache(maxsize=1)
def english_words() -> frozenset[str]:
    """Return the English words that are known here, those of other languages that are English too among them."""
    data = resources.files("blazon")
    known = {word for entry, _ in _read_rows() for word in split_words(entry.english)}
    known.update(_words_of((data / "reading/glossaries/english.txt").read_text("utf-8")))
    triggers = "\n".join(line.split("|")[0] for line in (data / "data/concepts.txt").read_text("utf-8").splitlines())
    foreign = {word for language in LANGUAGES for word in open_glossary(language).words}
    return frozenset(known | (_words_of(triggers) - foreign))


def _words_of(text: str) -> set[str]:
    return {word for line in text.splitlines() if not line.startswith(("#", "=")) for word in split_words(line)}
