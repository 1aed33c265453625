"""The contract of the old API as probes: a request, and what is to be seen in the answer, field by field.

An answer is flattened to fields such as `status`, `body.sizes` or `body.images.64`, whose values are kinds (`text`,
`PNG 64 x 64`) wherever two servers may rightly differ, and the value itself wherever clients compare it.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from PIL import Image

from blazon.selftest.client import PROMPT, Answer, Client

ABSENT: Final = "-"
ANY: Final = "any"  # what is there may be anything
Fields = Mapping[str, str]

# Whose value is part of the contract, not its kind only.
_EXACT: Final = ("body.message", "body.prompt", "body.sizes", "body.status", "body.docs", "body.model_loaded")
# Of the faults in FastAPI's `detail`, and of the device, only these are relied on.
_FAULT: Final = ("loc", "msg", "type")
_DEVICE: Final = ("gpu_available", "device_type")
_LONGEST: Final = 80  # characters of a value that are shown
_REQUEST_ID: Final = "migrate-check.7"


@dataclass(frozen=True, slots=True)
class Probe:
    """A request and the fields that the contract says of its answer.

    Args:
        closed: whether the answer may have no other fields.
    """

    name: str
    send: Callable[[Client], Answer]
    expected: Fields
    closed: bool = True


def observe(answer: Answer) -> dict[str, str]:
    """Return the fields of an answer; never fails."""
    fields = {
        "status": str(answer.status),
        "content-type": answer.headers.get("content-type", ABSENT).partition(";")[0].strip().lower(),
        "x-request-id": "kept" if answer.headers.get("x-request-id") == _REQUEST_ID else "not kept",
    }
    try:
        body = json.loads(answer.body)
    except ValueError:
        return {**fields, "body": "no JSON"}
    return {**fields, **dict(_flatten("body", body))}


def _flatten(path: str, value: object) -> Iterator[tuple[str, str]]:
    if path in _EXACT:
        yield path, json.dumps(value, ensure_ascii=False)[:_LONGEST]
    elif path == "body.detail" and isinstance(value, list):
        faults = [fault for fault in value if isinstance(fault, dict)]
        whole = bool(faults) and len(faults) == len(value) and all(set(_FAULT) <= fault.keys() for fault in faults)
        yield path, f"list of {', '.join(_FAULT)}" if whole else "another list"
    elif isinstance(value, dict):
        keys = [key for key in value if path != "body.gpu" or key in _DEVICE]
        for key in keys:
            yield from _flatten(f"{path}.{key}", value[key])
        if not keys:
            yield path, "empty object"
    else:
        yield path, _name_picture(value) if path.startswith("body.images.") else _name_kind(value)


def _name_kind(value: object) -> str:
    kinds: dict[type, str] = {bool: "boolean", int: "number", float: "number", str: "text", list: "list"}
    return kinds.get(type(value), "null")


def _name_picture(data: object) -> str:
    try:
        with Image.open(BytesIO(base64.b64decode(str(data), validate=True))) as picture:
            return f"{picture.format} {picture.width} x {picture.height}"
    except (binascii.Error, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return "no picture in base64"


def _post(document: object) -> Callable[[Client], Answer]:
    return lambda client: client.post(document, {"X-Request-ID": _REQUEST_ID})


def _get(path: str) -> Callable[[Client], Answer]:
    return lambda client: client.get(path, {"X-Request-ID": _REQUEST_ID})


def _say(code: int, /, **body: str) -> dict[str, str]:
    head = {"status": str(code), "content-type": "application/json", "x-request-id": "kept"}
    return {**head, **{f"body.{name}": value for name, value in body.items()}}


def _expect_logo(sizes: list[int]) -> dict[str, str]:
    told = _say(200, message='"Logo generated successfully!"', prompt=json.dumps(PROMPT), sizes=json.dumps(sizes))
    pictures = {f"body.images.{size}": f"PNG {size} x {size}" for size in sizes}
    return {**told, "body.model": "text", **pictures}


_REFUSED: Final = _say(422, detail="list of loc, msg, type")


def list_probes() -> tuple[Probe, ...]:
    """Return all probes; four of them draw a logo."""
    health = {"status": '"healthy"', "model": "text", "model_loaded": "true", "environment": "text"}
    refused: dict[str, Any] = {
        "blank prompt": {"prompt": "   "},
        "prompt of 2 characters": {"prompt": "ab"},
        "prompt of 501 characters": {"prompt": "x" * 501},
        "no prompt": {"sizes": [64]},
        "prompt that is a number": {"prompt": 7},
        "no usable size": {"prompt": PROMPT, "sizes": [63, 2049]},
        "size in words": {"prompt": PROMPT, "sizes": ["large"]},
        "body that is a list": [],
    }
    return (
        Probe(
            "GET /health",
            _get("/health"),
            {**_say(200, **health), "body.gpu.gpu_available": "boolean", "body.gpu.device_type": "text"},
            closed=False,
        ),
        Probe(
            "GET /",
            _get("/"),
            _say(200, message=ANY, version="text", status='"healthy"', docs='"/docs"'),
            closed=False,
        ),
        Probe("default sizes", _post({"prompt": PROMPT}), _expect_logo([256, 512, 1024])),
        Probe("empty list of sizes", _post({"prompt": PROMPT, "sizes": []}), _expect_logo([256, 512, 1024])),
        Probe(
            "sizes in order, out of range",
            _post({"prompt": f"  {PROMPT} ", "sizes": [128, 9999, 64, 63, 100]}),
            _expect_logo([128, 64, 100]),
        ),
        Probe("unknown field", _post({"prompt": PROMPT, "sizes": [64], "no_such_field": 1}), _expect_logo([64])),
        *(Probe(name, _post(wish), _REFUSED) for name, wish in refused.items()),
        Probe("unknown path", _get("/api/no-such-path"), _say(404, detail="text")),
        Probe("wrong method", _get("/api/generate_logo"), _say(405, detail="text")),
    )
