"""Candidates as files, over a real socket: kinds, sizes, backgrounds, and how long they may be kept."""

import re
from io import BytesIO

import pytest
from PIL import Image

URL = "/v1/logos"
WISH = {"prompt": "a bakery by the sea", "brand_name": "Nord", "n": 2, "seed": 7}


@pytest.fixture(scope="module")
def logo(api) -> dict:
    return api.post(URL, json=WISH).json()["candidates"][1]


@pytest.mark.parametrize(("form", "kind"), [("png", "PNG"), ("webp", "WEBP"), ("jpeg", "JPEG")])
def test_files_have_the_size_and_kind_that_was_asked_for(api, logo, form, kind):
    answer = api.get(logo["png"].replace(".png", f".{form}"), params={"size": 130})
    assert answer.headers["Content-Type"] == f"image/{form}"
    with Image.open(BytesIO(answer.content)) as picture:
        assert (picture.format, picture.size) == (kind, (130, 130))


def test_the_svg_is_a_document(api, logo):
    answer = api.get(logo["svg"])
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.text.startswith("<svg ")


def test_transparent_and_opaque(api, logo):
    corners = []
    for background in ("opaque", "transparent"):
        answer = api.get(logo["png"], params={"size": 64, "background": background})
        with Image.open(BytesIO(answer.content)) as picture:
            corners.append(picture.convert("RGBA").getpixel((0, 0))[3])
    assert corners == [255, 0]


def test_files_may_be_kept_and_are_known_again(api, logo):
    first = api.get(logo["png"], params={"size": 64})
    tag = first.headers["ETag"]
    assert re.fullmatch('"[0-9a-f]{32}"', tag)
    assert first.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = api.get(logo["png"], params={"size": 64}, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    for other in ({"size": 65}, {"size": 64, "background": "transparent"}):
        assert api.get(logo["png"], params=other, headers={"If-None-Match": tag}).status_code == 200
    assert api.get(logo["webp"], params={"size": 64}, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("file", "status"),
    [("2.svg", 404), ("-1.svg", 422), ("x.svg", 422), ("0.gif", 422), ("0.png?size=63", 422), ("0.png?size=2049", 422)],
)
def test_files_that_there_are_not(api, logo, file, status):
    assert api.get(f"{logo['svg'].rpartition('/')[0]}/{file}").status_code == status


def test_a_jpeg_cannot_be_transparent(api, logo):
    answer = api.get(logo["svg"].replace(".svg", ".jpeg"), params={"background": "transparent"})
    assert answer.status_code == 422


def test_a_candidate_that_is_not_finished_is_not_there_yet(start, stand_in, gate):
    client = start(lambda: stand_in(gate.wait))
    place = client.post(URL, json=WISH, headers={"Prefer": "respond-async"}).headers["Location"]
    answer = client.get(f"{place}/0.svg")
    assert answer.status_code == 404
    assert answer.json()["detail"].endswith("has no candidate 0 yet")
    gate.set()


def test_files_say_where_they_come_from_or_keep_it_to_themselves(api, start):
    wish = {"prompt": "a secret bakery", "n": 1, "seed": 7}
    for client, told in ((api, True), (start(provenance=False), False)):
        logo = client.post("/v1/logos", json=wish).json()["candidates"][0]
        for form in ("svg", "png", "webp"):
            content = client.get(logo[form]).content
            assert ((b"secret" in content) or (b"algorithmicMedia" in content)) is told, form


def test_a_fault_in_the_query_is_placed_there(api, logo):
    answer = api.get(logo["png"].replace(".png", ".jpeg"), params={"background": "transparent"})
    assert answer.status_code == 422
    assert [fault["loc"] for fault in answer.json()["detail"]] == [["query", "background"]]
