"""Bitmaps as integers: coarse pictures of outlines on which placements are searched, without floats and without numpy.

A bitmap is one integer, a bit for each cell of a square canvas of `CANVAS` x `CANVAS` cells: bit
`y * CANVAS + x`. Moving a picture is a shift, cutting and joining are `&` and `|`, and a thousand
placements are tried in a millisecond. Pictures must keep clear of the edges of the canvas: what is
moved over the right edge comes back on the left.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from pathops import Path, PathVerb
from PIL import Image, ImageDraw

from blazon.draw.outline import Point

CANVAS: Final = 144
"""Side of the canvas in cells."""

Polygons = Sequence[Sequence[Point]]
"""Closed polygons."""

_STEPS: Final = (0.25, 0.5, 0.75)
_QUADRATIC: Final = tuple(((1 - t) ** 2, 2 * t * (1 - t), t * t) for t in _STEPS)
_CUBIC: Final = tuple(((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3) for t in _STEPS)
_REVERSED: Final = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def flatten(path: Path) -> Polygons:
    """Return an outline without overlaps as polygons, the largest first, four sides for each curve.

    Solid parts run round as the first one does, holes the other way.
    """
    polygons: list[list[Point]] = []
    for verb, points in path:
        if verb is PathVerb.MOVE:
            polygons.append([points[0]])
        elif verb is PathVerb.LINE:
            polygons[-1].append(points[0])
        elif verb in (PathVerb.QUAD, PathVerb.CUBIC):
            polygons[-1] += _curve(polygons[-1][-1], points)
    return sorted((polygon for polygon in polygons if len(polygon) > 2), key=lambda polygon: -abs(_area(polygon)))


def _area(polygon: Sequence[Point]) -> float:
    """Return the area of a polygon, negative if it runs anti-clockwise on screen (shoelace formula)."""
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise([*polygon, polygon[0]])) / 2


def _curve(start: Point, points: Sequence[Point]) -> list[Point]:
    """Return points on a quadratic or cubic Bezier curve, its end the last, by Bernstein's polynomials."""
    (ax, ay), (bx, by) = start, points[0]
    if len(points) == 2:
        cx, cy = points[1]
        return [(p * ax + q * bx + r * cx, p * ay + q * by + r * cy) for p, q, r in _QUADRATIC] + [points[1]]
    (cx, cy), (dx, dy) = points[1], points[2]
    inner = [(p * ax + q * bx + r * cx + s * dx, p * ay + q * by + r * cy + s * dy) for p, q, r, s in _CUBIC]
    return [*inner, points[2]]


def rasterise(polygons: Polygons, scale: float, dx: float, dy: float, *, holes: bool = True) -> int:
    """Return the bitmap of polygons from `flatten`, each point (x, y) drawn at (scale x + dx, scale y + dy) cells.

    Without `holes` they are filled: the silhouette.
    """
    canvas = Image.new("1", (CANVAS, CANVAS))
    draw = ImageDraw.Draw(canvas)
    solid = _area(polygons[0]) > 0
    # From large to small: a hole is drawn after the part that it lies in, an island after its hole.
    for polygon in polygons:
        inked = (_area(polygon) > 0) is solid
        if inked or holes:
            draw.polygon([(round(x * scale + dx - 0.5), round(y * scale + dy - 0.5)) for x, y in polygon], fill=inked)
    # Pillow packs the leftmost pixel in the highest bit of a byte; here it is the lowest.
    return int.from_bytes(canvas.tobytes().translate(_REVERSED), "little")


def solid_parts(polygons: Polygons) -> Sequence[Sequence[Point]]:
    """Return those of the polygons from `flatten` that are inked, without their holes."""
    solid = _area(polygons[0]) > 0
    return [polygon for polygon in polygons if (_area(polygon) > 0) is solid]


def shift(bitmap: int, dx: int, dy: int) -> int:
    by = dy * CANVAS + dx
    return bitmap << by if by >= 0 else bitmap >> -by


def dilate(bitmap: int, by: int) -> int:
    """Return a bitmap grown by `by` cells all around, in an octagon."""
    for step in range(by):
        sides = bitmap | bitmap << 1 | bitmap >> 1
        # A square step and a diamond step in turn make an octagon.
        updown = bitmap if step % 2 else sides
        bitmap = sides | updown << CANVAS | updown >> CANVAS
    return bitmap


def erode(bitmap: int, by: int) -> int:
    """Return a bitmap shrunk by `by` cells all around; the inverse of growing what is not in it."""
    for step in range(by):
        sides = bitmap & bitmap << 1 & bitmap >> 1
        updown = bitmap if step % 2 else sides
        bitmap = sides & updown << CANVAS & updown >> CANVAS
    return bitmap


def open_by(bitmap: int, by: int) -> int:
    """Return a bitmap without what is thinner than about `2 by + 1` cells."""
    return dilate(erode(bitmap, by), by) & bitmap


def close_by(bitmap: int, by: int) -> int:
    """Return a bitmap with the gaps filled that are narrower than about `2 by + 1` cells."""
    return erode(dilate(bitmap, by), by) | bitmap


def fitting_places(body: int, shape: int) -> int:
    """Return the bitmap of all moves that bring `shape` wholly inside `body`.

    Bit `y * CANVAS + x` says that moving by (x - CANVAS // 2, y - CANVAS // 2) does.
    """
    half = CANVAS // 2
    places = (1 << CANVAS * CANVAS) - 1
    runs_of: dict[int, int] = {1: body}
    for y, row in rows(shape):
        for start, length in _runs(row):
            run = _inside_runs(body, length, runs_of)
            places &= shift(run, half - start, half - y)
            if not places:
                return 0
    return places


def _inside_runs(body: int, length: int, known: dict[int, int]) -> int:
    """Return the cells at which a horizontal run of `length` cells starts that lies inside `body`."""
    if length not in known:
        run, reach = body, 1
        while reach < length:
            step = min(reach, length - reach)
            run &= run >> step
            reach += step
        known[length] = run
    return known[length]


def rows(bitmap: int) -> list[tuple[int, int]]:
    """Return the rows of a bitmap that are not empty: y and the bits of the row."""
    data = bitmap.to_bytes(CANVAS * CANVAS // 8, "little")
    length = CANVAS // 8
    cut = (int.from_bytes(data[at : at + length], "little") for at in range(0, len(data), length))
    return [(y, row) for y, row in enumerate(cut) if row]


def _runs(row: int) -> list[tuple[int, int]]:
    """Return start and length of the runs of a row."""
    found, start = [], 0
    while row:
        skip = (row & -row).bit_length() - 1
        row >>= skip
        length = (~row & (row + 1)).bit_length() - 1
        found.append((start + skip, length))
        row >>= length
        start += skip + length
    return found


def extent(bitmap: int) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of a bitmap that is not empty; right and bottom are one past the last cell."""
    columns = bitmap
    reach = CANVAS * CANVAS
    while reach > CANVAS:
        # Fold the lower half of the rows onto the upper.
        half = -(-reach // CANVAS // 2) * CANVAS
        columns = (columns & ((1 << half) - 1)) | columns >> half
        reach = half
    top = ((bitmap & -bitmap).bit_length() - 1) // CANVAS
    return (columns & -columns).bit_length() - 1, top, columns.bit_length(), -(-bitmap.bit_length() // CANVAS)


def centroid(bitmap: int) -> tuple[int, int]:
    """Return the cell in the middle of what is inked, of a bitmap that is not empty."""
    across = down = count = 0
    for y, row in rows(bitmap):
        inked = row.bit_count()
        down += y * inked
        count += inked
        across += sum(length * (2 * start + length - 1) for start, length in _runs(row))
    return across // (2 * count), down // count


def largest_part(bitmap: int) -> int:
    """Return the largest connected part of a bitmap."""
    best, best_count = 0, 0
    while bitmap.bit_count() > best_count:
        part = flood(bitmap & -bitmap, bitmap)
        if part.bit_count() > best_count:
            best, best_count = part, part.bit_count()
        bitmap &= ~part
    return best


def flood(seed: int, body: int) -> int:
    """Return the parts of `body` that `seed` touches."""
    part = seed & body
    while True:
        grown = dilate(part, 1) & body
        # A second step before the two are compared saves half of the comparisons.
        grown = dilate(grown, 1) & body
        if grown == part:
            return part
        part = grown
