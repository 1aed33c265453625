"""Marks parted by cuts, in fields and by the bridges of a stencil."""

import itertools

import pytest

from blazon.design import Treatment
from blazon.draw.composition import GAP, SIDE
from blazon.draw.curves import combine_paths, ring
from blazon.draw.cuts import cut_layers, find_bridges, is_cut_well, segment_layers, stencil_layers
from blazon.draw.outline import Box, Ink, Layer, circle, inked_area, intersect_paths, layer_bounds, rectangle, union
from blazon.draw.treatments import treat
from blazon.errors import InvalidDesign

MIDDLE = (SIDE / 2, SIDE / 2)
DISC = (Layer(circle(MIDDLE, SIDE / 2), Ink.MARK),)
RING = (Layer(ring(MIDDLE, SIDE / 2, SIDE / 4), Ink.MARK),)


def area(layers: tuple[Layer, ...]) -> float:
    return sum(inked_area(layer.path) for layer in layers)


def pieces(layers: tuple[Layer, ...]) -> int:
    return sum(len(list(layer.path.contours)) for layer in layers)


@pytest.mark.parametrize("angle", [-60, 0, 20, 45, 90])
def test_a_cut_parts_a_mark_in_two_with_an_even_gap(angle: int) -> None:
    cut = cut_layers(DISC, angle)
    assert pieces(cut) == 2
    assert area(DISC) - area(cut) == pytest.approx(GAP * 985, rel=0.02)


@pytest.mark.parametrize(("count", "angle"), [(2, 90), (2, 45), (3, 90), (4, 90), (4, 45)])
def test_fields_are_equal_on_a_disc_apart_and_in_turn(count: int, angle: int) -> None:
    fields = segment_layers(DISC, count, angle)
    assert [layer.ink for layer in fields] == [Ink.MARK, Ink.ACCENT]
    assert pieces(fields) == count
    parts = [inked_area(contour) for layer in fields for contour in layer.path.contours]
    assert min(parts) == pytest.approx(max(parts), rel=0.01)
    assert inked_area(intersect_paths(fields[0].path, fields[1].path)) == pytest.approx(0, abs=1)


def test_a_cut_rises_to_the_right() -> None:
    square = (Layer(rectangle(Box(0, 0, SIDE, SIDE)), Ink.MARK),)
    (cut,) = cut_layers(square, 20)
    upper = min((contour for contour in cut.path.contours), key=lambda contour: contour.bounds[1])
    left, right = rectangle(Box(0, 0, 100, SIDE)), rectangle(Box(SIDE - 100, 0, SIDE, SIDE))
    assert inked_area(intersect_paths(upper, left)) > inked_area(intersect_paths(upper, right))


def test_a_stencil_has_no_islands() -> None:
    assert [bridge.centre[0] for bridge in find_bridges(RING)] == [pytest.approx(SIDE / 2)]
    assert pieces(stencil_layers(RING)) == 2
    assert find_bridges(DISC) == []


def test_a_bridge_chips_no_other_body() -> None:
    saucer = Layer(rectangle(Box(0, SIDE + 100, SIDE / 2 + 30, SIDE + 200)), Ink.MARK)
    ring, below = stencil_layers((*RING, saucer))
    assert pieces([ring]) == 2
    assert inked_area(below.path) == pytest.approx(inked_area(saucer.path))


def test_small_counters_need_no_bridge() -> None:
    hole = circle(MIDDLE, 40)
    hole.reverse()
    assert find_bridges((Layer(combine_paths([circle(MIDDLE, 500), hole]), Ink.MARK),)) == []


def test_what_is_intricate_or_falls_into_splinters_is_not_cut_well() -> None:
    assert is_cut_well(DISC, cut_layers(DISC, 20), 2)
    two = (Layer(union([circle((200, 500), 190), circle((800, 500), 190)]), Ink.MARK),)
    assert not is_cut_well(two, cut_layers(two, 20), 4)
    splinter = (DISC[0], Layer(rectangle(Box(0, 900, 100, 1000)), Ink.MARK))
    assert not is_cut_well(DISC, splinter, 2)


@pytest.mark.parametrize("segments", [-1, 0, 1, 5])
def test_fields_are_two_to_four(segments: int) -> None:
    with pytest.raises(InvalidDesign, match="segments must be 2 to 4"):
        treat(DISC, Treatment.SEGMENTED, None, 90, segments)


@pytest.mark.parametrize(
    ("treatment", "cut"), list(itertools.product([Treatment.CUT, Treatment.SEGMENTED, Treatment.GRADIENT], [None, 30]))
)
def test_treated_marks_keep_their_square(treatment: Treatment, cut: int | None) -> None:
    box = layer_bounds(treat(DISC, treatment, None, cut))
    assert min(box.left, box.top) >= 0
    assert max(box.right, box.bottom) <= SIDE
