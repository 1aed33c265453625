"""What is wrong with a body that is not the JSON object which a route takes, in words that say what to do.

FastAPI's own words are about Python ("a valid dictionary"), or say only that there was an error.
"""

from collections.abc import Mapping
from email.message import Message
from typing import Any, Final

from starlette.exceptions import HTTPException

_OBJECT: Final = "send a JSON object; /docs tells its fields"
_UNREADABLE: Final = "There was an error parsing the body"  # as FastAPI has it
_NO_OBJECT: Final = {"model_attributes_type", "model_type", "dict_type", "dataclass_type", "missing"}


def in_words(fault: Mapping[str, Any], content_type: str) -> str:
    """Return the message for one of pydantic's faults; those within a body that is an object keep their own.

    Args:
        content_type: the header of the request, empty if it has none.
    """
    if fault["type"] == "json_invalid":
        return f"the body is not JSON: {fault['ctx']['error']}, at character {fault['loc'][-1]}"
    if tuple(fault["loc"]) != ("body",) or fault["type"] not in _NO_OBJECT:
        return str(fault["msg"])
    if fault["type"] == "missing":
        return f"the body is empty; {_OBJECT}"
    if not _is_json(content_type):
        return "the body is not announced as JSON; send it with the header Content-Type: application/json"
    return f"the body is JSON, but no object; {_OBJECT}"


def unreadable(error: HTTPException) -> str | None:
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
