"""What one of several servers does now and then."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from blazon.store.chores import take_chore
from blazon.store.tables import chores


def test_one_of_many_has_a_chore_and_the_next_one_when_it_is_due_again(database):
    start = threading.Barrier(6)

    def take(_):
        start.wait(30)
        return take_chore(database, "sweep", 100.0)

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(take, range(6))) == 1
    assert take_chore(database, "dust", 100.0)
    with database.writing() as connection:
        connection.execute(update(chores).values(due_at=chores.c.due_at - 101))
    assert [take_chore(database, "sweep", 100.0) for _ in range(2)] == [True, False]


@pytest.mark.parametrize("ahead", [1e6, 1e9])
def test_a_clock_that_was_set_back_lets_no_chore_lie(database, ahead):
    assert take_chore(database, "sweep", 100.0)
    with database.writing() as connection:
        connection.execute(update(chores).values(due_at=chores.c.due_at + ahead))
    assert [take_chore(database, "sweep", 100.0) for _ in range(2)] == [True, False]
