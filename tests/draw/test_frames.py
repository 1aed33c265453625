import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathops import Path

from blazon.design import FrameShape
from blazon.draw.frames import content_box, frame, frame_line, set_on_arc
from blazon.draw.outline import (
    Box,
    bounds,
    circle,
    inked_area,
    intersect_paths,
    mirror_path,
    rectangle,
    stroke_path,
    subtract_paths,
)

SQUARE = Box(0, 0, 1000, 1000)

every_shape = pytest.mark.parametrize("shape", list(FrameShape))
boxes = st.builds(
    lambda x, y, width, height: Box(x, y, x + width, y + height),
    st.floats(-500, 500),
    st.floats(-500, 500),
    st.floats(100, 2000),
    st.floats(100, 2000),
)


@given(st.sampled_from(FrameShape), boxes)
def test_a_frame_fills_its_box_and_is_centred_in_it(shape: FrameShape, box: Box) -> None:
    found, side = bounds([frame(shape, box)]), min(box.width, box.height)
    assert found.height == pytest.approx(side, rel=1e-3)
    assert 0.85 * side < found.width < 1.001 * side
    assert found.centre == pytest.approx(box.centre, abs=0.01 * side)


@every_shape
def test_a_frame_is_its_own_mirror_image(shape: FrameShape) -> None:
    outline = frame(shape, SQUARE)
    same = inked_area(intersect_paths(outline, mirror_path(outline, 500)))
    assert same == pytest.approx(inked_area(outline), rel=1e-4)


@given(st.sampled_from(FrameShape), boxes)
def test_the_content_box_lies_inside_the_frame_with_room_to_spare(shape: FrameShape, box: Box) -> None:
    content = rectangle(content_box(shape, box))
    outside = subtract_paths(content, frame(shape, box))
    assert inked_area(outside) < 1e-3 * inked_area(content)
    assert inked_area(content) > 0.25 * min(box.width, box.height) ** 2


@every_shape
@pytest.mark.parametrize("width", [20.0, 44.0])
def test_a_frame_line_is_even(shape: FrameShape, width: float) -> None:
    outline = frame(shape, SQUARE)
    line = frame_line(shape, SQUARE, width)
    assert inked_area(subtract_paths(line, outline)) < 10
    # No ink deeper than the width, and none missing above it.
    assert inked_area(subtract_paths(line, stroke_path(outline, 2 * width + 1))) < 10
    rim = intersect_paths(outline, stroke_path(outline, 2 * width - 1))
    assert inked_area(subtract_paths(rim, line)) < 10


@every_shape
def test_a_frame_line_leaves_the_content_free(shape: FrameShape) -> None:
    line = frame_line(shape, SQUARE, 44)
    disc = circle(content_box(shape, SQUARE).centre, content_box(shape, SQUARE).width / 2 + 30)
    assert inked_area(intersect_paths(line, disc)) < 1


def test_a_shields_content_sits_higher_than_its_middle() -> None:
    assert content_box(FrameShape.SHIELD, SQUARE).centre[1] < 480


def letters(count: int, advance: float = 80.0) -> list[tuple[Path, float]]:
    """Stand-ins for glyphs: the further right, the taller."""
    glyphs = []
    for index in range(count):
        middle = (index + 0.5) * advance
        glyphs.append((rectangle(Box(middle - 25, -40 - 5 * index, middle + 25, 0)), middle))
    return glyphs


counts = st.integers(1, 16)


@given(counts, st.booleans())
def test_type_on_a_circle_keeps_its_glyphs_and_their_order(count: int, top: bool) -> None:
    straight = letters(count)
    bent = list(set_on_arc(straight, (500, 500), 400, top).contours)
    assert [inked_area(glyph) for glyph in bent] == pytest.approx([inked_area(g) for g, _ in straight], rel=1e-3)
    turns = [clockwise_from_start(bounds([glyph]).centre, top) for glyph in bent]
    assert turns == sorted(turns)


def clockwise_from_start(point: tuple[float, float], top: bool) -> float:
    """Return the angle along the reading direction, from where the line would close the circle."""
    angle = math.degrees(math.atan2(point[1] - 500, point[0] - 500))
    return (angle - 90) % 360 if top else -((angle + 90) % 360)


@given(counts)
def test_feet_of_the_upper_line_and_heads_of_the_lower_one_face_the_centre(count: int) -> None:
    for top in (True, False):
        outline = set_on_arc(letters(count), (500, 500), 400, top)
        inner, outer = circle((500, 500), 399), circle((500, 500), 403)
        if top:
            assert inked_area(intersect_paths(outline, inner)) < 0.02 * inked_area(outline)
        else:
            assert inked_area(subtract_paths(outline, outer)) < 0.02 * inked_area(outline)


@given(counts, st.booleans(), st.floats(300, 3000))
def test_the_middle_of_a_line_stands_at_the_top_or_bottom(count: int, top: bool, radius: float) -> None:
    glyphs = [(rectangle(Box(x - 25, -40, x + 25, 0)), x) for _, x in letters(count)]
    outline = set_on_arc(glyphs, (500, 500), radius, top)
    assert inked_area(intersect_paths(outline, mirror_path(outline, 500))) == pytest.approx(
        inked_area(outline), rel=1e-2
    )


def test_along_the_bottom_letters_stand_even_where_it_is_asked() -> None:
    straight = [(rectangle(Box(x - 10, -100, x + 10, 0)), x) for x in (0.0, 100.0)]
    left, right = (bounds([part]) for part in set_on_arc(straight, (500, 500), 400, False, even_at=350).contours)
    angle = 2 * math.asin((right.centre[0] - left.centre[0]) / 2 / 350)
    assert 350 * angle == pytest.approx(100, rel=0.01)
