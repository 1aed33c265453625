"""The extras of the package that are named anywhere: by the images, by guides, by what the program says is missing."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KNOWN = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"])
PLACES = sorted(
    path
    for pattern in ("Dockerfile", "compose.yaml", "Makefile", "README.md", "docs/**/*.md", "deploy/**/*", "src/**/*.py")
    for path in ROOT.glob(pattern)
    if path.is_file()
)
# `--build-arg EXTRAS="otel c2pa"`, `EXTRAS: postgres`, `blazon[gpu]`, `'.[gpu]'`
NAMED = re.compile(r"""EXTRAS(?:=|: )(?:"([\w ]*)"|(\w+))|(?:blazon|['"]\.)\[([\w,]+)\]""")
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def find_extras(path: Path) -> set[str]:
    """Return the extras that a file names."""
    return {name for found in NAMED.findall(path.read_text()) for name in re.findall(r"\w+", " ".join(found))}


def test_every_extra_that_is_named_anywhere_is_one():
    named = {path: extras for path in PLACES if (extras := find_extras(path))}
    assert {path: extras - KNOWN for path, extras in named.items() if extras - KNOWN} == {}
    assert {extra for extras in named.values() for extra in extras} >= KNOWN - {"test"}  # it found them
    assert "postgres" in named[ROOT / "compose.yaml"]


@pytest.mark.parametrize("page", [path for path in PLACES if path.suffix == ".md"], ids=lambda path: path.stem)
def test_no_guide_has_blazon_fetched_by_its_name(page):
    """The package index has another project of that name; a guide installs from the clone, or from an address."""
    commands = "\n".join(CODE.findall(page.read_text()))
    assert not re.search(r"pip install[^\n&|;]*[ '\"]blazon(?:\[[^\n]*\])?(?![\w@/-]|\[|\])", commands)
