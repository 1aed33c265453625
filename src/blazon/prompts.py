"""Prompt enhancement: a brief to the sentence that a diffusion model is given.

The brand name is left out: a model that reads a name paints letters, and paints them wrong. Type is
set from real fonts instead.
"""

from typing import Final

from blazon.brief import Brief, Palette, PaletteMood, Style

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


def enhance(brief: Brief) -> str:
    """Return the prompt of a brief, followed by logo-design guidance and the brief's style and colours."""
    parts = [" ".join(brief.prompt.split()), _GUIDANCE]
    if brief.style is not None:
        parts.append(_STYLES[brief.style])
    if isinstance(brief.palette, Palette):
        parts.append(_describe_colours(brief.palette))
    return ", ".join(parts)


def _describe_colours(palette: Palette) -> str:
    if palette.mood is not None:
        return f"{_MOODS[palette.mood]} colours"
    return f"colours {', '.join(palette.colours)}"
