"""What the OpenAPI document says about answers: their models and headers."""

from typing import Any, Final

from blazon.api.schemas import MalformedRequest, Problem, ServerError, Unhealthy

REQUEST_ID: Final = "X-Request-ID"
SEED: Final = "X-Seed"
CREDITS: Final = "X-Credits"

_ID: Final = {
    REQUEST_ID: {
        "description": "The client's own, if it is 1 to 128 of A-Z a-z 0-9 . _ -, or else a new one.",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,128}$"},
        "required": True,
    }
}
_RETRY: Final = {
    "Retry-After": {
        "description": "Seconds to wait before asking again.",
        "schema": {"type": "integer", "minimum": 1},
        "required": True,
    }
}
DRAWN: Final = {
    SEED: {
        "description": "The seed of this logo; the same request with it gives the same logo.",
        "schema": {"type": "integer"},
        "required": True,
    },
    CREDITS: {
        "description": "Percent-encoded credits that must be shown with the logo, one after another with commas.",
        "schema": {"type": "string"},
    },
}

_FAILURES: Final[dict[int, dict[str, Any]]] = {
    400: {"model": Problem, "description": "Well-formed, but cannot be served"},
    413: {"model": Problem, "description": "The body is too large"},
    422: {"model": MalformedRequest, "description": "Malformed: each fault with its place"},
    500: {"model": ServerError, "description": "Unexpected error"},
    503: {"model": Problem, "description": "The queue is full or the model is not ready", "headers": _RETRY},
    504: {"model": Problem, "description": "`REQUEST_TIMEOUT` ran out"},
}
UNHEALTHY: Final[dict[str, Any]] = {"model": Unhealthy, "description": "Loading, or out of order", "headers": _RETRY}


def answers(*failures: int, success: dict[str, Any] | None = None, **special: dict[str, Any]) -> dict[int | str, Any]:
    """Return what a route documents: its success headers and these failures, all with the request id.

    `special` replaces the usual entry of a status, as `s503=UNHEALTHY`.
    """
    entries = {200: {"headers": success or {}}} | {status: _FAILURES[status] for status in failures}
    entries |= {int(status[1:]): entry for status, entry in special.items()}
    return {status: {**entry, "headers": _ID | entry.get("headers", {})} for status, entry in entries.items()}
