"""Generations as rows, and back."""

import dataclasses
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select

from blazon.brief import Brief, Unmet
from blazon.errors import UnreadableRecord
from blazon.generation import CandidateRecord, Failure, Generation, Interpretation, Priority, Status, UnderstoodWish
from blazon.store.tables import candidates, generations
from blazon.store.unreadable import KEYS, check_row, fetch, translate_errors
from blazon.wish_checks import Wish, WishKind

# Built once: to do it for every request takes as long as to execute them, and leaves hundreds of objects behind.
_INSERT_CANDIDATES: Final = insert(candidates)
_ROWS: Final = select(generations).where(generations.c.id.in_(KEYS))
_THERE: Final = select(generations.c.id).where(generations.c.id.in_(KEYS))
_CANDIDATES: Final = select(candidates).where(candidates.c.generation.in_(KEYS)).order_by(candidates.c.number)
_CANDIDATES_THERE: Final = select(candidates.c.generation).where(candidates.c.generation.in_(KEYS))

_OF_CANDIDATE: Final = tuple(field.name for field in dataclasses.fields(CandidateRecord))
_OF_FAILURE: Final = tuple(field.name for field in dataclasses.fields(Failure))
_OF_GENERATION: Final = tuple(field.name for field in dataclasses.fields(Generation) if field.name != "candidates")
_ENCODE: Final[dict[str, Callable[[Any], Any]]] = {
    "brief": Brief.to_dict,
    "status": str,
    "priority": str,
    "failure": lambda failure: None if failure is None else dataclasses.asdict(failure),
    "interpretation": dataclasses.asdict,
}


def generation_values(generation: Generation, before: Generation | None = None) -> dict[str, Any]:
    """Return the values of the row of a generation; only those that are not what they were `before`."""
    values = {name: getattr(generation, name) for name in _OF_GENERATION}
    if before is not None:
        values = {name: value for name, value in values.items() if value != getattr(before, name)}
    return {name: _ENCODE[name](value) if name in _ENCODE else value for name, value in values.items()}


def insert_candidates(connection: Connection, identity: str, records: Sequence[CandidateRecord]) -> None:
    """Write candidates of a generation."""
    if records:
        rows = [{"generation": identity, **{name: getattr(one, name) for name in _OF_CANDIDATE}} for one in records]
        connection.execute(_INSERT_CANDIDATES, rows)


def read_generations(connection: Connection, identities: Sequence[str]) -> dict[str, Generation | UnreadableRecord]:
    """Return each generation, in the order of the ids, or why it cannot be read; those that are gone are left out."""
    fetched, whole = fetch(connection, _ROWS, identities)
    rows = {row.id: row for row in fetched}
    there = rows.keys() if whole else set(connection.scalars(_THERE, {KEYS.key: identities}))
    records = _candidates(connection, [one for one in identities if one in rows])
    return {one: _read(rows.get(one), records.get(one, [])) for one in identities if one in there}


def _candidates(connection: Connection, identities: Sequence[str]) -> dict[str, list[Row[Any]] | None]:
    """Return the rows of candidates by generation; None where one of them cannot be fetched."""
    found: dict[str, list[Row[Any]]] = {one: [] for one in identities}
    fetched, whole = fetch(connection, _CANDIDATES, identities)
    for row in fetched:
        found[row.generation].append(row)
    if whole:
        return dict(found)
    there = Counter(connection.scalars(_CANDIDATES_THERE, {KEYS.key: identities}))
    return {one: rows if there[one] == len(rows) else None for one, rows in found.items()}


def _read(row: Row[Any] | None, records: list[Row[Any]] | None) -> Generation | UnreadableRecord:
    if row is None:
        return UnreadableRecord("the row cannot be decoded")
    if records is None:
        return UnreadableRecord("a candidate cannot be decoded")
    try:
        return translate_errors(lambda: _generation(row, records))
    except UnreadableRecord as error:
        return error


def _generation(row: Row[Any], records: list[Row[Any]]) -> Generation:
    values = check_row(generations, row)
    if values["weight"] <= 0:
        raise ValueError("weight is not above 0")
    return Generation(
        **{
            **{name: value for name, value in values.items() if name in _OF_GENERATION},
            "brief": Brief.from_dict(values["brief"]),
            "status": Status(values["status"]),
            "priority": Priority(values["priority"]),
            "failure": _failure(values["failure"]),
            "interpretation": _interpretation(values["interpretation"]),
            "candidates": tuple(map(_candidate, records)),
        }
    )


def _failure(value: Any) -> Failure | None:
    """Return why there is no result; what a later version says besides is left out, it is for people."""
    if value is None:
        return None
    told = {name: value[name] for name in _OF_FAILURE if name in value}
    if not all(isinstance(one, str) for one in told.values()):
        raise ValueError("failure holds something that is no text")
    return Failure(**told)


def _interpretation(value: Any) -> Interpretation:
    """Return how a brief was understood; empty for what was accepted before that was kept."""
    if not isinstance(value, dict):
        raise ValueError("interpretation is no object")
    unmet = value.get("unmet", [])
    if not (isinstance(unmet, list) and all(isinstance(one, dict) for one in unmet)):
        raise ValueError("unmet is no list of objects")
    return Interpretation(
        understood=_texts("understood", value.get("understood", [])),
        ignored=_texts("ignored", value.get("ignored", [])),
        unmet=tuple(Unmet(*_texts("unmet", [one.get("wish"), one.get("instead")])) for one in unmet),
        wishes=tuple(map(_wish, value.get("wishes", []))),
        items=tuple(map(_item, value.get("items", []))),
    )


def _item(value: Any) -> UnderstoodWish:
    kind, line, text, field = _texts("items", [value.get(name) for name in ("kind", "line", "text", "field")])
    return UnderstoodWish(kind, line, text, field, _texts("items", value.get("values")))


def _wish(value: Any) -> Wish:
    options = value["options"] if isinstance(value, dict) else None
    if not (isinstance(options, list) and options):
        raise ValueError("wishes hold something that is no wish")
    kind, words = _texts("wishes", [value.get("kind"), value.get("words")])
    return Wish(WishKind(kind), words, tuple(_texts("wishes", group) for group in options))


def _texts(name: str, value: Any) -> tuple[str, ...]:
    if not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
        raise ValueError(f"{name} is no list of text")
    return tuple(value)


def _candidate(row: Row[Any]) -> CandidateRecord:
    values = check_row(candidates, row)
    if not isinstance(values["design"], dict | None):
        raise ValueError("design is no object")
    lists = {name: _texts(name, values[name]) for name in ("credits", "shows", "warnings")}
    return CandidateRecord(**{**{name: values[name] for name in _OF_CANDIDATE}, **lists})
