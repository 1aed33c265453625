"""Reads a brief: from its words to what it asks for. Rules only, the same on every machine."""

import re
from typing import Final

from blazon.brief import Brief
from blazon.draw.meaning import is_noise
from blazon.draw.symbols import SymbolLibrary
from blazon.reading.colours import find_colours, is_colour
from blazon.reading.kinds import find_kinds
from blazon.reading.negation import find_negated
from blazon.reading.reading import Reading
from blazon.reading.scan import Scan
from blazon.reading.scene_words import FUNCTION_WORDS, SHOWS
from blazon.reading.scenes import find_letter_slots, find_scenes
from blazon.reading.things import ThingNames
from blazon.reading.tokens import Token, TokenKind, tokenize
from blazon.reading.type_words import find_type


class BriefReader:
    """Reads briefs in English. Threads may share it."""

    def __init__(self, symbols: SymbolLibrary) -> None:
        self._names = ThingNames(symbols)

    def read(self, brief: Brief) -> Reading:
        """Return what a brief asks for; the same brief always gives the same reading."""
        tokens = tokenize(brief.prompt)
        scan = Scan(tokens)
        slots = find_letter_slots(scan)
        classes = [self._class_of(token) for token in tokens]
        negation = find_negated(tokens, classes, brief.prompt, scan.used)
        scan.negated = negation.negated
        kinds = find_kinds(scan)
        types = find_type(scan)
        colours = find_colours(scan)
        avoid = self._find_avoided(scan)
        scan.used |= negation.cues
        scenes = find_scenes(scan, self._names, slots)
        return Reading(
            topic=write_topic(scan),
            show=scenes.show,
            avoid=avoid,
            colours=colours.wanted,
            colours_avoided=colours.avoided,
            only=colours.only,
            kinds=kinds.wanted,
            kinds_avoided=kinds.avoided,
            letters=kinds.letters,
            layout=brief.layout or kinds.layout,
            type=types.wanted,
            type_avoided=types.avoided,
            case=types.case,
            name=brief.brand_name,
            slogan=brief.slogan,
        )

    def _class_of(self, token: Token) -> str:
        if is_colour(token):
            return "colour"
        return "thing" if token.is_word and self._names.knows(token.lemma) else ""

    def _find_avoided(self, scan: Scan) -> tuple[str, ...]:
        """Return the names of what must not be seen, by the words that stand under a negation."""
        found: list[str] = []
        place = 0
        while place < len(scan.tokens):
            length = 1
            if scan.negated[place] and scan.is_free(place) and scan.tokens[place].is_word:
                named = self._names.find(scan.tokens, place)
                if named and all(scan.negated[place : place + named.length]):
                    length = named.length
                    phrase = " ".join(token.lemma for token in scan.tokens[place : place + length])
                    found.extend((phrase, named.picture))
                elif not is_noise(scan.lemma(place)) and scan.text(place) not in FUNCTION_WORDS:
                    found.append(scan.lemma(place))
                scan.use(place, length)
            place += length
        return tuple(dict.fromkeys(found))


def write_topic(scan: Scan) -> str:
    """Return the words that nothing else has understood: what the brand does."""
    pieces = []
    for place, token in enumerate(scan.tokens):
        if token.kind in (TokenKind.COMMA, TokenKind.STOP, TokenKind.COLON):
            pieces.append(",")
        elif token.is_word and place not in scan.used and not scan.negated[place] and not _is_talk(scan, place):
            pieces.append(token.text)
    text = _LOOSE_ENDS.sub(",", " ".join(pieces)).replace(" ,", ",")
    return _LAST_END.sub("", text).strip(", ")


# Prepositions that the search knows how to weigh.
_SCENERY: Final = ("in", "by", "near", "from", "at", "for", "with", "on", "inside")
_LOOSE_ENDS: Final = re.compile(rf"(?:\b(?:{'|'.join(_SCENERY)}) )*,(?: ,)*")
_LAST_END: Final = re.compile(rf"(?:[ ,]|\b(?:{'|'.join(_SCENERY)}))+$")
# Said of brands as well as about logos.
_KEPT: Final = frozenset("shop house day company agency school society association centre center town hand".split())


def _is_talk(scan: Scan, place: int) -> bool:
    """Tell whether a word says nothing about a brand: articles, and words for what is wished."""
    word, lemma = scan.text(place), scan.lemma(place)
    if word in _SCENERY or lemma in _KEPT:
        return False
    return is_noise(lemma) or word in FUNCTION_WORDS or word in SHOWS
