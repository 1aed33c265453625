"""Errors in OpenAI's form, for the routes that speak it.

Status and headers are those of `blazon.api.failures`, but for two: what is malformed is a 400, an unknown model a 404.
The clients of OpenAI try again after 408, 409, 429 and all from 500 on, `Retry-After` seconds later, unless
`X-Should-Retry` says no: it does where a second try would end as the first one.
"""

import re
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from blazon.api.authentication import ClientRoute, Handler
from blazon.api.bad_bodies import cut, explain_unreadable, list_faults
from blazon.api.failures import CLIENT_GONE, answer_unexpected
from blazon.api.openai.answers import Error, ErrorAnswer
from blazon.api.openai.plan import UnknownModel, Unsupported
from blazon.errors import BlazonError, EngineUnavailable, GenerationFailed, InvalidBrief, InvalidHeader
from blazon.generation import Generation
from blazon.serve.errors import INTERNAL, error_of

# Of brief fields that have another name in a request.
_FIELDS: Final = {"count": "n"}
_CODES: Final = {
    400: "invalid_value",
    401: "invalid_api_key",
    403: "insufficient_permissions",
    404: "not_found",
    405: "method_not_allowed",
    408: "request_timeout",
    409: "cancelled",
    410: "gone",
    413: "request_too_large",
    415: "unsupported_media_type",
    421: "misdirected_request",
    429: "rate_limit_exceeded",
    503: "server_busy",
    504: "deadline_exceeded",
    507: "storage_full",
}
_PATHS: Final = re.compile(r"/v1(?!/logos(/|$))(/|$)")  # where clients of OpenAI may ask for something
_INTERNAL: Final = "internal_error"
_FAILED: Final = "generation_failed"
_FAULTS: Final = {
    "extra_forbidden": "unknown_parameter",  # of the body
    "unknown_parameter": "unknown_parameter",  # of the query
    "missing": "missing_required_parameter",
    "json_invalid": "invalid_json",
}
# Cancelled on purpose, out of time, no room on the disk.
_FUTILE: Final = {409, 504, 507}
_NOWHERE: Final = "there is nothing here; images are made by POST /v1/images/generations"
_OWN: Final = {"content-length", "content-type"}


class OpenAIRoute(ClientRoute):
    """A route whose errors, those of its dependencies and accidents included, have OpenAI's form."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def handle_in_form(request: Request) -> Response:
            try:
                return await handle(request)
            except Exception as error:  # noqa: BLE001  # answered, and logged if nobody foresaw it
                return _in_form(request, error, await _answer_usually(request, error))

        return handle_in_form


def map_openai_failures(app: FastAPI) -> None:
    """Give OpenAI's form to what no route answers below the paths of its API. Comes after `map_failures`."""
    usual = app.exception_handlers[HTTPException]

    async def http(request: Request, error: Exception) -> Response:
        answer: Response = await usual(request, error)  # type: ignore[misc]
        path = request.url.path.removeprefix(request.scope.get("root_path", ""))
        return _in_form(request, error, answer) if _PATHS.match(path) else answer

    app.add_exception_handler(HTTPException, http)


def _in_form(request: Request, error: Exception, usual: Response) -> Response:
    """Return an answer with OpenAI's body; status and headers are those that other routes give the same error."""
    if usual.status_code == CLIENT_GONE:
        return usual
    status = _status(error, usual)
    headers = {name: value for name, value in usual.headers.items() if name not in _OWN}
    if status in _FUTILE:
        headers["X-Should-Retry"] = "false"
    body = ErrorAnswer(error=_describe(error, status, request))
    return JSONResponse(body.model_dump(), status, headers)


async def error_in_stream(request: Request, error: Exception) -> Error:
    """Return what a stream that was begun says of an error: what an answer would; log it if nobody foresaw it."""
    return _describe(error, _status(error, await _answer_usually(request, error)))


async def failure_in_stream(request: Request, generation: Generation) -> Error:
    """Return what a stream says of a generation that ended without its images: what an answer would."""
    error = error_of(generation)
    if error is None or generation.failure == INTERNAL:
        return _describe(RuntimeError(), 500)  # logged and counted where it happened
    return await error_in_stream(request, error)


def _status(error: Exception, usual: Response) -> int:
    return 404 if isinstance(error, UnknownModel) else {422: 400}.get(usual.status_code, usual.status_code)


async def _answer_usually(request: Request, error: Exception) -> Response:
    """Return how the other routes answer an error."""
    for kind in type(error).__mro__:
        handler = request.app.exception_handlers.get(kind)
        if handler is not None:
            usual: Response = await handler(request, error)
            return usual
    return answer_unexpected(error, request.scope["state"])


def _describe(error: Exception, status: int, request: Request | None = None) -> Error:
    message, param, code = _describe_fault(error, request) or _describe_other(error, status)
    return Error(message=cut(message), type=_kind(status), param=param, code=code)


def _kind(status: int) -> str:
    if status == 429:
        return "rate_limit_error"
    return "server_error" if status >= 500 else "invalid_request_error"


def _describe_fault(error: Exception, request: Request | None) -> tuple[str, str | None, str] | None:
    """Return message, field and code of an error that is in the request, None for others."""
    match error:
        case RequestValidationError() if request is not None:
            return _describe_malformed(error, request)
        case UnknownModel():
            return f"{error.field} {error.problem}", error.field, "model_not_found"
        case InvalidBrief():
            field = _FIELDS.get(error.field, error.field)
            code = "unsupported_parameter" if isinstance(error, Unsupported) else _CODES[400]
            return f"{field} {error.problem}", field, code
        case InvalidHeader():
            return f"{error.header} {error.problem}", error.header, _CODES[400]
    return None


def _describe_malformed(error: RequestValidationError, request: Request) -> tuple[str, str | None, str]:
    fault = list_faults(request, error)[0]
    code = _FAULTS.get(fault["type"], _CODES[400])
    message, place = fault["msg"], fault["loc"]
    if len(place) < 2 or code == "invalid_json":
        return message, None, code
    field = str(place[1])
    if code == "unknown_parameter":
        return f"{field} {message}", field, code
    if code == "missing_required_parameter":
        return f"{field} is missing", field, code
    return f"{field}: {message}", field, code


def _describe_other(error: Exception, status: int) -> tuple[str, str | None, str]:
    match error:
        case HTTPException():
            detail = _NOWHERE if error.detail == "Not Found" else error.detail
            return explain_unreadable(error) or detail, None, _CODES.get(status, _INTERNAL)
        case GenerationFailed():
            return str(error), None, _FAILED
        case BlazonError():
            # The engine that a request names is not here; one that cannot be used now is a 503.
            param = "engine" if isinstance(error, EngineUnavailable) and status == 400 else None
            return str(error), param, _CODES.get(status, _INTERNAL)
    return "Internal server error; the server's log says more", None, _INTERNAL
