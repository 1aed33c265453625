"""Fewer points: what is drawn stays what it was."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pathops import Path, PathVerb

from blazon.design import FrameShape
from blazon.draw.curves import combine_paths, polar, ring, rounded_polygon
from blazon.draw.frames import frame
from blazon.draw.outline import (
    Box,
    circle,
    ellipse,
    inked_area,
    intersect_paths,
    polygon,
    rectangle,
    rotate_path,
    stroke_path,
    subtract_paths,
    union,
)
from blazon.draw.reduction import count_points, reduce_points

TOLERANCE = 0.8


def strayed(before: Path, after: Path) -> float:
    """The area that only one of two outlines has, over the length of an edge: how far the edge has moved on average."""
    apart = inked_area(union([subtract_paths(before, after), subtract_paths(after, before)]))
    return apart / float(2 * (before.bounds[2] - before.bounds[0] + before.bounds[3] - before.bounds[1]))


def test_a_circle_is_four_arcs_whatever_was_done_to_it() -> None:
    cut = union([circle((0, 0), 400), circle((100, 0), 200), rectangle(Box(-250, -250, 250, 250))])
    stroked = stroke_path(circle((500, 500), 300), 80)
    assert count_points(reduce_points(cut, TOLERANCE)) == 4
    assert count_points(reduce_points(stroked, TOLERANCE)) == 8


def test_an_arc_that_was_cut_in_pieces_is_one_curve_again() -> None:
    disc = circle((0, 0), 400)
    pieces = [intersect_paths(disc, rectangle(Box(-500, y, 500, y + 100))) for y in range(-400, 400, 100)]
    whole = union(pieces)
    assert count_points(reduce_points(whole, TOLERANCE)) <= 6 < count_points(whole)


def test_points_on_a_straight_line_go_and_corners_stay() -> None:
    square = polygon([(0, 0), (30, 0), (500, 0.1), (1000, 0), (1000, 1000), (1000, 999.9), (0, 1000), (0, 400)])
    reduced = reduce_points(square, TOLERANCE)
    assert count_points(reduced) == 4
    assert inked_area(reduced) == pytest.approx(1_000_000, rel=1e-3)


def test_the_straight_sides_of_a_rounded_shape_stay_straight() -> None:
    reduced = reduce_points(rounded_polygon([polar(500, 60 * k) for k in range(6)], 80), TOLERANCE)
    assert sum(verb is PathVerb.LINE for verb, _ in reduced) + 1 >= 6
    assert count_points(reduced) == 12


@pytest.mark.parametrize("shape", list(FrameShape))
def test_a_frame_keeps_its_outline(shape: FrameShape) -> None:
    outline = frame(shape, Box(0, 0, 1000, 1000))
    reduced = reduce_points(outline, TOLERANCE)
    assert count_points(reduced) <= count_points(outline)
    assert strayed(outline, reduced) < TOLERANCE


def test_holes_stay_holes() -> None:
    band = union([ring((0, 0), 400, 250)])
    reduced = reduce_points(band, TOLERANCE)
    assert inked_area(reduced) == pytest.approx(math.pi * (400**2 - 250**2), rel=2e-3)
    assert count_points(reduced) == 8


def test_an_empty_outline_stays_empty() -> None:
    assert count_points(reduce_points(Path(), TOLERANCE)) == 0


blobs = st.tuples(
    st.integers(-300, 300), st.integers(-300, 300), st.integers(20, 300), st.integers(20, 300), st.integers(0, 90)
)


@settings(max_examples=60, deadline=None)
@given(st.lists(blobs, min_size=1, max_size=5), st.booleans())
def test_any_union_of_shapes_keeps_its_edge(shapes: list[tuple[int, int, int, int, int]], square: bool) -> None:
    paths = [
        rotate_path(rectangle(Box(x - rx, y - ry, x + rx, y + ry), 15) if square else ellipse((x, y), rx, ry), turn)
        for x, y, rx, ry, turn in shapes
    ]
    whole = union(paths)
    reduced = reduce_points(whole, TOLERANCE)
    assert count_points(reduced) <= count_points(whole)
    assert strayed(whole, reduced) < TOLERANCE
    assert reduce_points(combine_paths([whole]), TOLERANCE) == reduced
