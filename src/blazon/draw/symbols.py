"""Symbols by meaning: a library of open icons, searched by what a brief says rather than by keyword.

A search goes in two steps. The words of the brief call up *pictures* (a tooth, a sunrise): by the
lexicon of concepts, by their own names, by tags, and by nearness in meaning. Each picture then has
its *symbols*: the same thing drawn by several hands, filled, in line and in two tones.
"""

import json
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from importlib import resources
from io import BytesIO
from typing import Any, Final
from zipfile import ZipFile

from blazon.draw.classes_of_things import expand
from blazon.draw.meaning import Lexicon, Meanings, Reader, Term, words_of
from blazon.draw.outline import Ink, Layer, from_svg, scale_path, stroke_path

BOX: Final = 1000
"""Side of the square, in units, that every symbol's layers lie in."""

FITTING: Final = 300
"""A score from which on a picture says what the text asks for; below, better draw something abstract."""

# What a picture scores when a term calls it up: by the lexicon, by its own name, by a tag.
_CONCEPT: Final = 800
_NAMED: Final = 700
_TAGGED: Final = 250
# What a symbol loses in quality for each place that its name stands behind the usual one.
_OTHER_NAME: Final = 4
# Percent kept by the first, second, ... picture of a concept.
_DECAY: Final = (100, 86, 75, 66, 58, 50, 45, 40)
# Percent that a term counts if it is general, or stands in the brand's name.
_GENERAL: Final = 55
_BRAND: Final = 65
# Cosine, in percent, from which on an unknown word is as good as a known one, better than a tag of that name.
_ALIKE: Final = 60


class SymbolStyle(StrEnum):
    """How a symbol is drawn."""

    FILL = "fill"
    LINE = "line"
    DUOTONE = "duotone"


@dataclass(frozen=True, slots=True)
class Symbol:
    """An icon of the library.

    Args:
        id: `set:name`, stable between versions of the library.
        name: what it shows, in words.
        quality: 0..100, how well it would serve as a mark, measured when the library is built.
        credit: the line that its licence asks for, or None.
        sensitive: stands for a brand only if the brief names it (faith, arms, gore, countries).
    """

    id: str
    name: str
    set: str
    style: SymbolStyle
    tags: tuple[str, ...]
    licence: str
    author: str
    credit: str | None
    quality: int
    sensitive: bool


@dataclass(frozen=True, slots=True)
class Match:
    """A symbol and how well it fits, 0..1000."""

    symbol: Symbol
    score: int


@dataclass(frozen=True, slots=True)
class Idea:
    """One picture that fits and the symbols that show it, best first."""

    picture: str
    score: int
    symbols: tuple[Symbol, ...]


class SymbolLibrary:
    """The symbols and the ways to find and draw them. Reading is thread-safe."""

    def __init__(self, data: bytes, lexicon: Lexicon) -> None:
        self._archive = ZipFile(BytesIO(data))
        index = json.loads(self._archive.read("index.json"))
        self._sets, self._authors, self._rows = index["sets"], index["authors"], index["symbols"]
        self._units, self._block_length = index["units"], index["block"]
        self._pictures: dict[str, list[int]] = index["pictures"]
        self._tagged: dict[str, list[str]] = index["tagged"]
        self._row_of = {row[0]: number for number, row in enumerate(self._rows)}
        self._lexicon = lexicon
        self._reader = Reader(lexicon, self._pictures)
        self._block = lru_cache(maxsize=32)(self._read_block)

    @classmethod
    def open(cls) -> "SymbolLibrary":
        """Open the library that the package carries."""
        return cls((resources.files("blazon") / "data/symbols.zip").read_bytes(), Lexicon.open())

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Symbol]:
        return map(self._symbol, self._rows)

    @property
    def lexicon(self) -> Lexicon:
        """What words stand for."""
        return self._lexicon

    @property
    def pictures(self) -> Iterable[str]:
        """The names of all pictures."""
        return self._pictures

    def has_picture(self, name: str) -> bool:
        """Tell whether there is a picture of exactly this name, in the singular."""
        return name in self._pictures

    def calls_up(self, term: str) -> bool:
        """Tell whether a word or phrase calls up any picture."""
        return any(True for _ in self._call_up(term))

    def get(self, symbol_id: str) -> Symbol:
        """Return a symbol by its id.

        Raises:
            KeyError: the library has no such symbol.
        """
        return self._symbol(self._rows[self._row_of[symbol_id]])

    def ideas(
        self,
        text: str,
        *,
        brand_name: str = "",
        limit: int = 12,
        credit_allowed: bool = True,
        avoid: Sequence[str] = (),
    ) -> list[Idea]:
        """Return pictures that fit a brief, best first, each with all its symbols but those that show what to avoid."""
        evidence = self._evidence(text, brand_name)
        asked = frozenset(words_of(f"{text} {brand_name}"))
        ranked = sorted(evidence.items(), key=lambda item: (-item[1], item[0]))
        found: list[Idea] = []
        for picture, score in ranked:
            symbols = self._drop_avoided(self._symbols_of(picture, asked, credit_allowed), avoid)
            if symbols and not any(_same_picture(picture, idea.picture) for idea in found):
                found.append(Idea(picture, min(1000, score), symbols))
            if len(found) == limit:
                break
        return found

    def depict(self, thing: str, *, credit_allowed: bool = True, avoid: Sequence[str] = ()) -> tuple[Symbol, ...]:
        """Return the symbols that show a thing, best first; none where the library has no picture of it.

        A picture of that name comes before one whose name says more (`bear` before `polar bear`), and before those that
        are only tagged with it.
        """
        words = words_of(thing)
        name, asked = " ".join(words), frozenset(words)
        usual = self._lexicon.usual(name)
        exact = [usual] if usual in self._pictures or usual in self._row_of else []
        named = self._pictures_by_word.get(words[0], []) if words else []
        wider = [picture for picture in named if asked <= set(picture.split())]
        tagged = self._tagged.get(name, []) if not exact and not wider else []
        for pictures in (exact, wider, tagged):
            found = [one for picture in pictures for one in self._symbols_of(picture, asked, credit_allowed)]
            # Only what it is called counts: a toothbrush is tagged `tooth`, and shown where a tooth is refused.
            unlike = [other for other in avoid if name not in expand(other)] if name not in avoid else avoid
            if kept := self._drop_avoided(found, unlike, tags=False):
                return tuple(dict.fromkeys(kept))
        return ()

    def pick(self, text: str, count: int, *, brand_name: str = "") -> list[Match]:
        """Return up to `count` symbols that show different things that all fit, best first.

        Where the brief calls up too few things, other drawings of the same ones make up the number.
        """
        ideas = self.ideas(text, brand_name=brand_name, limit=count * 3)
        first = [Match(idea.symbols[0], idea.score) for idea in ideas]
        others = [Match(symbol, idea.score) for idea in ideas for symbol in idea.symbols[1:]]
        unique: dict[str, Match] = {}
        for match in first + others:
            unique.setdefault(match.symbol.id, match)
        return list(unique.values())[:count]

    def layers(self, symbol: Symbol) -> tuple[Layer, ...]:
        """Return the outlines of a symbol in a square of `BOX` units, y down.

        One MARK layer; a duotone symbol has a TINT layer under it.
        """
        number = self._row_of[symbol.id]
        return read_layers(self._block(number // self._block_length)[number % self._block_length], self._units)

    def _read_block(self, block: int) -> list[str]:
        return self._archive.read(f"outlines/{block}").decode().split("\n")

    def _symbol(self, row: list[Any]) -> Symbol:
        symbol_id, name, style, tags, author, quality, sensitive = row
        icon_set = symbol_id.partition(":")[0]
        terms = self._sets[icon_set]
        return Symbol(
            id=symbol_id,
            name=name,
            set=icon_set,
            style=SymbolStyle(style),
            tags=tuple(filter(None, tags.split(","))),
            licence=terms["licence"],
            author=self._authors[author],
            credit=terms["credit"],
            quality=quality,
            sensitive=bool(sensitive),
        )

    def _symbols_of(self, picture: str, asked: Set[str], credit_allowed: bool) -> tuple[Symbol, ...]:
        """Return the symbols of a picture, best first; those under its usual name are preferred.

        Sensitive ones are among them only if one of the words `asked` names them.
        """
        ranked = [
            (_OTHER_NAME * place - symbol.quality, symbol.id, symbol)
            for place, name in enumerate(self._lexicon.names(picture))
            for symbol in (self._symbol(self._rows[number]) for number in self._numbers(name))
            if credit_allowed or symbol.credit is None
            if not symbol.sensitive or not asked.isdisjoint(words_of(symbol.name))
        ]
        return tuple(symbol for _, _, symbol in sorted(ranked, key=lambda entry: entry[:2]))

    def _drop_avoided(
        self, symbols: Sequence[Symbol], avoid: Sequence[str], *, tags: bool = True
    ) -> tuple[Symbol, ...]:
        """Return the symbols of which no name, and no tag if `tags`, is one of the things to avoid."""
        things = dict.fromkeys(name for thing in avoid for name in expand(" ".join(words_of(thing))))
        unwanted = [words for words in (frozenset(words_of(thing)) for thing in things) if words]
        return tuple(symbol for symbol in symbols if not unwanted or not self._shows_any(symbol, unwanted, tags))

    def _shows_any(self, symbol: Symbol, unwanted: Sequence[frozenset[str]], tags: bool) -> bool:
        names = self._lexicon.names(self._lexicon.usual(" ".join(words_of(symbol.name))))
        told = [frozenset(words_of(text)) for text in (symbol.name, *names, *(symbol.tags if tags else ()))]
        return any(words <= one for words in unwanted for one in told)

    def _numbers(self, name: str) -> list[int]:
        """Return the rows of a picture, which is named by its words or by the id of one symbol."""
        return [self._row_of[name]] if name in self._row_of else self._pictures.get(name, [])

    def _evidence(self, text: str, brand_name: str) -> dict[str, int]:
        """Return how strongly the brief calls up each picture."""
        named = self._reader.name_terms(brand_name)
        terms = [*self._reader.terms(text), *(Term(term.text, term.weight * _BRAND // 100) for term in named)]
        scores: dict[str, list[int]] = {}
        for term in terms:
            for picture, score in self._call_up(term.text):
                scores.setdefault(self._lexicon.usual(picture), []).append(score * term.weight // 100)
        return {picture: _sum_scores(found) for picture, found in scores.items()}

    def _call_up(self, term: str) -> Iterator[tuple[str, int]]:
        """Yield the pictures that one term calls up, from what is known best to what is guessed."""
        known = list(self._look_up(term, 100))
        near = [] if known else self._meanings.near(term)
        alike = bool(near) and near[0][1] >= _ALIKE
        if known:
            yield from known
        elif term in self._tagged and not alike:
            yield from (
                (self._lexicon.usual(picture), _TAGGED + self._quality(picture)) for picture in self._tagged[term]
            )
        else:
            # Squared: a cosine of 60 % is worth much less than three fifths of a sure thing.
            yield from (found for phrase, cosine in near for found in self._look_up(phrase, cosine * cosine // 100))

    def _look_up(self, term: str, percent: int) -> Iterator[tuple[str, int]]:
        """Yield the pictures that the lexicon has for a term, or the picture of that name; scores are scaled."""
        concepts = self._lexicon.concepts.get(term, ())
        percent = percent * _GENERAL // 100 if term in self._lexicon.general else percent
        for concept in concepts:
            for picture, share in zip(concept.pictures, _DECAY, strict=False):
                named = term if picture == "*" else picture
                yield named, _CONCEPT * concept.weight * share * percent // 1_000_000
        if not concepts and term in self._pictures:
            yield self._lexicon.usual(term), _NAMED * percent // 100

    @cached_property
    def _pictures_by_word(self) -> dict[str, list[str]]:
        """The pictures that have a word in their name, in the order of the library."""
        found: dict[str, list[str]] = {}
        for picture in self._pictures:
            for word in dict.fromkeys(picture.split()):
                found.setdefault(word, []).append(picture)
        return found

    @cached_property
    def _meanings(self) -> Meanings:
        # Read only when a brief has a word that neither the lexicon nor a symbol knows.
        return Meanings.open()

    def _quality(self, picture: str) -> int:
        return max(int(self._rows[number][5]) for number in self._pictures[picture])


def read_layers(stored: str, units: int) -> tuple[Layer, ...]:
    """Read the stored form of a symbol, drawn in a square of `units`: see `SymbolLibrary.layers`.

    Parts are joined by `|`; each is a letter and an SVG path: F filled, T filled with the tint,
    S a line, its width and a comma before the path.
    """
    layers = []
    for part in stored.split("|"):
        kind, data = part[0], part[1:]
        if kind == "S":
            width, _, data = data.partition(",")
            path = stroke_path(from_svg(data), float(width))
        else:
            path = from_svg(data)
        layers.append(Layer(scale_path(path, BOX / units), Ink.TINT if kind == "T" else Ink.MARK))
    return tuple(sorted(layers, key=lambda layer: layer.ink is not Ink.TINT))


def _sum_scores(scores: list[int]) -> int:
    """Return the score of a picture called up several times: the best counts whole, the next a half, and so on."""
    return sum(score >> place for place, score in enumerate(sorted(scores, reverse=True)))


def _same_picture(one: str, other: str) -> bool:
    """Tell whether two pictures share the words that say what they show."""
    first, second = set(one.split()), set(other.split())
    return first <= second or second <= first
