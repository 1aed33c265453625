"""Checks of the fields of a brief: texts, whole numbers, choices among names; things to show, letters, a date."""

import re
import unicodedata
from enum import StrEnum
from itertools import groupby
from typing import Final, TypeVar

from blazon.errors import InvalidBrief

MAX_THINGS: Final = 8
MAX_THING: Final = 40
MAX_LETTERS: Final = 4
MAX_ESTABLISHED: Final = 24


# Control characters, halves of surrogate pairs, private use and code points without a character.
_UNPRINTABLE: Final = frozenset({"Cc", "Cs", "Co", "Cn"})
_Kind = TypeVar("_Kind", bound=StrEnum)

# The most characters that one becomes when it is decomposed (Unicode 15, U+1F82 for one).
_DECOMPOSED: Final = 4

_MOST_LISTED: Final = 4 * MAX_THINGS * MAX_THING  # characters, with white space and what comes twice
_COMMAS: Final = re.compile("[,;\n،、，；]")
_ARTICLE: Final = re.compile(r"^(?:an?|the) ", re.IGNORECASE)
_BETWEEN_LETTERS: Final = re.compile(r"\s+(?:and|und|et|en)\s+|[\s,;.+/|\-]+")
_ROMAN: Final = re.compile(r"\b[IVXLCDM]{2,}\b")
# Marks on one letter: twice as many as any orthography has. Each more takes longer to draw than those before it.
_MOST_MARKS: Final = 6
_VIRAMA: Final = 9  # the combining class of the signs that join a consonant to the next one
_JOINERS: Final = "\u200c\u200d"
_ALSO_IN_LETTERS: Final = f"&{_JOINERS}"


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
    if (marks := _count_marks(label)) > _MOST_MARKS:
        raise InvalidBrief(name, f"has {marks} marks on one letter; at most {_MOST_MARKS} {why}")
    return label


def _count_marks(text: str) -> int:
    """Return the most combining marks that follow one another."""
    runs = groupby(text, lambda char: unicodedata.category(char) in {"Mn", "Me"})
    return max((sum(1 for _ in run) for marks, run in runs if marks), default=0)


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


def read_things(name: str, value: object) -> tuple[str, ...]:
    """Return things in plain words, without articles, each once, from a list of texts or one text with commas.

    Raises:
        InvalidBrief: there are more than `MAX_THINGS`, or one is too long or no text; names the field `name`.
    """
    if value is None:
        return ()
    if not isinstance(value, str | list | tuple):
        raise InvalidBrief(name, f"must be a list of texts, or one text with commas, not {type(value).__name__}")
    listed = [value] if isinstance(value, str) else value
    if len(listed) > _MOST_LISTED:
        raise InvalidBrief(name, f"has {len(listed)} entries; at most {MAX_THINGS} are read")
    texts = [check_length(name, check_text(name, one), _MOST_LISTED, "are read") for one in listed]
    found: dict[str, str] = {}
    for part in (part for text in texts for part in _COMMAS.split(text)):
        if thing := check_label(name, part, MAX_THING, "are read of one thing"):
            bare = _ARTICLE.sub("", thing, count=1)
            found.setdefault(bare.casefold(), bare)
    if len(found) > MAX_THINGS:
        raise InvalidBrief(name, f"has {len(found)} things; at most {MAX_THINGS} are read")
    return tuple(found.values())


def refuse_both(show: tuple[str, ...], avoid: tuple[str, ...]) -> None:
    """Return if nothing is to be shown and avoided at once.

    Raises:
        InvalidBrief: something is; names it.
    """
    for thing in avoid:
        for shown in show:
            if not _numbers(thing.casefold()).isdisjoint(_numbers(shown.casefold())):
                raise InvalidBrief("avoid", f"has {thing!r}, and show has {shown!r}; keep it in one of them")


def read_letters(value: object) -> str:
    """Return the letters of a monogram as they are to be set: `R and T` and `R, T` are `RT`.

    Raises:
        InvalidBrief: it has more than `MAX_LETTERS`, or something that is neither letter nor figure.
    """
    if value is None:
        return ""
    text = check_label("letters", value, MAX_LETTERS * 12, "are read of a monogram")
    letters = _BETWEEN_LETTERS.sub("", text) if len(text) > 1 else text
    others = sorted(
        {char for char in letters if unicodedata.category(char)[0] not in "LNM" and char not in _ALSO_IN_LETTERS}
    )
    if others or (text and not letters):
        raise InvalidBrief("letters", f"can be letters and figures only, not {' '.join(others) or text!r}")
    if (count := _count_letters(letters)) > MAX_LETTERS:
        raise InvalidBrief("letters", f"has {count}; a monogram has 1 to {MAX_LETTERS}")
    return letters


def read_established(value: object) -> str:
    """Return a year or short date as it is to be set, such as `1894` or `Est. May 1894`.

    Raises:
        InvalidBrief: it is too long, or has no figure in it.
    """
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        if not 1 <= value <= 9999:
            raise InvalidBrief("established", f"{shorten(value)} is no year")
        return str(value)
    text = check_label("established", value, MAX_ESTABLISHED)
    if text and not (any(char.isdigit() for char in text) or _ROMAN.search(text)):
        raise InvalidBrief("established", f"{text!r} has no year in it; give one such as 1894, or 'Est. May 1894'")
    return text


def _numbers(thing: str) -> set[str]:
    """Return what a thing may be called in the singular, itself included."""
    return {thing, thing.removesuffix("s"), thing.removesuffix("es")}


def _count_letters(text: str) -> int:
    """Return how many letters a reader sees: accents, joiners and joined consonants belong to the one before."""
    count, joined = 0, False
    for char in text:
        belongs = unicodedata.category(char)[0] == "M" or char in _JOINERS
        count += not (belongs or joined)
        joined = unicodedata.combining(char) == _VIRAMA or (joined and char in _JOINERS)
    return count
