"""Ideas for a name that give a part of a letter the accent: the dot of an i, a drop in a counter."""

from collections.abc import Iterator
from typing import Final

from pathops import Path

from blazon.design import NameIdea, NameTechnique
from blazon.draw.letter_outlines import Glyphs, counter, erode_path, free_parts, replace_letters
from blazon.draw.lettering import Lettering
from blazon.draw.outline import bounds, subtract_paths, union

_MOST_DOTS: Final = 3
# Letters whose counter is round, the best first.
_ROUND: Final = "OQ0o"
# Height and width of the smallest drop, in cap heights.
_LEAST_DROP: Final = 0.27
# A drop is longer than wide by so much at most.
_ROUNDISH: Final = 1.3


def find_dots(glyphs: Glyphs) -> Iterator[NameIdea]:
    """The dots of i and j, unless there are so many that none is special."""
    at = [index for index, path in enumerate(glyphs.paths) if _has_dot(glyphs, index, path)]
    if 1 <= len(at) <= _MOST_DOTS:
        yield NameIdea(NameTechnique.DOT, at[0])


def colour_dots(glyphs: Glyphs, _: NameIdea) -> Lettering:
    dots = [dot for index, path in enumerate(glyphs.paths) if _has_dot(glyphs, index, path) for dot in free_parts(path)]
    accent = union(dots)
    return replace_letters(glyphs.line, [union([subtract_paths(path, accent)]) for path in glyphs.paths], accent)


def _has_dot(glyphs: Glyphs, index: int, path: Path) -> bool:
    return glyphs.characters[index] in "ij" and len(free_parts(path)) == 1


def find_fillings(glyphs: Glyphs) -> Iterator[NameIdea]:
    """A round counter that holds a drop with air around it."""
    found = [index for index, char in enumerate(glyphs.characters) if char in _ROUND]
    for index in sorted(found, key=lambda at: (_ROUND.index(glyphs.characters[at]), at)):
        drop = _drop(glyphs, index)
        if drop is not None:
            box = bounds([drop])
            small, large = sorted((box.width, box.height))
            if small >= _LEAST_DROP * glyphs.cap and large <= _ROUNDISH * small:
                yield NameIdea(NameTechnique.FILLED, index)


def fill(glyphs: Glyphs, idea: NameIdea) -> Lettering:
    return replace_letters(glyphs.line, glyphs.paths, _drop(glyphs, idea.index))


def _drop(glyphs: Glyphs, index: int) -> Path | None:
    room = counter(glyphs.paths[index])
    return erode_path(room, 1.15 * glyphs.gap) if room is not None else None
