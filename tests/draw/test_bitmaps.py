from hypothesis import given
from hypothesis import strategies as st

from blazon.draw.bitmaps import (
    CANVAS,
    centroid,
    close_by,
    dilate,
    erode,
    extent,
    fitting_places,
    flatten,
    largest_part,
    open_by,
    rasterise,
    rows,
    shift,
)
from blazon.draw.outline import Box, circle, rectangle, subtract_paths, union

cells = st.tuples(st.integers(40, 70), st.integers(40, 70))
pictures = st.sets(cells, min_size=1, max_size=60)


def bitmap_of(points: set[tuple[int, int]]) -> int:
    return sum(1 << (y * CANVAS + x) for x, y in points)


def points_of(bitmap: int) -> set[tuple[int, int]]:
    return {(x, y) for y, row in rows(bitmap) for x in range(CANVAS) if row >> x & 1}


@given(pictures)
def test_a_bitmap_holds_the_cells_it_was_made_of(points: set[tuple[int, int]]) -> None:
    bitmap = bitmap_of(points)
    xs, ys = zip(*points, strict=True)
    assert points_of(bitmap) == points
    assert extent(bitmap) == (min(xs), min(ys), max(xs) + 1, max(ys) + 1)
    x, y = centroid(bitmap)
    assert abs(x - sum(xs) / len(points)) <= 1
    assert abs(y - sum(ys) / len(points)) <= 1


@given(pictures, st.integers(-20, 20), st.integers(-20, 20))
def test_shifting_moves_every_cell(points: set[tuple[int, int]], dx: int, dy: int) -> None:
    assert points_of(shift(bitmap_of(points), dx, dy)) == {(x + dx, y + dy) for x, y in points}


@given(pictures, st.integers(1, 4))
def test_growing_and_shrinking_are_inverse_of_each_other_outside_in(points: set[tuple[int, int]], by: int) -> None:
    bitmap = bitmap_of(points)
    canvas = (1 << CANVAS * CANVAS) - 1
    assert erode(bitmap, by) == canvas & ~dilate(canvas & ~bitmap, by)
    assert open_by(bitmap, by) & ~bitmap == 0
    assert bitmap & ~close_by(bitmap, by) == 0


@given(pictures, st.sets(cells, min_size=1, max_size=5))
def test_a_shape_fits_where_every_cell_of_it_is_in_the_body(
    body: set[tuple[int, int]], shape: set[tuple[int, int]]
) -> None:
    half = CANVAS // 2
    places = points_of(fitting_places(bitmap_of(body), bitmap_of(shape)))
    moves = {(bx - sx, by - sy) for bx, by in body for sx, sy in shape}
    fitting = {(dx, dy) for dx, dy in moves if all((x + dx, y + dy) in body for x, y in shape)}
    assert {(x - half, y - half) for x, y in places} == fitting


def test_a_ring_is_drawn_with_its_hole_and_as_a_silhouette_without() -> None:
    ring = flatten(union([subtract_paths(circle((0, 0), 500), circle((0, 0), 250))]))
    inked, whole = (rasterise(ring, 0.06, 72, 72, holes=holes) for holes in (True, False))
    middle = 72 * CANVAS + 72
    assert not inked >> middle & 1
    assert whole >> middle & 1
    assert 0.72 < inked.bit_count() / whole.bit_count() < 0.78
    # Pillow draws the outline of a polygon too.
    assert extent(whole) == (42, 42, 103, 103)


def test_the_largest_part_is_one_piece() -> None:
    large, small = (flatten(rectangle(box)) for box in (Box(0, 0, 30, 20), Box(0, 40, 10, 50)))
    both = rasterise(large, 1, 40, 40) | rasterise(small, 1, 40, 40)
    assert largest_part(both) == rasterise(large, 1, 40, 40)
