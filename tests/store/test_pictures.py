"""The store of pictures: a folder, a full disk, memory behind a URL, and a bucket of a real S3 server."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import obstore
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from obstore.store import S3Store

from blazon.errors import InvalidSetting, PictureMissing, StorageFull, StorageUnavailable
from blazon.store.pictures import PictureStore

PNG = "image/png"


@pytest.fixture(params=["folder", "file URL", "memory URL", "bucket"])
def pictures(request, tmp_path) -> PictureStore:
    (tmp_path / "by-url").mkdir()
    url = {"folder": "", "file URL": (tmp_path / "by-url").as_uri(), "memory URL": "memory:///"}.get(request.param)
    if url is None:
        url = request.getfixturevalue("bucket_url")
    return PictureStore.open(url, tmp_path / "not" / "there" / "yet")


def test_a_picture_is_found_by_the_digest_of_its_content(pictures):
    key = pictures.put(b"pixels", PNG)
    digest = sha256(b"pixels").hexdigest()
    assert key == f"{digest[:2]}/{digest}.png"
    assert pictures.get(key) == b"pixels"
    assert pictures.put(b"<svg/>", "image/svg+xml").endswith(".svg")


def test_an_equal_picture_is_stored_once(pictures):
    assert pictures.put(b"pixels", PNG) == pictures.put(b"pixels", PNG)
    assert len(list(pictures.older_than(time.time() + 10))) == 1


@given(st.binary(max_size=2000))
def test_every_content_comes_back(content):
    store = PictureStore.open("memory:///", Path("unused"))
    assert store.get(store.put(content, PNG)) == content


def test_what_is_not_there_is_said(pictures):
    with pytest.raises(PictureMissing, match="the picture is gone"):
        pictures.get("aa/bb.png")


def test_only_what_is_old_is_listed(pictures):
    key = pictures.put(b"pixels", PNG)
    assert list(pictures.older_than(time.time() - 60)) == []
    assert list(pictures.older_than(time.time() + 60)) == [key]


@pytest.mark.parametrize(
    "key", ["notes.txt", "ab/cd.png", f"ab/{64 * 'a'}.jpg", f"x/ab/{64 * 'a'}.png", f"{64 * 'a'}.png"]
)
def test_what_is_no_picture_of_ours_is_never_listed_and_so_never_removed(pictures, key):
    obstore.put(pictures._store, key, b"of somebody else")
    ours = pictures.put(b"pixels", PNG)
    assert list(pictures.older_than(time.time() + 60)) == [ours]


def test_removing_what_is_gone_does_not_matter(pictures):
    keys = [pictures.put(bytes([number]), PNG) for number in range(3)]
    pictures.remove([keys[0]])
    pictures.remove(keys)
    pictures.remove([])
    assert list(pictures.older_than(time.time() + 60)) == []


def test_many_write_the_same_at_once(pictures, tmp_path):
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: pictures.put(b"pixels" * 10_000, PNG), range(32)))
    assert pictures.get(keys.pop()) == b"pixels" * 10_000
    assert not keys
    assert [path.name for path in tmp_path.rglob("*#*")] == []  # nothing half-written is left


@pytest.mark.skipif(os.name != "posix", reason="settled on disk on POSIX only")
@pytest.mark.parametrize("by_url", [False, True])
def test_a_picture_is_on_disk_before_its_key_is_told(tmp_path, monkeypatch, by_url):
    settled, folder = [], tmp_path / "pictures"
    folder.mkdir()
    fsync = os.fsync
    monkeypatch.setattr("os.fsync", lambda descriptor: (settled.append(os.fstat(descriptor).st_ino), fsync(descriptor)))
    path = folder / PictureStore.open(folder.as_uri() if by_url else "", folder).put(b"pixels", PNG)
    assert settled == [place.stat().st_ino for place in (path, path.parent, folder)]


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path):
    (tmp_path / "pictures").write_text("")
    with pytest.raises(StorageUnavailable, match="see DATA_DIR"):
        PictureStore.open("", tmp_path / "pictures")


@pytest.mark.parametrize("url", ["nonsense", "gopher://host/pictures", "file:///no/such/folder/for/pictures"])
def test_urls_that_cannot_be_used_are_bad_settings(url, tmp_path):
    with pytest.raises(InvalidSetting, match="STORAGE_URL"):
        PictureStore.open(url, tmp_path)


def test_a_store_that_went_away_is_said(tmp_path):
    pictures = PictureStore.open("", tmp_path / "pictures")
    shutil.rmtree(tmp_path / "pictures")
    (tmp_path / "pictures").write_text("")
    with pytest.raises(StorageUnavailable, match="the picture cannot be stored"):
        pictures.put(b"pixels", PNG)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with room for 200 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(folder)]
    if mount is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("needs the right to mount a small file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_says_so_and_the_store_lives(small_disk):
    pictures = PictureStore.open("", small_disk / "pictures")
    key = pictures.put(b"x" * 50_000, PNG)
    with pytest.raises(StorageFull, match="no disk space is left for pictures"):
        pictures.put(b"y" * 300_000, PNG)
    assert pictures.get(key) == b"x" * 50_000
    pictures.put(b"z" * 50_000, PNG)  # what was half-written has made room again


# What fails is told in words without a path.

_USES = {
    "put": lambda pictures: pictures.put(b"pixels", PNG),
    "get": lambda pictures: pictures.get("aa/bb.png"),
    "older_than": lambda pictures: list(pictures.older_than(1e10)),
    "remove": lambda pictures: pictures.remove(["aa/bb.png"]),
}


@pytest.mark.parametrize("use", _USES)
@pytest.mark.parametrize("fault", ["permission", "not a folder", "no bucket"])
def test_whatever_fails_is_a_domain_error_and_names_no_path(tmp_path, use, fault):
    if (use, fault) == ("older_than", "not a folder"):
        pytest.skip("there is nothing to list then")
    if fault == "no bucket":
        with socket.socket() as unused:  # refuses connections
            unused.bind(("127.0.0.1", 0))
            store = S3Store(
                "bucket",
                endpoint=f"http://127.0.0.1:{unused.getsockname()[1]}",
                access_key_id="hush",
                secret_access_key="hush",
                region="x",
                client_options={"allow_http": True},
                retry_config={"max_retries": 0, "retry_timeout": timedelta(seconds=1)},
            )
            pictures = PictureStore(store)
            with structlog.testing.capture_logs() as logs, pytest.raises(StorageUnavailable) as told:
                _USES[use](pictures)
    else:
        pictures = PictureStore.open("", tmp_path / "pictures")
        if fault == "not a folder":
            shutil.rmtree(tmp_path / "pictures")
            (tmp_path / "pictures").write_text("")
        elif os.geteuid() == 0:
            (tmp_path / "pictures").rmdir()
            (tmp_path / "pictures").symlink_to("pictures")  # a loop: nobody gets in
        else:
            (tmp_path / "pictures").chmod(0)
        with structlog.testing.capture_logs() as logs, pytest.raises((StorageUnavailable, PictureMissing)) as told:
            _USES[use](pictures)
        (tmp_path / "pictures").chmod(0o700) if fault == "permission" and os.geteuid() else None
    assert str(tmp_path) not in str(told.value)
    assert "127.0.0.1" not in str(told.value)
    assert len(logs) == 1


def test_a_picture_that_is_gone_is_said_without_its_place(tmp_path):
    pictures = PictureStore.open("", tmp_path / "pictures")
    key = pictures.put(b"pixels", PNG)
    (tmp_path / "pictures" / key).unlink()
    with pytest.raises(PictureMissing, match=r"^the picture is gone: [^/]*$"):
        pictures.get(key)


def test_the_pixels_of_the_newest_are_kept(pictures):
    keys = [pictures.put(bytes([number]), PNG, pixels=number) for number in range(5)]
    assert [pictures.pixels(key) for key in keys] == [None, 1, 2, 3, 4]


def test_it_says_why_no_picture_can_be_stored(tmp_path, monkeypatch):
    pictures = PictureStore.open("", tmp_path / "pictures")
    assert pictures.write_problem() == ""
    shutil.rmtree(tmp_path / "pictures")
    (tmp_path / "pictures").write_text("")
    with pytest.raises(StorageUnavailable):
        pictures.put(b"pixels", PNG)
    assert "picture" in pictures.write_problem()
    (tmp_path / "pictures").unlink()
    monkeypatch.setattr("blazon.store.write_health._LOOK_EVERY", 0)
    pictures.put(b"pixels", PNG)
    assert pictures.write_problem() == ""


def test_a_full_disk_is_said_until_there_is_room(small_disk, monkeypatch):
    monkeypatch.setattr("blazon.store.write_health.LEAST_FREE", 0)
    monkeypatch.setattr("blazon.store.write_health._FULL_FOR", 0)
    monkeypatch.setattr("blazon.store.write_health._LOOK_EVERY", 0)
    pictures = PictureStore.open("", small_disk / "pictures")
    (small_disk / "ballast").write_bytes(b"x" * 150_000)
    with pytest.raises(StorageFull):
        pictures.put(b"y" * 100_000, PNG)
    assert "no disk space is left for pictures" in pictures.write_problem()
    (small_disk / "ballast").unlink()
    assert pictures.write_problem() == ""


def test_a_picture_is_there_or_not(pictures):
    key = pictures.put(b"<svg/>", "image/svg+xml")
    assert pictures.has(key)
    pictures.remove([key])
    assert not pictures.has(key)


def test_a_look_at_a_store_that_is_in_order_finds_nothing_and_leaves_nothing(pictures):
    pictures.check()
    assert pictures.write_problem() == ""
    assert list(pictures.older_than(time.time() + 60)) == []
