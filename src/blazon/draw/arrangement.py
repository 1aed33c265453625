"""The search for the best way to put two symbols in one mark.

Every placement is tried on bitmaps (`blazon.draw.bitmaps`), so that thousands cost milliseconds,
and scored with integers: how much of each symbol stays, whether strokes and gaps hold at 32
pixels, and how compact the whole is. What would be a heap is left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from blazon.design import Arrangement, CompositeMark
from blazon.draw.bitmaps import (
    CANVAS,
    Polygons,
    centroid,
    close_by,
    dilate,
    erode,
    extent,
    fitting_places,
    flatten,
    largest_part,
    open_by,
    rasterise,
    shift,
)
from blazon.draw.composition import SIDE, fit_outline, symbol_outline, without_specks
from blazon.draw.symbols import Symbol, SymbolLibrary, SymbolStyle

# The first symbol is 48 cells wide and stands in the middle of the canvas: a cell is 20.8 units.
_CELLS: Final = 48
_ORIGIN: Final = (CANVAS - _CELLS) // 2
_MIDDLE: Final = CANVAS // 2
_GAP: Final = 2
_WALL: Final = 2
# What is narrower than 2 * 1 + 1 cells is thinner than two pixels where the mark is 32 pixels wide.
_FINE: Final = 1

_MOST_SYMBOLS: Final = 2
# So many drawings of each thing are tried where the brief asks for both and the best two cannot meet.
_MORE_SYMBOLS: Final = 4
# How many pairs of drawings are tried in every arrangement; the others only contain one another, which is quick.
_SEARCHED: Final = 2
# A score below which a placement is a heap, and what a mark scores more whose arrangement the brief names.
_LEAST_SCORE: Final = 560
_PREFERENCE: Final = 220
_HOLDS: Final = 160
_PREFERRED: Final[dict[str, tuple[Arrangement, ...]]] = {
    "holding": (Arrangement.HELD,),
    "carrying": (Arrangement.HELD,),
    "with": (Arrangement.HELD, Arrangement.CONTAINED),
    "in": (Arrangement.CONTAINED, Arrangement.ENCLOSED),
    "inside": (Arrangement.CONTAINED, Arrangement.ENCLOSED),
}
_LAYERED: Final = (Arrangement.HELD, Arrangement.OVERLAPPED)
_UNDER: Final = ("under", "below", "beneath")
_OVER: Final = ("on", "over", "above")
# One shape that holds both is worth more than two that stand together.
_BASE: Final = {
    Arrangement.CONTAINED: 100,
    Arrangement.ENCLOSED: 60,
    Arrangement.HELD: -140,  # at the corner of another a thing looks like a note on an icon, unless it is held
    Arrangement.OVERLAPPED: 20,
    Arrangement.BESIDE: 0,
}

_HELD_SIZES: Final = (26, 30, 34)
_BACK_SIZES: Final = (42, 50, 58)
_INNER_SIZES: Final = (36, 33, 30, 28, 26, 24, 22, 20)


@dataclass(frozen=True, slots=True)
class _Scored:
    score: int
    mark: CompositeMark


class _Shape:
    """A symbol as bitmaps of several sizes, in the middle of the canvas."""

    def __init__(self, symbol: Symbol, symbols: SymbolLibrary) -> None:
        self.id = symbol.id
        self.style = symbol.style
        self._polygons: Polygons = flatten(
            without_specks(fit_outline(symbol_outline(symbol.id, symbols), SIDE, (0, 0)))
        )
        self._bitmaps: dict[tuple[int, bool], int] = {}
        self._clarities: dict[int, int] = {}
        self._extents: dict[int, tuple[int, int, int, int]] = {}

    def ink(self, cells: int = _CELLS) -> int:
        """Return the symbol, its longer side `cells` long."""
        return self._bitmap(cells, True)

    def silhouette(self, cells: int = _CELLS) -> int:
        """Return the symbol with its holes filled."""
        return self._bitmap(cells, False)

    def _bitmap(self, cells: int, holes: bool) -> int:
        key = cells, holes
        if key not in self._bitmaps:
            self._bitmaps[key] = rasterise(self._polygons, cells / SIDE, _MIDDLE, _MIDDLE, holes=holes)
        return self._bitmaps[key]

    def extent(self, cells: int = _CELLS) -> tuple[int, int, int, int]:
        """Return left, top, right and bottom of the symbol drawn `cells` large."""
        if cells not in self._extents:
            self._extents[cells] = extent(self.silhouette(cells))
        return self._extents[cells]

    def clarity(self, cells: int = _CELLS) -> int:
        """Return how much of the symbol holds when it is drawn `cells` large: 1000 without a thin stroke or gap."""
        if cells not in self._clarities:
            ink, whole = self.ink(cells), self.silhouette(cells).bit_count()
            lost = (ink & ~open_by(ink, _FINE)).bit_count() + (close_by(ink, _FINE) & ~ink).bit_count()
            self._clarities[cells] = max(0, 1000 - 1000 * lost // max(1, whole))
        return self._clarities[cells]


def arrangements(
    firsts: Sequence[Symbol],
    seconds: Sequence[Symbol],
    symbols: SymbolLibrary,
    relation: str = "",
    *,
    wished: bool = False,
) -> list[CompositeMark]:
    """Return marks that show both of two things, one for each arrangement of each two drawings.

    The best of each arrangement come first, in the order of their scores, and then the others; the
    list is empty if none is legible. A mark may have its two things the other way round: the
    body that contains the other is always its first.

    Args:
        firsts: drawings of the first thing, such as `Idea.symbols`, the best first.
        seconds: drawings of the second thing.
        symbols: the library that both are from.
        relation: the word between the two in the brief, such as `holding` or `in`; it decides
            between arrangements that are about as good.
        wished: whether the brief asks for both: more drawings are tried before there is no mark, and at the last both
            stand side by side.
    """
    if {symbol.id for symbol in firsts} & {symbol.id for symbol in seconds}:
        # Two words for one picture: a cow and milk are both a cow.
        return []
    found = _score_all(firsts, seconds, symbols, relation, _MOST_SYMBOLS)
    if wished and not any(one.score >= _LEAST_SCORE for one in found):
        found = _score_all(firsts, seconds, symbols, relation, _MORE_SYMBOLS)
    legible = [one.mark for one in found if one.score >= _LEAST_SCORE]
    if wished and not legible:
        legible = [one.mark for one in found if one.mark.arrangement is Arrangement.BESIDE][:1]
    best = {mark.arrangement: mark for mark in reversed(legible)}
    return sorted(legible, key=lambda mark: best[mark.arrangement] is not mark)


def _score_all(
    firsts: Sequence[Symbol], seconds: Sequence[Symbol], symbols: SymbolLibrary, relation: str, most: int
) -> list[_Scored]:
    """Return the marks of all arrangements of up to `most` drawings of each thing, the best first."""
    found = []
    for place, (first, second) in enumerate(_pairs(firsts, seconds, symbols, most)):
        search = _search(first, second, thoroughly=place < _SEARCHED)
        found += [_Scored(one.score + _weigh(one.mark, relation), one.mark) for one in search]
    return sorted(found, key=lambda one: (-one.score, one.mark.first, one.mark.second))


def _weigh(mark: CompositeMark, relation: str) -> int:
    """Return what a mark scores for its arrangement, more if it means what the brief says."""
    meant = mark.arrangement in _PREFERRED.get(relation, ())
    if mark.arrangement in _LAYERED:
        meant |= relation in _UNDER and mark.y < SIDE // 3
        meant |= relation in _OVER and mark.y > SIDE * 2 // 3
    holds = mark.arrangement is Arrangement.HELD and meant
    return _BASE[mark.arrangement] + _PREFERENCE * meant + _HOLDS * holds


def _pairs(
    firsts: Sequence[Symbol], seconds: Sequence[Symbol], symbols: SymbolLibrary, most: int
) -> Iterator[tuple[_Shape, _Shape]]:
    """Yield drawings of both things, both solid or both in line if there are such."""
    pairs = list(product(_usable(firsts, symbols, most), _usable(seconds, symbols, most)))
    alike = [(one, other) for one, other in pairs if one.style is other.style]
    yield from alike or pairs


def _usable(drawings: Sequence[Symbol], symbols: SymbolLibrary, most: int) -> list[_Shape]:
    """Return the best drawings of one thing; lines only where nothing is solid."""
    solid = [symbol for symbol in drawings if symbol.style is SymbolStyle.FILL] or drawings
    return [_Shape(symbol, symbols) for symbol in solid[:most]]


def _search(first: _Shape, second: _Shape, *, thoroughly: bool) -> Iterator[_Scored]:
    yield from _contained(first, second)
    yield from _contained(second, first)
    if thoroughly:
        yield from _held(first, second)
        yield from _overlapped(first, second)
        yield from _beside(first, second)


def _contained(body: _Shape, inner: _Shape) -> Iterator[_Scored]:
    """Find the largest place for `inner` in the solid of `body`, and in its empty middle."""
    ink = body.ink()
    empty = body.silhouette() & ~ink
    for arrangement, space in ((Arrangement.CONTAINED, ink), (Arrangement.ENCLOSED, empty)):
        room = erode(space, _WALL)
        for cells in _INNER_SIZES:
            shape = inner.silhouette(cells)
            places = fitting_places(room, shape) if shape.bit_count() <= room.bit_count() else 0
            if places:
                dx, dy = _most_central(places)
                size = min(1000, 1000 * (cells - 12) // 16)
                score = (size * 4 + inner.clarity(cells) * 4 + body.clarity() * 2) // 10
                yield _Scored(score, _mark(body, inner, arrangement, dx, dy, cells))
                break


def _most_central(places: int) -> tuple[int, int]:
    """Return the move that stays furthest from every move that does not fit; the middle of several."""
    while smaller := erode(places, 1):
        places = smaller
    best = largest_part(places)
    x, y = centroid(best)
    if not best >> (y * CANVAS + x) & 1:
        y, x = divmod((best & -best).bit_length() - 1, CANVAS)
    return x - _MIDDLE, y - _MIDDLE


def _held(first: _Shape, second: _Shape) -> Iterator[_Scored]:
    """Lay the second over the lower half of the first, where it costs the first least."""
    ink, outer = first.ink(), first.silhouette()
    left, top, right, bottom = first.extent()
    # The upper two fifths are what an animal or a building is known by.
    head = ink & ((1 << ((top + (bottom - top) * 2 // 5) * CANVAS)) - 1)
    places = [(x - _MIDDLE, y - _MIDDLE) for x in range(left, right + 1, 4) for y in range(_MIDDLE, bottom + 1, 4)]
    best: _Scored | None = None
    for cells in _HELD_SIZES:
        front = second.silhouette(cells)
        near, ragged = _cut_of(front)
        for dx, dy in places:
            over = (shift(front, dx, dy) & outer).bit_count() * 100 // front.bit_count()
            if not 25 <= over <= 75:
                continue
            cut = shift(near, dx, dy)
            lost = _loss(first, _CELLS, cut, shift(ragged, dx, dy))
            if lost > 28 or (cut & head).bit_count() * 12 > head.bit_count():
                continue
            score = _placement_score(first, second, dx, dy, cells, lost)
            if best is None or score > best.score:
                best = _Scored(score, _mark(first, second, Arrangement.HELD, dx, dy, cells))
    if best is not None:
        yield best


def _overlapped(first: _Shape, second: _Shape) -> Iterator[_Scored]:
    """Set a larger second behind the first, so that most of both can be seen."""
    near, ragged = _cut_of(first.silhouette())
    steps = range(-_CELLS // 2, _CELLS // 2 + 1, 4)
    best: _Scored | None = None
    for cells in _BACK_SIZES:
        back = second.ink(cells)
        for dx, dy in product(steps, steps):
            cut = shift(near, -dx, -dy)
            lost = _loss(second, cells, cut, shift(ragged, -dx, -dy))
            if not 12 <= lost <= 42:
                continue
            score = _placement_score(first, second, dx, dy, cells, lost)
            if (best is None or score > best.score) and _stays_whole(back, cut):
                best = _Scored(score, _mark(first, second, Arrangement.OVERLAPPED, dx, dy, cells))
    if best is not None:
        yield best


def _cut_of(front: int) -> tuple[int, int]:
    """Return what a shape in front cuts away, its gap included, and the notches that would leave a ragged edge."""
    near = dilate(front, _GAP)
    return near, close_by(near, 4) & ~near


def _loss(back: _Shape, cells: int, cut: int, ragged: int) -> int:
    """Return what a cut costs the shape behind, in percent of its ink: cut details and ragged edges count more."""
    ink = back.ink(cells)
    details = back.silhouette(cells) & ~ink
    cost = (cut & ink).bit_count() + 2 * (cut & details).bit_count() + 3 * (ragged & ink).bit_count()
    return cost * 100 // ink.bit_count()


def _stays_whole(back: int, cut: int) -> bool:
    """Tell whether the largest part of a shape behind stays in one piece."""
    part = largest_part(back)
    left = part & ~cut
    return largest_part(left).bit_count() * 100 >= 92 * left.bit_count()


def _placement_score(first: _Shape, second: _Shape, dx: int, dy: int, cells: int, lost: int) -> int:
    """Score a placement: what stays of the shape behind, what can be read of both, how compact the whole is."""
    left, top, right, bottom = first.extent()
    s_left, s_top, s_right, s_bottom = second.extent(cells)
    wide = max(right, s_right + dx) - min(left, s_left + dx)
    high = max(bottom, s_bottom + dy) - min(top, s_top + dy)
    whole = (first.silhouette() | shift(second.silhouette(cells), dx, dy)).bit_count()
    square = 1000 * min(wide, high) // max(wide, high)
    full = min(1000, whole * 1300 // (wide * high))
    kept = max(0, 1000 - 25 * lost)
    clear = _clarity_of_both(first, second, cells, max(wide, high))
    return (kept * 2 + clear * 4 + square * 2 + full * 2) // 10


def _clarity_of_both(first: _Shape, second: _Shape, cells: int, longest: int) -> int:
    """Return the clarity of the less clear of two symbols in a mark that is `longest` cells long or high."""
    return min(first.clarity(_CELLS * _CELLS // longest), second.clarity(cells * _CELLS // longest))


def _beside(first: _Shape, second: _Shape) -> Iterator[_Scored]:
    """Stand both on one baseline at one visual weight, as near as their ink allows."""
    ink = first.silhouette()
    left, top, right, bottom = first.extent()
    cells = min(range(24, 61, 2), key=lambda size: _imbalance(second, size, ink.bit_count(), bottom - top))
    shape = second.silhouette(cells)
    s_left, s_top, s_right, s_bottom = second.extent(cells)
    dy = bottom - s_bottom
    near = dilate(shape, 2 * _GAP)
    # Far enough to the right it is always clear: from there it comes nearer until it would touch.
    dx = right - s_left + 2 * _GAP
    while not shift(near, dx - 1, dy) & ink and s_left + dx > (left + right) // 2:
        dx -= 1
    wide, high = s_right + dx - left, bottom - min(top, s_top + dy)
    clear = _clarity_of_both(first, second, cells, max(wide, high))
    yield _Scored(
        (clear * 7 + 3 * 1000 * min(wide, high) // max(wide, high)) // 10,
        _mark(first, second, Arrangement.BESIDE, dx, dy, cells),
    )


def _imbalance(shape: _Shape, cells: int, weight: int, height: int) -> int:
    """Return how far a shape is from a given weight and height."""
    bitmap = shape.silhouette(cells)
    _, top, _, bottom = shape.extent(cells)
    return abs(bitmap.bit_count() - weight) * 100 // weight + abs(bottom - top - height) * 100 // height


def _mark(first: _Shape, second: _Shape, arrangement: Arrangement, dx: int, dy: int, cells: int) -> CompositeMark:
    """Return the mark whose second symbol is `cells` long and moved from the middle of the first."""
    half = SIDE // 2
    x, y = half + dx * SIDE // _CELLS, half + dy * SIDE // _CELLS
    return CompositeMark(first.id, second.id, arrangement, x, y, cells * SIDE // _CELLS)
