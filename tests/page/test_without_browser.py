"""Without a browser the page is not tried: that is said, and in continuous integration it is a failure."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REASONS = {"chromium": "no Chromium is there", "playwright": "the package playwright is not installed"}


@pytest.mark.parametrize(("missing", "ci"), [("chromium", True), ("playwright", False)])
def test_what_is_missing_is_said(tmp_path, missing, ci):
    program, package = tmp_path / "bin/chromium", tmp_path / "playwright.py"
    program.parent.mkdir()
    if missing == "playwright":
        program.touch(0o755)
        package.write_text("raise ImportError")
    others = {name: value for name, value in os.environ.items() if name != "CI"}
    paths = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/page/test_scenes.py", "-k", "axe"],
        env={**others, "PATH": str(program.parent), "PYTHONPATH": paths, **({"CI": "true"} if ci else {})},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == int(ci), done.stdout + done.stderr
    assert ("1 error" if ci else "1 skipped") in done.stdout
    assert (
        f"the page is not tried in a browser: {'no Chromium' if missing == 'chromium' else 'the package'}"
        in done.stdout
    )
