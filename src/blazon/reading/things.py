"""Which words of a prompt name something that can be shown, and which name a trade."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from blazon.draw.symbols import SymbolLibrary
from blazon.reading.phrase_table import PhraseTable
from blazon.reading.thing_names import NEAREST, NOT_THINGS, SAME, TRADES
from blazon.reading.tokens import Token

_LONGEST: Final = 4


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


class ThingNames:
    """Finds the names of things, the longest phrase first."""

    def __init__(self, symbols: SymbolLibrary) -> None:
        self._symbols = symbols
        self._same: PhraseTable[str] = PhraseTable(SAME.items())
        self._nearest: PhraseTable[str] = PhraseTable(NEAREST.items())

    def find(self, tokens: Sequence[Token], index: int) -> Named | None:
        """Return what the longest phrase that begins at `index` names."""
        for length in range(min(_LONGEST, len(tokens) - index), 0, -1):
            part = tokens[index : index + length]
            if all(token.is_word for token in part) and (named := self._name(" ".join(t.lemma for t in part), length)):
                return named
        return None

    def knows(self, phrase: str) -> bool:
        """Tell whether a phrase calls up any picture."""
        return self._name(phrase, 1) is not None or phrase in self._symbols.lexicon.concepts

    def _name(self, phrase: str, length: int) -> Named | None:
        if phrase in TRADES:
            return Named(phrase, length, trade=True)
        if picture := self._same.get(phrase):
            return Named(picture, length) if self._symbols.has_picture(picture) else None
        if picture := self._nearest.get(phrase):
            return Named(picture, length, exact=False)
        if self._symbols.has_picture(phrase) and phrase not in NOT_THINGS:
            return Named(self._symbols.lexicon.usual(phrase), length)
        if length > 1 and phrase in self._symbols.lexicon.concepts:
            return Named(phrase, length, trade=True)
        return None
