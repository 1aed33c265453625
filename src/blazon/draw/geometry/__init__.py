"""Geometric marks: families of abstract, parametric marks in the manner of modernist trademarks.

Few parts, equal gaps, exact symmetry. Parts never touch, so that a mark reads in one ink as in two; what is mixed of
two colours is left out in one.
"""

from typing import Final

from blazon.design import GeometricMark
from blazon.draw.geometry import (
    concentric,
    facets,
    grid,
    growth,
    interlaced,
    knot,
    orbit,
    overlap,
    path,
    people,
    rotational,
    spiral,
    stripes,
    waves,
)
from blazon.draw.geometry.family import GeometricFamily, Picture
from blazon.draw.outline import Layer, layer_bounds, transform_path
from blazon.errors import InvalidDesign

__all__ = ["FAMILIES", "SIDE", "GeometricFamily", "draw_geometric_mark"]

SIDE: Final = 1000.0

FAMILIES: Final[tuple[GeometricFamily, ...]] = (
    rotational.FAMILY,
    grid.FAMILY,
    concentric.FAMILY,
    interlaced.FAMILY,
    knot.FAMILY,
    waves.FAMILY,
    facets.FAMILY,
    orbit.FAMILY,
    spiral.FAMILY,
    stripes.FAMILY,
    overlap.FAMILY,
    growth.FAMILY,
    people.FAMILY,
    path.FAMILY,
)


def draw_geometric_mark(mark: GeometricMark) -> tuple[Layer, ...]:
    """Draw a mark in inks `MARK`, `ACCENT` and `MIX`, its optical centre in the middle of a square of `SIDE` units.

    `mark.variant` counts round: any whole number is good.

    Raises:
        InvalidDesign: there is no such family.
    """
    family = next((family for family in FAMILIES if family.name == mark.family), None)
    if family is None:
        known = ", ".join(family.name for family in FAMILIES)
        raise InvalidDesign(f"there is no geometric family {mark.family[:40]!r}; there are {known}")
    return _fit(family.drawings[mark.variant % family.variants]())


def _fit(picture: Picture) -> Picture:
    box = layer_bounds(picture)
    factor = SIDE / 2 / max(-box.left, -box.top, box.right, box.bottom)
    half = SIDE / 2
    return tuple(Layer(transform_path(layer.path, factor, 0, 0, factor, half, half), layer.ink) for layer in picture)
