"""Opening, migrating and filling up the database; real SQLite files."""

import collections
import contextlib
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import alembic.autogenerate
import pytest
import sqlalchemy
from alembic.migration import MigrationContext
from sqlalchemy import event

from blazon.errors import InvalidSetting, StorageFull, StorageUnavailable
from blazon.store.database import Database, open_database, sqlite_url
from blazon.store.postgresql import lock
from blazon.store.tables import VERSION_TABLE, metadata, secrets, usage


def _spend(database: Database, day: str, logos: int = 1) -> None:
    with database.writing() as connection:
        connection.execute(usage.insert().values(owner="", day=day, logos=logos))


def _days(database: Database) -> set[str]:
    with database.reading() as connection:
        return set(connection.scalars(sqlalchemy.select(usage.c.day)))


def test_what_was_written_is_there_after_opening_again(url):
    first = Database.open(url)
    _spend(first, "2026-01-01")
    first.close()
    again = Database.open(url)
    assert _days(again) == {"2026-01-01"}
    again.close()


def test_two_may_be_open_at_once(url, database):
    other = Database.open(url)
    _spend(other, "2026-01-01")
    _spend(database, "2026-01-02")
    assert _days(database) == _days(other) == {"2026-01-01", "2026-01-02"}
    other.close()


def test_migrations_lead_to_the_tables(database):
    with database.reading() as connection:
        opts = {"compare_type": True, "render_as_batch": True, "version_table": VERSION_TABLE}
        context = MigrationContext.configure(connection, opts=opts)
        assert alembic.autogenerate.compare_metadata(context, metadata) == []


def test_a_database_of_a_newer_version_is_refused_in_words(url):
    database = Database.open(url)
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE blazon_version SET version_num = '9999'")
    database.close()
    with pytest.raises(StorageUnavailable, match="a newer version of Blazon made it"):
        Database.open(url)


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "oracle://host/db",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x?mode=memory&uri=true",
        "sqlite+aiosqlite:///x.db",
        "sqlite:////data/what?/x.db",
        "sqlite:////tmp/x.db?colour=blue",
    ],
)
def test_urls_that_cannot_be_used_are_bad_settings(url, tmp_path):
    with pytest.raises(InvalidSetting, match="DATABASE_URL"):
        open_database(url, tmp_path)


@pytest.mark.parametrize("place", ["file/blazon.db", "folder"])
def test_a_place_where_no_database_can_be_is_named(tmp_path, place):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(StorageUnavailable, match="cannot be opened: unable to open database file; see DATA_DIR"):
        Database.open(sqlite_url(tmp_path / place))


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "blazon.db").write_text("to do: call mother, buy milk, learn to spell" * 50)
    with pytest.raises(StorageUnavailable, match="file is not a database"):
        Database.open(sqlite_url(tmp_path / "blazon.db"))


def test_what_raises_leaves_nothing(database):
    def half_of_it() -> None:
        with database.writing() as connection:
            connection.execute(usage.insert().values(owner="", day="2026-01-01", logos=1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_of_it()
    assert _days(database) == set()


@pytest.mark.sqlite
def test_a_commit_is_on_disk_when_it_returns(database):
    with database.writing() as connection:
        pragmas = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]
    assert pragmas == ["wal", 2]  # FULL


def test_a_reader_sees_one_state_while_others_write(database):
    with database.reading() as connection:
        before = connection.scalar(sqlalchemy.select(sqlalchemy.func.count()).select_from(usage))
        _spend(database, "2026-01-01")
        assert connection.scalar(sqlalchemy.select(sqlalchemy.func.count()).select_from(usage)) == before
    assert _days(database) == {"2026-01-01"}


def test_writers_who_hold_a_lock_take_turns(database):
    def count_up() -> None:
        for _ in range(20):
            with database.writing() as connection:
                lock(connection, "count")
                seen = connection.scalar(sqlalchemy.select(usage.c.logos))
                connection.execute(sqlalchemy.update(usage).values(logos=seen + 1))

    _spend(database, "2026-01-01", 0)
    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as connection:
        assert connection.scalar(sqlalchemy.select(usage.c.logos)) == 80


@pytest.mark.sqlite
def test_a_full_database_says_so_and_goes_on_afterwards(database):
    @event.listens_for(database._writer, "connect")
    def bounded(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA max_page_count=60")

    def write(number: int) -> None:
        with database.writing() as connection:
            connection.execute(secrets.insert().values(name=str(number), value="x" * 200))

    database.close()
    with pytest.raises(StorageFull, match="no disk space is left"):
        collections.deque(map(write, range(1000)), 0)
    with database.writing() as connection:
        connection.execute(secrets.delete())
    write(0)


@pytest.mark.sqlite
def test_a_database_that_fails_is_told_in_domain_words(database, tmp_path):
    _spend(database, "2026-01-01")
    database.close()
    (tmp_path / "blazon.db").unlink()
    for left in tmp_path.glob("blazon.db-*"):
        left.unlink()
    (tmp_path / "blazon.db").mkdir()
    with pytest.raises(StorageUnavailable, match="the database cannot be used: unable to open database file"):
        _days(database)
    with pytest.raises(StorageUnavailable):
        _spend(database, "2026-01-02")


def _fill(folder: Path) -> Path:
    with (folder / "ballast").open("wb", buffering=0) as ballast, contextlib.suppress(OSError):
        while True:
            ballast.write(b"x" * 4096)
    return folder / "ballast"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with room for 400 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)]
    if mount is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("needs the right to mount a small file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_says_so_and_the_database_lives(small_disk):
    database = Database.open(sqlite_url(small_disk / "blazon.db"))
    _spend(database, "2026-01-01")
    ballast = _fill(small_disk)
    with pytest.raises(StorageFull):
        collections.deque((_spend(database, f"day {number}") for number in range(100)), 0)
    assert "2026-01-01" in _days(database)
    ballast.unlink()
    _spend(database, "2026-01-02")
    assert "2026-01-02" in _days(database)
    database.close()


def test_a_disk_that_was_full_before_the_start_says_so(small_disk):
    _fill(small_disk)
    with pytest.raises(StorageUnavailable, match="the database cannot be opened"):
        Database.open(sqlite_url(small_disk / "blazon.db"))
