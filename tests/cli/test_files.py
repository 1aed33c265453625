import os
import re
import subprocess
import sys
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer import BadParameter

from blazon.brief import MAX_BRAND_NAME, MAX_SEED, Brief
from blazon.cli.files import Naming, WriteError, make_folder, stem, write


@pytest.mark.parametrize(
    ("brand", "name"),
    [
        ("Northwind Coffee", "northwind-coffee-7-1"),
        ("Summit & Sage", "summit-sage-7-1"),
        ("Grüner Faden", "grüner-faden-7-1"),
        ("Gru\u0308ner Faden", "grüner-faden-7-1"),
        ("Αθήνα", "αθήνα-7-1"),
        ("Северный ветер", "северный-ветер-7-1"),
        ("星巴克 咖啡", "星巴克-咖啡-7-1"),
        ("مقهى", "مقهى-7-1"),
        ("हिन्दी", "हिन्दी-7-1"),
        ("../../etc/passwd", "etc-passwd-7-1"),
        (".hidden. ", "hidden-7-1"),
        ("CON", "con-7-1"),
        ("\u202egnp.exe", "gnp-exe-7-1"),
        ("x \u0301y", "x-y-7-1"),
        ("+++", "logo-7-1"),
        ("", "logo-7-1"),
    ],
)
def test_stems_read_like_the_name(brand, name):
    assert stem(brand, 7, 1) == name


@given(st.text(max_size=MAX_BRAND_NAME), st.integers(0, MAX_SEED), st.integers(1, 24))
def test_stems_are_safe_on_every_file_system(brand, seed, number):
    name = stem(brand, seed, number)
    slug = name.removesuffix(f"-{seed}-{number}")
    assert slug != name
    assert all(unicodedata.category(char)[0] in "LMN" or char == "-" for char in slug)
    assert not re.search(r"^-|-$|--", slug)
    assert unicodedata.category(slug[0])[0] in "LN"
    assert len(f"{name}-12345678-inverse.svg".encode()) <= 255


@pytest.fixture
def other(tmp_path) -> dict[str, bytes]:
    """The files of a logo that is in the folder already."""
    files = {".svg": b"<svg/>", ".png": b"png"}
    for ending, content in files.items():
        (tmp_path / f"fox-7-1{ending}").write_bytes(content)
    return files


FOX = Brief("a fox in the snow", brand_name="Fox", seed=7)


def test_the_same_files_keep_their_name(tmp_path, other):
    assert Naming(FOX, tmp_path).name_logo(1, other) == "fox-7-1"
    assert Naming(FOX, tmp_path).name_logo(1, {**other, ".webp": b"more"}) == "fox-7-1"


@pytest.mark.parametrize("ending", [".svg", ".png"])
def test_a_file_of_another_brief_is_never_written_over(tmp_path, other, ending):
    names = [
        Naming(brief, tmp_path).name_logo(1, {**other, ending: b"different"})
        for brief in (FOX, replace(FOX, prompt="a fox in a den"), replace(FOX, count=2))
    ]
    assert all(re.fullmatch(r"fox-7-1-[0-9a-f]{8}", name) for name in names)
    assert names[0] == names[2] != names[1]  # a brief writes over its own files; how many were wanted is not the brief


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to("nowhere")])
def test_what_is_no_file_is_not_written_over(tmp_path, make):
    make(tmp_path / "contact-sheet.png")
    assert Naming(FOX, tmp_path).name_sheet(b"png").startswith("contact-sheet-")


def test_a_folder_is_made_with_its_parents_and_left_empty(tmp_path):
    folder = make_folder(tmp_path / "a" / "b")
    assert list(folder.iterdir()) == []
    assert make_folder(folder) == folder


@pytest.mark.parametrize("place", ["file", "file/below", "x" * 300])
def test_a_folder_that_cannot_be_written_is_bad_input(tmp_path, place):
    (tmp_path / "file").write_text("taken")
    with pytest.raises(BadParameter, match=r"is a file|cannot write in"):
        make_folder(tmp_path / place)


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are POSIX")
def test_a_file_that_the_disk_has_no_room_for_is_named_and_not_left_behind(tmp_path):
    code = """
import resource, sys
from pathlib import Path
from blazon.cli.files import write
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
write(Path(sys.argv[1]), b"x" * 2000)
"""
    path = tmp_path / "a.svg"
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == f"blazon.cli.files.WriteError: cannot write {path}: File too large"
    assert not path.exists()


def test_a_file_that_could_not_be_opened_is_left_alone(tmp_path):
    (tmp_path / "a.svg").mkdir()
    with pytest.raises(WriteError, match=r"cannot write .*a\.svg: Is a directory"):
        write(tmp_path / "a.svg", b"")


@pytest.mark.skipif(sys.platform == "win32", reason="the encoding of file names is of POSIX locales")
def test_letters_that_the_file_system_cannot_have_are_left_out(tmp_path):
    code = r"from blazon.cli.files import stem; print(stem('\u041a\u0430\u0444\u0435', 7, 1), stem('caf\xe9', 7, 1))"
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, **ascii_only}, capture_output=True)
    assert done.stdout == b"logo-7-1 caf-7-1\n", done.stderr
