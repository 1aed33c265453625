"""Alternatives for one place of a set: other drawings of what its mark shows, so that the better drawn one is taken.

They follow from the place alone and the marks of those before it: a candidate needs none of the others to be chosen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from blazon.brief import Brief, LayoutKind, Style
from blazon.design import (
    CompositeMark,
    Design,
    GeometricMark,
    LetterformMark,
    Mark,
    SymbolMark,
    Treatment,
)
from blazon.direction.dice import Dice
from blazon.direction.marks import ENCLOSED
from blazon.direction.refused_shapes import RefusedShapes
from blazon.direction.scheme_variants import may_vary, vary_scheme
from blazon.draw.artwork import Materials
from blazon.draw.geometry import FAMILIES
from blazon.draw.initials import graphemes
from blazon.draw.letterforms import CONSTRUCTIONS, Construction
from blazon.draw.symbols import Symbol, SymbolStyle
from blazon.draw.typefaces import TypeFamily
from blazon.quality.choice import PARTED
from blazon.reading.reading import Reading

# Drawings of a thing that is wished for are shown by several candidates; the best of them are theirs.
_TAKEN_BY_OTHERS: Final = 3
# Treatments without which a mark may be better drawn.
_TAKEN_OFF: Final = (Treatment.FRAMED, Treatment.KNOCKED_OUT, Treatment.DUOTONE)
# A drawing of less quality than this is no alternative to one that is good.
_MUCH_WORSE: Final = 25


class AlternativeChooser:
    """Finds alternatives for the designs of one brief, place by place."""

    def __init__(self, brief: Brief, reading: Reading, materials: Materials, dice: Dice) -> None:
        self._brief = brief
        self._reading = reading
        self._materials = materials
        self._dice = dice
        self._refused = RefusedShapes(reading.avoid)
        self._colours_are_free = may_vary(brief, reading)
        self._used: set[Mark | None] = set()
        self._looks: set[tuple[Mark | None, Treatment]] = set()
        self._place = -1

    @property
    def _layout_is_free(self) -> bool:
        return self._brief.layout is None and self._reading.layout is None

    def next(self, design: Design, style: Style, most: int) -> tuple[Design, ...]:
        """Return a design and up to `most` alternatives of the same kind of mark, those of other drawings first.

        Where nobody asks for colours, other drawings spend those of the design in other ways. Where nobody asks for a
        layout, one in a layout that leaves more room for type is the last.

        To be called for the places of a set in their order.
        """
        self._place += 1
        self._used.add(design.mark)
        self._looks.add((design.mark, design.treatment))
        found: list[Design] = []
        for other in self._vary(design, style, self._place):
            if len(found) == most:
                break
            fresh = other.mark not in self._used or other.mark == design.mark
            if fresh and (other.mark, other.treatment) not in self._looks:
                found.append(other)
        self._used.update(other.mark for other in found)
        self._looks.update((other.mark, other.treatment) for other in found)
        if self._colours_are_free:
            found = list(_colour_otherwise(design, found))
        if design.layout is LayoutKind.HORIZONTAL and self._layout_is_free:
            # Type beside a mark may be too small to read; above each other both have more room.
            found.append(replace(design, layout=LayoutKind.STACKED))
        return (design, *found)

    def _vary(self, design: Design, style: Style, place: int) -> Iterator[Design]:
        if design.treatment in PARTED:  # which was tried for this mark alone; its cut goes on through the name
            name_idea = None if design.treatment is Treatment.CUT else design.name_idea
            yield replace(design, treatment=Treatment.PLAIN, cut=None, segments=2, name_idea=name_idea)
            return
        match design.mark:
            case SymbolMark():
                yield from self._draw_otherwise(design, design.mark)
            case LetterformMark():
                yield from self._build_otherwise(design, design.mark, style, place)
            case GeometricMark():
                yield from self._shape_otherwise(design, design.mark, place)
            case CompositeMark() if not self._reading.show:
                yield from self._show_one(design, design.mark)

    def _draw_otherwise(self, design: Design, mark: SymbolMark) -> Iterator[Design]:
        """Yield the same thing by other hands, in the same style of drawing first; then without its treatment."""
        symbol = self._materials.symbols.get(mark.symbol)
        drawings = self._materials.symbols.depict(
            symbol.name, credit_allowed=self._brief.credit_allowed, avoid=self._reading.avoid
        )
        others = [one for one in drawings[_TAKEN_BY_OTHERS if self._reading.show else 0 :] if one.id != symbol.id]
        good = [one for one in others if one.quality >= symbol.quality - _MUCH_WORSE]
        if self._reading.technique or self._reading.technique_avoided:
            good = [one for one in good if one.style is symbol.style]
        alike = sorted(good, key=lambda one: one.style is not symbol.style)
        yield from (_with_symbol(design, one) for one in alike[:1])
        # A thing of few drawings is shown more than once: without its treatment it would be so in one way.
        again = self._reading.show and len(drawings) <= _TAKEN_BY_OTHERS
        if design.layout is not LayoutKind.EMBLEM and design.treatment in _TAKEN_OFF and not again:
            yield replace(design, treatment=Treatment.PLAIN)
        yield from (_with_symbol(design, one) for one in alike[1:])

    def _build_otherwise(self, design: Design, mark: LetterformMark, style: Style, place: int) -> Iterator[Design]:
        letters, fonts = len(graphemes(mark.initials)), self._materials.fonts
        if any(one.combined for one in CONSTRUCTIONS if one.name == mark.construction):
            return  # letters that make one shape were measured, and a row of them is not the same idea
        # Those of the set are taken from the other end of the same order.
        order = [
            one
            for one in self._refused.keep_constructions(self._dice.shuffle("construction", CONSTRUCTIONS))
            if letters in one.letters and not one.combined
        ][::-1]
        if design.layout is LayoutKind.EMBLEM or mark.construction not in ENCLOSED:
            order = [one for one in order if one.name not in ENCLOSED]
        turn = 2 * place % max(1, len(order))
        for construction in order[turn:] + order[:turn]:
            families = [
                fonts.family(name)
                for name in construction.families
                if not fonts.missing_characters(name, mark.initials)
            ]
            fitting = [family for family in families if style in family.styles] or families
            if fitting and construction.name != mark.construction:
                family = self._dice.choice(f"alternative/{construction.name}/{place}", fitting)
                other = LetterformMark(mark.initials, construction.name, family.name, _weight_of(construction, family))
                yield replace(design, mark=other)

    def _shape_otherwise(self, design: Design, mark: GeometricMark, place: int) -> Iterator[Design]:
        """Yield other variants of the same family, which express the same."""
        family = next(one for one in FAMILIES if one.name == mark.family)
        others = [variant for variant in family.chosen if variant != mark.variant]
        start = self._dice.number(f"alternative/{mark.family}/{place}", len(others))
        for variant in others[start:] + others[:start]:
            yield replace(design, mark=GeometricMark(mark.family, variant))

    def _show_one(self, design: Design, mark: CompositeMark) -> Iterator[Design]:
        """Yield the first of two things alone, where the brief does not ask for both."""
        symbol = self._materials.symbols.get(mark.first)
        if symbol.style is SymbolStyle.FILL:
            yield _with_symbol(design, symbol)


def _colour_otherwise(design: Design, others: Sequence[Design]) -> Iterator[Design]:
    """Yield other drawings in other schemes of the same colours, but for the same drawing without its treatment."""
    schemes = iter(vary_scheme(design.colours))
    for other in others:
        colours = next(schemes, design.colours) if other.mark != design.mark else design.colours
        two_inks = other.treatment in _OF_TWO_INKS
        yield other if two_inks and colours.accent == colours.mark else replace(other, colours=colours)


# Treatments in which the accent is seen beside the colour of the mark.
_OF_TWO_INKS: Final = (Treatment.DUOTONE, Treatment.GRADIENT, Treatment.SEGMENTED)


def _weight_of(construction: Construction, family: TypeFamily) -> int:
    return min(family.weights) if construction.light else max(family.weights)


def _with_symbol(design: Design, symbol: Symbol) -> Design:
    drawn = replace(design, mark=SymbolMark(symbol.id))
    if drawn.treatment is Treatment.LINE and symbol.style is not SymbolStyle.LINE:
        drawn = replace(drawn, treatment=Treatment.PLAIN)
    return replace(drawn, credits=(symbol.credit,) if symbol.credit else ())
