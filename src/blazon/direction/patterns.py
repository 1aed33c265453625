"""The choice of patterns: a simple thing of the brief repeated, because that is asked for or suits the style."""

import re
import sys
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from functools import cached_property
from typing import Final

from blazon.brief import Brief, LayoutKind, MarkKind, Unmet
from blazon.design import CompositeMark, Design, GeometricMark, RepetitionMark, SymbolMark, Treatment
from blazon.direction.dice import Dice
from blazon.draw.artwork import Materials
from blazon.draw.geometry import FAMILIES
from blazon.draw.meaning import words_of
from blazon.draw.repetition import colour_modules, draw_repetition, find_repetitions
from blazon.draw.symbols import FITTING, Symbol
from blazon.quality.faults import weigh
from blazon.quality.mark_gates import check_mark
from blazon.quality.pictures import take_picture
from blazon.reading.reading import Reading, Relation

# Words of a reading's topic that ask for a pattern; a grid alone may be one of power.
_WORDS: Final = frozenset(
    """pattern patterned repeated repeating repetition tile tiled tiling mosaic tessellate tessellated
    tessellation checkerboard checkered chequered modular""".split()
)
_GRID: Final = re.compile(r"\bgrid (?:made )?of\b|\b(?:in|as|into|on) a grid\b", re.IGNORECASE)
_MODULE: Final = re.compile(
    r"\b(?:(?:patterns?|grid|mosaic|repetition|checkerboard|tessellation) (?:made )?of|tiled|repeated|repeating)"
    r" (\w+)(?: (\w+))?",
    re.IGNORECASE,
)
_REFUSED: Final = re.compile(
    r"\b(?:no|not|without|avoid|never|any)\b[^.;,]*\b(?:patterns?|patterned|repeat\w*|tiles?|tiled|mosaics?|grids?)\b",
    re.IGNORECASE,
)
# What may be several where nobody asks for it: many of it grow, swim, lie or stand together.
_SEVERAL: Final = frozenset(
    """bean bird diamond drop droplet egg feather fish flower heart hexagon home house leaf lemon mountain
    mushroom olive pear seed shell sprout tooth tulip wave""".split()
)
# What has no foot to stand on, so that it may look any way.
_TURNABLE: Final = frozenset(
    "arrow bean carrot chili drop feather leaf lemon olive petal pin seed shell wheat wing".split()
)
# So many of the best ideas of a brief may be modules.
_IDEAS: Final = 6
_LAYOUTS: Final = (LayoutKind.SYMBOL, LayoutKind.HORIZONTAL, LayoutKind.STACKED)
_MOST_FAULT: Final = 30


class PatternChooser:
    """Chooses patterns of what one brief shows, each unlike those before while there are others."""

    def __init__(self, brief: Brief, reading: Reading, materials: Materials, dice: Dice) -> None:
        self._brief = brief
        self._reading = reading
        self._materials = materials
        self._dice = dice
        self._refused = bool(_REFUSED.search(brief.prompt))
        self._used: set[tuple[str, str]] = set()

    @cached_property
    def asked(self) -> bool:
        """Whether the brief asks for a pattern."""
        if self._refused:
            return False
        return not _WORDS.isdisjoint(words_of(self._reading.topic)) or bool(_GRID.search(self._brief.prompt))

    def repeat(self, design: Design, number: int) -> Design | None:
        """Return a design, candidate `number` of its brief, with a pattern for its picture; None where none suits.

        Without being asked, only what is often several is repeated, and nothing that the brief says must show.
        """
        mark = design.mark
        if isinstance(mark, CompositeMark) and self.asked and not self._reading.show:
            mark = SymbolMark(mark.first)
        if self._refused or not isinstance(mark, SymbolMark) or design.layout not in _LAYOUTS:
            return None
        if not self.asked and self._reading.show:
            return None
        two = design.colours.accent not in (design.colours.mark, design.colours.paper)
        for drawings in self._list_modules(mark):
            if found := self._choose(drawings, number, two_colours=two):
                self._used.add((found.symbol, found.pattern))
                credit = self._materials.symbols.get(found.symbol).credit
                return replace(design, mark=found, treatment=Treatment.PLAIN, credits=(credit,) if credit else ())
        return self._set_shapes(design, number) if self.asked and self._may_be_abstract else None

    def _set_shapes(self, design: Design, number: int) -> Design:
        """Return a design with a grid of plain shapes: what is left where a pattern is asked for and no thing suits."""
        grid = next(family for family in FAMILIES if family.name == "grid")
        mark = GeometricMark(grid.name, self._dice.choice(f"pattern/{number}/shapes", grid.chosen))
        return replace(design, mark=mark, treatment=Treatment.PLAIN, credits=())

    @property
    def _may_be_abstract(self) -> bool:
        kinds = self._reading.kinds
        if self._reading.show or (kinds and MarkKind.ABSTRACT not in kinds):
            return False
        return MarkKind.ABSTRACT not in self._reading.kinds_avoided

    @property
    def is_possible(self) -> bool:
        """Whether anything that the brief shows, or else plain shapes, can be repeated."""
        return self._may_be_abstract or any(
            find_repetitions(drawings, self._materials.symbols) for drawings in self._things
        )

    def _list_modules(self, mark: SymbolMark) -> Iterator[Sequence[Symbol]]:
        """Yield drawings of what the mark shows, then of other things of the brief, as far as they may be several.

        Where a pattern is asked for, what the brief says comes before what that and the name call up.
        """
        own = self._depict(self._materials.symbols.get(mark.symbol).name)
        modules = [drawings for drawings in (own, *self._things) if drawings]
        if self.asked:
            yield from self._list_named()
            said = frozenset(words_of(self._reading.topic))
            yield from sorted(modules, key=lambda drawings: _count_unsaid(drawings[0], said))
        else:
            yield from (one for one in modules if not _SEVERAL.isdisjoint(words_of(one[0].name)))

    def _depict(self, thing: str) -> Sequence[Symbol]:
        allowed = self._brief.credit_allowed
        return self._materials.symbols.depict(thing, credit_allowed=allowed, avoid=self._reading.avoid)

    def _list_named(self) -> Iterator[Sequence[Symbol]]:
        """Yield the drawings of what the brief names as the module: "a grid of hearts"."""
        for first, second in _MODULE.findall(self._brief.prompt):
            for thing in (f"{first} {second}", first):
                if drawings := self._depict(thing):
                    yield drawings

    @cached_property
    def _things(self) -> list[Sequence[Symbol]]:
        """The drawings of what must show, or else of what the brief calls up; not those of a pattern."""
        if self._reading.show:
            scenes = [scene for scene in self._reading.show if scene.relation is Relation.ALONE]
            return [self._depict(thing.name) for scene in scenes for thing in scene.things]
        ideas = self._materials.symbols.ideas(
            self._reading.topic,
            brand_name=self._reading.name,
            limit=_IDEAS,
            credit_allowed=self._brief.credit_allowed,
            avoid=self._reading.avoid,
        )
        fitting = [idea.symbols for idea in ideas if idea.score >= FITTING]
        return [drawings for drawings in fitting if not {*_WORDS, "grid"} & {*words_of(drawings[0].name)}]

    def _choose(self, drawings: Sequence[Symbol], number: int, *, two_colours: bool) -> RepetitionMark | None:
        """Return a pattern of a thing that was not chosen before and is drawn without fault, or None."""
        symbols = self._materials.symbols
        turnable = not _TURNABLE.isdisjoint(words_of(drawings[0].name))
        found = [
            mark
            for mark in find_repetitions(drawings, symbols, turnable=turnable)
            if (mark.symbol, mark.pattern) not in self._used
        ]
        for mark in self._dice.shuffle(f"pattern/{number}", found):
            coloured = colour_modules(mark, symbols) if two_colours else []
            for one in self._dice.shuffle(f"pattern/{number}/colours", [mark, *coloured]):
                layers = draw_repetition(one, symbols)
                if weigh(check_mark(layers, take_picture(layers))) <= _MOST_FAULT:
                    return one
        return None


def _count_unsaid(symbol: Symbol, said: Set[str]) -> int:
    """Return how many words of the name of a symbol are not said; more than any other has where none is."""
    words = frozenset(words_of(symbol.name))
    return len(words - said) if words & said else sys.maxsize


def tell_unrepeated(reading: Reading, brief: Brief, materials: Materials) -> Reading:
    """Return a reading that tells that a pattern it asks for cannot be made of what it shows."""
    patterns = PatternChooser(brief, reading, materials, Dice(""))
    if not patterns.asked or patterns.is_possible:
        return reading
    told = Unmet("a pattern", "nothing that the brief shows is simple enough to be repeated; it is drawn once")
    return replace(reading, unmet=(*reading.unmet, told))
