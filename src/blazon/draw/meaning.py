"""What a text is about: its words, the ideas they stand for, and what other words mean about the same.

Everything here is whole numbers, so that a ranking built on it is the same on every processor and
in every process.
"""

import gzip
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Final

# Longest trigger of a concept, in words.
MAX_PHRASE: Final = 3

_NOISE: Final = frozenset(
    """
    a about abstract agencies agency all also an and any are around artisan artisanal as association at based be
    beautiful bespoke best big bold booking boutique brand branding brands business businesses but buyer by can center
    centre city clean club co co-op collective companies company consultant consultants consulting contemporary cool
    coop cooperative corp corporation could crafted create curious custom day days dealer design designed designing
    digital distributor draw easy emblem every everybody everyone expert experts exporter family-run feel feeling firm
    firms first flat for fresh friendly from full geometric get global gmbh good great group hand handcrafted handmade
    has have here high high-end hire hour hours house how i icon illustration image importer in inc independent
    installer international into is it its just lab label labels labs large let like little llc local logo logos
    logotype look looking low ltd made main make maker makers makes mark may me merchant minimal minimalist
    minimalistic modern more must my national need needs neighborhood neighbourhood new nice no not of off offering
    offers old on one online only open operator or our out over own people person picture please pocket premium pressed
    pretty product products professional provider providers provides providing quality read reading reads real really
    remove rent sell seller selling sells serious service services shop should simple sleek small so society solution
    solutions some something specialising specialist specialists specializing startup startups store studio studios
    style styled stylish supplier suppliers supply symbol team teams than that the their them then there they thing
    things this three timeless to too top town trader trendy true two unique up upscale urban us use used uses using
    vector very want wants we what when where which who whose will with without work working works world would year
    years you young your
    """.split()
)

# A colour is asked for, not shown: "in orange" wants no fruit.
_COLOURS: Final = frozenset(
    """
    beige black blue bronze brown color colorful colour colourful copper cream cyan gold golden gray green grey indigo
    magenta maroon monochrome navy orange pastel pink purple red rose-gold silver teal turquoise violet white yellow
    """.split()
)

_IRREGULAR: Final = dict(
    pair.split(":")
    for pair in """
    atlas:atlas axes:axe binoculars:binoculars brownies:brownie buses:bus caches:cache calves:calf canoes:canoe
    canvas:canvas children:child christmas:christmas clothes:clothes cookies:cookie dice:dice dwarves:dwarf elves:elf
    eyeglasses:eyeglasses feet:foot fries:fries gas:gas gases:gas geese:goose glasses:glasses halves:half
    hoodies:hoodie hooves:hoof horseshoes:horseshoe knives:knife leaves:leaf lens:lens lenses:lens loaves:loaf men:man
    mice:mouse midwives:midwife movies:movie news:news pants:pants pies:pie scarves:scarf selfies:selfie series:series
    shelves:shelf shoes:shoe smoothies:smoothie species:species sunglasses:sunglasses teeth:tooth thieves:thief
    ties:tie tiles:tile toes:toe wolves:wolf women:woman zombies:zombie oboes:oboe hoes:hoe pickaxes:pickaxe
    moustaches:moustache quiches:quiche brioches:brioche magpies:magpie genies:genie irises:iris oxen:ox
    mousses:mousse oases:oasis skis:ski taxis:taxi kiwis:kiwi yetis:yeti safaris:safari bonsais:bonsai bikinis:bikini
    """.split()
)


_SHORTEST_IN_USES: Final = 6  # "fuses", "muses"


def singular(word: str) -> str:
    """Return the singular of an English noun, by rule; a word that is no plural comes back as it is."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is", "ous", "ics")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses", "zes", "oes")):
        return word[:-2]
    if word.endswith("uses") and len(word) > _SHORTEST_IN_USES and not word.endswith(("ouses", "auses", "fuses")):
        return word[:-2]  # octopuses, walruses, cactuses
    return word[:-1]


def words_of(text: str) -> list[str]:
    """Return the words of `text` in order: folded, without accents, singular; an emoji by its name."""
    spelled = "".join(_spell(char) for char in unicodedata.normalize("NFKC", text))
    plain = "".join(c for c in unicodedata.normalize("NFKD", spelled.casefold()) if not unicodedata.combining(c))
    return [singular(word) for word in re.findall(r"[a-z0-9]+", re.sub(r"['’]s?\b", "", plain))]


def _spell(char: str) -> str:
    """Return an emoji as words, anything else as it is."""
    if unicodedata.category(char) != "So":
        return char
    name = unicodedata.name(char, "").lower()
    return f" {re.sub(r'(face|symbol|sign|with|heavy|black|white)', ' ', name)} "


def is_noise(word: str) -> bool:
    """Tell whether a word says nothing about what a picture could show."""
    return word in _NOISE or word in _COLOURS or len(word) < 2 or word.isdigit()


@dataclass(frozen=True, slots=True)
class Concept:
    """A trade, thing or idea and the pictures that show it, best first; `weight` is in percent."""

    pictures: tuple[str, ...]
    weight: int


class Lexicon:
    """A designer's knowledge: which pictures stand for which trades, things and ideas.

    Args:
        concepts: by the word or phrase that calls them up.
        general: words that fit so many briefs that what they call up counts for less.
        groups: names that mean the same picture, the usual one first.
    """

    def __init__(
        self, concepts: Mapping[str, Sequence[Concept]], general: Iterable[str], groups: Iterable[Sequence[str]]
    ) -> None:
        self.concepts = dict(concepts)
        self.general = frozenset(general)
        self._groups = {group[0]: tuple(group) for group in groups}
        self._usual = {name: group[0] for group in self._groups.values() for name in group}

    @classmethod
    def open(cls) -> "Lexicon":
        """Read the lexicon that the package carries."""
        return cls.parse(_data("concepts.txt").decode())

    @classmethod
    def parse(cls, text: str) -> "Lexicon":
        """Read sections under headings `== title: weight`, of lines `trigger, trigger | picture, picture`.

        The sections `== general words` and `== same picture` hold plain lists.
        """
        concepts: dict[str, list[Concept]] = {}
        general: list[str] = []
        groups: list[list[str]] = []
        title = ""
        for line in text.splitlines():
            if line.startswith("=="):
                title = line.strip("= ")
            elif not line.strip() or line.startswith("#"):
                continue
            elif title == "general words":
                general.extend(_parse_list(line))
            elif title == "same picture":
                groups.append(_parse_list(line))
            else:
                triggers, _, pictures = line.partition("|")
                concept = Concept(tuple(_parse_list(pictures)), int(title.rpartition(":")[2]))
                for trigger in dict.fromkeys(_parse_list(triggers)):
                    concepts.setdefault(trigger, []).append(concept)
        return cls(concepts, general, groups)

    def usual(self, picture: str) -> str:
        """Return the name under which a picture is known here."""
        return self._usual.get(picture, picture)

    def names(self, picture: str) -> tuple[str, ...]:
        """Return every name of a picture."""
        return self._groups.get(picture, (picture,))


def _parse_list(text: str) -> list[str]:
    """Return the phrases of a comma-separated list as `words_of` would spell them; ids and `*` stay as they are."""
    phrases = (phrase.strip() for phrase in text.split(","))
    return [phrase if ":" in phrase or phrase == "*" else " ".join(words_of(phrase)) for phrase in phrases if phrase]


class Meanings:
    """Near meanings of the words that the lexicon does not know, worked out beforehand with a sentence encoder."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines

    @classmethod
    def open(cls) -> "Meanings":
        """Read the table that the package carries: sorted lines of `word<TAB>phrase=percent,...`."""
        return cls(gzip.decompress(_data("meanings.txt.gz")).decode().split("\n"))

    def near(self, word: str) -> list[tuple[str, int]]:
        """Return known phrases that mean about the same as `word`, with their cosines in percent, nearest first."""
        key = f"{word}\t"
        place = bisect_left(self._lines, key)
        if place == len(self._lines) or not self._lines[place].startswith(key):
            return []
        pairs = (pair.split("=") for pair in self._lines[place][len(key) :].split(","))
        return [(phrase, int(percent)) for phrase, percent in pairs]


def _data(name: str) -> bytes:
    return (resources.files("blazon") / "data" / name).read_bytes()


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase of a text that may call something up; `weight` is in percent."""

    text: str
    weight: int


# What follows these words is scenery: it counts for less than what stands before them.
_SCENERY: Final = {"in": 55, "by": 60, "near": 55, "from": 55, "at": 55, "for": 80, "with": 80, "on": 60, "inside": 55}


class Reader:
    """Splits texts into the terms that a lexicon knows, longest first."""

    def __init__(self, lexicon: Lexicon, known: Iterable[str]) -> None:
        self._lexicon = lexicon
        self._known = frozenset(known)

    def terms(self, text: str) -> list[Term]:
        """Return what `text` says, in order: known phrases whole, other words one by one."""
        words, factor, found, seen_content = _raw_words(text), 100, [], False
        index = 0
        while index < len(words):
            word = words[index]
            if word in _SCENERY and seen_content:
                factor = _SCENERY[word]
            if word == ",":
                factor = 100
            phrase, length = self._longest(words, index)
            if phrase:
                found.append(Term(phrase, factor))
                seen_content = True
            elif word != "," and not is_noise(word):
                found.append(Term(word, factor))
                seen_content = True
            index += length
        return found

    def _longest(self, words: Sequence[str], index: int) -> tuple[str, int]:
        for length in range(min(MAX_PHRASE, len(words) - index), 0, -1):
            phrase = " ".join(words[index : index + length])
            known = phrase in self._lexicon.concepts or (length > 1 and phrase in self._known)
            if known and phrase not in _COLOURS:
                return phrase, length
        return "", 1

    def name_terms(self, name: str) -> list[Term]:
        """Return what a brand name says: its words, or the known words that one of them is made of."""
        found = []
        for word in words_of(name):
            if self._tells(word):
                found.append(Term(word, 100))
            else:
                found.extend(Term(piece, 80) for piece in self._pieces(word) if not is_noise(piece))
        return found

    def _tells(self, word: str) -> bool:
        return not is_noise(word) and (word in self._lexicon.concepts or word in self._known)

    def _pieces(self, word: str) -> Iterator[str]:
        """Yield known words that make up `word` (tide-pool), or the longest that it begins with (quill-on)."""
        for cut in range(3, len(word) - 2):
            if self._tells(word[:cut]) and self._tells(singular(word[cut:])):
                yield from (word[:cut], singular(word[cut:]))
                return
        for cut in range(len(word) - 1, 3, -1):
            if self._tells(word[:cut]):
                yield word[:cut]
                return


def _raw_words(text: str) -> list[str]:
    """Return the words of `text` with its commas and stops kept as ','."""
    return [word for piece in re.split(r"[,.;:!?]", text) for word in (*words_of(piece), ",")]
