"""Keys over HTTP: a real server, its database, and keys made beside it as `blazon keys` makes them."""

import json
import logging
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from blazon.errors import BlazonError
from blazon.principal import Scope
from blazon.selftest import Client, checks, examine
from blazon.store.database import open_database
from blazon.store.keys import Grant, KeyStore

READ = frozenset({Scope.READ})
URL = "/api/generate_logo"
WISH = {"prompt": "a bakery", "sizes": [64]}


@pytest.fixture
def keys(tmp_path):
    """The keys of the server that `start` starts."""
    database = open_database("", tmp_path / "data")
    yield KeyStore(database)
    database.close()


@pytest.fixture
def server(start, stand_in) -> httpx.Client:
    return start(stand_in, api_keys="required")


@pytest.fixture
def key(keys) -> str:
    return keys.create(Grant("shop"))[1]


def _ask(client: httpx.Client, headers: dict[str, str] | list[tuple[str, str]] | None = None) -> httpx.Response:
    return client.post(URL, json=WISH, headers=headers)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Authorization", "Bearer {}"),
        ("authorization", "bearer {}"),
        ("AUTHORIZATION", "BEARER  {}"),
        ("X-API-Key", "{}"),
        ("x-api-key", "{}"),
    ],
)
def test_both_headers_carry_a_key(server, key, name, value):
    assert _ask(server, {name: value.format(key)}).status_code == 200


def test_without_a_key_it_is_a_401_that_says_what_to_send(server, key):
    answer = _ask(server)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json() == {"detail": "an API key is needed: Authorization: Bearer KEY, or X-API-Key: KEY"}


def test_wrong_keys_are_a_401(server, key):
    for wrong in (key[:-1], key + "A", key.upper(), "blz_", "x", "x" * 5000, "Bearer", "sk-not-needed", "\xe9\xff"):
        for headers in ({"X-API-Key": wrong.encode("latin-1")}, {"Authorization": f"Bearer {wrong}".encode("latin-1")}):
            answer = _ask(server, headers)
            assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
            assert list(answer.json()) == ["detail"]


@pytest.mark.parametrize("value", ["", "Bearer", "Basic dXNlcjpwYXNz", "Digest x", "{}"])
def test_what_is_no_bearer_token_is_no_key(server, key, value):
    headers = {"Authorization": value.format(key)}
    assert _ask(server, headers).status_code == 401
    assert _ask(server, headers | {"X-API-Key": key}).status_code == 200  # a proxy's own login stands in front


def test_two_keys_must_be_the_same(server, keys, key):
    bearer, other = {"Authorization": f"Bearer {key}"}, keys.create(Grant("other"))[1]
    assert _ask(server, bearer | {"X-API-Key": key}).status_code == 200
    for second in (other, "nonsense"):
        answer = _ask(server, bearer | {"X-API-Key": second})
        assert answer.status_code == 401
        assert "different API keys" in answer.json()["detail"]
        assert _ask(server, [("X-API-Key", key), ("X-API-Key", second)]).status_code == 401


@pytest.mark.parametrize("name", ["api_key", "apikey", "key", "access_token", "X-API-Key", "token"])
def test_a_key_in_the_address_or_the_body_or_a_cookie_is_no_key(server, key, name):
    assert server.post(URL, params={name: key}, json=WISH).status_code == 401
    assert server.post(URL, json={**WISH, name: key}).status_code == 401
    assert server.post(URL, json=WISH, headers={"Cookie": f"{name}={key}"}).status_code == 401


def test_a_missing_scope_is_a_403_that_names_it(server, keys):
    _, reader = keys.create(Grant("reader", frozenset({Scope.READ})))
    answer = _ask(server, {"X-API-Key": reader})
    assert answer.status_code == 403
    assert answer.json() == {"detail": "the key lacks the scope generate"}
    _, admin = keys.create(Grant("admin", frozenset({Scope.ADMIN})))
    assert _ask(server, {"X-API-Key": admin}).status_code == 200


@pytest.mark.parametrize("path", [URL, "/v1/logos", "/v1/images/generations"])
@pytest.mark.parametrize(
    "content",
    [
        b'{"prompt": "x"}',
        b'{"prompt": "a bakery", "engine": "flux"}',
        b"{",
        b"",
        b"\xff",
        b"[" * 100_000,
        b"x" * 2_000_000,
        b'{"prompt": 7}',
    ],
)
def test_who_may_not_come_in_learns_nothing_of_the_request(server, keys, path, content):
    typed = {"Content-Type": "application/json"}
    reader, slow = (keys.create(grant)[1] for grant in (Grant("reader", READ), Grant("slow", requests_per_minute=1)))
    server.get("/v1/models", headers={"X-API-Key": slow})
    answers = [
        server.post(path, content=content, headers=typed | sent)
        for sent in ({}, {"X-API-Key": "nonsense"}, {"X-API-Key": reader}, {"X-API-Key": slow})
    ]
    assert [answer.status_code for answer in answers] == [401, 401, 403, 429]


def test_who_may_not_come_in_is_told_before_the_body_is_sent(server):
    head = f"POST {URL} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
    with socket.create_connection((server.base_url.host, server.base_url.port), timeout=60) as connection:
        connection.sendall(head.encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 401 ")


@pytest.mark.parametrize(
    "path", ["/v1/logos?limit=x", "/v1/logos/x", "/v1/logos/x/events", "/v1/logos/x/y.z", "/metrics"]
)
def test_nor_of_its_address(server, path):
    assert server.get(path).status_code == 401


def test_who_draws_may_look_at_what_it_was_told_of(server, keys, key):
    drawer = {"X-API-Key": keys.create(Grant("drawer", frozenset({Scope.GENERATE})))[1]}
    made = server.post("/v1/logos", json={"prompt": "a bakery", "n": 1}, headers=drawer)
    place, picture = made.headers["Location"], made.json()["candidates"][0]["png"]
    for path in (place, f"{place}/events", picture, "/v1/models", "/v1/models/auto"):
        assert server.get(path, headers=drawer).status_code == 200, path
    refused = server.get("/v1/logos", headers=drawer)
    assert (refused.status_code, refused.json()["detail"]) == (403, "the key lacks the scope read")
    for path in (place, picture):
        assert server.get(path, headers={"X-API-Key": key}).status_code == 404  # another key's
    assert server.delete(place, headers=drawer).status_code == 204


def test_a_key_with_a_rate_is_told_what_is_left_of_it(server, keys):
    slow = {"X-API-Key": keys.create(Grant("slow", requests_per_minute=2))[1]}
    answers = [server.get("/v1/models", headers=slow) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["X-RateLimit-Remaining-Requests"] for answer in answers] == ["1", "0", "0"]
    assert {answer.headers["X-RateLimit-Limit-Requests"] for answer in answers} == {"2"}
    reset = answers[1].headers["X-RateLimit-Reset-Requests"]
    assert 0 < float(reset.removesuffix("s")) <= 60
    free = {"X-API-Key": keys.create(Grant("free"))[1]}
    assert not [name for name in server.get("/v1/models", headers=free).headers if "ratelimit" in name]


@pytest.mark.parametrize("path", ["/health", "/", "/docs", "/openapi.json", "/docs/files/swagger-ui.css"])
def test_the_doorway_is_open(server, path):
    assert server.get(path).status_code == 200


def test_browsers_may_send_a_key_and_read_the_refusal(server, key):
    origin = {"Origin": "https://app.example.com"}
    for header in ("authorization", "x-api-key"):
        asked = {**origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": header}
        assert header in server.options(URL, headers=asked).headers["Access-Control-Allow-Headers"].lower()
    assert _ask(server, origin).headers["Access-Control-Allow-Origin"] == "*"


def test_changes_of_keys_are_followed_without_a_restart(server, keys, key):
    assert _ask(server, {"X-API-Key": key}).status_code == 200
    _, newer = keys.rotate("shop")
    assert [_ask(server, {"X-API-Key": sent}).status_code for sent in (key, newer)] == [401, 200]
    keys.revoke("shop")
    assert _ask(server, {"X-API-Key": newer}).status_code == 401


def test_off_ignores_keys(start, stand_in, key):
    server = start(stand_in, api_keys="off")
    for headers in ({}, {"X-API-Key": "nonsense"}, {"Authorization": f"Bearer {key}", "X-API-Key": "other"}):
        assert _ask(server, headers).status_code == 200


def test_auto_asks_as_soon_as_there_is_a_key(start, stand_in, keys):
    server = start(stand_in)
    assert [_ask(server, headers).status_code for headers in ({}, {"X-API-Key": "sk-not-needed"})] == [200, 200]
    _, key = keys.create(Grant("shop"))
    end = time.monotonic() + 60
    while (answer := _ask(server)).status_code == 200 and time.monotonic() < end:
        time.sleep(0.05)
    assert answer.status_code == 401
    assert _ask(server, {"X-API-Key": key}).status_code == 200
    keys.revoke("shop")
    assert _ask(server).status_code == 401  # to take a key away opens nothing


def test_a_key_that_is_used_too_often_is_told_when_to_come_again(server, keys, key):
    _, slow = keys.create(Grant("slow", requests_per_minute=2))
    answers = [_ask(server, {"X-API-Key": slow}) for _ in range(3)]
    assert [answer.status_code for answer in answers[:2]] == [200, 200]
    assert answers[2].status_code in (429, 503)
    assert answers[2].json() == {"detail": "the key may be used 2 times a minute"}
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 30
    assert _ask(server, {"X-API-Key": key}).status_code == 200


def test_many_clients_at_once_are_told_apart(start, stand_in, keys):
    server = start(stand_in, api_keys="required", max_concurrent_jobs=4, max_queued_jobs=100)
    good = [keys.create(Grant(f"client {number}"))[1] for number in range(4)]
    sent = [key for pair in zip(good * 4, ["blz_000000000000_" + "x" * 43] * 16, strict=True) for key in pair]
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda key: _ask(server, {"X-API-Key": key}).status_code, sent))
    assert statuses == [200, 401] * 16


def test_no_log_line_has_a_key(start, stand_in, keys, logged, caplog):
    def accident():
        raise ZeroDivisionError

    def refusal():
        raise BlazonError("not today")

    caplog.set_level(logging.DEBUG)
    _, key = keys.create(Grant("shop"))
    secret = key.split("_", 2)[2]
    for on_draw in (lambda: None, accident, refusal):
        server = start(lambda on_draw=on_draw: stand_in(on_draw), api_keys="required")
        for sent in (key, key[:-1], key + "\xe9", key.replace("_", "-")):
            raw = sent.encode("latin-1")
            for headers in ({"X-API-Key": raw}, {"Authorization": b"Bearer " + raw}):
                _ask(server, headers)
            _ask(server, {"X-API-Key": key, "Authorization": b"Bearer " + raw + b"x"})
        server.post(URL, params={"api_key": key}, json=WISH)
        server.post(URL, content=b"{", headers={"X-API-Key": key})
        server.get("/nowhere", params={"api_key": key}, headers={"X-API-Key": key})
    lines = [line for line in logged() if not line["logger"].startswith("http")]  # the test's own client logs, too
    assert {200, 401, 404, 422, 500} <= {line.get("status") for line in lines}
    assert secret[:20] not in json.dumps(lines)


@pytest.mark.parametrize(
    ("mode", "security"),
    [
        ("required", [{"Bearer": []}, {"ApiKey": []}]),
        ("auto", [{"Bearer": []}, {"ApiKey": []}, {}]),
        ("off", [{"Bearer": []}, {"ApiKey": []}, {}]),
    ],
)
def test_the_document_declares_both_headers_and_whether_they_are_needed(start, stand_in, mode, security):
    server = start(stand_in, api_keys=mode)
    first, second = (server.get("/openapi.json").json() for _ in range(2))
    assert first == second
    assert first["paths"][URL]["post"]["security"] == security
    assert "security" not in first["paths"]["/health"]["get"]
    schemes = first["components"]["securitySchemes"]
    assert {name: scheme["type"] for name, scheme in schemes.items()} == {"Bearer": "http", "ApiKey": "apiKey"}
    assert (schemes["ApiKey"]["in"], schemes["ApiKey"]["name"]) == ("header", "X-API-Key")
    assert schemes["Bearer"]["scheme"] == "bearer"
    assert "query" not in json.dumps(schemes)


def test_the_selftest_takes_a_key(start, keys):
    client = start(api_keys="required")
    text = keys.create(Grant("checks"))[1]
    chosen = {name: check for name, check in checks().items() if name in ("ready", "first logo", "request id")}
    assert all(result.ok for result in examine(Client(str(client.base_url), 60, text), chosen))
    refused = {result.name: result.ok for result in examine(Client(str(client.base_url), 60), chosen)}
    assert refused["first logo"] is False
