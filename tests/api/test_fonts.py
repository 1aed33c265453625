"""Fonts that clients bring along, over a real socket: kept, used, shown, deleted."""

import io
import json
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from tests.imports.test_fonts import RUBIK, build

from blazon.draw.font_files import FontSources
from blazon.store.database import open_database
from blazon.store.keys import Grant, KeyStore
from blazon.studio import Studio

WISH = {"prompt": "a bakery by the sea", "brand_name": "cab", "n": 2, "seed": 7, "layout": "stacked"}
OPEN = {"familyName": "Boxes", "styleName": "Regular", "licenseDescription": "SIL Open Font License 1.1"}


BOXES = build(names=OPEN)


@pytest.fixture
def own(api: httpx.Client) -> dict[str, object]:
    """A font of boxes for a, b and c."""
    answer = api.post("/v1/fonts", params={"text": "cab"}, content=BOXES)
    assert answer.status_code == 201, answer.text
    return answer.json()


def outlines(api, logo):
    return re.findall(r' d="([^"]+)"', api.get(logo["svg"]).text)


def test_a_name_is_set_in_an_own_font_the_same_each_time(api, own):
    assert (own["family"], own["in_kit"], own["missing"]) == ("Boxes", True, [])
    assert own["svg"].startswith("<svg")
    first = api.post("/v1/logos", json=WISH | {"own_font": own["font"]}).json()
    assert {logo["design"]["name_type"]["family"] for logo in first["candidates"]} == {own["font"]}
    assert "type Boxes" in first["understood"]
    assert first["brief"]["own_font"] == own["font"]
    headers = {"Cache-Control": "no-cache"}
    again = api.post("/v1/logos", json=WISH | {"own_font": own["font"]}, headers=headers).json()
    for one, other in zip(first["candidates"], again["candidates"], strict=True):
        assert outlines(api, one) == outlines(api, other)
    assert api.post("/v1/fonts", content=BOXES).json()["font"] == own["font"]  # the same file again


def test_a_kit_has_the_font_where_its_licence_lets_it_be_passed_on(api, own):
    closed = api.post("/v1/fonts", content=build(names=OPEN | {"licenseDescription": "Mine"})).json()
    for font, has_it in ((own["font"], True), (closed["font"], False)):
        logo = api.post("/v1/logos", json=WISH | {"own_font": font, "n": 1}).json()["candidates"][0]
        with zipfile.ZipFile(io.BytesIO(api.get(logo["kit"], timeout=120).content)) as kit:
            names = [name.partition("/")[2] for name in kit.namelist()]
            assert ("fonts/boxes/boxes-400.ttf" in names) is has_it, names
            assert ("fonts/not-included.txt" in names) is not has_it
            tokens = next(kit.read(name).decode() for name in kit.namelist() if name.endswith("tokens.css"))
            assert own["id"] not in tokens
            assert "Boxes" in tokens


def test_a_name_that_the_font_cannot_set_is_set_in_another_and_that_is_said(api, own):
    made = api.post("/v1/logos", json=WISH | {"own_font": own["font"], "brand_name": "Zürich"}).json()
    assert all("#" not in logo["design"]["name_type"]["family"] for logo in made["candidates"])
    assert [one for one in made["unmet"] if "Boxes" in one["wish"] and "Zürich" in one["instead"]]
    listed = api.get("/v1/fonts", params={"text": "Zürich"}).json()["data"]
    assert next(one for one in listed if one["id"] == own["id"])["missing"] == ["Z", "ü", "r", "i", "h"]


def test_an_own_font_is_the_first_that_a_design_is_offered(api, own):
    logo = api.post("/v1/logos", json=WISH | {"n": 1}).json()["candidates"][0]
    place = logo["svg"].removesuffix(".svg")
    first = api.get(f"{place}/design/typefaces").json()["data"][0]
    fonts = {font["font"] for font in api.get("/v1/fonts").json()["data"]}
    assert own["font"] in fonts
    assert first["family"] in fonts
    changed = api.patch(f"{place}/design", json=first["patch"])
    assert changed.json()["design"]["name_type"]["family"] == first["family"]


def test_a_font_is_its_owners_alone(start, tmp_path):
    uploads = FontSources(uploads=tmp_path / "data/fonts")
    client = start(lambda: Studio.open(uploads), engine="vector", api_keys="required")
    database = open_database("", tmp_path / "data")
    ann, bob = ({"X-API-Key": KeyStore(database).create(Grant(name))[1]} for name in ("ann", "bob"))
    database.close()
    own = client.post("/v1/fonts", content=BOXES, headers=ann).json()
    assert client.get("/v1/fonts", headers=bob).json()["data"] == []
    assert client.delete(f"/v1/fonts/{own['id']}", headers=bob).status_code == 404
    refused = client.post("/v1/logos", json=WISH | {"own_font": own["font"]}, headers=bob)
    assert refused.status_code == 422
    assert client.post("/v1/logos", json=WISH | {"own_font": own["font"]}, headers=ann).status_code == 201
    assert client.post("/v1/fonts", content=BOXES).status_code == 401


def test_what_is_deleted_cannot_be_used_and_what_was_drawn_stays(api, own):
    made = api.post("/v1/logos", json=WISH | {"own_font": own["font"], "seed": 9}).json()
    assert api.delete(f"/v1/fonts/{own['id']}").status_code == 204
    assert api.delete(f"/v1/fonts/{own['id']}").status_code == 404
    assert own["id"] not in [one["id"] for one in api.get("/v1/fonts").json()["data"]]
    refused = api.post("/v1/logos", json=WISH | {"own_font": own["font"], "seed": 10})
    assert refused.status_code == 422
    assert "own_font" in json.dumps(refused.json())
    assert api.get(made["candidates"][0]["svg"]).status_code == 200


@pytest.mark.parametrize("font", ["Rubik", "Boxes #000000000000aaaaaaaaaaaaaaaa", "../../etc #0", "x" * 300, "\u202e"])
def test_what_is_no_font_of_yours_is_refused(api, font):
    assert api.post("/v1/logos", json=WISH | {"own_font": font}).status_code == 422


def test_hundreds_at_once_are_forty_and_the_others_are_told(api, own):
    def send(number):
        return api.post("/v1/fonts", content=build(names=OPEN | {"familyName": f"Boxes {number}"}), timeout=120)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(send, range(46)))
    assert {answer.status_code for answer in answers} <= {201, 409, 429, 503}
    assert "40 fonts" in next(answer.text for answer in answers if answer.status_code == 409)
    kept = api.get("/v1/fonts", params={"text": "cab"}).json()["data"]
    assert len(kept) == 40
    for one in kept:
        api.delete(f"/v1/fonts/{one['id']}")


def test_a_file_that_is_no_font_is_refused_in_words(api):
    answer = api.post("/v1/fonts", content=b"hello")
    assert answer.status_code == 422
    assert "not a font" in answer.text
    assert api.post("/v1/fonts", content=RUBIK + bytes(4_000_000)).status_code == 413
