"""Clients that do not speak HTTP, or too much of it, on raw sockets."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from blazon.api.request_head import MAX_CHUNKS, MAX_HEAD, MAX_HEADERS, MAX_PATH
from blazon.api.slow_clients import ConnectionLimits

from .raw_connections import LONG, app, connect, first_answer, refusal, rest, running


@pytest.fixture
def serve():
    """Start a server for an application with the limits that it is given."""
    with ExitStack() as servers:
        yield lambda limits, served=app, **options: servers.enter_context(running(served, limits, **options))


@pytest.fixture(scope="module")
def patient() -> Iterator[tuple[str, int]]:
    """Return the address of a server that nothing here is too slow for."""
    with running(app, ConnectionLimits(head=LONG, answer=LONG)) as address:
        yield address


@pytest.mark.parametrize(
    ("head", "status", "reason"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "illegal request line"),
        (b"hello there\r\n\r\n", 400, "illegal request line"),
        (b"\r\n\r\n", 400, "no request line received"),
        (b"GET / HTTP/1.1\r\n\r\n", 400, "Missing mandatory Host: header"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n", 400, "illegal header line"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Odd: a\x00b\r\n\r\n", 400, "illegal header line"),
        (b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "illegal request line"),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400, "bad Content-Length"),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, "conflicting"),
        (
            b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n",
            501,
            "Only Transfer-Encoding: chunked",
        ),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"x" * MAX_HEAD, 431, f"more than {MAX_HEAD} bytes"),
        (
            b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 4 * MAX_HEAD + b"\r\n\r\n",
            431,
            f"more than {MAX_HEAD} bytes",
        ),
        (b"GET /" + b"x" * MAX_HEAD + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 431, f"more than {MAX_HEAD} bytes"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"a: b\r\n" * MAX_HEADERS + b"\r\n", 431, "more than 100 headers"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"a:\r\n" * 60_000 + b"\r\n", 431, "more than 100 headers"),
        (
            b"GET / HTTP/1.1\r\nHost: localhost\r\na: b\r\n" + b" c\r\n" * MAX_HEADERS + b"\r\n",
            431,
            "more than 100 headers",
        ),
        (b"GET /?" + b"x" * 4097 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414, "query has more than 4096 bytes"),
        (
            b"GET /" + b"x" * MAX_PATH + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
            414,
            f"path has more than {MAX_PATH} bytes",
        ),
        (b"GET here HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "neither a path that begins with / nor"),
        (b"GET ftp://here/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "neither a path that begins with / nor"),
        (b"GET http:///5 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "neither a path that begins with / nor"),
        (b"GET http://me:you@here/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "neither a path that begins with / nor"),
        (b"\r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "no request line received"),
        (
            b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
            "both Content-Length and Transfer-Encoding",
        ),
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
        connection.sendall(b"GET /5 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers + b"\r\n")
        assert rest(connection).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("separate", [False, True])
def test_an_empty_line_before_a_request_is_ignored(patient, separate):
    with connect(patient) as connection:
        for _ in range(2):
            for piece in (b"\r", b"\n") if separate else (b"\r\n",):
                connection.sendall(piece)
            connection.sendall(b"GET /5 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b"xxxxx" in first_answer(connection)


def test_an_empty_line_alone_does_not_keep_a_connection(serve):
    with connect(serve(ConnectionLimits(head=0.2))) as connection:
        connection.sendall(b"\r\n")
        assert rest(connection) == b""


def test_an_empty_line_after_a_body_is_no_beginning_of_a_request(serve):
    with connect(serve(ConnectionLimits(head=0.2), timeout_keep_alive=1)) as connection:
        connection.sendall(b"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nxx\r\n")
        first_answer(connection)
        assert rest(connection) == b""  # and no 408


async def echo(scope, _receive, send):
    """Answer with the target of the request and its hosts."""
    hosts = b",".join(value for name, value in scope["headers"] if name == b"host")
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b" ".join([scope["raw_path"], scope["query_string"], hosts])})


@pytest.mark.parametrize(
    ("target", "seen"),
    [
        (b"http://there:81/a/b?c=d", b"/a/b c=d there:81"),
        (b"HTTPS://there/", b"/  there"),
        (b"http://there", b"/  there"),
        (b"http://there?c", b"/ c there"),
        (b"/http://there/a", b"/http://there/a  localhost"),
    ],
)
@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
def test_a_target_in_absolute_form_is_served_under_its_own_host(serve, target, seen, version):
    with connect(serve(ConnectionLimits(), echo)) as connection:
        connection.sendall(b"GET " + target + b" HTTP/" + version + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert seen in rest(connection)


@pytest.mark.parametrize("path", [b"/read", b"/5"])  # while the body is read, and after the answer
def test_a_body_in_too_many_chunks_is_refused(patient, path):
    with connect(patient) as connection:
        connection.sendall(b"POST " + path + b" HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        answered = first_answer(connection) if path == b"/5" else b""
        connection.sendall(b"1\r\nx\r\n" * (MAX_CHUNKS + 1))
        answer = rest(connection)
        assert answered or "more than 1000 chunks" in refusal(answer, 400)


def test_a_body_in_as_many_chunks_as_allowed_is_read(patient):
    with connect(patient) as connection:
        head = b"POST /read HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        for _ in range(2):  # each body is counted by itself
            connection.sendall(head + b"1\r\nx\r\n" * MAX_CHUNKS + b"0\r\n\r\n")
            assert first_answer(connection).startswith(b"HTTP/1.1 200 ")


def test_a_body_that_is_not_http_ends_the_request(patient):
    with connect(patient) as connection:
        connection.sendall(b"POST /read HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nhow long?\r\n")
        assert "illegal chunk header" in refusal(rest(connection), 400)


def test_a_body_that_is_not_http_after_the_answer_ends_the_connection(patient, logged):
    with connect(patient) as connection:
        connection.sendall(b"POST /5 HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        first_answer(connection)
        connection.sendall(b"how long?\r\n")
        assert rest(connection) == b""
    assert "ERROR" not in {line["level"].upper() for line in logged()}


def test_who_still_sends_when_refused_reads_why(patient):
    with connect(patient) as connection:
        connection.sendall(b"x" * 2_000_000)  # far more than what the server reads before it answers
        refusal(rest(connection), 431)
