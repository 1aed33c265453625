import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blazon.serve.rates import Rates, TokenBucket

rates = st.floats(0.1, 1000)
pauses = st.lists(st.floats(0, 30), max_size=150)


@pytest.mark.parametrize("per_minute", [1, 7, 60, 600])
def test_a_minutes_worth_at_once_and_then_one_at_a_time(per_minute):
    bucket = TokenBucket(per_minute)
    assert [bucket.allow(1000.0) for _ in range(per_minute)] == [0.0] * per_minute
    wait = bucket.allow(1000.0)
    assert wait == pytest.approx(60 / per_minute)
    assert bucket.allow(1000.0) == wait  # to be refused costs nothing
    assert bucket.allow(1000.0 + wait) == 0.0
    assert bucket.allow(1000.0 + wait) > 0.0


@settings(deadline=None)
@given(rates, pauses)
def test_no_stretch_of_time_sees_more_than_the_rate_and_one_bucket(per_minute, pauses):
    bucket, now, let_through = TokenBucket(per_minute), 5.0, []
    for pause in pauses:
        now += pause
        if bucket.allow(now) == 0.0:
            let_through.append(now)
    for first in range(len(let_through)):
        for last in range(first, len(let_through)):
            minutes = (let_through[last] - let_through[first]) / 60
            assert last - first + 1 <= max(per_minute, 1) + minutes * per_minute + 1e-3


@settings(deadline=None)
@given(rates, pauses)
def test_who_waits_as_long_as_told_is_let_through(per_minute, pauses):
    bucket, now = TokenBucket(per_minute), 5.0
    for pause in pauses:
        now += pause
        wait = bucket.allow(now)
        assert 0 <= wait <= 60.0 / per_minute + 1e-6  # the next token is never further away than one interval
        if wait:
            now += wait
            assert bucket.allow(now) == 0.0


@pytest.mark.parametrize("per_minute", [0, -1])
def test_a_rate_that_lets_nothing_through_is_refused(per_minute):
    with pytest.raises(ValueError, match="above 0"):
        TokenBucket(per_minute)


def test_keys_do_not_share_a_bucket():
    rates = Rates()
    assert rates.allow("ann", 1, 0.0) == 0.0
    assert rates.allow("ann", 1, 0.0) == 60.0
    assert rates.allow("bob", 1, 0.0) == 0.0


def test_a_key_whose_rate_was_raised_feels_it_at_once():
    rates = Rates()
    rates.allow("ann", 1, 0.0)
    assert rates.allow("ann", 10, 0.0) == 0.0


def test_keys_that_ask_no_more_are_forgotten_and_the_others_are_not():
    rates = Rates()
    for number in range(1000):
        rates.allow(f"key {number}", 10, float(number))
        assert len(rates) <= 130
    rates.allow("ann", 1, 1000.0)
    rates.allow("bob", 1, 1059.0)
    assert rates.allow("ann", 1, 1059.0) > 0.0
