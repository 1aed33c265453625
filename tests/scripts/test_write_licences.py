"""The page with the licences of what Blazon stands on."""

import pytest
import write_licences

EXTRAS = ["gpu", "postgres", "otel", "c2pa", "nsfw", "mcp", "multilingual"]


def test_the_page_names_every_direct_dependency_with_its_licence():
    page = write_licences.PAGE.read_text(encoding="utf-8")
    for requirements in write_licences.list_requirements().values():
        for name in (one.name for one in requirements):
            licence = write_licences.read_licence(name)
            assert licence != "unknown", f"{name}: read its LICENSE file, and write what it is into the script"
            if not name.startswith("fontpkg-"):
                assert f"| {name} | {licence or ''}" in page, "run scripts/write_licences.py"


def test_nothing_that_comes_with_blazon_is_under_the_gpl_or_the_agpl():
    """With all that its dependencies bring along. Other extras are told on the page."""
    brought = write_licences.list_brought(EXTRAS)
    assert {"picosvg", "lxml", "py-svg-hush", "reportlab", "starlette"} <= brought.keys()
    licences = {name: write_licences.read_licence(name) for name in brought}
    assert {name: one for name, one in licences.items() if write_licences.is_copyleft(one)} == {}


def test_what_is_under_the_gpl_or_the_agpl_elsewhere_is_told_on_the_page():
    told = write_licences.PAGE.read_text(encoding="utf-8").partition("## Under the GPL")[2]
    brought = write_licences.list_brought([*EXTRAS, "nudenet", "cluster", "test"])
    bound = {name for name in brought if write_licences.is_copyleft(write_licences.read_licence(name))}
    assert {name for name in bound if f"| {name} |" not in told} == set()


@pytest.mark.parametrize(
    ("licence", "bound"),
    [
        ("GPL-3.0-only", True),
        ("GPLv2", True),
        ("AGPL-3.0", True),
        ("GNU Affero General Public License v3", True),
        ("GNU General Public License v2 (GPLv2)", True),
        ("LGPL-3.0-only", False),
        ("MIT OR GPL-2.0", False),
        ("MIT AND GPL-2.0", True),
        ("BSD-3-Clause", False),
    ],
)
def test_a_licence_is_told_from_those_that_bind_the_whole(licence, bound):
    assert write_licences.is_copyleft(licence) is bound
