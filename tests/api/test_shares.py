"""Several clients on one server: nobody starves anybody."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from blazon.store.database import open_database
from blazon.store.keys import Grant, KeyStore

ASYNC = {"Prefer": "respond-async"}


@pytest.fixture
def key_of(tmp_path):
    """Make keys on the database of the server that `start` starts; returns the headers that carry one."""
    database = open_database("", tmp_path / "data")
    keys = KeyStore(database)
    yield lambda name, **grant: {"X-API-Key": keys.create(Grant(name, **grant))[1]}
    database.close()


def _wish(seed, **fields):
    return {"prompt": "a bakery", "n": 1, "seed": seed, **fields}


def test_a_greedy_key_is_over_its_share_while_another_is_let_in_and_served_next(start, stand_in, gate, key_of):
    began = threading.Semaphore(0)

    def work():
        began.release()
        gate.wait()

    greedy, modest = key_of("greedy"), key_of("modest")
    engine = stand_in(work)
    client = start(lambda: engine, max_concurrent_jobs=1, max_queued_jobs=9)
    answers = []
    while not answers or answers[-1].status_code == 202:
        answers.append(client.post("/v1/logos", json=_wish(len(answers)), headers=greedy | ASYNC))
    began.acquire()
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert 2 <= len(answers) - 1 < 10
    mine = client.post("/v1/logos", json=_wish(1000), headers=modest | ASYNC)
    assert mine.status_code == 202
    gate.set()
    place = mine.headers["Location"]
    while client.get(place, headers=modest).json()["status"] != "succeeded":
        time.sleep(0.02)
    # Of all that the greedy one had waiting before, at most one more was begun before the modest one's.
    assert [brief.seed for brief in engine.asked].index(1000) <= 2


def test_a_high_priority_goes_before_ones_own_work_only(start, stand_in, gate, key_of):
    began = threading.Semaphore(0)

    def work():
        began.release()
        gate.wait()

    one, other = key_of("one"), key_of("other")
    engine = stand_in(work)
    client = start(lambda: engine, max_concurrent_jobs=1, max_queued_jobs=9)
    places = [client.post("/v1/logos", json=_wish(0), headers=one | ASYNC)]
    began.acquire()
    for headers, seed, priority in ((other, 1, "low"), (one, 2, "low"), (one, 3, "high")):
        places.append(client.post("/v1/logos", json=_wish(seed, priority=priority), headers=headers | ASYNC))
    gate.set()
    for place, headers in zip(places, (one, other, one, one), strict=True):
        while client.get(place.headers["Location"], headers=headers).json()["status"] != "succeeded":
            time.sleep(0.02)
    order = [brief.seed for brief in engine.asked]
    assert order.index(3) < order.index(2)
    assert order.index(1) < order.index(2)


def test_nobody_sees_what_belongs_to_another_key(start, stand_in, key_of):
    one, other = key_of("one"), key_of("other")
    client = start(stand_in)
    place = client.post("/v1/logos", json=_wish(1), headers=one).headers["Location"]
    for method, path in (
        ("GET", place),
        ("DELETE", place),
        ("GET", f"{place}/events"),
        ("GET", f"{place}/0.svg"),
        ("GET", f"{place}/0.png"),
    ):
        assert client.request(method, path, headers=other).status_code == 404, (method, path)
        assert client.request(method, path).status_code == 401, (method, path)
    assert client.get("/v1/logos", headers=other).json() == {"data": [], "next": None}
    again = client.post("/v1/logos", json=_wish(1), headers=other)
    assert (again.status_code, again.headers["X-Cache"]) == (201, "miss")
    assert client.get(place, headers=one).status_code == 200


def test_a_quota_is_kept_and_results_from_the_cache_are_free(start, stand_in, key_of):
    client, key = start(stand_in), key_of("small", daily_quota=3)
    assert client.post("/v1/logos", json=_wish(1, n=2), headers=key).status_code == 201
    over = client.post("/v1/logos", json=_wish(2, n=2), headers=key)
    assert over.status_code == 429
    assert "midnight" in over.json()["detail"]
    assert 1 <= int(over.headers["Retry-After"]) <= 86_400
    assert client.post("/v1/logos", json=_wish(1, n=2), headers=key).headers["X-Cache"] == "hit"
    assert client.post("/v1/logos", json=_wish(3), headers=key).status_code == 201


def test_equal_requests_at_the_same_time_are_drawn_once(start, stand_in, gate):
    began = threading.Semaphore(0)

    def work():
        began.release()
        gate.wait()

    engine = stand_in(work)
    client = start(lambda: engine)
    with ThreadPoolExecutor() as clients:
        answers = [clients.submit(client.post, "/v1/logos", json=_wish(1)) for _ in range(4)]
        began.acquire()
        while len(client.get("/v1/logos").json()["data"]) < 4:
            time.sleep(0.02)
        gate.set()
        found = [answer.result().json() for answer in answers]
    assert len({one["id"] for one in found}) == 4
    assert {one["status"] for one in found} == {"succeeded"}
    assert len(engine.asked) == 1
