"""A prompt in any language as words, quotes, numbers and marks; white space and apostrophes are none of them."""

import re
from dataclasses import dataclass
from enum import StrEnum

_QUOTES = ('"[^"]+"', "“[^”“]+[”“]", "„[^“”]+[“”]", "«[^»]+»", "»[^«]+«", "‘[^’]+’", r"(?<!\w)'[^']+'(?!\w)")
_PIECES = re.compile(
    rf"(?P<quote>{'|'.join(_QUOTES)})"
    r"|(?P<other>https?://\S+|\S+@\S+\.\S+|--\w[\w-]*|\#\w+|(?:\b[^\W\d_]\.){2,})"
    r"|(?P<number>\d[\w.,%]*\w|\d)"
    r"|(?P<word>[^\W\d_][^\W_]*(?:-[^\W\d_]+)*)"
    r"|(?P<mark>\S)"
)
_APOSTROPHES = "'’"


class PieceKind(StrEnum):
    """What a piece is."""

    WORD = "word"
    QUOTE = "quote"
    NUMBER = "number"
    OTHER = "other"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a prompt as it was written."""

    text: str
    kind: PieceKind

    @property
    def lower(self) -> str:
        return self.text.lower()

    @property
    def is_capitalised(self) -> bool:
        return self.text[:1].isupper()

    @property
    def is_latin(self) -> bool:
        return all(ord(letter) < 0x250 or 0x1E00 <= ord(letter) < 0x1F00 for letter in self.text)


def split_prompt(text: str) -> list[Piece]:
    """Return the pieces of a text; white space and apostrophes are none, so that `l'eau` is two words."""
    return [
        Piece(match[0], PieceKind(match.lastgroup or "mark"))
        for match in _PIECES.finditer(text)
        if match[0] not in _APOSTROPHES
    ]
