"""Other marks for a finished design: the same thing by other hands, what else fits the brief, its letters, shapes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from blazon.brief import Brief, LayoutKind
from blazon.design import Design, GeometricMark, Mark, SymbolMark, Treatment
from blazon.direction.credits import list_credits
from blazon.direction.dice import Dice
from blazon.direction.marks import MarkChooser
from blazon.direction.moods import styles_for
from blazon.draw.artwork import Materials
from blazon.draw.symbols import Symbol
from blazon.reading.reading import Reading

_BY_OTHER_HANDS: Final = 6
_MOTIFS: Final = 8
_DRAWINGS: Final = 3
_LETTERFORMS: Final = 12
_SHAPES: Final = 8
# They were looked for in the mark that there is.
_OF_ONE_MARK: Final = (Treatment.CUT, Treatment.SEGMENTED, Treatment.STENCIL)


@dataclass(frozen=True, slots=True)
class MarkOption:
    """A design with another mark, and in which group of such marks it is the how-manieth, counted from 0."""

    design: Design
    group: str
    place: int


class MarkOptions:
    """Lists marks for a design that was drawn for a brief, in the order of art direction; the same at every call."""

    def __init__(self, design: Design, brief: Brief, reading: Reading, materials: Materials) -> None:
        named = replace(reading, name=design.brand_name or reading.name)
        self._design = design
        self._avoid = reading.avoid
        self._credit_allowed = brief.credit_allowed
        self._materials = materials
        self._style = styles_for(brief, named)[0]
        self._chooser = MarkChooser(brief, named, materials, Dice(f"{brief.seed}\0{brief.prompt}\0{named.name}"))

    def __iter__(self) -> Iterator[MarkOption]:
        """Yield each mark once, without the one that the design has."""
        known: set[Mark | None] = {self._design.mark}
        for group, designs in (
            ("symbol", self._draw_symbols()),
            ("letterform", map(self._shape, islice(self._chooser.list_letterforms(self._style), _LETTERFORMS))),
            ("geometric", map(self._shape, islice(self._chooser.list_shapes(), _SHAPES))),
        ):
            place = 0
            for design in designs:
                if design.mark not in known:
                    known.add(design.mark)
                    yield MarkOption(design, group, place)
                    place += 1

    def _draw_symbols(self) -> Iterator[Design]:
        symbols, mark = self._materials.symbols, self._design.mark
        if isinstance(mark, SymbolMark):
            name = symbols.get(mark.symbol).name
            same = symbols.depict(name, credit_allowed=self._credit_allowed, avoid=self._avoid)
            yield from map(self._show, same[: _BY_OTHER_HANDS + 1])
        motifs = self._chooser.motifs[:_MOTIFS]
        for turn in range(_DRAWINGS):
            yield from (self._show(drawings[turn]) for drawings in motifs if turn < len(drawings))

    def _show(self, symbol: Symbol) -> Design:
        treatment = Treatment.PLAIN if self._design.treatment in _OF_ONE_MARK else self._design.treatment
        return self._with_mark(SymbolMark(symbol.id), self._chooser.suit_symbol(symbol, treatment))

    def _shape(self, mark: Mark) -> Design:
        """Return a design with a mark that brings its own colours and frames."""
        treatment = self._design.treatment
        kept = self._design.layout is LayoutKind.EMBLEM or (
            treatment is Treatment.KNOCKED_OUT and isinstance(mark, GeometricMark)
        )
        return self._with_mark(mark, treatment if kept else Treatment.PLAIN)

    def _with_mark(self, mark: Mark, treatment: Treatment) -> Design:
        changed = replace(self._design, mark=mark, treatment=treatment)
        if treatment is not self._design.treatment:
            changed = replace(changed, cut=None, segments=2)
        return replace(changed, credits=list_credits(changed, self._materials.symbols))
