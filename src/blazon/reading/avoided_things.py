"""What must not be seen: the words under a negation, and what they stand for."""

from typing import Final

from blazon.draw.meaning import is_noise
from blazon.reading.scan import Scan
from blazon.reading.scene_words import FUNCTION_WORDS, SHOWS
from blazon.reading.things import ThingNames


def find_avoided(scan: Scan, names: ThingNames) -> tuple[str, ...]:
    """Return what must not be seen, by the words that stand under a negation; they are marked as understood."""
    found: list[str] = []
    place = 0
    while place < len(scan.tokens):
        length = 1
        if scan.negated[place] and scan.is_free(place) and scan.tokens[place].is_word:
            phrase, length, picture = _read_phrase(scan, place, names)
            found.append(phrase)
            if not {*phrase.split()} & {*picture.split()} or "tree" in phrase.split():  # the library has firs as trees
                found.append(picture)
            scan.use(place, length)
        place += length
    return tuple(dict.fromkeys(filter(None, found)))


def _read_phrase(scan: Scan, place: int, names: ThingNames) -> tuple[str, int, str]:
    """Return the phrase that is refused at a place, its length, and its picture's name; empty for mere grammar."""
    if scan.lemma(place + 1) in _KINDS_OF_TYPE:  # "no computer fonts"
        return "", 2, ""
    named = names.find(scan.tokens, place)
    if (
        named
        and not (named.length == 1 and scan.lemma(place) in _DESCRIBING)
        and all(scan.negated[place : place + named.length])
    ):
        phrase = " ".join(token.lemma for token in scan.tokens[place : place + named.length])
        return phrase, named.length, named.picture if named.exact else ""
    lemma = scan.lemma(place)
    told = not is_noise(lemma) and not lemma.endswith("ly") and lemma not in FUNCTION_WORDS | SHOWS | _DESCRIBING
    return (lemma, 1, "") if told else ("", 1, "")


_KINDS_OF_TYPE: Final = frozenset({"font", "typeface", "lettering", "style", "look", "vibe", "feel", "feeling"})
# Said of how a logo looks: nothing that can be left out of the pictures.
_DESCRIBING: Final = frozenset(
    """following list anything something everything family range spectrum department side anywhere everywhere
    whatsoever ever all circumstance third fourth second other sad scary clich like kind sort boring generic
    childish corporate cheap cheesy tacky busy complicated complex fussy cluttered detailed aggressive serious
    playful dull bland cold warm bright dark cliche stereotypical stereotype typical usual obvious standard
    gradient shadow effect outline border stroke bevel glow texture pattern gimmick trend trendy fancy kitsch
    kitschy literal realistic sketchy stock clipart common ordinary old fashioned dated feminine masculine
    girly clutter frill fuss decoration ornament ornamental flourish background frame box line colour
    color text""".split()
)
