"""Special treatments: at most two marks in a set of four are in a gradient, cut, segmented, stencilled, turned or
repeated; all that can be where the brief asks for it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final

from pathops import PathOpsError

from blazon.brief import Brief, LayoutKind, Style, TypeKind
from blazon.design import CompositeMark, Design, GeometricMark, LetterformMark, Mark, NameIdea, SymbolMark, Treatment
from blazon.direction.dice import Dice
from blazon.direction.patterns import PatternChooser
from blazon.draw.artwork import Materials, draw_mark
from blazon.draw.cuts import find_bridges, is_cut_well
from blazon.draw.gradients import add_gradient, suits_gradient
from blazon.draw.initials import graphemes
from blazon.draw.letter_outlines import read_glyphs
from blazon.draw.meaning import words_of
from blazon.draw.name_cuts import find_cuts
from blazon.draw.rotation import find_rotations
from blazon.draw.symbols import FITTING, Symbol, SymbolStyle
from blazon.draw.treatments import treat
from blazon.draw.wording import set_words
from blazon.draw.writing import reads_leftwards
from blazon.reading.reading import Reading, Technique

_T = Treatment
TURNED: Final = "turned"
"""A mark that is one thing, several times around a point."""
REPEATED: Final = "repeated"
"""A mark that is one thing, several times in a pattern."""

_SUITING: Final[dict[Style, tuple[str, ...]]] = {
    Style.MINIMAL: (_T.CUT, REPEATED, TURNED),
    Style.MODERN: (_T.GRADIENT, _T.SEGMENTED, TURNED, REPEATED, _T.CUT),
    Style.CLASSIC: (_T.SEGMENTED, TURNED, REPEATED),
    Style.ELEGANT: (TURNED, _T.CUT),
    Style.PLAYFUL: (REPEATED, _T.SEGMENTED, _T.GRADIENT, TURNED),
    Style.BOLD: (_T.CUT, REPEATED, _T.SEGMENTED, _T.STENCIL),
    Style.TECH: (_T.GRADIENT, _T.CUT, _T.STENCIL),
    Style.HANDMADE: (_T.STENCIL, REPEATED, TURNED),
}
# Written letters and those of other times are complete as they are.
_COMPLETE: Final = frozenset({TypeKind.SCRIPT, TypeKind.BLACKLETTER})
_OPEN_LAYOUTS: Final = (LayoutKind.SYMBOL, LayoutKind.HORIZONTAL, LayoutKind.STACKED)
_SET: Final = 4
_MOST: Final = 2
# Degrees; more rises to the right.
_ANGLES: Final = (20, 30, 45)
# Fields and the angle of the first edge: halves, a cross, a saltire.
_FIELDS: Final = ((2, 90), (2, 45), (4, 90), (4, 45))
_ROUND: Final = frozenset("OQ0")
# So many of the best ideas of a brief may be petals.
_IDEAS: Final = 6
_GRADIENT: Final = re.compile(r"\bgradients?\b", re.IGNORECASE)
_NO_GRADIENT: Final = re.compile(r"\b(?:no|not|without|avoid|never|any)\b[^.;]*\bgradients?\b|\bflat\b", re.IGNORECASE)
# What is still told when it is one petal of several.
_PETALS: Final = frozenset(
    """arrow bean bee bird brush butterfly chili dove drop droplet feather fish flame fork heart key leaf needle
    olive paintbrush pear pen pencil petal pin rocket seed shell sprout swallow triangle wave wheat
    wing""".split()
)


class SpecialTreatments:
    """Gives some marks of one brief a special treatment, none twice in a set of four."""

    def __init__(self, brief: Brief, reading: Reading, materials: Materials, dice: Dice) -> None:
        self._flat = bool(_NO_GRADIENT.search(brief.prompt))
        self._gradient = not self._flat and bool(_GRADIENT.search(brief.prompt))
        self._given = bool(reading.colours or reading.colours_avoided or brief.palette)
        self._brief = brief
        self._reading = reading
        self._materials = materials
        self._dice = dice
        self._used: list[str] = []
        self._patterns = PatternChooser(brief, reading, materials, dice)
        self._offers: dict[str, Callable[[Design, int], Design | None]] = {
            _T.GRADIENT: self._run,
            _T.CUT: self._cut,
            _T.SEGMENTED: self._segment,
            _T.STENCIL: self._stencil,
            TURNED: self._turn,
            REPEATED: self._patterns.repeat,
        }

    def improve(self, design: Design, style: Style, number: int) -> Design:
        """Return the design, candidate `number` of its brief, with a special treatment where one suits it."""
        place = number % _SET
        if place == 0:
            self._used = []
        if self._patterns.asked and (found := self._patterns.repeat(design, number)):
            return found
        if not _is_plain(design) or self._reading.technique is Technique.LINES:
            return design
        if self._gradient and (found := self._run(design, number)):
            return found
        if place not in self._dice.shuffle(f"special/{number // _SET}", range(_SET))[:_MOST]:
            return design
        suiting = _SUITING[style]
        for technique in self._dice.by_weight(f"special/{number}", suiting, keep=2 * len(suiting)):
            if technique not in self._used and (found := self._offers[technique](design, number)):
                self._used.append(technique)
                return found
        return design

    def _run(self, design: Design, _: int) -> Design | None:
        """Return a design in a gradient; given colours are kept."""
        if self._flat or not isinstance(design.mark, SymbolMark | GeometricMark | LetterformMark):
            return None
        if not (self._gradient or self._is_solid(design.mark)):
            return None  # lines in a gradient are what buttons of apps look like
        shown = {design.colours.mark, design.colours.accent, design.colours.name, design.colours.paper}
        if not shown.issuperset(design.colours.palette):
            return None  # a mark that has to show more colours is parted into them
        given = self._given or bool(design.colours.palette)
        colours = design.colours if suits_gradient(design.colours) else None if given else add_gradient(design.colours)
        return replace(design, treatment=_T.GRADIENT, colours=colours) if colours else None

    def _cut(self, design: Design, number: int) -> Design | None:
        """Return a design whose mark is cut, where the name has a letter to be cut likewise both at the angle of its
        own diagonals.
        """
        if idea := self._find_name_cut(design):
            both = replace(design, treatment=_T.CUT, cut=idea.angle, name_idea=idea)
            if found := self._first_good([(both, 2)]):
                return found
        angles = self._dice.shuffle(f"cut/{number}", _ANGLES)
        return self._first_good([(replace(design, treatment=_T.CUT, cut=angle), 2) for angle in angles])

    def _find_name_cut(self, design: Design) -> NameIdea | None:
        """Return the cut that a letter of the name offers, if any does."""
        if not design.brand_name or design.name_type is None or design.name_idea is not None:
            return None
        family = self._materials.fonts.family(design.name_type.family)
        if family.kinds & _COMPLETE or reads_leftwards(design.brand_name):
            return None
        lines = set_words(design, self._materials.fonts).name
        glyphs = read_glyphs(lines[0]) if len(lines) == 1 else None
        try:
            return next(find_cuts(glyphs), None) if glyphs is not None else None
        except PathOpsError:
            return None  # an outline that Skia cannot cut stays as it is

    def _segment(self, design: Design, number: int) -> Design | None:
        if design.colours.mark == design.colours.accent:
            return None
        fields = self._dice.shuffle(f"segments/{number}", _FIELDS)
        if isinstance(design.mark, LetterformMark) and len(graphemes(design.mark.initials)) > 1:
            if not _ROUND.isdisjoint(design.mark.initials):
                return None  # half an O is a C
            fields = [*_FIELDS[:1]]  # two letters part between them
        return self._first_good(
            [(replace(design, treatment=_T.SEGMENTED, segments=some, cut=angle), some) for some, angle in fields]
        )

    def _first_good(self, offers: Sequence[tuple[Design, int]]) -> Design | None:
        """Return the first design whose mark, one solid thing, is parted in the pieces that are wanted."""
        mark = offers[0][0].mark
        if mark is None or isinstance(mark, CompositeMark) or not self._is_solid(mark):
            return None
        whole = treat(draw_mark(mark, self._materials, 0), _T.PLAIN, None)
        for design, pieces in offers:
            if is_cut_well(whole, treat(whole, design.treatment, None, design.cut, design.segments), pieces):
                return design
        return None

    def _is_solid(self, mark: Mark) -> bool:
        return not isinstance(mark, SymbolMark) or self._materials.symbols.get(mark.symbol).style is SymbolStyle.FILL

    def _stencil(self, design: Design, _: int) -> Design | None:
        if not isinstance(design.mark, SymbolMark | LetterformMark):
            return None
        whole = treat(draw_mark(design.mark, self._materials, 0), _T.PLAIN, None)
        bridges = len(find_bridges(whole))
        if not bridges or not is_cut_well(whole, treat(whole, _T.STENCIL, None), bridges + 1):
            return None
        return replace(design, treatment=_T.STENCIL)

    def _turn(self, design: Design, number: int) -> Design | None:
        """Return a design whose mark is turned around a point, where one petal still tells what it is."""
        if not isinstance(design.mark, SymbolMark):
            return None
        found = [mark for drawings in self._petals for mark in find_rotations(drawings, self._materials.symbols)[:2]]
        if not found:
            return None
        mark = self._dice.choice(f"turn/{number}", found)
        credit = self._materials.symbols.get(mark.symbol).credit
        return replace(design, mark=mark, treatment=_T.PLAIN, credits=(credit,) if credit else ())

    @cached_property
    def _petals(self) -> Sequence[Sequence[Symbol]]:
        """Drawings of the things that the brief calls up and that may be petals; none where it says what must show."""
        if self._reading.show:
            return []
        ideas = self._materials.symbols.ideas(
            self._reading.topic,
            brand_name=self._reading.name,
            limit=_IDEAS,
            credit_allowed=self._brief.credit_allowed,
            avoid=self._reading.avoid,
        )
        fitting: list[Sequence[Symbol]] = [idea.symbols for idea in ideas if idea.score >= FITTING]
        return [drawings for drawings in fitting if not _PETALS.isdisjoint(words_of(drawings[0].name))][:2]


def _is_plain(design: Design) -> bool:
    return (
        design.mark is not None
        and design.layout in _OPEN_LAYOUTS
        and design.treatment in (_T.PLAIN, _T.DUOTONE, _T.LINE)
        and design.letter_symbol is None
    )
