"""Outlines that would take minutes to merge are told from those of marks, before they are merged."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.design import OutlineMark, OutlinePart
from blazon.draw.outline import circle, from_svg, to_svg
from blazon.draw.outline_crossings import meet_too_often
from blazon.draw.outline_mark import draw_outlines
from blazon.errors import InvalidDesign

SCATTERED = "M0 0" + "".join(f"L{i * 7919 % 1000} {i * 104729 % 1000}" for i in range(1, 500)) + "Z"
HOSTILE = {
    "the same again and again": "M0 0L50 5L5 50Z" * 50,
    "a line across itself": SCATTERED,
    "curves across each other": "".join(f"M0 {i}C300 {1000 - 9 * i} 700 {9 * i} 1000 {i}L1000 0Z" for i in range(100)),
    "a fan from one point": "".join(f"M500 500L{i} 0L{i + 1} 0Z" for i in range(0, 1000, 2)),
    "forth and back on one line": "M0 0" + "".join(f"L{i * 7919 % 1000} 0" for i in range(1, 100)) + "L500 500Z",
    "bars over bars": "".join(
        f"M{9 * i} 0L{9 * i + 3} 0L{9 * i} 1000ZM0 {9 * i}L1000 {9 * i}L0 {9 * i + 3}Z" for i in range(50)
    ),
    "many ends on an edge": "M0 0L1000 0L0 1Z" + "".join(f"M{i} 0L{i} 5L{i}.5 5Z" for i in range(1, 999)),
    "too many to look at": "".join(f"M{i} 0L{i + 999} 999L{i + 998} 999Z" for i in range(0, 2600, 2)),
}
MARKS = {
    "rings": "".join(to_svg(circle((500, 500), radius)) for radius in range(10, 500, 10)),
    "a checkerboard, whose corners touch": "".join(
        f"M{x} {y}L{x + 40} {y}L{x + 40} {y + 40}L{x} {y + 40}Z"
        for x in range(0, 1000, 40)
        for y in range(0, 1000, 40)
        if (x + y) % 80
    ),
    "rays from a point": "".join(
        f"M500 500L{500 + 500 * math.cos(i / 8):.2f} {500 + 500 * math.sin(i / 8):.2f}"
        f"L{500 + 500 * math.cos((i + 0.5) / 8):.2f} {500 + 500 * math.sin((i + 0.5) / 8):.2f}Z"
        for i in range(50)
    ),
    "slanting stripes": "".join(f"M{i} 0L{i + 5} 0L{i + 305} 1000L{i + 300} 1000Z" for i in range(0, 700, 10)),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_would_take_minutes_is_refused(what: str) -> None:
    with pytest.raises(InvalidDesign, match="cross or touch"):
        draw_outlines(OutlineMark((OutlinePart("mark", "#000000", HOSTILE[what]),)))


def test_parts_are_looked_at_together() -> None:
    bars = ["".join(f"M{9 * i} 0L{9 * i + 3} 0L{9 * i} 1000Z" for i in range(50))]
    bars.append("".join(f"M0 {9 * i}L1000 {9 * i}L0 {9 * i + 3}Z" for i in range(50)))
    assert [meet_too_often([from_svg(one)]) for one in bars] == [False, False]
    assert meet_too_often(map(from_svg, bars))


@pytest.mark.parametrize("what", MARKS)
def test_marks_are_drawn(what: str) -> None:
    parts = [OutlinePart("mark", "#000000", MARKS[what]), OutlinePart("accent", "#ff0000", MARKS[what])]
    assert len(draw_outlines(OutlineMark(tuple(parts)))) == 2  # edges that parts share do not count


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=3, max_size=30))
def test_few_edges_are_never_too_many(points: list[tuple[int, int]]) -> None:
    assert not meet_too_often([from_svg("M" + "L".join(f"{x} {y}" for x, y in points) + "Z")])
