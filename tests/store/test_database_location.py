"""Where the database is: any character may be in a path, and nothing of a URL is passed over."""

import sqlite3
from pathlib import Path

import pytest

from blazon.errors import InvalidSetting
from blazon.store.database import open_database, sqlite_url
from blazon.store.database_location import locate_database, read_url
from blazon.store.pictures import PictureStore

ODD = ["what?", "a#b", "a%20b", "100%", "?mode=memory", "x?mode=memory&uri=true", "%(here)s", "a:b", "ä b", "file:x"]


@pytest.mark.parametrize("name", ODD)
def test_a_data_folder_of_any_name_holds_all_of_it(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    open_database("", folder).close()
    pictures = PictureStore.open("", folder / "pictures")
    assert pictures.get(pictures.put(b"<svg/>", "image/svg+xml")) == b"<svg/>"
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert {path.name for path in folder.iterdir()} == {"blazon.db", "blazon.db.lock", "pictures"}
    assert sqlite3.connect(folder / "blazon.db").execute("SELECT count(*) FROM api_keys").fetchone() == (0,)


@pytest.mark.parametrize("name", ODD)
def test_a_folder_of_any_name_may_be_the_url_of_pictures(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    pictures = PictureStore.open((tmp_path / name).as_uri(), tmp_path / "unused")
    key = pictures.put(b"<svg/>", "image/svg+xml")
    assert (tmp_path / name / key).read_bytes() == b"<svg/>"


@pytest.mark.parametrize("url", ["file:///srv/what?", "file:///srv/what?/x", "file:///srv/a#b", "file://srv/pictures"])
def test_a_folder_of_pictures_that_a_url_cuts_off_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(InvalidSetting, match=r"STORAGE_URL.*(%3F|three slashes)"):
        PictureStore.open(url, tmp_path)


def test_the_secret_of_a_bucket_is_not_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting) as refused:
        PictureStore.open("gopher://user:hush@host/pictures?key=hush", tmp_path)
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite:////var/lib/logos.db", "/var/lib/logos.db"),
        ("sqlite:////var/lib/a%3Fb#c.db", "/var/lib/a?b#c.db"),
        ("sqlite:///file:/srv/a%20b.db?uri=true", "/srv/a b.db"),
        ("sqlite:///file:logos.db?uri=true", "logos.db"),
    ],
)
def test_the_file_of_a_url(url: str, file: str, tmp_path: Path) -> None:
    assert locate_database(url, tmp_path).file == Path(file)


def test_a_password_is_masked_when_a_database_is_named() -> None:
    location = read_url("sqlite:///x.db")
    shown = str(type(location)(location.url.set(drivername="postgresql", username="me", password="hush", host="h")))
    assert "hush" not in shown
    assert "me" in shown


def test_the_url_of_a_path_is_made_of_parts(tmp_path: Path) -> None:
    assert sqlite_url(tmp_path / "a?b#c%d.db").database == str(tmp_path / "a?b#c%d.db")
