"""What a prompt says about the brand itself: the words that nothing else has understood."""

import re
from typing import Final

from blazon.draw.meaning import is_noise
from blazon.draw.symbols import SymbolLibrary
from blazon.reading.colour_names import PLAIN, THINGS_TOO
from blazon.reading.scan import Scan
from blazon.reading.scene_words import FUNCTION_WORDS, SHOWS
from blazon.reading.tokens import TokenKind

# Prepositions that the search for symbols knows how to weigh.
_SCENERY: Final = ("in", "by", "near", "from", "at", "for", "with", "on", "inside")
_LOOSE_ENDS: Final = re.compile(rf"(?:\b(?:{'|'.join(_SCENERY)}) )*,(?: ,)*")
_LAST_END: Final = re.compile(rf"(?:[ ,]|\b(?:{'|'.join(_SCENERY)}))+$")
_FIRST_END: Final = re.compile(rf"^(?:[ ,]|(?:{'|'.join(_SCENERY)})\b)+")
# Said of wishes, never of brands.
_WISHING: Final = frozenset(
    """such name set cliche feel everywhere definitely mostly absolutely certainly really mainly primarily ideally
    hopefully
    basically simply obviously else
    suggest suggesting evoke evoking convey conveying express expressing communicate communicating reminiscent hint
    hinting subtle subtly give given think thinking imagine run running called named looking kindly thanks thank
    hello hi
    hey dear regards somehow maybe perhaps possibly etc eg ie ok okay yes yeah well nice great awesome amazing perfect
    wonderful lovely somewhat rather quite overall general generally especially particularly important essential must
    idea ideas concept concepts version versions option options variant variants element elements detail details vibe
    touch hint bit splash dash combine combined combination overlapping arranged placed centred centered left right top
    bottom middle side corner colour colours color colors""".split()
)
# Phrases of which a word alone means something else, as the search knows them.
_SENSES: Final = {"mineral spring": "mineral water", "ram": "sheep"}
# Said of brands as well as about logos.
_KEPT: Final = frozenset("shop house day company agency school society association centre center town hand".split())


def write_topic(scan: Scan) -> str:
    """Return the words that say what the brand does, with the prepositions and commas between them."""
    pieces = []
    for place, token in enumerate(scan.tokens):
        if token.kind in (TokenKind.COMMA, TokenKind.STOP, TokenKind.COLON):
            pieces.append(",")
        elif token.is_word and place not in scan.used and not scan.negated[place] and not _is_talk(scan, place):
            pieces.append(token.text)
    words = " ".join(pieces)
    for phrase, sense in _SENSES.items():
        words = re.sub(rf"\b{phrase}s?\b", sense, words)
    text = _LOOSE_ENDS.sub(",", words).replace(" ,", ",")
    return _FIRST_END.sub("", _LAST_END.sub("", text))


def find_unknown(scan: Scan, symbols: SymbolLibrary) -> list[str]:
    """Return the words of the topic that call up nothing, as written."""
    found = []
    for place, token in enumerate(scan.tokens):
        free = token.is_word and place not in scan.used and not scan.negated[place] and not _is_talk(scan, place)
        if free and token.lemma not in _KEPT and not symbols.calls_up(token.lemma) and token.text not in _SCENERY:
            found.append(token.source)
    return list(dict.fromkeys(found))


def _is_talk(scan: Scan, place: int) -> bool:
    """Tell whether a word says nothing about a brand: articles, and words for what is wished."""
    word, lemma = scan.text(place), scan.lemma(place)
    if word in _SCENERY or lemma in _KEPT:
        return False
    noise = is_noise(lemma) and not (lemma in PLAIN or lemma in THINGS_TOO)
    return noise or word in FUNCTION_WORDS or word in SHOWS or word in _WISHING
