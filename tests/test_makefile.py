"""The folder may be called anything that make and a shell could misread."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NAMES = ["a b", "100%", "%(here)s", "cash $HOME $$", "#1", "d'or", 'say "hi"', "żółć кафе", "a;b&c", "`id`", "[x]*"]
needs_make = pytest.mark.skipif(sys.platform == "win32" or shutil.which("make") is None, reason="needs make")


@needs_make
@pytest.mark.parametrize("name", NAMES)
def test_make_runs_the_server_of_its_own_folder(tmp_path, name):
    folder = tmp_path / name
    (folder / ".venv/bin").mkdir(parents=True)
    for file in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / file, folder)
    python = folder / ".venv/bin/python"
    python.write_text('#!/bin/sh\npwd\necho "$@"\n')
    python.chmod(0o755)
    for stamp in (".made", ".core", ".test"):
        (folder / ".venv" / stamp).touch()
    # As a user runs it, and not as a part of the `make test` that these tests may be a part of.
    own = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    done = subprocess.run(["make", "run"], cwd=folder, env=own, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{folder}\n-m blazon serve\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose path has all of the names in it."""
    if sys.platform == "win32":
        pytest.skip("some names are none there")
    folder = tmp_path.joinpath(*NAMES)
    folder.mkdir(parents=True)
    return folder


def test_run_py_runs_from_any_folder(folder):
    shutil.copy(ROOT / "run.py", folder)
    done = subprocess.run([sys.executable, folder / "run.py", "--help"], cwd=folder, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: blazon serve")


def test_data_and_settings_may_lie_in_any_folder(folder):
    (folder / ".env").write_text("PORT=0\n")
    done = subprocess.run(
        [sys.executable, "-m", "blazon", "generate", "a bakery", "-n", "1", "--size", "64", "-o", "out"],
        cwd=folder,
        env={**os.environ, "ENGINE": "vector"},
        capture_output=True,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert (folder / "out/contact-sheet.png").is_file()
