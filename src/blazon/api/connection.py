"""Work that ends when its client leaves."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from typing import Any, TypeVar

from fastapi import Request
from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

T = TypeVar("T")


async def while_connected(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Await `work`, and cancel it when the client closes the connection. The body must have been read.

    Raises:
        ClientDisconnect: nobody is there any more to receive the answer.
    """
    task = asyncio.create_task(work)
    watch = asyncio.create_task(_wait_for_close(request))
    try:
        await asyncio.wait({task, watch}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientDisconnect
        return task.result()
    finally:
        watch.cancel()
        task.cancel()


async def _wait_for_close(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


class StreamWhileConnected(StreamingResponse):
    """A stream that says so when it is over, be it that its client left before the end.

    Args:
        over: called once, whatever happened.
    """

    def __init__(
        self, content: AsyncIterator[bytes], *, media_type: str, headers: Mapping[str, str], over: Callable[[], None]
    ) -> None:
        super().__init__(content, media_type=media_type, headers=headers)
        self._over = over

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._over()
