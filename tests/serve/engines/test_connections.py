"""Kept connections, against a real server: used again, thrown away once they are stale, bounded, closed."""

import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from blazon.serve.engines.connections import ConnectionPool, is_readable


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        peer = str(self.client_address[1]).encode()
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for chunk in (peer, b"the end"):
            self.wfile.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
        self.wfile.write(b"0\r\n\r\n")
        self.close_connection = self.path == "/last"

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        serving.join()


@pytest.fixture
def pool(url: str) -> Iterator[ConnectionPool]:
    pool = ConnectionPool(url, kept=2)
    yield pool
    pool.close()


def ask(pool: ConnectionPool, connection: HTTPConnection, path: str = "/") -> bytes:
    """Read the first part of an answer, and leave the rest to the pool."""
    connection.request("GET", path)
    answer = connection.getresponse()
    first = answer.read1(1 << 16)
    pool.keep(connection, answer)
    return first


def test_a_kept_connection_is_used_again(pool: ConnectionPool) -> None:
    assert pool.take() is None
    first = ask(pool, pool.open(5))
    again = pool.take()
    assert again is not None
    assert ask(pool, again) == first


def test_one_that_the_other_side_closed_is_not_given_out(pool: ConnectionPool) -> None:
    connection = pool.open(5)
    way = connection.sock
    connection.request("GET", "/last")
    answer = connection.getresponse()
    answer.read()  # whole: what can be read behind it is the end of the connection
    assert is_readable(way, 5)
    pool.keep(connection, answer)
    assert pool.take() is None
    assert connection.sock is None


def test_no_more_are_kept_than_the_limit_and_none_after_the_end(pool: ConnectionPool) -> None:
    connections = [pool.open(5) for _ in range(3)]
    for connection in connections:
        ask(pool, connection)
    assert [connection.sock is None for connection in connections] == [True, False, False]
    pool.close()
    assert pool.take() is None
    late = pool.open(5)
    ask(pool, late)
    assert [connection.sock for connection in (*connections, late)] == [None] * 4
