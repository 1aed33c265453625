"""Who waits for whom: readers for nobody, writers for seconds. Other processes are connections of their own here."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy
import structlog

from blazon.errors import StorageFull, StorageUnavailable
from blazon.store.cache import ResultCache
from blazon.store.database import Database, sqlite_url
from blazon.store.keys import Grant, KeyStore
from blazon.store.tables import usage
from blazon.store.webhooks import WebhookStore, insert_delivery
from blazon.store.write_health import WriteHealth

pytestmark = pytest.mark.sqlite  # see test_postgresql.py


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blazon.store.database._PATIENCE", 0.05)


def _hold(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    return connection


@pytest.fixture(params=["another process", "this process"])
def written(request: pytest.FixtureRequest, database: Database, tmp_path: Path, impatient: None) -> Iterator[None]:
    """Somebody writes, and does not come to an end."""
    if request.param == "another process":
        connection = _hold(tmp_path / "blazon.db")
        yield
        connection.close()
        return
    begun, end = threading.Event(), threading.Event()

    def write() -> None:
        with database.writing():
            begun.set()
            end.wait()

    thread = threading.Thread(target=write)
    thread.start()
    begun.wait()
    yield
    end.set()
    thread.join()


@pytest.fixture
def key(database: Database) -> str:
    return KeyStore(database).create(Grant("shop"))[1]


@pytest.fixture
def stored(database, generation, make, store):
    """A generation in the cache of results, and a webhook that is due."""
    one = generation()
    store.accept(one)
    ResultCache(database, 100).keep("f", one.id, 5, 1.0)
    with database.writing() as connection:
        insert_delivery(connection, make("https://example.com/"))
    return one


def test_readers_wait_for_no_writer(database, store, key, stored, written):
    assert KeyStore(database).authenticate(key).name == "shop"
    assert ResultCache(database, 100).find("f", 2.0) == stored.id
    assert [due.id for due in WebhookStore(database).list_due()[1]] == ["msg_1"]
    assert store.get(stored.id) == stored
    assert store.page("", 10) == [stored]


def test_readers_find_a_connection_however_many_writers_wait(database, tmp_path):
    connection = _hold(tmp_path / "blazon.db")
    threads = [threading.Thread(target=database.try_write, args=(usage.delete(),)) for _ in range(30)]
    threads += [threading.Thread(target=_write, args=(database,)) for _ in range(30)]
    for thread in threads:
        thread.start()
    with database.reading() as reader:
        assert reader.scalar(sqlalchemy.select(sqlalchemy.func.count()).select_from(usage)) == 0
    connection.rollback()
    for thread in threads:
        thread.join()


def _write(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(usage.delete())


def test_a_writer_that_waits_too_long_is_told(database, written):
    with pytest.raises(StorageUnavailable, match=r"^others write to the database; try again$"):
        _write(database)
    assert not database.try_write(usage.delete())


def test_a_reader_cannot_write(database):
    with pytest.raises(StorageUnavailable, match="readonly"), database.reading() as connection:
        connection.execute(usage.delete())


def test_the_use_of_a_key_is_written_when_that_can_be_done_again(database, key, tmp_path, impatient):
    store = KeyStore(database)
    connection = _hold(tmp_path / "blazon.db")
    assert store.authenticate(key)
    assert store.get("shop").last_used_at is None
    connection.close()
    assert store.authenticate(key)
    assert store.get("shop").last_used_at is not None


# Whether it can be written, for the readiness of the server.


def test_it_says_why_it_cannot_be_written(database, tmp_path, monkeypatch):
    monkeypatch.setattr("blazon.store.database._PROBE_PATIENCE", 0.01)
    assert database.write_problem() == ""
    monkeypatch.setattr("blazon.store.write_health._LOOK_EVERY", 0)
    connection = _hold(tmp_path / "blazon.db")
    assert database.write_problem() == "others write to the database; try again"
    connection.close()
    assert database.write_problem() == ""


def test_a_disk_with_little_room_is_a_problem(database, monkeypatch):
    monkeypatch.setattr("blazon.store.write_health.LEAST_FREE", 10**18)
    assert database.write_problem().endswith("MB of disk space are left for the database")


class Told:
    """A store whose next write goes as it is told."""

    def __init__(self) -> None:
        self.now, self.problem, self.probes = 100.0, None, []
        self.health = WriteHealth("logos", self.probe, None, lambda: self.now)

    def probe(self, failed: bool) -> None:
        self.probes.append(failed)
        if self.problem is not None:
            raise self.problem


def test_the_answer_is_kept_for_a_while():
    told = Told()
    assert told.health.problem() == ""
    told.problem = StorageUnavailable("broken")
    assert told.health.problem() == ""
    told.now += 5
    assert told.health.problem() == "broken"
    assert told.probes == [False, False]


def test_a_write_that_failed_is_asked_about_at_once_and_a_write_shows_that_it_is_over():
    told = Told()
    assert told.health.problem() == ""
    told.problem = StorageUnavailable("broken")
    told.health.note_failure(told.problem)
    assert told.health.problem() == "broken"
    told.problem = None
    told.now += 5
    assert told.health.problem() == ""
    assert told.probes == [False, True, True]


def test_others_that_write_are_no_problem_as_long_as_writes_go_well():
    told = Told()
    told.health.note_success()
    told.problem = StorageUnavailable("busy")
    assert told.health.problem() == ""
    told.now += 5
    assert told.health.problem() == "busy"


def test_a_full_disk_is_a_problem_for_a_while_even_if_a_small_write_finds_room():
    told = Told()
    told.health.note_failure(StorageFull("full"))
    assert told.health.problem() == "no disk space is left for logos"
    told.now += 10
    assert told.health.problem() == ""


# Without a write-ahead log.


def test_a_database_that_can_have_no_wal_works_and_says_so_once(tmp_path):
    # This way of locking files has no shared memory, as some network file systems have none.
    url = f"sqlite:///file:{tmp_path}/blazon.db?vfs=unix-dotfile&uri=true"
    with structlog.testing.capture_logs() as logs:
        database = Database.open(url)
        for _ in range(3):
            _write(database)
        database.close()
        _write(database)
        database.close()
    assert [(line["log_level"], line["journal_mode"]) for line in logs] == [("warning", "delete")]


def test_a_database_with_a_wal_says_nothing(tmp_path):
    with structlog.testing.capture_logs() as logs:
        Database.open(sqlite_url(tmp_path / "blazon.db")).close()
    assert logs == []
