"""Which pages and which names of the server a request may come by, over a real socket and against effects."""

import itertools
import re
import socket

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from blazon.api.origins import host_problem, page_problem
from blazon.settings import Settings
from blazon.store.database import open_database
from blazon.store.keys import Grant, KeyStore

WISH = {"prompt": "a bakery", "n": 1}
EVIL = "https://evil.example"
FROM_ELSEWHERE = (
    {"Origin": EVIL},
    {"Origin": EVIL.upper()},
    {"Origin": "null"},
    {"Origin": "http://localhost:1"},  # another program on this machine
    {"Origin": "http://["},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": EVIL, "Sec-Fetch-Site": "same-origin"},  # which no browser sends
)


@pytest.fixture
def logo(start, stand_in) -> tuple[httpx.Client, dict]:
    """A server without keys, and a generation with a secret name that it keeps."""
    client = start(stand_in)
    return client, client.post("/v1/logos", json={**WISH, "brand_name": "Secret Launch"}).json()


def _left(client: httpx.Client) -> int:
    return len(client.get("/v1/logos").json()["data"])


def test_a_page_of_another_site_reads_and_deletes_nothing(logo):
    client, made = logo
    place = f"/v1/logos/{made['id']}"
    asked = (
        ("GET", "/v1/logos"),
        ("GET", place),
        ("GET", f"{place}/events"),
        ("GET", made["candidates"][0]["png"]),
        ("GET", made["candidates"][0]["svg"]),
        ("DELETE", place),
        ("GET", "/metrics"),
        ("GET", "/v1/models"),
    )
    for (method, path), headers in itertools.product(asked, FROM_ELSEWHERE):
        answer = client.request(method, path, headers=headers)
        assert answer.status_code == 403, (method, path, headers)
        assert "CORS_ORIGINS" in answer.text
        assert "Secret" not in answer.text
    assert _left(client) == 1


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/json", None])
def test_nor_does_it_make_what_is_kept(logo, kind):
    client, _ = logo
    typed = {} if kind is None else {"Content-Type": kind}
    for headers in FROM_ELSEWHERE:
        answer = client.post("/v1/logos", content=b'{"prompt": "a bakery", "n": 1}', headers=headers | typed)
        assert answer.status_code == 403
    assert _left(client) == 1


def test_it_is_refused_before_its_body_is_looked_at(logo):
    client, _ = logo
    for content in (b"{", b"", b"x" * 2_000_000):
        assert client.post("/v1/logos", content=content, headers={"Origin": EVIL}).status_code == 403


@pytest.mark.parametrize("headers", FROM_ELSEWHERE)
def test_what_draws_and_answers_with_the_logo_stays_open(api, headers):
    client = api
    old = client.post("/api/generate_logo", json={"prompt": "a bakery", "sizes": [64]}, headers=headers)
    new = client.post("/v1/images/generations", json={"prompt": "a bakery", "size": "64x64"}, headers=headers)
    health = [client.get(path, headers=headers) for path in ("/health", "/health/live", "/health/ready", "/")]
    assert {answer.status_code for answer in (old, new, *health)} == {200}
    if "Origin" in headers:
        assert {answer.headers["Access-Control-Allow-Origin"] for answer in (old, new, *health)} == {"*"}


def test_the_refusal_can_be_read_by_the_page(logo):
    answer = logo[0].get("/v1/logos", headers={"Origin": EVIL})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "blazon keys create" in answer.json()["detail"]


def test_pages_of_the_server_itself_do_all(logo):
    client, made = logo
    own = {"Origin": str(client.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    place = f"/v1/logos/{made['id']}"
    for headers in (own, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}):
        assert client.get(place, headers=headers).status_code == 200
    assert client.delete(place, headers=own).status_code == 204


def test_origins_that_are_named_do_all_and_others_nothing(start, stand_in):
    client = start(stand_in, cors_origins="https://app.example.com")
    app = {"Origin": "https://app.example.com", "Sec-Fetch-Site": "cross-site"}
    made = client.post("/v1/logos", json=WISH, headers=app)
    assert made.status_code == 201
    assert client.delete(made.headers["Location"], headers=app).status_code == 204
    for path in ("/api/generate_logo", "/v1/images/generations"):
        assert client.post(path, json={"prompt": "a bakery"}, headers={"Origin": EVIL}).status_code == 403
    assert client.get("/health", headers={"Origin": EVIL}).status_code == 200


def test_with_keys_a_key_is_what_counts(start, stand_in, tmp_path):
    database = open_database("", tmp_path / "data")
    key = KeyStore(database).create(Grant("shop"))[1]
    database.close()
    client = start(stand_in)
    headers = {"Origin": EVIL, "Sec-Fetch-Site": "cross-site", "X-API-Key": key, "Host": "logos.internal"}
    made = client.post("/v1/logos", json=WISH, headers=headers)
    assert made.status_code == 201
    assert client.get(made.headers["Location"], headers=headers).status_code == 200
    assert client.get("/v1/logos", headers={"Origin": EVIL}).status_code == 401


def test_signed_links_are_for_pages_of_all_sites(start, stand_in):
    client = start(stand_in)
    wish = {"prompt": "a bakery", "size": "64x64", "response_format": "url"}
    url = client.post("/v1/images/generations", json=wish).json()["data"][0]["url"]
    for headers in FROM_ELSEWHERE:
        assert client.get(url, headers=headers).status_code == 200


# Private networks: https://wicg.github.io/private-network-access/


def _preflight(client: httpx.Client, origin: str) -> httpx.Response:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Private-Network": "true"}
    return client.options("/api/generate_logo", headers={"Origin": origin, **asked})


def test_a_page_of_the_internet_is_let_into_the_private_network_if_it_is_named(start, stand_in):
    open_to_all = _preflight(start(stand_in), EVIL)
    assert (open_to_all.status_code, "private-network" in open_to_all.text) == (400, True)
    assert "Access-Control-Allow-Private-Network" not in open_to_all.headers
    named = start(stand_in, cors_origins="https://app.example.com")
    assert _preflight(named, EVIL).status_code == 400
    allowed = _preflight(named, "https://app.example.com")
    assert (allowed.status_code, allowed.headers["Access-Control-Allow-Private-Network"]) == (200, "true")


# Names.


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:7860", "127.0.0.1.evil.example", "10.0.0.1", "x@localhost"]
)
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/health"), ("GET", "/"), ("GET", "/v1/logos"), ("POST", "/v1/logos")]
)
def test_a_name_that_is_not_the_servers_is_misdirected(api, method, path, host):
    answer = api.request(method, path, headers={"Host": host, "Origin": f"http://{host}"})
    assert answer.status_code == 421
    assert "ALLOWED_HOSTS" in answer.json()["detail"]
    assert "PUBLIC_URL" in answer.json()["detail"]


def test_openais_routes_say_so_in_their_form(api):
    answer = api.get("/v1/models", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (421, "misdirected_request")


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:7860", "localhost.", "127.0.0.1", "127.8.9.1:1", "[::1]", "[::1]:7860"]
)
def test_names_of_this_machine_are_the_servers(api, host):
    assert api.get("/v1/logos", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    ("given", "host"),
    [
        ({"public_url": "https://logos.example.com/blazon"}, "logos.example.com"),
        ({"public_url": "https://logos.example.com:8443"}, "Logos.Example.com:8443"),
        ({"allowed_hosts": "blazon.internal, logos.example.com"}, "logos.example.com:80"),
        ({"allowed_hosts": "*"}, "whatever.example"),
    ],
)
def test_other_names_are_set(start, stand_in, given, host):
    client = start(stand_in, **given)
    assert client.get("/v1/logos", headers={"Host": host}).status_code == 200
    if given.get("allowed_hosts") != "*":
        assert client.get("/v1/logos", headers={"Host": "evil.example"}).status_code == 421


def test_behind_a_proxy_the_pages_of_the_public_address_are_the_servers_own(start, stand_in):
    client = start(stand_in, public_url="https://logos.example.com/blazon")
    own = {"Origin": "https://logos.example.com"}
    for host in ("logos.example.com", "127.0.0.1:7860"):  # as nginx passes it on, or with a name of its own making
        assert client.get("/v1/logos", headers={**own, "Host": host}).status_code == 200
    assert client.get("/v1/logos", headers={"Origin": "https://logos.example.com:444"}).status_code == 403


def test_a_client_of_http_1_0_may_send_no_name(api):
    with socket.create_connection((api.base_url.host, api.base_url.port), timeout=60) as connection:
        connection.sendall(b"GET /health HTTP/1.0\r\n\r\n")
        assert re.match(rb"HTTP/1\.[01] 200", connection.recv(65536))


def test_who_listens_to_the_network_goes_by_any_name_unless_names_are_set():
    sent = Headers({"host": "logos.lan:7860"})
    assert not host_problem(sent, Settings.load(None, host="0.0.0.0"))
    assert host_problem(sent, Settings.load(None, host="0.0.0.0", allowed_hosts="logos.home"))
    assert not host_problem(sent, Settings.load(None, host="logos.lan", allowed_hosts="logos.home"))


@given(st.text(st.characters(min_codepoint=33, max_codepoint=255), max_size=80))
def test_whatever_is_sent_is_judged(text):
    settings = Settings.load(None, public_url="https://logos.example.com")
    assert isinstance(host_problem(Headers({"host": text}), settings), str)
    own = text.partition("://")[2] == "localhost"
    assert bool(page_problem(Headers({"origin": text, "host": "localhost"}), settings, any_page=False)) is not own
