"""A reading: what a brief asks for, in terms that everything behind it understands.

It is plain data and makes no choice of its own: what is not asked for is empty here, and left to art direction.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from blazon.brief import LayoutKind, LetterCase, MarkKind, PaletteMood, Style, TypeKind, Unmet
from blazon.wish_checks import Wish


class Relation(StrEnum):
    """How the things of one scene stand to each other."""

    ALONE = "alone"
    """Each may be shown by itself: `a fox or an owl`, a list of motifs."""
    TOGETHER = "together"
    """In one mark: `a cat and a moon`, `a lion with a key`, `a whale under a lighthouse`."""
    MADE_OF = "made_of"
    """The first has the form of the second: `a tree made of hands`, `a heart as a leaf`."""
    IN_LETTER = "in_letter"
    """The first stands in or for a letter of the name or of the letters: `a leaf in the O`."""


class ColourRole(StrEnum):
    """Where a colour is wanted."""

    ANY = "any"
    BACKGROUND = "background"
    ACCENT = "accent"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Thing:
    """Something to show.

    Args:
        name: what it is called in the library of symbols, an English singular in lower case: `lighthouse`.
        words: as the brief has it: `Leuchtturm`.
    """

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Scene:
    """Things that are wished for, and how they stand to each other."""

    things: tuple[Thing, ...]
    relation: Relation = Relation.ALONE
    link: str = ""
    """The word between the things, such as `holding` or `under`."""
    letter: str = ""
    """For `IN_LETTER`: which letter, empty for any."""


class Technique(StrEnum):
    """How a mark is drawn."""

    LINES = "lines"
    SOLID = "solid"


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour in words (`crimson`) and as `#rrggbb`."""

    name: str
    value: str
    role: ColourRole = ColourRole.ANY


@dataclass(frozen=True, slots=True)
class NamePart:
    """A part of the name that has a colour of its own, up to the next such part.

    Args:
        start: its first letter, spaces counted from 0.
        colour: what is asked for; None for any that is not that of the letters before.
    """

    start: int
    colour: Colour | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a brief asks for.

    Args:
        language: of the prompt, as ISO 639-1; empty where it is not known.
        topic: the words that say what the brand does, in English, without what is avoided and without talk about
            the logo itself: what symbols are searched by.
        show: what must be seen, the most important first.
        avoid: what must not be seen, as names of things in English.
        colours: the colours that are wanted, in the order of importance; `only` says that no others may be used.
        colours_avoided: colours that must not be seen.
        only: whether `colours` are all that may be used.
        moods, styles: what it should feel like, the most fitting first; moods are of the palette.
        kinds, kinds_avoided: of mark, wished and refused. `WORDMARK` among `kinds` alone means no mark at all.
        technique, technique_avoided: how marks are to be drawn and not to be drawn; None where that is left open.
        letters: the letters that a monogram is asked to be made of, as they are to be set.
        layout: the lockup that is asked for.
        type, type_avoided: of type, wished and refused.
        family: a type family that is asked for by its name, one that there is: `Playfair Display`.
        families_avoided: families that must not be used.
        case: how the name is to be set.
        name: the brand's name, given or found in the prompt.
        name_colours: its parts in colours of their own, in the order of the name: `first half grey, second half red`.
        slogan: given, or found in quotes.
        established: a year or date that is to be seen, as it is to be set: `Est. 1894`.
        place: a place that is to be seen: `Lisbon`.
        understood: the reading in plain words, a wish each.
        ignored: words of the prompt that say nothing to anybody here.
        unmet: wishes that cannot be met, known from the reading alone.
        wishes: what finished logos can be held to.
    """

    language: str = "en"
    topic: str = ""
    show: tuple[Scene, ...] = ()
    avoid: tuple[str, ...] = ()
    colours: tuple[Colour, ...] = ()
    colours_avoided: tuple[Colour, ...] = ()
    only: bool = False
    moods: tuple[PaletteMood, ...] = ()
    styles: tuple[Style, ...] = ()
    kinds: tuple[MarkKind, ...] = ()
    kinds_avoided: tuple[MarkKind, ...] = ()
    technique: Technique | None = None
    technique_avoided: Technique | None = None
    letters: str = ""
    layout: LayoutKind | None = None
    type: tuple[TypeKind, ...] = ()
    type_avoided: tuple[TypeKind, ...] = ()
    family: str = ""
    families_avoided: tuple[str, ...] = ()
    case: LetterCase | None = None
    name: str = ""
    name_colours: tuple[NamePart, ...] = ()
    slogan: str = ""
    established: str = ""
    place: str = ""
    understood: tuple[str, ...] = field(default=())
    ignored: tuple[str, ...] = ()
    unmet: tuple[Unmet, ...] = ()
    wishes: tuple[Wish, ...] = ()
