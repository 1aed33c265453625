"""What is wrong with a body that is not the JSON object which a route takes, in words that say what to do.

FastAPI's own words are about Python ("a valid dictionary"), or say only that there was an error.
"""

from collections.abc import Collection, Mapping
from email.message import Message
from typing import Any, Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from blazon.api.field_names import suggest_field

_OBJECT: Final = "send a JSON object; /docs tells its fields"
_UNREADABLE: Final = "There was an error parsing the body"  # as FastAPI has it
_NO_OBJECT: Final = {"model_attributes_type", "model_type", "dict_type", "dataclass_type", "missing"}
_TOLD: Final = 10
_LONGEST_NAME: Final = 60
_LONGEST_TEXT: Final = 1000


def list_faults(request: Request, error: RequestValidationError) -> list[dict[str, Any]]:
    """Return `type`, `loc` and `msg` of the first ten faults, and one more that says how many are left.

    The input is not echoed: it may be huge, or (NaN, half a surrogate pair) impossible to encode. What a client chose
    itself, the names of fields, is cut.
    """
    faults = error.errors()
    kind, fields = request.headers.get("content-type", ""), _find_fields(request)
    listed = [
        {
            "type": fault["type"],
            "loc": [cut(part, _LONGEST_NAME) if isinstance(part, str) else part for part in fault["loc"]],
            "msg": cut(_describe(fault, kind, fields)),
        }
        for fault in faults[:_TOLD]
    ]
    if len(faults) > _TOLD:
        rest = len(faults) - _TOLD
        listed.append({"type": "more_faults", "loc": listed[0]["loc"][:1], "msg": f"and {rest} more faults"})
    return listed


def cut(text: str, longest: int = _LONGEST_TEXT) -> str:
    """Return a text as it can be sent: not too long, and halves of surrogate pairs written out."""
    return text[:longest].encode("utf-8", "backslashreplace").decode()


def _find_fields(request: Request) -> Collection[str]:
    """Return the fields that the body of a request may have."""
    body = getattr(request.scope.get("route"), "body_field", None)
    return getattr(body and body.field_info.annotation, "model_fields", ())


def _describe(fault: Mapping[str, Any], content_type: str, fields: Collection[str]) -> str:
    """Return the message for one of pydantic's faults; most of those within a body that is an object keep their own."""
    if fault["type"] == "extra_forbidden":
        meant = suggest_field(str(fault["loc"][-1]), fields)
        return f"is not a field here; did you mean `{meant}`?" if meant else "is not a field here; /docs lists them"
    if fault["type"] == "string_unicode":
        what = "the name of a field" if len(fault["loc"]) == 1 else "this text"
        return f"{what} is not valid Unicode text (it holds half of a surrogate pair)"
    if fault["type"] == "json_invalid":
        return f"the body is not JSON: {fault['ctx']['error']}, at character {fault['loc'][-1]}"
    if tuple(fault["loc"]) != ("body",) or fault["type"] not in _NO_OBJECT:
        return str(fault["msg"])
    if fault["type"] == "missing":
        return f"the body is empty; {_OBJECT}"
    if not _is_json(content_type):
        return "the body is not announced as JSON; send it with the header Content-Type: application/json"
    return f"the body is JSON, but no object; {_OBJECT}"


def explain_unreadable(error: HTTPException) -> str | None:
    """Return why FastAPI could not read a body at all, or None for errors of another kind."""
    if error.detail != _UNREADABLE:
        return None
    match error.__cause__:
        case RecursionError():
            return "the body is nested too deeply"
        case UnicodeDecodeError():
            return "the body is not UTF-8 text"
        case ValueError():  # Python's bound on the digits of an integer, against texts that take long to convert
            return "the body is JSON with a number that has too many digits"
    return None


def _is_json(content_type: str) -> bool:
    """Tell whether FastAPI reads a body of this type as JSON."""
    message = Message()
    message["content-type"] = content_type
    subtype = message.get_content_subtype()
    return message.get_content_maintype() == "application" and (subtype == "json" or subtype.endswith("+json"))
