"""Bodies that are too large or too slow, on raw sockets."""

import socket
import threading
import time

import pytest

from blazon.api.middleware import MAX_BODY

LONG = 60
HEAD = b"POST /api/generate_logo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


def send(client, *pieces: bytes) -> socket.socket:
    connection = socket.create_connection((client.base_url.host, client.base_url.port), timeout=LONG)
    for piece in pieces:
        connection.sendall(piece)
    return connection


def answer(connection: socket.socket) -> bytes:
    """Return all that comes until the server closes the connection."""
    with connection:
        return b"".join(iter(lambda: connection.recv(65536), b""))


def refused(text: bytes, status: int, reason: bytes) -> bool:
    return text.startswith(b"HTTP/1.1 %d " % status) and reason in text and b"connection: close" in text.lower()


@pytest.mark.parametrize("sent", [b"", b'{"prompt": '])
def test_a_body_that_does_not_become_complete_is_a_408(start, stand_in, sent):
    client = start(lambda: stand_in(), body_timeout=0.2)
    text = answer(send(client, HEAD + b"Content-Length: 100\r\n\r\n" + sent))
    assert refused(text, 408, b'{"detail":"the body was not complete within 0.2 s"}')
    assert client.get("/health").status_code == 200


def test_sending_on_does_not_prolong_the_time(start, stand_in):
    client = start(lambda: stand_in(), body_timeout=0.3)
    connection = send(client, HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    connection.settimeout(0.02)
    text = b""
    while not text:
        connection.sendall(b"1\r\n \r\n")
        try:
            text = connection.recv(65536)
        except TimeoutError:
            continue
    connection.settimeout(LONG)
    assert refused(text + answer(connection), 408, b"within 0.3 s")


def test_work_that_takes_longer_than_the_body_may_is_done(start, stand_in, gate):
    client = start(lambda: stand_in(gate.wait), body_timeout=0.1)
    threading.Timer(0.5, gate.set).start()
    assert client.post("/api/generate_logo", json={"prompt": "a bakery", "sizes": [64]}).status_code == 200


def test_a_body_of_100_mb_is_refused_unread(start, stand_in):
    client = start(lambda: stand_in(), body_timeout=LONG)
    text = answer(send(client, HEAD + b"Content-Length: 100000000\r\n\r\n"))
    assert refused(text, 413, b"the body has more than 65536 bytes")


def test_nobody_is_told_to_go_on_with_a_body_that_is_too_large(start, stand_in):
    client = start(lambda: stand_in())
    text = answer(send(client, HEAD + b"Expect: 100-continue\r\nContent-Length: 100000000\r\n\r\n"))
    assert refused(text, 413, b"65536")


@pytest.mark.parametrize(
    "framing", [b"Content-Length: 8388608\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n800000\r\n"]
)
def test_who_still_sends_a_large_body_reads_why_it_was_refused(start, stand_in, framing):
    client = start(lambda: stand_in(), body_timeout=LONG)
    assert refused(answer(send(client, HEAD + framing, b" " * 8 * MAX_BODY)), 413, b"65536")


def test_a_body_of_exactly_the_limit_is_read(start, stand_in):
    client = start(lambda: stand_in())
    body = b'{"prompt": "a bakery", "sizes": [64]}'.ljust(MAX_BODY)
    answered = client.post("/api/generate_logo", content=body, headers={"Content-Type": "application/json"})
    assert answered.status_code == 200


def test_a_client_that_leaves_within_its_body_leaves_no_error(start, stand_in, logged):
    client = start(lambda: stand_in())
    send(client, HEAD + b"Content-Length: 100\r\n\r\n{").close()
    while "/api/generate_logo" not in {line.get("route") for line in logged()}:
        time.sleep(0.01)
    assert "error" not in {line["level"] for line in logged()}
