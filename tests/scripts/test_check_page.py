"""Without Node the page is not checked: that is said, and continuous integration does not let it pass."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts/check_page.py"


@pytest.mark.parametrize(("env", "status"), [({}, 0), ({"CI": "true"}, 1)])
def test_without_node_it_says_so_and_fails_in_ci(tmp_path, env, status):
    done = subprocess.run(
        [sys.executable, SCRIPT], env={"PATH": str(tmp_path), **env}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr.startswith("the page was not checked: Node and npm are not there")
