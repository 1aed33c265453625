"""Text before it is set: marks that print nothing, case, and direction, in any script and any locale."""

import re
import unicodedata
from typing import Final, NamedTuple

from bidi import get_display

from blazon.design import LetterCase
from blazon.draw.legal_forms import split_legal_form
from blazon.field_checks import one_line

# Marks that steer layout and print nothing: zero width spaces, direction controls, soft hyphen,
# variation selectors. Joiners (U+200C, U+200D) change how the letters of Arabic and of Indian scripts connect, so they
# stay there.
_INVISIBLE: Final = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufe00-\ufe0f\ufeff]")
_INDIAN: Final = re.compile("[\u0900-\u0dff]")
_JOINERS: Final = re.compile("[\u200c\u200d]")


# What is typed for a sign that not every keyboard has; a bracket inside a word, as in "(R)evolution", is none.
_TYPED_SIGNS: Final = {"(tm)": "™", "(r)": "®", "(sm)": "℠"}
_TYPED_SIGN: Final = re.compile(r"(?<=\S) ?\((?:tm|r|sm)\)(?!\w)", re.IGNORECASE)
SIGNS: Final = "™®℠"
"""The signs of a trade mark: no letters of the name, set small beside it."""
_SPACED_SIGN: Final = re.compile(f" +(?=[{SIGNS}])")


def make_printable(text: str) -> str:
    """Return `text` in NFC on one line, without characters that only steer layout.

    The signs of a trade mark are written as such and stand at the word before them.
    """
    seen = _INVISIBLE.sub("", text)
    if not (connects(seen) or _INDIAN.search(seen)):
        seen = _JOINERS.sub("", seen)
    signed = _TYPED_SIGN.sub(lambda found: _TYPED_SIGNS[found[0].strip().lower()], one_line(seen))
    return _SPACED_SIGN.sub("", signed).strip()


def connects(text: str) -> bool:
    """Return whether `text` has letters of the Arabic kind, which join to their neighbours."""
    return any(unicodedata.bidirectional(char) == "AL" for char in text)


def apply_case(text: str, case: LetterCase, *, wished: bool = False) -> str:
    """Return `text` in a case, whatever the locale of the machine.

    A text whose own case carries meaning (`case_matters`) stays as given unless the case was `wished` for by name,
    and so does the legal form of a firm such as GmbH. ß becomes its capital ẞ; Greek capitals go without accents,
    as Greek is printed; in Turkish and Azeri i and ı keep their dots or have none.
    """
    if case is LetterCase.AS_GIVEN:
        return text
    change = _lower if case is LetterCase.LOWER else _upper
    turkic = is_turkic(text)
    if wished:
        return change(text, turkic)
    name, form = split_legal_form(text)
    parts = (name if case_matters(name, case) else change(name, turkic), form)
    return parts[0] + (form if _mixes_case(form) else change(form, turkic))


def case_matters(name: str, case: LetterCase = LetterCase.UPPER) -> bool:
    """Return whether setting all of a name in `case` would change what it says.

    Capitals hide where a word has a capital inside or none in front (iPool, mRNA, JAMstack, McCloud, e-Golf), or where
    a family's name begins with a small particle (de Groot). Small letters hide an abbreviation (IBM) as well.
    """
    words = _words(name)
    if any(_is_mixed(word) for word in words) or _SMALL_PREFIX.search(name) or _PARTICLE.match(name):
        return True
    return case is LetterCase.LOWER and any(_is_abbreviation(word, words) for word in words)


# The longest word of capitals that is an abbreviation even where the whole name is in capitals.
_ABBREVIATION: Final = 4
_SMALL_PREFIX: Final = re.compile(r"(?<!\w)[a-zà-öø-ÿ][-‐‑][A-ZÀ-ÖØ-Þ]")
_PARTICLE: Final = re.compile(
    r"(?:(?:d|l|dell|dall|'t|’t|de|da|di|do|dos|das|du|des|del|della|den|der|van|von|vom|zu|zum|zur|ter|ten|te|le|la|el|al"
    r"|ap|ab|bin|ibn|af|av)[ '’-])+[A-ZÀ-ÖØ-ÞŁŚŠŽÇĞİŞ]"
)


def _words(text: str) -> list[str]:
    """Return the words of a text by their letters: figures inside are left out, IJ counts as the one letter it is."""
    tokens = re.findall(r"[^\W_]+", text)
    return ["".join(char for char in re.sub("^IJ", "I", token) if char.isalpha()) for token in tokens]


def _is_mixed(word: str) -> bool:
    return not (word.isupper() or word[1:] == word[1:].lower())


def _is_abbreviation(word: str, words: list[str]) -> bool:
    if len(word) < 2 or not word.isupper():
        return False
    return len(word) <= _ABBREVIATION or not all(other.isupper() for other in words)


def _mixes_case(form: str) -> bool:
    """Return whether a legal form has small letters before capitals: GmbH, e.V., e. V."""
    return bool(_SMALL_FIRST.search(form)) or any(_is_mixed(word) for word in _words(form))


_SMALL_FIRST: Final = re.compile(r"(?<!\w)[a-z]\. ?[A-Z]")

# Letters of the Turkish and Azeri alphabets that other Latin alphabets lack. Ş is Kurdish and was Romanian, too.
_TURKIC: Final = re.compile("[ıİğĞəƏ]|^(?=.*[şŞ])(?!.*[êîûăţțÊÎÛĂŢȚ])")


def is_turkic(text: str) -> bool:
    """Return whether a text has letters of Turkish or Azeri, in which i and ı are two letters."""
    return bool(_TURKIC.search(unicodedata.normalize("NFC", text)))


def _lower(text: str, turkic: bool) -> str:
    if turkic:
        text = unicodedata.normalize("NFC", text).replace("I", "ı")
    return unicodedata.normalize("NFC", text.replace("İ", "i").lower())


def _upper(text: str, turkic: bool) -> str:
    if turkic:
        text = unicodedata.normalize("NFC", text).replace("i", "İ")
    return _strip_greek_accents(text).replace("ß", "ẞ").upper()


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


# In the order of sight: letters from right to left, their marks, and what may stand between two of them; see `_class`.
_LEFTWARDS: Final = re.compile("m*r(?:[rmn]*r)?")
# A mark without form or direction of its own: it stays behind a bracket where that runs to the right, else before it.
_FOLLOWER: Final = "\u034f"


def directional_runs(line: str) -> list[Run]:
    """Split a line into runs of one direction, in the order in which they stand from left to right.

    The order is that of Unicode Standard Annex 9, for a paragraph whose direction is that of its first letter. A run
    has its characters in reading order; HarfBuzz mirrors the brackets in one from right to left.
    """
    if not reads_leftwards(line):
        return [Run(line, "ltr")]
    seen, classes = _in_order_of_sight(line)
    runs: list[Run] = []
    end = 0
    for found in _LEFTWARDS.finditer(classes):
        runs += [Run(seen[end : found.start()], "ltr"), Run(seen[found.start() : found.end()][::-1], "rtl")]
        end = found.end()
    return [run for run in (*runs, Run(seen[end:], "ltr")) if run.text]


def _in_order_of_sight(line: str) -> tuple[str, str]:
    """Return the characters from left to right, none mirrored, and the class of each."""
    marked = "".join(char + _FOLLOWER * unicodedata.mirrored(char) for char in line.replace(_FOLLOWER, ""))
    ordered = iter(str(get_display(marked)))
    parts: list[tuple[str, str]] = []
    for char in ordered:
        if char == _FOLLOWER:
            parts.append((next(ordered), "r"))
        elif unicodedata.mirrored(char):
            parts.append((char, "x"))
            next(ordered)
        else:
            parts.append((char, _class(char)))
    return "".join(char for char, _ in parts), "".join(kind for _, kind in parts)


def _class(char: str) -> str:
    """Return r for a letter that runs to the left, m for a mark or joiner of such, n for what has no direction."""
    kind = unicodedata.bidirectional(char)
    if kind in {"R", "AL"}:
        return "r"
    if kind in {"NSM", "BN"} and not "\u0300" <= char <= "\u036f":
        return "m"
    return "n" if kind in {"WS", "ON", "CS", "ES"} else "x"


def reads_leftwards(text: str) -> bool:
    """Return whether the letters of `text` run from right to left."""
    return any(unicodedata.bidirectional(char) in {"R", "AL"} for char in text)


def begins_leftwards(text: str) -> bool:
    """Return whether the first letter of `text` runs from right to left: that is the direction of its line (UAX #9)."""
    kinds = (unicodedata.bidirectional(char) for char in text)
    return next((kind for kind in kinds if kind in {"L", "R", "AL"}), "L") != "L"
