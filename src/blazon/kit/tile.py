"""The mark on a square, as icons of apps, avatars and favicons show it."""

import math
from typing import Final

from blazon.design import Design, Treatment
from blazon.draw.artwork import Materials, Variant
from blazon.draw.bitmaps import flatten
from blazon.draw.outline import Box
from blazon.draw.palette import contrast
from blazon.kit.logo_files import small_picture
from blazon.kit.picture import Fill, Picture, place
from blazon.kit.png_file import opaque_png_of
from blazon.kit.versions import Colouring, Version

SIDE: Final = 1000.0
SQUARE: Final = Box(0, 0, SIDE, SIDE)
REACH: Final = 0.38
"""How far from the middle a mark reaches, in the side of its square: within the 40 % that every mask leaves."""

# Up to this side an icon shows the drawing for small sizes, which reaches farther.
_SMALL: Final = 48
_SMALL_SIZES: Final = (16, 32, _SMALL)
_SMALL_REACH: Final = 0.46
_LEAST_CONTRAST: Final = 3.0


class Tile:
    """A mark and the ground that it stands on; what was drawn of it is kept.

    Args:
        mark: of any size, on no paper.
        small: the same as it is drawn for each of some sizes in pixels.
        ground: `#rrggbb`.
    """

    def __init__(self, mark: Picture, small: dict[int, Picture], ground: str) -> None:
        self.ground = ground
        self._mark = mark
        self._small = small
        self._pictures: dict[tuple[int, float], Picture] = {}
        self._pngs: dict[tuple[int, float], bytes] = {}

    def picture(self, reach: float = REACH) -> Picture:
        """Return the square with the mark in its middle, which reaches so far, in the side of the square."""
        return self._centre(0, reach).on(self.ground)

    def small_picture(self, reach: float = REACH) -> Picture:
        """Return the square with the largest of the drawings for small sizes in its middle."""
        return self._centre(max(self._small), reach).on(self.ground)

    def without_ground(self, reach: float = REACH) -> Picture:
        """Return the same, and only the mark."""
        return self._centre(0, reach)

    def png(self, pixels: int, reach: float = REACH) -> bytes:
        """Return an opaque PNG; up to 48 pixels it shows the drawing for small sizes."""
        small = min(self._small, key=lambda size: abs(size - pixels)) if pixels <= _SMALL else 0
        reach = max(reach, _SMALL_REACH) if small else reach
        if (pixels, reach) not in self._pngs:
            self._pngs[pixels, reach] = opaque_png_of(self._centre(small, reach).on(self.ground), pixels)
        return self._pngs[pixels, reach]

    def _centre(self, small: int, reach: float) -> Picture:
        if (small, reach) not in self._pictures:
            self._pictures[small, reach] = _centre(self._small[small] if small else self._mark, reach)
        return self._pictures[small, reach]


def make_tile(
    design: Design,
    version: Version,
    materials: Materials,
    colouring: Colouring = Colouring.COLOUR,
    *,
    solid: bool = True,
) -> Tile:
    """Return the tile of a design, from the version that shows its mark alone.

    A `solid` one shows a mark of one colour in the colour of its paper on a ground of its own colour, which is seen
    from farther away; a mark of several colours, or one that is a solid shape already, stands on its paper.
    """
    mark, paper = version.picture(colouring), version.paper(colouring)
    small = {pixels: small_picture(design, materials, pixels, colouring.variant) for pixels in _SMALL_SIZES}
    colours = {colour for fill in mark.fills for colour in (fill.colour, fill.end) if colour}
    solid = solid and len(colours) == 1 and design.treatment is not Treatment.KNOCKED_OUT
    if not solid or contrast(*colours, paper) < _LEAST_CONTRAST:
        return Tile(mark, small, paper)
    turned = {pixels: picture.in_one_colour(paper) for pixels, picture in small.items()}
    return Tile(mark.in_one_colour(paper), turned, colours.pop())


def variant_for_light(paper: str) -> Variant:
    """Return the colouring that is made for a light ground, of a logo that is drawn for some paper."""
    return Variant.INVERSE if is_dark(paper) else Variant.COLOUR


def variant_for_dark(paper: str) -> Variant:
    """Return the colouring that is made for a dark ground, of a logo that is drawn for some paper."""
    return Variant.COLOUR if is_dark(paper) else Variant.INVERSE


def is_dark(colour: str) -> bool:
    """Say whether white is read better on a colour than black."""
    return contrast(colour, "#ffffff") > contrast(colour, "#000000")


def _centre(mark: Picture, reach: float) -> Picture:
    box = mark.ink
    factor = reach * SIDE / _radius(mark.fills, box)
    half, high = box.width * factor / 2, box.height * factor / 2
    target = Box(SIDE / 2 - half, SIDE / 2 - high, SIDE / 2 + half, SIDE / 2 + high)
    return Picture(SQUARE, place(mark.fills, box, target), mark.title)


def _radius(fills: tuple[Fill, ...], box: Box) -> float:
    """Return how far the outlines reach from the middle of the box around them."""
    x, y = box.centre
    points = (point for fill in fills for polygon in flatten(fill.path) for point in polygon)
    return max(math.hypot(px - x, py - y) for px, py in points)
