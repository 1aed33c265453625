"""What surrounds every request: id, log line, headers of the answer, errors that nobody foresaw, bounds of the body."""

import asyncio
import re
import time
import uuid
from contextlib import AbstractContextManager, nullcontext
from typing import Final
from urllib.parse import quote

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from blazon.api.failures import answer_unexpected
from blazon.api.security_headers import complete
from blazon.errors import BlazonError
from blazon.serve.authentication import RateLimit
from blazon.serve.queue import TurnQueue
from blazon.serve.telemetry.recorder import Telemetry
from blazon.serve.telemetry.tracing import Span, current_trace

log = structlog.stdlib.get_logger("blazon.api")

_SANE_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,128}")
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_TURN: Final = 2  # requests
_ASKED_BY_MACHINES: Final = ("/health", "/metrics")  # every few seconds: their traces would bury all others
HEAD_ONLY: Final = "head_only"
"""True in the scope of such a request, for a route that knows the head without making the body."""
# Bytes. The largest brief has 12 KiB, with every character escaped; the rest is for fields of old clients that are
# ignored. More would hold up all other clients: whatever JSON is in it, this takes less than 5 ms to parse, 1 MiB up
# to 200 ms. A thread would not help, for the parser keeps the interpreter lock until it is done.
MAX_BODY: Final = 64 * 1024
# Files of users; whoever may not ask is told so before they are read.
_MAX_UPLOAD: Final = 4_000_000
_UPLOADS: Final = ("/v1/marks", "/v1/palettes", "/v1/fonts")

# The rest of the body is not read, so the connection cannot serve another request.
_CLOSE: Final = {"Connection": "close"}


class RequestLogMiddleware:
    """Gives each request an id, puts it on the answer and on every log line; at the end logs a line and counts.

    Args:
        prefix: path of the server's public address, decoded, without a slash at its end. Requests come with it or,
            through a proxy that takes it off, without; either way it becomes their `root_path`, where links begin.
    """

    def __init__(self, app: ASGIApp, prefix: str = "") -> None:
        self._app = app
        self._prefix = prefix
        self._turns = TurnQueue(_TURN)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start, status, asked = time.perf_counter(), 0, scope["raw_path"][:200].decode("latin-1")
        _put_below(self._prefix, scope)
        if not scope["path"].removeprefix(self._prefix).startswith(_ASKED_BY_MACHINES):
            await self._turns.wait()
        request_id = _request_id(scope)
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        telemetry: Telemetry = state["telemetry"]

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                headers.update(_rate_headers(state.get("rate")))
                complete(headers)
            await send(message)

        with _span(telemetry, scope) as span, bound_contextvars(request_id=request_id, **_trace_id(span)):
            try:
                await self._app(scope, receive, send_with_headers)
            finally:
                seconds, method, route = time.perf_counter() - start, scope["method"], _route(scope)
                took = round(seconds * 1000, 1)
                log.info("request", method=method, route=route or asked, status=status, duration_ms=took)
                telemetry.metrics.count_answer(route, method, status, seconds)
                if span is not None:
                    _describe(span, method, route, status)


class UnexpectedErrorMiddleware:
    """Logs, counts and answers an error that nothing else handled. Inside CORS, so that a browser may read the answer.

    An answer whose headers have control characters, which may split them in two, is such an error. Where the answer
    has begun, the connection is cut: only so the client learns that the rest is missing.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watch_start(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                _refuse_split_headers(message)
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watch_start)
        except Exception as error:
            if scope["type"] != "http":
                raise
            # Starlette wraps a domain error that came too late for its answer.
            cause = error.__cause__ if started and isinstance(error.__cause__, BlazonError) else error
            answer = answer_unexpected(cause, scope["state"])
            if started:
                raise
            await answer(scope, receive, send)


class BodyLimit:
    """Refuses a body of more than `MAX_BODY` bytes with 413, as soon as that is known, and a slow one with 408.

    Where files are brought along it may be larger, `_MAX_UPLOAD`.

    One that is compressed is refused with 415: a few bytes could become any number.

    The time counts from the end of the head to the end of the body. What comes later, such as the wait of
    a stream for its client to leave, takes as long as it takes.
    """

    def __init__(self, app: ASGIApp, timeout: float) -> None:
        self._app = app
        self._timeout = timeout

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            most = _MAX_UPLOAD if scope["path"].endswith(_UPLOADS) else MAX_BODY
            receive = _Bounded(receive, Headers(scope=scope), self._timeout, most)
        await self._app(scope, receive, send)


class _Bounded:
    def __init__(self, receive: Receive, headers: Headers, timeout: float, most: int) -> None:
        self._most = most
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
        if max(self._size, self._received) > self._most:
            raise HTTPException(413, f"the body has more than {self._most} bytes", _CLOSE)


class HeadRequests:
    """Routes HEAD as GET, and ends the answer once its head is known: a stream of events is not waited for.

    For every path that GET is for: the answer to GET without its body (RFC 9110, 9.3.2).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body"})

        as_get = {**scope, "method": "GET", HEAD_ONLY: True}
        try:
            await self._app(as_get, receive, send_head)
        finally:
            if "route" in as_get:
                scope["route"] = as_get["route"]  # for the log line and the metrics


def _put_below(prefix: str, scope: Scope) -> None:
    """Put the path of a request below `prefix`, as the ASGI specification has it of `root_path`."""
    if prefix:
        scope["root_path"] = prefix
        if not f"{scope['path']}/".startswith(f"{prefix}/"):
            scope["path"] = prefix + scope["path"]
            scope["raw_path"] = quote(prefix).encode() + scope["raw_path"]


def _rate_headers(rate: RateLimit | None) -> dict[str, str]:
    """Return the rate of a key under the names that OpenAI gives to such headers; seconds as `1.5s`."""
    if rate is None:
        return {}
    return {
        "X-RateLimit-Limit-Requests": str(rate.limit),
        "X-RateLimit-Remaining-Requests": str(rate.remaining),
        "X-RateLimit-Reset-Requests": f"{rate.reset:.3f}s",
    }


def _refuse_split_headers(message: Message) -> None:
    for name, value in message.get("headers", ()):
        if _CONTROL.search(name + value):
            raise ValueError(f"control characters in the header {name!r} of an answer")


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _SANE_ID.fullmatch(given) else uuid.uuid4().hex


def _route(scope: Scope) -> str:
    """Return the template of the route that matched, empty for none."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else ""


def _span(telemetry: Telemetry, scope: Scope) -> AbstractContextManager[Span | None]:
    """Open the span of a request, in the trace of the client if it is in one."""
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    if telemetry.tracing is None or path.startswith(_ASKED_BY_MACHINES):
        return nullcontext()
    method = scope["method"]
    parent = Headers(scope=scope).get("traceparent", "")
    return telemetry.tracing.span(method, {"http.request.method": method}, parent, server=True)


def _trace_id(span: Span | None) -> dict[str, str]:
    """Return what leads from a log line to its trace."""
    trace = current_trace() if span is not None else ""
    return {"trace_id": trace.split("-")[1]} if trace else {}


def _describe(span: Span, method: str, route: str, status: int) -> None:
    """Name a span for its route, which is known once the request was routed. Never for its path, which may hold ids."""
    if route:
        span.update_name(f"{method} {route}")
    span.set_attributes({"http.route": route, "http.response.status_code": status})
