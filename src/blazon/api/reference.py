"""What the OpenAPI document says about answers: their models and headers."""

from typing import Any, Final

from blazon.api.schemas import MalformedRequest, Problem, ServerError, Unhealthy

REQUEST_ID: Final = "X-Request-ID"
SEED: Final = "X-Seed"
CREDITS: Final = "X-Credits"
LICENCE: Final = "X-Licence"
CACHE: Final = "X-Cache"
REVISION: Final = "X-Revision"
DROPPED_SIZES: Final = "X-Dropped-Sizes"
# What scripts of other origins may read of an answer, beside what browsers let them read anyway.
EXPOSED: Final = (
    *(REQUEST_ID, SEED, CACHE, CREDITS, LICENCE, REVISION, DROPPED_SIZES),
    *("Location", "ETag", "Accept-Patch", "Preference-Applied", "Allow", "WWW-Authenticate", "Retry-After"),
    "X-Should-Retry",
    *("X-RateLimit-Limit-Requests", "X-RateLimit-Remaining-Requests", "X-RateLimit-Reset-Requests"),
)

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
_CHALLENGE: Final = {
    "WWW-Authenticate": {
        "description": "How to send a key; `X-API-Key` is as good.",
        "schema": {"type": "string", "const": "Bearer"},
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
            CACHE: {
                "description": "Whether the logo was taken from an equal request that was answered before.",
                "schema": {"enum": ["hit", "miss"]},
                "required": True,
            },
            CREDITS: {
                "description": "Credits that must be shown with the logo, percent-encoded, with commas between them.",
                "schema": {"type": "string"},
            },
            LICENCE: {
                "description": "Licence of the model that drew the logo, percent-encoded; some forbid commercial use.",
                "schema": {"type": "string"},
            },
        }
    }
}
DRAWN_IN_SIZES: Final[dict[int, dict[str, Any]]] = {
    200: {
        "headers": {
            **DRAWN[200]["headers"],
            DROPPED_SIZES: {
                "description": (
                    "Sizes that were asked for and are not made, with commas between them, the first of them if there "
                    "are many; `GET /v1/logos/{id}/{n}.png` makes files from 16 pixels."
                ),
                "schema": {"type": "string"},
            },
        }
    }
}
CLOSED: Final[dict[int, dict[str, Any]]] = {
    401: {"model": Problem, "description": "A known API key is needed", "headers": _CHALLENGE},
    403: {
        "model": Problem,
        "description": "The API key does not open this, or a page of another site asks without one",
    },
    421: {"model": Problem, "description": "The server does not go by this name, see `ALLOWED_HOSTS`"},
    429: {"model": Problem, "description": "Too much of yours waits already, or you ask too often", "headers": RETRY},
}
REFUSED: Final[dict[int, dict[str, Any]]] = {
    **CLOSED,
    400: {"model": Problem, "description": "Well-formed, but cannot be served"},
    408: {"model": Problem, "description": "`BODY_TIMEOUT` ran out before the body was complete"},
    413: {"model": Problem, "description": "The body is too large"},
    415: {"model": Problem, "description": "The body is compressed"},
    422: {"model": MalformedRequest, "description": "Malformed: each fault with its place"},
    409: {"model": Problem, "description": "It was cancelled while the client waited"},
    500: {"model": ServerError, "description": "Unexpected error"},
    503: {"model": Problem, "description": "The queue is full or the model is not ready", "headers": RETRY},
    504: {"model": Problem, "description": "`REQUEST_TIMEOUT` ran out"},
    507: {"model": Problem, "description": "The server has no room on its disk"},
}
MISSING: Final[dict[int, dict[str, Any]]] = {404: {"model": Problem, "description": "There is no such thing of yours"}}
GONE: Final[dict[int, dict[str, Any]]] = {
    410: {"model": Problem, "description": "Its picture is gone from the store, and cannot be drawn again"}
}
UNDESIGNED: Final[dict[int, dict[str, Any]]] = {
    409: {"model": Problem, "description": "No design can be made of the painting, or there is nothing to undo"}
}
_REVISION: Final = {
    "ETag": {
        "description": 'The revision, for `If-Match`: `"r3"`.',
        "schema": {"type": "string"},
        "required": True,
    },
    REVISION: {"description": "The number of the revision.", "schema": {"type": "integer"}, "required": True},
}
DESIGN: Final[dict[int, dict[str, Any]]] = {
    200: {
        "description": "The design document, see `GET /v1/designs/schema`",
        "content": {"application/json": {"schema": {"type": "object"}}},
        "headers": _REVISION,
    }
}
CHANGED: Final[dict[int, dict[str, Any]]] = {
    200: {"description": "The current revision", "headers": _REVISION},
    412: {"model": Problem, "description": "`If-Match` names another revision than the current one"},
}
_PLACE: Final = {
    "Location": {
        "description": "Where the generation is.",
        "schema": {"type": "string", "format": "uri-reference"},
        "required": True,
    },
    CACHE: DRAWN[200]["headers"][CACHE],
}
CREATED: Final[dict[int, dict[str, Any]]] = {201: {"description": "The logos are finished", "headers": _PLACE}}
ACCEPTED: Final[dict[int, dict[str, Any]]] = {
    202: {"description": "Accepted, and on disk; look again, or watch the events", "headers": _PLACE}
}
STREAMED: Final[dict[int, dict[str, Any]]] = {
    200: {"content": {"text/event-stream": {}}, "description": "Server-sent events, each with JSON in `data`"}
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
