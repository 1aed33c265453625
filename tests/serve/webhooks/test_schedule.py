from email.utils import formatdate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blazon.serve.webhooks.schedule import DELAYS, Answer, Delivered, Later, Never, Silence, judge, retry_after

statuses = st.integers(100, 599)
chances = st.floats(0, 1)


@settings(deadline=None)
@given(st.integers(200, 299), st.integers(1, 20), chances)
def test_any_2xx_is_the_end_of_it(status, attempt, chance):
    assert judge(Answer(status), attempt, chance) == Delivered()


@settings(deadline=None)
@given(statuses.filter(lambda status: not 200 <= status < 300 and status != 410) | st.none(), chances)
def test_everything_else_is_tried_eight_times_with_growing_waits(status, chance):
    result = Silence("no answer") if status is None else Answer(status)
    verdicts = [judge(result, attempt, chance) for attempt in range(1, 9)]
    waits = [verdict.delay for verdict in verdicts[:-1]]
    assert [round(wait / (1 + 0.2 * chance)) for wait in waits] == [5, 30, 120, 600, 3600, 21_600, 86_400]
    assert isinstance(verdicts[-1], Never)
    assert "after 8 attempts" in verdicts[-1].error


@settings(deadline=None)
@given(st.integers(1, len(DELAYS)), chances)
def test_a_wait_is_never_shorter_than_the_table_and_at_most_a_fifth_longer(attempt, chance):
    verdict = judge(Silence("no answer"), attempt, chance)
    assert DELAYS[attempt - 1] <= verdict.delay <= DELAYS[attempt - 1] * 1.2


def test_410_ends_it_at_once():
    assert judge(Answer(410), 1, 0.5) == Never("answered 410: the receiver wants no more")


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("asked", "waited"), [(0, 5), (77, 77), (90_000, 86_400), (float("inf"), 86_400), (None, 5)])
def test_a_wait_that_the_receiver_asks_for_is_kept_within_bounds(status, asked, waited):
    assert judge(Answer(status, asked), 1, 0) == Later(waited, f"answered {status}")


def test_other_answers_cannot_ask_for_a_wait():
    assert judge(Answer(500, 77), 1, 0) == Later(5, "answered 500")


def test_a_redirect_says_why_it_failed():
    assert judge(Answer(302), 1, 0) == Later(5, "answered 302; redirects are not followed")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("0", 0),
        (" 17 ", 17),
        ("9" * 400, float("inf")),
        (formatdate(1_000_030, usegmt=True), 30),
        (formatdate(999_000, usegmt=True), 0),
        ("Tue, 12 Jan 1970 13:47:10 -0000", 30),
    ],
)
def test_retry_after_is_seconds_or_a_date(value, seconds):
    assert retry_after(value, now=1_000_000) == seconds


@settings(deadline=None)
@given(st.text(max_size=40) | st.from_regex(r"\w{3}, \d{1,2} Jan \d{4} \d\d:\d\d:\d\d [+-]\d{4}", fullmatch=True))
def test_no_header_breaks_it(value):
    seconds = retry_after(value, now=1_000_000)
    assert seconds is None or seconds >= 0
