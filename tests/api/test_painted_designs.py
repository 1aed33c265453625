"""Paintings as designs, over a real socket: made once, then changed, laid out and varied as drawn ones are."""

import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image

from blazon.design_document import read_document
from blazon.draw.artwork import Variant
from blazon.export.provenance import DigitalSourceType

WISH = {"prompt": "a ring with a red heart", "brand_name": "Nordlys", "layout": "stacked", "n": 1}
MERGE = {"Content-Type": "application/merge-patch+json"}


def paint(client: httpx.Client, **wish: Any) -> str:
    """Return where a new painting is, without the ending."""
    answer = client.post("/v1/logos", json={**WISH, **wish})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["candidates"][0]["svg"]).removesuffix(".svg")


def patch(client: httpx.Client, logo: str, change: Any) -> httpx.Response:
    return client.patch(f"{logo}/design", content=json.dumps(change), headers=MERGE)


def view(answer: httpx.Response) -> Image.Image:
    assert answer.status_code == 200, answer.text
    with Image.open(BytesIO(answer.content)) as picture:
        return picture.convert("RGBA")


@pytest.fixture(scope="module")
def painted(painting_api) -> str:
    """A painting whose current revision no test changes."""
    return paint(painting_api, seed=5)


def test_a_design_is_made_of_a_painting_once_for_all_who_ask(painting_api):
    logo = paint(painting_api, seed=6)
    traces = _count_traces(painting_api)
    with ThreadPoolExecutor(6) as clients:
        answers = list(clients.map(lambda _: painting_api.get(f"{logo}/design"), range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    design = answers[0].json()
    assert answers[0].headers["ETag"] == '"r0"'
    assert read_document(design).brand_name == "Nordlys"
    assert design["mark"]["painted_by"] == {"model": "straw/painter", "licence": "Licence of Straw, 1.0"}
    assert painting_api.get(f"{logo}/design").json() == design
    assert _count_traces(painting_api) == traces + 1


def _count_traces(client: httpx.Client) -> float:
    """Return how many files were made of paintings so far, by the count of the renderings."""
    lines = client.get("/metrics").text.splitlines()
    (count,) = [line for line in lines if line.startswith("blazon_stage_seconds_count") and 'stage="render"' in line]
    return float(count.rpartition(" ")[2])


def test_a_painting_is_changed_and_the_change_taken_back_and_forth(painting_api):
    logo = paint(painting_api, seed=7)
    before = painting_api.get(f"{logo}.png").content
    made = patch(painting_api, logo, {"colours": {"mark": "#0a7d6b"}, "brand_name": "Sørlys"}).json()
    assert (made["revision"], made["parent"]) == (1, 0)
    assert "#0a7d6b" in painting_api.get(made["svg"]).text
    assert painting_api.post(f"{logo}/design/undo").json()["revision"] == 0
    assert painting_api.post(f"{logo}/design/undo").status_code == 409
    assert painting_api.post(f"{logo}/design/redo").json()["revision"] == 1
    assert painting_api.post(f"{logo}/design/redo").status_code == 409
    assert painting_api.post(f"{logo}/design/revisions/0/restore").json()["revision"] == 2
    listed = painting_api.get(f"{logo}/design/revisions").json()
    assert [one["revision"] for one in listed["data"]] == [2, 1, 0]
    assert listed["data"][0]["design"] == listed["data"][2]["design"]
    # The painting itself is what it was.
    assert painting_api.get(f"{logo}.png").content == before


@pytest.mark.parametrize("layout", ["horizontal", "stacked", "emblem", "symbol", "wordmark"])
@pytest.mark.parametrize("variant", Variant)
def test_a_painting_is_had_in_every_layout_and_colouring(painting_api, painted, layout, variant):
    asked = {"layout": layout, "variant": variant, "size": 128}
    picture = view(painting_api.get(f"{painted}.png", params=asked))
    assert picture.size == (128, 128)
    colours = {pixel[:3] for _, pixel in picture.getcolors(128 * 128) or () if pixel[3] == 255}
    if variant in ("black", "white"):
        assert colours == {(0, 0, 0) if variant == "black" else (255, 255, 255)}
    else:
        assert len(colours) > 1


def test_files_of_a_painting_say_that_a_model_painted_it_as_long_as_its_mark_is_there(painting_api):
    logo = paint(painting_api, seed=8)
    painted, drawn = str(DigitalSourceType.PAINTED), str(DigitalSourceType.DRAWN)
    recoloured = patch(painting_api, logo, {"colours": {"mark": "#0a7d6b"}}).json()
    for place in (f"{logo}.svg", f"{logo}.svg?variant=black", f"{logo}.svg?layout=horizontal", recoloured["svg"]):
        assert painted in painting_api.get(place).text
        assert "straw/painter" in painting_api.get(place).text
    another = patch(painting_api, logo, {"mark": {"kind": "symbol", "symbol": "mdi:fish"}}).json()
    assert drawn in painting_api.get(another["svg"]).text
    assert "straw/painter" not in painting_api.get(another["svg"]).text
    refused = patch(painting_api, paint(painting_api, seed=8), {"mark": {"painted_by": None}})
    assert refused.status_code == 422
    assert refused.json()["detail"][0]["loc"] == ["body", "mark", "painted_by"]


def test_other_marks_are_listed_for_a_painting(painting_api, painted):
    marks = painting_api.get(f"{painted}/design/alternatives", params={"limit": 3}).json()
    assert (marks["revision"], len(marks["data"])) == (0, 3)


def test_a_document_of_a_painting_is_drawn_for_whoever_holds_it(painting_api, painted):
    design = painting_api.get(f"{painted}/design").json()
    answer = painting_api.post("/v1/designs", json=design, params={"format": "svg"})
    assert str(DigitalSourceType.PAINTED) in answer.text


@pytest.mark.parametrize("wish", [{"brand_name": "", "layout": "symbol"}, {"layout": "wordmark"}])
def test_a_mark_alone_and_a_name_alone_are_designs_too(painting_api, wish):
    logo = paint(painting_api, **wish, seed=9)
    design = painting_api.get(f"{logo}/design").json()
    assert (design["mark"] is None) == (wish == {"layout": "wordmark"})
    assert bool(design["brand_name"]) == (design["mark"] is None)
    assert painting_api.get(f"{logo}.svg", params={"variant": "white"}).status_code == 200
    named = patch(painting_api, logo, {"brand_name": "Vestlys"})
    assert named.status_code == 200, named.text


def test_of_a_photograph_no_design_is_made_and_the_answer_says_what_there_is(painting_api):
    logo = paint(painting_api, prompt="a photograph", brand_name="", layout="symbol", seed=5)
    traces = _count_traces(painting_api)
    for answer in (
        painting_api.get(f"{logo}/design"),
        patch(painting_api, logo, {"brand_name": "Nordlys"}),
        painting_api.get(f"{logo}/design/revisions"),
        painting_api.get(f"{logo}/design/alternatives"),
        painting_api.post(f"{logo}/variations", json={"keep": ["mark"]}),
        painting_api.get(f"{logo}/kit.zip"),
    ):
        assert answer.status_code == 409, answer.text
        assert "too many tones" in answer.json()["detail"]
        assert "png, webp and jpeg are there" in answer.json()["detail"]
    traced = painting_api.get(f"{logo}.svg")
    assert traced.status_code == 409
    assert "ask for png, webp or jpeg" in traced.json()["detail"]
    for name, value in (("variant", "white"), ("layout", "symbol")):
        answer = painting_api.get(f"{logo}.png", params={name: value})
        assert answer.status_code == 422
        (fault,) = answer.json()["detail"]
        assert fault["loc"] == ["query", name]
        assert "too many tones" in fault["msg"]
    assert _count_traces(painting_api) == traces + 2  # it was looked at once for its design, and for its svg
    assert view(painting_api.get(f"{logo}.png")).size == (1024, 1024)


def test_variations_that_keep_a_painted_mark_say_who_painted_it(painting_api, painted):
    mark = painting_api.get(f"{painted}/design").json()["mark"]
    for kept, source in (("mark", DigitalSourceType.PAINTED), ("type", DigitalSourceType.DRAWN)):
        made = painting_api.post(f"{painted}/variations", json={"keep": [kept], "n": 2, "seed": 1}).json()
        for logo in made["candidates"]:
            assert (logo["design"]["mark"] == mark) == (kept == "mark")
            assert (logo["licence"] == "Licence of Straw, 1.0") == (kept == "mark")
            assert str(source) in painting_api.get(logo["svg"]).text


def test_the_kit_of_a_painting_has_its_design_and_the_painting(painting_api, painted):
    answer = painting_api.get(f"{painted}/kit.zip")
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(BytesIO(answer.content)) as archive:
        files = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    assert json.loads(files["design.json"]) == painting_api.get(f"{painted}/design").json()
    assert b"nobody looked" not in files["brand-book.html"]
    source = str(DigitalSourceType.PAINTED).encode()
    for path in ("painting/nordlys-painting.png", "logo/svg/nordlys-stacked-white.svg", "origin.xmp"):
        assert source in files[path]
        assert WISH["prompt"].encode() not in files[path]
    with Image.open(BytesIO(files["painting/nordlys-painting.png"])) as picture:
        original = view(painting_api.get(f"{painted}.png", params={"size": picture.width})).convert("RGB")
        assert picture.convert("RGB").tobytes() == original.tobytes()
    plain = painting_api.get(f"{painted}/kit.zip", params={"metadata": "none"})
    with zipfile.ZipFile(BytesIO(plain.content)) as archive:
        assert not any(source in archive.read(name) for name in archive.namelist())


def test_the_kit_of_a_revision_is_that_of_its_design(painting_api):
    logo = paint(painting_api, seed=11)
    patch(painting_api, logo, {"mark": {"kind": "symbol", "symbol": "mdi:fish"}})
    answer = painting_api.get(f"{logo}/kit.zip", params={"revision": 1})
    with zipfile.ZipFile(BytesIO(answer.content)) as archive:
        names = {name.partition("/")[2] for name in archive.namelist()}
        assert "no trained model painted it" in " ".join(archive.read("nordlys/README.txt").decode().split())
    assert not any(name.startswith("painting/") for name in names)
    assert painting_api.get(f"{logo}/kit.zip", params={"revision": 9}).status_code == 404


def test_what_a_model_without_training_paints_has_no_design_and_stays_a_picture(flux_api):
    logo = paint(flux_api, brand_name="", layout="symbol", size=64, seed=7)
    answer = flux_api.get(f"{logo}/design")
    assert answer.status_code == 409, answer.text
    assert "no design can be made of this logo" in answer.json()["detail"]
    assert view(flux_api.get(f"{logo}.png", params={"size": 64})).size == (64, 64)
