"""Initials: the one to three letters that stand for a brand name."""

import re
import unicodedata
from typing import Final

from blazon.design import LetterCase
from blazon.draw.writing import apply_case, make_printable

MOST: Final = 3

# Words that join others, and forms of company: nobody says them when they say the name.
_SILENT: Final = frozenset(
    "a an and at by for from in of on or the to with co company corp gmbh inc llc llp ltd sa ag de del"
    " den der des die das di du el en et il la las le les los und van von y e и και".split()
)
_INNER_CAPITAL: Final = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])")
_WORD_BREAK: Final = re.compile(r"[\s\-‐-―_/|+&.,:;·•]+")


def initials_of(brand_name: str) -> str:
    """Return the initials of a name in capitals, at most three: "Forge & Fable" gives "FF".

    A word written in capitals of two or three letters is its own initials ("IBM"), and inner
    capitals begin a word ("BlueWave" gives "BW"). Empty when the name has neither letter nor digit.
    """
    words = _words(make_printable(brand_name))
    if len(words) == 1:
        word = words[0]
        if 2 <= len(graphemes(word)) <= MOST and word.isupper():
            return word
        words = [part for part in _INNER_CAPITAL.split(word) if part]
    spoken = [word for word in words if word.lower().rstrip(".") not in _SILENT] or words
    return "".join(graphemes(apply_case(graphemes(word)[0], LetterCase.UPPER))[0] for word in spoken[:MOST])


def graphemes(text: str) -> list[str]:
    """Split `text` into letters, each with the accents that stand on it."""
    letters: list[str] = []
    for char in unicodedata.normalize("NFC", text):
        if letters and unicodedata.category(char).startswith("M"):
            letters[-1] += char
        else:
            letters.append(char)
    return letters


def _words(text: str) -> list[str]:
    """Return the words, each begun at its first letter or digit."""
    words = []
    for part in _WORD_BREAK.split(text):
        start = next((at for at, char in enumerate(part) if char.isalnum()), None)
        if start is not None:
            words.append(part[start:])
    return words
