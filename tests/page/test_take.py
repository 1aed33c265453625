"""A logo is taken along: files, the kit, texts for a page, the call that makes it, a link."""

import io
import json
import re
import subprocess
import sys
import zipfile
from xml.etree import ElementTree

import httpx
import pytest
from PIL import Image


@pytest.fixture
def taking(visit, logo, open_logo):
    """The page of a fresh logo, ready to be taken, in a browser that lets pages copy."""
    return open_logo(visit(permissions=["clipboard-read", "clipboard-write"]), logo, "take")


def download(page, name):
    with page.expect_download() as coming:
        page.get_by_role("button", name=name, exact=True).click()
    found = coming.value
    return found.suggested_filename, found.path().read_bytes()


def test_the_kit_of_a_changed_logo_is_downloaded_and_opens(visit, open_logo, server, logo, expect):
    design = httpx.patch(f"{server.url}{logo}/design", json={"colours": {"mark": "#0b6e4f"}}, timeout=60).json()[
        "design"
    ]
    page = open_logo(visit(), logo, "take")
    page.wait_for_url(re.compile("revision=1"))
    name, content = download(page, "Download the whole kit")
    assert name == "nordwind-kit.zip"
    with zipfile.ZipFile(io.BytesIO(content)) as kit:
        assert kit.testzip() is None
        assert json.loads(kit.read("nordwind/design.json")) == design
    expect(page.locator(".notice")).to_contain_text("nordwind-kit.zip was downloaded.")


def test_files_are_as_they_are_chosen(taking, expect):
    name, svg = download(taking, "Download SVG")
    assert (name, ElementTree.fromstring(svg).tag) == ("nordwind.svg", "{http://www.w3.org/2000/svg}svg")
    taking.get_by_role("button", name="Mark alone").click()
    taking.get_by_role("button", name="White", exact=True).click()
    taking.get_by_label("Without its ground").check()
    taking.get_by_label("Side in pixels").fill("300")
    taking.get_by_label("Side in pixels").press("Tab")
    name, png = download(taking, "Download PNG")
    assert name == "nordwind-symbol-white-300.png"
    with Image.open(io.BytesIO(png)) as picture:
        assert picture.size == (300, 300)
        assert picture.convert("RGBA").getpixel((0, 0))[3] == 0
    name, pdf = download(taking, "Download PDF")
    assert (name, pdf[:5]) == ("nordwind-symbol-white.pdf", b"%PDF-")
    taking.get_by_label("Side in pixels").fill("99999")
    taking.get_by_label("Side in pixels").press("Tab")
    expect(taking.get_by_label("Side in pixels")).to_have_value("2048")


def test_what_is_copied_can_be_pasted(taking, server, logo, expect):
    def copy(what):
        taking.get_by_role("button", name=f"Copy {what}", exact=True).click()
        expect(taking.get_by_role("status").first).to_contain_text(f"{what} was copied.")
        return taking.evaluate("navigator.clipboard.readText()")

    svg = ElementTree.fromstring(copy("SVG"))
    assert svg[0].text == "Nordwind"
    assert len(svg) > 2
    jsx = copy("JSX")
    assert jsx.startswith("export function NordwindLogo(props)")
    assert not re.search(r"style=|class=|<metadata|\s[a-z]+-[a-z]+=", jsx)
    address = re.fullmatch(r'<img src="([^"]+)" alt="Nordwind" width="512" height="512">', copy("<img>"))[1]
    assert httpx.get(address.replace("&amp;", "&"), timeout=60).headers["Content-Type"].startswith("image/svg+xml")
    assert copy("Link to this state") == f"{server.url}/#{logo.removeprefix('/v1')}"


@pytest.mark.parametrize("patch", [None, {"brand_name": "It's 5 o'clock", "palette": "ocean"}])
def test_the_calls_that_are_shown_make_this_very_logo(visit, open_logo, server, logo, patch, tmp_path):
    if patch:
        httpx.patch(f"{server.url}{logo}/design", json=patch, timeout=60).raise_for_status()
    page = open_logo(visit(), logo, "take")
    if patch:
        page.wait_for_url(re.compile("revision=1"))
    design = httpx.get(f"{server.url}{logo}/design", timeout=60).json()
    wanted = httpx.post(f"{server.url}/v1/designs?format=svg", json=design, timeout=60).text
    program = page.get_by_label("Python", exact=True).input_value()
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)
    assert find_outlines((tmp_path / "logo.svg").read_text()) == find_outlines(wanted)
    (tmp_path / "logo.svg").unlink()
    command = page.get_by_label("curl", exact=True).input_value()
    printed = subprocess.run(["sh", "-c", command], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    if patch:
        assert find_outlines((tmp_path / "logo.svg").read_text()) == find_outlines(wanted)
    else:
        assert json.loads(printed)["candidates"][0]["design"] == design


def find_outlines(svg):
    return re.findall(r' d="([^"]+)"', svg)


def test_a_file_that_cannot_be_had_is_said_in_words(visit, open_logo, server, logo, expect):
    visitor = visit()
    visitor.expect("404")
    page = open_logo(visitor, logo, "take")
    generation = logo.removesuffix("/0")
    httpx.delete(f"{server.url}{generation}", timeout=60).raise_for_status()
    page.get_by_role("button", name="Download PDF").click()
    expect(page.locator(".notice.problem")).to_contain_text("That did not work.")
    expect(page.get_by_role("button", name="Download PDF")).to_be_enabled()


def test_axe_finds_nothing(taking, find_violations):
    assert find_violations(taking) == []
