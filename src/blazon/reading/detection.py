"""Which language a prompt is in, by rule: known words, endings and letters, decided for the whole prompt at once."""

import re
from collections.abc import Sequence

from blazon.reading.glossary import LANGUAGES, Entry, english_words, open_glossary
from blazon.reading.pieces import Token, TokenKind

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
_OTHER_GRAMMAR = frozenset(
    "dla oraz nie jest przez który och utan inte för eller på og uden ikke med til uten ilman että kanssa"
    " sekä és nélkül vagy egy az și fără pentru cu ve için ile bir değil olmadan untuk dengan tanpa yang dan"
    " và không cho với nije ili amb sense ning ir dhe për bila kwa ng walang mga není který jsou firmy nebo".split()
)


def detect_language(tokens: Sequence[Token]) -> str:
    """Return ISO 639-1 of the language of a prompt, `en` where nothing speaks against it, empty where it is unknown."""
    words = [token for number, token in enumerate(tokens) if token.kind is TokenKind.WORD or not number]
    words = [token for token in words if token.kind is TokenKind.WORD]
    scores = {language: _compare(words, language) for language in LANGUAGES}
    if not any(english or foreign for foreign, english in scores.values()):
        scores = {language: (_score_compounds(words, language), 0) for language in ("de", "nl")}
    likely = [language for language, (foreign, english) in scores.items() if foreign >= _LEAST and foreign > english]
    best = max(likely, key=lambda language: scores[language][0], default="")
    other = _score_other(words)
    if other >= _LEAST_OTHER and other > max(english if not best else foreign for foreign, english in scores.values()):
        return ""
    return best or "en"


def _english_points(word: str) -> int:
    if word in _ENGLISH_GRAMMAR:
        return _GRAMMAR
    known = english_words()
    is_known = word in known or word.removesuffix("s") in known or word in _ACCENTED
    return _CONTENT if is_known else 0


def _compare(words: Sequence[Token], language: str) -> tuple[int, int]:
    """Return the evidence for a language and that for English; a word of both counts one point for each."""
    glossary = open_glossary(language)
    foreign = english = 0
    for number, token in enumerate(words):
        word = token.lower
        entry = glossary.find(word)
        is_name = language != "de" and token.is_capitalised and number > 0
        if entry and not is_name:
            foreign += _SHARED if _is_title(words, number, language) else _points_of(entry, word)
        points = _english_points(word)
        if not points and not token.is_capitalised and _LETTERS[language].search(word):
            foreign += _LETTER
        if len(word) > 1 or token.text.islower():
            english += min(points, _SHARED) if entry else points
    return foreign, english


def _points_of(entry: Entry, word: str) -> int:
    if len(word) == 1 or _english_points(word):
        return _SHARED
    return _GRAMMAR if entry.grammar else _CONTENT


def _is_title(words: Sequence[Token], number: int, language: str) -> bool:
    """Say whether an article begins a name: `El Camino motorcycles`."""
    is_article = words[number].lower in ARTICLES and words[number].is_capitalised
    return is_article and language != "de" and len(words) > number + 1 and words[number + 1].is_capitalised


def _score_compounds(words: Sequence[Token], language: str) -> int:
    glossary = open_glossary(language)
    return sum(_CONTENT for token in words if glossary.find_compound(token.lower))


def _score_other(words: Sequence[Token]) -> int:
    points = 0
    for token in words:
        if not token.is_latin or token.lower in _OTHER_GRAMMAR:
            points += _GRAMMAR
        elif not token.is_capitalised and _OTHER_LETTERS.search(token.text):
            points += _CONTENT
    return points
