"""Revisions of the designs of candidates. Each method is one transaction; what it wrote is on disk when it returns.

A candidate as it was drawn is revision 0 and has no row; that of a painting is the design that was made of it once, and
has one. Others are numbered from 1, each with the one that it was made of, its parent; numbers are given once.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass, fields
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Table, func, insert, select, update

from blazon.errors import Conflict, NotFound, StaleRevision, UnreadableRecord
from blazon.store.database import Database, retry
from blazon.store.postgresql import lock
from blazon.store.tables import candidates, current_revisions, revisions
from blazon.store.unreadable import check_row, translate_errors

MOST: Final = 1000
"""Revisions of one candidate."""
_LISTS: Final = ("changes", "adapted", "shows", "warnings")


@dataclass(frozen=True, slots=True)
class Revision:
    """A design that a candidate was changed to.

    Args:
        revision: its number, from 1; 0 of what was made of a painting.
        parent: the number of the revision that it was made of, 0 for the candidate as it was drawn.
        design: the document.
        changes: the fields in which it differs from its parent, by their paths.
        adapted: what was changed beside what was asked for, a sentence each.
        shows, warnings: as those of a candidate.
        created_at: seconds since 1970, UTC.
    """

    revision: int
    parent: int
    design: dict[str, Any]
    changes: tuple[str, ...]
    adapted: tuple[str, ...]
    shows: tuple[str, ...]
    warnings: tuple[str, ...]
    created_at: float


_NAMES: Final = tuple(field.name for field in fields(Revision))


@dataclass(frozen=True, slots=True)
class History:
    """Revisions of a candidate, the newest first, and the number of the current one."""

    current: int
    revisions: tuple[Revision, ...]


class RevisionStore:
    """Keeps revisions. Threads may share it, and processes on one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @retry
    def page(self, generation: str, number: int, limit: int, before: int | None = None) -> History:
        """Return up to `limit` revisions of a candidate from 1, of those with a number below `before` if it is given.

        Raises:
            UnreadableRecord: one cannot be read by this version of Blazon.
        """
        with self._database.reading() as connection:
            query = select(revisions).where(_of(revisions, generation, number) & (revisions.c.revision > 0))
            if before is not None:
                query = query.where(revisions.c.revision < before)
            rows = connection.execute(query.order_by(revisions.c.revision.desc()).limit(limit)).all()
            return History(_read_current(connection, generation, number), tuple(map(_read, rows)))

    @retry
    def get(self, generation: str, number: int, revision: int | None = None) -> Revision | None:
        """Return a revision of a candidate, the current one if none is named; None for revision 0 without a row.

        Raises:
            NotFound: there is none of that number.
            UnreadableRecord: it cannot be read by this version of Blazon.
        """
        with self._database.reading() as connection:
            wanted = _read_current(connection, generation, number) if revision is None else revision
            return _get(connection, generation, number, wanted)

    @retry
    def keep_first(self, generation: str, number: int, made: Revision) -> Revision:
        """Write revision 0 of a candidate, unless somebody wrote one before, and return the one that is kept.

        Raises:
            NotFound: the candidate is gone.
        """
        with self._database.writing() as connection:
            _lock_current(connection, generation, number, None)
            if (kept := _get(connection, generation, number, 0)) is not None:
                return kept
            values = {name: getattr(made, name) for name in _NAMES} | {"revision": 0, "parent": 0}
            connection.execute(insert(revisions).values(generation=generation, number=number, **values))
            return Revision(**values)

    @retry
    def add(self, generation: str, number: int, base: int, made: Revision) -> Revision:
        """Write a revision that was made of the current one, `base`, and make it current; return it with its number.

        Raises:
            StaleRevision: another one is current; nothing was written.
            NotFound: the candidate is gone.
            Conflict: there are `MOST` revisions.
        """
        with self._database.writing() as connection:
            _lock_current(connection, generation, number, {base})
            last = connection.scalar(select(func.max(revisions.c.revision)).where(_of(revisions, generation, number)))
            if (last or 0) >= MOST:
                raise Conflict(f"this logo was changed {MOST} times; ask for variations of it, and change those")
            values = {name: getattr(made, name) for name in _NAMES} | {"revision": (last or 0) + 1, "parent": base}
            connection.execute(insert(revisions).values(generation=generation, number=number, **values))
            _set_current(connection, generation, number, values["revision"])
            return Revision(**values)

    @retry
    def undo(self, generation: str, number: int, expected: Set[int] | None = None) -> int:
        """Make the parent of the current revision current, and return its number.

        Args:
            expected: numbers of which that of the current revision must be one; None for any.

        Raises:
            StaleRevision: another one is current.
            NotFound: the candidate is gone.
            Conflict: it is as it was drawn.
        """
        with self._database.writing() as connection:
            last = _lock_current(connection, generation, number, expected)
            current = _get(connection, generation, number, last) if last else None
            if current is None:
                raise Conflict("there is nothing to undo: the logo is as it was drawn")
            return _set_current(connection, generation, number, current.parent)

    @retry
    def redo(self, generation: str, number: int, expected: Set[int] | None = None) -> int:
        """Make the newest revision that was made of the current one current, and return its number.

        Raises:
            StaleRevision, NotFound: as `undo` does.
            Conflict: none was made of it.
        """
        with self._database.writing() as connection:
            current = _lock_current(connection, generation, number, expected)
            later = (revisions.c.parent == current) & (revisions.c.revision > current)
            made_of_it = _of(revisions, generation, number) & later
            newest = connection.scalar(select(func.max(revisions.c.revision)).where(made_of_it))
            if newest is None:
                raise Conflict("there is nothing to redo: no change was made of this revision")
            return _set_current(connection, generation, number, newest)


def _of(table: Table, generation: str, number: int) -> ColumnElement[bool]:
    return (table.c.generation == generation) & (table.c.number == number)


def _lock_current(connection: Connection, generation: str, number: int, expected: Set[int] | None) -> int:
    """Return the number of the current revision, which stays until the transaction ends."""
    lock(connection, f"revisions {generation} {number}")
    if connection.scalar(select(candidates.c.number).where(_of(candidates, generation, number))) is None:
        raise NotFound(f"there is no candidate {number} of generation {generation} any more")
    current = _read_current(connection, generation, number)
    if expected is not None and current not in expected:
        raise StaleRevision(current)
    return current


def _read_current(connection: Connection, generation: str, number: int) -> int:
    query = select(current_revisions.c.revision).where(_of(current_revisions, generation, number))
    return connection.scalar(query) or 0


def _set_current(connection: Connection, generation: str, number: int, revision: int) -> int:
    change = update(current_revisions).where(_of(current_revisions, generation, number)).values(revision=revision)
    if connection.execute(change).rowcount == 0:
        values = {"generation": generation, "number": number, "revision": revision}
        connection.execute(insert(current_revisions).values(**values))
    return revision


def _get(connection: Connection, generation: str, number: int, revision: int) -> Revision | None:
    query = select(revisions).where(_of(revisions, generation, number) & (revisions.c.revision == revision))
    row = connection.execute(query).first()
    if row is None and revision == 0:
        return None
    if row is None:
        raise NotFound(f"candidate {number} of generation {generation} has no revision {revision}")
    return _read(row)


def _read(row: Row[Any]) -> Revision:
    values = translate_errors(lambda: check_row(revisions, row))
    if not isinstance(values["design"], dict) or not all(_is_texts(values[name]) for name in _LISTS):
        raise UnreadableRecord(f"revision {values['revision']} cannot be read by this version of Blazon")
    lists = {name: tuple(values[name]) for name in _LISTS}
    return Revision(**{**{name: values[name] for name in _NAMES}, **lists})


def _is_texts(value: Sequence[Any] | Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)
