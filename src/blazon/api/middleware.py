"""What surrounds every request: its id, its log line, the net below it."""

import re
import time
import uuid
from typing import Final

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from blazon.api.failures import unexpected

log = structlog.stdlib.get_logger("blazon.api")

_SANE_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,128}")
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


class RequestLine:
    """Gives each request an id, puts it on the answer and on every log line, and logs one line at the end."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start, status = time.perf_counter(), 0
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        with bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_with_id)
            finally:
                duration = round((time.perf_counter() - start) * 1000, 1)
                log.info("request", method=scope["method"], route=_route(scope), status=status, duration_ms=duration)


class SafetyNet:
    """Answers an error that nothing else handled. It lies inside CORS, so that a browser may read the answer.

    An answer whose headers have control characters, which may split them in two, is such an error.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched_send(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                _refuse_split_headers(message)
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watched_send)
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            await unexpected(error, scope["state"]["request_id"])(scope, receive, send)


def _refuse_split_headers(message: Message) -> None:
    for name, value in message.get("headers", ()):
        if _CONTROL.search(name + value):
            raise ValueError(f"control characters in the header {name!r} of an answer")


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _SANE_ID.fullmatch(given) else uuid.uuid4().hex


def _route(scope: Scope) -> str:
    """Return the template of the route that matched, or else the path as it was sent."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else scope["raw_path"][:200].decode("latin-1")
