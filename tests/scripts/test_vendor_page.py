"""Libraries and typeface of the page are those that their checksums name, with licences, and load nothing by name."""

import hashlib
import json
import re
from pathlib import Path

import pytest
import vendor_page

VENDOR = vendor_page.VENDOR
SUMS = dict(reversed(line.split("  ")) for line in (VENDOR / vendor_page.SUMS).read_text().splitlines())
PACKAGES = Path(__file__).parents[2] / "node_modules"


def test_every_file_has_its_checksum():
    there = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}
    assert there == {*SUMS, vendor_page.SUMS}
    assert {name: hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() for name in SUMS} == SUMS


@pytest.mark.parametrize("module", [name for name in SUMS if name.endswith(".js")])
def test_a_module_names_its_version_and_imports_only_what_lies_beside_it(module):
    code = (VENDOR / module).read_text()
    package, version = re.match(r"// (\S+) (\S+), (?:MIT|Apache-2.0)\n", code).groups()
    pinned = json.loads((PACKAGES.parent / "package.json").read_text())["devDependencies"]
    assert version == pinned[package]
    assert set(re.findall(r"""\bfrom *["']([^"']+)["']""", code)) <= {f"./{name}" for name in SUMS}
    assert re.search("Permission is|Apache License", (VENDOR / vendor_page.name_licence(package)).read_text())


def test_the_typeface_is_a_woff2_with_its_licence():
    assert (VENDOR / "figtree.woff2").read_bytes()[:4] == b"wOF2"
    assert "SIL Open Font License" in (VENDOR / vendor_page.name_licence("@fontsource-variable/figtree")).read_text()


@pytest.mark.skipif(not (PACKAGES / "preact").is_dir(), reason="node_modules is not there; `npm ci` makes it")
def test_they_are_what_the_script_copies():
    made = vendor_page.make_vendored(PACKAGES)
    assert {name: (VENDOR / name).read_bytes() for name in made} == made
