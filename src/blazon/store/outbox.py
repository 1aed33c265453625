"""What is owed: events that have to be delivered, in the database, so that they outlive the process.

An event is added in the transaction that ends its generation: both are there or neither is. It is owed as long as
`next_try_at` is set.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from blazon.errors import BlazonError, StorageUnavailable
from blazon.store.database import Database
from blazon.store.tables import webhooks

_MAX_ERROR: Final = 500


class OutboxUnavailable(BlazonError):
    """The outbox cannot be read or written now; the message says why."""


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
class Delivery:
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


def owe(connection: Connection, delivery: Delivery) -> None:
    """Owe a delivery from now on, within the transaction of the caller, who wakes the worker once it is through.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: as the caller's other statements; IntegrityError if it is owed already.
    """
    connection.execute(
        insert(webhooks).values(
            id=delivery.id,
            generation=delivery.generation,
            owner=delivery.owner,
            url=delivery.url,
            receiver=delivery.receiver,
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

    def list_due(self, now: float) -> list[Due]:
        """Return what has been due longest of each line."""
        columns, first = webhooks.c, webhooks.alias("first")
        lines = (
            select(columns.owner, columns.receiver)
            .add_columns(func.max(columns.attempts).label("attempts"), func.min(columns.next_try_at).label("since"))
            .where(columns.next_try_at <= now)
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
        query = select(identifier, lines.c.owner, lines.c.receiver, lines.c.attempts, lines.c.since)
        with _translate_errors(), self._database.reading() as connection:
            return [Due(*row) for row in connection.execute(query)]

    def read(self, identifier: str) -> Delivery | None:
        """Return a delivery; None if it is not owed any more.

        Raises:
            ValueError: what is there cannot be sent by any version.
        """
        columns = webhooks.c
        query = (
            select(columns.id, columns.generation, columns.owner, columns.url, columns.receiver)
            .add_columns(columns.body, columns.created_at, columns.attempts)
            .where(columns.id == identifier, columns.next_try_at.is_not(None))
        )
        with _translate_errors(), self._database.reading() as connection:
            row = connection.execute(query).first()
        if row is not None and not (isinstance(row.body, bytes) and isinstance(row.attempts, int)):
            raise ValueError(f"the webhook {identifier} was damaged")
        return Delivery(*row) if row else None

    def delivered(self, identifier: str, at: float) -> None:
        """End a delivery well."""
        self._set(identifier, delivered_at=at, next_try_at=None, error=None)

    def postponed(self, identifier: str, attempts: int, next_try_at: float, error: str) -> None:
        """Owe a delivery again, later."""
        self._set(identifier, attempts=attempts, next_try_at=next_try_at, error=error[:_MAX_ERROR])

    def given_up(self, identifier: str, at: float, attempts: int, error: str) -> None:
        """End a delivery badly."""
        self._set(identifier, given_up_at=at, attempts=attempts, next_try_at=None, error=error[:_MAX_ERROR])

    def forget(self, before: float) -> int:
        """Remove what was added before a time and is not owed any more; return how many."""
        columns = webhooks.c
        old = delete(webhooks).where(columns.next_try_at.is_(None), columns.created_at < before)
        with _translate_errors(), self._database.writing() as connection:
            return connection.execute(old).rowcount

    def _set(self, identifier: str, **values: object) -> None:
        with _translate_errors(), self._database.writing() as connection:
            connection.execute(update(webhooks).where(webhooks.c.id == identifier).values(**values))


@contextmanager
def _translate_errors() -> Iterator[None]:
    try:
        yield
    except StorageUnavailable as error:
        raise OutboxUnavailable(str(error)) from None
    except SQLAlchemyError as error:
        # Only the kind: the text of the error holds the statement with its values, URLs among them.
        cause = getattr(error, "orig", None)
        raise OutboxUnavailable(f"{type(error).__name__}: {cause or 'see the database'}") from None
