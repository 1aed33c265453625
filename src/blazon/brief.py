"""What is wanted: the brief that every entry point (API, CLI, library) fills in.

A brief is validated when it is made, so that nothing behind it has to check again.
"""

import dataclasses
import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeVar

from blazon.errors import InvalidBrief

MAX_PROMPT: Final = 500
MIN_PROMPT: Final = 3
MAX_BRAND_NAME: Final = 40
MAX_SLOGAN: Final = 60
MAX_MODEL_NAME: Final = 128
MAX_CANDIDATES: Final = 24
MAX_SEED: Final = 2**32 - 1
MIN_SIZE: Final = 64
MAX_SIZE: Final = 2048
DEFAULT_SIZES: Final = (256, 512, 1024)
MAX_PALETTE_COLOURS: Final = 5
MAX_STEPS: Final = 200
MAX_GUIDANCE: Final = 30.0


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


class Engine(StrEnum):
    """Who draws the mark; `auto` lets the installation decide."""

    AUTO = "auto"
    FLUX = "flux"
    VECTOR = "vector"


@dataclass(frozen=True, slots=True)
class Palette:
    """A palette as asked for: a mood, or one to five colours as `#rrggbb` in order of importance."""

    mood: PaletteMood | None = None
    colours: tuple[str, ...] = ()


def one_line(text: str) -> str:
    """Return `text` in NFC with every run of white space folded to one space, ends stripped."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def parse_palette(text: str) -> Palette:
    """Read a palette: a mood (`ocean`), or colours by hex or CSS name (`#0a7, navy`).

    Raises:
        InvalidBrief: nothing in `text` can be read as a mood or a list of colours.
    """
    words = [word for word in re.split(r"[\s,;]+", text.strip().lower()) if word]
    if len(words) == 1 and words[0] in set(PaletteMood):
        return Palette(mood=PaletteMood(words[0]))
    if not words:
        raise InvalidBrief("palette", f"is empty; give a mood ({', '.join(PaletteMood)}) or colours like #0a7d6b, navy")
    if len(words) > MAX_PALETTE_COLOURS:
        raise InvalidBrief("palette", f"has {len(words)} colours; at most {MAX_PALETTE_COLOURS} can be used")
    return Palette(colours=tuple(_colour(word) for word in words))


_HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})")


def _colour(word: str) -> str:
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
        credit_allowed: whether symbols whose licence asks for credit may be used.

    Raises:
        InvalidBrief: a field cannot be used; the error names it and says what would be accepted.
    """

    prompt: str
    brand_name: str = field(default="", kw_only=True)
    slogan: str = field(default="", kw_only=True)
    style: Style | None = field(default=None, kw_only=True)
    palette: Palette | str | None = field(default=None, kw_only=True)
    layout: LayoutKind | None = field(default=None, kw_only=True)
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

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "prompt", _prompt(self.prompt))
        put(self, "brand_name", _label("brand_name", self.brand_name, MAX_BRAND_NAME))
        put(self, "slogan", _label("slogan", self.slogan, MAX_SLOGAN))
        put(self, "style", _choice("style", Style, self.style))
        put(self, "layout", _choice("layout", LayoutKind, self.layout))
        put(self, "engine", _choice("engine", Engine, self.engine) or Engine.AUTO)
        put(self, "palette", _palette(self.palette))
        put(self, "model", _label("model", self.model, MAX_MODEL_NAME))
        _whole("count", self.count, 1, MAX_CANDIDATES)
        _whole("first", self.first, 0, MAX_CANDIDATES - self.count)
        _whole("seed", self.seed, 0, MAX_SEED)
        _whole("size", self.size, MIN_SIZE, MAX_SIZE)
        _diffusion(self)
        if self.slogan and not self.brand_name:
            raise InvalidBrief("slogan", "needs a brand_name to stand under")
        if self.layout not in (None, LayoutKind.SYMBOL) and not self.brand_name:
            raise InvalidBrief("layout", f"{self.layout} needs a brand_name to set")

    def to_dict(self) -> dict[str, Any]:
        """Return the brief as plain JSON data; `from_dict` is its inverse."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Brief":
        """Read a brief written by `to_dict`."""
        palette, loras = data["palette"], data["loras"]
        return cls(
            **{
                **data,
                "palette": palette
                and Palette(palette["mood"] and PaletteMood(palette["mood"]), tuple(palette["colours"])),
                "loras": None if loras is None else tuple((name, scale) for name, scale in loras),
            }
        )


def kept_sizes(sizes: list[int] | None) -> tuple[int, ...]:
    """Return the pixel sizes to deliver: in the order asked, doubles and those outside 64..2048 dropped.

    Raises:
        InvalidBrief: sizes were asked for and none can be kept.
    """
    if not sizes:
        return DEFAULT_SIZES
    kept = tuple(dict.fromkeys(size for size in sizes if MIN_SIZE <= size <= MAX_SIZE))
    if not kept:
        raise InvalidBrief("sizes", f"none lies between {MIN_SIZE} and {MAX_SIZE} pixels")
    return kept


# Control characters, halves of surrogate pairs, private use and code points without a character.
_UNPRINTABLE: Final = frozenset({"Cc", "Cs", "Co", "Cn"})
_Kind = TypeVar("_Kind", bound=StrEnum)


def _prompt(text: str) -> str:
    _text("prompt", text)
    stripped = text.strip()
    if len(stripped) < MIN_PROMPT:
        raise InvalidBrief("prompt", f"needs at least {MIN_PROMPT} characters that are not white space")
    if len(stripped) > MAX_PROMPT:
        raise InvalidBrief("prompt", f"has {len(stripped)} characters; at most {MAX_PROMPT} are read")
    return stripped


def _label(name: str, text: str, limit: int) -> str:
    _text(name, text)
    label = one_line(text)
    if len(label) > limit:
        raise InvalidBrief(name, f"has {len(label)} characters; at most {limit} can be set in a logo")
    unprintable = sorted({f"U+{ord(char):04X}" for char in label if unicodedata.category(char) in _UNPRINTABLE})
    if unprintable:
        raise InvalidBrief(name, f"has characters that cannot be printed: {', '.join(unprintable[:8])}")
    return label


def _text(name: str, text: object) -> None:
    if not isinstance(text, str):
        raise InvalidBrief(name, f"must be text, not {type(text).__name__}")
    if any(unicodedata.category(char) == "Cs" for char in text):
        raise InvalidBrief(name, "is not valid Unicode text (it holds half of a surrogate pair)")


def _choice(name: str, kinds: type[_Kind], value: object) -> _Kind | None:
    if value is None:
        return None
    try:
        return kinds(str(value))
    except ValueError:
        raise InvalidBrief(name, f"{str(value)[:40]!r} is not one of {', '.join(kinds)}") from None


def _palette(value: object) -> Palette | None:
    if isinstance(value, str):
        return parse_palette(value)
    if value is None or isinstance(value, Palette):
        return value
    raise InvalidBrief("palette", f"must be text, not {type(value).__name__}")


def _diffusion(brief: Brief) -> None:
    if brief.steps is not None:
        _whole("steps", brief.steps, 1, MAX_STEPS)
    guidance = brief.guidance
    if guidance is not None and not (isinstance(guidance, int | float) and 0 <= guidance <= MAX_GUIDANCE):
        raise InvalidBrief("guidance", f"must be a number from 0 to {MAX_GUIDANCE:g}, not {str(guidance)[:40]}")
    _text("negative_prompt", brief.negative_prompt)
    if len(brief.negative_prompt) > MAX_PROMPT:
        raise InvalidBrief("negative_prompt", f"has {len(brief.negative_prompt)} characters; at most {MAX_PROMPT}")


def _whole(name: str, value: object, low: int, high: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise InvalidBrief(name, f"must be a whole number from {low} to {high}, not {str(value)[:40]}")
