import sqlite3
import time
from contextlib import closing
from pathlib import Path

import alembic.command
import alembic.config
import pytest
from sqlalchemy import create_engine, select, text

from blazon.errors import StorageFault
from blazon.store import tables
from blazon.store.database import Database
from blazon.store.tables import webhooks
from blazon.store.webhooks import Due, WebhookStore, WebhookStoreUnavailable, insert_delivery

URL = "https://example.com/hook"


def _list_due(store, now):
    store.clock = lambda _: now
    return store.list_due()[1]


def _claim(store, identifier, now=1e9):
    """Claim a delivery as the first of its line."""
    store.clock = lambda _: now
    return store.claim(Due(identifier, "", "https://example.com", 0, 0.0))


def _add(_, database, *deliveries):
    with database.writing() as connection:
        for delivery in deliveries:
            insert_delivery(connection, delivery)


def test_what_was_added_is_due_from_then_on(webhook_store, database, make):
    delivery = make(URL, created=1000.0)
    _add(webhook_store, database, delivery)
    assert _list_due(webhook_store, 999.9) == []
    assert _list_due(webhook_store, 1000.0) == [Due("msg_1", "", "https://example.com", 0, 1000.0)]
    assert webhook_store.read("msg_1") == delivery


def test_it_is_owed_only_if_the_transaction_of_the_caller_goes_through(webhook_store, database, make):
    def work():
        with database.writing() as connection:
            insert_delivery(connection, make(URL))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert _list_due(webhook_store, 2000.0) == []
    assert webhook_store.read("msg_1") is None


def test_the_same_event_is_not_owed_twice(webhook_store, database, make):
    _add(webhook_store, database, make(URL))
    with pytest.raises(StorageFault):
        _add(webhook_store, database, make(URL))


def test_of_each_owner_and_receiver_what_has_been_due_longest_is_listed(webhook_store, database, make):
    _add(
        webhook_store,
        database,
        make("https://slow.example/b", 1, created=2.0),
        make("https://slow.example/a", 2, created=1.0),
        make("https://quick.example/", 3, created=3.0),
        make("https://slow.example/c", 4, created=4.0, owner="a"),
        make("https://slow.example/d", 5, created=5.0, owner="a"),
        make("https://later.example/", 6, created=10.0),
    )
    assert {(one.id, one.owner, one.receiver) for one in _list_due(webhook_store, 9.0)} == {
        ("msg_2", "", "https://slow.example"),
        ("msg_3", "", "https://quick.example"),
        ("msg_4", "a", "https://slow.example"),
    }
    webhook_store.mark_delivered("msg_2")
    assert "msg_1" in {one.id for one in _list_due(webhook_store, 9.0)}


def test_what_was_postponed_is_due_again_later_with_its_attempts_counted(webhook_store, database, make):
    _add(webhook_store, database, make(URL))
    assert _claim(webhook_store, "msg_1", 1000.0)
    webhook_store.postpone("msg_1", 3, 500.0, "answered 500")
    assert _list_due(webhook_store, 1499.0) == []
    (due,) = _list_due(webhook_store, 1500.0)
    assert (due.attempts, webhook_store.read("msg_1").attempts) == (3, 3)


@pytest.mark.parametrize("ending", ["delivered", "given up"])
def test_what_has_ended_is_not_owed(webhook_store, database, make, ending):
    _add(webhook_store, database, make(URL))
    assert _claim(webhook_store, "msg_1", 1001.0)
    if ending == "delivered":
        webhook_store.mark_delivered("msg_1")
    else:
        webhook_store.give_up("msg_1", 8, "answered 500")
    assert _list_due(webhook_store, 1e12) == []
    assert webhook_store.read("msg_1") is None
    with database.writing() as connection:
        row = connection.execute(select(webhooks)).one()
    assert (row.delivered_at, row.given_up_at, row.attempts, row.error) == (
        (1001.0, None, 0, None) if ending == "delivered" else (None, 1001.0, 8, "answered 500")
    )


def test_another_process_finds_what_is_owed(webhook_store, database, url, make):
    _add(webhook_store, database, make(URL))
    assert _claim(webhook_store, "msg_1", 1000.0)
    webhook_store.postpone("msg_1", 1, 5.0, "answered 500")
    again = Database.open(url)
    (due,) = _list_due(WebhookStore(again), 1005.0)
    found = WebhookStore(again).read(due.id)
    again.close()
    assert (found.id, found.attempts, found.body) == ("msg_1", 1, make(URL).body)


def test_forgetting_leaves_what_is_owed(webhook_store, database, make):
    _add(webhook_store, database, *(make(URL, number, created=float(number)) for number in range(1, 5)))
    webhook_store.mark_delivered("msg_1")
    assert _claim(webhook_store, "msg_2")
    webhook_store.give_up("msg_2", 8, "answered 500")
    webhook_store.mark_delivered("msg_4")
    assert webhook_store.forget(before=4.0) == 2
    assert webhook_store.forget(before=4.0) == 0
    assert [one.id for one in _list_due(webhook_store, 9.0)] == ["msg_3"]


@pytest.mark.sqlite
def test_a_database_that_cannot_be_used_is_one_error_without_the_statement(url):
    database = Database.open(url, migrate=False)
    webhook_store = WebhookStore(database)
    for call in (
        lambda: webhook_store.list_due(),
        lambda: webhook_store.read("msg_1"),
        lambda: webhook_store.mark_delivered("msg_1"),
        lambda: webhook_store.forget(1.0),
    ):
        with pytest.raises(WebhookStoreUnavailable, match="no such table: webhooks") as refused:
            call()
        assert refused.value.__cause__ is None
    database.close()


@pytest.mark.sqlite
def test_a_damaged_delivery_is_told_from_none(webhook_store, database, make):
    _add(webhook_store, database, make(URL))
    with database.writing() as connection:
        connection.execute(text("UPDATE webhooks SET body = 'no bytes'"))
    with pytest.raises(ValueError, match="msg_1 cannot be read"):
        webhook_store.read("msg_1")


@pytest.mark.sqlite
def test_no_secret_is_kept_of_what_older_versions_owed_and_its_owner_is_known(url):
    """Also of a generation that was removed meanwhile: a secret is that of one key."""
    engine = create_engine(url)
    with engine.begin() as connection:
        config = alembic.config.Config()
        config.set_main_option("script_location", str(Path(tables.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "0001")
        for key in ("a", "b"):
            connection.execute(
                text(
                    "INSERT INTO api_keys (id, name, hash, scopes, models, weight, webhook_secret, created_at)"
                    f" VALUES ('{key}', '{key}', '', '[]', '[]', 1, 'whsec_{key}', 0)"
                )
            )
        for number, secret in enumerate(("whsec_a", "whsec_b", "whsec_of_the_server")):
            connection.execute(
                text(
                    "INSERT INTO webhooks"
                    " (id, generation, url, receiver, secret, body, attempts, created_at, next_try_at) VALUES"
                    f" ('msg_{number}', 'gen_{number}', '{URL}', 'example.com', '{secret}', x'7b7d', 2, 1, 2)"
                )
            )
    engine.dispose()
    database = Database.open(url)
    assert {one.id: one.owner for one in _list_due(WebhookStore(database), 9.0)} == {
        "msg_0": "a",
        "msg_1": "b",
        "msg_2": "",
    }
    found = WebhookStore(database).read("msg_1")
    database.close()
    assert (found.owner, found.body, found.attempts) == ("b", b"{}", 2)
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as raw:
        assert "secret" not in {column for _, column, *_ in raw.execute("PRAGMA table_info(webhooks)")}


def test_a_machine_whose_clock_is_ahead_lets_nobody_wait(webhook_store, database, make):
    _add(webhook_store, database, make(URL, created=time.time() + 3600))
    now, (due,) = webhook_store.list_due()
    assert due.since <= now


@pytest.mark.sqlite
def test_on_a_file_no_attempt_costs_a_commit_more(webhook_store, database, make):
    """One server works there; it is not slowed down by what only several need."""
    _add(webhook_store, database, make(URL))
    assert _claim(webhook_store, "msg_1", 1000.0)
    (due,) = _list_due(WebhookStore(database), 1000.0)
    assert not due.claimed
