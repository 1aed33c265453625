"""Which language a prompt is in, by rule: known words, endings and letters, decided for the whole prompt at once."""

import re
from collections.abc import Sequence
from functools import lru_cache

from blazon.reading.glossary import LANGUAGES, Entry, english_words, open_glossary
from blazon.reading.inflection import fold
from blazon.reading.other_languages import list_latin_words, score_languages
from blazon.reading.pieces import Piece, PieceKind

# Evidence, in points: a word that holds sentences together, one that names something, one that is English as well.
_GRAMMAR, _CONTENT, _SHARED, _LETTER = 3, 2, 1, 1
_LEAST = 2
_LEAST_OTHER = 3

_ENGLISH_GRAMMAR = frozenset(
    """a about above all also an and any anything are as at avoid be below beside between but by called can do don each
    est established every except for founded from has have he her his holding i if in inside instead into is it
    its just like logo make me more my named need needs never no not of on only or our out over please rather
    she should since so some that the their them then these they this to too under up us very want wants was we
    what when where which who will with without would you your""".split()
)
_LETTERS = {
    "de": re.compile("[äöüß]"),
    "fr": re.compile("[çèêëîïôûœ]"),
    "es": re.compile("[ñ¿¡]|[áéíóú]n?$|ción"),
    "it": re.compile("[àèìòù]$|zion[ei]$"),
    "pt": re.compile("[ãõâê]|ção|ções"),
    "nl": re.compile("ij|aa|oo[^dfklmnprt]|heid$"),
}
_ACCENTED = frozenset(("café", "cafés", "naïve", "décor", "entrée", "fiancée", "piñata", "jalapeño", "crème"))
ARTICLES = frozenset("el la los las le les il lo gli de het o a os as".split())
_OTHER_LETTERS = re.compile("[łąęśżźćńőűřěčďťůşğıțșăåøæđơưĕėįųāēīūļķņģðþěžš]")


def detect_language(pieces: Sequence[Piece]) -> str:
    """Return ISO 639-1 of the language of a prompt, `en` where nothing speaks against it, empty where it is unknown."""
    words = [piece for number, piece in enumerate(pieces) if piece.kind is PieceKind.WORD or not number]
    words = [piece for piece in words if piece.kind is PieceKind.WORD]
    scores = {language: _compare(words, language) for language in LANGUAGES}
    if not any(english or foreign for foreign, english in scores.values()):
        scores = {language: (_score_compounds(words, language), 0) for language in ("de", "nl")}
    likely = [language for language, (foreign, english) in scores.items() if foreign >= _LEAST and foreign > english]
    best = max(likely, key=lambda language: scores[language][0], default="")
    other = _score_other(words)
    rival = max(english if not best else foreign for foreign, english in scores.values())
    if best and other >= _LEAST_OTHER:  # words that both have speak for the other language too
        other = max(other, *score_languages([piece.lower for piece in words]).values())
    return "" if other >= _LEAST_OTHER and other > rival else best or "en"


def _english_points(word: str) -> int:
    if word in _ENGLISH_GRAMMAR:
        return _GRAMMAR
    known = english_words()
    is_known = word in known or word.removesuffix("s") in known or word in _ACCENTED
    return _CONTENT if is_known else 0


def _compare(words: Sequence[Piece], language: str) -> tuple[int, int]:
    """Return the evidence for a language and that for English; a word of both counts one point for each."""
    glossary = open_glossary(language)
    foreign = english = 0
    for number, piece in enumerate(words):
        word = piece.lower
        entry = glossary.find(word)
        is_name = language != "de" and piece.is_capitalised and number > 0
        if entry and not is_name:
            foreign += _SHARED if _is_title(words, number, language) else _points_of(entry, word)
        points = _english_points(word)
        if not points and not piece.is_capitalised and _LETTERS[language].search(word):
            foreign += _LETTER
        if len(word) > 1 or piece.text.islower():
            english += min(points, _SHARED) if entry else points
    return foreign, english


def _points_of(entry: Entry, word: str) -> int:
    if len(word) == 1 or _english_points(word):
        return _SHARED
    return _GRAMMAR if entry.grammar else _CONTENT


def _is_title(words: Sequence[Piece], number: int, language: str) -> bool:
    """Say whether an article begins a name: `El Camino motorcycles`."""
    is_article = words[number].lower in ARTICLES and words[number].is_capitalised
    return is_article and language != "de" and len(words) > number + 1 and words[number + 1].is_capitalised


def _score_compounds(words: Sequence[Piece], language: str) -> int:
    glossary = open_glossary(language)
    return sum(_CONTENT for piece in words if glossary.find_compound(piece.lower))


def _score_other(words: Sequence[Piece]) -> int:
    little, named = _list_other_words()
    points = 0
    for number, piece in enumerate(words):
        word = fold(piece.lower)
        if not piece.is_latin or word in little:
            points += _GRAMMAR
        elif not piece.is_capitalised:
            points += _CONTENT * (word in named or bool(_OTHER_LETTERS.search(piece.text)))
        elif not number:  # a capital says nothing there
            points += _CONTENT * (word in named)
    return points


@lru_cache(maxsize=1)
def _list_other_words() -> tuple[frozenset[str], frozenset[str]]:
    """Return the words of languages without a glossary: little ones, and those that name something.

    What is a word of a language with a glossary too is no evidence against that.
    """
    known = {fold(word) for language in LANGUAGES for word in open_glossary(language).words} | english_words()
    lists = list_latin_words().values()
    little = frozenset().union(*(little for little, _ in lists)) - known - _ENGLISH_GRAMMAR
    return little, frozenset().union(*(named for _, named in lists)) - known - little - _ENGLISH_GRAMMAR
