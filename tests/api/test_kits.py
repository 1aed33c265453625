"""The kit of a candidate over a real socket."""

import io
import json
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


def test_a_changed_logo_has_a_kit_of_its_own(api, place):
    logo = place.removesuffix("/kit.zip")
    made = api.patch(f"{logo}/design", json={"colours": {"mark": "#0b6e4f"}, "brand_name": "Sud"}).json()
    answer = api.get(place, params={"revision": made["revision"]})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="sud-kit.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert json.loads(archive.read("sud/design.json")) == made["design"]
    assert answer.headers["ETag"] != api.head(place).headers["ETag"]
    assert api.get(place, params={"revision": made["revision"] + 1}).status_code == 404
