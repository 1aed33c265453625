"""`/v1/logos` over a real socket: asking, waiting, listing, looking, cancelling, downloading."""

import re
import threading
import time
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import httpx
import pytest
from PIL import Image

from blazon.api.failures import CLIENT_GONE
from blazon.errors import GenerationFailed

URL = "/v1/logos"
WISH = {"prompt": "a bakery by the sea", "n": 2, "seed": 7}
ASYNC = {"Prefer": "respond-async"}
NONE = "gen_0123456789abcdef0123456789ab"


def until_ended(client: httpx.Client, identity: str) -> dict:
    while (seen := client.get(f"{URL}/{identity}").json())["status"] in ("queued", "running"):
        time.sleep(0.01)
    return seen


# Asking.


def test_logos_that_are_waited_for(api):
    answer = api.post(URL, json={**WISH, "brand_name": "Nord", "palette": "ocean", "priority": "high"})
    assert answer.status_code == 201
    seen = answer.json()
    assert re.fullmatch("gen_[0-9a-f]{28}", seen["id"])
    assert answer.headers["Location"] == f"{URL}/{seen['id']}"
    assert answer.headers["X-Cache"] == "miss"
    assert "Preference-Applied" not in answer.headers
    assert (seen["object"], seen["status"], seen["progress"], seen["error"]) == ("generation", "succeeded", 1, None)
    assert (seen["seed"], seen["priority"], seen["cached"]) == (7, "high", False)
    assert seen["brief"]["palette"] == "ocean"
    assert [candidate["number"] for candidate in seen["candidates"]] == [0, 1]
    assert seen["created_at"] <= seen["started_at"] <= seen["finished_at"] < seen["expires_at"]
    assert seen["timings"]["total"] >= seen["timings"]["drawn"] >= 0
    again = api.get(answer.headers["Location"]).json()
    assert again == {**seen, "estimated_wait": None}


def test_logos_that_are_looked_at_later(api):
    answer = api.post(URL, json={**WISH, "seed": 8}, headers=ASYNC)
    assert answer.status_code in (201, 202)
    assert answer.headers["Preference-Applied"] == "respond-async"
    assert answer.json()["estimated_wait"] >= 0
    assert until_ended(api, answer.json()["id"])["status"] == "succeeded"


def test_an_empty_wish_has_defaults(api):
    seen = api.post(URL, json={"prompt": "a bakery"}).json()
    assert (len(seen["candidates"]), seen["brief"]["n"], seen["brief"]["size"]) == (4, 4, 1024)
    assert seen["deadline_at"] is not None


def test_a_webhook_needs_something_to_be_signed_with(api):
    answer = api.post(URL, json={**WISH, "webhook_url": "https://example.com/hook"})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "webhook_url"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"prompt": ""},
        {"n": 0},
        {"n": 25},
        {"n": 1.0},
        {"n": True},
        {"seed": -1},
        {"size": 63},
        {"timeout": 0},
        {"timeout": 1e9},
        {"priority": "urgent"},
        {"layout": "stacked"},
        {"slogan": "since 1900"},
        {"steps": 4},
        {"loras": {"a": "b"}},
        {"colour": "red"},
        {"credit_allowed": "yes"},
        {"webhook_url": 5},
    ],
)
def test_what_cannot_be_used_names_its_field(api, wrong):
    before = len(api.get(URL, params={"limit": 100}).json()["data"])
    answer = api.post(URL, json={**WISH, **wrong})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"][:2] == ["body", next(iter(wrong))]
    assert len(api.get(URL, params={"limit": 100}).json()["data"]) == before


@pytest.mark.parametrize(
    ("prefer", "applied"),
    [
        ("wait=0", "wait=0"),
        ("respond-async", "respond-async"),
        ("respond-async, wait=0", "respond-async, wait=0"),
        ("RESPOND-ASYNC; foo=bar", "respond-async"),
    ],
)
def test_preferences_to_be_answered_at_once(start, stand_in, gate, prefer, applied):
    client = start(lambda: stand_in(gate.wait))
    answer = client.post(URL, json=WISH, headers={"Prefer": prefer})
    assert (answer.status_code, answer.headers["Preference-Applied"]) == (202, applied)
    assert answer.json()["status"] in ("queued", "running")
    gate.set()
    assert until_ended(client, answer.json()["id"])["status"] == "succeeded"


@pytest.mark.parametrize("prefer", ["wait=-1", "wait=soon", "wait", "handling=lenient", ","])
def test_preferences_that_mean_nothing_are_passed_over(api, prefer):
    answer = api.post(URL, json=WISH, headers={"Prefer": prefer})
    assert answer.status_code == 201
    assert "Preference-Applied" not in answer.headers


@pytest.mark.parametrize(("given", "headers"), [({"max_wait": 0.1}, {}), ({"max_wait": 0.1}, {"Prefer": "wait=99"})])
def test_who_waits_long_enough_is_told_where_to_look(start, stand_in, gate, given, headers):
    client = start(lambda: stand_in(gate.wait), **given)
    answer = client.post(URL, json=WISH, headers=headers)
    assert answer.status_code == 202
    assert answer.headers.get("Preference-Applied") == ("wait=0.1" if headers else None)
    gate.set()
    assert until_ended(client, answer.json()["id"])["status"] == "succeeded"


def test_a_wait_with_a_preference_ends_with_the_logos(start, stand_in):
    answer = start(stand_in).post(URL, json=WISH, headers={"Prefer": "respond-async, wait=50"})
    assert answer.status_code == 201


# Ending early.


def test_a_deadline_expires_the_generation(start, stand_in, gate):
    client = start(lambda: stand_in(gate.wait))
    answer = client.post(URL, json={**WISH, "timeout": 0.1})
    assert (answer.status_code, answer.json()) == (504, {"detail": "not done within 0.1 s"})
    (seen,) = client.get(URL).json()["data"]
    assert seen["status"] == "expired"
    assert seen["error"] == {"code": "deadline_exceeded", "message": "not done within 0.1 s", "param": None}
    later = client.post(URL, json={**WISH, "timeout": 0.1}, headers=ASYNC).json()
    assert until_ended(client, later["id"])["status"] == "expired"


def test_a_failure_is_told_and_kept(start, stand_in):
    def black():
        raise GenerationFailed("it came out black")

    client = start(lambda: stand_in(black))
    assert client.post(URL, json=WISH).status_code == 500
    later = client.post(URL, json=WISH, headers=ASYNC)
    assert later.status_code == 202
    seen = until_ended(client, later.json()["id"])
    assert seen["status"] == "failed"
    assert seen["error"] == {"code": "generation_failed", "message": "it came out black", "param": None}


def test_deleting_cancels_then_removes(start, stand_in, gate):
    client = start(lambda: stand_in(gate.wait))
    place = client.post(URL, json=WISH, headers=ASYNC).headers["Location"]
    cancelled = client.delete(place)
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert client.get(place).json()["error"]["code"] == "cancelled"
    removed = client.delete(place)
    assert (removed.status_code, removed.content) == (204, b"")
    assert client.get(place).status_code == client.delete(place).status_code == 404
    gate.set()


def test_who_waits_for_what_another_cancels_is_told(start, stand_in, gate):
    client = start(lambda: stand_in(gate.wait))
    with ThreadPoolExecutor() as clients:
        waiting = clients.submit(client.post, URL, json=WISH)
        while not (there := client.get(URL).json()["data"]):
            time.sleep(0.01)
        client.delete(f"{URL}/{there[0]['id']}")
        answer = waiting.result()
    assert (answer.status_code, answer.json()) == (409, {"detail": "the generation was cancelled"})


def test_a_client_that_hangs_up_cancels_and_leaves_the_others_alone(start, stand_in, gate, logged):
    engine = stand_in(gate.wait)
    client = start(lambda: engine, max_concurrent_jobs=4)
    hasty = httpx.Timeout(5, read=0.2)
    with ThreadPoolExecutor() as clients:
        staying = [clients.submit(client.post, URL, json={**WISH, "n": 1, "seed": seed}) for seed in (1, 2)]
        while len(client.get(URL, params={"status": "running"}).json()["data"]) < 2:
            time.sleep(0.01)
        for seed in (1, 3):  # one alone, one on the job of another
            with pytest.raises(httpx.ReadTimeout):
                httpx.post(f"{client.base_url}{URL}", json={**WISH, "n": 1, "seed": seed}, timeout=hasty)
        while len(client.get(URL, params={"status": "cancelled"}).json()["data"]) < 2:
            time.sleep(0.01)
        gate.set()
        assert [answer.result().status_code for answer in staying] == [201, 201]
    while [line.get("status") for line in logged()].count(CLIENT_GONE) < 2:  # a line may follow its end
        time.sleep(0.01)
    assert client.post(URL, json={**WISH, "n": 1, "seed": 4}).status_code == 201


@pytest.mark.parametrize("headers", [{"Prefer": "respond-async, wait=60"}, {"Idempotency-Key": "mine"}])
def test_a_client_that_can_come_back_may_hang_up(start, stand_in, gate, headers):
    client = start(lambda: stand_in(gate.wait))
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{client.base_url}{URL}", json=WISH, headers=headers, timeout=httpx.Timeout(5, read=0.3))
    while not (seen := client.get(URL).json()["data"]):  # it hung up before it was accepted
        time.sleep(0.05)
    gate.set()
    assert until_ended(client, seen[0]["id"])["status"] == "succeeded"


# The same again.


def test_the_same_key_leads_to_the_same_generation(api):
    headers = {"Idempotency-Key": "order-1"}
    answers = [api.post(URL, json={"prompt": "a school", "n": 1}, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    other = api.post(URL, json={"prompt": "a school", "n": 2}, headers=headers)
    assert other.status_code == 422
    assert other.json()["detail"][0]["loc"] == ["header", "Idempotency-Key"]
    assert "came with another request" in other.json()["detail"][0]["msg"]


def test_many_with_one_key_at_once_are_one_generation(start, stand_in, gate):
    engine = stand_in(gate.wait)
    client = start(lambda: engine)
    with ThreadPoolExecutor(8) as clients:
        sent = [
            clients.submit(client.post, URL, json={"prompt": "a school", "n": 1}, headers={"Idempotency-Key": "one"})
            for _ in range(8)
        ]
        while not client.get(URL).json()["data"]:
            time.sleep(0.01)
        gate.set()
        answers = [one.result() for one in sent]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == len(engine.asked) == 1


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "é".encode()])
def test_keys_that_cannot_be_used_are_refused(api, key):
    answer = api.post(URL, json=WISH, headers={"Idempotency-Key": key})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["header", "Idempotency-Key"]


def test_equal_requests_in_flight_run_once(start, stand_in, gate):
    engine = stand_in(gate.wait)
    client = start(lambda: engine)
    with ThreadPoolExecutor(5) as clients:
        sent = [clients.submit(client.post, URL, json=WISH) for _ in range(5)]
        while len(client.get(URL).json()["data"]) < 5:
            time.sleep(0.01)
        gate.set()
        answers = [one.result() for one in sent]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 5
    assert len(engine.asked) == WISH["n"]


def test_a_stored_result_is_marked(start, stand_in):
    engine = stand_in()
    client = start(lambda: engine)
    answers = [client.post(URL, json=WISH, headers=headers) for headers in ({}, {}, {"Cache-Control": "no-cache"})]
    assert [answer.headers["X-Cache"] for answer in answers] == ["miss", "hit", "miss"]
    assert [answer.json()["cached"] for answer in answers] == [False, True, False]
    assert len(engine.asked) == 2 * WISH["n"]
    assert client.post(URL, json={**WISH, "seed": 8}).headers["X-Cache"] == "miss"
    client.delete(f"{URL}/{answers[0].json()['id']}")
    client.delete(f"{URL}/{answers[2].json()['id']}")
    hit = answers[1].json()
    assert client.get(hit["candidates"][0]["svg"]).status_code == 200  # though the one it was taken from is gone


def test_the_cache_may_be_off(start, stand_in):
    client = start(stand_in, cache_size_mb=0)
    assert [client.post(URL, json=WISH).headers["X-Cache"] for _ in range(2)] == ["miss", "miss"]


# Looking.


@pytest.mark.parametrize("path", ["", "/events", "/0.svg"])
def test_what_is_not_there(api, path):
    answer = api.get(f"{URL}/{NONE}{path}")
    assert (answer.status_code, answer.json()) == (404, {"detail": f"there is no generation {NONE}"})


@pytest.mark.parametrize("identity", ["gen_1", "x", f"{NONE}0", NONE.upper(), "%2e%2e", "a" * 5000])
@pytest.mark.parametrize("path", ["", "/events", "/0.svg"])
def test_what_is_no_id_of_ours(api, identity, path):
    assert api.get(f"{URL}/{identity}{path}").status_code in (404, 414, 422)


def test_pages_hold_all_once_while_others_come(start, stand_in):
    client = start(stand_in)
    there = [client.post(URL, json={**WISH, "n": 1, "seed": seed}).json()["id"] for seed in range(7)]
    seen, params = [], {"limit": 3}
    while True:
        page = client.get(URL, params=params).json()
        seen += [one["id"] for one in page["data"]]
        client.post(URL, json={**WISH, "n": 1, "seed": 100 + len(seen)})
        if page["next"] is None:
            break
        params["after"] = page["next"]
    assert seen == there[::-1]


def test_lists_by_status(start, stand_in, gate):
    client = start(lambda: stand_in(gate.wait))
    places = [client.post(URL, json={**WISH, "seed": seed}, headers=ASYNC).headers["Location"] for seed in range(2)]
    client.delete(places[0])
    cancelled = client.get(URL, params={"status": "cancelled"}).json()["data"]
    both = client.get(URL, params={"status": ["queued", "running", "cancelled"]}).json()["data"]
    assert [f"{URL}/{one['id']}" for one in cancelled] == places[:1]
    assert [f"{URL}/{one['id']}" for one in both] == places[::-1]
    gate.set()


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 101}, {"after": "x"}, {"status": "done"}])
def test_lists_that_make_no_sense(api, params):
    assert api.get(URL, params=params).status_code == 422


# Bad days.


def test_a_full_disk_is_a_507_and_the_server_lives(start, stand_in):
    client = start(stand_in)
    with pytest.MonkeyPatch.context() as patch:
        from blazon.store import pictures

        def full(*_: object, **__: object) -> None:
            raise OSError(28, "No space left on device")

        patch.setattr(pictures.obstore, "put", full)
        answer = client.post(URL, json=WISH)
    assert answer.status_code == 507
    assert answer.json() == {"detail": "no disk space is left for pictures; free some, or run blazon gc"}
    assert client.get("/health").status_code == 200
    assert client.post(URL, json={**WISH, "seed": 8}).status_code == 201


def test_the_loop_answers_while_the_store_is_slow(start, stand_in, gate):
    client = start(lambda: stand_in(gate.wait), max_concurrent_jobs=1)
    with ThreadPoolExecutor() as clients:
        waiting = [clients.submit(client.post, URL, json={**WISH, "seed": seed}) for seed in range(20)]
        assert client.get("/health").status_code == 200
        threading.Timer(0.1, gate.set).start()
        assert {answer.result().status_code for answer in waiting} == {201}


# One of a set.


def test_each_logo_of_a_set_is_had_alone(api):
    whole = {**WISH, "n": 4, "seed": 11, "brand_name": "Nord"}
    candidates = api.post(URL, json=whole).json()["candidates"]
    for number, candidate in enumerate(candidates):
        alone = api.post(URL, json={**whole, "n": 1, "seed": candidate["seed"], "first": candidate["first"]}).json()
        (again,) = alone["candidates"]
        assert candidate["first"] == again["first"] == alone["brief"]["first"] == number
        assert again["design"] == candidate["design"]
        assert api.get(again["svg"]).content == api.get(candidate["svg"]).content


def test_the_rest_of_a_set_is_had_too_and_by_the_old_route(api):
    whole = api.post(URL, json={**WISH, "n": 4, "seed": 12, "credit_allowed": False}).json()["candidates"]
    rest = api.post(URL, json={**WISH, "n": 2, "seed": 12, "first": 2, "credit_allowed": False}).json()["candidates"]
    assert [one["design"] for one in rest] == [one["design"] for one in whole[2:]]
    wish = {"prompt": WISH["prompt"], "seed": 12, "first": 3, "sizes": [64]}
    old = api.post("/api/generate_logo", json=wish).json()["images"]["64"]
    assert (
        Image.open(BytesIO(b64decode(old))).tobytes()
        == Image.open(BytesIO(api.get(f"{whole[3]['png']}?size=64").content)).tobytes()
    )


@pytest.mark.parametrize("wrong", [{"first": -1}, {"first": 24}, {"first": 22, "n": 3}, {"first": 1.0}])
def test_a_set_has_twenty_four(api, wrong):
    answer = api.post(URL, json={**WISH, **wrong})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"][:2] == ["body", "first"]


@pytest.mark.parametrize(
    ("prompt", "design"),
    [
        ("a bakery called 'Clay & Co', since 1894, in Lisbon", {"brand_name": "", "established": "", "place": ""}),
        ("letters RT combined, for a law firm named Rand Teller", {"brand_name": "", "slogan": ""}),
    ],
)
def test_the_old_route_sets_no_text_without_a_brand_name_whatever_the_prompt_tells(api, prompt, design):
    api.post("/api/generate_logo", json={"prompt": prompt, "sizes": [64]}).raise_for_status()
    drawn = api.get("/v1/logos", params={"limit": 1}).json()["data"][0]["candidates"][0]["design"]
    assert {name: drawn[name] for name in design} == design
    assert drawn["layout"] == "symbol"
    assert drawn["mark"]["kind"] != "letterform"
