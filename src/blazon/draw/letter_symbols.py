"""A symbol in the name: in place of a letter whose shape it has, or in the counter of one.

How well a symbol stands for a letter is measured on bitmaps of both at the same height, as the
share of their union that both cover, so that the word can still be read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pathops import Path

from blazon.design import LetterPlace, LetterSymbol
from blazon.draw.bitmaps import CANVAS, centroid, close_by, erode, fitting_places, flatten, rasterise
from blazon.draw.composition import symbol_outline, without_specks
from blazon.draw.lettering import Lettering
from blazon.draw.outline import bounds, inked_area, move_path, scale_path, union
from blazon.draw.symbols import Symbol, SymbolLibrary, SymbolStyle
from blazon.errors import InvalidDesign

# A letter is this many cells high.
_CELLS: Final = 48
# Letters that are known by their outer shape alone; of the others the counters must be there too.
_SOLID: Final = frozenset("OoA0")
_ROUND: Final = frozenset("Oo0")
# Letters that are looked at unasked: others have a shape that few things have.
_SUITED: Final = frozenset("OoA0QDU")
_MOST_SYMBOLS: Final = 2
# Percent of overlap from which on a symbol stands for a letter, and what a symbol in a counter scores beside it.
_LEAST_OVERLAP: Final = 73
_IN_COUNTER: Final = 60
# The same where somebody asks for it.
_LEAST_ASKED: Final = 62
_MOST_ASKED: Final = 6
_IN_COUNTER_ASKED: Final = 76
_FILL_ASKED: Final = 20
# Contours of a symbol that is plain enough to be seen in a counter.
_PLAIN: Final = 4
_HEIGHT_ASKED: Final = 27
# How much wider than the letter a symbol may be, and how many cells apart rays may stand to be read as one edge.
_WIDEST: Final = 1.05
_RAYS: Final = 4
# Percent of a round letter that a symbol may have outside of it.
_MOST_CORNERS: Final = 8
# What the first letter must have more: a word is read from its beginning.
_FIRST: Final = 8
# Percent of a counter that a symbol in it fills, percent of the cap height that it is high, and the air around it.
_LEAST_FILL: Final = 38
_LEAST_HEIGHT: Final = 34
_WALL: Final = 3


@dataclass(frozen=True, slots=True)
class _Fit:
    score: int
    place: LetterSymbol


def find_letter_symbols(
    lines: Sequence[Lettering],
    drawings: Sequence[Symbol],
    symbols: SymbolLibrary,
    letter: str = "",
    *,
    asked: bool = False,
) -> list[LetterSymbol]:
    """Return the places in a name where a symbol may stand, the best first; empty if it suits no letter.

    Args:
        lines: the lines of the name as they are set.
        drawings: drawings of one thing, such as `Idea.symbols`; those in lines are left out.
        symbols: the library that they are from.
        letter: only places in or for this letter, whatever its case; empty for any.
        asked: whether somebody asks for it: then a fair fit will do, and more drawings are tried.
    """
    letters = [one for line in lines for one in line.letters]
    characters = [character for line in lines for character in line.text if not character.isspace()]
    if len(letters) != len(characters) or len(letters) < 3:
        # Ligatures and marks: which outline is which letter is not known.
        return []
    cap = max(line.cap_height for line in lines)
    places = [
        (index, character, union([outline.path]))
        for index, (outline, character) in enumerate(zip(letters, characters, strict=True))
        if (asked or character in _SUITED) and (not letter or character.casefold() == letter.casefold())
    ]
    found: list[_Fit] = []
    for symbol in [one for one in drawings if one.style is SymbolStyle.FILL][: _MOST_ASKED if asked else _MOST_SYMBOLS]:
        shape = without_specks(symbol_outline(symbol.id, symbols))
        for index, character, outline in places:
            found += _fits(symbol.id, shape, index, outline, character, cap, asked)
    found.sort(key=lambda fit: (-fit.score, fit.place.index, fit.place.symbol))
    return [fit.place for fit in found]


def _fits(
    symbol: str, shape: Path, index: int, letter: Path, character: str, cap: float, asked: bool
) -> Iterator[_Fit]:
    least = _LEAST_ASKED if asked else _LEAST_OVERLAP
    overlap = _overlap(shape, letter, outer=character in _SOLID, round_letter=character in _ROUND)
    if overlap >= least + (0 if index else _FIRST):
        yield _Fit(overlap, LetterSymbol(symbol, index, LetterPlace.LETTER))
    room = _counter(letter)
    height, fill = (_HEIGHT_ASKED, _FILL_ASKED) if asked else (_LEAST_HEIGHT, _LEAST_FILL)
    if room is not None and bounds([room]).height * 100 > height * cap:
        placed = _fit_into(shape, room)
        if placed is not None and bounds([placed]).height * 100 >= height * cap:
            share = round(100 * inked_area(placed) / inked_area(room))
            if share >= fill:
                yield _Fit(
                    _score_asked(placed, cap) if asked else _IN_COUNTER,
                    LetterSymbol(symbol, index, LetterPlace.COUNTER),
                )


def _score_asked(placed: Path, cap: float) -> int:
    """Return what a symbol in a counter scores that somebody asks for in that letter: the larger and the simpler."""
    detail = max(len(list(placed.contours)) - _PLAIN, 0)
    return _IN_COUNTER_ASKED + round(20 * bounds([placed]).height / cap) - 3 * detail


def _overlap(shape: Path, letter: Path, *, outer: bool, round_letter: bool) -> int:
    """Return the percent of the union of a symbol and a letter that both cover, the symbol in the letter's place."""
    box = bounds([letter])
    scale, (x, y), middle = _CELLS / box.height, box.centre, CANVAS // 2
    if box.width * scale > CANVAS * 2 // 3:
        return 0
    one, other = (
        rasterise(flatten(path), scale, middle - scale * x, middle - scale * y, holes=not outer)
        for path in (_replace_letter(letter, shape), letter)
    )
    if outer:
        # The rays of a sun are read as a disc.
        one = close_by(one, _RAYS)
    if round_letter and (one & ~other).bit_count() * 100 > _MOST_CORNERS * other.bit_count():
        # A square covers most of a disc, and is not read as one.
        return 0
    return (one & other).bit_count() * 100 // (one | other).bit_count()


def _replace_letter(letter: Path, shape: Path) -> Path:
    """Return a symbol as large as a letter and in its middle; a wide one stays clear of the letters beside it."""
    box, target = bounds([shape]), bounds([letter])
    factor = min(target.height / box.height, _WIDEST * target.width / box.width)
    (x, y), (to_x, to_y) = box.centre, target.centre
    return move_path(scale_path(shape, factor), to_x - factor * x, to_y - factor * y)


def _counter(letter: Path) -> Path | None:
    """Return the largest counter of a letter, or None if it has none."""
    contours = list(letter.contours)
    outer = max(contours, key=inked_area)
    holes = [contour for contour in contours if contour.clockwise is not outer.clockwise]
    return max(holes, key=inked_area, default=None)


def _fit_into(shape: Path, room: Path) -> Path | None:
    """Return a symbol as large as it fits in a counter with a wall of air around it, or None if it does not."""
    box, target, middle = bounds([shape]), bounds([room]), CANVAS // 2
    scale = _CELLS / target.height
    (x, y), polygons = target.centre, flatten(room)
    free = erode(rasterise(polygons, scale, middle - scale * x, middle - scale * y), _WALL)
    (sx, sy), drawn = box.centre, flatten(shape)
    for cells in range(_CELLS - 2 * _WALL, _CELLS // 3, -2):
        factor = cells / box.height
        inner = rasterise(drawn, factor, middle - factor * sx, middle - factor * sy, holes=False)
        places = fitting_places(free, inner)
        if places:
            while smaller := erode(places, 1):
                places = smaller
            at_x, at_y = centroid(places)
            to_x, to_y = x + (at_x - middle) / scale, y + (at_y - middle) / scale
            size = factor / scale
            return move_path(scale_path(shape, size), to_x - size * sx, to_y - size * sy)
    return None


def set_symbol(lines: Sequence[Lettering], place: LetterSymbol, symbols: SymbolLibrary) -> tuple[Lettering, ...]:
    """Return the lines of a name with a symbol in place of a letter or in its counter.

    Raises:
        InvalidDesign: there is no such letter or symbol, or the letter has no counter that holds it.
    """
    shape = without_specks(symbol_outline(place.symbol, symbols))
    first = 0
    changed = []
    for line in lines:
        at = place.index - first
        first += len(line.letters)
        changed.append(_set_in_line(line, at, place, shape) if 0 <= at < len(line.letters) else line)
    if not 0 <= place.index < first:
        raise InvalidDesign(f"letter_symbol: the name has no letter {place.index}")
    return tuple(changed)


def _set_in_line(line: Lettering, at: int, place: LetterSymbol, shape: Path) -> Lettering:
    letter = line.letters[at]
    if place.place is LetterPlace.LETTER:
        symbol = _replace_letter(letter.path, shape)
        letters = tuple(one for index, one in enumerate(line.letters) if index != at)
    else:
        room = _counter(union([letter.path]))
        fitted = _fit_into(shape, room) if room is not None else None
        if fitted is None:
            raise InvalidDesign(f"letter_symbol: {place.symbol} does not fit into letter {place.index}")
        symbol, letters = fitted, line.letters
    kept = [one.path for one in letters]
    return replace(line, path=union(kept), letters=letters, accent=symbol, ink=bounds([*kept, symbol]))
