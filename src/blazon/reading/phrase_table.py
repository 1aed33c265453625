"""Phrases and what each stands for, found in a row of tokens, the longest first."""

from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from blazon.reading.tokens import Token, fold, to_lemma

Value = TypeVar("Value")


class PhraseTable(Generic[Value]):
    """A table of phrases; number and case of the words do not matter.

    Args:
        entries: phrases of words with single spaces, each with its value; a later one wins over an equal one.
    """

    def __init__(self, entries: Iterable[tuple[str, Value]]) -> None:
        self._values: dict[tuple[str, ...], Value] = {_make_key(phrase): value for phrase, value in entries}
        self._lengths: dict[str, tuple[int, ...]] = {}
        lengths: dict[str, set[int]] = {}
        for key in self._values:
            lengths.setdefault(key[0], set()).add(len(key))
        self._lengths = {word: tuple(sorted(found, reverse=True)) for word, found in lengths.items()}

    def longest(self, tokens: Sequence[Token], index: int) -> tuple[Value, int] | None:
        """Return the value of the longest phrase that begins at `index`, and its length in tokens."""
        if not tokens[index].is_word:
            return None
        for length in self._lengths.get(tokens[index].lemma, ()):
            key = tuple([token.lemma if token.is_word else "" for token in tokens[index : index + length]])
            if len(key) == length and key in self._values:
                return self._values[key], length
        return None


def parse_phrases(text: str, value: Value) -> list[tuple[str, Value]]:
    """Return the phrases of a comma-separated text, each with `value`."""
    return [(phrase.strip(), value) for phrase in text.replace("\n", " ").split(",") if phrase.strip()]


def _make_key(phrase: str) -> tuple[str, ...]:
    return tuple(to_lemma(fold(word)) for word in phrase.split())
