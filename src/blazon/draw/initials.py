"""Initials: the one to three letters that stand for a brand name."""

import re
import unicodedata
from typing import Final

from blazon.design import LetterCase
from blazon.draw.legal_forms import split_legal_form
from blazon.draw.writing import apply_case, case_matters, is_turkic, make_printable

MOST: Final = 3

# Words that join others: nobody says them when they say the name.
_SILENT: Final = frozenset(
    "a an and at by for from in of on or the to with de del den der des die das di du el en et il la las le les los und"
    " van von vom y e i και".split()
)
_INNER_CAPITAL: Final = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])")
_DUTCH_IJ: Final = re.compile("IJ(?=[a-z])")
# A particle that lost its vowel: d'Artagnan, l'Occitane.
_ELIDED: Final = re.compile(r"(?<!\w)(?:d|l|dell|dall|all|nell|sull)['’](?=[^\W\d_])")
# "TM" or "SM" that was typed behind a name, as a word of its own.
_SIGN_WORD: Final = re.compile(r"(?<=\S) (?:TM|SM)$")
_WORD_BREAK: Final = re.compile(r"[\s\-‐-―_/|+&.,:;·•]+")


def initials_of(brand_name: str) -> str:
    """Return the initials of a name in capitals, at most three: "Forge & Fable" gives "FF".

    A word written in capitals of two or three letters is its own initials ("IBM"), and inner
    capitals begin a word ("BlueWave" gives "BW"). Empty when the name has neither letter nor digit.
    """
    name, _ = split_legal_form(make_printable(brand_name))
    words = _words(_SIGN_WORD.sub("", name))
    if len(words) == 1:
        word = words[0]
        if 2 <= len(graphemes(word)) <= MOST and word.isupper():
            return word
        spoken = [part for part in _INNER_CAPITAL.split(word) if part]
    else:
        spoken = [word for word in words if word.lower() not in _SILENT] or words
    kept = case_matters(name)
    letters = "".join(_initial(word, kept, is_turkic(name)) for word in spoken[:MOST])
    return "".join(graphemes(letters)[:MOST])


def _initial(word: str, kept: bool, turkic: bool) -> str:
    """Return the first letter of a word, a capital unless the name has small ones for a reason (iPool gives iP)."""
    if _DUTCH_IJ.match(word):
        return "IJ"
    letter = graphemes(word)[0]
    if kept and letter.islower():
        return letter
    # The other letter tells which i this one is.
    return graphemes(apply_case(letter + "ğ" * turkic, LetterCase.UPPER))[0]


def graphemes(text: str) -> list[str]:
    """Split `text`, composed, into letters as `split_graphemes` does."""
    return split_graphemes(unicodedata.normalize("NFC", text))


def split_graphemes(text: str) -> list[str]:
    """Split `text` into letters, each with the accents that stand on it.

    In the scripts of India and South East Asia a letter is a whole syllable: consonants that a virama joins, and the
    vowel signs around them (Unicode Standard Annex 29, rules GB9 and GB9c, and the vowels that Thai writes in front).
    """
    letters: list[str] = []
    for char in text:
        if letters and _continues(letters[-1], char):
            letters[-1] += char
        else:
            letters.append(char)
    return letters


# Signs that join the next consonant to the one before. That of Tamil does so in one pair only.
_VIRAMAS: Final = frozenset("\u094d\u09cd\u0a4d\u0acd\u0b4d\u0c4d\u0ccd\u0d4d\u1039\u17d2")
_TAMIL_KSHA: Final = ("\u0b95\u0bcd", "\u0bb7")
_JOINERS: Final = "\u200c\u200d"
# The vowels of Thai and Lao that are written before the consonant that they follow, and those that end in a letter.
_FRONT_VOWELS: Final = frozenset("\u0e40\u0e41\u0e42\u0e43\u0e44\u0ec0\u0ec1\u0ec2\u0ec3\u0ec4")
_BACK_VOWELS: Final = frozenset("\u0e33\u0eb3")


def _continues(letter: str, char: str) -> bool:
    if unicodedata.category(char).startswith("M") or char in _JOINERS or char in _BACK_VOWELS:
        return True
    if not unicodedata.category(char).startswith("L"):
        return False
    joined = letter.rstrip(_JOINERS)
    return joined[-1:] in _VIRAMAS or letter in _FRONT_VOWELS or (joined, char) == _TAMIL_KSHA


def _words(text: str) -> list[str]:
    """Return the words, each begun at its first letter or digit."""
    words = []
    for part in _WORD_BREAK.split(_ELIDED.sub("", text)):
        start = next((at for at, char in enumerate(part) if char.isalnum()), None)
        if start is not None:
            words.append(part[start:])
    return words
