"""Quotas of a day, in a real database."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import sqlalchemy

from blazon.errors import ShareExceeded
from blazon.store.database import Database
from blazon.store.keys import KeyStore, spend_quota
from blazon.store.tables import usage

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
NEARLY_MIDNIGHT = datetime(2026, 3, 1, 23, 59, 59, 990_000, tzinfo=UTC).timestamp()


def ask(database: Database, logos: int, quota: int | None, now: float = NOON, owner: str = "key") -> None:
    with database.writing() as connection:
        spend_quota(connection, owner, logos, quota, now)


def test_up_to_the_quota_and_no_further(database):
    ask(database, 3, 5)
    ask(database, 2, 5)
    with pytest.raises(ShareExceeded, match="5 logos a day and 5 are spent") as refused:
        ask(database, 1, 5)
    assert refused.value.retry_after == 12 * 3600
    ask(database, 1, 5, owner="another key")
    ask(database, 5, 5, now=NOON + 86_400)


def test_what_was_spent_today_is_told_by_key(database):
    ask(database, 3, 5)
    ask(database, 2, None, owner="another key")
    ask(database, 4, 5, now=NOON - 86_400, owner="of yesterday")
    assert KeyStore(database, lambda: NEARLY_MIDNIGHT).list_spent() == {"key": 3, "another key": 2}
    assert KeyStore(database, lambda: NEARLY_MIDNIGHT + 1).list_spent() == {}


def test_more_than_fits_counts_for_nothing(database):
    with pytest.raises(ShareExceeded, match="and 0 are spent"):
        ask(database, 6, 5)
    ask(database, 5, 5)


def test_without_a_quota_all_is_counted(database):
    ask(database, 24, None)
    ask(database, 24, None)
    with database.reading() as connection:
        assert connection.execute(sqlalchemy.select(usage)).all() == [("key", "2026-03-01", 48)]


def test_a_quota_of_none_at_all(database):
    with pytest.raises(ShareExceeded):
        ask(database, 1, 0)


def test_just_before_midnight_it_is_worth_waiting_a_second(database):
    with pytest.raises(ShareExceeded) as refused:
        ask(database, 2, 1, now=NEARLY_MIDNIGHT)
    assert refused.value.retry_after == 1
    ask(database, 1, 1, now=NEARLY_MIDNIGHT + 0.02)


def test_many_at_a_time_never_pass_it(database):
    start = threading.Barrier(10)

    def one(_: int) -> bool:
        start.wait()
        try:
            ask(database, 1, 4)
        except ShareExceeded:
            return False
        return True

    with ThreadPoolExecutor(10) as threads:
        assert sum(threads.map(one, range(10))) == 4
