"""Ideas for a name that cut into its letters: a cut, a stencil, an inline, an open letter.

Each is a pair of functions: which ideas of its kind the letters of a line offer, and a line with one of them.
"""

from collections.abc import Iterator
from typing import Final

from pathops import Path

from blazon.design import NameIdea, NameTechnique
from blazon.draw.bitmaps import flatten
from blazon.draw.letter_outlines import (
    Glyphs,
    band,
    counter,
    diagonal_angle,
    drop_crumbs,
    erode_path,
    level_runs,
    replace_letters,
    upright_runs,
)
from blazon.draw.lettering import Lettering
from blazon.draw.outline import Box, bounds, inked_area, polygon, rectangle, subtract_paths, union

# Letters that are still read when a band is cut out of them, the best first; an O may be taken for an Ø.
_CUTTABLE: Final = "QCGDS8ceO0o"
_USUAL_ANGLE: Final = 32
# A cut is read as one in a stroke that is thick enough; in cap heights.
_CUT_STROKE: Final = 0.09
_BOLD: Final = 0.15
_HEAVY: Final = 0.19
# Of the area of a letter that is cut in two, each part has at least this share.
_LEAST_PART: Final = 0.25


def find_cuts(glyphs: Glyphs) -> Iterator[NameIdea]:
    """A round letter cut through at the angle of the name's own diagonals."""
    if glyphs.stem < _CUT_STROKE * glyphs.cap or len(glyphs.paths) < 3:
        return
    angle = diagonal_angle(glyphs.paths) or _USUAL_ANGLE
    found = [index for index, char in enumerate(glyphs.characters) if char in _CUTTABLE]
    for index in sorted(found, key=lambda at: (_CUTTABLE.index(glyphs.characters[at]), at)):
        parts = [inked_area(part) for part in _cut(glyphs, index, angle).contours if not part.clockwise]
        if len(parts) == 2 and min(parts) >= _LEAST_PART * sum(parts):
            yield NameIdea(NameTechnique.CUT, index, angle)


def cut(glyphs: Glyphs, idea: NameIdea) -> Lettering:
    paths = list(glyphs.paths)
    paths[idea.index] = _cut(glyphs, idea.index, idea.angle)
    return replace_letters(glyphs.line, paths)


def _cut(glyphs: Glyphs, index: int, angle: int) -> Path:
    path = glyphs.paths[index]
    strip = band(bounds([path]).centre, angle, glyphs.gap, 3 * glyphs.cap)
    return drop_crumbs(union([subtract_paths(path, strip)]), glyphs.gap**2)


# Where the bridge of a letter stands: behind its left stem, before its right one, or in its middle.
_LEFT_STEMS: Final = frozenset("BDPRbp")
_RIGHT_STEMS: Final = frozenset("dqag")
_MIDDLES: Final = frozenset("OQ0AoeC68G9S4")


def find_stencils(glyphs: Glyphs) -> Iterator[NameIdea]:
    """Bridges through counters, where at least three letters have them."""
    bridged = sum(char in _LEFT_STEMS | _RIGHT_STEMS | _MIDDLES for char in glyphs.characters)
    if glyphs.stem >= _BOLD * glyphs.cap and bridged >= 3 and bridged * 2 >= len(glyphs.paths):
        yield NameIdea(NameTechnique.STENCIL)


def stencil(glyphs: Glyphs, _: NameIdea) -> Lettering:
    return replace_letters(glyphs.line, [_bridge(glyphs, index) for index in range(len(glyphs.paths))])


def _bridge(glyphs: Glyphs, index: int) -> Path:
    path, char, width = glyphs.paths[index], glyphs.characters[index], glyphs.gap
    room = counter(path)
    if char in _MIDDLES:
        left = bounds([path if room is None else room]).centre[0] - width / 2
    elif room is None:
        return path
    elif char in _LEFT_STEMS:
        left = bounds([room]).left
    elif char in _RIGHT_STEMS:
        left = bounds([room]).right - width
    else:
        return path
    box = bounds([path])
    return union([subtract_paths(path, rectangle(Box(left, box.top - 1, left + width, box.bottom + 1)))])


def find_inlines(glyphs: Glyphs) -> Iterator[NameIdea]:
    """A fine line in the middle of heavy strokes."""
    if glyphs.stem >= _HEAVY * glyphs.cap and 2 <= len(glyphs.paths) <= 9:
        yield NameIdea(NameTechnique.INLINE)


def inline(glyphs: Glyphs, _: NameIdea) -> Lettering:
    line = max(0.16 * glyphs.stem, 0.03 * glyphs.cap)
    inset = (glyphs.stem - line) / 2
    return replace_letters(
        glyphs.line, [union([subtract_paths(path, erode_path(path, inset))]) for path in glyphs.paths]
    )


def find_open_letters(glyphs: Glyphs) -> Iterator[NameIdea]:
    """A without its bar and E without its stem, in a name of capitals that has one or two of them."""
    if not glyphs.capitals or len(glyphs.paths) < 3:
        return
    for char in "AE":
        at = [index for index, each in enumerate(glyphs.characters) if each == char]
        if 1 <= len(at) <= 2 and 3 * len(at) <= len(glyphs.paths) + 2 and _open(glyphs, at[0]) is not None:
            yield NameIdea(NameTechnique.OPEN, at[0])


def open_letter(glyphs: Glyphs, idea: NameIdea) -> Lettering:
    char = glyphs.characters[idea.index]
    paths = [
        (_open(glyphs, index) or path) if glyphs.characters[index] == char else path
        for index, path in enumerate(glyphs.paths)
    ]
    return replace_letters(glyphs.line, paths)


def _open(glyphs: Glyphs, index: int) -> Path | None:
    match glyphs.characters[index]:
        case "A":
            return _drop_bar(glyphs.paths[index])
        case "E":
            return _drop_stem(glyphs, index)
        case _:
            return None


def _drop_bar(path: Path) -> Path | None:
    """Return an A without its bar; None where its counter is no triangle."""
    room = counter(path)
    corners = list(dict.fromkeys((round(x, 1), round(y, 1)) for x, y in flatten(room)[0])) if room is not None else []
    if len(corners) not in (3, 4):
        return None
    corners.sort(key=lambda point: (point[1], point[0]))
    # A counter with a flat top is cut off where its sides would meet.
    top, feet = corners[: len(corners) - 2], sorted(corners[-2:])
    if max(point[1] for point in top) - min(point[1] for point in top) > 1 or abs(feet[0][1] - feet[1][1]) > 1:
        return None
    ends = []
    for (x, y), (foot_x, foot_y) in zip((top[0], top[-1]), feet, strict=True):
        ends.append((foot_x + (foot_x - x) / (foot_y - y) * (1 - foot_y), 1.0))
    opened = union([subtract_paths(path, polygon([*top, ends[1], ends[0]]))])
    legs = level_runs(opened, 2)
    return opened if len(legs) == 2 and min(leg.length for leg in legs) > 0 else None


def _drop_stem(glyphs: Glyphs, index: int) -> Path | None:
    """Return the three bars of an E; None where they are not straight."""
    path = glyphs.paths[index]
    box = bounds([path])
    bars = upright_runs(path, box.right - 0.35 * box.width)
    edges = upright_runs(path, box.left + glyphs.stem + 0.1 * box.width)
    if len(bars) != 3 or [(round(bar.start), round(bar.end)) for bar in bars] != [
        (round(bar.start), round(bar.end)) for bar in edges
    ]:
        return None
    gaps = ((bars[0].end, bars[1].start), (bars[1].end, bars[2].start))
    return union(
        [subtract_paths(path, *(rectangle(Box(box.left - 1, top, box.right + 1, bottom)) for top, bottom in gaps))]
    )
