"""What is owed: events that have to be delivered, in the database, so that they outlive the process.

An event is added in the transaction that ends its generation: both are there or neither is. It is owed as long as
`next_try_at` is set.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, delete, exists, func, insert, select, update

from blazon.errors import BlazonError, StorageFault, StorageUnavailable, UnreadableRecord
from blazon.store.database import Database, retry
from blazon.store.tables import unreadable, webhooks
from blazon.store.unreadable import UnreadableRecords, check_row, translate_errors

_KIND: Final = "webhook"
_MAX_ERROR: Final = 500


def _select_due() -> Select[Any]:
    """Return the query for what has been due longest `now`, of each owner and receiver."""
    columns, first = webhooks.c, webhooks.alias("first")
    lines = (
        select(columns.owner, columns.receiver)
        .add_columns(func.max(columns.attempts).label("attempts"), func.min(columns.next_try_at).label("since"))
        .where(columns.next_try_at <= bindparam("now"))
        .group_by(columns.owner, columns.receiver)
        .subquery()
    )
    identifier = (
        select(first.c.id)
        .where(first.c.owner == lines.c.owner, first.c.receiver == lines.c.receiver)
        .where(first.c.next_try_at == lines.c.since)
        .order_by(first.c.created_at, first.c.id)
        .limit(1)
        .scalar_subquery()
    )
    return select(identifier, lines.c.owner, lines.c.receiver, lines.c.attempts, lines.c.since)


_LIST_DUE: Final = _select_due()
_INSERT: Final = insert(webhooks)
_UPDATE: Final = update(webhooks).where(webhooks.c.id == bindparam("identifier"))
_OWED: Final = select(webhooks).where(webhooks.c.id == bindparam("identifier"), webhooks.c.next_try_at.is_not(None))


class WebhookStoreUnavailable(BlazonError):
    """What is owed cannot be read or written now; the message says why."""


Line = tuple[str, str]
"""An owner and a receiver. What the one owes to the other is delivered one after the other."""


@dataclass(frozen=True, slots=True)
class Due:
    """What has been due longest in its line: without what only an attempt needs.

    Args:
        attempts: the most that failed of anything due in this line.
        since: when it was due, in epoch seconds.
    """

    id: str
    owner: str
    receiver: str
    attempts: int
    since: float

    @property
    def line(self) -> Line:
        return self.owner, self.receiver


@dataclass(frozen=True, slots=True)
class WebhookDelivery:
    """One event that is owed to one URL. What signs it is looked up for every attempt, and so not in here.

    Args:
        id: the `webhook-id`, the same on every attempt; without a full stop.
        generation: the identifier of the generation that ended.
        owner: the id of the key that asked for it, empty without one.
        receiver: whom the URL leads to, without the path.
        attempts: how many failed so far.
        created: epoch seconds.
    """

    id: str
    generation: str
    owner: str
    url: str
    receiver: str
    body: bytes = field(repr=False)
    created: float
    attempts: int = 0


def insert_delivery(connection: Connection, delivery: WebhookDelivery) -> None:
    """Owe a delivery from now on, within the transaction of the caller, who wakes the worker once it is through.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: as the caller's other statements; IntegrityError if it is owed already.
    """
    values = {
        "id": delivery.id,
        "generation": delivery.generation,
        "owner": delivery.owner,
        "url": delivery.url,
        "receiver": delivery.receiver,
        "body": delivery.body,
        "attempts": delivery.attempts,
        "next_try_at": delivery.created,
        "created_at": delivery.created,
    }
    connection.execute(_INSERT, values)


@contextmanager
def _translate_errors() -> Iterator[None]:
    try:
        yield
    except (StorageUnavailable, StorageFault) as error:
        raise WebhookStoreUnavailable(str(error)) from None


class WebhookStore:
    """What is owed, in the database. Threads may share it.

    Every method raises WebhookStoreUnavailable if the database cannot be used now.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._unreadable = UnreadableRecords(database, _KIND)

    @_translate_errors()
    @retry
    def list_due(self, now: float) -> list[Due]:
        """Return what has been due longest of each line."""
        with self._database.reading() as connection:
            rows = connection.execute(_LIST_DUE, {"now": now}).all()
        return [
            Due(one, owner, to, tries if isinstance(tries, int) else 0, since) for one, owner, to, tries, since in rows
        ]

    @_translate_errors()
    @retry
    def read(self, identifier: str) -> WebhookDelivery | None:
        """Return a delivery; None if it is not owed any more.

        Raises:
            ValueError: what is there cannot be read by this version of Blazon.
        """
        try:
            with self._database.reading() as connection:
                return translate_errors(lambda: _read(connection, identifier))
        except UnreadableRecord as error:
            self._unreadable.note(identifier, str(error))
            raise ValueError(f"the webhook {identifier} cannot be read by this version of Blazon") from error

    def mark_delivered(self, identifier: str, at: float) -> None:
        """End a delivery well."""
        self._set(identifier, delivered_at=at, next_try_at=None, error=None)

    def postpone(self, identifier: str, attempts: int, next_try_at: float, error: str) -> None:
        """Owe a delivery again, later."""
        self._set(identifier, attempts=attempts, next_try_at=next_try_at, error=error[:_MAX_ERROR])

    def give_up(self, identifier: str, at: float, attempts: int, error: str) -> None:
        """End a delivery badly."""
        self._set(identifier, given_up_at=at, attempts=attempts, next_try_at=None, error=error[:_MAX_ERROR])

    @_translate_errors()
    @retry
    def forget(self, before: float) -> int:
        """Remove what was added before a time, and is not owed any more or could not be read; return how many."""
        columns = webhooks.c
        over = columns.next_try_at.is_(None) | self._unreadable.is_marked(columns.id, by_any=True)
        gone = ~exists().where(webhooks.c.id == unreadable.c.id)
        with self._database.writing() as connection:
            count = connection.execute(delete(webhooks).where(columns.created_at < before, over)).rowcount
            connection.execute(delete(unreadable).where(unreadable.c.kind == _KIND, gone))
            return count

    @_translate_errors()
    @retry
    def _set(self, identifier: str, **values: object) -> None:
        with self._database.writing() as connection:
            connection.execute(_UPDATE, {"identifier": identifier, **values})


def _read(connection: Connection, identifier: str) -> WebhookDelivery | None:
    row = connection.execute(_OWED, {"identifier": identifier}).first()
    if row is None:
        return None
    check_row(webhooks, row)
    return WebhookDelivery(
        row.id, row.generation, row.owner, row.url, row.receiver, row.body, row.created_at, row.attempts
    )
