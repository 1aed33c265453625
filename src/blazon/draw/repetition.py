"""Modular repetition: one simple symbol as the module of a pattern, in a grid, mirrored, turned or half-dropped."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from pathops import Path, PathOpsError

from blazon.design import Repeat, RepetitionMark
from blazon.draw.bitmaps import CANVAS, dilate, flatten, rasterise
from blazon.draw.composition import GAP, SIDE, fit_outline, symbol_outline, without_specks
from blazon.draw.curves import combine_paths
from blazon.draw.outline import (
    Box,
    Ink,
    Layer,
    bounds,
    inked_area,
    intersect_paths,
    layer_bounds,
    mirror_path,
    move_path,
    rectangle,
    rotate_path,
    scale_path,
    subtract_paths,
)
from blazon.draw.reduction import count_points, reduce_points
from blazon.draw.symbols import Symbol, SymbolLibrary, SymbolStyle
from blazon.draw.treatments import asymmetry
from blazon.errors import InvalidDesign

# So many of the best drawings of a thing are tried.
_DRAWINGS: Final = 3
# A module is drawn this large; the whole is fitted to its square later.
_SIZE: Final = 1000
_MOST_MODULES: Final = 36
_STEPS: Final = range(100, 4001)
# Air between neighbours, in thousandths of the module, where there are two or three in a row: it holds at 16 pixels.
_AIR: Final = {2: 120, 3: 150}
# Cells for a module, and cells of air, where columns are moved together until their modules would touch.
_CELLS: Final = 30
_CELLS_OF_AIR: Final = 4
# The side of a tile, and the radius of its corners, where a module is counterchanged.
_TILE: Final = 1480
_CORNER: Final = 0.09
# The gap between the halves of a module.
_SLIT: Final = 110
# What is repeated is a plain solid shape: parts, points of all modules together, percent of its box that is inked.
_MOST_PARTS: Final = 4
_MOST_POINTS: Final = {4: 140, 6: 132, 7: 98, 9: 99}
_LEAST_INK: Final = {4: 36, 6: 36, 7: 54, 9: 54}
_TOLERANCE: Final = 2.0
# The longer side of a whole, in hundredths of the shorter.
_MOST_OBLONG: Final = 128
_SYMMETRIC: Final = 0.06
# Fuller ones would be halved into bars.
_MOST_HALVED: Final = 78
_LEANING: Final = 0.25
# How many corners of its box, of this share of its sides, a rectangle fills.
_BOXY: Final = 3
_SQUARE_CORNER: Final = 0.2
_TURNING: Final = (Repeat.TURNED, Repeat.MIRRORED)
_LOOKING: Final = (*_TURNING, Repeat.ALTERNATING)
_SQUARE: Final = (Repeat.TURNED, Repeat.COUNTERCHANGED)
# Quarters by which a module is turned, by column and row.
_QUARTERS: Final = ((0, 3), (1, 2))
_PATTERNS: Final = (
    (Repeat.TURNED, 2, 2),
    (Repeat.MIRRORED, 2, 2),
    (Repeat.ALTERNATING, 2, 3),
    (Repeat.ALTERNATING, 2, 2),
    (Repeat.COUNTERCHANGED, 2, 2),
    (Repeat.HALF_DROP, 3, 2),
    (Repeat.GRID, 3, 3),
    (Repeat.GRID, 2, 2),
    (Repeat.GRID, 3, 2),
    (Repeat.GRID, 2, 3),
)


class _Place(NamedTuple):
    """Where a module stands in a pattern: its number, column and row, and its middle."""

    number: int
    column: int
    row: int
    x: float
    y: float

    @property
    def is_even(self) -> bool:
        return (self.column + self.row) % 2 == 0


def draw_repetition(mark: RepetitionMark, symbols: SymbolLibrary) -> tuple[Layer, ...]:
    """Return a mark as one layer or two, the longer side `SIDE` units: modules in `MARK` and in `ACCENT`.

    Raises:
        InvalidDesign: the library has no such symbol, the numbers make no pattern, or the symbol cannot be cut.
    """
    places = _list_places(mark)
    try:
        module = _read_module(mark.symbol, symbols)
        layers = [layer for place in places for layer in _draw_module(module, mark, place)]
    except PathOpsError as error:
        raise InvalidDesign(f"{mark.symbol} cannot be cut into a pattern") from error
    box = layer_bounds(layers)
    factor = SIDE / max(box.width, box.height)
    (x, y), middle = box.centre, SIDE / 2
    whole = []
    for ink in (Ink.MARK, Ink.ACCENT):
        if paths := [layer.path for layer in layers if layer.ink is ink]:
            path = scale_path(combine_paths(paths), factor)
            whole.append(Layer(move_path(path, middle - factor * x, middle - factor * y), ink))
    return tuple(whole)


def find_repetitions(
    drawings: Sequence[Symbol], symbols: SymbolLibrary, *, turnable: bool = True
) -> list[RepetitionMark]:
    """Return the patterns that suit a thing, in one ink; empty if its drawings are too intricate, thin or long.

    Args:
        drawings: drawings of one thing, such as `Idea.symbols`; the solid one of the fewest points is repeated.
        symbols: the library that they are from.
        turnable: whether the thing may stand on its head.
    """
    solid = [one for one in drawings if one.style is SymbolStyle.FILL][:_DRAWINGS]
    ranked = sorted((_measure(_read_module(one.id, symbols)).points, place) for place, one in enumerate(solid))
    for _, place in ranked:
        if found := list(_suiting(solid[place].id, symbols, turnable)):
            return found
    return []


class _Measures(NamedTuple):
    """A module: its points and parts, the width and height of its ink, and the percent of them that is inked."""

    points: int
    parts: int
    width: float
    height: float
    full: int


def _measure(module: Path) -> _Measures:
    box = bounds([module])
    full = round(100 * inked_area(module) / max(1.0, box.width * box.height))
    return _Measures(count_points(module), len(list(module.contours)), box.width, box.height, full)


def _suiting(symbol: str, symbols: SymbolLibrary, turnable: bool) -> Iterator[RepetitionMark]:
    module = _read_module(symbol, symbols)
    size = _measure(module)
    if size.parts > _MOST_PARTS or _is_boxy(module):
        return
    # What is its own mirror image looks lost when it is turned.
    leaning = asymmetry(module) >= _LEANING
    for pattern, columns, rows in _PATTERNS:
        modules = columns * rows + (columns // 2 if pattern is Repeat.HALF_DROP else 0)
        if size.points * modules > _MOST_POINTS[modules] or size.full < _LEAST_INK[modules]:
            continue
        if (pattern in _TURNING and not turnable) or (pattern in _LOOKING and not leaning):
            continue
        across, down = _step(pattern, module, size, max(columns, rows))
        longer = rows + (pattern is Repeat.HALF_DROP)
        sides = round(size.width) + (columns - 1) * across, round(size.height) + (longer - 1) * down
        if pattern in _SQUARE or 100 * max(sides) <= _MOST_OBLONG * min(sides):
            yield RepetitionMark(symbol, pattern, columns, rows, across, down)


def _is_boxy(module: Path) -> bool:
    """Say whether a module is as good as a rectangle, as a closed book is: repeated it is a window, and no thing."""
    box = bounds([module])
    inset = Box(box.left, box.top, box.left + _SQUARE_CORNER * box.width, box.top + _SQUARE_CORNER * box.height)
    dx, dy = box.width - inset.width, box.height - inset.height
    corners = [move_path(rectangle(inset), x, y) for x in (0, dx) for y in (0, dy)]
    return sum(inked_area(intersect_paths(module, one)) > inked_area(one) / 2 for one in corners) >= _BOXY


def colour_modules(mark: RepetitionMark, symbols: SymbolLibrary) -> list[RepetitionMark]:
    """Return a pattern in two colours, in the ways that suit it: halves that are exchanged, or one module of many."""
    found = []
    module = _read_module(mark.symbol, symbols)
    of_four = (mark.pattern, mark.columns, mark.rows) == (Repeat.GRID, 2, 2)
    if of_four and _measure(module).full <= _MOST_HALVED and asymmetry(module) < _SYMMETRIC:
        found.append(replace(mark, halved=True))
    places = _list_places(mark)
    if mark.pattern is not Repeat.COUNTERCHANGED:
        # The middle one of an odd number, or else the last of the first row.
        accent = len(places) // 2 if len(places) % 2 else (mark.columns - 1) * mark.rows
        found.append(replace(mark, accent=accent))
    return found


def _step(pattern: Repeat, module: Path, size: _Measures, in_row: int) -> tuple[int, int]:
    """Return the distances of modules from middle to middle, across and down."""
    air = _AIR[in_row]
    if pattern is Repeat.COUNTERCHANGED:
        return _TILE, _TILE
    if pattern is Repeat.TURNED:
        side = round(max(size.width, size.height)) + air
        return side, side
    across, down = round(size.width) + air, round(size.height) + air
    return (_nest(module, down) if pattern is Repeat.HALF_DROP else across), down


def _nest(module: Path, down: int) -> int:
    """Return how far apart columns stand whose modules are half a step higher, as near as they stand clear."""
    scale, middle = _CELLS / _SIZE, CANVAS // 2
    rise = round(down * scale / 2)
    one = rasterise(flatten(module), scale, middle - _CELLS, middle, holes=False)
    grown = dilate(one, _CELLS_OF_AIR)
    steps = range(_CELLS // 3, 2 * _CELLS)
    clear = next(step for step in steps if not grown & (one << step + rise * CANVAS | one << step >> rise * CANVAS))
    return clear * _SIZE // _CELLS


def _list_places(mark: RepetitionMark) -> list[_Place]:
    """Return where the modules of a mark stand, column by column.

    Raises:
        InvalidDesign: there is one module only, or far too many, or they stand on each other.
    """
    if not 2 <= mark.columns * mark.rows <= _MOST_MODULES or min(mark.columns, mark.rows) < 1:
        raise InvalidDesign(f"columns x rows must be 2 to {_MOST_MODULES}, not {mark.columns} x {mark.rows}")
    if mark.across not in _STEPS or mark.down not in _STEPS:
        raise InvalidDesign(f"across and down must be {_STEPS[0]} to {_STEPS[-1]}, not {mark.across} and {mark.down}")
    places: list[_Place] = []
    for column in range(mark.columns):
        longer = int(mark.pattern is Repeat.HALF_DROP and column % 2 == 1)
        for row in range(mark.rows + longer):
            y = (row - longer / 2) * mark.down
            places.append(_Place(len(places), column, row, column * mark.across, y))
    if mark.accent is not None and not 0 <= mark.accent < len(places):
        raise InvalidDesign(f"accent must be the number of a module, 0 to {len(places) - 1}, not {mark.accent}")
    return places


def _draw_module(module: Path, mark: RepetitionMark, place: _Place) -> Iterator[Layer]:
    match mark.pattern:
        case Repeat.ALTERNATING if place.row % 2:
            module = mirror_path(module)
        case Repeat.MIRRORED:
            module = mirror_path(module) if place.column % 2 else module
            module = rotate_path(mirror_path(module), 180) if place.row % 2 else module
        case Repeat.TURNED:
            module = rotate_path(module, 90 * _QUARTERS[place.column % 2][place.row % 2])
        case Repeat.COUNTERCHANGED if place.is_even:
            half = mark.across / 2
            module = subtract_paths(rectangle(Box(-half, -half, half, half), _CORNER * mark.across), module)
        case _:
            pass
    ink = Ink.ACCENT if place.number == mark.accent else Ink.MARK
    placed = move_path(module, place.x, place.y)
    if not mark.halved:
        yield Layer(placed, ink)
        return
    inks = (Ink.MARK, Ink.ACCENT) if place.is_even else (Ink.ACCENT, Ink.MARK)
    for side, half_ink in zip((-1, 1), inks, strict=True):
        near, far = place.x + side * _SLIT / 2, place.x + side * _SIZE
        half = rectangle(Box(min(near, far), place.y - _SIZE, max(near, far), place.y + _SIZE))
        yield Layer(intersect_paths(placed, half), half_ink)


def _read_module(symbol: str, symbols: SymbolLibrary) -> Path:
    """Return a symbol around the origin, the longer side of its ink `_SIZE` units, in as few points as it needs."""
    whole = fit_outline(symbol_outline(symbol, symbols), _SIZE, (0, 0))
    return reduce_points(without_specks(whole, 2 * GAP), _TOLERANCE)
