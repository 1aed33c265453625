"""N-fold symmetry: one symbol set around a point several times, as petals are."""

from collections.abc import Sequence
from typing import Final

from pathops import Path, PathOpsError

from blazon.design import RotationMark
from blazon.draw.bitmaps import CANVAS, dilate, flatten, rasterise
from blazon.draw.composition import GAP, SIDE, fit_outline, symbol_outline, without_specks
from blazon.draw.outline import Ink, Layer, inked_area, rotate_path, union
from blazon.draw.symbols import Symbol, SymbolLibrary, SymbolStyle
from blazon.errors import InvalidDesign

COUNTS: Final = range(3, 9)
# One symbol is drawn this large; the whole is fitted to its square later.
_SIZE: Final = 400
_RADII: Final = range(160, 461, 20)
# Cells for a thousand units, and cells of air between neighbours.
_CELLS: Final = 48
_AIR: Final = 2
# Percent of the disc around a mark that is inked at least: less falls apart.
_LEAST_INK: Final = 42
# What is turned must be simple: its contours and points.
_MOST_CONTOURS: Final = 2
_MOST_POINTS: Final = 100


def draw_rotation(mark: RotationMark, symbols: SymbolLibrary) -> tuple[Layer, ...]:
    """Return a mark as one layer, `SIDE` units across.

    Raises:
        InvalidDesign: the library has no such symbol, or it is not turned at least twice, or cannot be.
    """
    if mark.count < 2:
        raise InvalidDesign(f"count must be at least 2, not {mark.count}")
    petal = _petal(mark.symbol, mark.radius, symbols)
    try:
        whole = union([rotate_path(petal, 360 * turn / mark.count) for turn in range(mark.count)])
    except PathOpsError as error:
        raise InvalidDesign(f"{mark.symbol} cannot be turned {mark.count} times") from error
    return (Layer(fit_outline(whole, SIDE, (SIDE / 2, SIDE / 2)), Ink.MARK),)


def find_rotations(drawings: Sequence[Symbol], symbols: SymbolLibrary) -> list[RotationMark]:
    """Return the marks that a symbol makes by turning it around a point, the fullest first; empty if it makes none.

    Args:
        drawings: drawings of one thing, such as `Idea.symbols`; only the first that is solid is tried, if it is simple.
        symbols: the library that they are from.
    """
    solid = next((one for one in drawings if one.style is SymbolStyle.FILL), None)
    if solid is None or not _is_simple(_petal(solid.id, 0, symbols)):
        return []
    found = []
    for count in COUNTS:
        radius = _nearest(solid.id, count, symbols)
        if radius is None:
            continue
        mark = RotationMark(solid.id, count, radius)
        (layer,) = draw_rotation(mark, symbols)
        # A disc takes 785 thousandths of its square.
        full = round(inked_area(layer.path)) * 100 // (SIDE * SIDE * 785 // 1000)
        if full >= _LEAST_INK:
            found.append((-full, count, mark))
    return [mark for _, _, mark in sorted(found, key=lambda entry: entry[:2])]


def _petal(symbol: str, radius: int, symbols: SymbolLibrary) -> Path:
    """Return the symbol above the origin, its middle `radius` units away."""
    return without_specks(fit_outline(symbol_outline(symbol, symbols), _SIZE, (0, -radius)), GAP / 2)


def _is_simple(petal: Path) -> bool:
    return len(list(petal.contours)) <= _MOST_CONTOURS and len(list(petal.points)) <= _MOST_POINTS


def _nearest(symbol: str, count: int, symbols: SymbolLibrary) -> int | None:
    """Return the smallest radius at which neighbours stand clear of each other, or None if none does."""
    petal = _petal(symbol, 0, symbols)
    scale, middle = _CELLS / SIDE, CANVAS // 2
    for radius in _RADII:
        one = petal.transform(1, 0, 0, 1, 0, -radius)
        here, beside = (
            rasterise(flatten(path), scale, middle, middle, holes=False)
            for path in (one, rotate_path(one, 360 / count))
        )
        if not dilate(here, _AIR) & beside:
            return radius
    return None
