from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blazon.serve.admission import LONGEST_RETRY, RateMeter, Threshold, Verdict


def _filled(capacity, alpha, arrivals):
    """Let requests come; return how many each owner has waiting, and the verdicts."""
    threshold, waiting, verdicts = Threshold(capacity, alpha), Counter(), []
    for owner in arrivals:
        verdict = threshold.judge(waiting[owner], waiting.total())
        verdicts.append(verdict)
        waiting[owner] += verdict is Verdict.ADMIT
    return waiting, verdicts


@settings(deadline=None)
@given(st.integers(0, 60), st.sampled_from([0.25, 0.5, 1.0, 2.0, 8.0]), st.lists(st.integers(0, 5), max_size=200))
def test_never_more_than_there_are_places_and_the_last_one_is_for_a_newcomer(capacity, alpha, arrivals):
    waiting, verdicts = _filled(capacity, alpha, arrivals)
    assert waiting.total() <= capacity
    seen: Counter[int] = Counter()
    for owner, verdict in zip(arrivals, verdicts, strict=True):
        full = seen.total() == capacity
        assert (verdict is Verdict.SERVER_FULL) == full
        if seen[owner] == 0 and not full:
            assert verdict is Verdict.ADMIT
        if seen[owner] and seen.total() == capacity - 1:
            assert verdict is Verdict.OWNER_FULL
        seen[owner] += verdict is Verdict.ADMIT


@pytest.mark.parametrize(("greedy", "places"), [(1, 16), (2, 11), (3, 8), (7, 4)])
def test_greedy_owners_get_equal_parts_and_leave_one_free(greedy, places):
    waiting, _ = _filled(32, 1.0, list(range(greedy)) * 40)
    assert max(waiting.values()) == places
    assert min(waiting.values()) >= places - 1


def test_the_verdicts():
    threshold = Threshold(4)
    assert threshold.judge(0, 0) is Verdict.ADMIT
    assert threshold.judge(2, 2) is Verdict.OWNER_FULL
    assert threshold.judge(0, 3) is Verdict.ADMIT
    assert threshold.judge(1, 3) is Verdict.OWNER_FULL
    assert threshold.judge(0, 4) is Verdict.SERVER_FULL
    assert Threshold(0).judge(0, 0, alone=True) is Verdict.SERVER_FULL


@settings(deadline=None)
@given(st.integers(0, 60))
def test_who_is_alone_may_take_every_place(capacity):
    threshold = Threshold(capacity)
    verdicts = [threshold.judge(waiting, waiting, alone=True) for waiting in range(capacity + 1)]
    assert verdicts == [Verdict.ADMIT] * capacity + [Verdict.SERVER_FULL]


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_before_anything_was_measured_the_usual_time_counts():
    meter = RateMeter(Clock(), at_a_time=2, usual=3.0)
    assert meter.rate() == pytest.approx(2 / 3)
    assert meter.estimate_wait(4) == pytest.approx(6.0)


def test_a_burst_right_after_the_start_is_not_sent_away_for_long():
    meter = RateMeter(Clock(), at_a_time=2, usual=3.0)
    assert meter.retry_after(100) == 1
    meter.record(1, 3.0)
    assert meter.retry_after(100) == LONGEST_RETRY
    assert meter.retry_after(4) == 6


def test_the_rate_is_what_was_done_in_the_time_that_it_took():
    clock = Clock()
    meter = RateMeter(clock, at_a_time=2)
    meter.record(1, 1.0)
    clock.now = 200.0  # nobody asked for a while: that makes nothing slow
    meter.record(3, 7.0)
    assert meter.rate() == pytest.approx(2 * 4 / 8)


def test_what_is_long_past_does_not_count_once_enough_came_after_it():
    clock = Clock()
    meter = RateMeter(clock, window=60.0)
    for _ in range(20):
        meter.record(1, 100.0)
    clock.now = 61.0
    assert meter.rate() == pytest.approx(1 / 100)  # the last that is known
    for _ in range(8):
        meter.record(1, 2.0)
    assert meter.rate() == pytest.approx(1 / 2)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.01, 100), st.floats(0, 1000), st.floats(0, 50)), max_size=30),
    st.floats(0, 1e9),
    st.integers(1, 64),
)
def test_retry_after_is_always_a_sane_number_of_seconds(works, ahead, at_a_time):
    clock = Clock()
    meter = RateMeter(clock, at_a_time=at_a_time)
    for cost, seconds, pause in works:
        clock.now += pause
        meter.record(cost, seconds)
    retry = meter.retry_after(ahead)
    assert isinstance(retry, int)
    assert 1 <= retry <= LONGEST_RETRY
    assert meter.estimate_wait(ahead) >= 0
    if works and retry < LONGEST_RETRY:
        assert retry >= meter.estimate_wait(ahead)


def test_the_meter_does_not_grow_without_end():
    meter = RateMeter(Clock())
    for _ in range(5000):
        meter.record(1, 1.0)
    assert len(meter._done) <= 1024
