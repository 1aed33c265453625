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


def run_make(folder: Path, target: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run make in a folder whose environment is there already, with a Python and a ruff that say what they are told."""
    (folder / ".venv/bin").mkdir(parents=True)
    for file in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / file, folder)
    for name in ("python", "ruff"):
        program = folder / ".venv/bin" / name
        program.write_text('#!/bin/sh\npwd\necho "$@" $PYTHONDONTWRITEBYTECODE\n')
        program.chmod(0o755)
    for stamp in (".made", ".core", ".test"):
        (folder / ".venv" / stamp).touch()
    # As a user runs it, and not as a part of the `make test` that these tests may be a part of.
    own = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    return subprocess.run(["make", target], cwd=folder, env=own | environment, capture_output=True, text=True)


@needs_make
@pytest.mark.parametrize("name", NAMES)
def test_make_runs_the_server_of_its_own_folder(tmp_path, name):
    done = run_make(folder := tmp_path / name, "run", PYTHONDONTWRITEBYTECODE="")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{folder}\n-m blazon serve\n"


@needs_make
def test_the_tests_come_after_all_checks_and_keep_what_python_compiles(tmp_path):
    done = run_make(tmp_path / "here", "test", PYTHONDONTWRITEBYTECODE="1")
    assert done.returncode == 0
    *checks, tests = [line for line in done.stdout.splitlines() if line != str(tmp_path / "here")]
    assert tests.startswith("-m pytest")
    assert {line.split()[0] for line in checks} == {"-m", "check", "format", "-c", "scripts/check_page.py"}
    assert not [line for line in (*checks, tests) if line.endswith(" 1")]


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
