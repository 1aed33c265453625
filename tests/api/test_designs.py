"""Designs as documents, over a real socket: read, changed, undone, restored, and drawn for whoever holds one."""

import json
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image

from blazon.design_document import describe_documents
from blazon.principal import Scope
from blazon.store.database import open_database
from blazon.store.keys import Grant, KeyStore

WISH = {"prompt": "a bakery by the sea", "brand_name": "Nord", "slogan": "bread at six", "seed": 7, "n": 1}
# Skia would take minutes to merge it.
TANGLED = {"ink": "mark", "colour": "#000000", "data": "M0 0L50 5L5 50Z" * 100}
TURNED = {"kind": "rotation", "symbol": "mdi:fish", "count": 5, "radius": 900}
MERGE = {"Content-Type": "application/merge-patch+json"}


def make(client: httpx.Client, **wish: Any) -> str:
    """Return where a new logo is, without the ending."""
    made = client.post("/v1/logos", json={**WISH, "layout": "stacked", **wish}).json()
    return made["candidates"][0]["svg"].removesuffix(".svg")


def patch(client: httpx.Client, logo: str, change: Any, **headers: str) -> httpx.Response:
    sent = {**MERGE, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return client.patch(f"{logo}/design", content=json.dumps(change), headers=sent)


@pytest.fixture(scope="module")
def drawn(api) -> str:
    """A logo that no test changes."""
    return make(api)


@pytest.fixture
def logo(api) -> str:
    return make(api)


def test_the_design_is_that_of_the_candidate(api, drawn):
    answer = api.get(f"{drawn}/design")
    assert answer.status_code == 200
    assert (answer.headers["ETag"], answer.headers["X-Revision"]) == ('"r0"', "0")
    assert answer.json() == api.get(f"/v1/logos/{drawn.split('/')[3]}").json()["candidates"][0]["design"]
    again = api.get(f"{drawn}/design", headers={"If-None-Match": '"r0"'})
    assert (again.status_code, again.content) == (304, b"")
    assert api.get(f"{drawn}/design", headers={"If-None-Match": '"r1"'}).status_code == 200


def test_a_change_is_a_revision_and_everything_else_stays(api, logo):
    before = api.get(f"{logo}/design").json()
    answer = patch(api, logo, {"colours": {"mark": "navy"}})
    assert answer.status_code == 200
    made = answer.json()
    assert (made["revision"], made["parent"], made["changes"]) == (1, 0, ["colours.mark"])
    assert (answer.headers["ETag"], answer.headers["X-Revision"]) == ('"r1"', "1")
    before["colours"]["mark"] = "#000080"
    assert made["design"] == before == api.get(f"{logo}/design").json()
    assert "#000080" in api.get(made["svg"]).text
    for form in ("png", "webp"):
        assert api.get(made[form], params={"size": 64}).status_code == 200


def test_the_logo_as_it_was_drawn_stays_where_it_is(api, logo):
    first = api.get(f"{logo}.svg")
    made = patch(api, logo, {"colours": {"mark": "navy"}}).json()
    again = api.get(f"{logo}.svg")
    assert (again.content, again.headers["ETag"]) == (first.content, first.headers["ETag"])
    changed = api.get(made["svg"])
    assert changed.headers["ETag"] != first.headers["ETag"]
    assert "immutable" in changed.headers["Cache-Control"]
    assert api.get(f"{logo}.svg", params={"revision": 0}).content == first.content
    assert api.get(f"{logo}.svg", params={"revision": 2}).status_code == 404


def test_a_revision_is_had_in_every_variant_layout_and_small(api, logo):
    made = patch(api, logo, {"brand_name": "Meridian"}).json()
    files = [api.get(made["svg"], params={"revision": 1, **more}) for more in LOOKS]
    assert {one.status_code for one in files} == {200}
    assert len({one.content for one in files}) == len(LOOKS)


LOOKS: list[dict[str, Any]] = [{}, {"variant": "white"}, {"layout": "emblem"}, {"layout": "symbol"}, {"size": 32}]


def test_plain_json_is_a_patch_too_and_other_kinds_are_told_what_to_send(api, logo):
    assert api.patch(f"{logo}/design", json={"slogan": None}).json()["design"]["slogan"] == ""
    for kind in ("text/plain", "application/json-patch+json", "application/x-www-form-urlencoded"):
        answer = api.patch(f"{logo}/design", content="{}", headers={"Content-Type": kind})
        assert answer.status_code == 415
        assert "merge-patch+json" in answer.json()["detail"]
        assert answer.headers["Accept-Patch"] == "application/merge-patch+json, application/json"


def test_a_patch_that_changes_nothing_makes_no_revision(api, logo):
    for change in ({}, {"layout": "stacked"}, {"established": None}):
        answer = patch(api, logo, change)
        assert (answer.status_code, answer.json()["revision"]) == (200, 0)
    patch(api, logo, {"colours": {"mark": "navy"}})
    assert patch(api, logo, {"colours": {"mark": "navy"}}).json()["revision"] == 1


def test_undo_redo_restore_and_history(api, logo):
    first = api.get(f"{logo}/design").json()
    patch(api, logo, {"layout": "horizontal"})
    second = patch(api, logo, {"palette": "ocean"}).json()["design"]
    assert api.post(f"{logo}/design/undo").json()["revision"] == 1
    assert api.post(f"{logo}/design/undo").json()["design"] == first
    answer = api.post(f"{logo}/design/undo")
    assert (answer.status_code, "nothing to undo" in answer.json()["detail"]) == (409, True)
    assert api.post(f"{logo}/design/redo").json()["revision"] == 1
    assert api.post(f"{logo}/design/redo").json()["design"] == second
    answer = api.post(f"{logo}/design/redo")
    assert (answer.status_code, "nothing to redo" in answer.json()["detail"]) == (409, True)
    restored = api.post(f"{logo}/design/revisions/0/restore").json()
    assert (restored["revision"], restored["parent"], restored["design"]) == (3, 2, first)
    assert api.post(f"{logo}/design/revisions/0/restore").json()["revision"] == 3
    assert api.post(f"{logo}/design/undo").json()["design"] == second
    history = api.get(f"{logo}/design/revisions").json()
    assert history["current"] == 2
    assert [one["revision"] for one in history["data"]] == [3, 2, 1, 0]
    assert (history["data"][-1]["design"], history["next"]) == (first, None)
    page = api.get(f"{logo}/design/revisions", params={"limit": 2}).json()
    assert ([one["revision"] for one in page["data"]], page["next"]) == ([3, 2], 2)
    rest = api.get(f"{logo}/design/revisions", params={"limit": 2, "before": 2}).json()
    assert ([one["revision"] for one in rest["data"]], rest["next"]) == ([1, 0], None)
    assert api.get(f"{logo}/design/revisions/2").json() == history["data"][1]
    for missing in ("get", "post"):
        place = f"{logo}/design/revisions/9" + ("/restore" if missing == "post" else "")
        assert getattr(api, missing)(place).status_code == 404


def test_a_stale_tag_is_412_and_tells_the_current_one(api, logo):
    tag = api.get(f"{logo}/design").headers["ETag"]
    assert patch(api, logo, {"layout": "horizontal"}, If_Match=tag).status_code == 200
    attempts = [
        patch(api, logo, {"layout": "emblem"}, If_Match=tag),
        api.post(f"{logo}/design/undo", headers={"If-Match": tag}),
        api.post(f"{logo}/design/redo", headers={"If-Match": '"r7", "other"'}),
        api.post(f"{logo}/design/revisions/0/restore", headers={"If-Match": 'W/"r1"'}),
    ]
    for answer in attempts:
        assert (answer.status_code, answer.headers["ETag"]) == (412, '"r1"')
        assert "revision 1" in answer.json()["detail"]
    for fresh in ('"r0", "r1"', "*"):
        assert patch(api, logo, {"layout": "horizontal"}, If_Match=fresh).status_code == 200
    assert api.get(f"{logo}/design").headers["ETag"] == '"r1"'


def test_changes_at_once_are_all_made(api, logo):
    changes = [{"colours": {role: "#10406a"}} for role in ("mark", "accent", "name")]
    with ThreadPoolExecutor(3) as threads:
        answers = [*threads.map(lambda change: patch(api, logo, change), changes)]
    assert [one.status_code for one in answers] == [200] * 3
    colours = api.get(f"{logo}/design").json()["colours"]
    assert {colours[role] for role in ("mark", "accent", "name")} == {"#10406a"}
    assert len(api.get(f"{logo}/design/revisions").json()["data"]) == 4


def test_what_has_to_follow_and_what_to_mind_is_told(api, logo):
    made = patch(api, logo, {"brand_name": None}).json()
    assert made["design"]["layout"] == "symbol"
    assert any("symbol" in sentence for sentence in made["adapted"])
    pale = patch(api, logo, {"colours": {"mark": made["design"]["colours"]["paper"]}}).json()
    assert any("contrast" in sentence for sentence in pale["warnings"])


@pytest.mark.parametrize(
    ("change", "loc"),
    [
        ({"colurs": {}}, ["body", "colurs"]),
        ({"colours": {"mark": "sky"}}, ["body", "colours", "mark"]),
        ({"name_type": {"family": "Comic Papyrus"}}, ["body", "name_type", "family"]),
        ({"mark": {"kind": "symbol", "symbol": "no:such"}}, ["body", "mark", "symbol"]),
        ({"palette": "plaid"}, ["body", "palette"]),
        ({"format": 2}, ["body", "format"]),
        ({"name_idea": {"technique": "dot", "index": 400}}, ["body", "name_idea"]),
        ({"brand_name": "\U0010fffd"}, ["body", "brand_name"]),
        ([1], ["body"]),
        ("x", ["body"]),
    ],
)
def test_a_patch_that_names_what_is_not_there_is_refused_with_its_place(api, drawn, change, loc):
    answer = patch(api, drawn, change)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == loc
    assert api.get(f"{drawn}/design").headers["ETag"] == '"r0"'


@pytest.mark.parametrize("body", ["", "{", "nul", '{"a": ' + "[" * 30_000, '{"seed": ' + "9" * 5000 + "}", b"\xff"])
@pytest.mark.parametrize("route", ["patch", "post"])
def test_a_body_that_is_no_json_is_refused(api, drawn, body, route):
    place = f"{drawn}/design" if route == "patch" else "/v1/designs"
    answer = api.request(route.upper(), place, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body"]


def test_a_body_that_is_too_large_is_refused(api, drawn):
    for route, place in (("PATCH", f"{drawn}/design"), ("POST", "/v1/designs")):
        answer = api.request(route, place, content=b" " * 70_000, headers={"Content-Type": "application/json"})
        assert answer.status_code == 413


def test_a_design_that_a_client_holds_is_drawn(api, drawn):
    document = api.get(f"{drawn}/design").json()
    answer = api.post("/v1/designs", json=document)
    assert answer.status_code == 200
    assert answer.json()["design"] == document
    assert answer.json()["svg"].count("<path") == api.get(f"{drawn}.svg").text.count("<path")
    assert "seed" not in answer.headers.get("Location", "")


@pytest.mark.parametrize(("form", "kind"), [("png", "PNG"), ("webp", "WEBP"), ("jpeg", "JPEG")])
def test_a_design_that_a_client_holds_is_drawn_as_a_file(api, drawn, form, kind):
    document = api.get(f"{drawn}/design").json()
    answer = api.post("/v1/designs", json=document, params={"format": form, "size": 130, "variant": "white"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, f"image/{form}")
    with Image.open(BytesIO(answer.content)) as picture:
        assert (picture.format, picture.size) == (kind, (130, 130))
        corner = picture.convert("RGBA").getpixel((0, 0))
    assert corner[3] == (255 if form == "jpeg" else 0)


def test_the_svg_of_a_design_is_a_file_too(api, drawn):
    document = api.get(f"{drawn}/design").json()
    answer = api.post("/v1/designs", json=document, params={"format": "svg"})
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.text.startswith("<svg ")
    bare = api.post("/v1/designs", json=document, params={"format": "jpeg", "background": "transparent"})
    assert bare.status_code == 422


@pytest.mark.parametrize(
    ("change", "loc", "words"),
    [
        ({"format": 2}, ["body", "format"], "up to date"),
        ({"wings": 2}, ["body", "wings"], "not a field"),
        ({"mark": {**TURNED, "count": 10**9}}, ["body", "mark", "count"], "24"),
        ({"colours": 7}, ["body", "colours"], "object"),
        ({"brand_name": 7}, ["body", "brand_name"], "string"),
        ({"layout": "horizontal", "mark": None}, ["body"], "cannot be drawn"),
        ({"mark": {"kind": "outline", "parts": [TANGLED]}}, ["body"], "too often"),
    ],
)
def test_a_document_that_cannot_be_is_refused_with_its_place(api, drawn, change, loc, words):
    document = {**api.get(f"{drawn}/design").json(), **change}
    answer = api.post("/v1/designs", json=document)
    assert answer.status_code == 422, answer.text
    fault = answer.json()["detail"][0]
    assert fault["loc"] == loc
    assert words in fault["msg"]


def test_other_marks_are_listed_with_small_pictures_and_taken(api, logo):
    listed = api.get(f"{logo}/design/alternatives", params={"limit": 6}).json()
    assert (listed["revision"], [one["rank"] for one in listed["data"]]) == (0, [0, 1, 2, 3, 4, 5])
    assert api.get(f"{logo}/design/alternatives", params={"limit": 3}).json()["data"] == listed["data"][:3]
    before = api.get(f"{logo}/design").json()
    for one in listed["data"][:3]:
        assert one["svg"].startswith("<svg ")
        assert len(one["svg"]) < 20_000
        made = patch(api, logo, one["patch"]).json()
        assert (made["design"]["mark"], made["shows"]) == (one["patch"]["mark"], one["shows"])
        assert {name: made["design"][name] for name in ("colours", "name_type", "layout")} == {
            name: before[name] for name in ("colours", "name_type", "layout")
        }
    letters = api.get(f"{logo}/design/alternatives", params={"kind": "letterform", "limit": 2}).json()["data"]
    assert {one["kind"] for one in letters} == {"letterform"}
    assert api.get(f"{logo}/design/alternatives", params={"kind": "photo"}).status_code == 422


def test_other_type_is_listed_with_samples_of_the_name_and_taken(api, logo):
    place = f"{logo}/design/typefaces"
    listed = api.get(place, params={"limit": 6}).json()
    assert [one["rank"] for one in listed["data"]] == [0, 1, 2, 3, 4, 5]
    assert api.get(place, params={"limit": 3}).json()["data"] == listed["data"][:3]
    before = api.get(f"{logo}/design").json()
    families = [one["family"] for one in listed["data"]]
    assert len({before["name_type"]["family"], *families}) == 7
    for one in listed["data"][:3]:
        assert one["svg"].startswith("<svg ")
        made = patch(api, logo, one["patch"]).json()["design"]
        assert made["name_type"]["family"] == one["family"]
        assert (made["mark"], made["colours"]) == (before["mark"], before["colours"])
    scripts = api.get(place, params={"kind": "script", "limit": 48}).json()["data"]
    assert scripts
    assert all("script" in one["kinds"] for one in scripts)
    assert api.get(place, params={"kind": "wingdings"}).status_code == 422
    patch(api, logo, {"brand_name": None})
    assert api.get(place).json()["data"] == []


def test_more_like_a_logo_is_a_generation_of_its_own(api, logo):
    navy = patch(api, logo, {"colours": {"mark": "navy"}, "brand_name": "Meridian"}).json()["design"]
    answer = api.post(f"{logo}/variations", json={"keep": "colours", "n": 3, "seed": 5})
    assert answer.status_code == 201
    made = answer.json()
    assert answer.headers["Location"].endswith(made["id"])
    assert (made["brief"]["keep"], made["brief"]["brand_name"], made["seed"]) == (["colours"], "Meridian", 5)
    assert [one["design"]["colours"] for one in made["candidates"]] == [navy["colours"]] * 3
    assert len({one["design"]["name_type"]["family"] for one in made["candidates"]}) > 1
    again = api.post(f"{logo}/variations", json={"keep": ["colours"], "n": 3, "seed": 5})
    assert (again.headers["X-Cache"], again.json()["candidates"][0]["design"]) == (
        "hit",
        made["candidates"][0]["design"],
    )
    first = api.post(f"{logo}/variations", json={"keep": ["mark"], "n": 2, "revision": 0}).json()
    assert first["brief"]["brand_name"] == "Nord"
    later = api.post(f"{logo}/variations", json={"keep": ["type"]}, headers={"Prefer": "respond-async"})
    assert later.status_code == 202


def test_a_key_stands_for_variations_of_one_logo(api, logo, drawn):
    wish, key = {"keep": ["mark"], "n": 1}, {"Idempotency-Key": f"vary-{logo}"}
    first = api.post(f"{logo}/variations", json=wish, headers=key).json()
    assert api.post(f"{logo}/variations", json=wish, headers=key).json()["id"] == first["id"]
    other = api.post(f"{drawn}/variations", json=wish, headers=key)
    assert other.status_code == 422
    assert other.json()["detail"][0]["loc"] == ["header", "Idempotency-Key"]


@pytest.mark.parametrize(
    ("wish", "loc"),
    [
        ({}, ["body", "keep"]),
        ({"keep": []}, ["body", "keep"]),
        ({"keep": ["mark", "type", "colours"]}, ["body", "keep"]),
        ({"keep": ["soul"]}, ["body", "keep", 0]),
        ({"keep": ["mark"], "n": 99}, ["body", "n"]),
        ({"keep": ["mark"], "colour": "red"}, ["body", "colour"]),
    ],
)
def test_variations_that_cannot_be_are_refused_with_their_place(api, drawn, wish, loc):
    answer = api.post(f"{drawn}/variations", json=wish)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == loc


def test_the_schema_is_served(api):
    answer = api.get("/v1/designs/schema")
    assert answer.headers["Content-Type"].startswith("application/schema+json")
    assert answer.json() == describe_documents()


def test_what_there_is_not_is_not_found(api, drawn):
    other = drawn.rpartition("/")[0]
    for place in (f"{other}/7/design", "/v1/logos/gen_" + "0" * 28 + "/0/design"):
        assert api.get(place).status_code == 404
        assert api.patch(place, json={}).status_code == 404
    assert api.get(f"{drawn}/design?revision=1").status_code == 404


def test_only_its_owner_reads_and_changes_a_design(start, tmp_path):
    client = start(api_keys="required")
    database = open_database("", tmp_path / "data")
    grants = [Grant("own"), Grant("other"), Grant("reader", frozenset({Scope.READ}))]
    own, other, reader = ({"X-API-Key": KeyStore(database).create(grant)[1]} for grant in grants)
    database.close()
    made = client.post("/v1/logos", json=WISH, headers=own).json()["candidates"][0]
    place = made["svg"].removesuffix(".svg") + "/design"
    assert [client.get(place, headers=who).status_code for who in (own, other, reader, {})] == [200, 404, 404, 401]
    assert [client.patch(place, json={}, headers=who).status_code for who in (own, other, reader)] == [200, 404, 403]
    assert [client.post(f"{place}/undo", headers=who).status_code for who in (own, other, reader)] == [409, 404, 403]
    assert [client.post("/v1/designs", json={}, headers=who).status_code for who in (own, reader)] == [422, 403]


def test_revisions_outlive_the_process_and_go_with_their_generation(start):
    first = start()
    logo = make(first)
    patch(first, logo, {"layout": "horizontal"})
    second = start()
    assert second.get(f"{logo}/design").headers["ETag"] == '"r1"'
    identity = logo.rpartition("/")[0]
    assert second.delete(identity).status_code == 204
    assert second.get(f"{logo}/design").status_code == 404
