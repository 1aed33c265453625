"""Answers byte by byte: the status decides, whatever follows it."""

import asyncio
import base64
import socket
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blazon.serve.webhooks.address import find_receiver
from blazon.serve.webhooks.client import WebhookClient
from blazon.serve.webhooks.message import WebhookSecrets
from blazon.serve.webhooks.worker import NoResponse, Response
from blazon.store.webhooks import WebhookDelivery

SECRETS = WebhookSecrets(lambda _: "", "whsec_" + base64.b64encode(bytes(range(32))).decode())


def _client(**options):
    return WebhookClient(SECRETS, allow_private=True, **options)


def _send(delivery, **options):
    return asyncio.run(_client(**options).send(delivery, time.time()))


class Raw:
    """A receiver that sends these bytes after the request, and hangs up or waits until it is released."""

    def __init__(self, *parts: bytes, stay: bool = False) -> None:
        self.parts, self.stay, self.done = parts, stay, threading.Event()

    def __enter__(self) -> str:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()
        return f"http://127.0.0.1:{self.server.getsockname()[1]}/"

    def _serve(self) -> None:
        connection, _ = self.server.accept()
        with connection:
            request = b""
            while not request.endswith(b"}"):
                request += connection.recv(65536)
            try:
                for part in self.parts:
                    connection.sendall(part)
            except OSError:
                return  # the client has hung up, as it may
            if self.stay:
                self.done.wait(30)

    def __exit__(self, *_: object) -> None:
        self.done.set()
        self.thread.join(60)
        self.server.close()


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize("stay", [False, True])
@pytest.mark.parametrize(
    "rest",
    [
        b"",
        b"content-le",
        b"Retry-After: 99999999999999999999\r\ncontent-length: 0\r\n\r\n",
        b"Retry-After: Tue, 12 Jan 9999999999999999999999 13:47:10 GMT\r\ncontent-length: 0\r\n\r\n",
        b"Retry-After: 1e400\r\nRetry-After: \xb2\r\ncontent-length: 0\r\n\r\n",
        b"content-length: minus one\r\n\r\n",
        b"content-length: 1\r\ncontent-length: 2\r\n\r\nab",
        b"content-length: 99999999999999999999999999\r\n\r\nhalf",
        b"content-length: " + b"9" * 5000 + b"\r\n\r\nhalf",  # more digits than Python reads
        b"content-length: 100\r\n\r\nhalf",
        b"transfer-encoding: chunked\r\n\r\nno chunk\r\n",
        b"transfer-encoding: chunked\r\n\r\n5\r\nhel",
        b"transfer-encoding: gzip, thing\r\n\r\n",
        b"content-encoding: gzip\r\ncontent-length: 4\r\n\r\nhalf",
        b"\x00\xff: \x00\r\n\r\n",
        b"no colon\r\n\r\n",
        b"x: " + b"y" * 200_000 + b"\r\n\r\n",
        b"a: b\r\n" * 50_000,
        b"\r\n" + b"x" * 1_000_000,
    ],
    ids=range(19),
)
def test_what_was_answered_well_is_delivered_whatever_follows_the_status(rest, stay, make):
    with Raw(OK, rest, stay=stay) as url:
        assert _send(make(url), timeout=1.0 if stay and rest[-4:] != b"\r\n\r\n" else 30.0) == Response(200)


def _deliver_to(listener):
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    return WebhookDelivery("msg_1", "gen_1", "", url, find_receiver(url), b"{}", 1.0)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=60), st.sampled_from([b"", OK, OK + b"content-length: ", OK + b"\r\n", b"HTTP/1.1 100 \r\n"]))
def test_no_bytes_break_an_attempt(rest, head):
    async def serve(reader, writer):
        await reader.readuntil(b"}")
        writer.write(head + rest)
        writer.close()

    async def main():
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            return await _client().send(_deliver_to(server.sockets[0]), 0.0)

    result = asyncio.run(main())
    assert result == Response(200) if head.startswith(OK) else isinstance(result, Response | NoResponse)


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"HTTP/1.1 100 Continue\r\na: b\r\n\r\nHTTP/1.1 204 No Content\r\n", 204),
        (b"HTTP/1.0 200\r\n", 200),
        (b"HTTP/1.1 500 Broken\r\nno colon\r\n\r\n", 500),
        (b"HTTP/1.1 410 Gone\r\n", 410),
    ],
)
def test_the_status_counts_although_the_rest_is_broken(head, status, make):
    with Raw(head) as url:
        assert _send(make(url)) == Response(status)


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200", b"HTTP/1.1 100 Continue\r\n\r\n", b"x\r\nHTTP/1.1 200 OK\r\n", b"HTTP/1.1 2000 OK\r\n"]
)
def test_what_has_no_whole_status_is_no_answer(head, make):
    with Raw(head) as url:
        assert isinstance(_send(make(url)), NoResponse)


def test_a_body_that_trickles_is_left_soon(make):
    """The attempt has its whole time, and is over before it is."""
    with Raw(OK, b"content-length: 100\r\n\r\nhalf", stay=True) as url:
        assert _send(make(url), timeout=3600.0) == Response(200)
