"""A picture of filled outlines with a box: what every vector file of the kit is written from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pathops import Path

from blazon.draw.artwork import Artwork, Variant
from blazon.draw.outline import Box, bounds, rectangle, transform_path
from blazon.draw.svg import paint_layers


@dataclass(frozen=True, slots=True)
class Fill:
    """An outline, filled by the non-zero rule.

    Args:
        path: the outline, y down.
        colour: `#rrggbb`.
        end: the other end of a gradient from the lower left to the upper right of the outline's box; None for none.
    """

    path: Path
    colour: str
    end: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """Fills from back to front, of which a box is shown."""

    box: Box
    fills: tuple[Fill, ...]
    title: str = ""

    @property
    def ink(self) -> Box:
        """The box around everything that is filled."""
        return bounds(fill.path for fill in self.fills)

    def on(self, paper: str) -> "Picture":
        """Return the picture with its box filled in one colour, behind everything."""
        return replace(self, fills=(Fill(rectangle(self.box), paper), *self.fills))

    def in_one_colour(self, colour: str) -> "Picture":
        """Return the picture with every fill in one colour."""
        return replace(self, fills=tuple(Fill(fill.path, colour) for fill in self.fills))

    def show(self, box: Box) -> "Picture":
        """Return the same fills with another box around them."""
        return replace(self, box=box)


def picture_of(artwork: Artwork, variant: Variant, box: Box) -> Picture:
    """Return a drawn logo in one of its colourings, without its paper."""
    gradient = artwork.gradient and variant is Variant.COLOUR
    painted = paint_layers(artwork.layers, artwork.scheme(variant), gradient=gradient)
    return Picture(box, tuple(Fill(*one) for one in painted), artwork.title)


def place(fills: Sequence[Fill], source: Box, target: Box) -> tuple[Fill, ...]:
    """Return fills of which the box `source` comes as large as it fits into the middle of `target`."""
    factor = min(target.width / source.width, target.height / source.height)
    (x, y), (to_x, to_y) = source.centre, target.centre
    return transform_fills(fills, factor, 0, 0, factor, to_x - factor * x, to_y - factor * y)


def transform_fills(
    fills: Sequence[Fill], a: float, b: float, c: float, d: float, e: float, f: float
) -> tuple[Fill, ...]:
    """Return fills under the SVG matrix (a b c d e f)."""
    return tuple(replace(fill, path=transform_path(fill.path, a, b, c, d, e, f)) for fill in fills)
