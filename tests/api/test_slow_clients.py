"""Clients that are too slow, or too many, on raw sockets."""

import gc
import time
from contextlib import ExitStack, suppress

import httpx
import pytest
from uvicorn.protocols.http.h11_impl import H11Protocol

from blazon.api.slow_clients import ConnectionLimits, compute_max_connections

from .raw_connections import LONG, app, connect, first_answer, refusal, rest, running


@pytest.fixture
def serve():
    """Start a server for an application with the limits that it is given."""
    with ExitStack() as servers:
        yield lambda limits, served=app, **options: servers.enter_context(running(served, limits, **options))


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
