from hypothesis import given
from hypothesis import strategies as st

from blazon.draw.outline import Box, Ink, Layer, circle, polygon, rectangle, subtract_paths
from blazon.quality.pictures import CELLS, likeness, take_picture


def bar(width: float) -> Layer:
    return Layer(rectangle(Box(0, 0, width, 1000)), Ink.MARK)


@given(st.floats(1, 5000), st.floats(-3000, 3000))
def test_a_picture_does_not_depend_on_size_and_place(side: float, x: float) -> None:
    picture = take_picture([Layer(rectangle(Box(x, 0, x + side, side)), Ink.MARK)])
    assert abs(picture.area - CELLS * CELLS) <= 3 * CELLS + 3
    assert picture.imbalance < 20


@given(st.integers(20, 1000))
def test_what_is_thin_is_measured_as_thin(width: int) -> None:
    picture = take_picture([bar(width)])
    pixel = 1000 / 16
    if width < pixel / 3:
        assert picture.thin(16) > 900
    if width > pixel:
        assert picture.thin(16) < 30
    assert picture.thin(32) <= picture.thin(16)


def test_an_empty_mark_has_an_empty_picture() -> None:
    picture = take_picture([])
    assert picture.empty
    assert (picture.thin(16), picture.closed(16), picture.clogged(16)) == (0, 0, 0)


def test_a_small_counter_clogs_and_a_large_one_does_not() -> None:
    for radius, clogs in ((25.0, True), (300.0, False)):
        ring = subtract_paths(circle((0, 0), 500), circle((0, 0), radius))
        assert (take_picture([Layer(ring, Ink.MARK)]).clogged(16) > 500) is clogs


def test_what_leans_is_out_of_balance() -> None:
    wedge = Layer(polygon([(0, 0), (1000, 0), (0, 1000)]), Ink.MARK)
    upright = Layer(polygon([(500, 0), (1000, 1000), (0, 1000)]), Ink.MARK)
    assert take_picture([wedge]).imbalance > take_picture([upright]).imbalance > 0


def test_a_shape_is_most_like_itself() -> None:
    disc, square = (
        take_picture([Layer(path, Ink.MARK)]).coarse for path in (circle((0, 0), 500), rectangle(Box(0, 0, 9, 9)))
    )
    ring = take_picture([Layer(subtract_paths(circle((0, 0), 500), circle((0, 0), 400)), Ink.MARK)]).coarse
    assert likeness(disc, disc) == 1000
    assert likeness(disc, square) > likeness(disc, ring)
