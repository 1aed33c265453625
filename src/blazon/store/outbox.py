"""What is owed: events that have to be delivered, in the database, so that they outlive the process.

An event is added in the transaction that ends its generation: both are there or neither is. It is owed as long as
`next_try_at` is set.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from blazon.errors import BlazonError, StorageUnavailable
from blazon.store.database import Database
from blazon.store.tables import webhooks

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

    def next_due(self, now: float, busy: Collection[str]) -> Delivery | None:
        """Return what has been due longest, except for the receivers that are busy."""
        columns = webhooks.c
        query = (
            select(columns.id, columns.generation, columns.url, columns.receiver)
            .add_columns(columns.secret, columns.body, columns.created_at, columns.attempts)
            .where(columns.next_try_at <= now, columns.receiver.not_in(busy))
            .order_by(columns.next_try_at, columns.created_at, columns.id)
            .limit(1)
        )
        with self._transaction() as connection:
            row = connection.execute(query).first()
        return Delivery(*row) if row else None

    def delivered(self, identifier: str, at: float) -> None:
        """End a delivery well. Its secret is not kept."""
        self._set(identifier, delivered_at=at, next_try_at=None, secret="", error=None)

    def postponed(self, identifier: str, attempts: int, next_try_at: float, error: str) -> None:
        """Owe a delivery again, later."""
        self._set(identifier, attempts=attempts, next_try_at=next_try_at, error=error[:_MAX_ERROR])

    def given_up(self, identifier: str, at: float, attempts: int, error: str) -> None:
        """End a delivery badly. Its secret is not kept."""
        self._set(identifier, given_up_at=at, attempts=attempts, next_try_at=None, secret="", error=error[:_MAX_ERROR])

    def forget(self, before: float) -> int:
        """Remove what was added before a time and is not owed any more; return how many."""
        columns = webhooks.c
        old = delete(webhooks).where(columns.next_try_at.is_(None), columns.created_at < before)
        with self._transaction() as connection:
            return connection.execute(old).rowcount

    def _set(self, identifier: str, **values: object) -> None:
        with self._transaction() as connection:
            connection.execute(update(webhooks).where(webhooks.c.id == identifier).values(**values))

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with self._database.writing() as connection:
                yield connection
        except StorageUnavailable as error:
            raise OutboxUnavailable(str(error)) from None
        except SQLAlchemyError as error:
            # Only the kind: the text of the error holds the statement with its values, the secret among them.
            cause = getattr(error, "orig", None)
            raise OutboxUnavailable(f"{type(error).__name__}: {cause or 'see the database'}") from None
