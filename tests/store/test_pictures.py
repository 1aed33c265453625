"""The store of pictures: a folder, a full disk, and memory behind a URL."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.errors import InvalidSetting, PictureMissing, StorageFull, StorageUnavailable
from blazon.store.pictures import PictureStore

PNG = "image/png"


@pytest.fixture(params=["folder", "file URL", "memory URL"])
def pictures(request, tmp_path) -> PictureStore:
    (tmp_path / "by-url").mkdir()
    url = {"folder": "", "file URL": (tmp_path / "by-url").as_uri(), "memory URL": "memory:///"}[request.param]
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


def test_removing_what_is_gone_does_not_matter(pictures):
    keys = [pictures.put(bytes([number]), PNG) for number in range(3)]
    pictures.remove([keys[0]])
    pictures.remove(keys)
    pictures.remove([])
    assert list(pictures.older_than(time.time() + 60)) == []


def test_many_write_the_same_at_once(tmp_path):
    pictures = PictureStore.open("", tmp_path / "pictures")
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: pictures.put(b"pixels" * 10_000, PNG), range(32)))
    assert pictures.get(keys.pop()) == b"pixels" * 10_000
    assert not keys
    assert [path.name for path in (tmp_path / "pictures").rglob("*#*")] == []  # nothing half-written is left


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
