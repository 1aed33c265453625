"""What is stored is for the user of the server alone, whatever the umask and whatever was there before."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from blazon.store.database import open_database, sqlite_url
from blazon.store.database_location import locate_database
from blazon.store.pictures import PictureStore
from blazon.store.secrets import load_secret
from blazon.store.server_lock import hold_server_lock

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes of files are those of POSIX")


@pytest.fixture(params=[0o000, 0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def _open_all(folder: Path) -> None:
    with hold_server_lock(locate_database("", folder)):
        database = open_database("", folder, locked=True)
        load_secret(database, "links")
        PictureStore.open("", folder / "pictures").put(b"<svg/>", "image/svg+xml")
        assert _open_to_others(folder) == []  # while there is a WAL, too
        database.close()


def _open_to_others(folder: Path) -> list[tuple[str, str]]:
    return [
        (str(path.relative_to(folder.parent)), oct(mode))
        for path in (folder, *folder.rglob("*"))
        if (mode := stat.S_IMODE(path.stat().st_mode)) != (0o700 if path.is_dir() else 0o600)
    ]


def test_a_new_installation_is_closed_to_others(tmp_path: Path, umask: None) -> None:
    _open_all(tmp_path / "data")
    assert _open_to_others(tmp_path / "data") == []


def test_one_that_was_open_to_others_is_closed_and_the_log_says_so_once(tmp_path: Path, umask: None) -> None:
    folder = tmp_path / "data"
    _open_all(folder)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    with structlog.testing.capture_logs() as logs:
        _open_all(folder)
    assert _open_to_others(folder) == []
    assert [line["folder"] for line in logs] == [str(folder), str(folder / "pictures")]
    with structlog.testing.capture_logs() as logs:
        _open_all(folder)
    assert logs == []


def test_a_folder_with_other_things_in_it_stays_as_it_is_and_the_database_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o755)
    (folder / "notes.txt").touch()
    (folder / "notes.txt").chmod(0o644)
    open_database("", folder).close()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755
    assert stat.S_IMODE((folder / "notes.txt").stat().st_mode) == 0o644
    assert stat.S_IMODE((folder / "blazon.db").stat().st_mode) == 0o600


def test_a_database_elsewhere_is_closed_and_its_folder_is_left(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    open_database(sqlite_url(tmp_path / "own.db").render_as_string(), tmp_path / "data").close()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
    assert stat.S_IMODE((tmp_path / "own.db").stat().st_mode) == 0o600


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away")
def test_what_belongs_to_another_user_is_left_and_warned_of(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    open_database("", folder).close()
    (folder / "blazon.db").chmod(0o644)
    os.chown(folder / "blazon.db", 12345, 12345)
    with structlog.testing.capture_logs() as logs:
        open_database("", folder).close()
    assert {(line["log_level"], line["reason"]) for line in logs} == {("warning", "another user owns it")}
    assert stat.S_IMODE((folder / "blazon.db").stat().st_mode) == 0o644
