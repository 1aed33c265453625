"""The versions of a logo: the same mark and name in every layout, each with its unit and its clear space.

The unit is a quarter of the height of the mark as it stands in a version, half the height of a name alone, and an
eighth of the height of a badge. The clear space is one unit all around.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import takewhile
from typing import Final

from blazon.brief import LayoutKind
from blazon.design import Design, FrameShape, Treatment
from blazon.draw.artwork import Artwork, Materials, Variant, draw, draw_small
from blazon.draw.outline import Box, Ink, layer_bounds
from blazon.draw.svg import colour_inks, join_inks
from blazon.draw.treatments import treat
from blazon.kit.picture import Fill, Picture
from blazon.kit.shape import Shape

_DETAILED: Final = 1024  # pixels for which the initial of a wordmark is drawn, so that nothing of it is left out


class Layout(StrEnum):
    """What stands where."""

    HORIZONTAL = "horizontal"
    STACKED = "stacked"
    MARK = "mark"
    WORDMARK = "wordmark"
    BADGE = "badge"


class Colouring(StrEnum):
    """In which colours a version comes."""

    COLOUR = "colour"
    REVERSED = "reversed"
    """For the opposite ground."""
    BLACK = "black"
    WHITE = "white"

    @property
    def variant(self) -> Variant:
        return Variant.INVERSE if self is Colouring.REVERSED else Variant(self.value)


_KINDS: Final = {
    Layout.HORIZONTAL: LayoutKind.HORIZONTAL,
    Layout.STACKED: LayoutKind.STACKED,
    Layout.MARK: LayoutKind.SYMBOL,
    Layout.WORDMARK: LayoutKind.WORDMARK,
    Layout.BADGE: LayoutKind.EMBLEM,
}
_SHARES: Final = {Layout.WORDMARK: 0.5, Layout.BADGE: 0.125}
_SHARE: Final = 0.25


@dataclass(frozen=True, slots=True)
class Version:
    """A logo in one layout.

    Args:
        artwork: the drawing.
        ink: the box around all of it.
        mark: the box around what the unit is measured on: the mark, or all where there is no mark by itself.
        unit: in the units of the drawing.
        shapes: one outline for each ink, from back to front.
    """

    layout: Layout
    artwork: Artwork
    ink: Box
    mark: Box
    unit: float
    shapes: tuple[tuple[Shape, Ink], ...]

    @property
    def clear_space(self) -> Box:
        """The box that nothing else may enter: what the files show."""
        return self.ink.inset(-self.unit)

    def picture(self, colouring: Colouring = Colouring.COLOUR) -> Picture:
        """Return the version in a colouring with its clear space, on no paper."""
        gradient = self.artwork.gradient and colouring is Colouring.COLOUR
        coloured = colour_inks(self.shapes, self.artwork.scheme(colouring.variant), gradient=gradient)
        return Picture(self.clear_space, tuple(Fill(*one) for one in coloured), self.artwork.title)

    def paper(self, colouring: Colouring = Colouring.COLOUR) -> str:
        """Return the colour that a colouring is drawn for."""
        return self.artwork.scheme(colouring.variant).paper


def draw_versions(design: Design, materials: Materials) -> dict[Layout, Version]:
    """Return the versions that a design can come in, in the order of `Layout`.

    One without a mark is a wordmark, whose mark is its first letter; one without a name has no lockups.

    Raises:
        InvalidDesign, TextNotCovered: it cannot be drawn.
    """
    drawn = {layout: make_version(layout, artwork) for layout, artwork in _draw_layouts(design, materials)}
    return {layout: drawn[layout] for layout in Layout if layout in drawn}


def _draw_layouts(design: Design, materials: Materials) -> Iterator[tuple[Layout, Artwork]]:
    if design.mark is None:
        initial = draw_small(design, materials, _DETAILED)
        yield Layout.MARK, initial
        yield Layout.WORDMARK, draw(design, materials)
        solid = treat(initial.layers, Treatment.KNOCKED_OUT, design.frame or FrameShape.SQUIRCLE)
        yield Layout.BADGE, replace(initial, layers=solid)
        return
    mark = draw(_lay_out(design, Layout.MARK), materials)
    yield Layout.MARK, mark
    if design.brand_name:
        stacked = draw(_lay_out(design, Layout.STACKED), materials)
        yield Layout.STACKED, stacked
        yield Layout.HORIZONTAL, draw(_lay_out(design, Layout.HORIZONTAL), materials)
        yield Layout.WORDMARK, draw(_lay_out(design, Layout.WORDMARK), materials)
        badge = draw(_lay_out(design, Layout.BADGE), materials)
        if badge.svg() != stacked.svg():  # else its name would be too small to read in an emblem
            yield Layout.BADGE, badge
            return
    solid_mark = replace(_lay_out(design, Layout.MARK), treatment=Treatment.KNOCKED_OUT)
    yield Layout.BADGE, draw(replace(solid_mark, frame=design.frame or FrameShape.CIRCLE), materials)


def _lay_out(design: Design, layout: Layout) -> Design:
    """Return a design in another layout; the one that it has stays as it is."""
    kind = _KINDS[layout]
    if design.layout is kind:
        return design
    design = replace(design, layout=kind)
    if layout is Layout.WORDMARK:
        return replace(design, slogan="", established="", place="")
    return replace(design, letter_symbol=None) if layout is Layout.BADGE else design


def make_version(layout: Layout, artwork: Artwork) -> Version:
    """Return a drawing with its measures."""
    ink = layer_bounds(artwork.layers)
    # A lockup holds its mark before its words.
    parts = list(takewhile(lambda layer: layer.ink not in (Ink.NAME, Ink.SLOGAN), artwork.layers))
    mark = layer_bounds(parts) if layout in (Layout.HORIZONTAL, Layout.STACKED) and parts else ink
    shapes = tuple((Shape(path), role) for path, role in join_inks(artwork.layers))
    return Version(layout, artwork, ink, mark, _SHARES.get(layout, _SHARE) * mark.height, shapes)
