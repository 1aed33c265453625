"""Records that this version of Blazon cannot read: another version wrote them, or they are damaged.

Each is passed over, told of once by every process, and marked in the database so that it is not read again and again.
The mark names the version: another one tries for itself.
"""

import math
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final, TypeVar

import structlog
from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    bindparam,
    delete,
    exists,
    insert,
)
from sqlalchemy.exc import OperationalError

import blazon
from blazon.errors import BlazonError, UnreadableRecord
from blazon.store.database import Database
from blazon.store.tables import unreadable

log = structlog.stdlib.get_logger("blazon.store")

_MAX_REASON: Final = 300
T = TypeVar("T")

KEYS: Final[BindParameter[Any]] = bindparam("keys", expanding=True)
"""Stands in a query of `fetch` for the keys that are asked for."""


class UnreadableRecords:
    """Keeps account of the unreadable records of one kind. Threads may share it."""

    def __init__(self, database: Database, kind: str) -> None:
        self._database = database
        self._kind = kind
        self._told: set[str] = set()
        self._marked: set[str] = set()
        self._lock = threading.Lock()

    def is_marked(self, identity: Column[Any], *, by_any: bool = False) -> ColumnElement[bool]:
        """Return the condition that a record is marked by this version, or `by_any`."""
        this = (unreadable.c.kind == self._kind) & (unreadable.c.id == identity)
        return exists().where(this if by_any else this & (unreadable.c.version == blazon.__version__))

    def note(self, identity: str, reason: str) -> None:
        """Tell of a record that cannot be read, and mark it if the database can be written now."""
        with self._lock:
            told, marked = identity in self._told, identity in self._marked
            self._told.add(identity)
        if not told:
            log.error("a stored record cannot be read and is passed over", kind=self._kind, id=identity, reason=reason)
        if not marked and self._mark(identity, reason):
            self._marked.add(identity)

    def _mark(self, identity: str, reason: str) -> bool:
        return self._database.try_write(
            delete(unreadable).where(unreadable.c.kind == self._kind, unreadable.c.id == identity),
            insert(unreadable).values(
                kind=self._kind,
                id=identity,
                version=blazon.__version__,
                reason=reason[:_MAX_REASON],
                found_at=time.time(),
            ),
            lock_name=f"unreadable {self._kind} {identity}",
        )


def check_row(table: Table, row: Row[Any]) -> dict[str, Any]:
    """Return the values of a row of all columns of a table: SQLite keeps to no types.

    Raises:
        ValueError: a value is not what its column holds.
    """
    values = row._asdict()
    for column in table.columns:
        value = values[column.name]
        if value is None and column.nullable:
            continue
        kind = column.type.python_type if not _holds_json(column) else object
        accepted = (int, float) if kind is float else kind
        if value is None or not isinstance(value, accepted) or (isinstance(value, float) and not math.isfinite(value)):
            raise ValueError(f"{column.name} is {type(value).__name__}, not {kind.__name__}")
    return values


def translate_errors(read: Callable[[], T]) -> T:
    """Return what `read` returns.

    Raises:
        UnreadableRecord: it cannot make sense of what is stored.
    """
    try:
        return read()
    except UnreadableRecord:
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, BlazonError) as error:
        raise UnreadableRecord(_reason(error)) from error
    except OperationalError as error:
        if "decode" in str(error.orig):  # text that is no UTF-8
            raise UnreadableRecord(_reason(error)) from None
        raise


def fetch(connection: Connection, query: Select[Any], keys: Sequence[Any]) -> tuple[list[Row[Any]], bool]:
    """Return the rows of a query for `KEYS`, but for those that cannot be fetched at all; and whether all could.

    Values are decoded when rows are fetched, so that a damaged one spoils the fetching of all.
    """
    with suppress(UnreadableRecord):
        return translate_errors(lambda: list(connection.execute(query, {KEYS.key: keys}))), True
    found: list[Row[Any]] = []
    for one in keys:
        with suppress(UnreadableRecord):
            found += translate_errors(lambda one=one: list(connection.execute(query, {KEYS.key: [one]})))  # type: ignore[misc]
    return found, False


def _holds_json(column: Column[Any]) -> bool:
    return column.type.__visit_name__ == "JSON"


def _reason(error: Exception) -> str:
    text = str(getattr(error, "orig", error))
    return " ".join(f"{type(error).__name__}: {text}".split())
