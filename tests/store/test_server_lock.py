import multiprocessing
import os
import signal
import threading
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
import sqlalchemy

from blazon.errors import StorageUnavailable
from blazon.store.database_location import DatabaseLocation, sqlite_url
from blazon.store.server_lock import hold_server_lock


def _at(file: Path) -> DatabaseLocation:
    return DatabaseLocation(sqlite_url(file), file)


def test_a_second_server_is_refused(tmp_path: Path) -> None:
    with (
        hold_server_lock(_at(tmp_path / "blazon.db")),
        pytest.raises(StorageUnavailable, match=r"another blazon serve works on .*DATA_DIR"),
        hold_server_lock(_at(tmp_path / "blazon.db"), patience=0),
    ):
        pass


def test_a_database_is_free_again_after_its_server(tmp_path: Path) -> None:
    for _ in range(2):
        with hold_server_lock(_at(tmp_path / "blazon.db"), patience=0):
            pass


def test_databases_do_not_get_in_each_others_way(tmp_path: Path) -> None:
    with hold_server_lock(_at(tmp_path / "one.db")), hold_server_lock(_at(tmp_path / "other.db"), patience=0):
        pass


def test_the_next_server_waits_for_one_that_ends(tmp_path: Path) -> None:
    first = hold_server_lock(_at(tmp_path / "blazon.db"))
    first.__enter__()
    leaving = threading.Timer(0.2, first.__exit__, (None, None, None))
    leaving.start()
    with hold_server_lock(_at(tmp_path / "blazon.db"), patience=60):
        leaving.join()


def test_a_database_that_is_no_file_may_be_shared() -> None:
    shared = DatabaseLocation(sqlalchemy.make_url("postgresql://host/logos"))
    with hold_server_lock(shared), hold_server_lock(shared, patience=0):
        pass


def test_a_lock_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with (
        pytest.raises(StorageUnavailable, match=r"nowhere/blazon\.db\.lock cannot be written: No such file"),
        hold_server_lock(_at(tmp_path / "nowhere" / "blazon.db")),
    ):
        pass


def _hold(database: Path, here: Connection) -> None:
    with hold_server_lock(_at(database)):
        here.send("held")
        threading.Event().wait()


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is a signal of POSIX")
def test_a_server_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_hold, args=(tmp_path / "blazon.db", there))
    process.start()
    assert here.recv() == "held"
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    with hold_server_lock(_at(tmp_path / "blazon.db"), patience=60):
        pass
    process.join()
