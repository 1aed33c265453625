"""What a receiver may say of when to come again."""

from email.utils import formatdate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blazon.serve.webhooks.client import parse_retry_after

DAY = 86_400.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("1e400", None),
        ("\u00b2", None),
        ("\u0663", None),
        ("nan", None),
        ("0", 0),
        (" 17 ", 17),
        ("99999999999999999999", DAY),
        ("9" * 400, DAY),
        (formatdate(1_000_030, usegmt=True), 30),
        (formatdate(999_000, usegmt=True), 0),
        ("Tue, 12 Jan 1970 13:47:10 -0000", 30),
        ("Fri, 31 Dec 9999 23:59:59 GMT", DAY),
        ("Fri, 31 Dec 9999 23:59:59 -1200", DAY),
        ("Tue, 12 Jan 99999 13:47:10 GMT", None),
        ("Tue, 12 Jan 9999999999999999999999 13:47:10 GMT", None),
        ("Tue, 12 Jan 2030 99999999999999999999:47:10 GMT", None),
        ("Mon, 01 Jan 0001 00:00:00 +2300", DAY),  # two digits, so 2001
    ],
)
def test_retry_after_is_seconds_or_a_date_and_a_day_at_most(value, seconds):
    assert parse_retry_after(value, now=1_000_000) == seconds


numbers = st.integers() | st.integers(0, 99)


@settings(deadline=None)
@given(
    st.text(max_size=40)
    | st.from_regex(r"\w{3}, \d{1,30} Jan \d{1,30} \d{1,30}:\d\d:\d\d [+-]\d{1,30}")
    | st.builds("{}, {} Dec {} {}:{}:{} {}".format, numbers, numbers, numbers, numbers, numbers, numbers, numbers)
)
def test_no_retry_after_breaks_it(value):
    seconds = parse_retry_after(value, now=1_000_000)
    assert seconds is None or 0 <= seconds <= DAY
