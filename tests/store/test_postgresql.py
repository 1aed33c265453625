"""What only PostgreSQL does: rights, locks, connections that end, and processes that start at once; a real server."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import psycopg
import pytest
import sqlalchemy
import structlog
from sqlalchemy.exc import OperationalError

from blazon.errors import InvalidSetting, StorageUnavailable
from blazon.store.database import Database, existing_database, open_database, retry
from blazon.store.database_location import read_url
from blazon.store.generations import GenerationStore
from blazon.store.postgresql import ErrorTranslator, TransactionUndone, is_away, lock
from blazon.store.tables import usage

if TYPE_CHECKING:
    from _postgresql import PostgreSQL


@pytest.fixture
def url(postgresql_url: str) -> str:
    return postgresql_url


@pytest.fixture
def empty(postgresql: "PostgreSQL") -> Iterator[str]:
    """The name of a database without tables."""
    name = postgresql.create_database()
    yield name
    postgresql.drop_database(name)


@pytest.fixture
def role(postgresql: "PostgreSQL", empty: str) -> Iterator[str]:
    """A role that may connect, and nothing else."""
    postgresql.execute(f"CREATE ROLE clerk LOGIN PASSWORD '{postgresql.password}'")
    yield "clerk"
    postgresql.execute("DROP OWNED BY clerk", empty)
    postgresql.execute("DROP ROLE clerk")


def _count(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(usage.insert().values(owner="", day="2026-01-01", logos=1))


# Who may use which database.


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_it_is_found_by_each_of_its_names_over_tcp_with_a_password(postgresql, empty, tmp_path, scheme):
    url = postgresql.url(empty, password=postgresql.password).replace("postgresql", scheme, 1)
    with closing(open_database(url, tmp_path, locked=True)) as database:
        _count(database)
        assert postgresql.password not in str(database.location)
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_password_is_said_and_not_shown(postgresql, empty, tmp_path):
    with pytest.raises(StorageUnavailable, match='password authentication failed for user "postgres"') as refused:
        open_database(postgresql.url(empty, password="hunter2"), tmp_path, locked=True)
    assert "hunter2" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_password_behind_the_question_mark_is_not_shown_either():
    assert "hunter2" not in str(read_url("postgresql://me@host/logos?password=hunter2"))


def test_an_option_that_is_none_is_said(postgresql, empty, tmp_path):
    with pytest.raises(StorageUnavailable, match='invalid connection option "colour"'):
        open_database(f"{postgresql.url(empty)}&colour=blue", tmp_path)


def test_without_the_driver_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)  # as where it is not installed
    with pytest.raises(InvalidSetting, match=r"psycopg is not installed; pip install 'blazon\[postgres\]'") as refused:
        read_url("postgres://me:hush@host/logos")
    assert "hush" not in str(refused.value)


def test_the_database_of_another_application_is_left_alone(postgresql, empty, tmp_path):
    postgresql.execute("CREATE TABLE users (id int); CREATE TABLE alembic_version (version_num text)", empty)
    for use in (
        lambda: open_database(postgresql.url(empty), tmp_path, locked=True),
        lambda: open_database(postgresql.url(empty), tmp_path),
        lambda: existing_database(postgresql.url(empty), tmp_path),
    ):
        with pytest.raises(StorageUnavailable, match="belongs to another application"):
            use()
    assert postgresql.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", empty) == [(2,)]


def test_a_role_that_may_make_no_tables_is_told_what_it_lacks(postgresql, empty, role, tmp_path):
    url = postgresql.url(empty, role, postgresql.password)
    with pytest.raises(
        StorageUnavailable, match=r"permission denied for schema public: grant .* docs/how-to/postgresql.md"
    ):
        open_database(url, tmp_path, locked=True)
    postgresql.execute(f"GRANT CREATE ON SCHEMA public TO {role}", empty)
    open_database(url, tmp_path, locked=True).close()


def test_an_encoding_that_lacks_alphabets_is_refused(postgresql, tmp_path):
    postgresql.execute("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    with pytest.raises(StorageUnavailable, match=r"encoding LATIN1.*ENCODING 'UTF8'"):
        open_database(postgresql.url("latin"), tmp_path)
    postgresql.drop_database("latin")


_OPEN = "import sys; from pathlib import Path; from blazon.store.database import open_database as o; \
input(); o(sys.argv[1], Path(), locked=True).close()"


def test_of_several_processes_that_start_at_once_each_finds_the_tables(postgresql, empty):
    command = [sys.executable, "-c", _OPEN, postgresql.url(empty)]
    several = [subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    ends = []

    def release(one: subprocess.Popen[str]) -> None:
        ends.append((one.communicate("\n")[1], one.returncode))

    threads = [threading.Thread(target=release, args=(one,)) for one in several]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ends == [("", 0)] * 4
    assert postgresql.execute("SELECT count(*) FROM blazon_version", empty) == [(1,)]


def test_text_is_ordered_by_its_bytes_whatever_the_language_of_the_server(postgresql, postgresql_name, database):
    found = postgresql.execute(
        "SELECT DISTINCT collation_name FROM information_schema.columns WHERE table_schema = 'public'"
        " AND data_type IN ('text', 'character varying') AND table_name <> 'blazon_version'",
        postgresql_name,
    )
    assert found == [("C",)]


# Who waits for whom.


def test_a_reader_cannot_write_and_sees_one_state(database):
    with database.reading() as connection:
        assert connection.scalar(sqlalchemy.select(sqlalchemy.func.count()).select_from(usage)) == 0
        _count(database)
        assert connection.scalar(sqlalchemy.select(sqlalchemy.func.count()).select_from(usage)) == 0
    with pytest.raises(StorageUnavailable, match="takes no writes"), database.reading() as connection:
        connection.execute(usage.delete())


def test_who_waits_too_long_for_a_lock_is_told(database, monkeypatch):
    monkeypatch.setattr("blazon.store.database._PATIENCE", 0.05)
    with database.writing() as first:
        lock(first, "name")
        with (
            pytest.raises(StorageUnavailable, match=r"^others write to the database; try again$"),
            database.writing() as second,
        ):
            lock(second, "name")
        assert not database.try_write(usage.delete(), lock_name="name")
        assert database.try_write(usage.delete(), lock_name="another")


def test_of_two_that_wait_for_each_other_both_go_well_in_the_end(database):
    both = threading.Barrier(2)

    class Store:
        tries = 0

        @retry
        def take(self, *names: str) -> None:
            with database.writing() as connection:
                self.tries += 1
                lock(connection, names[0])
                if self.tries == 1:
                    both.wait()
                lock(connection, names[1])
                connection.execute(usage.insert().values(owner=names[0], day="", logos=1))

    first, second = Store(), Store()
    threads = [
        threading.Thread(target=first.take, args=("a", "b")),
        threading.Thread(target=second.take, args=("b", "a")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert first.tries + second.tries == 3
    with database.reading() as connection:
        assert set(connection.scalars(sqlalchemy.select(usage.c.owner))) == {"a", "b"}


# Connections that end.


def test_connections_that_were_cut_are_made_anew(postgresql, postgresql_name, database, store, generation):
    one = generation()
    store.accept(one)
    assert postgresql.cut_connections(postgresql_name)
    assert store.get(one.id) == one
    store.start(one.id, 5.0)


def test_a_connection_that_is_cut_in_a_transaction_leaves_nothing_and_the_next_goes_well(
    postgresql, postgresql_name, database
):
    def write() -> None:
        with database.writing() as connection:
            connection.execute(usage.insert().values(owner="", day="2026-01-01", logos=1))
            postgresql.cut_connections(postgresql_name)
            connection.execute(usage.insert().values(owner="", day="2026-01-02", logos=1))

    with pytest.raises(TransactionUndone, match="does not answer now"):
        write()
    _count(database)


def test_a_commit_whose_answer_is_lost_is_not_repeated(postgresql, postgresql_name, database):
    def write() -> None:
        with database.writing() as connection:
            connection.execute(usage.insert().values(owner="", day="2026-01-01", logos=1))
            postgresql.cut_connections(postgresql_name)

    with pytest.raises(StorageUnavailable) as told:
        write()
    assert not isinstance(told.value, TransactionUndone)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_a_server_that_is_away_and_comes_back(own_server, monkeypatch, generation, how):
    monkeypatch.setattr("blazon.store.write_health._LOOK_EVERY", 0)
    with structlog.testing.capture_logs() as logs, closing(Database.open(own_server.url("postgres"))) as database:
        store, one = GenerationStore(database), generation()
        store.accept(one)
        own_server.stop(how)
        with pytest.raises(StorageUnavailable, match="does not answer now"):
            store.get(one.id)
        assert "does not answer now" in database.write_problem()
        own_server.start("fsync=on")
        assert database.write_problem() == ""
        assert store.get(one.id) == one
        store.start(one.id, 5.0)
    assert {line["event"] for line in logs} == {"the database cannot be used"}


def test_a_server_that_takes_no_writes_is_not_ready(postgresql, postgresql_name, database, monkeypatch):
    monkeypatch.setattr("blazon.store.write_health._LOOK_EVERY", 0)
    assert database.write_problem() == ""
    with database.writing() as connection:
        connection.exec_driver_sql("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
    assert "takes no writes now" in database.write_problem()


def test_a_start_waits_for_a_server_that_is_not_up_yet(own_server, tmp_path, monkeypatch):
    monkeypatch.setattr("blazon.store.database._START_PAUSE", 0.02)
    own_server.stop()
    told = threading.Event()
    monkeypatch.setattr("blazon.store.database.log.warning", lambda *_, **__: told.set(), raising=False)

    def start() -> None:
        told.wait()
        own_server.start()

    starter = threading.Thread(target=start)
    starter.start()
    open_database(own_server.url("postgres"), tmp_path, locked=True).close()
    starter.join()
    assert told.is_set()


@pytest.mark.parametrize("said", ["is starting up", "is not yet accepting connections", "is in recovery mode"])
def test_a_server_that_answers_and_takes_no_connection_yet_is_waited_for(said):
    orig = psycopg.OperationalError(f"connection failed: FATAL:  the database system {said}")
    error = OperationalError(None, None, orig)
    assert is_away(error)
    with structlog.testing.capture_logs():
        assert isinstance(ErrorTranslator().explain(error, committing=False), TransactionUndone)


def test_a_refusal_is_told_at_the_start_and_is_no_fault_of_the_program_later():
    orig = psycopg.OperationalError('connection failed: FATAL:  password authentication failed for user "blazon"')
    error = OperationalError(None, None, orig)
    assert not is_away(error)
    with structlog.testing.capture_logs() as logs:
        assert isinstance(ErrorTranslator().explain(error, committing=False), StorageUnavailable)
    assert "password authentication failed" in logs[0]["reason"]
