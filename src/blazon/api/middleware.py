"""What surrounds every request: its id and log line, the headers of its answer, the answer to what nobody foresaw."""

import re
import time
import uuid
from contextlib import AbstractContextManager, nullcontext
from typing import Final
from urllib.parse import quote

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from blazon.api.failures import answer_unexpected
from blazon.api.security_headers import complete
from blazon.errors import BlazonError
from blazon.serve.authentication import RateLimit
from blazon.serve.telemetry.recorder import Telemetry
from blazon.serve.telemetry.tracing import Span, current_trace

log = structlog.stdlib.get_logger("blazon.api")

_SANE_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,128}")
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_ASKED_BY_MACHINES: Final = ("/health", "/metrics")  # every few seconds: their traces would bury all others


class RequestLogMiddleware:
    """Gives each request an id, puts it on the answer and on every log line; at the end logs a line and counts.

    Args:
        prefix: path of the server's public address, decoded, without a slash at its end. Requests come with it or,
            through a proxy that takes it off, without; either way it becomes their `root_path`, where links begin.
    """

    def __init__(self, app: ASGIApp, prefix: str = "") -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start, status, asked = time.perf_counter(), 0, scope["raw_path"][:200].decode("latin-1")
        _put_below(self._prefix, scope)
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
