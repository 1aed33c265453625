"""What is particular to PostgreSQL: how its connections are made, its locks, and what its errors mean.

Writers do not take turns there as with SQLite: their transactions run side by side (READ COMMITTED), and what must not
happen twice at the same moment takes a lock of that name (`lock`). Readers see one state (REPEATABLE READ) and may
write nothing.
"""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

import structlog
from sqlalchemy import URL, BigInteger, Connection, Engine, bindparam, event, func, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from blazon.errors import StorageFull, StorageUnavailable

log = structlog.stdlib.get_logger("blazon.store")

BUSY: Final = "others write to the database; try again"
FULL: Final = "no disk space is left for new work; free some, or run blazon gc"
_AWAY: Final = "the database does not answer now; try again"
_SCHEMA: Final = "schema"
_MIGRATION_PATIENCE: Final = 600.0  # seconds that a process waits for another one that changes the tables
_STATEMENT_SECONDS: Final = 30  # the longest is the removal of 500 generations
_IDLE_SECONDS: Final = 60  # a process that stands still in a transaction holds its locks no longer
_TELL_EVERY: Final = 10.0
# Seconds; a host that is gone without a word is noticed in these, and not by TCP's own quarter of an hour.
_CONNECT: Final = {"connect_timeout": 5, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}
_UNANSWERED: Final = {"tcp_user_timeout": 10_000}

# Codes of errors: https://www.postgresql.org/docs/current/errcodes-appendix.html
_UNDONE: Final = ("40001", "40P01")  # serialization_failure, deadlock_detected
_WAITED: Final = ("55P03", "57014")  # lock_not_available, query_canceled
_GONE: Final = ("08", "57P")  # connection exceptions; shutdown, crash, starting up
_DISK_FULL: Final = "53100"
_READ_ONLY: Final = "25006"
_NO_RIGHT: Final = "42501"
_SCARCE: Final = "53"  # connections, memory
_READ_ONLY_NOW: Final = "the database takes no writes now: it is a copy of another one, or set to read only"
_DENIED: Final = {
    _READ_ONLY: _READ_ONLY_NOW,
    _NO_RIGHT: "the database denies Blazon a right that it needs; the server's log says which",
}
# What a server says that answers and takes no connections for a moment: then there is no code.
_SOON: Final = ("starting up", "shutting down", "recovery", "accepting connections", "too many", "connection slots")

_LOCK: Final = select(func.pg_advisory_xact_lock(bindparam("key", type_=BigInteger)))
_TRY_LOCK: Final = select(func.pg_try_advisory_xact_lock(bindparam("key", type_=BigInteger)))


class TransactionUndone(StorageUnavailable):
    """A transaction left nothing, and may go well if it is tried again: others were in its way, or the connection ended
    before it was committed.
    """


def connect_arguments(url: URL) -> dict[str, Any]:
    """Return what the driver is told beside the URL, which has the last word."""
    given = {**_CONNECT, **_UNANSWERED, "client_encoding": "utf8", "application_name": "blazon"}
    return {name: value for name, value in given.items() if name not in url.query}


def prepare_engines(reader: Engine, writer: Engine, patience: float) -> None:
    """Set for every connection how long it waits, and let those of `reader` only read.

    Args:
        patience: seconds that a statement waits for a lock.
    """
    bounds = {
        "lock_timeout": f"{milliseconds(patience)}ms",
        "statement_timeout": f"{_STATEMENT_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{_IDLE_SECONDS}s",
    }
    one_state = {"default_transaction_isolation": "repeatable read", "default_transaction_read_only": "on"}
    event.listen(reader, "connect", partial(_prepare, bounds | one_state))
    event.listen(writer, "connect", partial(_prepare, bounds | {"default_transaction_isolation": "read committed"}))


def wait_no_longer(connection: Connection, patience: float) -> None:
    """Bound what a transaction waits for locks, and for the answer to a statement, in seconds."""
    bound = max(1, milliseconds(patience))  # 0 would be for ever
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {bound}")


def lock(connection: Connection, name: str) -> None:
    """Hold the lock of this name until the transaction ends. Writers of SQLite hold the one that there is already.

    Raises:
        DBAPIError: others hold it for longer than the transaction may wait.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"key": _key_of(name)})


def try_lock(connection: Connection, name: str) -> bool:
    """Hold the lock of this name until the transaction ends, if nobody else does; return whether it is held."""
    if connection.dialect.name != "postgresql":
        return True
    return bool(connection.scalar(_TRY_LOCK, {"key": _key_of(name)}))


def wait_for_no_disk(connection: Connection) -> None:
    """Let a transaction be through before it is on the disk: for what may be lost if the database's machine breaks
    down. Nothing on SQLite.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")


class Listener:
    """A connection that hears what is sent to a channel.

    Args:
        wire: a connection of psycopg, without transactions.
    """

    def __init__(self, wire: Any, channel: str) -> None:
        self._wire = wire
        wire.execute(f'LISTEN "{channel}"')

    def receive(self, seconds: float) -> list[str]:
        """Return what was sent, as soon as there is something; nothing after so many seconds."""
        return [notice.payload for notice in self._wire.notifies(timeout=seconds, stop_after=1)]

    def try_lock(self, name: str) -> bool:
        """Hold the lock of this name for as long as the connection lasts; return whether nobody else does."""
        cursor = self._wire.execute("SELECT pg_try_advisory_lock(%s)", (_key_of(name),))
        return bool(cursor.fetchone()[0])


@contextmanager
def listen(connection: Connection, channel: str) -> Iterator[Listener]:
    """Yield what hears what is sent to a channel.

    Raises:
        StorageUnavailable: the connection is lost.
    """
    import psycopg  # of an extra

    wire: Any = connection.connection.driver_connection
    connection.detach()  # no connection that was listened with serves others
    try:
        wire.autocommit = True
        yield Listener(wire, channel)
    except psycopg.Error as error:
        connection.invalidate(error)  # nothing can be rolled back on it
        raise StorageUnavailable(f"{_AWAY}: {_text(error)}") from error


def lock_schema(connection: Connection) -> None:
    """Change the tables alone: of several processes that start at once, one does, and the others wait for it."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {milliseconds(_MIGRATION_PATIENCE)}")
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        lock(connection, _SCHEMA)


def refuse_encoding(connection: Connection, name: str) -> None:
    """Raise StorageUnavailable if a database cannot hold every text."""
    if connection.dialect.name != "postgresql":
        return
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
    if encoding != "UTF8":
        raise StorageUnavailable(
            f"the database {name} has the encoding {encoding}, and names are written in all alphabets; make one with"
            " CREATE DATABASE blazon TEMPLATE template0 ENCODING 'UTF8', see DATABASE_URL"
        )


def check_writable(connection: Connection, failed: bool) -> None:
    """Return if something can be written, which a write finds out if the last one failed.

    Raises:
        DBAPIError, StorageUnavailable: nothing can.
    """
    if connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "on":
        raise StorageUnavailable(_READ_ONLY_NOW)
    if failed:
        connection.exec_driver_sql("UPDATE blazon_version SET version_num = version_num")


def describe(error: BaseException) -> str:
    """Return in one line why a database cannot be opened, with what helps where that is a right."""
    reason = _text(error)
    if _code(error) == _NO_RIGHT:
        return f"{reason}: grant the role of DATABASE_URL what docs/how-to/postgresql.md says"
    return reason


def is_away(error: BaseException) -> bool:
    """Whether the server cannot be reached or is not ready yet, which may pass in a moment."""
    code = _code(error)
    if code or not isinstance(error, OperationalError):
        return code.startswith(_GONE)
    refused = "FATAL" in str(error.orig)  # it answered: a wrong password, no such database
    return not refused or any(soon in str(error.orig) for soon in _SOON)


class ErrorTranslator:
    """Turns errors of PostgreSQL into those of the domain. Threads may share it."""

    def __init__(self) -> None:
        self._told = ("", -_TELL_EVERY)

    def explain(self, error: DBAPIError, *, committing: bool) -> StorageUnavailable | None:
        """Return what an error means; None if it is a fault of the program.

        Args:
            committing: whether the commit was asked for, so that nobody knows what became of it.
        """
        code = _code(error)
        if code in _WAITED:
            return StorageUnavailable(BUSY)
        if code in _UNDONE:
            return TransactionUndone(BUSY)
        if code == _DISK_FULL:
            return StorageFull(FULL)
        unconnected = (
            isinstance(error, OperationalError) and not code
        )  # a server that runs has been connected to before
        away = error.connection_invalidated or unconnected or is_away(error)
        if not (away or code in _DENIED or code.startswith(_SCARCE)):
            return None
        self._tell(_text(error))
        if code in _DENIED:
            return StorageUnavailable(_DENIED[code])
        return StorageUnavailable(_AWAY) if committing else TransactionUndone(_AWAY)

    def _tell(self, reason: str) -> None:
        """Log why, but not the same for every request while a server is away."""
        told, at = self._told
        if told != reason or time.monotonic() - at >= _TELL_EVERY:
            self._told = (reason, time.monotonic())
            log.error("the database cannot be used", reason=reason)


def milliseconds(seconds: float) -> int:
    return int(seconds * 1000)


def _prepare(settings: dict[str, str], connection: Any, _: ConnectionPoolEntry) -> None:
    with connection.cursor() as cursor:
        cursor.execute("; ".join(f"SET {name} = '{value}'" for name, value in settings.items()))
    connection.commit()


def _key_of(name: str) -> int:
    """Return the number by which PostgreSQL knows a lock."""
    return int.from_bytes(hashlib.sha256(f"blazon {name}".encode()).digest()[:8], "big", signed=True)


def _code(error: BaseException) -> str:
    return getattr(getattr(error, "orig", error), "sqlstate", None) or ""


def _text(error: BaseException) -> str:
    """Return what an error says, in one line, without the statement."""
    orig = getattr(error, "orig", error)
    told = getattr(getattr(orig, "diag", None), "message_primary", None) or str(orig)
    return " ".join(told.split())
