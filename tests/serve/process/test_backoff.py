import itertools

from hypothesis import given
from hypothesis import strategies as st

from blazon.serve.process.backoff import HEALTHY, LONGEST, Backoff


def test_it_doubles_from_half_a_second_to_thirty():
    backoff = Backoff()
    assert [backoff.after(0) for _ in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_good_service_makes_the_next_failure_the_first():
    backoff = Backoff()
    assert [backoff.after(served) for served in (0, 59.9, 60, 0)] == [0.5, 1, 0.5, 1]


@given(st.lists(st.floats(0, 2 * HEALTHY), max_size=100))
def test_a_process_that_never_serves_well_is_started_less_and_less_often(services):
    backoff = Backoff()
    delays = [backoff.after(served) for served in services]
    assert all(0.5 <= delay <= LONGEST for delay in delays)
    for (before, after), served in zip(itertools.pairwise(delays), services[1:], strict=True):
        assert after == (0.5 if served >= HEALTHY else min(LONGEST, 2 * before))


def test_a_thousand_failures_overflow_nothing():
    backoff = Backoff()
    assert [backoff.after(0) for _ in range(2000)][-1] == LONGEST
