"""The kit of a candidate over a real socket."""

import io
import zipfile

import pytest

URL = "/v1/logos"
WISH = {"prompt": "a bakery by the sea", "brand_name": "Nørd & Co", "n": 1, "seed": 7}


@pytest.fixture(scope="module")
def place(api) -> str:
    made = api.post(URL, json=WISH).json()
    return f"{URL}/{made['id']}/0/kit.zip"


def test_a_kit_is_a_zip_with_all_files(api, place):
    answer = api.get(place)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="nord-co-kit.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert "nord-co/README.txt" in archive.namelist()
        assert len(archive.namelist()) > 100
    assert api.get(place).content == answer.content


def test_a_client_that_has_it_gets_it_not_again(api, place):
    tag = api.head(place).headers["ETag"]
    assert api.get(place, headers={"If-None-Match": tag}).status_code == 304


def test_there_is_no_kit_of_what_is_not_there(api, place):
    assert api.get(place.replace("/0/", "/7/")).status_code == 404
    assert api.get(place.replace("/0/", "/x/")).status_code == 422


def test_a_changed_design_has_a_kit_of_its_own(api):
    made = api.post(URL, json=WISH).json()["candidates"][0]
    design = made["svg"].replace(".svg", "/design")
    changed = api.patch(design, json={"brand_name": "Sud", "colours": {"mark": "#123456"}}).json()
    first, second = api.get(made["kit"]), api.get(changed["kit"])
    assert changed["kit"] == f"{made['kit']}?revision=1"
    assert first.headers["ETag"] != second.headers["ETag"]
    assert second.headers["Content-Disposition"] == 'attachment; filename="sud-kit.zip"'
    with zipfile.ZipFile(io.BytesIO(second.content)) as archive:
        assert b"#123456" in archive.read("sud/design.json").lower()
    with zipfile.ZipFile(io.BytesIO(first.content)) as archive:
        assert b"#123456" not in archive.read("nord-co/design.json").lower()
    assert api.get(made["kit"], params={"revision": 0}).content == first.content
    assert api.get(made["kit"], params={"revision": 2}).status_code == 404
    # The document and other marks are had of any revision too.
    assert api.get(design, params={"revision": 0}).json()["brand_name"] == "Nørd & Co"
    assert api.get(design).json()["brand_name"] == "Sud"
    assert api.get(design, params={"revision": 2}).status_code == 404
    marks = api.get(f"{design}/alternatives", params={"limit": 1, "revision": 0}).json()
    assert (marks["revision"], len(marks["data"])) == (0, 1)


def test_no_link_opens_a_kit(api, place):
    """Links are signed for pictures: one for a kit is none, and nothing breaks."""
    answer = api.get(place, params={"expires": 1, "signature": "x"})
    assert answer.status_code == 422
