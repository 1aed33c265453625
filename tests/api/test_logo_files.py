"""Candidates as files, over a real socket: kinds, sizes, backgrounds, and how long they may be kept."""

import asyncio
import re
import socket
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO

import httpx
import pytest
from PIL import Image, ImageChops

from blazon.api.logo_files import FileResponse

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


@pytest.mark.parametrize("layout", ["wordmark", "horizontal", "emblem"])
@pytest.mark.parametrize("form", ["png", "webp", "jpeg", "svg"])
def test_a_file_for_a_favicon_is_the_drawing_for_small_sizes(api, layout, form):
    """It fills its square, where the whole logo would be a thin line of a name or have a margin."""
    made = api.post(URL, json={**WISH, "layout": layout, "n": 1}).json()["candidates"][0]
    place = made["png"].rpartition(".")[0]
    if form == "svg":
        small, large = (api.get(f"{place}.svg", params={"size": size}).text for size in (48, 49))
        assert small.count("<path") <= large.count("<path")
        assert re.findall(' d="[^"]*"', small)[1:] != re.findall(' d="[^"]*"', large)[1:]
        return
    for size in (16, 32, 48):
        content = api.get(f"{place}.{form}", params={"size": size}).content
        with Image.open(BytesIO(content)) as picture:
            assert picture.size == (size, size)
            grey = picture.convert("RGB")
        left, top, right, bottom = ImageChops.difference(
            grey, Image.new("RGB", grey.size, grey.getpixel((0, 0)))
        ).getbbox()
        assert max(right - left, bottom - top) >= 0.85 * size


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
    [("2.svg", 404), ("-1.svg", 422), ("x.svg", 422), ("0.gif", 422), ("0.png?size=15", 422), ("0.png?size=2049", 422)],
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


@pytest.mark.parametrize("form", ["svg", "png", "webp", "jpeg"])
def test_a_request_says_how_much_a_file_tells(api, form):
    """What anybody may read who gets the file: the prompt goes with it only where that is wanted."""
    logo = api.post(URL, json={"prompt": "a secret bakery", "n": 1, "seed": 7}).json()["candidates"][0]
    place = logo["png"].replace(".png", f".{form}")
    told = {level: api.get(place, params={"metadata": level}).content for level in ("all", "origin", "none")}
    assert [b"secret" in content for content in told.values()] == [True, False, False]
    assert [b"algorithmicMedia" in content for content in told.values()] == [True, True, False]
    assert api.get(place).content == told["all"]
    assert api.get(place, params={"metadata": "some"}).status_code == 422


def test_a_server_that_tells_no_prompt_tells_none_to_whoever_asks(start):
    client = start(provenance="origin")
    answer = client.post("/api/generate_logo", json={"prompt": "a secret bakery", "sizes": [64]}).json()
    assert b"secret" not in b64decode(answer["images"]["64"])
    logo = client.post(URL, json={"prompt": "a secret bakery", "n": 1}).json()["candidates"][0]
    content = client.get(logo["svg"], params={"metadata": "all"}).content
    assert b"secret" not in content
    assert b"algorithmicMedia" in content


def test_only_pictures_have_a_largest_size(api, logo):
    answer = api.get(logo["svg"], params={"size": 100_000, "padding": 10})
    assert 'width="100000" height="100000"' in answer.text
    for field in ("size", "width", "height"):
        answer = api.get(logo["png"], params={field: 2049})
        assert answer.status_code == 422
        assert answer.json()["detail"][0]["loc"] == ["query", field]
        assert "an svg may be larger" in answer.json()["detail"][0]["msg"]


def test_padding_and_density_are_those_that_were_asked_for(api, logo):
    plain = api.get(logo["png"], params={"size": 100}).content
    answer = api.get(logo["png"], params={"size": 100, "padding": 25, "dpi": 300}).content
    with Image.open(BytesIO(plain)) as before, Image.open(BytesIO(answer)) as after:
        assert after.size == (100, 100)
        assert round(before.info["dpi"][0]) == 96
        assert round(after.info["dpi"][0]) == 300
        edge = after.convert("RGB").crop((0, 0, 100, 25))
        assert len(edge.getcolors()) == 1


def test_a_fault_in_the_query_is_placed_there(api, logo):
    answer = api.get(logo["png"].replace(".png", ".jpeg"), params={"background": "transparent"})
    assert answer.status_code == 422
    assert [fault["loc"] for fault in answer.json()["detail"]] == [["query", "background"]]


RENDERED = re.compile(r'^blazon_stage_seconds_count\{stage="render"\} (\d+)', re.MULTILINE)


def rendered(client: httpx.Client) -> int:
    found = RENDERED.search(client.get("/metrics").text)
    return int(found.group(1)) if found else 0


def dear_files(path: str, count: int) -> list[str]:
    """Return addresses of files that take a while each, and of which no two are equal."""
    return [f"{path}?width=2048&height={2048 - number}" for number in range(count)]


def ask(client: httpx.Client, path: str) -> socket.socket:
    """Send a request and do not wait for its answer."""
    connection = socket.create_connection((client.base_url.host, client.base_url.port))
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return connection


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not happen"
        time.sleep(0.01)


@pytest.mark.parametrize("form", ["webp", "png"])
def test_nothing_is_rendered_for_clients_that_left(start, logged, form):
    client = start()
    logo = client.post(URL, json=WISH).json()["candidates"][0]
    before = rendered(client)
    connections = [ask(client, path) for path in dear_files(logo[form], 60)]
    for connection in connections:
        connection.close()
    until(lambda: sum(line.get("route", "").endswith("{form}") for line in logged()) >= 60)
    client.get(logo["png"], params={"size": 64}).raise_for_status()
    assert rendered(client) - before < 30


def test_a_file_that_many_want_at_once_is_rendered_once(start):
    client = start()
    logo = client.post(URL, json=WISH).json()["candidates"][0]
    before = rendered(client)
    connections = [ask(client, f"{logo['png']}?size=2048") for _ in range(60)]
    for connection in connections:
        with connection:
            assert connection.recv(12) == b"HTTP/1.1 200"
    assert rendered(client) - before == 1


def test_a_file_that_is_not_rendered_in_time_is_not_waited_for(start):
    client = start(request_timeout=0.2)
    place = client.post(URL, json=WISH, headers={"Prefer": "respond-async"}).headers["Location"]
    until(lambda: client.get(place).json()["status"] != "queued" and client.get(place).json()["candidates"])
    logo = client.get(place).json()["candidates"][0]
    connections = [ask(client, path) for path in dear_files(logo["webp"], 60)]
    heads = []
    for connection in connections:
        with connection:
            heads.append(connection.recv(12))
    assert set(heads) <= {b"HTTP/1.1 200", b"HTTP/1.1 504"}
    assert heads.count(b"HTTP/1.1 504") > 30


def test_more_files_than_may_wait_are_refused(start):
    client = start(max_queued_files=5)
    logo = client.post(URL, json=WISH).json()["candidates"][0]
    connections = [ask(client, path) for path in dear_files(logo["webp"], 60)]
    answers = []
    for connection in connections:
        with connection:
            answers.append(connection.recv(4000).lower())
    refused = [answer for answer in answers if answer.startswith(b"http/1.1 503")]
    assert all(re.search(rb"\r\nretry-after: [1-9]\d*\r\n", answer) for answer in refused)
    assert len(refused) > 20
    assert any(answer.startswith(b"http/1.1 200") for answer in answers)


def test_the_head_of_a_file_is_answered_without_rendering_it(start):
    client = start()
    logo = client.post(URL, json=WISH).json()["candidates"][0]
    before = rendered(client)
    head = client.head(logo["png"], params={"size": 2048})
    assert (head.status_code, head.content, head.headers["Content-Type"]) == (200, b"", "image/png")
    assert "Content-Length" not in head.headers
    assert rendered(client) == before
    assert head.headers["ETag"] == client.get(logo["png"], params={"size": 2048}).headers["ETag"]


def test_pictures_that_are_gone_are_drawn_again_from_their_design(start, tmp_path):
    def remove_pictures() -> int:
        pictures = [path for path in (tmp_path / "data" / "pictures").rglob("*.*") if path.is_file()]
        for picture in pictures:
            picture.unlink()
        return len(pictures)

    client = start()
    logo = client.post(URL, json=WISH).json()["candidates"][0]
    assert remove_pictures() == 2
    assert client.get(logo["webp"]).status_code == 200
    assert remove_pictures() == 1
    assert client.get(logo["svg"]).status_code == 200
    assert remove_pictures() == 1


def test_a_picture_that_is_gone_for_good_is_said_to_be(start, stand_in, tmp_path):
    client = start(stand_in)
    logo = client.post(URL, json={**WISH, "n": 1}).json()["candidates"][0]
    [picture] = [path for path in (tmp_path / "data" / "pictures").rglob("*.*") if path.is_file()]
    picture.unlink()
    answer = client.get(logo["png"])
    assert answer.status_code == 410
    assert "/" not in answer.json()["detail"]


def test_a_file_counts_until_its_client_has_taken_all_of_it():
    events: list[str] = []

    @contextmanager
    def sending() -> Iterator[None]:
        events.append("on its way")
        yield
        events.append("taken")

    async def go() -> bytes:
        sent = bytearray()

        async def send(message: dict) -> None:
            events.append(message["type"].rpartition(".")[2])
            sent.extend(message.get("body", b""))

        await FileResponse(bytes(150_000), sending(), media_type="image/png")({}, None, send)
        return bytes(sent)

    assert asyncio.run(go()) == bytes(150_000)
    assert events == ["on its way", "start", "body", "body", "body", "body", "taken"]
