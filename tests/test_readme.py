"""The code in the README and the guides is run as it stands there.

Shell blocks run in an empty folder with `.venv` beside them, `make` lines only have to name a target
(`make test` would run this test again), and port 7860 becomes that of a server started for the test.
"""

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from _ports import free_port

ROOT = Path(__file__).parents[1]
ADDRESS = "http://localhost:7860"
PAGES = (
    "README.md",
    "docs/quickstart.md",
    *(str(page.relative_to(ROOT)) for page in sorted(ROOT.glob("docs/how-to/*.md"))),
)
DEPLOY = tuple(str(page.relative_to(ROOT)) for page in sorted(ROOT.glob("docs/deploy/*.md")))
LINKED = (*PAGES, *DEPLOY, "docs/index.md", "docs/architecture.md", "docs/performance.md", "docs/gpu.md")
LINKED += ("docs/migration.md", "CHANGELOG.md")


def _blocks(page: str) -> list[tuple[str, str]]:
    """Return language and text of each fenced block."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the server as `make run` does and return its address."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "blazon", "serve"],
        env={**os.environ, "PORT": str(port), "DATA_DIR": str(tmp_path_factory.mktemp("data"))},
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
                break
            except OSError:
                assert process.poll() is None, "the server ended"
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@pytest.mark.parametrize(
    "page", [page for page in PAGES if {"sh", "python"} & {language for language, _ in _blocks(page)}]
)
def test_the_code_on_the_page_works(page, request, tmp_path):
    (tmp_path / ".venv").symlink_to(Path(sys.executable).parents[1])
    commands = {"sh": [shutil.which("bash"), "-euo", "pipefail", "-c"], "python": [sys.executable, "-c"]}
    if "curl" in (ROOT / page).read_text() and not shutil.which("curl"):
        pytest.skip("the page uses curl, which is not installed here")
    ran = 0
    for language, text in _blocks(page):
        code = "\n".join(line for line in text.splitlines() if not line.startswith("make "))
        if language in commands and code.strip():
            if ADDRESS in code:
                code = code.replace(ADDRESS, request.getfixturevalue("server"))
            subprocess.run([*commands[language], code], cwd=tmp_path, check=True, timeout=120)
            ran += 1
    assert ran
    empty = [
        path.name
        for path in tmp_path.rglob("*")
        if path.suffix != ".lock" and path.is_file() and path.stat().st_size == 0
    ]
    assert empty == []
    for picture in (*tmp_path.glob("*.png"), *tmp_path.glob("*/*.png")):
        assert picture.read_bytes().startswith(b"\x89PNG"), picture.name


def test_every_make_command_on_a_page_is_a_target():
    targets = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        name
        for page in LINKED
        for name in re.findall(r"(?:^|`|\d )make ([a-z]+)", (ROOT / page).read_text(), re.MULTILINE)
    }
    assert {"run", "test", "bench"} <= named <= targets


@pytest.mark.parametrize("page", LINKED)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / page).read_text(encoding="utf-8"))
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []


def test_the_annotated_tree_is_true():
    tree = next(text for language, text in _blocks("README.md") if language == "text")
    named = {
        name.rstrip("/")
        for line in tree.splitlines()
        if line.startswith("  ")
        for name in re.match(r"  (\S+(?:  \S+)*)  ", line).group(1).split()
    }
    package = ROOT / "src/blazon"
    there = {path.name for path in package.iterdir() if not path.name.startswith("_") and path.name != "py.typed"}
    assert named == there
