"""What is owed: events that have to be delivered, in the database, so that they outlive the process.

An event is added in the transaction that ends its generation: both are there or neither is. It is owed as long as
`next_try_at` is set.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, delete, exists, insert, select, update

from blazon.errors import BlazonError, StorageFault, StorageUnavailable, UnreadableRecord
from blazon.store.database import Database
from blazon.store.tables import unreadable, webhooks
from blazon.store.unreadable import UnreadableRecords, check_row, translate_errors

_KIND: Final = "webhook"
_MAX_ERROR: Final = 500


class OutboxUnavailable(BlazonError):
    """The outbox cannot be read or written now; the message says why."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event that is owed to one URL.

    Args:
        receiver: whom the URL leads to, without the path; one attempt at a time is made for each.
        id: the `webhook-id`, the same on every attempt; without a full stop.
        generation: the identifier of the generation that ended.
        secret: `whsec_...`, signs the event; never shown.
        attempts: how many failed so far.
        created: epoch seconds.
    """

    id: str
    generation: str
    url: str
    receiver: str
    secret: str = field(repr=False)
    body: bytes = field(repr=False)
    created: float
    attempts: int = 0


def owe(connection: Connection, delivery: Delivery) -> None:
    """Owe a delivery from now on, within the transaction of the caller, who nudges the courier once it is through.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: as the caller's other statements; IntegrityError if it is owed already.
    """
    connection.execute(
        insert(webhooks).values(
            id=delivery.id,
            generation=delivery.generation,
            url=delivery.url,
            receiver=delivery.receiver,
            secret=delivery.secret,
            body=delivery.body,
            attempts=delivery.attempts,
            next_try_at=delivery.created,
            created_at=delivery.created,
        )
    )


class SqlOutbox:
    """The outbox in the database. Threads may share it.

    Every method raises OutboxUnavailable if the database cannot be used now.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._unreadable = UnreadableRecords(database, _KIND)

    def next_due(self, now: float, busy: Collection[str]) -> Delivery | None:
        """Return what has been due longest, except for the receivers that are busy. Waits for no writer.

        What this version of Blazon cannot read is passed over.
        """
        passed_over: list[str] = []
        while (identifier := self._next_id(now, busy, passed_over)) is not None:
            try:
                with self._translate_errors(), self._database.reading() as connection:
                    return translate_errors(lambda: _read(connection, identifier))
            except UnreadableRecord as error:
                self._unreadable.note(identifier, str(error))
                passed_over.append(identifier)
        return None

    def mark_delivered(self, identifier: str, at: float) -> None:
        """End a delivery well. Its secret is not kept."""
        self._set(identifier, delivered_at=at, next_try_at=None, secret="", error=None)

    def postpone(self, identifier: str, attempts: int, next_try_at: float, error: str) -> None:
        """Owe a delivery again, later."""
        self._set(identifier, attempts=attempts, next_try_at=next_try_at, error=error[:_MAX_ERROR])

    def give_up(self, identifier: str, at: float, attempts: int, error: str) -> None:
        """End a delivery badly. Its secret is not kept."""
        self._set(identifier, given_up_at=at, attempts=attempts, next_try_at=None, secret="", error=error[:_MAX_ERROR])

    def forget(self, before: float) -> int:
        """Remove what was added before a time, and is not owed any more or could not be read; return how many."""
        columns = webhooks.c
        over = columns.next_try_at.is_(None) | self._unreadable.is_marked(columns.id, by_any=True)
        gone = ~exists().where(webhooks.c.id == unreadable.c.id)
        with self._translate_errors(), self._database.writing() as connection:
            count = connection.execute(delete(webhooks).where(columns.created_at < before, over)).rowcount
            connection.execute(delete(unreadable).where(unreadable.c.kind == _KIND, gone))
            return count

    def _next_id(self, now: float, busy: Collection[str], passed_over: Collection[str]) -> str | None:
        columns = webhooks.c
        query = (
            select(columns.id)
            .where(columns.next_try_at <= now, columns.receiver.not_in(busy), columns.id.not_in(passed_over))
            .where(~self._unreadable.is_marked(columns.id))
            .order_by(columns.next_try_at, columns.created_at, columns.id)
            .limit(1)
        )
        with self._translate_errors(), self._database.reading() as connection:
            return connection.scalar(query)

    def _set(self, identifier: str, **values: object) -> None:
        with self._translate_errors(), self._database.writing() as connection:
            connection.execute(update(webhooks).where(webhooks.c.id == identifier).values(**values))

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except (StorageUnavailable, StorageFault) as error:
            raise OutboxUnavailable(str(error)) from None


def _read(connection: Connection, identifier: str) -> Delivery | None:
    row = connection.execute(select(webhooks).where(webhooks.c.id == identifier)).first()
    if row is None:
        return None
    check_row(webhooks, row)
    return Delivery(row.id, row.generation, row.url, row.receiver, row.secret, row.body, row.created_at, row.attempts)
