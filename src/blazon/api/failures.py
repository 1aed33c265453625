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

from blazon.api.bad_bodies import cut, explain_unreadable, list_faults
from blazon.api.revision_tags import write_revision_tag
from blazon.api.schemas import FieldProblem, MalformedRequest, Problem, ServerError
from blazon.errors import (
    Conflict,
    DeadlineExceeded,
    EnginePoisoned,
    EngineStopped,
    EngineUnavailable,
    GenerationFailed,
    InvalidBrief,
    InvalidDesign,
    InvalidDocument,
    InvalidHeader,
    InvalidUpload,
    ModelUnavailable,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    PictureMissing,
    ServerBusy,
    ShareExceeded,
    StaleRevision,
    StorageFull,
    StorageUnavailable,
    UnreadableRecord,
    Untraceable,
    WorkNotWanted,
)

log = structlog.stdlib.get_logger("blazon.api")

# nginx's number for a client that left before the answer; nobody receives it, the log shows it.
CLIENT_GONE = 499
_NEXT_TRY = 30
_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


def map_failures(app: FastAPI) -> None:
    """Register a handler for each kind of error."""
    app.add_exception_handler(RequestValidationError, _answer_malformed)
    app.add_exception_handler(InvalidBrief, _answer_unusable_field)
    for kind in (EngineUnavailable, InvalidDesign):
        app.add_exception_handler(kind, _answer_unservable)
    app.add_exception_handler(InvalidDocument, _answer_unusable_document)
    app.add_exception_handler(InvalidUpload, _answer_unusable_upload)
    app.add_exception_handler(InvalidHeader, _answer_unusable_header)
    app.add_exception_handler(NotFound, _answer_missing)
    for lost in (PictureMissing, UnreadableRecord):
        app.add_exception_handler(lost, _answer_lost)
    for conflict in (WorkNotWanted, Conflict, Untraceable):
        app.add_exception_handler(conflict, _answer_conflict)
    app.add_exception_handler(StaleRevision, _answer_stale)
    app.add_exception_handler(NotAuthenticated, _answer_unknown_client)
    app.add_exception_handler(NotAllowed, _answer_not_allowed)
    app.add_exception_handler(ServerBusy, _answer_busy)
    app.add_exception_handler(ShareExceeded, _answer_over_share)
    app.add_exception_handler(StorageFull, _answer_full)
    for not_now in (ModelUnavailable, EngineStopped, EnginePoisoned, StorageUnavailable):
        app.add_exception_handler(not_now, _answer_not_now)
    app.add_exception_handler(DeadlineExceeded, _answer_too_late)
    app.add_exception_handler(GenerationFailed, _answer_not_drawn)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(ClientDisconnect, _answer_gone)


def answer_unexpected(error: BaseException, state: Mapping[str, Any]) -> JSONResponse:
    """Log what nobody foresaw, with its traceback, count it, and answer without it.

    Args:
        state: of the request.
    """
    log.error("unexpected error", exc_info=error)
    state["telemetry"].metrics.count_failure(error)
    return JSONResponse(ServerError(request_id=state["request_id"]).model_dump(exclude_none=True), 500)


# Starlette wants handlers of `Exception`; each is only ever called with the kind that it is registered for.
async def _answer_malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    return _make_malformed([FieldProblem(**fault) for fault in list_faults(request, error)])


async def _answer_unusable_field(request: Request, error: Exception) -> Response:
    assert isinstance(error, InvalidBrief)  # noqa: S101
    place: list[str | int] = [_find_place(request, error.field), error.field]
    return _make_malformed([FieldProblem(type="value_error", loc=place, msg=cut(error.problem))])


def _find_place(request: Request, field: str) -> str:
    """Return where a request said what a field should be."""
    if field in request.path_params:
        return "path"
    return "body" if request.method in ("POST", "PATCH") else "query"


async def _answer_unusable_document(_: Request, error: Exception) -> Response:
    assert isinstance(error, InvalidDocument)  # noqa: S101
    faults = [FieldProblem(type="value_error", loc=["body", *path], msg=cut(problem)) for path, problem in error.faults]
    return _make_malformed(faults)


async def _answer_unusable_upload(_: Request, error: Exception) -> Response:
    return _make_malformed([FieldProblem(type="value_error", loc=["body"], msg=cut(str(error)))])


async def _answer_unusable_header(_: Request, error: Exception) -> Response:
    assert isinstance(error, InvalidHeader)  # noqa: S101
    return _make_malformed([FieldProblem(type="value_error", loc=["header", error.header], msg=error.problem)])


async def _answer_missing(_: Request, error: Exception) -> Response:
    return _make_problem(404, str(error))


async def _answer_lost(_: Request, error: Exception) -> Response:
    # To ask again does not help, so it is no 503: a client would go on for ever.
    return _make_problem(410, str(error))


async def _answer_conflict(_: Request, error: Exception) -> Response:
    return _make_problem(409, str(error))


async def _answer_stale(request: Request, error: Exception) -> Response:
    assert isinstance(error, StaleRevision)  # noqa: S101
    # A condition in a header that does not hold is 412 (RFC 9110, 13.1.1); without one it is a conflict.
    status = 412 if "if-match" in request.headers else 409
    return _make_problem(status, str(error), {"ETag": write_revision_tag(error.current)})


async def _answer_over_share(_: Request, error: Exception) -> Response:
    assert isinstance(error, ShareExceeded)  # noqa: S101
    return _make_problem(429, str(error), {"Retry-After": str(error.retry_after)})


async def _answer_full(_: Request, error: Exception) -> Response:
    return _make_problem(507, str(error))


async def _answer_unservable(_: Request, error: Exception) -> Response:
    return _make_problem(400, f"Invalid request: {error}")


async def _answer_unknown_client(_: Request, error: Exception) -> Response:
    return _make_problem(401, str(error), {"WWW-Authenticate": "Bearer"})


async def _answer_not_allowed(_: Request, error: Exception) -> Response:
    return _make_problem(403, str(error))


async def _answer_busy(_: Request, error: Exception) -> Response:
    assert isinstance(error, ServerBusy)  # noqa: S101
    return _make_problem(503, str(error), {"Retry-After": str(error.retry_after)})


async def _answer_not_now(_: Request, error: Exception) -> Response:
    # A model that could not be loaded is tried again with the next request; that takes a while.
    return _make_problem(503, str(error), {"Retry-After": str(_NEXT_TRY)})


async def _answer_too_late(_: Request, error: Exception) -> Response:
    return _make_problem(504, str(error))


async def _answer_not_drawn(request: Request, error: Exception) -> Response:
    body = ServerError(request_id=request.scope["state"]["request_id"], detail=str(error))
    return JSONResponse(body.model_dump(), 500)


async def _answer_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    detail = explain_unreadable(error) or error.detail
    if error.status_code == 404 and request.url.path.endswith("/"):
        detail = "there is nothing here; leave out the slash at the end of the path"
    detail = f"Invalid request: {detail}" if error.status_code == 400 else detail
    headers = {"Allow": _find_methods(request)} if error.status_code == 405 else error.headers
    return _make_problem(error.status_code, detail, headers)


def _find_methods(request: Request) -> str:
    """Return the methods of all routes of a path; the framework names those of the first one only."""

    def served(method: str) -> bool:
        method = "GET" if method == "HEAD" else method  # see `HeadRequests`
        return any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in request.app.routes)

    return ", ".join(filter(served, _METHODS))


async def _answer_gone(_: Request, _error: Exception) -> Response:
    return Response(status_code=CLIENT_GONE)


def _make_problem(status: int, detail: str, headers: Any = None) -> JSONResponse:
    return JSONResponse(Problem(detail=cut(detail)).model_dump(), status, headers)


def _make_malformed(faults: list[FieldProblem]) -> JSONResponse:
    return JSONResponse(MalformedRequest(detail=faults).model_dump(), 422)
