"""The choice of pictures: what a brief wishes to see, or what its trade and name call up, never what it refuses."""

from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Final

from blazon.brief import Brief
from blazon.direction.dice import Dice
from blazon.draw.symbols import FITTING, Idea, Symbol, SymbolLibrary, SymbolStyle
from blazon.reading.reading import Reading

# Symbols whose quality is this near to the best are equally good; the seed and the name choose among them.
_AS_GOOD: Final = 15
# Percent of the score of the best idea from which on another may come before it: two firms of one trade differ.
_AS_FITTING: Final = 65
_SPARE_IDEAS: Final = 4


class PictureChooser:
    """Chooses symbols one after another, each unlike those before while there are others. False if there are none."""

    def __init__(self, brief: Brief, reading: Reading, symbols: SymbolLibrary, dice: Dice) -> None:
        self._dice = dice
        self._used: set[str] = set()
        wished = [_depict(thing.name, brief, reading, symbols) for scene in reading.show for thing in scene.things]
        self._wished = [drawings for drawings in wished if drawings]
        self._ideas = [] if self._wished else self._find_ideas(brief, reading, symbols)
        self._order = self._sequence()

    def __bool__(self) -> bool:
        return bool(self._wished or self._ideas)

    def next(self, styles: Sequence[SymbolStyle]) -> Symbol:
        """Return the next symbol, drawn in the first of the styles that it comes in. Only where there are any."""
        symbol = self._choose_drawing(next(self._order), styles)
        self._used.add(symbol.id)
        return symbol

    def _sequence(self) -> Iterator[Sequence[Symbol]]:
        """Yield the drawings of a thing for each picture, without end."""
        return cycle(self._wished or [idea.symbols for idea in self._ideas])

    def _choose_drawing(self, drawings: Sequence[Symbol], styles: Sequence[SymbolStyle]) -> Symbol:
        fresh = [symbol for symbol in drawings if symbol.id not in self._used] or list(drawings)
        for style in styles:
            drawn = [symbol for symbol in fresh if symbol.style is style]
            if drawn:
                good = [symbol for symbol in drawn if symbol.quality >= drawn[0].quality - _AS_GOOD]
                return self._dice.choice(f"symbol/{good[0].id}", good)
        return fresh[0]

    def _find_ideas(self, brief: Brief, reading: Reading, symbols: SymbolLibrary) -> list[Idea]:
        found = symbols.ideas(
            reading.topic,
            brand_name=reading.name,
            limit=brief.first + brief.count + _SPARE_IDEAS,
            credit_allowed=brief.credit_allowed,
            avoid=reading.avoid,
        )
        ideas = [idea for idea in found if idea.score >= FITTING]
        first = [idea for idea in ideas if idea.score * 100 >= ideas[0].score * _AS_FITTING]
        return self._dice.by_weight("ideas", first, keep=3) + self._dice.by_weight("ideas", ideas[len(first) :], keep=3)


def _depict(name: str, brief: Brief, reading: Reading, symbols: SymbolLibrary) -> tuple[Symbol, ...]:
    return symbols.depict(name, credit_allowed=brief.credit_allowed, avoid=reading.avoid)
