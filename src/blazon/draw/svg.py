"""The SVG writer: layers and a colour scheme to a document of filled outlines.

The document holds no text elements, scripts, styles or links, and no reference but that of a fill to a gradient in
it, so that it looks the same everywhere and is safe to embed.
"""

from collections.abc import Sequence
from typing import TypeVar
from xml.sax.saxutils import escape

from pathops import Path

from blazon.design import ColourScheme
from blazon.draw.colourings import mix_inks
from blazon.draw.curves import combine_paths
from blazon.draw.outline import INKS, Box, Ink, Layer, number, rectangle, to_svg, union

T = TypeVar("T")


def document(
    layers: Sequence[Layer],
    colours: ColourScheme,
    artboard: Box,
    *,
    title: str,
    background: bool = True,
    gradient: bool = False,
) -> str:
    """Return an SVG document of `layers` as one path for each ink, with a `gradient` in the mark to its accent.

    Tints of the paper's colour are left out, and all of them in a scheme of one colour, where they would swallow what
    lies on them. So is the mix of two colours where there are not two, or where a palette has no room for a third.
    """
    box = f"{number(artboard.left)} {number(artboard.top)} {number(artboard.width)} {number(artboard.height)}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" '
        f'width="{number(artboard.width)}" height="{number(artboard.height)}" role="img">',
        f"<title>{escape_text(title)}</title>",
    ]
    if background:
        parts.append(f'<path fill="{colours.paper}" d="{to_svg(rectangle(artboard))}"/>')
    if gradient and colours.mark != colours.accent:
        parts.append(_gradient(colours.mark, colours.accent))
    for path, colour, other in paint_layers(layers, colours, gradient=gradient):
        fill = colour if other is None else f"url(#{_gradient_id(colour, other)})"
        parts.append(f'<path fill="{fill}" d="{to_svg(path)}"/>')
    return "\n".join([*parts, "</svg>", ""])


def paint_layers(
    layers: Sequence[Layer], colours: ColourScheme, *, gradient: bool = False
) -> list[tuple[Path, str, str | None]]:
    """Return one outline for each ink, from back to front, with its colour, and the other end of a gradient.

    What `document` leaves out is left out.
    """
    return colour_inks(join_inks(layers), colours, gradient=gradient)


def join_inks(layers: Sequence[Layer]) -> list[tuple[Path, Ink]]:
    """Return one outline for each ink, from back to front."""
    joined = []
    for ink in (Ink.TINT, Ink.MIX, Ink.MARK, Ink.ACCENT, Ink.NAME, Ink.SLOGAN):
        paths = [layer.path for layer in layers if layer.ink is ink]
        if paths:
            # The parts of a mark lie apart; letters may touch.
            whole = union(paths) if ink in (Ink.NAME, Ink.SLOGAN) and len(paths) > 1 else combine_paths(paths)
            joined.append((whole, ink))
    return joined


def colour_inks(
    inks: Sequence[tuple[T, Ink]], colours: ColourScheme, *, gradient: bool = False
) -> list[tuple[T, str, str | None]]:
    """Return what is in each ink with its colour, as `paint_layers` does."""
    fills: dict[Ink, str] = {ink: getattr(colours, ink) for ink in INKS}
    tinted = colours.tint != colours.paper and len({*fills.values()}) > 1
    if (mix := mix_inks(colours)) is not None:
        fills[Ink.MIX] = mix
    painted: list[tuple[T, str, str | None]] = []
    for drawn, ink in inks:
        if ink in fills and (tinted or ink is not Ink.TINT):
            runs = gradient and ink is Ink.MARK and colours.mark != colours.accent
            painted.append((drawn, fills[ink], colours.accent if runs else None))
    return painted


def _gradient(start: str, end: str) -> str:
    """Return a gradient of two stops, from the lower left to the upper right of what it fills."""
    return (
        f'<linearGradient id="{_gradient_id(start, end)}" x1="0" y1="1" x2="1" y2="0">'
        f'<stop offset="0" stop-color="{start}"/><stop offset="1" stop-color="{end}"/></linearGradient>'
    )


def _gradient_id(start: str, end: str) -> str:
    """Return a name that says all of the gradient: two logos in one page that share it share the gradient."""
    return f"from-{start[1:]}-to-{end[1:]}"


def escape_text(text: str) -> str:
    """Return a text as it stands in XML. Braces are written as entities: pasted into JSX they would begin code."""
    return escape(xml_safe(text), {"{": "&#123;", "}": "&#125;"})


def xml_safe(text: str) -> str:
    """Drop the characters that XML 1.0 (section 2.2) does not allow even when escaped."""
    return "".join(
        c for c in text if c in "\t\n\r" or "\x20" <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
    )
