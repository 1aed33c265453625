"""Clients that are too slow or do not speak HTTP, on raw sockets."""

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest
import uvicorn

from blazon.api.request_head import MAX_HEAD, MAX_HEADERS
from blazon.api.slow_clients import Patience, most_connections, patient_protocol
from blazon.serve.process.launch import listen

LONG = 60  # seconds after which a test gives up; nothing here takes a tenth of it


async def app(scope, receive, send):
    """Answer with as many bytes as the path asks for, `/read` after the body was read, `/never` only when left."""
    path = scope["path"]
    more = path == "/read"
    while more:
        more = (await receive()).get("more_body", False)
    while path == "/never" and (await receive())["type"] != "http.disconnect":
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"x" * int(path[1:])} if path[1:].isdecimal() else _EMPTY)


_EMPTY = {"type": "http.response.body"}


@contextmanager
def running(served, patience: Patience, **options) -> Iterator[tuple[str, int]]:
    with listen("127.0.0.1", 0) as listener:
        config = uvicorn.Config(
            served, http=patient_protocol(patience), lifespan="off", ws="none", log_config=None, **options
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield listener.getsockname()
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def serve():
    """Start a server for an application with as much patience as it is given."""
    with ExitStack() as servers:
        yield lambda patience, served=app, **options: servers.enter_context(running(served, patience, **options))


@pytest.fixture(scope="module")
def patient() -> Iterator[tuple[str, int]]:
    """Return the address of a server that nothing here is too slow for."""
    with running(app, Patience(head=LONG, answer=LONG)) as address:
        yield address


def connect(address) -> socket.socket:
    return socket.create_connection(address, timeout=LONG)


def rest(connection: socket.socket) -> bytes:
    """Return all that comes until the server closes the connection."""
    return b"".join(iter(lambda: connection.recv(65536), b""))


def first_answer(connection: socket.socket) -> bytes:
    """Return the chunked answer to one request."""
    answer = b""
    while not answer.endswith(b"0\r\n\r\n"):
        piece = connection.recv(65536)
        assert piece, "closed within an answer"
        answer += piece
    return answer


def refusal(answer: bytes, status: int) -> str:
    """Return the reason of an answer that must be complete JSON and the last on its connection."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"\r\nconnection: close" in head.lower()
    assert b"\r\nx-content-type-options: nosniff" in head.lower()
    assert re.search(rb"\r\nx-request-id: [0-9a-f]{32}", head, re.IGNORECASE)
    return json.loads(body)["detail"]


def test_a_head_that_does_not_become_complete_is_a_408(serve):
    with connect(serve(Patience(head=0.5))) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n")
        assert refusal(rest(connection), 408) == "the head of the request was not complete within 0.5 s"


def test_sending_on_does_not_prolong_the_time(serve):
    with connect(serve(Patience(head=0.5))) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        connection.settimeout(0.02)
        answer = b""
        while not answer:
            connection.sendall(b"X-Another: header\r\n")
            try:
                answer = connection.recv(65536)
            except TimeoutError:
                continue
        connection.settimeout(LONG)
        refusal(answer + rest(connection), 408)


def test_a_client_that_sends_nothing_is_left_without_a_word(serve):
    with connect(serve(Patience(head=0.1))) as connection:
        assert rest(connection) == b""


def test_the_second_head_of_a_connection_is_timed_too(serve):
    with connect(serve(Patience(head=1), timeout_keep_alive=LONG)) as connection:
        connection.sendall(b"GET /5 HTTP/1.1\r\nHost: here\r\n\r\n")
        first_answer(connection)
        connection.sendall(b"GET")
        refusal(rest(connection), 408)


def test_a_partial_head_behind_a_complete_one_is_timed_too(serve):
    with connect(serve(Patience(head=1), timeout_keep_alive=LONG)) as connection:
        connection.sendall(b"GET /5 HTTP/1.1\r\nHost: here\r\n\r\nGET")
        first, second = rest(connection).split(b"0\r\n\r\n", 1)
        assert first.endswith(b"xxxxx\r\n")
        refusal(second, 408)


def test_an_idle_connection_lives_as_long_as_uvicorn_keeps_it(serve):
    with connect(serve(Patience(head=1), timeout_keep_alive=LONG)) as connection:
        connection.sendall(b"GET /5 HTTP/1.1\r\nHost: here\r\n\r\n")
        first_answer(connection)
        time.sleep(1.5)
        connection.sendall(b"GET /5 HTTP/1.1\r\nHost: here\r\n\r\n")
        assert b"xxxxx" in first_answer(connection)


def test_a_request_at_work_is_not_timed(serve):
    with connect(serve(Patience(head=1, answer=0.1))) as connection:
        connection.sendall(b"GET /never HTTP/1.1\r\nHost: here\r\n\r\n")
        connection.settimeout(1.5)
        with pytest.raises(TimeoutError):
            connection.recv(1)


def test_a_body_that_nobody_reads_does_not_keep_the_connection(serve):
    with connect(serve(Patience(head=1), timeout_keep_alive=LONG)) as connection:
        connection.sendall(b"POST /5 HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\nx")
        assert b"xxxxx" in first_answer(connection)
        connection.sendall(b"x")  # which ends the time that uvicorn gives idle connections
        assert rest(connection) == b""


def test_a_connection_whose_body_ended_after_the_answer_is_idle_and_ends(serve):
    with connect(serve(Patience(head=LONG), timeout_keep_alive=0.2)) as connection:
        connection.sendall(b"POST /5 HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\n\r\n")
        first_answer(connection)
        connection.sendall(b"xx")
        assert rest(connection) == b""


def test_fifty_slow_clients_do_not_hold_up_the_others(serve):
    address = serve(Patience(head=2))
    with ExitStack() as stack:
        slow = [stack.enter_context(connect(address)) for _ in range(50)]
        for connection in slow:
            connection.sendall(b"POST /read HTTP/1.1\r\n")
        for _ in range(20):
            assert httpx.get(f"http://{address[0]}:{address[1]}/5", timeout=LONG).text == "xxxxx"
        assert len([refusal(rest(connection), 408) for connection in slow]) == 50


def test_a_client_that_does_not_take_its_answer_is_disconnected(serve, logged):
    with connect(serve(Patience(answer=0.1))) as connection:
        connection.sendall(b"GET /50000000 HTTP/1.1\r\nHost: here\r\n\r\n")
        while "connection ended" not in {line["message"] for line in logged()}:
            time.sleep(0.01)
        assert len(rest(connection)) < 50_000_000


def test_a_client_that_takes_its_answer_slowly_gets_all_of_it(serve):
    size = 40_000_000
    with connect(serve(Patience(answer=1))) as connection:
        connection.sendall(b"GET /%d HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n" % size)
        taken = 0
        while piece := connection.recv(1_000_000):
            taken += len(piece)
            time.sleep(0.05)
        assert taken > size


@pytest.mark.parametrize(
    ("head", "status", "reason"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "illegal request line"),
        (b"hello there\r\n\r\n", 400, "illegal request line"),
        (b"\r\n\r\n", 400, "no request line received"),
        (b"GET / HTTP/1.1\r\n\r\n", 400, "Missing mandatory Host: header"),
        (b"GET / HTTP/1.1\r\nHost: here\r\nno colon\r\n\r\n", 400, "illegal header line"),
        (b"GET / HTTP/1.1\r\nHost: here\r\nX-Odd: a\x00b\r\n\r\n", 400, "illegal header line"),
        (b"GET /\xff HTTP/1.1\r\nHost: here\r\n\r\n", 400, "illegal request line"),
        (b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: -1\r\n\r\n", 400, "bad Content-Length"),
        (b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, "conflicting"),
        (b"POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "Only Transfer-Encoding: chunked"),
        (b"GET / HTTP/1.1\r\nHost: here\r\nX-Long: " + b"x" * MAX_HEAD, 431, f"more than {MAX_HEAD} bytes"),
        (
            b"GET / HTTP/1.1\r\nHost: here\r\nX: " + b"x" * 4 * MAX_HEAD + b"\r\n\r\n",
            431,
            f"more than {MAX_HEAD} bytes",
        ),
        (b"GET /" + b"x" * MAX_HEAD + b" HTTP/1.1\r\nHost: here\r\n\r\n", 431, f"more than {MAX_HEAD} bytes"),
        (b"GET / HTTP/1.1\r\nHost: here\r\n" + b"a: b\r\n" * MAX_HEADERS + b"\r\n", 431, "more than 100 headers"),
    ],
)
def test_a_head_that_is_not_http_or_too_large(patient, head, status, reason):
    with connect(patient) as connection:
        connection.sendall(head)
        detail = refusal(rest(connection), status)
        assert reason in detail
        assert len(detail) < 200


def test_a_head_within_the_bounds_is_served(patient):
    with connect(patient) as connection:
        headers = b"a: b\r\n" * (MAX_HEADERS - 3) + b"x: " + b"x" * (MAX_HEAD - 2000) + b"\r\n"
        connection.sendall(b"GET /5 HTTP/1.1\r\nHost: here\r\nConnection: close\r\n" + headers + b"\r\n")
        assert rest(connection).startswith(b"HTTP/1.1 200 ")


def test_a_body_that_is_not_http_ends_the_request(patient):
    with connect(patient) as connection:
        connection.sendall(b"POST /read HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\nhow long?\r\n")
        assert "illegal chunk header" in refusal(rest(connection), 400)


def test_a_body_that_is_not_http_after_the_answer_ends_the_connection(patient, logged):
    with connect(patient) as connection:
        connection.sendall(b"POST /5 HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n")
        first_answer(connection)
        connection.sendall(b"how long?\r\n")
        assert rest(connection) == b""
    assert "ERROR" not in {line["level"].upper() for line in logged()}


def test_who_still_sends_when_refused_reads_why(patient):
    with connect(patient) as connection:
        connection.sendall(b"x" * 2_000_000)  # far more than what the server reads before it answers
        refusal(rest(connection), 431)


def test_more_connections_than_allowed_are_refused(serve):
    address = serve(Patience(connections=3))
    with ExitStack() as stack:
        kept = [stack.enter_context(connect(address)) for _ in range(3)]
        for connection in kept:
            connection.sendall(b"GET /5 HTTP/1.1\r\nHost: here\r\n\r\n")
            assert connection.recv(12) == b"HTTP/1.1 200"
        with connect(address) as another:
            answer = rest(another)
        assert refusal(answer, 503) == "too many connections; try again later"
        assert b"\r\nretry-after: 1" in answer.lower()
        kept[0].sendall(b"GET /5 HTTP/1.1\r\nHost: here\r\n\r\n")
        assert kept[0].recv(65536)


def test_connections_leave_files_to_the_rest_of_the_server():
    assert 1 <= most_connections() <= 50_000


def test_the_server_uses_it_with_the_time_of_the_settings(start):
    client = start(header_timeout=0.5)
    with connect((client.base_url.host, client.base_url.port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        assert "within 0.5 s" in refusal(rest(connection), 408)
    assert client.get("/health").status_code == 200
