"""Webhooks on a database that several servers share: one of them makes an attempt, and another one if that dies."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from blazon.store.database import Database
from blazon.store.webhooks import LEASE, Due, WebhookStore, insert_delivery

URL = "https://example.com/hook"


@pytest.fixture
def url(postgresql_url):
    return postgresql_url


def _list_due(store, now):
    store.clock = lambda _: now
    return store.list_due()[1]


def _claim(store, identifier, now=1e9):
    """Claim a delivery as the first of its line."""
    store.clock = lambda _: now
    return store.claim(Due(identifier, "", "https://example.com", 0, 0.0))


def _owe(database, *deliveries):
    with database.writing() as connection:
        for delivery in deliveries:
            insert_delivery(connection, delivery)


@pytest.fixture
def other_store(database, url):
    another = Database.open(url, migrate=False)
    yield WebhookStore(another)
    another.close()


def test_of_several_processes_one_delivers_an_event(webhook_store, other_store, database, make):
    _owe(database, make(URL))
    assert _claim(webhook_store, "msg_1", 1000.0)
    assert not _claim(other_store, "msg_1", 1000.0 + LEASE - 1)
    assert not _claim(webhook_store, "msg_1", 1000.0)  # nor does the same one twice
    (due,) = _list_due(other_store, 1001.0)
    assert due.claimed


def test_only_one_of_many_that_claim_at_the_same_moment_succeeds(database, url, make):
    """Each of them another event of one line, or the same one."""
    stores = [WebhookStore(database, lambda _: 2000.0) for _ in range(8)]
    _owe(database, *(make(URL, number) for number in range(4)))
    start = threading.Barrier(len(stores))

    def claim(number):
        start.wait(30)
        return stores[number].claim(Due(f"msg_{number % 4}", "", "https://example.com", 0, 0.0))

    with ThreadPoolExecutor(len(stores)) as threads:
        assert sum(threads.map(claim, range(len(stores)))) == 1


def test_what_others_are_owed_can_be_delivered_at_the_same_time(webhook_store, other_store, database, make):
    _owe(database, make(URL, 1), make(URL, 2, owner="a"), make("https://other.example/", 3))
    assert _claim(webhook_store, "msg_1")
    assert {one.id: one.claimed for one in _list_due(other_store, 1e9)} == {
        "msg_1": True,
        "msg_2": False,
        "msg_3": False,
    }
    assert other_store.claim(Due("msg_2", "a", "https://example.com", 0, 0.0))
    assert other_store.claim(Due("msg_3", "", "https://other.example", 0, 0.0))


def test_what_a_dead_process_was_delivering_is_taken_over_after_the_lease(webhook_store, other_store, database, make):
    _owe(database, make(URL))
    assert _claim(webhook_store, "msg_1", 1000.0)
    (due,) = _list_due(other_store, 1000.0 + LEASE)
    assert not due.claimed
    assert _claim(other_store, "msg_1", 1000.0 + LEASE)


def test_a_process_that_lost_its_claim_cannot_undo_what_the_next_one_does(webhook_store, other_store, database, make):
    _owe(database, make(URL))
    assert _claim(webhook_store, "msg_1", 1000.0)
    assert _claim(other_store, "msg_1", 1100.0)
    webhook_store.postpone("msg_1", 7, 86_400.0, "too late")
    webhook_store.give_up("msg_1", 8, "too late")
    webhook_store.release("msg_1")
    assert not _claim(webhook_store, "msg_1", 1101.0)
    assert other_store.read("msg_1").attempts == 0
    webhook_store.mark_delivered("msg_1")  # but that is true whoever says it
    other_store.postpone("msg_1", 1, 5.0, "answered 500")
    assert other_store.read("msg_1") is None


def test_a_claim_that_is_given_back_can_be_had_at_once(webhook_store, other_store, database, make):
    _owe(database, make(URL))
    assert _claim(webhook_store, "msg_1", 1000.0)
    webhook_store.release("msg_1")
    assert _claim(other_store, "msg_1", 1000.0)
    webhook_store.release_all()
    assert not _claim(webhook_store, "msg_1", 1000.0)
    other_store.release_all()
    assert _claim(webhook_store, "msg_1", 1000.0)


def test_what_is_not_due_or_has_ended_cannot_be_claimed(webhook_store, database, make):
    _owe(database, make(URL, 1, created=1000.0), make(URL, 2))
    assert not _claim(webhook_store, "msg_1", 999.0)
    webhook_store.mark_delivered("msg_2")
    assert not _claim(webhook_store, "msg_2", 1000.0)
