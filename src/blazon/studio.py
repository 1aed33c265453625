"""The use case: a brief to candidates. The library, the command line and the API all come through here."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import islice
from typing import Any, Final, Protocol

from blazon.brief import Brief, Engine, LayoutKind, Unmet
from blazon.design import Design
from blazon.direction.describe import explain, list_shown
from blazon.direction.direct import direct_places
from blazon.direction.letter_places import tell_unplaced
from blazon.direction.mark_options import MarkOptions
from blazon.direction.own_marks import carry_mark, read_own_mark
from blazon.direction.patterns import tell_unrepeated
from blazon.direction.variations import Likeness, keep_parts
from blazon.draw.artwork import Artwork, Materials, Variant, draw, draw_small
from blazon.draw.font_files import NO_FONTS, FontSources
from blazon.draw.fonts import FontLibrary
from blazon.errors import EngineUnavailable, InvalidBrief, InvalidDesign
from blazon.export.raster import png_of
from blazon.generation import Drawn
from blazon.language_model.word_encoder import read_words
from blazon.models import LoadState, ModelCard
from blazon.quality.choice import Examiner
from blazon.quality.lookalikes import LookAlikes
from blazon.reading.checkable_wishes import list_wishes
from blazon.reading.coverage import drop_uncovered
from blazon.reading.fields import apply_fields
from blazon.reading.reader import BriefReader
from blazon.reading.reading import Reading
from blazon.watching import Watch
from blazon.wish_checks import Outcome, list_unkept

VECTOR_MODEL: Final = "blazon/vector-1"
VECTOR_LICENCE: Final = "Apache-2.0"
_CARD: Final = ModelCard(
    VECTOR_MODEL, VECTOR_MODEL, VECTOR_LICENCE, commercial=True, painted=False, state=LoadState.LOADED
)
_BRIEFS: Final = 128  # whose designs are kept: a few kilobytes for each candidate
_AS_FITTING: Final = 4  # so many marks for a design fit it as well as each other
_COMPARED: Final = 3  # so many places before one are compared with it


@dataclass(frozen=True, slots=True)
class Candidate:
    """One finished logo: the design that it follows from and ways to render it.

    Args:
        shows: plain words for what the mark depicts: `fox`, `letters NV`, `abstract: a shape in waves`; empty without
            a mark.
        why: one sentence: why it shows that. Empty for a design that was drawn again without its brief.
        warnings: what whoever uses it should know, a sentence each; none for a design that was drawn again.
    """

    design: Design
    artwork: Artwork
    model: str = VECTOR_MODEL
    shows: tuple[str, ...] = ()
    why: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def svg(self) -> str:
        """The logo as a square SVG document on its paper."""
        return self.artwork.svg()

    def variant_svg(self, variant: Variant | str, *, tight: bool = False, background: bool | None = None) -> str:
        """Return the logo as SVG in another colouring: colour, black, white or inverse."""
        return self.artwork.svg(Variant(variant), tight=tight, background=background)

    def png(self, size: int, variant: Variant | str = Variant.COLOUR, *, background: bool | None = None) -> bytes:
        """Return the logo as a PNG of exactly `size` x `size` pixels."""
        return png_of(self.variant_svg(variant, background=background), size)

    @property
    def credits(self) -> tuple[str, ...]:
        """The lines that must be shown with the logo, because a licence asks for them."""
        return self.design.credits

    def metadata(self) -> dict[str, Any]:
        """Return what is worth keeping beside the pictures, as plain JSON data."""
        return {
            "model": self.model,
            "seed": self.design.seed,
            "credits": list(self.credits),
            "shows": list(self.shows),
            "why": self.why,
            "warnings": list(self.warnings),
            "design": self.design.to_dict(),
        }


class Studio:
    """Draws briefs. Opening one reads the symbols (a tenth of a second); threads may share it."""

    model: Final = VECTOR_MODEL
    engine: Final = Engine.VECTOR

    def __init__(self, materials: Materials) -> None:
        self.materials = materials
        self._reader = BriefReader(materials.symbols, materials.fonts.families)
        self._examiner = Examiner(materials, LookAlikes.open())
        # The candidates of a brief are drawn one by one, in any order and by several threads.
        self._places = lru_cache(_BRIEFS)(self._direct)
        self._readings = lru_cache(_BRIEFS)(self._read)

    @classmethod
    def open(cls, own_fonts: FontSources = NO_FONTS) -> "Studio":
        """Open the materials that the package carries and the user's fonts, at the first call; they are kept.

        Raises:
            InvalidFont: the user's fonts cannot be used.
        """
        kind: Callable[[Materials], Studio] = cls  # the type itself is no key of a cache to mypy
        return _open(kind, own_fonts)

    def models(self) -> tuple[ModelCard, ...]:
        """Return the one model that there is."""
        return (_CARD,)

    @property
    def recipe(self) -> str:
        """What decides a logo beside the brief and the version of Blazon: the user's own fonts."""
        return f"{VECTOR_MODEL} {self.materials.fonts.own_fonts}".strip()

    def card_of(self, _: Brief) -> ModelCard:
        """Return the model that would draw a brief."""
        return _CARD

    def check(self, brief: Brief) -> None:
        """Refuse a brief that cannot be drawn, before anybody waits for it.

        Raises:
            InvalidBrief, EngineUnavailable: why not.
        """
        _refuse_what_is_for_flux(brief)
        if brief.own_mark:
            read_own_mark(brief.own_mark)
        if brief.own_font:
            _find_own_font(brief.own_font, self.materials.fonts)
        # What else can be wrong: the rest of a brief was checked when it was made.
        for field in ("brand_name", "slogan", "established"):
            if text := getattr(brief, field):
                self.materials.fonts.check_text(text, field)

    def read(self, brief: Brief) -> Reading:
        """Return what a brief asks for."""
        return self._readings(brief)

    def candidate(self, brief: Brief, number: int, watch: Watch) -> Drawn:
        """Draw one candidate of a brief, counted from 0: the same as `generate` returns in that place.

        Raises:
            WorkCancelled: nobody waits for it any more.
            InvalidBrief, EngineUnavailable: the brief cannot be drawn.
        """
        watch.cancellation.checkpoint()
        logo = self._draw(brief, brief.first + number)
        return Drawn(
            content=logo.svg.encode(),
            media_type="image/svg+xml",
            model=logo.model,
            seed=logo.design.seed,
            licence=painter.licence if (painter := logo.design.painter) else VECTOR_LICENCE,
            credits=logo.credits,
            design=logo.design.to_dict(),
            shows=logo.shows,
            why=logo.why,
            warnings=logo.warnings,
        )

    def generate(self, brief: Brief) -> list[Candidate]:
        """Return all candidates of a brief, the best first.

        Raises:
            InvalidBrief, EngineUnavailable: the brief cannot be drawn.
        """
        return [self._draw(brief, brief.first + number) for number in range(brief.count)]

    def redraw(self, design: Design) -> Candidate:
        """Draw a design that was stored or edited.

        Raises:
            InvalidDesign: it names a symbol, family or construction that does not exist.
        """
        return Candidate(design, draw(design, self.materials), shows=list_shown(design, self.materials.symbols))

    def examine(self, design: Design) -> Candidate:
        """Draw a design that was stored or edited, and look for what whoever uses it should know.

        Raises:
            InvalidDesign: it names a symbol, family or construction that does not exist.
        """
        shown = replace(design, mark=None) if design.layout is LayoutKind.WORDMARK else design
        choice = self._examiner.examine(shown)
        shows = list_shown(shown, self.materials.symbols)
        return Candidate(design, choice.artwork, shows=shows, warnings=choice.warnings)

    def rank_marks(self, brief: Brief, design: Design, kind: str = "") -> list[Design]:
        """Return a design that was drawn for a brief with other marks, the best first; the same at every call.

        Symbols, letters and shapes take turns, two symbols for one of each of the others.

        Args:
            kind: `symbol`, `letterform` or `geometric` for marks of this kind alone.
        """
        groups: dict[str, list[tuple[int, Design]]] = {}
        for option in MarkOptions(design, brief, self.read(brief), self.materials):
            if kind in ("", option.group):
                score = self._examiner.score(option.design, option.place // _AS_FITTING)
                groups.setdefault(option.group, []).append((score, option.design))
        ranked = [[one for _, one in sorted(group, key=lambda pair: -pair[0])] for group in groups.values()]
        queues = [(iter(group), turns) for group, turns in zip(ranked, (2, 1, 1), strict=False)]
        return list(_take_turns(queues))

    def _draw(self, brief: Brief, place: int) -> Candidate:
        """Draw the best of the designs for a place of the set that a brief asks for, counted from its very first."""
        places = self._places(brief)
        before = [designs[0] for designs in places[max(0, place - _COMPARED) : place]]
        choice = self._examiner.choose(places[place], before)
        symbols = self.materials.symbols
        why = explain(choice.design, self.read(brief), symbols)
        if choice.artwork.left_out:
            why = f"{why.removesuffix('.')}; left out, as too small to read: {', '.join(choice.artwork.left_out)}."
        return Candidate(
            choice.design,
            choice.artwork,
            shows=list_shown(choice.design, symbols),
            why=why,
            warnings=choice.warnings,
        )

    def _read(self, brief: Brief) -> Reading:
        reading = apply_fields(self._reader.read(brief), brief, self.materials.symbols)
        reading = tell_unplaced(drop_uncovered(reading, brief, self.materials.fonts), brief, self.materials)
        reading = tell_unrepeated(reading, brief, self.materials)
        return replace(reading, wishes=list_wishes(reading, self.materials.symbols))

    def unmet(self, brief: Brief, candidates: Sequence[Candidate]) -> tuple[Unmet, ...]:
        """Return the wishes of a brief that cannot be met, and those that no logo of a finished set keeps."""
        reading = self.read(brief)
        logos = [Outcome(one.shows, one.design.to_dict()) for one in candidates]
        return (*reading.unmet, *list_unkept(reading.wishes, logos, reading.unmet))

    def redraw_small(self, design: Design, pixels: int) -> Candidate:
        """Draw a design for a favicon of `pixels` x `pixels`: its mark alone, without what would clog.

        Raises:
            InvalidDesign: it names a symbol, family or construction that does not exist.
        """
        return Candidate(design, draw_small(design, self.materials, pixels))

    def _direct(self, brief: Brief) -> tuple[tuple[Design, ...], ...]:
        _refuse_what_is_for_flux(brief)
        places = tuple(direct_places(brief, self.read(brief), self.materials))
        if brief.own_mark:
            mark, own = read_own_mark(brief.own_mark), brief.palette is None
            places = tuple((carry_mark(designs[0], mark, own_colours=own),) for designs in places)
        return tuple(keep_parts(Likeness.from_text(brief.like), places, self.materials) if brief.like else places)


def _take_turns(queues: Sequence[tuple[Iterator[Design], int]]) -> Iterator[Design]:
    """Yield from queues by turns, as many at each turn as it says, until all are empty."""
    while taken := [one for queue, turns in queues for one in islice(queue, turns)]:
        yield from taken


@cache
def _open(kind: Callable[[Materials], Studio], own_fonts: FontSources) -> Studio:
    return kind(Materials.open(own_fonts))


def _find_own_font(name: str, fonts: FontLibrary) -> None:
    try:
        fonts.family(name)
    except InvalidDesign as error:
        raise InvalidBrief("own_font", f"cannot be used: {error}; send a font to POST /v1/fonts") from None


def _refuse_what_is_for_flux(brief: Brief) -> None:
    if brief.engine is Engine.FLUX:
        raise EngineUnavailable("the flux engine is not part of this installation; ask for engine vector or auto")
    for name in ("steps", "guidance", "negative_prompt", "loras"):
        if getattr(brief, name) not in (None, "", ()):
            raise InvalidBrief(name, "is for diffusion models, and this logo would be drawn by the vector engine")
    if brief.model not in ("", VECTOR_MODEL):
        raise InvalidBrief("model", f"{brief.model[:60]!r} is not one of {VECTOR_MODEL}")


class Reader(Protocol):
    """What reads a brief instead of the rules, such as a `LanguageModel`."""

    def read(self, brief: Brief) -> Brief:
        """Return a brief that brings its `reading`."""


def generate(brief: Brief, reader: Reader | None = None) -> list[Candidate]:
    """Return the candidates of a brief; the studio is opened at the first call and kept.

    Args:
        reader: reads the brief; None for the rules, and the encoder of the extra `multilingual` if it is installed.
    """
    return Studio.open().generate(reader.read(brief) if reader else read_words(brief))


def read(brief: Brief, reader: Reader | None = None) -> Reading:
    """Return what a brief asks for, as `generate` understands it: in words, with what is ignored and cannot be met."""
    return Studio.open().read(reader.read(brief) if reader else read_words(brief))
