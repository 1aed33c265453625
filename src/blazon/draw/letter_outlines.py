"""What is measured on the outlines of set letters: their strokes, counters and diagonals.

Heights are given in units above the baseline; outlines have y down, the baseline at y = 0.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from pathops import LineCap, LineJoin, Path

from blazon.draw.bitmaps import flatten
from blazon.draw.initials import split_graphemes
from blazon.draw.lettering import Letter, Lettering, join_outlines
from blazon.draw.outline import Point, bounds, inked_area, move_path, polygon, stroke_path, subtract_paths, union
from blazon.draw.writing import reads_leftwards

# Strokes are measured at half of the height of small letters, where no bar is.
_STROKE_AT: Final = 0.5
_DIAGONAL: Final = range(48, 83)

_LATIN: Final = str.maketrans("АВЕКМНОРСТХаеорсухΑΒΕΗΙΚΜΝΟΡΤΧο", "ABEKMHOPCTXaeopcyxABEHIKMNOPTXo")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of ink on a level or upright line."""

    start: float
    end: float

    @property
    def length(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The letters of a line, each with its character: what an idea for a name is looked for in.

    Cyrillic and Greek letters that have the shape of a Latin one are told by that.
    """

    line: Lettering
    characters: tuple[str, ...]
    paths: tuple[Path, ...]
    stem: float

    @property
    def cap(self) -> float:
        return self.line.cap_height

    @property
    def gap(self) -> float:
        """The width of a cut that is seen at small sizes and does not tear a letter apart."""
        return max(0.055 * self.cap, min(0.34 * self.stem, 0.085 * self.cap))

    @property
    def capitals(self) -> bool:
        """Whether all letters are capitals or figures."""
        return all(char.isupper() or char.isdigit() for char in self.characters)


def read_glyphs(line: Lettering) -> Glyphs | None:
    """Return the letters of a line; None where it is not known which outline is which letter."""
    parts = split_graphemes(line.text)
    printed = [part for part in parts if not part.isspace()]
    if reads_leftwards(line.text) or len(line.letters) != len(printed) or not line.cap_height:
        return None
    paths = tuple(letter.path for letter in line.letters)
    strokes = sorted(
        min(round(run.length) for run in runs)
        for path, char in zip(paths, printed, strict=True)
        if char.isalnum() and (runs := level_runs(path, _STROKE_AT * line.x_height))
    )
    if not strokes:
        return None
    characters = tuple(part.translate(_LATIN) for part in printed)
    return Glyphs(line, characters, paths, float(strokes[len(strokes) // 2]))


def replace_letters(line: Lettering, paths: Sequence[Path], accent: Path | None = None) -> Lettering:
    """Return a line with other outlines for its letters, and what of it is in the accent."""
    letters = tuple(
        Letter(path, letter.centre + bounds([path]).left - bounds([letter.path]).left, letter.index)
        for letter, path in zip(line.letters, paths, strict=True)
    )
    inked = [*paths, *([accent] if accent is not None else [])]
    return replace(line, letters=letters, path=join_outlines(paths), ink=bounds(inked), accent=accent)


def move_tail(paths: Sequence[Path], first: int, dx: float) -> list[Path]:
    """Return outlines, those from number `first` on moved to the right."""
    return [move_path(path, dx, 0) if index >= first else path for index, path in enumerate(paths)]


def level_runs(path: Path, height: float) -> list[Run]:
    """Return the ink of an outline without overlaps on the level line at a height, from left to right."""
    return _runs(path, -height, across=1)


def upright_runs(path: Path, x: float) -> list[Run]:
    """Return the ink of an outline without overlaps on the upright line at x, from top to bottom, in y."""
    return _runs(path, x, across=0)


def _runs(path: Path, at: float, across: int) -> list[Run]:
    crossings = []
    for part in flatten(path):
        for one, other in pairwise([*part, part[0]]):
            before, after = one[across], other[across]
            if (before <= at) is not (after <= at):
                share = (at - before) / (after - before)
                crossings.append(one[1 - across] + share * (other[1 - across] - one[1 - across]))
    crossings.sort()
    return [Run(start, end) for start, end in zip(crossings[::2], crossings[1::2], strict=False)]


def counter(path: Path) -> Path | None:
    """Return the largest counter of a letter, or None if it has none."""
    contours = list(path.contours)
    outer = max(contours, key=inked_area)
    holes = [contour for contour in contours if contour.clockwise is not outer.clockwise]
    return max(holes, key=inked_area, default=None)


def free_parts(path: Path) -> list[Path]:
    """Return the parts of a letter that stand over its body: dots and accents."""
    solid = [part for part in path.contours if part.clockwise is not _hole_side(path)]
    body = max(solid, key=inked_area)
    return [part for part in solid if bounds([part]).bottom <= bounds([body]).top]


def _hole_side(path: Path) -> bool:
    return not max(path.contours, key=inked_area).clockwise


def diagonal_angle(paths: Sequence[Path]) -> int | None:
    """Return the angle in degrees of the longest straight diagonal that rises to the right, or None.

    Level is 0; only steep ones count, as in A, N, V and Z.
    """
    best, longest = None, 0
    for path in paths:
        for part in flatten(path):
            for (ax, ay), (bx, by) in pairwise([*part, part[0]]):
                dx, dy = bx - ax, ay - by
                if dx * dy <= 0:
                    continue
                angle = round(math.degrees(math.atan2(abs(dy), abs(dx))))
                length = round(math.hypot(dx, dy))
                if angle in _DIAGONAL and length > longest:
                    best, longest = angle, length
    return best


def erode_path(path: Path, by: float) -> Path:
    """Return an outline with its edge drawn in by `by` units; empty where it is thinner."""
    return union([subtract_paths(path, stroke_path(path, 2 * by, LineCap.BUTT_CAP, LineJoin.MITER_JOIN))])


def dilate_path(path: Path, by: float) -> Path:
    """Return an outline with its edge pushed out by `by` units, corners kept sharp."""
    return union([path, stroke_path(path, 2 * by, LineCap.BUTT_CAP, LineJoin.MITER_JOIN)]) if by else path


def band(centre: Point, angle: float, width: float, reach: float) -> Path:
    """Return a straight band through a point that rises to the right at an angle in degrees."""
    (x, y), turn = centre, math.radians(angle)
    along, aside = (math.cos(turn), -math.sin(turn)), (math.sin(turn), math.cos(turn))
    corners = ((-reach, -width / 2), (reach, -width / 2), (reach, width / 2), (-reach, width / 2))
    return polygon([(x + a * along[0] + b * aside[0], y + a * along[1] + b * aside[1]) for a, b in corners])


def drop_crumbs(path: Path, least: float) -> Path:
    """Return an outline without the parts of less than `least` square units."""
    kept = [part for part in path.contours if part.clockwise or inked_area(part) >= least]
    return join_outlines(kept) if len(kept) != len(list(path.contours)) and kept else path
