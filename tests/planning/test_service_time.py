import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.errors import InvalidSetting
from blazon.planning.service_time import ServiceTime


def test_a_pass_grows_with_what_is_in_it_up_to_the_next_bucket() -> None:
    plain = ServiceTime(4, 1.0, growth=0.5, slots=6)
    assert plain.passes == (0, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5)
    assert ServiceTime(4, 1.0, growth=0.5, slots=6, buckets=True).passes == (0, 1.0, 1.5, 2.5, 2.5, 3.5, 3.5)
    assert plain.alone == 4.0
    assert plain.capacity == pytest.approx(6 / (4 * 3.5))


@given(st.integers(1, 16), st.floats(0, 1), st.booleans())
def test_sharing_never_makes_an_engine_slower_in_all(slots: int, growth: float, buckets: bool) -> None:
    service = ServiceTime(28, 0.1, growth, slots, buckets)
    assert service.capacity >= 1 / service.alone - 1e-9
    assert list(service.passes) == sorted(service.passes)


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": 0},
        {"slots": 0},
        {"step": 0.0},
        {"step": math.nan},
        {"step": math.inf},
        {"growth": 1.1},
        {"growth": -1},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InvalidSetting):
        ServiceTime(**{"steps": 1, "step": 1.0, **wrong})
