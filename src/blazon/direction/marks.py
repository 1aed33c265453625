"""The choice of marks: which picture, monogram or abstract shape each candidate shows, and how it is treated."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Final

from blazon.brief import Brief, LayoutKind, MarkKind, Style
from blazon.design import FrameShape, GeometricMark, LetterformMark, Mark, SymbolMark, Treatment
from blazon.direction.dice import Dice
from blazon.direction.moods import words_of
from blazon.direction.pictures import Drawings, PictureChooser
from blazon.direction.plan import Slot
from blazon.direction.refused_shapes import RefusedShapes
from blazon.draw.artwork import Materials, draw_mark
from blazon.draw.geometry import GeometricFamily
from blazon.draw.initials import graphemes, initials_of
from blazon.draw.letterforms import CONSTRUCTIONS, Construction, suits
from blazon.draw.symbols import Symbol, SymbolStyle
from blazon.draw.treatments import is_symmetric
from blazon.reading.reading import Reading, Technique

# What a badge shows inside is a picture where there is one.
_PICTURES: Final = (MarkKind.PICTORIAL, MarkKind.MASCOT, MarkKind.BADGE)

_FRAMES: Final[dict[Style, tuple[FrameShape, ...]]] = {
    Style.MINIMAL: (FrameShape.CIRCLE, FrameShape.SQUIRCLE),
    Style.MODERN: (FrameShape.SQUIRCLE, FrameShape.CIRCLE, FrameShape.HEXAGON),
    Style.CLASSIC: (FrameShape.SHIELD, FrameShape.CIRCLE, FrameShape.BADGE),
    Style.ELEGANT: (FrameShape.CIRCLE, FrameShape.BADGE),
    Style.PLAYFUL: (FrameShape.BADGE, FrameShape.CIRCLE, FrameShape.SQUIRCLE),
    Style.BOLD: (FrameShape.SHIELD, FrameShape.SQUIRCLE, FrameShape.HEXAGON),
    Style.TECH: (FrameShape.HEXAGON, FrameShape.SQUIRCLE, FrameShape.CIRCLE),
    Style.HANDMADE: (FrameShape.BADGE, FrameShape.CIRCLE),
}

_TREATMENTS: Final = (Treatment.PLAIN, Treatment.KNOCKED_OUT, Treatment.DUOTONE, Treatment.LINE, Treatment.FRAMED)
_EMBLEM_TREATMENTS: Final = (Treatment.KNOCKED_OUT, Treatment.FRAMED, Treatment.DUOTONE)
# How a drawing that was shown before is shown once more.
_OTHER_LOOKS: Final = (Treatment.PLAIN, Treatment.KNOCKED_OUT, Treatment.FRAMED)
_OTHER_FRAMES: Final = (FrameShape.CIRCLE, FrameShape.SQUIRCLE, FrameShape.HEXAGON, FrameShape.BADGE)
_WITH_FRAME: Final = frozenset({Treatment.KNOCKED_OUT, Treatment.FRAMED})
# A line drawing inside a ring is too thin for both, and a symbol should be legible at 16 px.
_SYMBOL_STYLES: Final[dict[Treatment, tuple[SymbolStyle, ...]]] = {
    Treatment.PLAIN: (SymbolStyle.FILL, SymbolStyle.LINE),
    Treatment.KNOCKED_OUT: (SymbolStyle.FILL, SymbolStyle.LINE),
    Treatment.FRAMED: (SymbolStyle.FILL, SymbolStyle.LINE),
    Treatment.DUOTONE: (SymbolStyle.DUOTONE, SymbolStyle.FILL, SymbolStyle.LINE),
    Treatment.LINE: (SymbolStyle.LINE, SymbolStyle.FILL),
}
# Families in which letters are tried in a construction, and where the brief asks for these letters.
_TRIED: Final = 2
_TRIED_ASKED: Final = 4
# Monograms that come with a frame.
ENCLOSED: Final = frozenset({"circle", "squircle", "hexagon", "shield", "leaf", "ringed", "halved"})
# Initials that say something no brand wants to say; the first letter alone stands in for them.
_UNSEEMLY: Final = frozenset(
    "SS SA KKK NSD HH AH ASS FAG FU FUK FUC FUX CUM TIT SEX WTF STD PIG DIE KZ WC BO BS VD".split()
)


@dataclass(frozen=True, slots=True)
class MarkIdea:
    """A mark with its treatment; `credits` are the lines that its licences ask for."""

    mark: Mark
    treatment: Treatment
    frame: FrameShape | None
    credits: tuple[str, ...] = ()


class MarkChooser:
    """Chooses the marks for the candidates of one brief, one after another, each unlike those before."""

    def __init__(self, brief: Brief, reading: Reading, materials: Materials, dice: Dice) -> None:
        self._dice = dice
        self._reading = reading
        self._materials = materials
        self._number = 0  # of pictures so far
        self._initials = reading.letters or _avoid_unseemly(initials_of(reading.name))
        self._letters_only = bool(reading.letters) and not reading.show
        self._pictures = PictureChooser(brief, reading, materials.symbols, dice)
        self._refused = RefusedShapes(reading.avoid)
        self._possible = self._possible_constructions()
        self._constructions: list[Construction] = []
        self._turn = 0  # how often every construction was used
        # What is mixed of two colours is a third, which nobody asked for where there are wishes.
        free = not (reading.colours or reading.colours_avoided or brief.palette)
        self._geometric = self._shapes(
            words_of(reading.topic), [family for family in self._refused.keep_families() if free or not family.mixes]
        )
        self._treatments: list[Treatment] = []
        self._looks: dict[str, set[tuple[Treatment, FrameShape | None]]] = {}
        self._frames: list[FrameShape] = []

    @property
    def has_pictures(self) -> bool:
        wished = self._reading.show or MarkKind.MASCOT in self._reading.kinds
        return bool(self._pictures) and (bool(wished) or not self._refuses(MarkKind.PICTORIAL))

    @property
    def needs_pictures(self) -> bool:
        """Whether all candidates have to show something, or some of what is wished for would be seen too seldom."""
        return self._pictures.need_all

    @property
    def motifs(self) -> list[Drawings]:
        """The drawings of what the brief calls up, the most fitting first."""
        return self._pictures.motifs

    @property
    def has_letters(self) -> bool:
        return bool(self._possible)

    def list_letterforms(self, style: Style) -> Iterator[LetterformMark]:
        """Yield the letters in every construction that they suit, each once."""
        for construction in self._possible:
            if (mark := self._try_construction(construction, style)) is not None:
                yield mark

    def list_shapes(self) -> Iterator[Mark]:
        """Yield abstract marks without end, first those that express what the prompt says."""
        return self._shapes(words_of(self._reading.topic), self._refused.keep_families())

    def suit_symbol(self, symbol: Symbol, treatment: Treatment) -> Treatment:
        """Return a treatment if it suits a symbol, or else none."""
        if treatment is Treatment.LINE and symbol.style is not SymbolStyle.LINE:
            return Treatment.PLAIN
        if treatment is Treatment.DUOTONE and not self._has_two_tones(symbol):
            return Treatment.PLAIN
        return treatment

    def _refuses(self, kind: MarkKind) -> bool:
        return kind in self._reading.kinds_avoided and kind not in self._reading.kinds

    def next(self, style: Style, slot: Slot) -> MarkIdea:
        """Return the next mark of the kind of a slot, or of the nearest kind that there is, treated to suit a style."""
        frame = self._frame(style)
        treatment = self._treatment(slot.layout)
        pictured = slot.kind in _PICTURES and self.has_pictures
        if pictured and not (self._letters_only and slot.kind is MarkKind.BADGE):
            composite = next(self._pictures.together, None) if self._wants_composite(slot) else None
            if composite is not None:
                idea = self._make_idea(composite, treatment, frame, slot.layout)
                return replace(idea, credits=self._pictures.credits_of(composite))
            return self._picture(treatment, frame, slot.layout)
        if slot.kind is not MarkKind.ABSTRACT and self._possible and not self._refuses(MarkKind.LETTERS):
            return self._make_idea(self._letterform(style, slot.layout), treatment, frame, slot.layout)
        return self._make_idea(next(self._geometric), treatment, frame, slot.layout)

    def _wants_composite(self, slot: Slot) -> bool:
        """Say whether two things meet in the next mark: those that are wished for together in two of three.

        Otherwise it is once in a set of four: first where the name tells of one of them, or as the seed has it. In a
        seal both would be too small.
        """
        self._number += 1
        if slot.kind is MarkKind.BADGE:
            return False
        if self._reading.technique is Technique.LINES and not self._pictures.several:
            return False  # what meets in one mark is solid
        if self._reading.show:
            return self._pictures.several or self._number % 3 != 0
        first = self._pictures.name_tells or (bool(self._reading.name) and self._dice.number("composite", 2) == 0)
        return self._number % 4 == (1 if first else 2)

    def _picture(self, treatment: Treatment, frame: FrameShape, layout: LayoutKind) -> MarkIdea:
        # A badge in two tones is so by its own parts.
        drawn = Treatment.KNOCKED_OUT if layout is LayoutKind.EMBLEM else treatment
        symbol = self._pictures.next(self._order_styles(drawn))
        if layout is not LayoutKind.EMBLEM:
            treatment = self.suit_symbol(symbol, treatment)
            treatment, frame = self._look_otherwise(symbol, treatment, frame)
        return MarkIdea(SymbolMark(symbol.id), treatment, frame, (symbol.credit,) if symbol.credit else ())

    def _look_otherwise(self, symbol: Symbol, treatment: Treatment, frame: FrameShape) -> tuple[Treatment, FrameShape]:
        """Return a treatment and a frame in which a symbol was not shown before, these if they are such."""
        looks = [(one, frame) for one in (treatment, *_OTHER_LOOKS)]
        looks += [(Treatment.KNOCKED_OUT, other) for other in _OTHER_FRAMES]
        known = self._looks.setdefault(symbol.id, set())
        # A frame is seen where there is one.
        keys = [(one, shape if one in _WITH_FRAME else None) for one, shape in looks]
        place = next((place for place, key in enumerate(keys) if key not in known), 0)
        known.add(keys[place])
        return looks[place]

    def _has_two_tones(self, symbol: Symbol) -> bool:
        """Say whether a symbol has two tones of its own, or halves that can be: else a disc would lie behind it."""
        if symbol.style is SymbolStyle.DUOTONE:
            return True
        return symbol.style is SymbolStyle.FILL and is_symmetric(draw_mark(SymbolMark(symbol.id), self._materials, 0))

    def _letterform(self, style: Style, layout: LayoutKind) -> Mark:
        """Return the next monogram, in a family of the style if one serves; in an emblem, one without a frame."""
        bare = [one for one in self._possible if one.name not in ENCLOSED]
        usable = bare if layout is LayoutKind.EMBLEM and not all(one.combined for one in bare) else self._possible
        while True:
            fresh = [construction for construction in self._constructions if construction in usable]
            if not fresh:
                self._constructions, self._turn = list(self._possible), self._turn + 1
                continue
            self._constructions.remove(fresh[0])
            mark = self._try_construction(fresh[0], style)
            if mark is not None:
                return mark

    def _try_construction(self, construction: Construction, style: Style) -> LetterformMark | None:
        """Return the letters in a construction, None if they do not suit it in any of a few families."""
        fonts = self._materials.fonts
        families = [
            fonts.family(name) for name in construction.families if not fonts.missing_characters(name, self._initials)
        ]
        fitting = [family for family in families if style in family.styles] or families
        for family in self._dice.shuffle(f"monogram/{construction.name}/{self._turn}", fitting)[
            : _TRIED_ASKED if self._reading.letters else _TRIED
        ]:
            weights = sorted({min(family.weights), max(family.weights)}, reverse=not construction.light)
            for weight in weights:
                mark = LetterformMark(self._initials, construction.name, family.name, weight)
                if not construction.combined or suits(mark, fonts):
                    return mark
        return None

    def _make_idea(self, mark: Mark, treatment: Treatment, frame: FrameShape, layout: LayoutKind) -> MarkIdea:
        """Monograms and abstract marks bring their own colours and frames: only an emblem adds one."""
        if layout is LayoutKind.EMBLEM or (treatment is Treatment.KNOCKED_OUT and isinstance(mark, GeometricMark)):
            return MarkIdea(mark, treatment, frame)
        return MarkIdea(mark, Treatment.PLAIN, frame)

    def _treatment(self, layout: LayoutKind) -> Treatment:
        allowed = self._keep_technique(_EMBLEM_TREATMENTS if layout is LayoutKind.EMBLEM else _TREATMENTS)
        fresh = [treatment for treatment in allowed if treatment not in self._treatments]
        if not fresh:
            self._treatments = [kept for kept in self._treatments if kept not in allowed]
            fresh = list(allowed)
        chosen = self._dice.choice(f"treatment/{len(self._treatments)}", fresh)
        self._treatments.append(chosen)
        return chosen

    def _keep_technique(self, treatments: tuple[Treatment, ...]) -> tuple[Treatment, ...]:
        """Return the treatments that keep to the technique that is asked for; an emblem cuts its lines out."""
        if self._reading.technique is Technique.LINES and Treatment.LINE in treatments:
            return (Treatment.LINE,)
        if self._reading.technique is Technique.SOLID or self._reading.technique_avoided is Technique.LINES:
            return tuple(one for one in treatments if one not in (Treatment.LINE, Treatment.DUOTONE))
        return treatments

    def _order_styles(self, treatment: Treatment) -> tuple[SymbolStyle, ...]:
        """Return the styles of symbols that suit a treatment and the technique that is asked for, the best first."""
        if self._reading.technique is Technique.LINES:
            return (SymbolStyle.LINE, SymbolStyle.FILL)
        if self._reading.technique is Technique.SOLID or self._reading.technique_avoided is Technique.LINES:
            return (SymbolStyle.FILL, SymbolStyle.DUOTONE)
        return _SYMBOL_STYLES[treatment]

    def _frame(self, style: Style) -> FrameShape:
        shapes = self._refused.keep_frames(_FRAMES[style])
        fresh = [shape for shape in shapes if shape not in self._frames] or shapes
        self._frames.append(self._dice.choice(f"frame/{len(self._frames)}", fresh))
        return self._frames[-1]

    def _possible_constructions(self) -> list[Construction]:
        """Return the constructions, in an order of chance, for that many initials.

        Those that make two letters one shape come first where letters are asked for, and mostly where they are not.
        """
        letters, fonts = len(graphemes(self._initials)), self._materials.fonts
        possible = [
            construction
            for construction in self._refused.keep_constructions(self._dice.shuffle("construction", CONSTRUCTIONS))
            if construction.may_suit(self._initials)
            and any(not fonts.missing_characters(name, self._initials) for name in construction.families)
        ]
        if letters == 2 and (self._reading.letters or self._dice.number("combined", 4)):
            possible.sort(key=lambda construction: not construction.combined)
        return possible

    def _shapes(self, words: Sequence[str], possible: Sequence[GeometricFamily]) -> Iterator[Mark]:
        """Yield abstract marks without end, first those of families that express what the prompt says."""
        families = self._dice.shuffle("geometric", possible)
        families.sort(key=lambda family: -sum(word in family.ideas for word in words))
        for turn in count():
            for family in families:
                yield GeometricMark(family.name, self._dice.choice(f"variant/{family.name}/{turn}", family.chosen))


def _avoid_unseemly(initials: str) -> str:
    return graphemes(initials)[0] if initials in _UNSEEMLY else initials
