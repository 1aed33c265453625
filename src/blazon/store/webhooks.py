"""What is owed: events that have to be delivered, in the database, so that they outlive the process.

An event is added in the transaction that ends its generation: both are there or neither is. It is owed as long as
`next_try_at` is set. Several processes may deliver what is owed: who makes an attempt claims the event before, for
`LEASE` seconds by the clock of the database. As long as a claim lasts, nobody else delivers anything of the same line.
On a file, on which one server works, there are no claims: they would cost a commit an attempt.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, bindparam, delete, exists, func, insert, select, update

from blazon.errors import BlazonError, StorageFault, StorageUnavailable, UnreadableRecord
from blazon.store.clock import read_clock
from blazon.store.database import Database, retry
from blazon.store.postgresql import lock, wait_for_no_disk
from blazon.store.tables import unreadable, webhooks
from blazon.store.unreadable import UnreadableRecords, check_row, translate_errors

LEASE: Final = 30.0  # seconds; longer than an attempt takes, and what a dead process was delivering waits so long
_KIND: Final = "webhook"
_MAX_ERROR: Final = 500


def _is_claimed(owner: ColumnElement[str], receiver: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that somebody delivers what this owner owes to this receiver `now`."""
    other = webhooks.alias("other")
    return exists(
        select(other.c.id).where(
            other.c.owner == owner, other.c.receiver == receiver, other.c.claimed_until > bindparam("now")
        )
    )


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
    claimed = _is_claimed(lines.c.owner, lines.c.receiver)
    return select(identifier, lines.c.owner, lines.c.receiver, lines.c.attempts, lines.c.since, claimed)


_LIST_DUE: Final = _select_due()
_INSERT: Final = insert(webhooks)
_OWED: Final = select(webhooks).where(webhooks.c.id == bindparam("identifier"), webhooks.c.next_try_at.is_not(None))
_UPDATE: Final = update(webhooks).where(webhooks.c.id == bindparam("identifier"))
_UPDATE_CLAIMED: Final = _UPDATE.where(webhooks.c.claimant == bindparam("holder"))
_CLAIM: Final = _UPDATE.where(
    webhooks.c.next_try_at <= bindparam("now"), ~_is_claimed(webhooks.c.owner, webhooks.c.receiver)
)
_UNCLAIMED: Final = {"claimant": None, "claimed_until": None}
_RELEASE: Final = update(webhooks).values(**_UNCLAIMED)


class WebhookStoreUnavailable(BlazonError):
    """What is owed cannot be read or written now; the message says why."""


Line = tuple[str, str]
"""An owner and a receiver. What the one owes to the other is delivered one after the other."""


@dataclass(frozen=True, slots=True)
class Due:
    """What has been due longest in its line: without what only an attempt needs.

    Args:
        attempts: the most that failed of anything due in this line.
        since: when it was due, in epoch seconds by the clock of the database.
        claimed: whether somebody delivers something of this line already.
    """

    id: str
    owner: str
    receiver: str
    attempts: int
    since: float
    claimed: bool = False

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
    """Owe a delivery from when it was created, a moment that is past. Runs within the transaction of the caller, who
    wakes the worker once it is through.

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
        # A machine whose clock is ahead lets nobody wait for it.
        "next_try_at": min(delivery.created, read_clock(connection)),
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
    """What is owed, in the database. Threads may share it; each process has its own, which claims for it.

    Every method raises WebhookStoreUnavailable if the database cannot be used now.

    Args:
        clock: returns epoch seconds, the same for all who share the database.
    """

    def __init__(self, database: Database, clock: Callable[[Connection], float] = read_clock) -> None:
        self.clock = clock
        self._database = database
        self._claimant = secrets.token_hex(16)
        self._unreadable = UnreadableRecords(database, _KIND)

    @_translate_errors()
    @retry
    def list_due(self) -> tuple[float, list[Due]]:
        """Return what time it is by the clock of the database, and what has been due longest of each line."""
        with self._database.reading() as connection:
            now = self.clock(connection)
            rows = connection.execute(_LIST_DUE, {"now": now}).all()
        return now, [
            Due(one, owner, to, tries if isinstance(tries, int) else 0, since, bool(claimed))
            for one, owner, to, tries, since, claimed in rows
        ]

    @_translate_errors()
    @retry
    def claim(self, due: Due) -> bool:
        """Claim what is due, and return whether that went well: not if it is due no more, or its line is claimed."""
        if not self._database.shared:
            return True
        with self._database.writing() as connection:
            # If the database crashes and forgets it, the event may come twice, as after a crash of the server.
            wait_for_no_disk(connection)
            lock(connection, f"webhooks {due.owner} {due.receiver}")
            now = self.clock(connection)
            values = {"identifier": due.id, "now": now, "claimant": self._claimant, "claimed_until": now + LEASE}
            return connection.execute(_CLAIM, values).rowcount == 1

    def release(self, identifier: str) -> None:
        """Give a claim back, so that others need not wait for its end; left out if that cannot be done at once."""
        self._release(webhooks.c.id == identifier)

    def release_all(self) -> None:
        """Give all claims of this process back, likewise."""
        self._release()

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

    @_translate_errors()
    @retry
    def mark_delivered(self, identifier: str) -> None:
        """End a delivery well, whoever has claimed it meanwhile: the receiver has it."""
        with self._database.writing() as connection:
            values = {"delivered_at": self.clock(connection), "given_up_at": None, "next_try_at": None, "error": None}
            connection.execute(_UPDATE, {"identifier": identifier, **values, **_UNCLAIMED})

    @_translate_errors()
    @retry
    def postpone(self, identifier: str, attempts: int, delay: float, error: str) -> None:
        """Owe a delivery again in `delay` seconds; nothing happens if another process has claimed it meanwhile."""
        with self._database.writing() as connection:
            values = {"attempts": attempts, "next_try_at": self.clock(connection) + delay, "error": error[:_MAX_ERROR]}
            self._update_claimed(connection, identifier, values)

    @_translate_errors()
    @retry
    def give_up(self, identifier: str, attempts: int, error: str) -> None:
        """End a delivery badly; nothing happens if another process has claimed it meanwhile."""
        with self._database.writing() as connection:
            ended = {"given_up_at": self.clock(connection), "next_try_at": None}
            self._update_claimed(connection, identifier, {**ended, "attempts": attempts, "error": error[:_MAX_ERROR]})

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

    def _update_claimed(self, connection: Connection, identifier: str, values: dict[str, Any]) -> None:
        these = {"identifier": identifier, **values, **_UNCLAIMED}
        if self._database.shared:
            connection.execute(_UPDATE_CLAIMED, {**these, "holder": self._claimant})
        else:
            connection.execute(_UPDATE, these)

    def _release(self, *which: ColumnElement[bool]) -> None:
        if self._database.shared:
            self._database.try_write(_RELEASE.where(webhooks.c.claimant == self._claimant, *which))


def _read(connection: Connection, identifier: str) -> WebhookDelivery | None:
    row = connection.execute(_OWED, {"identifier": identifier}).first()
    if row is None:
        return None
    check_row(webhooks, row)
    return WebhookDelivery(
        row.id, row.generation, row.owner, row.url, row.receiver, row.body, row.created_at, row.attempts
    )
