"""Designs as documents that clients hold: read and checked, changed by a merge patch, described by a JSON Schema.

What is stored was checked when it was made, and is read by `Design.from_dict`, which is less strict.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from blazon.brief import MAX_BRAND_NAME, MAX_SLOGAN, parse_palette
from blazon.design import FORMAT, Design, LetterformMark
from blazon.errors import InvalidBrief, InvalidDocument
from blazon.field_checks import check_label

Fault = tuple[tuple[str | int, ...], str]
"""The path to a field, of names and numbers, and what is wrong there."""

_MOST_FAULTS: Final = 10
_MAX_SMALL_TEXT: Final = 60
_MAX_INITIALS: Final = 32
_TEXTS: Final = {
    "brand_name": MAX_BRAND_NAME,
    "slogan": MAX_SLOGAN,
    "established": _MAX_SMALL_TEXT,
    "place": _MAX_SMALL_TEXT,
}
# Fields that a document must have, whose absence means null here.
_NULLABLE: Final = ("mark",)
_WORDS: Final = {
    "missing": "cannot be left out",
    "unexpected_keyword_argument": "is not a field here; the schema lists them",
    "union_tag_not_found": "needs a kind",
    "dataclass_type": "must be an object",
    "json_invalid": "holds text that is not valid Unicode (half of a surrogate pair)",
}


def read_json(content: bytes | str) -> dict[str, Any]:
    """Return the JSON object that a document or a patch is.

    Raises:
        InvalidDocument: it is none.
    """
    try:
        data = json.loads(content)
    except RecursionError:
        raise InvalidDocument(((), "is nested too deeply")) from None
    except UnicodeDecodeError:
        raise InvalidDocument(((), "is not UTF-8 text")) from None
    except json.JSONDecodeError as error:
        raise InvalidDocument(((), f"is not JSON: {error.msg}, at character {error.pos}")) from None
    except ValueError:  # Python's bound on the digits of an integer
        raise InvalidDocument(((), "has a number of too many digits")) from None
    if not isinstance(data, dict):
        raise InvalidDocument(((), "must be a JSON object"))
    return data


def read_document(data: Mapping[str, Any]) -> Design:
    """Return the design that a document of a client describes.

    A colour may be written by its CSS name. Whether there are the symbols and families that it names is not looked at.

    Raises:
        InvalidDocument: it is of another format, has fields that there are not, or values that cannot be.
    """
    if data.get("format", FORMAT) != FORMAT:
        told = repr(data["format"])[:40]
        words = f"{told} is not {FORMAT}, which is all that this version of Blazon draws; bring it up to date"
        raise InvalidDocument((("format",), words))
    document = {**dict.fromkeys(_NULLABLE), **data}
    if "colours" in document:
        document["colours"] = _read_colours(document["colours"])
    try:
        design = _adapter().validate_json(json.dumps(document))
    except RecursionError:
        raise InvalidDocument(((), "is nested too deeply")) from None
    except ValidationError as error:
        raise InvalidDocument(*_list_faults(error)) from None
    design = _check_texts(design)
    if faults := [*_find_missing(design)]:
        raise InvalidDocument(*faults)
    return design


def merge(target: Any, patch: Any) -> Any:
    """Return what a JSON merge patch (RFC 7396) makes of a document; neither is changed."""
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged


def find_unknown(patch: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield the fields that a patch takes away and that there are not; those that it sets are found in the result."""
    schema = describe_documents()
    for name, value in patch.items():
        if name not in schema["properties"]:
            if value is None:
                yield (name,), _WORDS["unexpected_keyword_argument"]
        elif isinstance(value, Mapping):
            known = _list_members(schema, schema["properties"][name])
            yield from (((name, one), _WORDS["unexpected_keyword_argument"]) for one in value if one not in known)


def list_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the fields in which two designs differ, each by its path: `colours.mark`, `layout`."""
    found = []
    for name in sorted({*before, *after}):
        one, other = before.get(name), after.get(name)
        if one == other:
            continue
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            found += [f"{name}.{inner}" for inner in list_changes(one, other)]
        else:
            found.append(name)
    return found


@cache
def describe_documents() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a design document."""
    schema = _adapter().json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:x-blazon:design:{FORMAT}",
        **schema,
        "title": "Design",
        "required": [name for name in schema["required"] if name not in _NULLABLE],
    }


def write_schema() -> str:
    """Return the JSON Schema of a design document as it is served, and kept in `docs/reference`."""
    return json.dumps(describe_documents(), indent=2) + "\n"


@cache
def _adapter() -> TypeAdapter[Design]:
    return TypeAdapter(Design)


def _list_members(schema: Mapping[str, Any], field: Mapping[str, Any]) -> set[str]:
    """Return the names that the objects of a field may have, whichever of them it holds."""
    found: set[str] = set()
    if "$ref" in field:
        found |= schema["$defs"][field["$ref"].rpartition("/")[2]].get("properties", {}).keys()
    for choice in (*field.get("anyOf", ()), *field.get("oneOf", ())):
        found |= _list_members(schema, choice)
    return found


def _read_colours(given: Any) -> Any:
    """Return colours as `#rrggbb`; what is no colour stays, and is found by the schema."""
    if not isinstance(given, Mapping):
        return given
    faults: list[Fault] = []

    def read(value: Any, *path: str | int) -> Any:
        if not isinstance(value, str):
            return value
        try:
            colours = parse_palette(value).colours
        except InvalidBrief:
            colours = ()
        if len(colours) != 1:
            faults.append((("colours", *path), f"{value[:40]!r} is no colour such as #0a7d6b or navy"))
            return value
        return colours[0]

    colours = {name: read(value, name) for name, value in given.items()}
    palette = given.get("palette")
    if isinstance(palette, list):
        colours["palette"] = [read(value, "palette", place) for place, value in enumerate(palette)]
    if faults:
        raise InvalidDocument(*faults[:_MOST_FAULTS])
    return colours


def _list_faults(error: ValidationError) -> Iterator[Fault]:
    for fault in error.errors(include_input=False, include_url=False)[:_MOST_FAULTS]:
        path = fault["loc"]
        if path[:1] == ("mark",):  # behind it stands which kind of mark was looked at
            path = (*path[:1], *path[2:])
        short = tuple(part[:60] if isinstance(part, str) else part for part in path)
        words = _WORDS.get(fault["type"]) or f"{fault['msg'][:1].lower()}{fault['msg'][1:]}"
        yield short, words.encode("utf-8", "backslashreplace").decode()


def _check_texts(design: Design) -> Design:
    """Return a design with its texts on one line each, as those of a brief.

    Raises:
        InvalidDocument: one cannot be set.
    """
    given: dict[tuple[str, ...], tuple[str, int]] = {(name,): (getattr(design, name), _TEXTS[name]) for name in _TEXTS}
    if isinstance(design.mark, LetterformMark):
        given["mark", "initials"] = (design.mark.initials, _MAX_INITIALS)
    read: dict[str, str] = {}
    faults: list[Fault] = []
    for path, (text, most) in given.items():
        try:
            read[path[-1]] = check_label(path[-1], text, most)
        except InvalidBrief as error:
            faults.append((path, error.problem))
    if faults:
        raise InvalidDocument(*faults)
    texts: dict[str, Any] = {name: read[name] for name in _TEXTS}
    return replace(design, **texts)


def _find_missing(design: Design) -> Iterator[Fault]:
    """Yield the parts without which others cannot be."""
    if not design.brand_name:
        small = [name for name in ("slogan", "established", "place") if getattr(design, name)]
        yield from (((name,), "needs a brand_name to stand beside") for name in small)
        if design.mark is None:
            yield ("mark",), "cannot be left out where there is no brand_name"
    for text, face in (("brand_name", "name_type"), ("slogan", "slogan_type")):
        if getattr(design, text) and getattr(design, face) is None:
            yield (face,), f"is needed to set the {text}"
