"""Two letters that make one shape: nested, under a roof, woven, back to back, one as the counter of the other.

Each function returns the layers of a monogram at any scale; none where the letters do not suit it.
"""

from collections.abc import Sequence
from typing import Final

from pathops import Path

from blazon.draw.bitmaps import (
    CANVAS,
    centroid,
    close_by,
    dilate,
    erode,
    extent,
    fitting_places,
    flatten,
    open_by,
    rasterise,
)
from blazon.draw.composition import grow, silhouette
from blazon.draw.letter_outlines import Run, level_runs, upright_runs
from blazon.draw.monogram_letters import CAP, Letters, remove_crumbs
from blazon.draw.outline import (
    Box,
    Ink,
    Layer,
    bounds,
    inked_area,
    intersect_paths,
    mirror_path,
    move_path,
    rectangle,
    scale_path,
    subtract_paths,
    union,
)

# Cells of a cap height, and the air around a nested letter, in cells.
_CELLS: Final = 60
_AIR: Final = 4
# The least height of a nested letter in cap heights, in a letter that is round about it and in the corner of another.
_LEAST: Final = 0.40
_LEAST_IN_CORNER: Final = 0.56
_CONTAINERS: Final = frozenset("CDGOQULVОСГ")
_CORNERS: Final = frozenset("LVГ")
_SOLIDS: Final = frozenset("DQU")
# A letter in a round one that is a sign by itself: copyright, registered, published, at.
_SIGNS: Final = frozenset({"OC", "OR", "OP", "QC", "CA", "OA", "OO", "QO", "OQ", "ОС", "ОР", "ОО"})
_ROOFS: Final = frozenset("TF7ГТ")
_BACKED: Final = frozenset("BDEFKPR")


def may_nest(one: str, other: str) -> bool:
    """Say whether one of two letters has an opening that may hold the other, and both do not make a sign."""
    return any(
        around in _CONTAINERS and around + inside not in _SIGNS for around, inside in ((one, other), (other, one))
    )


def may_be_counterform(one: str, other: str) -> bool:
    return bool({one, other} & _SOLIDS)


def may_be_roofed(one: str, other: str) -> bool:
    return (one in _ROOFS) is not (other in _ROOFS)


def may_be_backed(one: str, other: str) -> bool:
    return one in _BACKED and other in _BACKED


def nest(letters: Letters) -> Sequence[Layer]:
    """One letter in the opening of the other, their strokes of one thickness."""
    best: tuple[int, Path, Path, bool] | None = None
    for outer in (0, 1):
        around, inside = letters.characters[outer], letters.characters[1 - outer]
        if around not in _CONTAINERS or around + inside in _SIGNS:
            continue
        found = _nest_in(letters, outer)
        if found is not None and (best is None or found[0] > best[0]):
            best = (*found, outer == 0)
    if best is None:
        return []
    _, outline, inner, outer_first = best
    inks = (Ink.MARK, Ink.ACCENT) if outer_first else (Ink.ACCENT, Ink.MARK)
    return [Layer(outline, inks[0]), Layer(inner, inks[1])]


def _nest_in(letters: Letters, outer: int) -> tuple[int, Path, Path] | None:
    """Return the height in cells of the other letter in the opening of one, and both."""
    around, inner = letters.paths[outer], letters.paths[1 - outer]
    box = bounds([around])
    scale, middle = _CELLS / CAP, CANVAS // 2
    (x, y) = box.centre
    solid = rasterise(flatten(union([around])), scale, middle - scale * x, middle - scale * y)
    left, top, right, bottom = extent(solid)
    row = ((1 << (right - left)) - 1) << left
    room = sum(row << CANVAS * line for line in range(top, bottom)) & ~dilate(solid, _AIR)
    drawn, small = flatten(union([inner])), bounds([inner])
    least = _LEAST_IN_CORNER if letters.characters[outer] in _CORNERS else _LEAST
    for cells in range(_CELLS - 8, int(least * _CELLS) - 1, -2):
        factor = cells / small.height
        shape = rasterise(
            drawn, factor, middle - factor * small.centre[0], middle - factor * small.centre[1], holes=False
        )
        places = fitting_places(room, shape)
        if not places:
            continue
        while smaller := erode(places, 1):
            places = smaller
        at_x, at_y = centroid(places)
        # Whoever is read first stands further to the left, or around the other.
        if (at_x - middle) * (1 if outer == 0 else -1) < -2:
            continue
        to_x, to_y, size = x + (at_x - middle) / scale, y + (at_y - middle) / scale, factor / scale
        weighed = letters.weigh(1 - outer, letters.stem / size)
        ink = bounds([weighed])
        size = min(size * small.height / ink.height, size * small.width / ink.width)
        inside = move_path(scale_path(weighed, size), to_x - size * ink.centre[0], to_y - size * ink.centre[1])
        return cells, around, inside
    return None


def counterform(letters: Letters) -> Sequence[Layer]:
    """One letter cut out of the other, whose counter it takes the place of."""
    for outer in (0, 1):
        if letters.characters[outer] not in _SOLIDS or letters.characters[1 - outer] in "OQ0О":
            continue
        body, inner = _fill(letters.paths[outer]), letters.paths[1 - outer]
        box, ink = bounds([body]), bounds([inner])
        scale, middle = _CELLS / CAP, CANVAS // 2
        room = erode(rasterise(flatten(body), scale, middle - scale * box.centre[0], middle - scale * box.centre[1]), 7)
        for cells in range(_CELLS - 8, int(0.5 * _CELLS), -2):
            factor = cells / ink.height
            shape = rasterise(
                flatten(union([inner])),
                factor,
                middle - factor * ink.centre[0],
                middle - factor * ink.centre[1],
                holes=False,
            )
            places = fitting_places(room, shape)
            if places:
                while smaller := erode(places, 1):
                    places = smaller
                at_x, at_y = centroid(places)
                size = factor / scale
                to_x = box.centre[0] + (at_x - middle) / scale
                to_y = box.centre[1] + (at_y - middle) / scale
                cut = move_path(scale_path(inner, size), to_x - size * ink.centre[0], to_y - size * ink.centre[1])
                return [Layer(subtract_paths(body, cut), Ink.MARK)]
    return []


def _fill(path: Path) -> Path:
    """Return a letter without its counters; a U is closed at its top."""
    body = silhouette(path)
    box = bounds([body])
    tops = level_runs(body, -box.top - 0.02 * CAP)
    return union([body, rectangle(Box(tops[0].start, box.top, tops[-1].end, -0.4 * CAP))]) if len(tops) > 1 else body


def roof(letters: Letters) -> Sequence[Layer]:
    """One letter under the bar of the other, which reaches over it."""
    for holder in (0, 1):
        if letters.characters[holder] not in _ROOFS or letters.characters[1 - holder] in _ROOFS:
            continue
        path, right = letters.paths[holder], holder == 0
        box = bounds([path])
        if not right and letters.characters[holder] not in "TТ":
            continue
        bar = _run_at(path, box.right - 0.1 * box.width if right else box.left + 0.1 * box.width)
        stem = level_runs(path, 0.12 * CAP)
        if bar is None or len(stem) != 1 or bar.length > 1.7 * letters.stem:
            continue
        gap = 1.15 * letters.gap
        size = (CAP - bar.length - gap) / CAP
        inner = scale_path(letters.weigh(1 - holder, letters.stem / size), size)
        ink = bounds([inner])
        other = stem[0].end + gap - ink.left if right else stem[0].start - gap - ink.right
        # An arm in the middle, as of an F, pushes the letter out.
        arms = [run.end for run in level_runs(path, 0.5 * CAP)] if right else []
        other = max(other, max(arms, default=other) + gap - ink.left) if letters.characters[holder] == "F" else other
        inner = move_path(inner, other, 0)
        ink = bounds([inner])
        end = (
            Box(box.right - 0.2 * box.width, bar.start, max(ink.right, box.right), bar.end)
            if right
            else Box(min(ink.left, box.left), bar.start, box.left + 0.2 * box.width, bar.end)
        )
        around = union([path, rectangle(end)])
        if inked_area(intersect_paths(around, inner)) > 1:
            continue
        inks = (Ink.MARK, Ink.ACCENT) if right else (Ink.ACCENT, Ink.MARK)
        return [Layer(around, inks[0]), Layer(inner, inks[1])]
    return []


def _run_at(path: Path, x: float) -> Run | None:
    runs = upright_runs(path, x)
    return min(runs, key=lambda run: run.start) if runs else None


def back(letters: Letters) -> Sequence[Layer]:
    """Two letters back to back on one stem, the first mirrored; only where it is known so, or both are one."""
    one, other = letters.characters
    if one not in _BACKED or other not in _BACKED:
        return []
    mirrored = mirror_path(letters.paths[0])
    first, second = bounds([mirrored]), bounds([letters.paths[1]])
    return [
        Layer(union([mirrored, move_path(letters.paths[1], first.right - letters.stem - second.left, 0)]), Ink.MARK)
    ]


# Moves of the second letter that are tried, in hundredths of the narrower width across and of the cap height down.
_SHIFTS: Final = ((62, 0), (54, 0), (46, 0), (58, 16), (48, 16), (40, 22), (70, 20))

_MOST_PARTS: Final = 2


def weave(letters: Letters) -> Sequence[Layer]:
    """Two letters that lie over and under each other in turn, where their strokes cross as bands."""
    first = union([letters.paths[0]])
    left, right = bounds([first]), bounds([letters.paths[1]])
    narrow = min(left.width, right.width)
    for across, down in _SHIFTS:
        dx = left.right - narrow + across / 100 * narrow - right.left
        second = move_path(union([letters.paths[1]]), dx, down / 100 * CAP)
        crossings = _crossings(first, second, letters)
        if crossings is not None:
            woven = _weave(first, second, crossings, 0.75 * letters.gap)
            kept = [
                inked_area(part) * 100 // inked_area(whole) for part, whole in zip(woven, (first, second), strict=True)
            ]
            if min(kept) >= 87 and _is_sound(woven, letters):
                return [Layer(woven[0], Ink.MARK), Layer(woven[1], Ink.ACCENT)]
    return []


def _crossings(first: Path, second: Path, letters: Letters) -> list[Path] | None:
    """Return where two letters cross, from top to bottom, if they do so cleanly and more than once."""
    shared = union([intersect_paths(first, second)])
    spots = sorted(shared.contours, key=lambda spot: [round(value) for value in bounds([spot]).centre[::-1]])
    most, least = 2.4 * letters.stem, 0.5 * letters.stem
    for spot in spots:
        box = bounds([spot])
        if max(box.width, box.height) > most or min(box.width, box.height) < least:
            return None
    boxes = [bounds([spot]).inset(-letters.gap) for spot in spots]
    apart = all(
        one.right < other.left or other.right < one.left or one.bottom < other.top or other.bottom < one.top
        for index, one in enumerate(boxes)
        for other in boxes[index + 1 :]
    )
    return list(spots) if 2 <= len(spots) <= 6 and apart else None


def _weave(first: Path, second: Path, crossings: Sequence[Path], gap: float) -> tuple[Path, Path]:
    paths = [first, second]
    whole = (grow(first, gap), grow(second, gap))
    for number, spot in enumerate(crossings):
        under = number % 2
        around = rectangle(bounds([spot]).inset(-2.0 * gap))
        paths[under] = subtract_paths(paths[under], intersect_paths(whole[1 - under], around))
    return remove_crumbs(union([paths[0]])), remove_crumbs(union([paths[1]]))


def _is_sound(paths: Sequence[Path], letters: Letters) -> bool:
    """Say whether no letter is in many parts or has a splinter, and none lies on the other."""
    parts = [[inked_area(part) for part in path.contours if not part.clockwise] for path in paths]
    whole = all(len(each) <= _MOST_PARTS and min(each) >= 0.7 * letters.stem**2 for each in parts)
    return whole and inked_area(intersect_paths(*paths)) < 20


def is_open(layers: Sequence[Layer], letters: Letters) -> bool:
    """Say whether letters that were joined have no slits and no counters but those that they have themselves.

    An E whose arms end in the stem of an L is read as a B.
    """
    joined = layers[0].path
    if _count_holes(joined) > sum(map(_count_holes, letters.paths)):
        return False
    return _slits(joined) <= sum(map(_slits, letters.paths)) + _MOST_SLITS


def _count_holes(path: Path) -> int:
    contours = list(path.contours)
    outer = max(contours, key=inked_area)
    return sum(part.clockwise is not outer.clockwise for part in contours)


def is_whole(layers: Sequence[Layer], letters: Letters) -> bool:
    """Say whether cuts leave enough of each letter, and no strokes that are too thin; a layer is one letter."""
    thin = max(round(letters.stem * _CELLS / CAP) // 3, 1)
    for layer, path in zip(layers, letters.paths, strict=True):
        kept, before = (open_by(_picture(each), thin).bit_count() for each in (layer.path, path))
        if kept * 100 < _LEAST_LEFT * before:
            return False
    return True


# Cells of slits that joined letters may have, and the percent of a letter that a cut leaves at least.
_MOST_SLITS: Final = 16
_LEAST_LEFT: Final = 86


def _slits(path: Path) -> int:
    picture = _picture(path)
    return (close_by(picture, 2) & ~picture).bit_count()


def _picture(path: Path) -> int:
    """Return the bitmap of an outline in the middle of the canvas."""
    box = bounds([path])
    scale, middle = min(_CELLS / CAP, 0.9 * CANVAS / box.width), CANVAS // 2
    return rasterise(flatten(path), scale, middle - scale * box.centre[0], middle - scale * box.centre[1])
