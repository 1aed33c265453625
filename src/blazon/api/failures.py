"""Errors to HTTP, once: the only place where a domain error gets a status."""

from collections.abc import Mapping
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match

from blazon.api.bad_bodies import in_words, unreadable
from blazon.api.schemas import FieldProblem, MalformedRequest, Problem, ServerError
from blazon.errors import (
    DeadlineExceeded,
    EnginePoisoned,
    EngineStopped,
    EngineUnavailable,
    GenerationFailed,
    InvalidBrief,
    InvalidDesign,
    InvalidHeader,
    ModelUnavailable,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    ServerBusy,
    ShareExceeded,
    StorageFull,
    StorageUnavailable,
    TextNotCovered,
    WorkNotWanted,
)

log = structlog.stdlib.get_logger("blazon.api")

# nginx's number for a client that left before the answer; nobody receives it, the log shows it.
CLIENT_GONE = 499
_NEXT_TRY = 30
_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


def map_failures(app: FastAPI) -> None:
    """Register a handler for each kind of error."""
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(InvalidBrief, _unusable_field)
    for kind in (TextNotCovered, EngineUnavailable, InvalidDesign):
        app.add_exception_handler(kind, _unservable)
    app.add_exception_handler(InvalidHeader, _unusable_header)
    app.add_exception_handler(NotFound, _missing)
    app.add_exception_handler(WorkNotWanted, _conflict)
    app.add_exception_handler(NotAuthenticated, _unknown_client)
    app.add_exception_handler(NotAllowed, _not_allowed)
    app.add_exception_handler(ServerBusy, _busy)
    app.add_exception_handler(ShareExceeded, _over_share)
    app.add_exception_handler(StorageFull, _full)
    for not_now in (ModelUnavailable, EngineStopped, EnginePoisoned, StorageUnavailable):
        app.add_exception_handler(not_now, _not_now)
    app.add_exception_handler(DeadlineExceeded, _too_late)
    app.add_exception_handler(GenerationFailed, _not_drawn)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientDisconnect, _gone)


def unexpected(error: BaseException, state: Mapping[str, Any]) -> JSONResponse:
    """Log what nobody foresaw, with its traceback, count it, and answer without it.

    Args:
        state: of the request.
    """
    log.error("unexpected error", exc_info=error)
    state["telemetry"].metrics.failed(error)
    return JSONResponse(ServerError(request_id=state["request_id"]).model_dump(exclude_none=True), 500)


# Starlette wants handlers of `Exception`; each is only ever called with the kind that it is registered for.
async def _malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    # The faulty input is not echoed: it may be huge, or (NaN, half a surrogate pair) impossible to encode.
    kind = request.headers.get("content-type", "")
    return _faults(
        [FieldProblem(type=fault["type"], loc=fault["loc"], msg=in_words(fault, kind)) for fault in error.errors()]
    )


async def _unusable_field(_: Request, error: Exception) -> Response:
    assert isinstance(error, InvalidBrief)  # noqa: S101
    return _faults([FieldProblem(type="value_error", loc=["body", error.field], msg=error.problem)])


async def _unusable_header(_: Request, error: Exception) -> Response:
    assert isinstance(error, InvalidHeader)  # noqa: S101
    return _faults([FieldProblem(type="value_error", loc=["header", error.header], msg=error.problem)])


async def _missing(_: Request, error: Exception) -> Response:
    return _problem(404, str(error))


async def _conflict(_: Request, error: Exception) -> Response:
    return _problem(409, str(error))


async def _over_share(_: Request, error: Exception) -> Response:
    assert isinstance(error, ShareExceeded)  # noqa: S101
    return _problem(429, str(error), {"Retry-After": str(error.retry_after)})


async def _full(_: Request, error: Exception) -> Response:
    return _problem(507, str(error))


async def _unservable(_: Request, error: Exception) -> Response:
    return _problem(400, f"Invalid request: {error}")


async def _unknown_client(_: Request, error: Exception) -> Response:
    return _problem(401, str(error), {"WWW-Authenticate": "Bearer"})


async def _not_allowed(_: Request, error: Exception) -> Response:
    return _problem(403, str(error))


async def _busy(_: Request, error: Exception) -> Response:
    assert isinstance(error, ServerBusy)  # noqa: S101
    return _problem(503, str(error), {"Retry-After": str(error.retry_after)})


async def _not_now(_: Request, error: Exception) -> Response:
    # A model that could not be loaded is tried again with the next request; that takes a while.
    return _problem(503, str(error), {"Retry-After": str(_NEXT_TRY)})


async def _too_late(_: Request, error: Exception) -> Response:
    return _problem(504, str(error))


async def _not_drawn(request: Request, error: Exception) -> Response:
    body = ServerError(request_id=request.scope["state"]["request_id"], detail=str(error))
    return JSONResponse(body.model_dump(), 500)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    detail = unreadable(error) or error.detail
    detail = f"Invalid request: {detail}" if error.status_code == 400 else detail
    headers = {"Allow": _allowed(request)} if error.status_code == 405 else error.headers
    return _problem(error.status_code, detail, headers)


def _allowed(request: Request) -> str:
    """Return the methods of all routes of a path; the framework names those of the first one only."""

    def served(method: str) -> bool:
        return any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in request.app.routes)

    return ", ".join(filter(served, _METHODS))


async def _gone(_: Request, _error: Exception) -> Response:
    return Response(status_code=CLIENT_GONE)


def _problem(status: int, detail: str, headers: Any = None) -> JSONResponse:
    return JSONResponse(Problem(detail=detail).model_dump(), status, headers)


def _faults(faults: list[FieldProblem]) -> JSONResponse:
    return JSONResponse(MalformedRequest(detail=faults).model_dump(), 422)
