"""The page as it is served: its files, their headers, and that a package has them."""

import gzip
import re

import pytest

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture(scope="module")
def index(api):
    return api.get("/", headers=HTML)


@pytest.fixture(scope="module")
def addresses(index):
    """The addresses of all files that the page names, by the names that they have in the package."""
    found = re.findall(r'(?:href|src)="(studio/[0-9a-f]{16}/([^"]+))"', index.text)
    return {name: f"/{address}" for address, name in found}


def test_the_page_names_its_files_by_their_version(index, addresses):
    assert {"app/main.js", "vendor/preact.js", "styles/tokens.css"} <= {*addresses}
    assert index.headers["Cache-Control"] == "no-cache"
    assert not re.search(r'(?:href|src)="(?:app|styles|vendor)/', index.text)


def test_all_modules_are_asked_for_at_once(index, addresses, api):
    named = {*re.findall(r'rel="modulepreload" href="[^"]*?/((?:app|vendor)/[^"]+)"', index.text)}
    for name in [*named, "app/main.js"]:
        for imported in re.findall(r'from"\./([\w-]+\.js)"', api.get(addresses[name]).text):
            assert f"vendor/{imported}" in named


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("app/main.js", "text/javascript; charset=utf-8"), ("styles/tokens.css", "text/css; charset=utf-8")],
)
def test_files_say_what_they_are_and_are_kept_for_a_year(api, addresses, name, media_type):
    answer = api.get(addresses[name])
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_files_of_another_version_are_served_but_not_kept(api, addresses):
    answer = api.get("/studio/0000000000000000/app/main.js")
    assert answer.content == api.get(addresses["app/main.js"]).content
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("asked", ["gzip, deflate, br, zstd", "*", "br;q=1, gzip;q=0.5"])
def test_files_are_sent_compressed(api, addresses, asked):
    with api.stream("GET", addresses["vendor/preact.js"], headers={"Accept-Encoding": asked}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert int(answer.headers["Content-Length"]) == len(raw) < 6000
    assert b"export{" in gzip.decompress(raw)


@pytest.mark.parametrize("asked", ["", "identity", "br", "gzip;q=0", "gzip; q=0.0, br"])
def test_files_are_sent_as_they_are_to_those_who_want_no_gzip(api, addresses, asked):
    answer = api.get(addresses["vendor/preact.js"], headers={"Accept-Encoding": asked})
    assert "Content-Encoding" not in answer.headers
    assert b"export{" in answer.content


def test_what_a_browser_has_is_not_sent_again(api, addresses, index):
    for address, headers in ((addresses["app/main.js"], {}), ("/", HTML)):
        tag = api.get(address, headers=headers).headers["ETag"]
        answer = api.get(address, headers={**headers, "If-None-Match": tag})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["ETag"] == tag
        assert api.get(address, headers={**headers, "If-None-Match": '"other"'}).status_code == 200


def test_the_head_is_that_of_the_file(api, addresses):
    head = api.head(addresses["app/main.js"])
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == api.get(addresses["app/main.js"]).headers["Content-Length"]


@pytest.mark.parametrize(
    "name",
    [
        "nothing.js",
        "",
        "app",
        "app/",
        "index.html",
        "vendor/SHA256SUMS",
        "vendor/preact.d.ts",
        "../__init__.py",
        "../settings.py",
        "%2e%2e/settings.py",
        "..%2fsettings.py",
        "..%5csettings.py",
        "/etc/passwd",
        "app/%00main.js",
    ],
)
def test_nothing_else_is_served(api, name):
    answer = api.get(f"/studio/0000000000000000/{name}")
    assert answer.status_code == 404
    assert answer.json()["detail"]


def test_the_first_load_is_small(api, addresses, index):
    size = len(gzip.compress(index.content))
    for address in addresses.values():
        with api.stream("GET", address, headers={"Accept-Encoding": "gzip"}) as answer:
            size += len(b"".join(answer.iter_raw()))
    assert size < 150_000
