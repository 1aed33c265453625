"""Ideas for a name that join its letters: a shared stem or bar, a chain, a roof."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from pathops import Path

from blazon.design import NameIdea, NameTechnique
from blazon.draw.letter_outlines import (
    Glyphs,
    Run,
    dilate_path,
    level_runs,
    move_tail,
    replace_letters,
    upright_runs,
)
from blazon.draw.lettering import Lettering
from blazon.draw.outline import Box, bounds, intersect_paths, rectangle, subtract_paths, union

# Heights in cap heights at which the side of a letter is looked at.
_HEIGHTS: Final = (0.12, 0.32, 0.62, 0.88)
# The thinnest strokes, in cap heights, and the most letters of a name in which two share a stem.
_FIRM: Final = 0.13
_SHORT: Final = 9
_STEM_RIGHT: Final = frozenset("HNMUПИЛШ")
_STEM_LEFT: Final = frozenset("BDEFPRБЬ")
_ROUND: Final = frozenset("oO")
# How wide the counter of a link is at least, in strokes.
_OPEN: Final = 1.9


def find_shared_stems(glyphs: Glyphs) -> Iterator[NameIdea]:
    """Two capitals whose facing sides are upright stems, in a short name of some weight: else it looks like a slip."""
    if glyphs.stem < _FIRM * glyphs.cap or len(glyphs.paths) > _SHORT:
        return
    for index, (one, other) in enumerate(pairwise(glyphs.characters)):
        if one in _STEM_RIGHT and other in _STEM_LEFT and _adjacent(glyphs, index) and _faces(glyphs, index):
            yield NameIdea(NameTechnique.JOINED, index)


def share_stem(glyphs: Glyphs, idea: NameIdea) -> Lettering:
    left, right = (bounds([path]) for path in glyphs.paths[idea.index : idea.index + 2])
    paths = move_tail(glyphs.paths, idea.index + 1, left.right - right.left - _right_stem(glyphs, idea.index).length)
    return replace_letters(glyphs.line, paths)


def _adjacent(glyphs: Glyphs, index: int) -> bool:
    """Say whether no space stands behind a letter."""
    one, other = glyphs.line.letters[index : index + 2]
    return other.index == one.index + 1


def _faces(glyphs: Glyphs, index: int) -> bool:
    """Say whether the right side of a letter and the left side of the next are straight and upright."""
    sides = ((glyphs.paths[index], True), (glyphs.paths[index + 1], False))
    for path, is_right in sides:
        box = bounds([path])
        for height in _HEIGHTS[1 if is_right and glyphs.characters[index] == "U" else 0 :]:
            runs = level_runs(path, height * glyphs.cap)
            if not runs:
                return False
            edge = box.right - runs[-1].end if is_right else runs[0].start - box.left
            if round(edge) > 2:
                return False
    return abs(_right_stem(glyphs, index).length - _left_stem(glyphs, index + 1).length) < 0.25 * glyphs.stem


def _right_stem(glyphs: Glyphs, index: int) -> Run:
    return min((level_runs(glyphs.paths[index], height * glyphs.cap)[-1] for height in (0.32, 0.62)), key=_length)


def _left_stem(glyphs: Glyphs, index: int) -> Run:
    return min((level_runs(glyphs.paths[index], height * glyphs.cap)[0] for height in (0.25, 0.36, 0.7)), key=_length)


def _length(run: Run) -> float:
    return run.length


def find_chains(glyphs: Glyphs) -> Iterator[NameIdea]:
    """Two round letters that stand together and are open enough to be linked."""
    for index, (one, other) in enumerate(pairwise(glyphs.characters)):
        if one in _ROUND and one == other and _adjacent(glyphs, index):
            width = bounds([glyphs.paths[index]]).width
            if width - 2 * glyphs.stem > _OPEN * glyphs.stem:
                yield NameIdea(NameTechnique.LINKED, index)


def link(glyphs: Glyphs, idea: NameIdea) -> Lettering:
    """Weave two letters: the first lies over the second where they cross above, under it below."""
    at = idea.index
    box = bounds([glyphs.paths[at]])
    overlap = glyphs.stem + 0.42 * (box.width - 2 * glyphs.stem)
    paths = move_tail(glyphs.paths, at + 1, box.right - bounds([glyphs.paths[at + 1]]).left - overlap)
    first, second = paths[at], paths[at + 1]
    half = (Box(box.left - 9e3, -9e3, 9e4, box.centre[1]), Box(box.left - 9e3, box.centre[1], 9e4, 9e3))
    crossing = union([intersect_paths(first, second)])
    over, under = (intersect_paths(crossing, rectangle(part)) for part in half)
    gap = 0.75 * glyphs.gap
    paths[at] = subtract_paths(first, intersect_paths(dilate_path(second, gap), _around(under, gap)))
    woven = subtract_paths(second, intersect_paths(dilate_path(first, gap), _around(over, gap)))
    paths[at + 1] = union([woven])
    return replace_letters(glyphs.line, paths)


def _around(spot: Path, gap: float) -> Path:
    return rectangle(bounds([spot]).inset(-2.2 * gap))


_BARRED: Final = frozenset("tfT")


def find_shared_bars(glyphs: Glyphs) -> Iterator[NameIdea]:
    """Two letters with bars at one height, side by side: tt, ff, TT."""
    for index, (one, other) in enumerate(pairwise(glyphs.characters)):
        if one in _BARRED and other in _BARRED and one.isupper() is other.isupper() and _adjacent(glyphs, index):
            first, second = _bar(glyphs, index, right=True), _bar(glyphs, index + 1, right=False)
            same = abs(first.start - second.start) + abs(first.end - second.end) < 0.08 * glyphs.cap
            if same and first.length < 2 * glyphs.stem:
                yield NameIdea(NameTechnique.TIED, index)


def tie(glyphs: Glyphs, idea: NameIdea) -> Lettering:
    at = idea.index
    left, right = (bounds([path]) for path in glyphs.paths[at : at + 2])
    bar = _bar(glyphs, at, right=True)
    bridge = rectangle(Box(left.right - 0.3 * glyphs.stem, bar.start, right.left + 0.3 * glyphs.stem, bar.end))
    paths = list(glyphs.paths)
    paths[at] = union([paths[at], bridge])
    return replace_letters(glyphs.line, paths)


def _bar(glyphs: Glyphs, index: int, *, right: bool) -> Run:
    """Return the bar of a letter in y, near its end."""
    path = glyphs.paths[index]
    box = bounds([path])
    inset = 0.14 * box.width
    runs = upright_runs(path, box.right - inset if right else box.left + inset)
    return min(runs, key=lambda run: run.start) if runs else Run(0, 0)


_ROOFED: Final = frozenset("TFZ57")


def find_roofs(glyphs: Glyphs) -> Iterator[NameIdea]:
    """A first letter with a bar at its top, and small letters behind it that stay below."""
    covered = _count_covered(glyphs)
    if covered >= 2:
        yield NameIdea(NameTechnique.ROOF)


def roof(glyphs: Glyphs, _: NameIdea) -> Lettering:
    covered = _count_covered(glyphs)
    box = bounds([glyphs.paths[0]])
    bar = _bar(glyphs, 0, right=True)
    end = bounds([glyphs.paths[covered]]).right
    paths = list(glyphs.paths)
    paths[0] = union([paths[0], rectangle(Box(box.right - 0.2 * glyphs.stem, bar.start, end, bar.end))])
    return replace_letters(glyphs.line, paths)


def _count_covered(glyphs: Glyphs) -> int:
    """Return how many letters behind the first its bar reaches over, with air between."""
    if glyphs.characters[0] not in _ROOFED or not _has_square_bar(glyphs):
        return 0
    bar = _bar(glyphs, 0, right=True)
    covered = 0
    for index in range(1, len(glyphs.paths)):
        box = bounds([glyphs.paths[index]])
        if not _adjacent(glyphs, index - 1) or round(box.top - bar.end) < round(0.8 * glyphs.gap):
            break
        covered = index
    # A bar that ends beside an ascender runs into it.
    following = covered + 1
    return covered if following >= len(glyphs.paths) or covered >= 3 else 0


def _has_square_bar(glyphs: Glyphs) -> bool:
    box = bounds([glyphs.paths[0]])
    bar = _bar(glyphs, 0, right=True)
    edge = upright_runs(glyphs.paths[0], box.right - 2)
    square = len(edge) == 1 and abs(edge[0].length - bar.length) < 0.06 * bar.length
    return square and bar.start - box.top < 2 and bar.length < 1.5 * glyphs.stem
