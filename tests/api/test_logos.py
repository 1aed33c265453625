"""`/v1/logos` over real sockets: asked for, waited for, watched, listed, downloaded, cancelled."""

import io
import json
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from PIL import Image

LOGOS = "/v1/logos"
WISH = {"prompt": "a bakery", "n": 2, "seed": 7}
ASYNC = {"Prefer": "respond-async"}


@pytest.fixture
def held(start, stand_in, gate):
    """A server whose studio draws nothing until the gate opens, and a semaphore that counts what it began."""
    began = threading.Semaphore(0)

    def work():
        began.release()
        gate.wait()

    studio = stand_in(work)

    def started(**settings):
        return start(lambda: studio, **settings), studio, began

    return started


def _ended(client: httpx.Client, place: str) -> dict:
    last = time.monotonic() + 30
    while (seen := client.get(place).json())["status"] in ("queued", "running"):
        assert time.monotonic() < last, seen
        time.sleep(0.01)
    return seen


def _events(text: str) -> list[tuple[int, str, dict]]:
    found = re.findall(r"^id: (\d+)\nevent: (\w+)\ndata: (.*)$", text, re.MULTILINE)
    return [(int(number), kind, json.loads(data)) for number, kind, data in found]


# Asking and waiting


def test_it_waits_and_says_where_the_result_is(api):
    answer = api.post(LOGOS, json={**WISH, "brand_name": "Crumb", "palette": "ocean"})
    seen = answer.json()
    assert (answer.status_code, seen["status"], seen["progress"], seen["error"]) == (201, "succeeded", 1.0, None)
    assert answer.headers["Location"] == f"{LOGOS}/{seen['id']}"
    assert [logo["number"] for logo in seen["candidates"]] == [0, 1]
    assert seen["candidates"][0]["design"] != seen["candidates"][1]["design"]
    assert (seen["brief"]["brand_name"], seen["brief"]["palette"], seen["seed"]) == ("Crumb", "ocean", 7)
    assert all(seen["timings"][name] >= 0 for name in ("queued", "drawn", "total"))
    assert api.get(answer.headers["Location"]).json() == {**seen, "estimated_wait": None}


def test_the_same_brief_and_seed_give_the_same_logos_and_another_seed_others(start):
    client = start()
    first, again, other = (
        client.post(LOGOS, json={**WISH, "seed": seed}, headers={"Cache-Control": "no-cache"}).json()["candidates"]
        for seed in (1, 1, 2)
    )
    svgs = [[client.get(logo["svg"]).text for logo in logos] for logos in (first, again, other)]
    assert svgs[0] == svgs[1]
    assert svgs[0] != svgs[2]


def test_without_waiting_it_is_a_202_that_goes_on(held, gate):
    client, _, began = held()
    answer = client.post(LOGOS, json=WISH, headers=ASYNC)
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (202, "respond-async")
    assert answer.json()["estimated_wait"] >= 0
    began.acquire()
    assert client.get(answer.headers["Location"]).json()["status"] == "running"
    gate.set()
    assert _ended(client, answer.headers["Location"])["status"] == "succeeded"


@pytest.mark.parametrize(
    ("settings", "headers"),
    [({"max_wait": 0.05}, {}), ({}, {"Prefer": "wait=0"}), ({}, {"Prefer": "foo, wait=0; a=b"})],
)
def test_after_the_longest_wait_it_is_a_202(held, gate, settings, headers):
    client, _, _ = held(**settings)
    answer = client.post(LOGOS, json=WISH, headers=headers)
    assert answer.status_code == 202
    gate.set()
    assert _ended(client, answer.headers["Location"])["status"] == "succeeded"


def test_out_of_time_it_expires(held, gate):
    client, _, _ = held()
    assert client.post(LOGOS, json={**WISH, "timeout": 0.05}).status_code == 504
    (seen,) = client.get(LOGOS).json()["data"]
    assert (seen["status"], seen["error"]["code"]) == ("expired", "deadline_exceeded")
    later = client.post(LOGOS, json={**WISH, "timeout": 0.05}, headers=ASYNC)
    assert _ended(client, later.headers["Location"])["status"] == "expired"


def test_a_client_that_leaves_cancels_and_touches_nobody_else(held, gate):
    client, studio, began = held(max_concurrent_jobs=1)
    stays = client.post(LOGOS, json=WISH, headers=ASYNC).headers["Location"]
    began.acquire()
    with pytest.raises(httpx.ReadTimeout):
        client.post(LOGOS, json={**WISH, "seed": 8}, timeout=httpx.Timeout(5, read=0.05))
    (left,) = (one for one in client.get(LOGOS).json()["data"] if one["seed"] == 8)
    assert _ended(client, f"{LOGOS}/{left['id']}")["status"] == "cancelled"
    gate.set()
    assert _ended(client, stays)["status"] == "succeeded"
    assert {brief.seed for brief in studio.asked} == {7}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("n", 0),
        ("n", 25),
        ("n", "4"),
        ("seed", -1),
        ("size", 63),
        ("style", "ugly"),
        ("palette", "#12345g"),
        ("layout", "stacked"),
        ("colour", "red"),
        ("priority", "urgent"),
        ("timeout", 0),
        ("steps", 5),
        ("negative_prompt", "text"),
        ("model", "no-such-model"),
        ("webhook_url", "https://example.com/"),
        ("prompt", "x" * 501),
        ("brand_name", "\u16a0\u16df"),
    ],
)
def test_what_cannot_be_honoured_is_refused_by_name(api, field, value):
    answer = api.post(LOGOS, json={**WISH, field: value})
    assert answer.status_code in (400, 422)
    assert field in json.dumps(answer.json()["detail"])


# Idempotency and the cache


def test_an_idempotency_key_leads_to_one_generation(start, stand_in):
    studio = stand_in()
    client = start(lambda: studio)
    headers = {"Idempotency-Key": "order-1"}
    with ThreadPoolExecutor() as clients:
        asked = [clients.submit(client.post, LOGOS, json={"prompt": "a bakery"}, headers=headers) for _ in range(5)]
        answers = [answer.result() for answer in asked]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(studio.asked) == 4
    other = client.post(LOGOS, json={"prompt": "a fox"}, headers=headers)
    assert other.status_code == 422
    assert other.json()["detail"][0]["loc"] == ["header", "Idempotency-Key"]


@pytest.mark.parametrize("key", ["", "two words", "x" * 256, "\xe9"])
def test_an_unusable_idempotency_key_is_refused(api, key):
    answer = api.post(LOGOS, json=WISH, headers={b"Idempotency-Key": key.encode("latin-1")})
    assert answer.status_code == 422


def test_the_cache_serves_equal_briefs_unless_it_is_told_not_to(start, stand_in):
    studio = stand_in()
    client = start(lambda: studio)
    first = client.post(LOGOS, json=WISH)
    hit = client.post(LOGOS, json=WISH)
    assert [answer.headers["X-Cache"] for answer in (first, hit)] == ["miss", "hit"]
    assert hit.json()["cached"] is True
    assert hit.json()["id"] != first.json()["id"]
    assert len(studio.asked) == 2
    anew = client.post(LOGOS, json=WISH, headers={"Cache-Control": "no-cache"})
    assert (anew.headers["X-Cache"], len(studio.asked)) == ("miss", 4)
    client.delete(first.headers["Location"])
    assert client.get(hit.json()["candidates"][0]["png"]).status_code == 200


def test_a_cache_of_no_size_keeps_nothing(start, stand_in):
    client = start(stand_in, cache_size_mb=0)
    assert [client.post(LOGOS, json=WISH).headers["X-Cache"] for _ in range(2)] == ["miss", "miss"]


# Looking, listing, removing


def test_pages_follow_each_other_the_newest_first(start, stand_in):
    client = start(stand_in)
    made = [client.post(LOGOS, json={**WISH, "seed": seed}).json()["id"] for seed in range(5)]
    seen, after = [], None
    while True:
        page = client.get(LOGOS, params={"limit": 2, **({"after": after} if after else {})}).json()
        seen += [one["id"] for one in page["data"]]
        if (after := page["next"]) is None:
            break
    assert seen == made[::-1]
    assert client.get(LOGOS, params={"status": "failed"}).json()["data"] == []
    assert len(client.get(LOGOS, params={"status": ["failed", "succeeded"]}).json()["data"]) == 5


@pytest.mark.parametrize("identity", ["gen_" + "0" * 28, "gen_x", "1", "%00", "gen_" + "0" * 29])
def test_what_is_not_there_is_told_so(api, identity):
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/events"), ("GET", "/0.svg")):
        assert api.request(method, f"{LOGOS}/{identity}{path}").status_code in (404, 422)


def test_delete_cancels_what_is_under_way_and_removes_what_has_ended(held, gate):
    client, _, began = held(max_concurrent_jobs=1)
    place = client.post(LOGOS, json=WISH, headers=ASYNC).headers["Location"]
    began.acquire()
    cancelled = client.delete(place)
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert client.delete(place).status_code == 204
    assert client.get(place).status_code == 404
    assert client.delete(place).status_code == 404


# Events


def test_events_tell_everything_in_order_and_end_with_the_status(held, gate):
    client, _, _ = held(max_concurrent_jobs=1)
    place = client.post(LOGOS, json=WISH, headers=ASYNC).headers["Location"]
    with client.stream("GET", f"{place}/events") as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        lines = stream.iter_lines()
        assert next(lines).startswith("retry:")
        gate.set()
        events = _events("retry: 1\n" + "\n".join(lines))
    numbers = [number for number, _, _ in events]
    assert numbers == sorted(set(numbers))
    kinds = [kind for _, kind, _ in events]
    assert kinds[-3:] == ["candidate", "candidate", "succeeded"]
    assert [data["number"] for _, kind, data in events if kind == "candidate"] == [0, 1]
    assert events[-1][2] == client.get(place).json()


def test_a_listener_that_comes_back_misses_nothing_and_sees_nothing_twice(start, stand_in):
    client = start(stand_in)
    place = client.post(LOGOS, json={**WISH, "n": 4}).headers["Location"]
    whole = _events(client.get(f"{place}/events").text)
    assert [kind for _, kind, _ in whole] == ["candidate"] * 4 + ["succeeded"]
    for seen in range(len(whole)):
        last = {"Last-Event-ID": str(whole[seen][0])}
        rest = client.get(f"{place}/events", headers=last)
        assert rest.status_code == (204 if seen == len(whole) - 1 else 200)
        assert _events(rest.text) == whole[seen + 1 :]


@pytest.mark.parametrize("broken", ["x", "-1", "1.5", "9" * 20])
def test_a_broken_last_event_id_is_refused(api, broken):
    place = api.post(LOGOS, json=WISH).headers["Location"]
    answer = api.get(f"{place}/events", headers={"Last-Event-ID": broken})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["header", "Last-Event-ID"]


# Files


@pytest.fixture(scope="module")
def place(api) -> str:
    return api.post(LOGOS, json={**WISH, "brand_name": "Crumb"}).headers["Location"]


@pytest.mark.parametrize(("form", "kind"), [("png", "PNG"), ("webp", "WEBP"), ("jpeg", "JPEG")])
@pytest.mark.parametrize("size", [64, 100, 2048])
def test_pictures_come_in_any_size(api, place, form, kind, size):
    answer = api.get(f"{place}/1.{form}", params={"size": size})
    picture = Image.open(io.BytesIO(answer.content))
    assert (answer.headers["Content-Type"], picture.format, picture.size) == (f"image/{form}", kind, (size, size))


def test_a_picture_may_be_kept_and_is_not_sent_again(api, place):
    answer = api.get(f"{place}/0.png")
    assert "immutable" in answer.headers["Cache-Control"]
    again = api.get(f"{place}/0.png", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert api.get(f"{place}/1.png").headers["ETag"] != answer.headers["ETag"]
    assert api.get(f"{place}/0.png", params={"size": 512}).headers["ETag"] != answer.headers["ETag"]


def test_transparent_is_real_alpha(api, place):
    picture = Image.open(io.BytesIO(api.get(f"{place}/0.png", params={"background": "transparent"}).content))
    assert (picture.mode, picture.getpixel((0, 0))[3], picture.getextrema()[3]) == ("RGBA", 0, (0, 255))
    refused = api.get(f"{place}/0.jpeg", params={"background": "transparent"})
    assert refused.status_code == 422
    assert "transparent" in refused.json()["detail"][0]["msg"]


def test_a_vector_file_holds_outlines_and_says_where_it_comes_from(api, place):
    svg = api.get(f"{place}/0.svg").text
    assert "<text" not in svg
    assert "a bakery" in svg
    assert "algorithmicMedia" in svg


def test_pictures_can_keep_their_origin_to_themselves(start):
    client = start(provenance=False)
    logo = client.post(LOGOS, json={**WISH, "prompt": "a secret bakery"}).json()["candidates"][0]
    for form in ("svg", "png", "webp"):
        assert b"secret" not in client.get(logo[form]).content


@pytest.mark.parametrize(
    "path", ["2.png", "0.gif", "0.png?size=63", "0.png?size=2049", "0.png?background=blue", "x.png"]
)
def test_files_that_are_not_there_are_refused(api, place, path):
    assert api.get(f"{place}/{path}").status_code in (404, 422)
