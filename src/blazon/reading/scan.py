"""What is known about each token of a prompt while it is read."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from blazon.reading.tokens import Token


@dataclass(slots=True)
class Scan:
    """Tokens, which of them stand under a negation, which have been understood already, and which name things.

    It belongs to one reading and is filled step by step.
    """

    tokens: Sequence[Token]
    negated: Sequence[bool] = ()
    used: set[int] = field(default_factory=set)
    things: set[int] = field(default_factory=set)

    def use(self, start: int, length: int = 1) -> None:
        """Mark tokens as understood, so that nothing else reads them."""
        self.used.update(range(start, start + length))

    def is_free(self, start: int, length: int = 1) -> bool:
        return self.used.isdisjoint(range(start, start + length))

    def text(self, index: int) -> str:
        """Return the word at `index`, empty beyond the ends and for what is no word."""
        if 0 <= index < len(self.tokens) and self.tokens[index].is_word:
            return self.tokens[index].text
        return ""

    def lemma(self, index: int) -> str:
        """Return the singular of the word at `index`, empty beyond the ends and for what is no word."""
        if 0 <= index < len(self.tokens) and self.tokens[index].is_word:
            return self.tokens[index].lemma
        return ""

    def source(self, start: int, length: int) -> str:
        """Return tokens as written, joined by spaces."""
        return " ".join(token.source for token in self.tokens[start : start + length])
