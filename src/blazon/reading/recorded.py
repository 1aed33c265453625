"""A reading as JSON: its schema, how it is written down, and how it is read, from a store or from a language model.

All three follow from the dataclass. What reads trusts nobody: texts and lists have bounds, a word that is not in a
vocabulary is left out, and what is left is a `Reading`, or nothing.
"""

import json
import re
import types
import unicodedata
from collections.abc import Callable
from dataclasses import MISSING, Field, asdict, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final, get_args, get_origin, get_type_hints

from blazon.brief import MAX_READING
from blazon.errors import InvalidBrief
from blazon.reading.reading import Reading

BY_RULES: Final = "rules"
"""In the place of a reading: a language model was to read, gave no reading, and the rules did instead."""

MAX_ENTRIES: Final = 12
MAX_TEXT: Final = 80
MAX_TOPIC: Final = 300

# What the rules say of every brief, whoever reads it: no model is asked where a letter stands in a name.
_OWN: Final = ("name_colours", "understood", "unmet", "wishes")
# Without them it is a document of another kind.
_NEEDED: Final[dict[str, type]] = {"topic": str, "show": list, "avoid": list, "colours": list}
_UNPRINTABLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_JOINERS: Final = "\u200c\u200d"


class _Unfit(ValueError):
    """A value is not what stands in its place."""


@cache
def build_schema() -> dict[str, Any]:
    """Return the JSON schema of a reading: every property is required, and there are no others."""
    return _schema_of(Reading)


def write_reading(reading: Reading) -> str:
    """Return a reading as JSON that is the same for equal readings, without what is told to people."""
    empty = asdict(Reading())
    data = {name: value for name, value in asdict(reading).items() if value != empty[name] or name in _NEEDED}
    return json.dumps(
        {name: data[name] for name in sorted(data) if name not in _OWN}, separators=(",", ":"), ensure_ascii=False
    )


def read_reading(text: str) -> Reading:
    """Return the reading that JSON says.

    Raises:
        InvalidBrief: it is no reading, or longer than one can be.
    """
    if len(text) > MAX_READING:
        raise InvalidBrief("reading", f"has {len(text)} characters; at most {MAX_READING} are read")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidBrief("reading", "is not JSON") from None
    for name, kind in _NEEDED.items():
        if not (isinstance(data, dict) and isinstance(data.get(name), kind)):
            raise InvalidBrief("reading", f"has no {name} as its schema asks for it")
    reading: Reading = _decode(Reading, {name: value for name, value in data.items() if name not in _OWN})
    return reading


# The schema.


def _schema_of(kind: Any) -> dict[str, Any]:
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        names = [field.name for field in fields(kind) if field.name not in _OWN]
        properties = {name: _schema_of(hints[name]) for name in names}
        return {"type": "object", "properties": properties, "required": names, "additionalProperties": False}
    if get_origin(kind) is tuple:
        return {"type": "array", "items": _schema_of(get_args(kind)[0])}
    if get_origin(kind) is types.UnionType:
        return {"anyOf": [_schema_of(one) for one in get_args(kind)]}
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return {"type": "string", "enum": [str(one) for one in kind]}
    return {"type": {str: "string", bool: "boolean", type(None): "null"}[kind]}


# Decoding: what does not fit is left out where it can be, and otherwise unfit as a whole.


def _decode(kind: Any, value: Any) -> Any:
    if is_dataclass(kind):
        return _decode_object(kind, value)
    if get_origin(kind) is tuple:
        return _decode_list(get_args(kind)[0], value)
    if get_origin(kind) is types.UnionType:
        return None if value in (None, "") else _decode(get_args(kind)[0], value)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _decode_choice(kind, value)
    return _decode_text(value, MAX_TEXT) if kind is str else _check_flag(value)


def _decode_object(kind: Any, value: Any) -> Any:
    if not isinstance(value, dict):
        raise _Unfit
    hints = get_type_hints(kind)
    found = {}
    for field in fields(kind):
        if field.name in value:
            try:
                found[field.name] = _decode_field(field, hints[field.name], value[field.name])
            except _Unfit:
                if not _has_default(field):
                    raise
        elif not _has_default(field):
            raise _Unfit
    return kind(**found)


def _decode_field(field: "Field[Any]", kind: Any, value: Any) -> Any:
    return _decode_text(value, MAX_TOPIC) if field.name == "topic" else _decode(kind, value)


def _has_default(field: "Field[Any]") -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def _decode_list(kind: Any, value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise _Unfit
    found = []
    for one in value[: 2 * MAX_ENTRIES]:
        try:
            found.append(_decode(kind, one))
        except _Unfit:
            continue
    return tuple(dict.fromkeys(found))[:MAX_ENTRIES]


def _decode_choice(kind: Callable[[str], StrEnum], value: Any) -> StrEnum:
    try:
        return kind(_decode_text(value, MAX_TEXT).lower())
    except ValueError:
        raise _Unfit from None


def _decode_text(value: Any, most: int) -> str:
    if not isinstance(value, str) or len(value) > 4 * most:
        raise _Unfit
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFC", value)).strip()
    if len(text) > most or any(unicodedata.category(char) in _UNPRINTABLE and char not in _JOINERS for char in text):
        raise _Unfit
    return text


def _check_flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Unfit
    return value
