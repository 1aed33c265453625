"""The letters of a monogram: their outlines, their stems, and how near they may stand.

While a monogram is built, letters stand on the baseline y = 0 with a cap height of `CAP` units; it is then fitted to a
square of `SIDE` units.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from pathops import LineCap, LineJoin, Path

from blazon.draw.outline import bounds, inked_area, intersect_paths, move_path, stroke_path, subtract_paths, union

SIDE: Final = 1000.0
CAP: Final = 1000.0
# A gap of 46/1000 is one and a half pixels at 32 pixels: it still shows, and does not tear the letter apart.
GAP: Final = 46.0
# How far a letter may slip under or over its neighbour, as a share of the narrower of the two.
_TUCK: Final = 0.34


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters of a monogram, from left to right, and the thickness of their stems.

    `characters` says which they are. `weigh` gives a letter, by its number, in another weight of the family: the
    nearest to a stem of so many units.
    """

    paths: tuple[Path, ...]
    stem: float
    characters: tuple[str, ...]
    weigh: Callable[[int, float], Path]

    @property
    def gap(self) -> float:
        """The least distance of two edges, so that it measures `GAP` when the row is fitted."""
        return GAP * max(sum(bounds([path]).width for path in self.paths), CAP) / SIDE


def space(paths: Sequence[Path], gap: float) -> list[Path]:
    placed = [paths[0]]
    for path in paths[1:]:
        placed.append(move_path(path, nearest(placed[-1], path, gap), 0))
    return placed


def nearest(before: Path, path: Path, gap: float) -> float:
    """Return how far `path` must move in x to keep `gap` from `before`, found by bisection.

    Letters are set by the distance of their edges, not of their boxes, so A and V stand as close as
    N and I; yet none slips further than `_TUCK` under the other, or L and T would be read as one.
    """
    outer = halo(before, gap)
    left, right = bounds([before]), bounds([path])
    far = left.right + gap - right.left
    near = far - gap - _TUCK * min(left.width, right.width)
    for _ in range(11):
        middle = (near + far) / 2
        if inked_area(intersect_paths(outer, move_path(path, middle, 0))) > 1:
            near = middle
        else:
            far = middle
    return far


def halo(path: Path, by: float) -> Path:
    """Return `path` with its edge pushed out, corners kept sharp: the shape that clears a gap around it."""
    return union([path, stroke_path(path, 2 * by, LineCap.BUTT_CAP, LineJoin.MITER_JOIN)]) if by else path


def remove_crumbs(path: Path) -> Path:
    """Return `path` without the crumbs that a cut leaves, smaller than a gap is wide."""
    crumbs = [part for part in path.contours if not part.clockwise and inked_area(part) < GAP * GAP]
    return subtract_paths(path, *crumbs)
