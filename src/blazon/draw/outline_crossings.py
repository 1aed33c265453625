"""Whether outlines from elsewhere cross and touch so often that merging them would take minutes.

Skia, which merges them, takes some tenths of a second where 500 pairs of edges meet, and 20 s where 4,000 do. Marks
that Blazon writes, traced ones too, have 50 at most. Curves are looked at as a few chords; all of it is counted in
whole hundredths of a unit, and so exactly.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from pathops import Path

_Point = tuple[int, int]
_Edge = tuple[_Point, _Point, int]

_CHORDS: Final = 4
_SCALE: Final = 100
_MOST_MEETINGS: Final = 500
_MOST_AT_A_POINT: Final = 200
# What takes a third of a second; a mark has a tenth of that. To look closer at a pair takes as long as so many boxes.
_MOST_COMPARISONS: Final = 1_500_000
_CLOSER: Final = 20


class _TooMany(Exception):
    pass


def meet_too_often(paths: Iterable[Path]) -> bool:
    """Whether edges of outlines cross, overlap or end at each other too often to be merged.

    Edges that two of the outlines share are none that cross: neighbours in a picture have them.
    """
    edges = [edge for part, path in enumerate(paths) for edge in _list_edges(path, part)]
    ends = Counter(point for edge in edges for point in edge[:2])
    if ends and max(ends.values()) > _MOST_AT_A_POINT:
        return True
    try:
        return any(
            found > _MOST_MEETINGS for found, _ in enumerate((pair for pair in _pair(edges) if _meet(*pair)), start=1)
        )
    except _TooMany:
        return True


def _list_edges(path: Path, part: int) -> Iterator[_Edge]:
    start = here = (0.0, 0.0)
    for verb, points in path.segments:
        if verb == "moveTo":
            start = here = points[0]
            continue
        if verb in ("closePath", "endPath"):
            points = (start,)
        before = _round(here)
        chords = 1 if len(points) == 1 else _CHORDS * (len(points) - 1)
        for step in range(1, chords + 1):
            point = _round(_follow((here, *points), step / chords))
            if point != before:
                yield before, point, part
            before = point
        here = points[-1]


def _round(point: tuple[float, float]) -> _Point:
    return round(_SCALE * point[0]), round(_SCALE * point[1])


def _follow(points: tuple[tuple[float, float], ...], share: float) -> tuple[float, float]:
    """Return a point of a Bezier curve, by de Casteljau's algorithm."""
    while len(points) > 1:
        points = tuple((x + share * (u - x), y + share * (v - y)) for (x, y), (u, v) in pairwise(points))
    return points[0]


def _pair(edges: list[_Edge]) -> Iterator[tuple[_Edge, _Edge]]:
    """Yield the pairs of edges whose boxes have a point in common.

    Raises:
        _TooMany: it would take too long to find them.
    """
    along = 0 if _sum_extents(edges, 0) <= _sum_extents(edges, 1) else 1
    across = 1 - along
    open_edges: list[tuple[int, int, int, _Edge]] = []
    left = _MOST_COMPARISONS
    for edge in sorted(edges, key=lambda one: min(one[0][along], one[1][along])):
        (begin, end), (low, high) = (sorted((edge[0][axis], edge[1][axis])) for axis in (along, across))
        open_edges = [one for one in open_edges if one[0] >= begin]
        near = [one[3] for one in open_edges if one[1] <= high and low <= one[2]]
        left -= len(open_edges) + _CLOSER * len(near)
        if left < 0:
            raise _TooMany
        yield from ((edge, other) for other in near)
        open_edges.append((end, low, high, edge))


def _sum_extents(edges: list[_Edge], axis: int) -> int:
    return sum(abs(edge[0][axis] - edge[1][axis]) for edge in edges)


def _meet(one: _Edge, other: _Edge) -> bool:
    """Whether two edges have more in common than an end of both."""
    a, b, part = one
    c, d, other_part = other
    of_c, of_d = _side(a, b, c), _side(a, b, d)
    if of_c == of_d == 0:  # on one line, and their boxes have a point in common
        ends = {a, b} & {c, d}
        return part == other_part if len(ends) == 2 else not ends or _overlap(a, b, c, d)
    if not _opposed(of_c, of_d) or a in (c, d) or b in (c, d):
        return False
    return _opposed(_side(c, d, a), _side(c, d, b))


def _overlap(a: _Point, b: _Point, c: _Point, d: _Point) -> bool:
    """Whether edges on one line that share an end run over each other."""
    (shared,) = {a, b} & {c, d}
    (x, y), (u, v) = ({a, b} - {shared}).pop(), ({c, d} - {shared}).pop()
    return (x - shared[0]) * (u - shared[0]) + (y - shared[1]) * (v - shared[1]) > 0


def _side(a: _Point, b: _Point, point: _Point) -> int:
    return (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])


def _opposed(one: int, other: int) -> bool:
    return (one >= 0 >= other) or (one <= 0 <= other)
