"""From inflected words to the forms that a glossary lists: small rules by ending, no dictionary of forms."""

import re
import unicodedata
from collections.abc import Iterator

_SHORTEST = 3

# Ending and what stands in its place, for each language; the first that leads to a known word wins.
_ENDINGS: dict[str, tuple[tuple[str, str], ...]] = {
    language: tuple((old, new.strip("-")) for old, new in (pair.split(">") for pair in rules.split()))
    for language, rules in {
        "de": "s>- n>- e>- en>- er>- es>- em>- en>e es>e nen>- ern>- se>- le>el les>el ler>el len>el re>er"
        " chen>- lein>- innen>in",
        "fr": "s>- x>- es>- e>- aux>al ve>f ves>f euse>eur euses>eur euse>eux euses>eux trice>teur ère>er ères>er"
        " lle>l lles>l nne>n nnes>n tte>t ttes>t che>c ches>c",
        "es": "s>- es>- a>o as>o os>o ces>z ones>ón anes>án ines>ín ora>or oras>or ana>án ona>ón"
        " ito>o ita>a itos>o itas>a",
        "it": "i>o i>e e>a a>o e>o i>a i>io ie>ia che>ca chi>co che>co ghi>go ghe>ga ce>cia ge>gia"
        " ino>o ina>a ini>o ine>a etto>o etta>a",
        "pt": "s>- es>- a>o as>o os>o ões>ão ães>ão ãos>ão ais>al eis>el éis>el óis>ol is>il ns>m zes>z ora>or oras>or"
        " inho>o inha>a inhos>o inhas>a zinho>- zinha>-",
        "nl": "s>- en>- e>- ën>- eren>- tjes>- tje>- pje>- pjes>- jes>- je>- etje>- etjes>- er>- st>-",
    }.items()
}


# By the last letter, so that few are tried.
_ENDINGS_BY_LETTER: dict[str, dict[str, list[tuple[str, str]]]] = {
    language: {letter: [rule for rule in rules if rule[0][-1] == letter] for letter in {rule[0][-1] for rule in rules}}
    for language, rules in _ENDINGS.items()
}


def fold(word: str) -> str:
    """Return a word in lower case without accents, `ß` as `ss`."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word.casefold().replace("œ", "oe").replace("æ", "ae"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def base_forms(word: str, language: str) -> Iterator[str]:
    """Yield what a word in lower case may be an inflected form of, the likeliest first, without the word itself."""
    for ending, replacement in _ENDINGS_BY_LETTER[language].get(word[-1:], ()):
        stem = word.removesuffix(ending)
        if len(stem) < len(word) and len(stem + replacement) >= _SHORTEST:
            yield stem + replacement
            if language == "nl" and len(stem) >= _SHORTEST:
                yield from _dutch_stems(stem)


def without_digraphs(word: str) -> str:
    """Return a German word that was written without umlauts, as `fold` has it: `baeckerei` is `backerei`."""
    return re.sub("([aou])e", r"\1", word)


def _dutch_stems(stem: str) -> Iterator[str]:
    """Yield the spelling of a closed syllable: `bom` of `bomen` is boom, `pann` pan, `huiz` huis, `wolv` wolf."""
    if stem[-1] == stem[-2]:
        yield stem[:-1]
    hard = stem[:-1] + {"v": "f", "z": "s"}.get(stem[-1], stem[-1])
    yield hard
    if stem[-2] in "aeou":
        yield hard[:-1] + hard[-2] + hard[-1]
