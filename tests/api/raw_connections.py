"""Servers whose connections are limited, and raw sockets to them."""

import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from blazon.api.slow_clients import ConnectionLimits, make_protocol
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
