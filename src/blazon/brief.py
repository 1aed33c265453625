"""What is wanted: the brief that every entry point (API, CLI, library) fills in.

A brief is validated when it is made, so that nothing behind it has to check again.
"""

import dataclasses
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from blazon.errors import InvalidBrief
from blazon.field_checks import (
    check_label,
    check_length,
    check_text,
    check_whole,
    is_number,
    read_choice,
    read_established,
    read_letters,
    read_things,
    refuse_both,
    shorten,
)

MAX_PROMPT: Final = 500
MIN_PROMPT: Final = 3
MAX_BRAND_NAME: Final = 80
MAX_SLOGAN: Final = 60
MAX_MODEL_NAME: Final = 128
MAX_CANDIDATES: Final = 24
MAX_SEED: Final = 2**32 - 1
MIN_SIZE: Final = 64
MAX_SIZE: Final = 2048
DEFAULT_SIZES: Final = (256, 512, 1024)
MAX_SIZES: Final = 32  # different ones, each a picture of its own
MAX_PALETTE_COLOURS: Final = 5
MAX_PALETTE_TEXT: Final = 200
MAX_LORAS: Final = 8
MAX_LORA_SCALE: Final = 10.0
MAX_STEPS: Final = 200
MAX_GUIDANCE: Final = 30.0
MAX_READING: Final = 16_000
MAX_LIKE: Final = 200_000
MAX_OWN_MARK: Final = 45_000
MAX_FAMILY: Final = 80


class Style(StrEnum):
    """The mood of a logo: steers type, treatment and colour together."""

    MINIMAL = "minimal"
    MODERN = "modern"
    CLASSIC = "classic"
    ELEGANT = "elegant"
    PLAYFUL = "playful"
    BOLD = "bold"
    TECH = "tech"
    HANDMADE = "handmade"


class PaletteMood(StrEnum):
    """A palette asked for by mood instead of by colours."""

    WARM = "warm"
    COOL = "cool"
    NATURAL = "natural"
    OCEAN = "ocean"
    SUNSET = "sunset"
    VIVID = "vivid"
    PASTEL = "pastel"
    EARTHY = "earthy"
    LUXURY = "luxury"
    NIGHT = "night"
    MONO = "mono"


class LayoutKind(StrEnum):
    """How mark and name stand together (a lockup)."""

    SYMBOL = "symbol"
    WORDMARK = "wordmark"
    HORIZONTAL = "horizontal"
    STACKED = "stacked"
    EMBLEM = "emblem"


class MarkKind(StrEnum):
    """The kinds of mark that can be wished for or refused."""

    PICTORIAL = "pictorial"
    ABSTRACT = "abstract"
    LETTERS = "letters"
    WORDMARK = "wordmark"
    BADGE = "badge"
    MASCOT = "mascot"


class TypeKind(StrEnum):
    """The kinds of type that can be wished for or refused."""

    SERIF = "serif"
    SANS = "sans"
    SLAB = "slab"
    SCRIPT = "script"
    MONO = "mono"
    BLACKLETTER = "blackletter"
    CONDENSED = "condensed"
    WIDE = "wide"
    THIN = "thin"
    HEAVY = "heavy"
    ROUNDED = "rounded"
    DISPLAY = "display"
    RETRO = "retro"
    STENCIL = "stencil"


class LetterCase(StrEnum):
    """How a text is set: as it was written, or all in capitals or small letters."""

    AS_GIVEN = "as_given"
    UPPER = "upper"
    LOWER = "lower"


class Engine(StrEnum):
    """Who draws the mark; `auto` lets the installation decide."""

    AUTO = "auto"
    FLUX = "flux"
    VECTOR = "vector"


@dataclass(frozen=True, slots=True)
class Unmet:
    """A wish that cannot be met as it is, and what is done instead; both in plain words."""

    wish: str
    instead: str


@dataclass(frozen=True, slots=True)
class Palette:
    """A palette as asked for: a mood, or one to five colours as `#rrggbb` in order of importance."""

    mood: PaletteMood | None = None
    colours: tuple[str, ...] = ()


# Between colours: "navy and gold".
_JOINTS: Final = frozenset({"and", "with", "plus"})


def parse_palette(text: str) -> Palette:
    """Read a palette: a mood (`ocean`), or colours by hex or CSS name (`#0a7, navy`).

    Raises:
        InvalidBrief: nothing in `text` can be read as a mood or a list of colours.
    """
    if len(text) > MAX_PALETTE_TEXT:
        raise InvalidBrief("palette", f"has {len(text)} characters; at most {MAX_PALETTE_TEXT} are read")
    words = [word for word in re.split(r"[\s,;&+]+", text.strip().lower()) if word and word not in _JOINTS]
    if len(words) == 1 and words[0] in set(PaletteMood):
        return Palette(mood=PaletteMood(words[0]))
    if not words:
        raise InvalidBrief("palette", f"is empty; give a mood ({', '.join(PaletteMood)}) or colours like #0a7d6b, navy")
    if len(words) > MAX_PALETTE_COLOURS:
        raise InvalidBrief("palette", f"has {len(words)} colours; at most {MAX_PALETTE_COLOURS} can be used")
    return Palette(colours=tuple(_read_colour(word) for word in words))


_HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})")


def _read_colour(word: str) -> str:
    """Return one hex colour or CSS colour name as `#rrggbb`."""
    from PIL.ImageColor import colormap  # only when a palette names colours: Pillow is not free to import

    value = colormap.get(word, word)
    if isinstance(value, tuple):  # Pillow puts the numbers of a name there once it has used it
        value = "#" + "".join(f"{part:02x}" for part in value)
    match = _HEX.fullmatch(value)
    if match is None:
        raise InvalidBrief(
            "palette",
            f"{word[:40]!r} is neither a colour (like #0a7d6b or navy) nor, alone, a mood ({', '.join(PaletteMood)})",
        )
    digits = match.group(1)
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


@dataclass(frozen=True, slots=True)
class Brief:
    """A wish for logos.

    Args:
        prompt: what the brand does and how it should feel; 3 to 500 characters after stripping.
        brand_name: set in real type, never painted; may be empty, then candidates are marks alone.
        slogan: a small second line; needs a brand name.
        style, palette, layout: `None` leaves the choice to the engine, which then varies it.
            `palette` also takes text for `parse_palette`; `style`, `layout`, `engine` also take their names.
        show, avoid: things that must and must not be seen, in plain words (`fox`, `honey jar`): up to 8 of up to 40
            characters each, as a list or as one text with commas.
        letters: what a monogram is to be made of, 1 to 4; `R and T` is `RT`.
        established: a year or short date that is to be seen, as it is to be set; up to 24 characters.
        mark, type, case: the kind of mark, the kind of type and the case of the name; `None` leaves the choice to the
            prompt and the engine. They also take their names. What these seven say wins over the prompt.
        count: how many candidates, 1 to 24.
        first: how many candidates of the same set are left out before them: with a count of 1, number `first` alone.
            Both together are 24 at most.
        seed: 0 to 2**32 - 1; the same brief, seed and version give the same bytes.
        engine: who draws the mark.
        size: largest picture that is wanted, in pixels; a painted mark gets a resolution that fits.
        model: which of the installation's diffusion models, by name; empty for its default.
        steps, guidance: of the diffusion; None for those that the model or the installation chooses.
        negative_prompt: what must not be painted; only some diffusion models can be told.
        loras: names and scales of the LoRAs to paint with; None for all that are configured.
        text_in_prompt: whether a name, slogan, date or place that the prompt tells may be set.
        credit_allowed: whether symbols whose licence asks for credit may be used.
        own_mark: a mark that was brought along, as JSON of a design's `OutlineMark`; it stands in place of one that is
            drawn, in its own colours unless there is a palette. See `blazon.imports`.
        own_font: the name of an uploaded font, in which the name is set if it has the letters.
        reading: what a language model read in the prompt, as `reading.recorded` writes it; empty where rules read it.
            It travels with the brief, so that whoever draws it draws the same, whenever.
        like: a design of which parts are kept, and which, as `direction.variations` writes it; empty for none.

    Raises:
        InvalidBrief: a field cannot be used; the error names it and says what would be accepted.
    """

    prompt: str
    brand_name: str = field(default="", kw_only=True)
    slogan: str = field(default="", kw_only=True)
    style: Style | None = field(default=None, kw_only=True)
    palette: Palette | str | None = field(default=None, kw_only=True)
    layout: LayoutKind | None = field(default=None, kw_only=True)
    show: tuple[str, ...] = field(default=(), kw_only=True)
    avoid: tuple[str, ...] = field(default=(), kw_only=True)
    letters: str = field(default="", kw_only=True)
    established: str = field(default="", kw_only=True)
    mark: MarkKind | None = field(default=None, kw_only=True)
    type: TypeKind | None = field(default=None, kw_only=True)
    case: LetterCase | None = field(default=None, kw_only=True)
    count: int = field(default=4, kw_only=True)
    first: int = field(default=0, kw_only=True)
    seed: int = field(default=0, kw_only=True)
    engine: Engine = field(default=Engine.AUTO, kw_only=True)
    model: str = field(default="", kw_only=True)
    size: int = field(default=1024, kw_only=True)
    steps: int | None = field(default=None, kw_only=True)
    guidance: float | None = field(default=None, kw_only=True)
    negative_prompt: str = field(default="", kw_only=True)
    loras: tuple[tuple[str, float], ...] | None = field(default=None, kw_only=True)
    credit_allowed: bool = field(default=True, kw_only=True)
    text_in_prompt: bool = field(default=True, kw_only=True)
    own_mark: str = field(default="", kw_only=True)
    own_font: str = field(default="", kw_only=True)
    reading: str = field(default="", kw_only=True)
    like: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "prompt", _check_prompt(self.prompt))
        put(self, "brand_name", check_label("brand_name", self.brand_name, MAX_BRAND_NAME))
        put(self, "slogan", check_label("slogan", self.slogan, MAX_SLOGAN))
        put(self, "style", read_choice("style", Style, self.style))
        put(self, "layout", read_choice("layout", LayoutKind, self.layout))
        put(self, "engine", read_choice("engine", Engine, self.engine) or Engine.AUTO)
        put(self, "palette", _read_palette(self.palette))
        put(self, "show", read_things("show", self.show))
        put(self, "avoid", read_things("avoid", self.avoid))
        refuse_both(self.show, self.avoid)
        put(self, "letters", read_letters(self.letters))
        put(self, "established", read_established(self.established))
        put(self, "mark", read_choice("mark", MarkKind, self.mark))
        put(self, "type", read_choice("type", TypeKind, self.type))
        put(self, "case", read_choice("case", LetterCase, self.case))
        put(self, "model", check_label("model", self.model, MAX_MODEL_NAME, "are in any name"))
        check_whole("count", self.count, 1, MAX_CANDIDATES)
        check_whole("first", self.first, 0, MAX_CANDIDATES - self.count)
        check_whole("seed", self.seed, 0, MAX_SEED)
        check_whole("size", self.size, MIN_SIZE, MAX_SIZE)
        check_length("own_mark", check_text("own_mark", self.own_mark), MAX_OWN_MARK, "are read")
        put(self, "own_font", check_label("own_font", self.own_font, MAX_FAMILY, "are in any name"))
        check_length("reading", check_text("reading", self.reading), MAX_READING, "are kept")
        check_length("like", check_text("like", self.like), MAX_LIKE, "are kept")
        _check_diffusion(self)
        for name in ("credit_allowed", "text_in_prompt"):
            if not isinstance(value := getattr(self, name), bool):
                raise InvalidBrief(name, f"must be true or false, not {str(value)[:40]}")
        if self.slogan and not self.brand_name:
            raise InvalidBrief("slogan", "needs a brand_name to stand under")
        if self.layout not in (None, LayoutKind.SYMBOL) and not self.brand_name:
            raise InvalidBrief("layout", f"{self.layout} needs a brand_name to set")
        if self.own_mark and self.engine is Engine.FLUX:
            raise InvalidBrief("engine", "flux paints no own_mark; ask for vector or auto")
        if self.own_mark and self.layout in (LayoutKind.WORDMARK, LayoutKind.EMBLEM):
            raise InvalidBrief("layout", f"{self.layout} has no place for an own_mark; ask for horizontal or stacked")

    def to_dict(self) -> dict[str, Any]:
        """Return the brief as plain JSON data; `from_dict` is its inverse."""
        data = dataclasses.asdict(self)
        # So that a digest of a brief without them is what it was before there were these fields.
        for later in ("reading", "own_mark", "own_font", "like"):
            if not data[later]:
                del data[later]
        return data

    @classmethod
    def from_dict(cls, data: object) -> "Brief":
        """Read a brief written by `to_dict`, also by a version of Blazon that knew fewer fields.

        Raises:
            InvalidBrief: `data` is no brief, or has a field that this version does not know.
        """
        if not isinstance(data, dict):
            raise InvalidBrief("brief", f"must be an object, not {type(data).__name__}")
        known = {field.name for field in dataclasses.fields(cls)}
        if unknown := sorted(map(str, data.keys() - known)):
            raise InvalidBrief(unknown[0][:40], "is not a field that this version of Blazon knows")
        if "prompt" not in data:
            raise InvalidBrief("prompt", "is missing")
        values: dict[str, Any] = {
            **data,
            "palette": _load_palette(data.get("palette")),
            "loras": _load_loras(data.get("loras")),
        }
        return cls(**values)


def keep_sizes(sizes: list[int] | None) -> tuple[int, ...]:
    """Return the pixel sizes to deliver, in the order asked, doubles included; those outside 64..2048 are dropped.

    Raises:
        InvalidBrief: sizes were asked for and none can be kept, or more than `MAX_SIZES` different ones.
    """
    if not sizes:
        return DEFAULT_SIZES
    kept = tuple(size for size in sizes if MIN_SIZE <= size <= MAX_SIZE)
    if not kept:
        raise InvalidBrief("sizes", f"none lies between {MIN_SIZE} and {MAX_SIZE} pixels")
    if len(set(kept)) > MAX_SIZES:
        raise InvalidBrief("sizes", f"names {len(set(kept))} different sizes; at most {MAX_SIZES} are made of one logo")
    return kept


def _check_prompt(value: object) -> str:
    stripped = check_text("prompt", value).strip()
    if len(stripped) < MIN_PROMPT:
        raise InvalidBrief("prompt", f"needs at least {MIN_PROMPT} characters that are not white space")
    return check_length("prompt", stripped, MAX_PROMPT, "are read")


def _read_palette(value: object) -> Palette | None:
    if isinstance(value, str):
        return parse_palette(value)
    if value is None or isinstance(value, Palette):
        return value
    raise InvalidBrief("palette", f"must be text, not {type(value).__name__}")


def _load_palette(value: object) -> Palette | None:
    if value is None:
        return None
    if not (isinstance(value, dict) and value.keys() == {"mood", "colours"}):
        raise InvalidBrief("palette", "must be an object of mood and colours")
    colours = value["colours"]
    if not (isinstance(colours, list | tuple) and all(isinstance(colour, str) for colour in colours)):
        raise InvalidBrief("palette", "must have colours as a list of text")
    return Palette(read_choice("palette", PaletteMood, value["mood"]), tuple(colours))


def _load_loras(value: object) -> tuple[tuple[str, float], ...] | None:
    if value is None:
        return None
    pairs = [tuple(pair) for pair in value if isinstance(pair, list | tuple)] if isinstance(value, list | tuple) else []
    if not (isinstance(value, list | tuple) and len(pairs) == len(value) and all(map(_is_lora, pairs))):
        raise InvalidBrief("loras", "must be a list of pairs of name and scale")
    return tuple(pairs)


def _is_lora(pair: tuple[Any, ...]) -> bool:
    return len(pair) == 2 and isinstance(pair[0], str) and isinstance(pair[1], int | float)


def _check_diffusion(brief: Brief) -> None:
    if brief.steps is not None:
        check_whole("steps", brief.steps, 1, MAX_STEPS)
    guidance = brief.guidance
    if guidance is not None and not (is_number(guidance) and 0 <= guidance <= MAX_GUIDANCE):
        raise InvalidBrief("guidance", f"must be a number from 0 to {MAX_GUIDANCE:g}, not {shorten(guidance)}")
    check_length("negative_prompt", check_text("negative_prompt", brief.negative_prompt), MAX_PROMPT, "are read")
    _check_loras(brief.loras or ())


def _check_loras(loras: tuple[tuple[str, float], ...]) -> None:
    if len(loras) > MAX_LORAS:
        raise InvalidBrief("loras", f"names {len(loras)}; at most {MAX_LORAS} can be painted with")
    for name, scale in loras:
        check_label("loras", name, MAX_MODEL_NAME, "are in any name")
        if not (is_number(scale) and abs(scale) <= MAX_LORA_SCALE):
            raise InvalidBrief(
                "loras", f"{name[:40]!r} must have a scale from -{MAX_LORA_SCALE:g} to {MAX_LORA_SCALE:g}"
            )
