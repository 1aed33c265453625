"""Two symbols in one mark: how a `CompositeMark` becomes outlines.

The first symbol fills a square of `SIDE` units, the second stands at the place and in the size that
the mark says. Where two shapes meet, a gap of `GAP` units is cut around the one in front, so that
both can be told apart in one colour.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from pathops import Path, PathOpsError

from blazon.design import Arrangement, CompositeMark
from blazon.draw.curves import combine_paths
from blazon.draw.outline import (
    Ink,
    Layer,
    bounds,
    inked_area,
    intersect_paths,
    move_path,
    scale_path,
    stroke_path,
    subtract_paths,
    union,
)
from blazon.draw.symbols import SymbolLibrary
from blazon.errors import InvalidDesign

SIDE: Final = 1000
GAP: Final = 40
"""Width of the gap between two shapes: a pixel and a little more where the mark is 32 pixels wide."""

# A hole or a part smaller than this square would clog or vanish at 32 pixels.
_SPECK: Final = 30
# What a cut leaves of a part is a splinter if it is a smaller share of the whole.
_SPLINTER: Final = 0.03
# Side of the smallest crossing that can be woven.
_CROSSING: Final = 90
# The largest share of a band that one crossing takes.
_BAND: Final = 0.10


def draw_composite(mark: CompositeMark, symbols: SymbolLibrary) -> tuple[Layer, ...]:
    """Return the layers of a mark: the first symbol in `MARK`, the second, where it is inked, in `ACCENT`.

    Raises:
        InvalidDesign: the library lacks one of the symbols, they do not stand as their arrangement says,
            nothing is left of one of them, or they cannot be cut.
    """
    try:
        return tuple(_compose(mark, symbols))
    except PathOpsError as error:
        raise InvalidDesign(f"{mark.first} and {mark.second} cannot be cut at this place") from error


def _compose(mark: CompositeMark, symbols: SymbolLibrary) -> list[Layer]:
    first = without_specks(fit_outline(symbol_outline(mark.first, symbols), SIDE, (SIDE / 2, SIDE / 2)))
    second = fit_outline(symbol_outline(mark.second, symbols), mark.size, (mark.x, mark.y))
    second = without_specks(second)
    match mark.arrangement:
        case Arrangement.CONTAINED:
            layers = [Layer(without_specks(subtract_paths(first, second)), Ink.MARK)]
        case Arrangement.BESIDE | Arrangement.ENCLOSED:
            layers = [Layer(first, Ink.MARK), Layer(second, Ink.ACCENT)]
        case Arrangement.HELD:
            layers = [Layer(cut_around(first, second), Ink.MARK), Layer(second, Ink.ACCENT)]
        case Arrangement.OVERLAPPED:
            layers = _overlap(first, second)
    shared = inked_area(union([intersect_paths(first, second)]))
    if mark.arrangement is Arrangement.CONTAINED and shared < SIDE:
        raise InvalidDesign(f"{mark.second} does not lie in {mark.first}: x, y or size is wrong")
    if mark.arrangement in (Arrangement.BESIDE, Arrangement.ENCLOSED) and shared >= SIDE:
        raise InvalidDesign(f"{mark.first} and {mark.second} overlap: x, y or size is wrong")
    if any(inked_area(layer.path) < SIDE for layer in layers):
        raise InvalidDesign(f"{mark.first} and {mark.second} cover each other")
    return layers


def symbol_outline(symbol_id: str, symbols: SymbolLibrary) -> Path:
    """Return a symbol as one outline in one ink; the tint of a symbol in two tones is left out.

    Raises:
        InvalidDesign: the library has no such symbol.
    """
    try:
        symbol = symbols.get(symbol_id)
    except KeyError:
        raise InvalidDesign(f"there is no symbol {symbol_id[:80]!r}") from None
    return union([layer.path for layer in symbols.layers(symbol) if layer.ink is not Ink.TINT])


def fit_outline(path: Path, size: float, centre: tuple[float, float]) -> Path:
    """Return `path` with the longer side of its ink `size` units long and its middle at `centre`."""
    box = bounds([path])
    factor = size / max(box.width, box.height, 1e-6)
    (x, y), (to_x, to_y) = box.centre, centre
    return move_path(scale_path(path, factor), to_x - factor * x, to_y - factor * y)


def silhouette(path: Path) -> Path:
    """Return an outline with its holes filled."""
    clean = union([path])
    return union(_solid_parts(clean))


def _solid_parts(clean: Path) -> Iterable[Path]:
    contours = list(clean.contours)
    if not contours:
        return []
    largest = max(contours, key=inked_area)
    return [contour for contour in contours if contour.clockwise is largest.clockwise]


def grow(path: Path, by: float) -> Path:
    """Return an outline that reaches `by` units further all around, its outer corners rounded.

    Raises:
        PathOpsError: the outline cannot be grown.
    """
    return union([path, stroke_path(path, 2 * by)])


def cut_around(back: Path, front: Path) -> Path:
    """Return what is left of `back` behind `front` and a gap around it, without the splinters."""
    left = union([subtract_paths(back, grow(silhouette(front), GAP))])
    whole = inked_area(back)
    uncut = {round(inked_area(contour)) for contour in back.contours}
    kept = [
        contour
        for contour in left.contours
        if inked_area(contour) >= max(_SPECK**2, _SPLINTER * whole) or round(inked_area(contour)) in uncut
    ]
    return combine_paths(kept)


def without_specks(path: Path, speck: float = _SPECK) -> Path:
    """Return an outline without the holes and parts that are too small to be seen or would clog."""
    kept = [contour for contour in path.contours if inked_area(contour) >= speck * speck]
    return combine_paths(kept) if kept else path


def _overlap(first: Path, second: Path) -> list[Layer]:
    """Weave two outlines where they cross as bands do; else the first lies in front of the second."""
    crossings = _crossings(first, second)
    if not _weaves(first, second, crossings):
        return [Layer(first, Ink.MARK), Layer(cut_around(second, first), Ink.ACCENT)]
    over, under = crossings
    woven_first = subtract_paths(first, _gap_at(under, second))
    woven_second = subtract_paths(second, _gap_at(over, first))
    return [Layer(union([woven_first]), Ink.MARK), Layer(union([woven_second]), Ink.ACCENT)]


def _weaves(first: Path, second: Path, crossings: Sequence[Path]) -> bool:
    """Tell whether two outlines cross as two bands do: in two small places, neither too small to be seen."""
    if len(crossings) != 2:
        return False
    areas = [inked_area(spot) for spot in crossings]
    return min(areas) >= _CROSSING**2 and max(areas) <= _BAND * min(inked_area(first), inked_area(second))


def _crossings(first: Path, second: Path) -> Sequence[Path]:
    """Return the places where two outlines cross, from top to bottom."""
    shared = union([intersect_paths(first, second)])
    spots = [spot for spot in shared.contours if inked_area(spot) > 1]
    return sorted(spots, key=lambda spot: (round(bounds([spot]).centre[1]), round(bounds([spot]).centre[0])))


def _gap_at(spot: Path, front: Path) -> Path:
    """Return what is cut out of the shape behind at one crossing: the shape in front there, and a gap beside it."""
    return intersect_paths(grow(front, GAP), grow(spot, 2 * GAP))
