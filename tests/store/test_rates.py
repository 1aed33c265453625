"""How often keys may come, over all servers on one PostgreSQL."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy import func, select, update

from blazon.store.database import Database
from blazon.store.rates import RateStore
from blazon.store.tables import rates


@pytest.fixture
def url(postgresql_url):
    return postgresql_url


def _pass_time(database, seconds):
    with database.writing() as connection:
        connection.execute(update(rates).values(full_at=rates.c.full_at - seconds))


def test_as_many_as_fit_are_let_through_at_once_and_then_one_after_the_other(database):
    store = RateStore(database)
    waits = [store.take("k", 12.0, 60.0)[0] for _ in range(7)]
    assert waits[:5] == [0.0] * 5
    assert all(11.0 < wait <= 12.0 for wait in waits[5:])  # who is refused uses nothing up
    _pass_time(database, 12.0)
    assert [store.take("k", 12.0, 60.0)[0] > 0 for _ in range(2)] == [False, True]
    assert store.take("other", 12.0, 60.0) == pytest.approx((0.0, 12.0), abs=1e-6)


def test_who_waits_as_long_as_told_is_let_through(database):
    store = RateStore(database)
    while not (wait := store.take("k", 20.0, 60.0)[0]):
        pass
    _pass_time(database, wait)
    assert store.take("k", 20.0, 60.0)[0] == 0.0


def test_servers_that_count_at_the_same_time_let_no_more_through(database, url):
    start, began = threading.Barrier(8), time.monotonic()

    def take(store):
        start.wait(30)
        return sum(store.take("k", 6.0, 60.0)[0] == 0.0 for _ in range(10))

    with closing(Database.open(url, migrate=False)) as other, ThreadPoolExecutor(8) as threads:
        let_through = sum(threads.map(take, [RateStore(database), RateStore(other)] * 4))
    assert 10 <= let_through <= 11 + (time.monotonic() - began) / 6.0


def test_what_has_been_full_for_long_is_forgotten(database):
    store = RateStore(database)
    store.take("old", 6.0, 60.0)
    _pass_time(database, 90_000)
    store.take("new", 6.0, 60.0)
    store.forget()
    with database.reading() as connection:
        assert connection.scalar(select(func.string_agg(rates.c.owner, ","))) == "new"
