"""Prompt enhancement: a brief to the sentence that a diffusion model is given.

The brand name is left out: a model that reads a name paints letters, and paints them wrong. Type is
set from real fonts instead. So is what must not be seen: a model paints what is named, "no" before it or not.
"""

from collections.abc import Sequence
from typing import Final

from blazon.brief import Brief, MarkKind, Palette, PaletteMood, Style
from blazon.reading.reading import Colour, Reading, Relation, Scene

_GUIDANCE: Final = (
    "professional logo design, clean minimalist vector style, flat bold shapes, clear iconography, "
    "simple high-contrast palette, no text, no letters, plain white background, modern, memorable, scalable, "
    "corporate identity, icon-based, fit for an app icon and a brand mark"
)

_STYLES: Final[dict[Style, str]] = {
    Style.MINIMAL: "reduced to the fewest shapes, generous negative space",
    Style.MODERN: "contemporary, geometric, confident",
    Style.CLASSIC: "timeless, balanced, heraldic restraint",
    Style.ELEGANT: "refined, slender lines, luxurious",
    Style.PLAYFUL: "friendly, rounded, cheerful",
    Style.BOLD: "heavy shapes, strong silhouette, high impact",
    Style.TECH: "precise, engineered, futuristic",
    Style.HANDMADE: "hand-cut, warm, artisanal",
}

_MOODS: Final[dict[PaletteMood, str]] = {
    PaletteMood.WARM: "terracotta, brick and amber",
    PaletteMood.COOL: "blue and slate",
    PaletteMood.NATURAL: "leaf and forest green",
    PaletteMood.OCEAN: "deep sea blue and teal",
    PaletteMood.SUNSET: "coral, orange and plum",
    PaletteMood.VIVID: "saturated contrasting",
    PaletteMood.PASTEL: "soft pastel",
    PaletteMood.EARTHY: "umber, ochre and clay",
    PaletteMood.LUXURY: "near-black and gold",
    PaletteMood.NIGHT: "indigo and electric cyan",
    PaletteMood.MONO: "black and white",
}


_KINDS: Final[dict[MarkKind, str]] = {
    MarkKind.ABSTRACT: "an abstract geometric mark",
    MarkKind.BADGE: "a round emblem",
    MarkKind.MASCOT: "a mascot",
}


def enhance(brief: Brief, reading: Reading) -> str:
    """Return what is to be painted, followed by logo-design guidance and the brief's style and colours.

    A prompt in English that refuses nothing and tells no text to set is passed on as it is.
    """
    parts = [_describe_subject(brief, reading), _GUIDANCE]
    if brief.style is not None:
        parts.append(_STYLES[brief.style])
    if isinstance(brief.palette, Palette):
        parts.append(_describe_colours(brief.palette))
    elif reading.colours:
        parts.append(_name_colours(reading.colours, only=reading.only))
    return ", ".join(parts)


def _describe_subject(brief: Brief, reading: Reading) -> str:
    refused = reading.avoid or reading.colours_avoided or reading.kinds_avoided or reading.type_avoided
    told = (reading.name, reading.slogan, reading.established, reading.letters)
    given = (brief.brand_name, brief.slogan, brief.established, brief.letters)
    if not refused and told == given and reading.language == "en" and not brief.show:
        return " ".join(brief.prompt.split())
    kinds = [_KINDS[kind] for kind in reading.kinds if kind in _KINDS]
    subject = [*map(_describe_scene, reading.show), *kinds, reading.topic]
    return ", ".join(filter(None, subject)) or "an abstract geometric mark"


def _describe_scene(scene: Scene) -> str:
    names = [f"a {thing.name}" for thing in scene.things]
    match scene.relation:
        case Relation.TOGETHER:
            return f" {scene.link or 'and'} ".join(names) + ", in one mark"
        case Relation.MADE_OF:
            return " made of ".join(names)
        case _:
            return " and ".join(names)


def _name_colours(colours: Sequence[Colour], *, only: bool) -> str:
    return f"{'only ' if only else ''}in {' and '.join(dict.fromkeys(colour.name for colour in colours))} colours"


def _describe_colours(palette: Palette) -> str:
    if palette.mood is not None:
        return f"{_MOODS[palette.mood]} colours"
    return f"colours {', '.join(palette.colours)}"
