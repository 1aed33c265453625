import errno
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer import BadParameter

from blazon.brief import MAX_BRAND_NAME, MAX_SEED
from blazon.cli.files import WriteError, made_folder, stem, write


@pytest.mark.parametrize(
    ("brand", "name"),
    [
        ("Northwind Coffee", "northwind-coffee-7-1"),
        ("Summit & Sage", "summit-sage-7-1"),
        ("Grüner Faden", "gruner-faden-7-1"),
        ("Smørrebrød Straße", "smorrebrod-strasse-7-1"),
        ("Ōkami", "okami-7-1"),
        ("Αθήνα", "logo-7-1"),
        ("../../etc/passwd", "etc-passwd-7-1"),
        ("CON", "con-7-1"),
        ("", "logo-7-1"),
    ],
)
def test_stems_read_like_the_name(brand, name):
    assert stem(brand, 7, 1) == name


@given(st.text(max_size=MAX_BRAND_NAME), st.integers(0, MAX_SEED), st.integers(1, 24))
def test_stems_are_safe_on_every_file_system(brand, seed, number):
    name = stem(brand, seed, number)
    assert re.fullmatch(rf"[a-z0-9]+(-[a-z0-9]+)*-{seed}-{number}", name)
    assert len(name) < 200


def test_a_folder_is_made_with_its_parents_and_left_empty(tmp_path):
    folder = made_folder(tmp_path / "a" / "b")
    assert list(folder.iterdir()) == []
    assert made_folder(folder) == folder


@pytest.mark.parametrize("place", ["file", "file/below", "x" * 300])
def test_a_folder_that_cannot_be_written_is_bad_input(tmp_path, place):
    (tmp_path / "file").write_text("taken")
    with pytest.raises(BadParameter, match=r"is a file|cannot write in"):
        made_folder(tmp_path / place)


def test_a_full_disk_is_named(tmp_path, monkeypatch):
    def full(*_args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(WriteError, match=r"cannot write .*a\.svg: No space left on device"):
        write(tmp_path / "a.svg", b"")
