"""Clients that are too slow or do not speak HTTP, on raw sockets."""

import gc
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import httpx
import pytest
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from blazon.api.request_head import MAX_CHUNKS, MAX_HEAD, MAX_HEADERS, MAX_PATH
from blazon.api.slow_clients import ConnectionLimits, compute_max_connections, make_protocol
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
def running(served, limits: ConnectionLimits, **options) -> Iterator[tuple[str, int]]:
    with listen("127.0.0.1", 0) as listener:
        config = uvicorn.Config(
            served, http=make_protocol(limits), loop="asyncio", lifespan="off", ws="none", log_config=None, **options
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
    """Start a server for an application with the limits that it is given."""
    with ExitStack() as servers:
        yield lambda limits, served=app, **options: servers.enter_context(running(served, limits, **options))


@pytest.fixture(scope="module")
def patient() -> Iterator[tuple[str, int]]:
    """Return the address of a server that nothing here is too slow for."""
    with running(app, ConnectionLimits(head=LONG, answer=LONG)) as address:
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
    with connect(serve(ConnectionLimits(head=0.5))) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        assert refusal(rest(connection), 408) == "the head of the request was not complete within 0.5 s"


def test_sending_on_does_not_prolong_the_time(serve):
    with connect(serve(ConnectionLimits(head=0.5))) as connection:
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
    with connect(serve(ConnectionLimits(head=0.1))) as connection:
        assert rest(connection) == b""


def test_the_second_head_of_a_connection_is_timed_too(serve):
    with connect(serve(ConnectionLimits(head=1), timeout_keep_alive=LONG)) as connection:
        connection.sendall(b"GET /5 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        first_answer(connection)
        connection.sendall(b"GET")
        refusal(rest(connection), 408)


def test_a_partial_head_behind_a_complete_one_is_timed_too(serve):
    with connect(serve(ConnectionLimits(head=1), timeout_keep_alive=LONG)) as connection:
        connection.sendall(b"GET /5 HTTP/1.1\r\nHost: localhost\r\n\r\nGET")
        first, second = rest(connection).split(b"0\r\n\r\n", 1)
        assert first.endswith(b"xxxxx\r\n")
        refusal(second, 408)


def test_an_idle_connection_lives_as_long_as_uvicorn_keeps_it(serve):
    with connect(serve(ConnectionLimits(head=1), timeout_keep_alive=LONG)) as connection:
        connection.sendall(b"GET /5 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        first_answer(connection)
        time.sleep(1.5)
        connection.sendall(b"GET /5 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"xxxxx" in first_answer(connection)


def test_a_request_at_work_is_not_timed(serve):
    with connect(serve(ConnectionLimits(head=1, answer=0.1))) as connection:
        connection.sendall(b"GET /never HTTP/1.1\r\nHost: localhost\r\n\r\n")
        connection.settimeout(1.5)
        with pytest.raises(TimeoutError):
            connection.recv(1)


def test_a_body_that_nobody_reads_does_not_keep_the_connection(serve):
    with connect(serve(ConnectionLimits(head=1), timeout_keep_alive=LONG)) as connection:
        connection.sendall(b"POST /5 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nx")
        assert b"xxxxx" in first_answer(connection)
        connection.sendall(b"x")  # which ends the time that uvicorn gives idle connections
        assert rest(connection) == b""


def test_a_connection_whose_body_ended_after_the_answer_is_idle_and_ends(serve):
    with connect(serve(ConnectionLimits(head=LONG), timeout_keep_alive=0.2)) as connection:
        connection.sendall(b"POST /5 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n")
        first_answer(connection)
        connection.sendall(b"xx")
        assert rest(connection) == b""


def test_fifty_slow_clients_do_not_hold_up_the_others(serve):
    address = serve(ConnectionLimits(head=2))
    with ExitStack() as stack:
        slow = [stack.enter_context(connect(address)) for _ in range(50)]
        for connection in slow:
            connection.sendall(b"POST /read HTTP/1.1\r\n")
        for _ in range(20):
            assert httpx.get(f"http://{address[0]}:{address[1]}/5", timeout=LONG).text == "xxxxx"
        assert len([refusal(rest(connection), 408) for connection in slow]) == 50


def test_a_client_that_does_not_take_its_answer_is_disconnected(serve, logged):
    with connect(serve(ConnectionLimits(answer=0.1))) as connection:
        connection.sendall(b"GET /50000000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        while "connection ended" not in {line["message"] for line in logged()}:
            time.sleep(0.01)
        assert len(rest(connection)) < 50_000_000


def test_a_client_that_takes_its_answer_slowly_gets_all_of_it(serve):
    size = 40_000_000
    with connect(serve(ConnectionLimits(answer=1))) as connection:
        connection.sendall(b"GET /%d HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" % size)
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


def test_what_a_client_sends_is_read_in_small_pieces(serve):
    sizes = []

    async def measure(_scope, receive, send):
        more = True
        while more:
            message = await receive()
            sizes.append(len(message["body"]))
            more = message["more_body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    with connect(serve(ConnectionLimits(), measure)) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 1_000_000)
        first_answer(connection)
    assert sum(sizes) == 1_000_000
    assert max(sizes) <= 65536 + 4096  # uvicorn stops reading at the first


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


def test_more_connections_than_allowed_are_refused_while_all_are_at_work(serve):
    address = serve(ConnectionLimits(connections=3))
    with ExitStack() as stack:
        working = [stack.enter_context(connect(address)) for _ in range(3)]
        for connection in working:
            connection.sendall(b"GET /5 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            first_answer(connection)  # so that the request that follows is begun before another client comes
            connection.sendall(b"GET /never HTTP/1.1\r\nHost: localhost\r\n\r\n")
        deadline = time.monotonic() + LONG
        answer = b""
        while not answer.startswith(b"HTTP/1.1 503") and time.monotonic() < deadline:
            with connect(address) as another:
                another.settimeout(0.2)
                try:
                    answer = rest(another)
                except TimeoutError:
                    continue
        assert refusal(answer, 503) == "too many connections; try again later"
        assert b"\r\nretry-after: 1" in answer.lower()


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET /5 HTTP/1.1\r\nHost: localhost\r\n\r\n"])
def test_who_waits_longest_without_a_request_gives_way_to_new_connections(serve, sent):
    address = serve(ConnectionLimits(connections=3), timeout_keep_alive=LONG)
    with ExitStack() as stack:
        kept = [stack.enter_context(connect(address)) for _ in range(3)]
        for connection in kept:
            connection.sendall(sent)
            if sent.endswith(b"\r\n\r\n"):
                first_answer(connection)
        for _ in range(10):
            another = stack.enter_context(connect(address))
            another.sendall(b"GET /5 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b"xxxxx" in first_answer(another)
        with suppress(ConnectionResetError):  # where the server had not read all of it
            assert rest(kept[0]) == b""


@pytest.mark.parametrize(
    ("many", "few"),
    [(b"", b"GET /5 HTTP/1.1\r\nHost: localhost\r\n\r\n"), (b"GET /5 HTTP/1.1\r\nHost: localhost\r\n\r\n", b"")],
)
def test_silent_connections_do_not_crowd_out_idle_ones_nor_the_other_way_round(serve, many, few):
    address = serve(ConnectionLimits(connections=5), timeout_keep_alive=LONG)
    with ExitStack() as stack:
        ours = stack.enter_context(connect(address))
        ours.sendall(few)
        if few:
            first_answer(ours)
        for _ in range(20):
            another = stack.enter_context(connect(address))
            if many:
                another.sendall(many)
                first_answer(another)
        ours.sendall(b"GET /5 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"xxxxx" in first_answer(ours)


@pytest.mark.parametrize("sent", [b"", b"GET /1 HTTP/1.1\r\n", b"GET /9 HTTP/1.1\r\nHost: a\r\n\r\n"])
def test_a_connection_that_ended_is_freed_without_the_garbage_collector(serve, sent):
    """Or the garbage of thousands is collected at once, and everybody waits for that."""
    address = serve(ConnectionLimits(head=LONG, answer=LONG))
    gc.collect()
    gc.disable()
    try:
        for _ in range(20):
            with connect(address) as connection:
                connection.sendall(sent)
                if sent.endswith(b"\r\n\r\n"):
                    assert connection.recv(1)
        deadline = time.monotonic() + LONG
        while kept := [one for one in gc.get_objects() if issubclass(type(one), H11Protocol)]:
            assert time.monotonic() < deadline, f"{len(kept)} are kept"
            del kept
            time.sleep(0.01)
    finally:
        gc.enable()


def test_connections_leave_files_to_the_rest_of_the_server():
    resource = pytest.importorskip("resource")
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert 1 <= compute_max_connections(10_000_000) <= (10**8 if soft == resource.RLIM_INFINITY else soft * 3 // 4)


def test_there_are_connections_for_all_who_may_wait_and_for_others(monkeypatch):
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert (compute_max_connections(0), compute_max_connections(10)) == (500, 520)


def test_the_server_uses_it_with_the_time_of_the_settings(start):
    client = start(header_timeout=0.5)
    with connect((client.base_url.host, client.base_url.port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        assert "within 0.5 s" in refusal(rest(connection), 408)
    assert client.get("/health").status_code == 200


def test_the_server_keeps_idle_connections_as_long_as_its_settings_say(start, stand_in):
    client = start(stand_in, keep_alive_timeout=1)
    with connect((client.base_url.host, client.base_url.port)) as connection:
        connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b'{"status":"live"}' in rest(connection)  # to the end: the server closes it
