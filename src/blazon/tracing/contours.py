"""Where a field of numbers passes through zero: closed curves, exact to a fraction of a pixel (marching squares)."""

from typing import Any, Final

import numpy as np

Field = np.ndarray[Any, np.dtype[Any]]
Curve = np.ndarray[Any, np.dtype[np.complex128]]
"""Points of a closed curve, x + iy in pixels from the upper left corner of the picture; what is inside lies to the
right of the way on screen (y down): solid parts run clockwise, holes the other way."""

# Sides of a cell: 0 top, 1 right, 2 bottom, 3 left. For each pattern of corners that are inside (1 upper left, 2 upper
# right, 4 lower right, 8 lower left) the ways through it, from side to side.
_WAYS: Final[dict[int, tuple[tuple[int, int], ...]]] = {
    1: ((0, 3),),
    2: ((1, 0),),
    3: ((1, 3),),
    4: ((2, 1),),
    6: ((2, 0),),
    7: ((2, 3),),
    8: ((3, 2),),
    9: ((0, 2),),
    11: ((1, 2),),
    12: ((3, 1),),
    13: ((0, 1),),
    14: ((3, 0),),
}
# Where two opposite corners are inside, the middle says whether they hang together.
_SADDLES: Final[dict[tuple[int, bool], tuple[tuple[int, int], ...]]] = {
    (5, False): ((0, 3), (2, 1)),
    (5, True): ((0, 1), (2, 3)),
    (10, False): ((1, 0), (3, 2)),
    (10, True): ((1, 2), (3, 0)),
}


def find_contours(field: Field) -> list[Curve]:
    """Return the curves around what is above zero in a field of (rows, columns); beyond its rim all is below."""
    padded = np.pad(field, 1, constant_values=-max(float(np.abs(field).max(initial=0)), 1e-3))
    padded = np.where(padded == 0, 1e-6, padded)
    inside = padded > 0
    pattern = (inside[:-1, :-1] + 2 * inside[:-1, 1:] + 4 * inside[1:, 1:] + 8 * inside[1:, :-1]).astype(np.uint8)
    rows, columns = np.nonzero((pattern > 0) & (pattern < 15))
    if not len(rows):
        return []
    cells = pattern[rows, columns]
    corners = padded[rows, columns], padded[rows, columns + 1], padded[rows + 1, columns + 1], padded[rows + 1, columns]
    joined = np.add.reduce(corners) > 0
    starts, ends = [], []
    for ways, chosen in _list_ways(cells, joined):
        for one, other in ways:
            starts.append(_side(rows[chosen], columns[chosen], one, padded.shape))
            ends.append(_side(rows[chosen], columns[chosen], other, padded.shape))
    start, end = np.concatenate(starts), np.concatenate(ends)
    order = np.argsort(start)
    start, end = start[order], end[order]
    following = np.searchsorted(start, end)
    points = _cross(padded, start)
    return [points[loop] for loop in _follow(following.tolist())]


def _list_ways(cells: Field, joined: Field) -> list[tuple[tuple[tuple[int, int], ...], Field]]:
    plain = [(ways, np.flatnonzero(cells == kind)) for kind, ways in _WAYS.items()]
    saddles = [(ways, np.flatnonzero((cells == kind) & (joined == how))) for (kind, how), ways in _SADDLES.items()]
    return [entry for entry in (*plain, *saddles) if len(entry[1])]


def _side(rows: Field, columns: Field, side: int, shape: tuple[int, ...]) -> Field:
    """Return the number of a side of cells: twice the number of the corner that it starts at, odd if it runs down."""
    if side == 1:
        columns = columns + 1
    if side == 2:
        rows = rows + 1
    return 2 * (rows * shape[1] + columns) + (side % 2)


def _cross(padded: Field, sides: Field) -> Curve:
    """Return where the field passes through zero on sides, as if it were linear between their ends."""
    corner, down = np.divmod(sides, 2)
    rows, columns = np.divmod(corner, padded.shape[1])
    first = padded[rows, columns].astype(np.float64)
    second = padded[rows + down, columns + 1 - down].astype(np.float64)
    at = first / (first - second)
    # The middle of the upper left pixel is at a half, and there is one row and column of padding.
    return np.asarray((columns - 0.5 + at * (1 - down)) + 1j * (rows - 0.5 + at * down))


def _follow(following: list[int]) -> list[list[int]]:
    """Return the closed ways through a list that says what follows each place."""
    seen = bytearray(len(following))
    loops = []
    for start in range(len(following)):
        if seen[start]:
            continue
        loop, at = [], start
        while not seen[at]:
            seen[at] = 1
            loop.append(at)
            at = following[at]
        loops.append(loop)
    return loops


def area_of(curve: Curve) -> float:
    """Return the area inside a closed curve; negative for holes (shoelace formula)."""
    return float((curve.conj() * np.roll(curve, -1)).imag.sum() / 2)
