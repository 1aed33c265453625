"""What a brand book is about: the logo in all of its versions, and what is known of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from blazon.brief import LayoutKind
from blazon.design import ColourScheme
from blazon.draw.artwork import Materials
from blazon.draw.outline import Box
from blazon.kit.book.figure import Anchor, Figure, Item, Label, fit, set_plate, show
from blazon.kit.colour_values import CmykProfile, Swatch
from blazon.kit.order import KitOrder
from blazon.kit.picture import Picture
from blazon.kit.shape import Shape
from blazon.kit.tile import Tile, is_dark
from blazon.kit.type_files import KitFont
from blazon.kit.versions import Colouring, Layout, Version

_LAYOUTS: Final = {
    LayoutKind.HORIZONTAL: Layout.HORIZONTAL,
    LayoutKind.STACKED: Layout.STACKED,
    LayoutKind.SYMBOL: Layout.MARK,
    LayoutKind.WORDMARK: Layout.WORDMARK,
    LayoutKind.EMBLEM: Layout.BADGE,
}
TITLES: Final = {
    Layout.HORIZONTAL: "Horizontal",
    Layout.STACKED: "Stacked",
    Layout.MARK: "Mark",
    Layout.WORDMARK: "Wordmark",
    Layout.BADGE: "Badge",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a book is about.

    Args:
        name: of the brand.
        plate: the name as an outline where the type of the book cannot set it; letters 1 high, baseline at 0.
        small: the mark for small sizes, in the colours of the logo.
        small_on_light: the same for a light ground.
        swatches: the colours that are seen, the paper among them.
        cmyk: by which colours are separated for a press; None for no values.
    """

    order: KitOrder
    name: str
    plate: Shape | None
    versions: Mapping[Layout, Version]
    tile: Tile
    small: Picture
    small_on_light: Picture
    fonts: tuple[KitFont, ...]
    swatches: tuple[Swatch, ...]
    materials: Materials
    cmyk: CmykProfile | None = None

    @property
    def primary(self) -> Version:
        """The version that the logo was designed in."""
        wanted = _LAYOUTS[self.order.design.layout]
        return self.versions.get(wanted) or next(iter(self.versions.values()))

    @property
    def wide(self) -> Version:
        """The version for places of little height."""
        return self.first(Layout.HORIZONTAL, Layout.WORDMARK)

    @property
    def compact(self) -> Version:
        """The version for square places."""
        return self.first(Layout.STACKED, Layout.WORDMARK)

    def first(self, *layouts: Layout) -> Version:
        """Return the first of some versions that there is, else the mark."""
        return next(
            (self.versions[layout] for layout in layouts if layout in self.versions), self.versions[Layout.MARK]
        )

    @property
    def on_light(self) -> Colouring:
        """The colouring for a light ground."""
        return Colouring.REVERSED if is_dark(self.scheme().paper) else Colouring.COLOUR

    @property
    def on_dark(self) -> Colouring:
        """The colouring for a dark ground."""
        return Colouring.COLOUR if is_dark(self.scheme().paper) else Colouring.REVERSED

    def write_name(
        self, x: float, y: float, size: float, colour: str, anchor: Anchor = "start", most: int = 40
    ) -> Item:
        """Return the name on a baseline at `y` mm as a label, or as an outline where the book's type cannot set it."""
        if self.plate is None:
            return Label(x, y, self.name[:most], size, colour, anchor)
        return set_plate(self.plate, x, y, size, colour, anchor)

    def scheme(self, colouring: Colouring = Colouring.COLOUR) -> ColourScheme:
        """Return the colours of a colouring."""
        return self.primary.artwork.scheme(colouring.variant)


def tile_figure(
    version: Version,
    width: float,
    height: float,
    colouring: Colouring = Colouring.COLOUR,
    *,
    share: float = 0.62,
    more: tuple[Item, ...] = (),
) -> Figure:
    """Return a version in the middle of a figure on the paper of its colouring."""
    box = Box(0, 0, width, height)
    fills = show(version, fit(box, share, share), colouring)
    return Figure(width, height, (*fills, *more), version.paper(colouring), framed=is_pale(version.paper(colouring)))


def is_pale(colour: str) -> bool:
    """Say whether a ground needs a line to be told from a white page."""
    return min(int(colour[at : at + 2], 16) for at in (1, 3, 5)) > 0xE6
