"""Descriptors of shapes: what a mark looks like whatever its place, size, turn and mirror image, in whole numbers.

A shape is normalised by its centre of mass and its moments of inertia: it is scaled to one radius of gyration, and
half of its slenderness is taken from it, so that two drawings of one thing meet though one of them is longer. It is
sampled on a polar grid of `RINGS` x `ANGLES` cells, one integer whose bit `angle * RINGS + ring` says that the cell is
inked. A turn of the shape is then a cyclic shift. What does not change under turns, the ink on each ring and the
autocorrelation of the grid under turns (the rings' power spectrum, in other words), is kept as a *profile* in unary,
so that the L1 distance of two profiles is the number of bits in which they differ.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from operator import itemgetter
from typing import Final

from pathops import Path, PathOpsError

from blazon.draw.bitmaps import CANVAS, Polygons, flatten, rasterise, solid_parts
from blazon.draw.outline import Point, union

RINGS: Final = 20
ANGLES: Final = 72
BITS: Final = RINGS * ANGLES
MASK: Final = (1 << BITS) - 1

# The grid ends at this many radii of gyration; a disc's edge lies at 1.41, the corner of a square at 1.73.
_REACH: Final = 1.9
_RADIUS: Final = CANVAS / 2 - 2
# Rings are the narrower, the farther out, so that all cells are about equally large.
_SPACING: Final = 0.65
_INNER: Final = sum(((1 << RINGS // 2) - 1) << angle * RINGS for angle in range(ANGLES))
_RING: Final = sum(1 << angle * RINGS for angle in range(ANGLES))
# The turns that keep a shape upright, mirrored about either axis or not, by up to 10 degrees.
_UPRIGHT: Final = tuple(
    start + by % ANGLES for start, at in ((0, 0), (ANGLES, 0), (ANGLES, ANGLES // 2)) for by in range(at - 2, at + 3)
)
# Steps of the profile's numbers.
_RING_STEPS: Final = 12
_TURN_STEPS: Final = 7
PROFILE_BITS: Final = RINGS * _RING_STEPS + ANGLES * _TURN_STEPS

# A frame fills this share of its convex hull, and the box of what is in it this share of its own: eyes are no content.
_CONVEX: Final = 0.955
_CONTENT: Final = 0.18
# Less than this between its moments is a line.
_FLAT: Final = 1e-9
# A frame that is a line has two contours.
_FRAMES: Final = 2


@dataclass(frozen=True, slots=True)
class Descriptor:
    """The polar grid and the profile of one shape.

    Args:
        outline: the length of its outline, holes filled, in hundredths of the side of a square of its area.
    """

    grid: int
    profile: int
    outline: int

    def turns(self) -> tuple[int, ...]:
        """Return the grid at all turns, and its mirror image at all turns."""
        return tuple(_turn(grid, by) for grid in (self.grid, _mirror(self.grid)) for by in range(ANGLES))


def distance(turns: Sequence[int], grid: int) -> int:
    """Return how far a shape at any of its turns is from another: 0 for the same, a few hundred for unlike ones.

    The cells that are inked in one of the two only, in thousandths of the cells along their edges: a mark of thin lines
    is further from another than a solid one as soon as it is moved a little, which the length of its edges makes good.
    """
    differing = min([(one ^ grid).bit_count() for one in turns])
    return 1000 * differing // max(1, edge_length(turns[0]) + edge_length(grid))


@dataclass(frozen=True, slots=True)
class Difference:
    """In what two shapes differ, each in thousandths: 0 for the same, about 1000 for nothing in common.

    Args:
        shape: the cells that are inked in one of the two only at the best turn, of those along their edges.
        chance: those cells, of what differs at any other turn, on average: 1000 for two discs.
        turn: by how much `shape` is more at the best turn that keeps both upright. People hardly see that two things
            are alike of which one stands on its head.
        outline: the difference of the lengths of their outlines.
    """

    shape: int
    chance: int
    turn: int
    outline: int


def compare(one: Descriptor, turns: Sequence[int], other: Descriptor) -> Difference:
    """Return in what two shapes differ; `turns` are those of the first."""
    differing = [(turn ^ other.grid).bit_count() for turn in turns]
    least, upright = min(differing), min(differing[turn] for turn in _UPRIGHT)
    edges = max(1, edge_length(one.grid) + edge_length(other.grid))
    return Difference(
        shape=1000 * least // edges,
        chance=1000 * least * len(differing) // max(1, sum(differing)),
        turn=1000 * (upright - least) // edges,
        outline=1000 - 1000 * min(one.outline, other.outline) // max(one.outline, other.outline, 1),
    )


def edge_length(grid: int) -> int:
    """Return the number of inked cells that border on one that is not."""
    return (grid & _widen(MASK & ~grid)).bit_count()


def describe(outlines: Iterable[Path]) -> tuple[Descriptor, ...]:
    """Return the descriptors of a mark; of what stands in its frame if it has one, whether cut out of it or not.

    A frame is a convex outer contour around all else. Framed marks are all alike in their frames, which say nothing.
    The first descriptor is of what is left without `_FRAMES` contours, others follow where that has a frame again.
    Outlines without area have none.
    """
    polygons = flatten(_merge(tuple(outlines)))
    parts = [polygons] if polygons else []
    while len(polygons) > 1 and len(parts) <= 2 * _FRAMES and _is_frame(polygons[0], polygons[1:]):
        polygons = polygons[1:]
        parts.append(polygons)
    found = [_describe(part) for part in parts[min(_FRAMES, len(parts) - 1) :]]
    return tuple(one for one in found if one is not None)


def _merge(outlines: Sequence[Path]) -> Path:
    """Return outlines as one, unmerged where that is beyond Skia: what overlaps is then sampled a little wrong."""
    try:
        return union(outlines)
    except PathOpsError:
        joined = Path()
        for outline in outlines:
            joined.addPath(outline)
        return joined


def _is_frame(outer: Sequence[Point], others: Polygons) -> bool:
    """Tell whether a contour is a frame around all others; around one convex contour it is no frame but a ring."""
    left, top, right, bottom = _box(outer)
    x0, y0, x1, y1 = _box([point for other in others for point in other])
    inside = left < x0 and top < y0 and right > x1 and bottom > y1
    large = (x1 - x0) * (y1 - y0) >= _CONTENT * (right - left) * (bottom - top)
    return inside and large and _is_convex(outer) and not (len(others) == 1 and _is_convex(others[0]))


def _is_convex(polygon: Sequence[Point]) -> bool:
    return abs(_area(polygon)) >= _CONVEX * abs(_area(_hull(polygon)))


def _area(polygon: Sequence[Point]) -> float:
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise([*polygon, polygon[0]])) / 2


def _box(polygon: Sequence[Point]) -> tuple[float, float, float, float]:
    across, down = [x for x, _ in polygon], [y for _, y in polygon]
    return min(across), min(down), max(across), max(down)


def _hull(polygon: Sequence[Point]) -> list[Point]:
    """Return the convex hull of a polygon (Andrew's monotone chain)."""
    ordered = sorted(set(polygon))
    hull: list[Point] = []
    for points in (ordered, ordered[::-1]):
        chain: list[Point] = []
        for x, y in points:
            while len(chain) > 1 and _turns_right(chain[-2], chain[-1], (x, y)):
                chain.pop()
            chain.append((x, y))
        hull += chain[:-1]
    return hull


def _turns_right(one: Point, two: Point, three: Point) -> bool:
    return (two[0] - one[0]) * (three[1] - one[1]) <= (two[1] - one[1]) * (three[0] - one[0])


def _describe(polygons: Polygons) -> Descriptor | None:
    (x0, y0), (xx, yy, xy) = _moments(polygons)
    total, rest = xx + yy, xx * yy - xy * xy
    if total <= 0 or rest <= _FLAT * total * total:
        return None
    across, slant, down = _half_rounding(xx, yy, xy)
    evened = [
        [(across * (x - x0) + slant * (y - y0), slant * (x - x0) + down * (y - y0)) for x, y in polygon]
        for polygon in polygons
    ]
    _, (wide, high, _) = _moments(evened)
    bitmap = rasterise(evened, _RADIUS / _REACH / math.sqrt(wide + high), CANVAS / 2, CANVAS / 2)
    grid = _sample(bitmap)
    return Descriptor(grid, _profile(grid), _outline(polygons)) if grid else None


def _moments(polygons: Polygons) -> tuple[Point, tuple[float, float, float]]:
    """Return the centre of mass of polygons and their second moments about it, xx, yy and xy; 0 for no area.

    By Green's theorem, for an area of 1.
    """
    (x0, y0), area, across, down = polygons[0][0], 0.0, 0.0, 0.0
    xx = yy = xy = 0.0
    for polygon in polygons:
        points = [(x - x0, y - y0) for x, y in polygon]
        for (ax, ay), (bx, by) in pairwise([*points, points[0]]):
            cross = ax * by - bx * ay
            area += cross
            across += (ax + bx) * cross
            down += (ay + by) * cross
            xx += (ax * ax + ax * bx + bx * bx) * cross
            yy += (ay * ay + ay * by + by * by) * cross
            xy += (2 * ax * ay + ax * by + bx * ay + 2 * bx * by) * cross
    if not area:
        return (x0, y0), (0.0, 0.0, 0.0)
    x, y = across / area / 3, down / area / 3
    return (x0 + x, y0 + y), (xx / area / 6 - x * x, yy / area / 6 - y * y, xy / area / 12 - x * y)


def _half_rounding(xx: float, yy: float, xy: float) -> tuple[float, float, float]:
    """Return the symmetric matrix, as its xx, xy and yy, that takes half of the slenderness from a shape.

    It is the mean of the one that only scales and of the one that makes the moments of a disc, the inverse square root
    of those of the shape. That root is found with square roots of numbers alone, which are the same on every processor.
    """
    root = math.sqrt(xx * yy - xy * xy)
    trace = math.sqrt(xx + yy + 2 * root)
    plain = 1 / math.sqrt(xx + yy)
    to_disc = math.sqrt(0.5) / (root * trace)
    return (
        (plain + (yy + root) * to_disc) / 2,
        -xy * to_disc / 2,
        (plain + (xx + root) * to_disc) / 2,
    )


def _outline(polygons: Polygons) -> int:
    parts = solid_parts(polygons)
    length = sum(
        math.sqrt((bx - ax) ** 2 + (by - ay) ** 2)
        for part in parts
        for (ax, ay), (bx, by) in pairwise([*part, part[0]])
    )
    return round(100 * length / math.sqrt(sum(abs(_area(part)) for part in parts)))


@cache
def _samples() -> tuple[Callable[[str], Sequence[str]], ...]:
    """Return four pickers of the cells' bits from a bitmap written as binary digits, one for each quarter of a cell."""
    pickers = []
    for part in range(4):
        places = []
        # The first digit is the highest bit.
        for cell in reversed(range(BITS)):
            angle, ring = divmod(cell, RINGS)
            turn = math.tau * (angle + 0.25 + 0.5 * (part % 2)) / ANGLES
            radius = _RADIUS * ((ring + 0.25 + 0.5 * (part // 2)) / RINGS) ** _SPACING
            x, y = CANVAS / 2 + radius * math.cos(turn), CANVAS / 2 + radius * math.sin(turn)
            places.append(CANVAS * CANVAS - 1 - (math.floor(y) * CANVAS + math.floor(x)))
        pickers.append(itemgetter(*places))
    return tuple(pickers)


def _sample(bitmap: int) -> int:
    """Return the polar grid of a bitmap: the cells of which at least half is inked."""
    digits = f"{bitmap:0{CANVAS * CANVAS}b}"
    a, b, c, d = (int("".join(pick(digits)), 2) for pick in _samples())
    return a & b | c & d | (a | b) & (c | d)


def _turn(grid: int, by: int) -> int:
    """Return a grid turned by `by` cells of angle."""
    by = by % ANGLES * RINGS
    return (grid >> by | grid << BITS - by) & MASK


def _mirror(grid: int) -> int:
    """Return the mirror image of a grid about the line at angle 0."""
    data = f"{grid:0{BITS}b}"
    return int("".join(data[at : at + RINGS] for at in range(BITS - RINGS, -1, -RINGS)), 2)


def _widen(grid: int) -> int:
    """Return a grid grown by one cell to each side."""
    inward = grid >> 1 & ~(_RING << RINGS - 1)
    outward = (grid & ~(_RING << RINGS - 1)) << 1
    return grid | inward | outward | _turn(grid, 1) | _turn(grid, -1)


def _profile(grid: int) -> int:
    profile, inked = 0, grid.bit_count()
    for ring in range(RINGS):
        share = (grid & _RING << ring).bit_count() * _RING_STEPS
        profile = profile << _RING_STEPS | (1 << (share + ANGLES // 2) // ANGLES) - 1
    inner = grid & _INNER
    inside, outside = inner.bit_count(), inked - inner.bit_count()
    for by in range(1, ANGLES // 2 + 1):
        same = grid & _turn(grid, by)
        near = (same & _INNER).bit_count()
        for kept, of in ((near, inside), (same.bit_count() - near, outside)):
            profile = profile << _TURN_STEPS | (1 << (kept * _TURN_STEPS + of // 2) // max(of, 1)) - 1
    return profile
