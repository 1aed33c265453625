"""Webhooks from the request to the receiver, over real sockets."""

import base64
import json
import socket
import time
from contextlib import ExitStack

import pytest
from standardwebhooks import Webhook

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
WISH = {"prompt": "a bakery", "n": 2, "seed": 7}


@pytest.fixture
def received():
    """A receiver on loopback: its URL and what it got."""
    import threading
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    got = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append((dict(self.headers), self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/done", got
        server.shutdown()
        thread.join()


def _until(got, number):
    last = time.monotonic() + 60
    while len(got) < number:
        assert time.monotonic() < last, got
        time.sleep(0.01)
    return got


def test_the_end_of_a_generation_is_posted_signed(start, stand_in, received):
    url, got = received
    client = start(stand_in, webhook_secret=SECRET, webhook_allow_private=True)
    made = client.post("/v1/logos", json={**WISH, "webhook_url": url}, headers={"Prefer": "respond-async"})
    ((headers, body),) = _until(got, 1)
    event = Webhook(SECRET).verify(body, {name.lower(): value for name, value in headers.items()})
    assert json.loads(body) == event
    assert event["type"] == "generation.succeeded"
    assert event["data"] == client.get(made.headers["Location"]).json()


def test_failures_and_results_from_the_cache_are_posted_too(start, stand_in, received):
    url, got = received

    def accident():
        if engine.asked[-1].seed == 8:
            raise OSError

    engine = stand_in(accident)
    client = start(lambda: engine, webhook_secret=SECRET, webhook_allow_private=True)
    client.post("/v1/logos", json=WISH)
    assert client.post("/v1/logos", json={**WISH, "webhook_url": url}).headers["X-Cache"] == "hit"
    assert client.post("/v1/logos", json={**WISH, "seed": 8, "webhook_url": url}).status_code == 500
    kinds = {json.loads(body)["type"] for _, body in _until(got, 2)}
    assert kinds == {"generation.succeeded", "generation.failed"}


@pytest.mark.parametrize(
    ("settings", "url", "complaint"),
    [
        ({"webhook_secret": SECRET}, "http://127.0.0.1/done", "public address"),
        ({"webhook_secret": SECRET}, "http://[::1]/done", "public address"),
        ({"webhook_secret": SECRET}, "ftp://example.com/", "http"),
        ({}, "https://example.com/done", "WEBHOOK_SECRET"),
    ],
)
def test_a_url_that_nothing_can_be_posted_to_is_refused(start, stand_in, settings, url, complaint):
    answer = start(stand_in, **settings).post("/v1/logos", json={**WISH, "webhook_url": url})
    assert answer.status_code == 422
    (fault,) = answer.json()["detail"]
    assert fault["loc"] == ["body", "webhook_url"]
    assert complaint in fault["msg"]


def test_what_hosts_that_never_answer_are_owed_keeps_no_other_waiting(start, stand_in, received):
    """Twenty of them accept the connection and say nothing, until the webhook to another one has come."""
    url, got = received
    client = start(stand_in, webhook_secret=SECRET, webhook_allow_private=True)
    with ExitStack() as stack:
        silent = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(20)]
        for server in silent:
            dead = f"http://127.0.0.1:{server.getsockname()[1]}/"
            assert client.post("/v1/logos", json={**WISH, "webhook_url": dead}).is_success
        for server in silent:  # all are called, and none is answered
            connection, _ = server.accept()
            stack.enter_context(connection)
        client.post("/v1/logos", json={**WISH, "webhook_url": url})
        _until(got, 1)


def test_no_secret_is_on_disk_with_what_is_owed(start, stand_in, tmp_path):
    client = start(stand_in, webhook_secret=SECRET, webhook_allow_private=True)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        dead = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        client.post("/v1/logos", json={**WISH, "webhook_url": dead})
        connection, _ = silent.accept()
        with connection:
            kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert dead.encode() in kept
    assert SECRET.encode() not in kept
