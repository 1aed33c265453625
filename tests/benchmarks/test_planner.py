"""The benchmark that holds the planner against the scheduler gives every picture to an engine, and each its steps."""

import pytest
from planner import Case, measure

from blazon.planning.service_time import ServiceTime


@pytest.mark.parametrize(
    "case",
    [
        Case("apart", ServiceTime(3, 0.001), 2),
        Case("together", ServiceTime(3, 0.001, growth=0.5, slots=3), 1),
    ],
)
def test_every_picture_is_drawn_and_none_in_less_than_its_steps_take(case: Case) -> None:
    found = measure(case, [0.0, 0.001, 0.001, 0.002, 0.003])
    assert len(found.times) == 5
    for wait, time in zip(found.waits, found.times, strict=True):
        assert time - wait >= case.service.alone * 0.8  # the first pass may have begun before
        assert wait >= 0
