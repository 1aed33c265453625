"""Which words of a prompt name something that can be shown, and which name a trade."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from blazon.brief import Unmet
from blazon.draw.meaning import is_noise
from blazon.draw.symbols import SymbolLibrary
from blazon.reading.scene_words import DETERMINERS, FUNCTION_WORDS, RELATIONS, SHOWS
from blazon.reading.synonyms import NEAREST, SAME
from blazon.reading.thing_names import AMBIGUOUS, NOT_THINGS, TRADES
from blazon.reading.tokens import Token, to_lemma, tokenize

_LONGEST: Final = 4
_GRAMMAR: Final = FUNCTION_WORDS | RELATIONS | SHOWS | DETERMINERS


@dataclass(frozen=True, slots=True)
class Named:
    """A phrase that names a thing or a trade.

    Args:
        picture: what it is called in the library; for a trade the phrase itself.
        length: in tokens.
        trade: whether it says what a brand does rather than what to show.
        exact: whether the picture is of this thing, and not of what comes nearest.
    """

    picture: str
    length: int
    trade: bool = False
    exact: bool = True
    loose: bool = False
    """Whether only pictures with a longer name show it (`porcelain vase`): a thing only where it is asked for."""
    ambiguous: bool = False
    """Whether it is more often no thing at all (`target`): a thing only beside another one."""


class ThingNames:
    """Finds the names of things, the longest phrase first."""

    def __init__(self, symbols: SymbolLibrary) -> None:
        self._symbols = symbols
        self._same = _key_by_lemmas(SAME)
        self._nearest = _key_by_lemmas(NEAREST)
        self._heads = frozenset(name.rpartition(" ")[2] for name in symbols.pictures if " " in name)

    def find(self, tokens: Sequence[Token], index: int) -> Named | None:
        """Return what the longest phrase that begins at `index` names."""
        for length in range(min(_LONGEST, len(tokens) - index), 0, -1):
            part = tokens[index : index + length]
            if all(token.is_word for token in part) and (named := self._name(" ".join(t.lemma for t in part), length)):
                return named
        return None

    def find_whole(self, text: str) -> Named | None:
        """Return what a text as a whole names."""
        tokens = tokenize(text)
        found = self.find(tokens, 0) if tokens else None
        return found if found and found.length == len(tokens) else None

    def knows(self, phrase: str) -> bool:
        """Tell whether a phrase calls up any picture."""
        named = self._name(phrase, 1)
        return (
            named is not None and not named.loose and not named.ambiguous
        ) or phrase in self._symbols.lexicon.concepts

    def _name(self, phrase: str, length: int) -> Named | None:
        if phrase in TRADES:
            return Named(phrase, length, trade=True)
        ambiguous = phrase in AMBIGUOUS
        if (picture := self._same.get(phrase)) and self._symbols.has_picture(picture):
            return Named(picture, length, ambiguous=ambiguous)
        if (picture := self._nearest.get(phrase)) and self._symbols.has_picture(picture):
            return Named(picture, length, exact=False, ambiguous=ambiguous)
        if self._symbols.has_picture(phrase) and (ambiguous or phrase not in NOT_THINGS):
            return Named(self._symbols.lexicon.usual(phrase), length, ambiguous=ambiguous)
        if length > 1 and phrase in self._symbols.lexicon.concepts:
            return Named(phrase, length, trade=True)
        return Named(phrase, length, loose=True) if self._is_loose(phrase) else None

    def _is_loose(self, phrase: str) -> bool:
        """Tell whether pictures with longer names show a thing of this name, and it is no trade."""
        grammar = is_noise(phrase) or phrase in NOT_THINGS or phrase in _GRAMMAR
        return phrase in self._heads and not grammar and phrase not in self._symbols.lexicon.concepts


def _key_by_lemmas(names: Mapping[str, str]) -> dict[str, str]:
    """Return a table with its phrases as tokens have them, each word in the singular."""
    return {" ".join(map(to_lemma, phrase.split())): picture for phrase, picture in names.items()}


def tell_nearest(words: str, picture: str) -> Unmet:
    """Return that the library lacks a thing, and what stands for it."""
    return Unmet(words, f"the library has no {words}; the nearest, {picture.removesuffix(' head')}, is drawn")
