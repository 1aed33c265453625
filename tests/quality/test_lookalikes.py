"""Marks that look like known ones are found under whatever was done to them; ordinary ones are left alone."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from pathops import Path

from blazon.draw.outline import (
    Box,
    circle,
    from_svg,
    mirror_path,
    rectangle,
    regular_polygon,
    rotate_path,
    scale_path,
    stroke_path,
    subtract_paths,
    transform_path,
    union,
)
from blazon.quality.lookalikes import LookAlike, LookAlikes

CENTRE = (12.0, 12.0)
# The butterfly of Bluesky, from Simple Icons (CC0).
KNOWN = from_svg(
    "M5.202 2.857C7.954 4.922 10.913 9.11 12 11.358c1.087-2.247 4.046-6.436 6.798-8.501"
    "C20.783 1.366 24 .213 24 3.883"
    "c0 .732-.42 6.156-.667 7.037-.856 3.061-3.978 3.842-6.755 3.37 4.854.826 6.089 3.562 3.422 6.299-5.065"
    " 5.196-7.28-1.304-7.847-2.97-.104-.305-.152-.448-.153-.327 0-.121-.05.022-.153.327-.568 1.666-2.782"
    " 8.166-7.847 2.97-2.667-2.737-1.432-5.473 3.422-6.3-2.777.473-5.899-.308-6.755-3.369"
    "C.42 10.04 0 4.615 0 3.883c0-3.67 3.217-2.517 5.202-1.026"
)


@pytest.fixture(scope="module")
def marks() -> LookAlikes:
    return LookAlikes.open()


def knock_out(path: Path, frame: Path) -> Path:
    return subtract_paths(frame, scale_path(path, 0.66, CENTRE))


def ring_around(path: Path) -> Path:
    ring = subtract_paths(circle(CENTRE, 15), circle(CENTRE, 14))
    return union([ring, scale_path(path, 0.7, CENTRE)])


@pytest.mark.parametrize(
    "drawing",
    [
        KNOWN,
        transform_path(KNOWN, 40, 0, 0, 40, -500, 900),
        rotate_path(KNOWN, 33, CENTRE),
        mirror_path(rotate_path(KNOWN, 200, CENTRE), 12),
        rotate_path(transform_path(KNOWN, 1.15, 0, 0, 1, 0, 0), 70, CENTRE),
        transform_path(KNOWN, 1.06, 0.03, 0, 0.98, 0, 0),
        union([KNOWN, stroke_path(KNOWN, 0.3)]),
        subtract_paths(KNOWN, stroke_path(KNOWN, 0.3)),
        knock_out(KNOWN, circle(CENTRE, 15)),
        knock_out(rotate_path(KNOWN, 90, CENTRE), rectangle(Box(-3, -3, 27, 27), 6)),
        ring_around(KNOWN),
    ],
    ids=["same", "scaled", "turned", "mirrored", "stretched", "bent", "thicker", "thinner", "disc", "square", "ring"],
)
def test_a_known_mark_is_found_whatever_was_done_to_it(marks: LookAlikes, drawing: Path) -> None:
    assert marks.find([drawing])[0].name == "Bluesky"


def test_a_mark_in_two_inks_is_compared_as_one(marks: LookAlikes) -> None:
    left, right = rectangle(Box(0, 0, 12, 24)), rectangle(Box(12, 0, 24, 24))
    halves = [subtract_paths(KNOWN, left), subtract_paths(KNOWN, right)]
    assert marks.find(halves)[0].name == "Bluesky"


@pytest.mark.parametrize(
    "drawing",
    [
        circle(CENTRE, 10),
        subtract_paths(circle(CENTRE, 10), circle(CENTRE, 7)),
        rectangle(Box(0, 0, 10, 10)),
        rectangle(Box(0, 0, 10, 10), 2),
        *(regular_polygon(CENTRE, 10, sides) for sides in range(3, 9)),
        rectangle(Box(0, 0, 100, 8)),
    ],
)
def test_a_plain_figure_looks_like_nobodys_mark(marks: LookAlikes, drawing: Path) -> None:
    assert marks.find([drawing]) == ()


def test_what_has_no_area_looks_like_nothing(marks: LookAlikes) -> None:
    assert marks.find([]) == marks.find([Path()]) == ()
    assert marks.find([from_svg("M0 0L10 10")]) == ()


def test_the_nearest_comes_first_and_threads_find_the_same(marks: LookAlikes) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(marks.find, [[KNOWN]] * 8))
    assert len(set(found)) == 1
    assert found[0] == tuple(sorted(found[0], key=lambda one: one.distance))
    assert all(isinstance(one, LookAlike) and 0 <= one.distance < 100 for one in found[0])
