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


def test_what_a_kit_does_not_have_is_refused_by_name(api, place):
    answer = api.get(place, params={"variant": "white"})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["query", "variant"]
