"""What continuous integration installs is what the tests look for."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / ".ci/run"
# Programs that come in one package with another one.
TOGETHER = {"pdftocairo": "pdftoppm", "pdffonts": "pdftoppm", "pdfinfo": "pdftoppm", "pdftotext": "pdftoppm"}


def test_every_program_that_fails_a_test_of_the_kit_where_it_is_missing_is_installed():
    used = {
        name
        for path in ROOT.glob("tests/kit/**/*.py")
        for name in re.findall(r"\brun\(\s*\"([\w-]+)\"", path.read_text())
    }
    assert {"chromium", "gs", "pdftoppm"} <= used
    installed = set(re.findall(r"command -v ([\w-]+)", SCRIPT.read_text()))
    assert {TOGETHER.get(name, name) for name in used} <= installed


def test_the_script_is_sound():
    tool = shutil.which("shellcheck") or shutil.which("shellcheck", path=str(Path(sys.executable).parent))
    if tool is None:
        pytest.skip("shellcheck is not installed")
    # The list of packages is meant to be split.
    subprocess.run([tool, "--exclude=SC2086", SCRIPT], check=True)
