"""The body of a request, within bounds of size and time."""

import asyncio
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Bytes. The largest brief has 12 KiB, with every character escaped; the rest is for fields of old clients that are
# ignored. More would hold up all other clients: whatever JSON is in it, this takes less than 5 ms to parse, 1 MiB up
# to 200 ms. A thread would not help, for the parser keeps the interpreter lock until it is done.
MAX_BODY: Final = 64 * 1024

# The rest of the body is not read, so the connection cannot serve another request.
_CLOSE: Final = {"Connection": "close"}


class BodyLimit:
    """Refuses a body of more than `MAX_BODY` bytes with 413, as soon as that is known, and a slow one with 408.

    One that is compressed is refused with 415: a few bytes could become any number.

    The time counts from the end of the head to the end of the body. What comes later, such as the wait of
    a stream for its client to leave, takes as long as it takes.
    """

    def __init__(self, app: ASGIApp, timeout: float) -> None:
        self._app = app
        self._timeout = timeout

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            receive = _Bounded(receive, Headers(scope=scope), self._timeout)
        await self._app(scope, receive, send)


class _Bounded:
    def __init__(self, receive: Receive, headers: Headers, timeout: float) -> None:
        self._receive = receive
        self._size = int(headers.get("content-length", "0"))
        self._coding = headers.get("content-encoding", "").strip()
        self._has_body = self._size > 0 or "transfer-encoding" in headers
        self._received = 0
        self._timeout = timeout
        self._deadline = asyncio.get_running_loop().time() + timeout
        self._complete = False

    async def __call__(self) -> Message:
        if self._complete:
            return await self._receive()
        self._measure(0)
        if self._has_body and self._coding.lower() not in ("", "identity"):
            problem = (
                f"the body comes with Content-Encoding: {self._coding[:40]}; send it as it is, without that header"
            )
            raise HTTPException(415, problem, {**_CLOSE, "Accept-Encoding": "identity"})
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408, f"the body was not complete within {self._timeout:g} s", _CLOSE) from None
        self._measure(len(message.get("body", b"")))
        self._complete = not message.get("more_body", False)
        return message

    def _measure(self, more: int) -> None:
        self._received += more
        if max(self._size, self._received) > MAX_BODY:
            raise HTTPException(413, f"the body has more than {MAX_BODY} bytes", _CLOSE)
