"""A record that cannot be read is passed over, told of once, marked, and keeps its pictures."""

import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
import structlog

from blazon.errors import NotAuthenticated, UnreadableRecord
from blazon.generation import Failure, Generation, Status
from blazon.store.database import Database
from blazon.store.garbage_collection import collect
from blazon.store.generations import GenerationStore
from blazon.store.keys import Grant, KeyStore
from blazon.store.pictures import PictureStore
from blazon.store.tables import unreadable
from blazon.store.webhooks import WebhookStore, insert_delivery

BRIEF = {"prompt": "a bakery", "palette": None, "loras": None}
# What another version may have written.
LATER = {
    "a field of a later version": ("generations", "brief", json.dumps({**BRIEF, "glow": 3})),
    "a style of a later version": ("generations", "brief", json.dumps({**BRIEF, "style": "baroque"})),
    "a palette of another shape": ("generations", "brief", json.dumps({**BRIEF, "palette": ["#ffffff"]})),
    "LoRAs of another shape": ("generations", "brief", json.dumps({**BRIEF, "loras": [["a", 1, 2]]})),
    "a brief without a prompt": ("generations", "brief", "{}"),
    "a brief that is a list": ("generations", "brief", "[1]"),
    "a brief that is null": ("generations", "brief", "null"),
    "a priority of a later version": ("generations", "priority", "urgent"),
    "a moment that is no number": ("generations", "started_at", float("inf")),
    "a failure that is a list": ("generations", "failure", "[1]"),
    "a failure without a message": ("generations", "failure", '{"code": "x"}'),
    "an interpretation that is a list": ("generations", "interpretation", "[1]"),
    "a word that is a number": ("generations", "interpretation", '{"understood": [1]}'),
    "a wish that is text": ("generations", "interpretation", '{"unmet": ["a portrait"]}'),
    "a wish without what was done": ("generations", "interpretation", '{"unmet": [{"wish": "a portrait"}]}'),
    "what is shown as text": ("candidates", "shows", '"fox"'),
    "credits that are no list": ("candidates", "credits", '{"a": 1}'),
    "a design that is text": ("candidates", "design", '"x"'),
}
# SQLite keeps to no types, and a damaged file holds anything.
DAMAGED = {
    "JSON that is cut off": ("generations", "brief", '{"prompt": "a ba'),
    "text that is no UTF-8": ("generations", "brief", b"\xff\xfe".decode("latin-1")),
    "a moment that is text": ("generations", "created_at", "yesterday"),
    "a candidate with JSON that is cut off": ("candidates", "design", "{"),
    "a seed that is text": ("candidates", "seed", "lucky"),
}


def _damage(database: Database, identity: str, what: str) -> None:
    table, column, value = (LATER | DAMAGED)[what]
    key = "id" if table == "generations" else "generation"
    new = "CAST(X'FFFE' AS TEXT)" if "UTF-8" in what else ":value"
    _execute(database, f"UPDATE {table} SET {column} = {new} WHERE {key} = :id", value=value, id=identity)


def _execute(database: Database, statement: str, **values: object) -> None:
    with database.writing() as connection:
        connection.execute(sqlalchemy.text(statement), values)


@pytest.fixture
def three(store, generation, candidate) -> list[str]:
    """Unfinished generations, the oldest first."""
    several = [generation(owner="key", candidates=(candidate(),)) for _ in range(3)]
    for one in several:
        store.accept(one)
    return [one.id for one in several]


@pytest.mark.parametrize("what", LATER)
def test_it_is_passed_over_and_told_of_once_and_the_others_are_there(database, store, three, what):
    _check_passed_over(database, store, three, what)


@pytest.mark.sqlite
@pytest.mark.parametrize("what", DAMAGED)
def test_what_is_damaged_is_passed_over_and_told_of_once(database, store, three, what):
    _check_passed_over(database, store, three, what)


def _check_passed_over(database: Database, store: GenerationStore, three: list[str], what: str) -> None:
    _damage(database, three[1], what)
    with structlog.testing.capture_logs() as logs:
        for _ in range(2):
            assert [one.id for one in store.page("key", 2)] == [three[2], three[0]]  # a page is full nevertheless
            assert store.list_unfinished() == [three[0], three[2]]
        with pytest.raises(UnreadableRecord, match=f"the generation {three[1]} is stored in a form") as refused:
            store.get(three[1])
    assert "/" not in str(refused.value)
    assert [(line["id"], bool(line["reason"])) for line in logs] == [(three[1], True)]
    assert store.get(three[1], "somebody else") is None
    with database.reading() as connection:
        assert connection.scalars(sqlalchemy.select(unreadable.c.id)).all() == [three[1]]


def test_what_is_marked_is_not_read_again_by_the_next_process_but_by_one_of_another_version(
    database, store, three, monkeypatch
):
    _damage(database, three[1], "a field of a later version")
    store.page("key", 10)
    with structlog.testing.capture_logs() as logs:
        assert len(GenerationStore(database).page("key", 10)) == 2
    assert logs == []
    _execute(
        database, "UPDATE generations SET brief = :brief", brief=json.dumps(BRIEF)
    )  # the other version can read it
    assert len(GenerationStore(database).page("key", 10)) == 2
    monkeypatch.setattr("blazon.__version__", "99.0")
    assert len(GenerationStore(database).page("key", 10)) == 3
    assert three[1] in GenerationStore(database).list_unfinished()


@pytest.mark.sqlite
def test_a_mark_that_cannot_be_written_keeps_nobody_from_reading(database, store, three):
    _damage(database, three[1], "a field of a later version")
    with database.writing():
        assert [one.id for one in store.page("key", 10)] == [three[2], three[0]]
    store.page("key", 10)
    with database.reading() as connection:
        assert connection.scalar(sqlalchemy.select(unreadable.c.id)) == three[1]


def test_what_a_later_version_says_of_a_failure_is_left_out(database, store, generation):
    one = generation()
    store.accept(one)
    store.end(one.id, Status.FAILED, 5.0, Failure("code", "message"))
    later = json.dumps({"code": "code", "message": "message", "field": "", "hint": "x"})
    _execute(database, "UPDATE generations SET failure = :later", later=later)
    assert store.get(one.id).failure == Failure("code", "message")


@pytest.mark.parametrize("what", LATER)
def test_its_pictures_stay_until_it_expires(database, store, generation, candidate, tmp_path, what):
    _check_pictures_stay(database, store, generation(), candidate, tmp_path, what)


@pytest.mark.sqlite
@pytest.mark.parametrize("what", DAMAGED)
def test_the_pictures_of_what_is_damaged_stay_until_it_expires(database, store, generation, candidate, tmp_path, what):
    _check_pictures_stay(database, store, generation(), candidate, tmp_path, what)


def _check_pictures_stay(
    database: Database,
    store: GenerationStore,
    made: Generation,
    candidate: Callable[..., Any],
    tmp_path: Path,
    what: str,
) -> None:
    pictures = PictureStore.open("", tmp_path / "pictures")
    keys = [pictures.put(content, "image/svg+xml") for content in (b"<a/>", b"<b/>")]
    several = tuple(candidate(number, picture=key) for number, key in enumerate(keys))
    one = replace(made, candidates=several, expires_at=2_000_000_000.0)
    store.accept(one)
    _damage(database, one.id, what)
    for path in tmp_path.glob("pictures/*/*"):
        os.utime(path, (time.time() - 7200,) * 2)
    store.list_unfinished()
    assert collect(database, pictures, time.time()).pictures == 0
    assert [pictures.get(key) for key in keys] == [b"<a/>", b"<b/>"]
    collected = collect(database, pictures, 2_000_000_001.0)
    assert (collected.generations, collected.pictures) == (1, 2)
    with database.reading() as connection:
        assert connection.scalar(sqlalchemy.select(unreadable.c.id)) is None


@pytest.mark.sqlite
def test_a_reference_that_is_no_text_costs_no_other_picture(database, store, generation, candidate):
    store.accept(generation(candidates=(candidate(0), candidate(1))))
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE candidates SET picture = CAST(X'FFFE' AS TEXT) WHERE number = 0")
    assert store.pictures() == {"ab/1.svg"}


# Keys.


@pytest.mark.parametrize(("column", "value"), [("scopes", '["generate", "engrave"]'), ("scopes", "[]")])
def test_a_key_that_cannot_be_read_opens_nothing_and_can_be_revoked(database, column, value):
    _check_key_is_closed(database, column, value)


@pytest.mark.sqlite
@pytest.mark.parametrize(("column", "value"), [("models", "{"), ("weight", "heavy")])
def test_a_damaged_key_opens_nothing_and_can_be_revoked(database, column, value):
    _check_key_is_closed(database, column, value)


def _check_key_is_closed(database: Database, column: str, value: str) -> None:
    store = KeyStore(database)
    (damaged, text), (_, other) = store.create(Grant("shop")), store.create(Grant("rival"))
    _execute(database, f"UPDATE api_keys SET {column} = :value WHERE id = :id", value=value, id=damaged.id)
    with structlog.testing.capture_logs() as logs:
        assert [key.grant.name for key in store.list()] == ["rival"]
        with pytest.raises(NotAuthenticated, match=f"the key {damaged.id} cannot be read by this version"):
            store.authenticate(text)
    assert [line["id"] for line in logs] == [damaged.id]
    assert store.authenticate(other)
    assert store.authenticate(text[:-1] + ("A" if text[-1] != "A" else "B")) is None
    with pytest.raises(UnreadableRecord):
        store.revoke("shop")
    assert store.authenticate(text) is None


# Webhooks.


@pytest.mark.sqlite
@pytest.mark.parametrize(("column", "value"), [("attempts", "many"), ("body", "text"), ("url", b"\xff")])
def test_a_webhook_that_cannot_be_read_is_told_of_and_forgotten_in_time(
    database: Database, webhook_store: WebhookStore, make: Callable[..., Any], column: str, value: object
) -> None:
    with database.writing() as connection:
        insert_delivery(connection, make("https://example.com/hook", 1, created=1.0))
        connection.exec_driver_sql(f"UPDATE webhooks SET {column} = ?", (value,))
    with structlog.testing.capture_logs() as logs:
        assert [due.attempts for due in webhook_store.list_due()[1]] == [0]
        for _ in range(2):
            with pytest.raises(ValueError, match="msg_1 cannot be read by this version"):
                webhook_store.read("msg_1")
    assert [line["id"] for line in logs] == ["msg_1"]
    assert webhook_store.forget(before=1.0) == 0
    assert webhook_store.forget(before=2.0) == 1
