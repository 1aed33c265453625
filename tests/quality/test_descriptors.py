"""Descriptors say the same of a shape wherever, however large and whichever way round it stands."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pathops import Path

from blazon.draw.outline import (
    Box,
    circle,
    mirror_path,
    move_path,
    rectangle,
    regular_polygon,
    rotate_path,
    scale_path,
    subtract_paths,
    transform_path,
    union,
)
from blazon.quality.descriptors import ANGLES, BITS, compare, describe, distance, edge_length

# A flag: neither symmetric nor convex.
FLAG = union([rectangle(Box(0, 0, 12, 100)), rectangle(Box(12, 0, 80, 45), 8), circle((50, 75), 11)])
ANCHOR = union([rectangle(Box(45, 0, 55, 90)), rectangle(Box(25, 20, 75, 30)), rectangle(Box(10, 80, 90, 95), 7)])


def far(one: Path, other: Path) -> int:
    return distance(describe([one])[0].turns(), describe([other])[0].grid)


def test_a_shape_has_no_distance_from_itself_and_one_from_another() -> None:
    assert far(FLAG, FLAG) == 0
    assert far(FLAG, ANCHOR) > 400


@settings(max_examples=25, deadline=None)
@given(
    degrees=st.floats(0, 360),
    factor=st.floats(0.01, 100),
    dx=st.floats(-500, 500),
    dy=st.floats(-500, 500),
    mirrored=st.booleans(),
)
def test_place_size_turn_and_mirroring_hardly_change_the_distance(
    degrees: float, factor: float, dx: float, dy: float, mirrored: bool
) -> None:
    drawing = move_path(scale_path(rotate_path(FLAG, degrees), factor), dx, dy)
    if mirrored:
        drawing = mirror_path(drawing, 3)
    assert far(FLAG, drawing) < 200
    assert far(ANCHOR, drawing) > 400


def test_stretching_counts_for_less_than_it_moves() -> None:
    """Half of it is taken back, so that two drawings of one thing meet though one is longer."""
    assert far(FLAG, transform_path(FLAG, 1.15, 0, 0, 1, 0, 0)) < 250
    assert far(rectangle(Box(0, 0, 10, 10)), rectangle(Box(0, 0, 10, 30))) > 100


@pytest.mark.parametrize("upright", [FLAG, mirror_path(FLAG, 3), rotate_path(FLAG, 8)])
def test_what_stands_upright_costs_no_turn_and_what_stands_on_its_side_does(upright: Path) -> None:
    flag = describe([FLAG])[0]
    assert compare(flag, flag.turns(), describe([upright])[0]).turn < 50
    assert compare(flag, flag.turns(), describe([rotate_path(upright, 90)])[0]).turn > 200


def test_what_is_alike_at_every_turn_is_so_by_chance() -> None:
    disc, flag = describe([circle((0, 0), 10)])[0], describe([FLAG])[0]
    ring = describe([subtract_paths(circle((0, 0), 10), circle((0, 0), 3), rectangle(Box(-1, -4, 1, 4)))])[0]
    assert compare(disc, disc.turns(), ring).chance == 1000
    assert compare(flag, flag.turns(), flag).chance == 0


def test_outlines_of_unlike_lengths_differ() -> None:
    disc, flag = describe([circle((0, 0), 10)])[0], describe([FLAG])[0]
    assert compare(flag, flag.turns(), flag).outline == 0
    assert compare(disc, disc.turns(), flag).outline > 200
    assert describe([rectangle(Box(0, 0, 7, 7))])[0].outline == 400


def test_a_turn_by_a_cell_is_one_of_the_turns() -> None:
    turned = describe([rotate_path(FLAG, 360 / ANGLES * 5)])[0].grid
    assert min((one ^ turned).bit_count() for one in describe([FLAG])[0].turns()) < BITS // 50


@pytest.mark.parametrize("frame", [circle((50, 50), 90), rectangle(Box(-40, -40, 140, 140), 40)])
def test_what_is_cut_out_of_a_frame_is_described_without_it(frame: Path) -> None:
    assert far(FLAG, subtract_paths(frame, FLAG)) < 30


def test_what_stands_in_a_ring_is_described_without_it() -> None:
    ring = subtract_paths(circle((45, 50), 90), circle((45, 50), 82))
    assert far(FLAG, union([ring, FLAG])) < 30


def test_a_framed_mark_is_found_in_another_frame() -> None:
    sign = subtract_paths(rectangle(Box(-20, -20, 110, 120), 20), FLAG)
    twice = subtract_paths(circle((45, 50), 140), circle((45, 50), 130))
    known = describe([sign])[0]
    assert min(distance(one.turns(), known.grid) for one in describe([union([sign, twice])])) < 30


def test_eyes_are_no_content_of_a_head() -> None:
    eyes = [circle((35, 40), 6), circle((65, 40), 6)]
    assert far(subtract_paths(circle((50, 50), 50), *eyes), union(eyes)) > 400


def test_a_ring_is_not_a_frame_of_its_hole() -> None:
    triangle = regular_polygon((50, 50), 50, 3)
    assert far(subtract_paths(triangle, scale_path(triangle, 0.6, (50, 50))), triangle) > 200


def test_edges_are_counted_in_cells() -> None:
    disc = describe([circle((0, 0), 10)])[0].grid
    assert ANGLES <= edge_length(disc) <= 2 * ANGLES


def test_what_has_no_area_has_no_descriptor() -> None:
    assert describe([]) == ()
    assert describe([Path()]) == ()


def test_a_star_is_not_a_hexagon() -> None:
    points = [regular_polygon((0, 0), 10, 3, turn) for turn in (0, 60)]
    assert far(union(points), regular_polygon((0, 0), 10, 6)) > 100
