"""The choice of pictures: what a brief wishes to see, or what its trade and name call up, never what it refuses."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain, combinations, cycle, zip_longest
from typing import Final

from blazon.brief import Brief
from blazon.design import Arrangement, CompositeMark
from blazon.direction.dice import Dice
from blazon.draw.arrangement import arrangements
from blazon.draw.symbols import FITTING, Idea, Symbol, SymbolLibrary, SymbolStyle
from blazon.reading.reading import Reading, Relation, Scene

# Symbols whose quality is this near to the best are equally good; the seed and the name choose among them.
_AS_GOOD: Final = 15
# Percent of the score of the best idea from which on another may come before it: two firms of one trade differ.
_AS_FITTING: Final = 65
_SPARE_IDEAS: Final = 4
# So many of the best ideas of a trade may meet in one mark.
_PAIRED: Final = 5
# How two things make one shape; a small one at the corner of a large one looks like a note on an icon.
_ONE_SHAPE: Final = (Arrangement.CONTAINED, Arrangement.ENCLOSED)
# Of more things than that not all pairs are tried.
_MOST_TOGETHER: Final = 3
# A name has something to show of its own from this score on.
_TELLING: Final = 400

Drawings = Sequence[Symbol]


class PictureChooser:
    """Chooses pictures one after another, each unlike those before while there are others. False if there are none."""

    def __init__(self, brief: Brief, reading: Reading, symbols: SymbolLibrary, dice: Dice) -> None:
        self._brief = brief
        self._reading = reading
        self._library = symbols
        self._dice = dice
        self._used: set[str] = set()
        self._wished = [drawings for scene in reading.show for drawings in self._depict(scene)]
        self._ideas = [] if self._wished else self._find_ideas()
        self._order = cycle(self._wished or [idea.symbols for idea in self._ideas])

    def __bool__(self) -> bool:
        return bool(self._wished or self._ideas)

    @property
    def motifs(self) -> list[Drawings]:
        """The drawings of what is wished for, or else of what trade and name call up, the most fitting first."""
        return self._wished or [idea.symbols for idea in self._ideas]

    def next(self, styles: Sequence[SymbolStyle]) -> Symbol:
        """Return the next symbol, drawn in the first of the styles that it comes in. Only where there are any."""
        symbol = self._choose_drawing(next(self._order), styles)
        self._used.add(symbol.id)
        return symbol

    @property
    def name_tells(self) -> bool:
        """Whether `together` joins what the name says to what the trade is."""
        return not self._wished and self._pair[1]

    @cached_property
    def together(self) -> Iterator[CompositeMark]:
        """Two things in one mark, the best first: those that the brief wishes for, or what trade and name show."""
        if self._wished:
            found = self._wished_together
        else:
            things = self._pair[0]
            marks = arrangements(things[0], things[1], self._library) if things else []
            found = [[one for one in marks if one.arrangement in _ONE_SHAPE] or marks[: int(self.name_tells)]]
        rounds = zip_longest(*(self._dice.by_weight("composite", marks, keep=3) for marks in found))
        return (mark for mark in chain.from_iterable(rounds) if mark is not None)

    @cached_property
    def _wished_together(self) -> list[list[CompositeMark]]:
        """The marks of each two things that the brief wishes for; of three things all pairs."""
        scenes = [scene for scene in self._reading.show if scene.relation is not Relation.ALONE]
        groups = [(self._depict(scene), scene.link) for scene in scenes]
        if not scenes and len(self._reading.show) > 1:  # each is wished for, by itself
            groups = [([one for scene in self._reading.show for one in self._depict(scene)[:1]], "")]
        return [
            arrangements(first, second, self._library, link, wished=True)
            for things, link in groups
            for first, second in combinations(things[:_MOST_TOGETHER], 2)
        ]

    @property
    def need_all(self) -> bool:
        """Whether every candidate has to show something, or not all that is wished for is seen twice in four."""
        wished = len(self._wished) > 1 and bool(self._wished_together)
        return wished and (len(self._wished) > 2 or not any(self._wished_together))

    @property
    def several(self) -> bool:
        """Whether more than two things are wished for together, so that single ones would leave some unseen."""
        return len(self._wished_together) > 1

    def credits_of(self, mark: CompositeMark) -> tuple[str, ...]:
        """Return the lines that the licences of the symbols of a mark ask for."""
        lines = (self._library.get(symbol).credit for symbol in (mark.first, mark.second))
        return tuple(dict.fromkeys(line for line in lines if line))

    def _choose_drawing(self, drawings: Drawings, styles: Sequence[SymbolStyle]) -> Symbol:
        fresh = [symbol for symbol in drawings if symbol.id not in self._used] or list(drawings)
        for style in styles:
            drawn = [symbol for symbol in fresh if symbol.style is style]
            if drawn:
                good = [symbol for symbol in drawn if symbol.quality >= drawn[0].quality - _AS_GOOD]
                return self._dice.choice(f"symbol/{good[0].id}", good)
        return fresh[0]

    def _depict(self, scene: Scene) -> list[Drawings]:
        """Return the drawings of each thing of a scene that the library has."""
        found = (
            self._library.depict(thing.name, credit_allowed=self._brief.credit_allowed, avoid=self._reading.avoid)
            for thing in scene.things
        )
        return [drawings for drawings in found if drawings]

    def _find_ideas(self) -> list[Idea]:
        found = self._search(self._reading.topic, self._reading.name)
        ideas = [idea for idea in found if idea.score >= FITTING]
        first = [idea for idea in ideas if idea.score * 100 >= ideas[0].score * _AS_FITTING]
        return self._dice.by_weight("ideas", first, keep=3) + self._dice.by_weight("ideas", ideas[len(first) :], keep=3)

    @cached_property
    def _pair(self) -> tuple[list[Drawings], bool]:
        """A picture of the trade and one of what the name alone says: of Bearpaw Brewing, mug and paw.

        Where the name says nothing, which the second value tells, both are of the trade.
        """
        trade = [idea for idea in self._search(self._reading.topic, "") if idea.score >= FITTING]
        known = {idea.picture for idea in trade}
        named = [
            one for one in self._search("", self._reading.name) if one.score >= _TELLING and one.picture not in known
        ]
        others = named[:1] or self._dice.shuffle("pair", trade[1:_PAIRED])[:1]
        pair: list[Drawings] = [trade[0].symbols, others[0].symbols] if trade and others else []
        return pair, bool(pair and named)

    def _search(self, text: str, name: str) -> list[Idea]:
        return self._library.ideas(
            text,
            brand_name=name,
            limit=self._brief.first + self._brief.count + _SPARE_IDEAS,
            credit_allowed=self._brief.credit_allowed,
            avoid=self._reading.avoid,
        )
