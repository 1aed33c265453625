"""Text before it is set: marks that print nothing, case, and direction, in any script and any locale."""

import re
import unicodedata
from typing import Final, NamedTuple

from blazon.design import LetterCase
from blazon.field_checks import one_line

# Marks that steer layout and print nothing: zero width spaces, direction controls, soft hyphen,
# variation selectors. Joiners (U+200C, U+200D) change how Arabic letters connect, so they stay there.
_INVISIBLE: Final = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufe00-\ufe0f\ufeff]")
_JOINERS: Final = re.compile("[\u200c\u200d]")


def make_printable(text: str) -> str:
    """Return `text` in NFC on one line, without characters that only steer layout."""
    seen = _INVISIBLE.sub("", text)
    if not connects(seen):
        seen = _JOINERS.sub("", seen)
    return one_line(seen)


def connects(text: str) -> bool:
    """Return whether `text` has letters of the Arabic kind, which join to their neighbours."""
    return any(unicodedata.bidirectional(char) == "AL" for char in text)


def apply_case(text: str, case: LetterCase) -> str:
    """Return `text` in the case asked for, whatever the locale of the machine.

    ß becomes its capital ẞ; Greek capitals go without accents, as Greek is printed.
    """
    if case is LetterCase.LOWER:
        return unicodedata.normalize("NFC", text.replace("İ", "i").lower())
    if case is LetterCase.UPPER:
        return _strip_greek_accents(text).replace("ß", "ẞ").upper()
    return text


_GREEK_ACCENTS: Final = "\u0300\u0301\u0313\u0314\u0342"
# An accent on the first of two vowels also says that they are two syllables; without it, a diaeresis must.
_GREEK_HIATUS: Final = re.compile("([αεουΑΕΟΥ])\u0301([ιυΙΥ])(?![\u0300-\u0345])")
_GREEK_ACCENTED: Final = re.compile(f"([\u0370-\u03ff]\u0308?)[{_GREEK_ACCENTS}]+")


def _strip_greek_accents(text: str) -> str:
    parts = unicodedata.normalize("NFD", text)
    parts = _GREEK_HIATUS.sub("\\1\\2\u0308", parts)
    return unicodedata.normalize("NFC", _GREEK_ACCENTED.sub(r"\1", parts))


class Run(NamedTuple):
    """A stretch of text in one direction, `ltr` or `rtl` (HarfBuzz's names)."""

    text: str
    direction: str


_FIGURES: Final = re.compile(r"(\d+(?:[.,:/]\d+)*)")


def directional_runs(line: str) -> list[Run] | None:
    """Split a line into runs of one direction, in the order in which they stand from left to right.

    Figures inside a right-to-left line run left to right (Unicode Standard Annex 9, rules W2 to I1).
    Returns None for a line that mixes letters of both directions: its order depends on the
    paragraph around it, and a name has none.
    """
    classes = {unicodedata.bidirectional(char) for char in line}
    if not classes & {"R", "AL"}:
        return [Run(line, "ltr")]
    if "L" in classes:
        return None
    parts = [part for part in _FIGURES.split(line) if part]
    return [Run(part, "ltr" if part[0].isdigit() else "rtl") for part in reversed(parts)]


def reads_leftwards(text: str) -> bool:
    """Return whether the letters of `text` run from right to left."""
    return any(unicodedata.bidirectional(char) in {"R", "AL"} for char in text)
