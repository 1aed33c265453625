"""Checks that every field of a brief may need: of texts, whole numbers and choices among names."""

import unicodedata
from enum import StrEnum
from typing import Final, TypeVar

from blazon.errors import InvalidBrief

# Control characters, halves of surrogate pairs, private use and code points without a character.
_UNPRINTABLE: Final = frozenset({"Cc", "Cs", "Co", "Cn"})
_Kind = TypeVar("_Kind", bound=StrEnum)

# The most characters that one becomes when it is decomposed (Unicode 15, U+1F82 for one).
_DECOMPOSED: Final = 4


def one_line(text: str) -> str:
    """Return `text` in NFC with every run of white space folded to one space, ends stripped."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def check_label(name: str, value: object, limit: int, why: str = "can be set in a logo") -> str:
    """Return a text on one line in NFC, of at most `limit` characters that can all be printed.

    Raises:
        InvalidBrief: it is no such text; names the field `name`.
    """
    # Both lengths, and that of what was sent first: the time that composing takes grows with the square of it.
    text = check_length(name, check_text(name, value).strip(), limit * _DECOMPOSED, why, limit)
    label = check_length(name, one_line(text), limit, why)
    unprintable = sorted({f"U+{ord(char):04X}" for char in label if unicodedata.category(char) in _UNPRINTABLE})
    if unprintable:
        raise InvalidBrief(name, f"has characters that cannot be printed: {', '.join(unprintable[:8])}")
    return label


def check_length(name: str, text: str, most: int, why: str, told: int = 0) -> str:
    """Return a text of at most `most` characters of which none is half a character; `told` is the limit to name.

    Raises:
        InvalidBrief: it is longer, or not valid Unicode.
    """
    if len(text) > most:
        raise InvalidBrief(name, f"has {len(text)} characters; at most {told or most} {why}")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise InvalidBrief(name, "is not valid Unicode text (it holds half of a surrogate pair)")
    return text


def check_text(name: str, value: object) -> str:
    """Return a text.

    Raises:
        InvalidBrief: it is something else.
    """
    if not isinstance(value, str):
        raise InvalidBrief(name, f"must be text, not {type(value).__name__}")
    return value


def read_choice(name: str, kinds: type[_Kind], value: object) -> _Kind | None:
    """Return a choice by its name, None for none.

    Raises:
        InvalidBrief: there is no such choice; names those that there are.
    """
    if value is None:
        return None
    try:
        return kinds(str(value))
    except ValueError:
        raise InvalidBrief(name, f"{str(value)[:40]!r} is not one of {', '.join(kinds)}") from None


def check_whole(name: str, value: object, low: int, high: int) -> None:
    """Return if a value is a whole number within bounds, both included.

    Raises:
        InvalidBrief: it is not.
    """
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise InvalidBrief(name, f"must be a whole number from {low} to {high}, not {shorten(value)}")


def is_number(value: object) -> bool:
    """Whether a value is a number, which true and false are not here."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def shorten(value: object) -> str:
    """Return a value for an error message."""
    if isinstance(value, int) and value.bit_length() > 128:  # Python writes out no integer of thousands of digits
        return "a much longer one"
    return str(value)[:40]
