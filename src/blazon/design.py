"""A design: the small declarative document from which a logo is drawn, byte for byte.

Everything visible follows from it. It holds names and numbers only, so that it can be stored as
JSON, edited by hand ("make it green, stack it") and drawn again.

What pydantic reads of the fields, bounds and the texts below them, is for documents of clients (`design_document`).
"""

import dataclasses
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Discriminator, Field

from blazon.brief import LayoutKind
from blazon.brief import LetterCase as LetterCase
from blazon.errors import InvalidDesign

FORMAT: Final = 1

# Bounds of what anybody may ask to be drawn: beyond them a drawing takes long, or nothing of it is seen.
Colour = Annotated[str, Field(pattern="^#[0-9a-f]{6}$")]
Identifier = Annotated[str, Field(min_length=1, max_length=80)]
Weight = Annotated[int, Field(ge=1, le=1000)]
Text = Annotated[str, Field(max_length=500)]
_Units = Annotated[int, Field(ge=-4000, le=4000)]
_Angle = Annotated[int, Field(ge=-360, le=360)]
_Index = Annotated[int, Field(ge=0, le=500)]


class Treatment(StrEnum):
    """What is done to a mark before it is placed."""

    PLAIN = "plain"
    FRAMED = "framed"
    KNOCKED_OUT = "knocked_out"
    DUOTONE = "duotone"
    LINE = "line"
    GRADIENT = "gradient"
    """In one shape, from the colour of the mark to the accent; flat wherever there is one colour."""
    CUT = "cut"
    """Parted along one line at the angle `Design.cut`."""
    SEGMENTED = "segmented"
    """In `Design.segments` fields about the middle, the first edge at the angle `Design.cut`."""
    STENCIL = "stencil"
    """Bridges run through the counters, as in what is sprayed through a stencil."""


class FrameShape(StrEnum):
    """The shape around a framed or behind a knocked-out mark."""

    CIRCLE = "circle"
    SQUIRCLE = "squircle"
    HEXAGON = "hexagon"
    SHIELD = "shield"
    BADGE = "badge"


class BadgePlan(StrEnum):
    """How mark and words stand together in an emblem."""

    RING = "ring"
    """The name around the mark, small words below on the ring; in a circle or a badge."""
    CREST = "crest"
    """The name below the mark, in a shield, a hexagon or a rounded square."""
    RIBBON = "ribbon"
    """The name on a ribbon across a circle, a badge, a hexagon or a shield."""
    PLATE = "plate"
    """The name on a bar across a diamond or a hexagon."""
    CHIEF = "chief"
    """The name in the head of a shield."""
    LABEL = "label"
    """Everything in a column on a label with notched corners."""
    OVAL = "oval"
    """The name across an oval."""
    STACK = "stack"
    """Lines of one width between rules, without a shape around them."""
    ARCH = "arch"
    """The name on an arch over the mark, small words on its base."""
    FLANKED = "flanked"
    """Date or place to the left and right of the mark, the name below."""
    WREATH = "wreath"
    """The mark in a wreath, the name below."""


class Ornament(StrEnum):
    """What fills the ring of a seal where no words do."""

    DIAMOND = "diamond"
    STARS = "stars"
    WREATH = "wreath"
    REPEAT = "repeat"
    """The name once more."""


@dataclass(frozen=True, slots=True)
class SymbolMark:
    """An open icon, by its id `set:name`."""

    symbol: Identifier
    kind: Literal["symbol"] = "symbol"


@dataclass(frozen=True, slots=True)
class LetterformMark:
    """A monogram of one to four letters cut from the outlines of a font."""

    initials: Annotated[str, Field(min_length=1, max_length=32)]
    construction: Identifier
    family: Identifier
    weight: Weight
    kind: Literal["letterform"] = "letterform"


@dataclass(frozen=True, slots=True)
class GeometricMark:
    """A parametric mark; `variant` picks its parameters within the family."""

    family: Identifier
    variant: Annotated[int, Field(ge=0, le=1_000_000)]
    kind: Literal["geometric"] = "geometric"


class Arrangement(StrEnum):
    """How two symbols stand in one mark."""

    CONTAINED = "contained"
    """The second is cut out of the solid body of the first."""
    ENCLOSED = "enclosed"
    """The second stands in the empty middle of the first."""
    BESIDE = "beside"
    """Side by side on one baseline."""
    HELD = "held"
    """The second lies over the first, a gap around it."""
    OVERLAPPED = "overlapped"
    """The first lies over the second, or both are woven where they cross more than once."""


@dataclass(frozen=True, slots=True)
class CompositeMark:
    """Two open icons in one mark, by their ids `set:name`.

    The first fills a square of 1000 units; `x` and `y` are the middle of the second in that square
    and `size` the longer side of its ink, all in units.
    """

    first: Identifier
    second: Identifier
    arrangement: Arrangement
    x: _Units
    y: _Units
    size: Annotated[int, Field(ge=1, le=4000)]
    kind: Literal["composite"] = "composite"


@dataclass(frozen=True, slots=True)
class RotationMark:
    """An open icon, by its id `set:name`, `count` times around a point, its middle `radius` thousandths away."""

    symbol: Identifier
    count: Annotated[int, Field(ge=2, le=24)]
    radius: _Units
    kind: Literal["rotation"] = "rotation"


class Repeat(StrEnum):
    """How the modules of a repetition follow each other."""

    GRID = "grid"
    """All upright, in columns and rows."""
    MIRRORED = "mirrored"
    """Each is the mirror image of its neighbours, across and down."""
    ALTERNATING = "alternating"
    """Each second row looks to the other side."""
    TURNED = "turned"
    """Each is turned by a quarter against its neighbours: of four around a point each looks another way."""
    HALF_DROP = "half_drop"
    """Each second column has one module more and stands half a step higher."""
    COUNTERCHANGED = "counterchanged"
    """In tiles: solid on the paper, and cut out of a solid tile, in turn."""


@dataclass(frozen=True, slots=True)
class RepetitionMark:
    """An open icon, by its id `set:name`, as the module of a pattern of `columns` x `rows`.

    `across` and `down` are the distances from middle to middle, in thousandths of the longer side of its ink.
    `accent` is the number of the module that is in the accent, counted from 0 column by column from the top left.
    `halved` modules are half in the accent, and exchange the halves from one to the next.
    """

    symbol: Identifier
    pattern: Repeat
    columns: Annotated[int, Field(ge=1, le=100)]
    rows: Annotated[int, Field(ge=1, le=100)]
    across: _Units
    down: _Units
    accent: _Index | None = None
    halved: bool = False
    kind: Literal["repetition"] = "repetition"


@dataclass(frozen=True, slots=True)
class OutlinePart:
    """What of an outline mark is in one ink.

    Args:
        ink: `mark`, `accent` or `tint`.
        colour: as `#rrggbb`, in which it was brought along.
        data: an outline as in the `d` of an SVG path of absolute M, L, Q, C and Z, in a square of 1000 units; filled by
            the non-zero rule. Parts do not overlap.
    """

    ink: Literal["mark", "accent", "tint"]
    colour: Colour
    data: Annotated[str, Field(min_length=1, max_length=40_000)]


@dataclass(frozen=True, slots=True)
class Painter:
    """The diffusion model that painted a mark, and its licence."""

    model: Text
    licence: Text = ""


@dataclass(frozen=True, slots=True)
class OutlineMark:
    """A mark that was brought along or painted, as outlines.

    Args:
        painted_by: what painted it; None of one that was brought along. Files of the design say so.
    """

    parts: Annotated[tuple[OutlinePart, ...], Field(min_length=1, max_length=3)]
    painted_by: Painter | None = None
    kind: Literal["outline"] = "outline"


Mark = SymbolMark | LetterformMark | GeometricMark | CompositeMark | RotationMark | RepetitionMark | OutlineMark
_MARKS: Final[dict[str, type[Mark]]] = {
    "symbol": SymbolMark,
    "letterform": LetterformMark,
    "geometric": GeometricMark,
    "composite": CompositeMark,
    "rotation": RotationMark,
    "repetition": RepetitionMark,
    "outline": OutlineMark,
}


@dataclass(frozen=True, slots=True)
class Typeface:
    """How one line of text is set. `tracking` is in 1/1000 em on top of the optical default.

    A case that was not `case_wished` leaves alone what its own case gives a meaning, such as iPool or mRNA.
    """

    family: Identifier
    weight: Weight
    case: LetterCase = LetterCase.AS_GIVEN
    tracking: Annotated[float, Field(ge=-200, le=1000)] = 0.0
    case_wished: bool = False


class LetterPlace(StrEnum):
    """Where a symbol stands in a name."""

    LETTER = "letter"
    """In place of a letter."""
    COUNTER = "counter"
    """In the counter of a letter."""


@dataclass(frozen=True, slots=True)
class LetterSymbol:
    """A symbol in the name, at its `index`-th printed letter, counted from 0 and without spaces."""

    symbol: Identifier
    index: _Index
    place: LetterPlace


class NameTechnique(StrEnum):
    """What makes a name one's own beside its type: one idea a name."""

    DOT = "dot"
    """The dots of i and j are in the accent."""
    FILLED = "filled"
    """The counter of a letter holds a drop of the accent."""
    OPEN = "open"
    """A without its bar, or E without its stem."""
    CUT = "cut"
    """A letter is cut through at an angle."""
    STENCIL = "stencil"
    """Bridges run through the counters, as in letters that are sprayed through a stencil."""
    INLINE = "inline"
    """A fine line runs along the middle of all strokes."""
    JOINED = "joined"
    """Two neighbours share a stem."""
    LINKED = "linked"
    """Two round neighbours are links of a chain."""
    TIED = "tied"
    """Two neighbours share a bar."""
    ROOF = "roof"
    """The bar of a letter reaches over those behind it."""
    JUSTIFIED = "justified"
    """The words stand below each other, all of one width."""


@dataclass(frozen=True, slots=True)
class NameIdea:
    """What is done to a name.

    Args:
        technique: of what kind.
        index: the printed letter at which it is done, counted from 0 and without spaces; 0 where it is done to all.
        angle: of a cut, in degrees; 0 is level, more rises to the right.
    """

    technique: NameTechnique
    index: _Index = 0
    angle: _Angle = 0


@dataclass(frozen=True, slots=True)
class ColourScheme:
    """One colour for each ink, as `#rrggbb`.

    `palette` holds the colours that every colouring of the logo is confined to, the most important first: those that
    were asked for as the only ones. Empty, others may be added.
    """

    mark: Colour
    accent: Colour
    tint: Colour
    name: Colour
    slogan: Colour
    paper: Colour
    palette: Annotated[tuple[Colour, ...], Field(max_length=16)] = field(default=(), kw_only=True)


@dataclass(frozen=True, slots=True)
class Design:
    """A whole logo. `mark` is None only for a wordmark, the typefaces are None without a name.

    `established` and `place` are set in a small line, or below on the ring of a seal: `Est. 1894`, `Lisbon`.
    From letter number `name_split` on, spaces counted, the name is in the accent, except on a ring.
    `badge` is the plan of an emblem; without one, its frame says whether it is a ring or a crest.
    `cut` is the angle at which the mark is parted, in degrees: 0 is level, more rises to the right. `segments` says in
    how many fields, 2 to 4.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True, "allow_inf_nan": False}

    title: Text
    layout: LayoutKind
    mark: Annotated[Mark | None, Discriminator("kind")]
    colours: ColourScheme
    treatment: Treatment = Treatment.PLAIN
    frame: FrameShape | None = None
    brand_name: Text = ""
    slogan: Text = ""
    name_type: Typeface | None = None
    slogan_type: Typeface | None = None
    letter_symbol: LetterSymbol | None = None
    seed: Annotated[int, Field(ge=0, lt=2**53)] = 0
    credits: tuple[Text, ...] = field(default=())
    established: Text = ""
    place: Text = ""
    name_split: _Index | None = None
    name_idea: NameIdea | None = None
    badge: BadgePlan | None = None
    ornament: Ornament = Ornament.DIAMOND
    cut: _Angle | None = None
    segments: Annotated[int, Field(ge=2, le=4)] = 2
    format: Literal[1] = FORMAT

    @property
    def painter(self) -> Painter | None:
        """What painted the mark; None where no model did."""
        return self.mark.painted_by if isinstance(self.mark, OutlineMark) else None

    def to_dict(self) -> dict[str, Any]:
        """Return the design as plain JSON data; `Design.from_dict` is its inverse."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Design":
        """Read a design written by `to_dict`.

        Raises:
            InvalidDesign: the data is of another format or does not describe a design.
        """
        try:
            if data["format"] != FORMAT:
                raise InvalidDesign(f"format {data['format']!r} is not {FORMAT}, the one that this version draws")
            return cls(
                **{
                    **data,
                    "layout": LayoutKind(data["layout"]),
                    "mark": read_mark_data(data["mark"]),
                    "colours": _read_colours(data["colours"]),
                    "treatment": Treatment(data["treatment"]),
                    "frame": FrameShape(data["frame"]) if data["frame"] else None,
                    "name_type": _read_typeface(data["name_type"]),
                    "slogan_type": _read_typeface(data["slogan_type"]),
                    "letter_symbol": _read_letter_symbol(data.get("letter_symbol")),
                    "name_idea": _read_name_idea(data.get("name_idea")),
                    "credits": tuple(data["credits"]),
                    "badge": BadgePlan(data["badge"]) if data.get("badge") else None,
                    "ornament": Ornament(data.get("ornament", Ornament.DIAMOND)),
                }
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidDesign(f"not a design: {error}") from error


def _read_colours(data: dict[str, Any]) -> ColourScheme:
    return ColourScheme(**{**data, "palette": tuple(data.get("palette", ()))})


def read_mark_data(data: dict[str, Any] | None) -> Mark | None:
    """Read the mark of a design.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    if data is not None and data["kind"] == "composite":
        return CompositeMark(**{**data, "arrangement": Arrangement(data["arrangement"])})
    if data is not None and data["kind"] == "repetition":
        return RepetitionMark(**{**data, "pattern": Repeat(data["pattern"])})
    if data is not None and data["kind"] == "outline":
        parts, painter = tuple(OutlinePart(**part) for part in data["parts"]), data.get("painted_by")
        return OutlineMark(**{**data, "parts": parts, "painted_by": Painter(**painter) if painter else None})
    return None if data is None else _MARKS[data["kind"]](**data)


def _read_typeface(data: dict[str, Any] | None) -> Typeface | None:
    return None if data is None else Typeface(**{**data, "case": LetterCase(data["case"])})


def _read_letter_symbol(data: dict[str, Any] | None) -> LetterSymbol | None:
    return None if data is None else LetterSymbol(**{**data, "place": LetterPlace(data["place"])})


def _read_name_idea(data: dict[str, Any] | None) -> NameIdea | None:
    return None if data is None else NameIdea(**{**data, "technique": NameTechnique(data["technique"])})
