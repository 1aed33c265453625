"""One place for the pictures of a database: folders, and buckets of a real S3 server."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from blazon.errors import InvalidSetting
from blazon.store.database import Database, sqlite_url
from blazon.store.garbage_collection import collect
from blazon.store.generations import GenerationStore
from blazon.store.notices import FIRST_SERVER
from blazon.store.pictures import MARK, PictureStore
from blazon.store.storage_claim import StorageClaim, find_conflict

PNG = "image/png"
LATER = 5e9
Places = Callable[[], str]


@pytest.fixture(params=["folder", "bucket"])
def make_place(request: pytest.FixtureRequest, tmp_path: Path) -> Places:
    """Makes empty places of pictures, and returns their URLs."""
    if request.param == "bucket":
        s3 = request.getfixturevalue("s3")
        return lambda: s3.url(s3.create_bucket())

    def make() -> str:
        folder = tmp_path / f"pictures {len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        return folder.as_uri()

    return make


def open_place(url: str) -> PictureStore:
    return PictureStore.open(url, Path("unused"))


@contextmanager
def running_server(database: Database) -> Iterator[None]:
    """Hold what one of the servers that share a database holds."""
    with database.listening("any") as listener:
        end = time.monotonic() + 60
        while not listener.try_lock(FIRST_SERVER):  # PostgreSQL may not have noticed yet that the one before has gone
            assert time.monotonic() < end, "the lock is still held"
            time.sleep(0.01)
        yield


@pytest.fixture
def other_database(tmp_path: Path) -> Iterator[Database]:
    with ExitStack() as opened:
        database = Database.open(sqlite_url(tmp_path / "other.db"))
        opened.callback(database.close)
        yield database


def store_picture(database, pictures, generation, candidate) -> str:
    """Store a picture to which a finished candidate refers, and return its key."""
    key = pictures.put(b"pixels", PNG)
    store, made = GenerationStore(database), generation(count=1, expires_at=LATER * 2)
    store.accept(made)
    assert store.add(made.id, 0, lambda event: candidate(picture=key, event=event), made.created_at)
    return key


def test_servers_with_one_place_get_on(database, make_place):
    url = make_place()
    for _ in range(3):
        claim = StorageClaim(database, open_place(url))
        claim.make()
        assert claim.find_problem() == find_conflict(database, open_place(url)) == ""


def test_another_place_is_refused_while_a_server_runs_and_a_move_while_none_does(database, make_place, monkeypatch):
    one, other = (open_place(make_place()) for _ in range(2))
    first = StorageClaim(database, one)
    first.make()
    if database.shared:
        with running_server(database):
            with pytest.raises(InvalidSetting, match="STORAGE_URL"):
                StorageClaim(database, other).make(patience=0)
            assert first.find_problem() == ""
        with pytest.raises(InvalidSetting, match="STORAGE_URL"):  # the first one may only just be starting
            StorageClaim(database, other).make(patience=0)
    monkeypatch.setattr("blazon.store.storage_claim._STARTING", 0)
    with capture_logs() as logs:
        StorageClaim(database, other).make()
    assert [line["log_level"] for line in logs] == ["warning"]
    assert "STORAGE_URL" in find_conflict(database, one)
    assert ("STORAGE_URL" in first.find_problem()) is database.shared


def test_what_is_moved_with_its_mark_or_without_it_is_known_again(database, tmp_path, generation, candidate):
    folders = [tmp_path / name for name in ("one", "other", "third")]
    folders[0].mkdir()
    first = open_place(folders[0].as_uri())
    StorageClaim(database, first).make()
    store_picture(database, first, generation, candidate)
    shutil.copytree(folders[0], folders[1])
    shutil.copytree(folders[0], folders[2])
    (folders[2] / MARK).unlink()
    for folder in folders[1:]:
        with ExitStack() as running, capture_logs() as logs:
            if database.shared:
                running.enter_context(running_server(database))
            StorageClaim(database, open_place(folder.as_uri())).make()
        assert (logs, (folder / MARK).read_text()) == ([], (folders[0] / MARK).read_text())


def test_garbage_is_collected_beside_the_mark(database, make_place, generation, candidate):
    pictures = open_place(make_place())
    StorageClaim(database, pictures).make()
    key, stray = store_picture(database, pictures, generation, candidate), pictures.put(b"stray", PNG)
    assert collect(database, pictures, LATER).pictures == 1
    assert (pictures.has(key), pictures.has(stray)) == (True, False)
    assert find_conflict(database, pictures) == ""


def test_nothing_is_removed_from_the_place_of_another_database(database, other_database, make_place):
    url = make_place()
    StorageClaim(database, open_place(url)).make()
    key = open_place(url).put(b"of the first", PNG)
    with capture_logs() as logs:
        StorageClaim(other_database, open_place(url)).make()
        assert collect(other_database, open_place(url), LATER).pictures == 0
    assert open_place(url).has(key)
    assert [line["log_level"] for line in logs] == ["error"] * 2
    assert all(MARK in str(line) for line in logs)
    assert MARK in find_conflict(other_database, open_place(url))
    assert find_conflict(database, open_place(url)) == ""


def test_a_new_database_takes_over_the_folder_of_pictures_in_its_own_folder(database, other_database, tmp_path):
    pictures = PictureStore.open("", tmp_path / "pictures")
    StorageClaim(database, pictures).make()
    pictures.put(b"of before", PNG)
    StorageClaim(other_database, pictures).make()
    assert collect(other_database, pictures, LATER).pictures == 1


def test_a_place_that_cannot_be_reached_is_looked_at_once_it_can(database, make_place, tmp_path, monkeypatch):
    monkeypatch.setattr("blazon.store.write_health._LOOK_EVERY", 0)
    (tmp_path / "mount").mkdir()
    away = open_place((tmp_path / "mount").as_uri())
    (tmp_path / "mount").rename(tmp_path / "elsewhere")
    (tmp_path / "mount").touch()  # a file where the folder was
    claim = StorageClaim(database, away)
    claim.make()
    assert away.write_problem()
    StorageClaim(database, open_place(make_place())).make()
    (tmp_path / "mount").unlink()
    (tmp_path / "elsewhere").rename(tmp_path / "mount")
    with ExitStack() as running:
        if database.shared:
            running.enter_context(running_server(database))
        assert ("STORAGE_URL" in claim.find_problem()) is database.shared
