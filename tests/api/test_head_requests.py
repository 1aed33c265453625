"""HEAD on every path: the head of what GET answers, on raw sockets, where a body that should not be there is seen."""

import socket
import time

import pytest

STRICT = "/v1/logos"


def ask(client, method: str, path: str, *headers: str) -> tuple[str, dict[str, str], bytes]:
    """Return status, headers and body of an answer that is the last on its connection."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers]
    with socket.create_connection((client.base_url.host, client.base_url.port), timeout=60) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        head, _, body = connection.makefile("rb").read().partition(b"\r\n\r\n")
    status, *fields = head.decode().split("\r\n")
    return status, {name.lower(): value for name, _, value in (field.partition(": ") for field in fields)}, body


@pytest.fixture(scope="module")
def generation(api):
    return api.post(STRICT, json={"prompt": "a bakery", "seed": 7, "n": 1}).json()["id"]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/health",
        "/health/live",
        "/health/ready",
        "/docs",
        "/docs/files/swagger-ui.css",
        "/openapi.json",
        "/v1/models",
        "/v1/models/no-such-model",
        "/v1/logos?limit=1",
        "/v1/logos?limit=none",
        "/v1/logos/{generation}",
        "/v1/logos/{generation}/0.svg",
        "/v1/logos/{generation}/0.png?size=100",
        "/v1/logos/{generation}/9.png",
        "/nothing/here",
        "/api/generate_logo",
    ],
)
def test_head_is_answered_as_get_without_the_body(api, generation, path):
    path = path.format(generation=generation)
    status, expected, body = ask(api, "GET", path)
    head_status, headers, nothing = ask(api, "HEAD", path)
    assert (head_status, nothing) == (status, b"")
    # The length of a file is left out, as it would take rendering it; that of all else is told.
    assert headers.get("content-length", str(len(body))) == str(len(body))
    assert ("content-length" in headers) == ("/0." not in path)
    ours = {"x-request-id", "date", "content-length", "transfer-encoding"}
    assert {name: value for name, value in headers.items() if name not in ours} == {
        name: value for name, value in expected.items() if name not in ours
    }


def test_head_of_the_metrics_has_their_type(api):
    status, headers, body = ask(api, "HEAD", "/metrics")
    assert (status, body) == ("HTTP/1.1 200 OK", b"")
    assert headers["content-type"].startswith("text/plain")


def test_head_of_a_file_that_the_client_has_is_a_304(api, generation):
    path = f"{STRICT}/{generation}/0.png?size=100"
    _, headers, _ = ask(api, "HEAD", path)
    status, _, body = ask(api, "HEAD", path, f"If-None-Match: {headers['etag']}")
    assert (status, body) == ("HTTP/1.1 304 Not Modified", b"")


def test_head_of_events_does_not_wait_for_them(start, stand_in, gate):
    client = start(lambda: stand_in(gate.wait))
    running = client.post(STRICT, json={"prompt": "a bakery"}, headers={"Prefer": "respond-async"}).json()["id"]
    status, headers, body = ask(client, "HEAD", f"{STRICT}/{running}/events")
    assert (status, body) == ("HTTP/1.1 200 OK", b"")
    assert headers["content-type"].startswith("text/event-stream")
    while (status := client.get(f"{STRICT}/{running}").json()["status"]) == "queued":
        time.sleep(0.02)
    assert status == "running"


def test_what_may_be_asked_for_by_get_names_head_too(api):
    assert ask(api, "PUT", "/health")[1]["allow"] == "GET, HEAD"
    assert ask(api, "PUT", STRICT)[1]["allow"] == "GET, HEAD, POST"
    assert ask(api, "HEAD", "/api/generate_logo")[1]["allow"] == "POST"


def test_the_connection_of_a_head_serves_the_next_request(api, generation):
    api.head(f"{STRICT}/{generation}/0.svg")
    assert api.get("/health/live").json() == {"status": "live"}


def test_the_log_line_has_the_method_and_the_route(api, generation, logged):
    ask(api, "HEAD", f"{STRICT}/{generation}", "X-Request-ID: by-head")
    while not (lines := [line for line in logged() if line.get("request_id") == "by-head"]):
        time.sleep(0.02)
    assert [(line["method"], line["route"]) for line in lines] == [("HEAD", f"{STRICT}/{{identity}}")]
