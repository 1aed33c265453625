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
RETRY: Final = {
    "Retry-After": {
        "description": "Seconds to wait before asking again.",
        "schema": {"type": "integer", "minimum": 1},
        "required": True,
    }
}
DRAWN: Final[dict[int, dict[str, Any]]] = {
    200: {
        "headers": {
            SEED: {
                "description": "The seed of this logo; the same request with it gives the same logo.",
                "schema": {"type": "integer"},
                "required": True,
            },
            CREDITS: {
                "description": "Credits that must be shown with the logo, percent-encoded, with commas between them.",
                "schema": {"type": "string"},
            },
        }
    }
}
REFUSED: Final[dict[int, dict[str, Any]]] = {
    400: {"model": Problem, "description": "Well-formed, but cannot be served"},
    413: {"model": Problem, "description": "The body is too large"},
    422: {"model": MalformedRequest, "description": "Malformed: each fault with its place"},
    500: {"model": ServerError, "description": "Unexpected error"},
    503: {"model": Problem, "description": "The queue is full or the model is not ready", "headers": RETRY},
    504: {"model": Problem, "description": "`REQUEST_TIMEOUT` ran out"},
}
UNHEALTHY: Final[dict[int, dict[str, Any]]] = {
    503: {"model": Unhealthy, "description": "Loading, or out of order", "headers": RETRY}
}
GREETING: Final[dict[int, dict[str, Any]]] = {200: {"content": {"text/html": {}}}}


def answers(*documented: dict[int, dict[str, Any]]) -> dict[int | str, Any]:
    """Return what a route documents, with the request id among the headers of each answer."""
    entries: dict[int, dict[str, Any]] = {200: {}}
    for some in documented:
        entries |= some
    return {status: {**entry, "headers": _ID | entry.get("headers", {})} for status, entry in entries.items()}
