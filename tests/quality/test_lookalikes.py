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
# A silhouette like that of a cat's head with a tail, drawn by hand after the mark of GitHub.
KNOWN = from_svg(
    "M12 .3a12 12 0 0 0-3.8 23.4c.6.1.8-.3.8-.6v-2c-3.3.7-4-1.6-4-1.6-.6-1.4-1.4-1.8-1.4-1.8-1-.7.1-.7.1-.7 1.2 0 1.9 "
    "1.2 1.9 1.2 1 1.8 2.8 1.3 3.5 1 0-.8.4-1.3.7-1.6-2.7-.3-5.5-1.3-5.5-6 0-1.2.5-2.3 1.3-3.1-.2-.4-.6-1.6 0-3.2 0 0 "
    "1-.3 3.4 1.2a11.5 11.5 0 0 1 6 0c2.3-1.5 3.3-1.2 3.3-1.2.6 1.6.2 2.8 0 3.2.9.8 1.3 1.9 1.3 3.2 0 4.6-2.8 5.6-5.5 "
    "5.9.5.4.9 1 .9 2.2v3.3c0 .3.1.7.8.6A12 12 0 0 0 12 .3"
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
        transform_path(KNOWN, 1.05, 0.03, 0, 0.98, 0, 0),
        union([KNOWN, stroke_path(KNOWN, 0.4)]),
        subtract_paths(KNOWN, stroke_path(KNOWN, 0.3)),
        knock_out(KNOWN, circle(CENTRE, 15)),
        knock_out(rotate_path(KNOWN, 90, CENTRE), rectangle(Box(-3, -3, 27, 27), 6)),
        ring_around(KNOWN),
    ],
    ids=["same", "scaled", "turned", "mirrored", "bent", "thicker", "thinner", "disc", "square", "ring"],
)
def test_a_known_mark_is_found_whatever_was_done_to_it(marks: LookAlikes, drawing: Path) -> None:
    assert marks.find([drawing])[0].name == "GitHub"


def test_a_mark_in_two_inks_is_compared_as_one(marks: LookAlikes) -> None:
    left, right = rectangle(Box(0, 0, 12, 24)), rectangle(Box(12, 0, 24, 24))
    halves = [subtract_paths(KNOWN, left), subtract_paths(KNOWN, right)]
    assert marks.find(halves)[0].name == "GitHub"


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
