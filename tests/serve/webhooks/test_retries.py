"""When a webhook is tried again, and when it is given up: the pure decision."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blazon.serve.webhooks.worker import (
    DELAYS,
    GiveUp,
    NoResponse,
    Response,
    Retry,
    Success,
    Unsendable,
    decide_retry,
)

statuses = st.integers(100, 599)
chances = st.floats(0, 1)


@settings(deadline=None)
@given(st.integers(200, 299), st.integers(1, 20), chances)
def test_any_2xx_is_the_end_of_it(status, attempt, chance):
    assert decide_retry(Response(status), attempt, chance) == Success()


@settings(deadline=None)
@given(statuses.filter(lambda status: not 200 <= status < 300 and status != 410) | st.none(), chances)
def test_everything_else_is_tried_eight_times_with_growing_waits(status, chance):
    result = NoResponse("no answer") if status is None else Response(status)
    verdicts = [decide_retry(result, attempt, chance) for attempt in range(1, 9)]
    waits = [verdict.delay for verdict in verdicts[:-1]]
    assert [round(wait / (1 + 0.2 * chance)) for wait in waits] == [5, 30, 120, 600, 3600, 21_600, 86_400]
    assert isinstance(verdicts[-1], GiveUp)
    assert "after 8 attempts" in verdicts[-1].error


@settings(deadline=None)
@given(st.integers(1, len(DELAYS)), chances)
def test_a_wait_is_never_shorter_than_the_table_and_at_most_a_fifth_longer(attempt, chance):
    verdict = decide_retry(NoResponse("no answer"), attempt, chance)
    assert DELAYS[attempt - 1] <= verdict.delay <= DELAYS[attempt - 1] * 1.2


def test_410_ends_it_at_once():
    assert decide_retry(Response(410), 1, 0.5) == GiveUp("answered 410: the receiver wants no more")


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("asked", "waited"), [(0, 5), (77, 77), (90_000, 86_400), (float("inf"), 86_400), (None, 5)])
def test_a_wait_that_the_receiver_asks_for_is_kept_within_bounds(status, asked, waited):
    assert decide_retry(Response(status, asked), 1, 0) == Retry(waited, f"answered {status}")


def test_other_answers_cannot_ask_for_a_wait():
    assert decide_retry(Response(500, 77), 1, 0) == Retry(5, "answered 500")


def test_a_redirect_says_why_it_failed():
    assert decide_retry(Response(302), 1, 0) == Retry(5, "answered 302; redirects are not followed")


@given(st.integers(1, 20), chances)
def test_what_can_never_be_sent_is_not_tried_again(attempt, chance):
    assert decide_retry(Unsendable("the URL is wrong"), attempt, chance) == GiveUp("the URL is wrong")
