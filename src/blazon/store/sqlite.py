"""What is particular to SQLite: its journal, and how its transactions begin."""

from functools import partial
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import ConnectionPoolEntry

log = structlog.stdlib.get_logger("blazon.store")

WAIT: Final = "blazon_wait"
"""The option of an execution that holds the milliseconds that a transaction may wait for the lock of writers."""


def prepare_engines(reader: Engine, writer: Engine) -> None:
    """Let the connections of `reader` only read, and those of `writer` lock the database as they begin."""
    event.listen(reader, "connect", _prepare_reader)
    event.listen(reader, "begin", _begin)
    event.listen(writer, "connect", partial(_prepare_writer, []))
    event.listen(writer, "begin", _begin_immediate)


def _prepare_reader(connection: Any, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions are begun below, not guessed by the driver
    connection.execute("PRAGMA query_only=ON").close()


def _prepare_writer(modes: list[str], connection: Any, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    mode = _ask_for_wal(connection)
    if mode != "wal" and not modes:
        log.warning(
            "no write-ahead log can be had where the database is: readers and writers wait for each other",
            journal_mode=mode,
        )
        modes.append(mode)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _ask_for_wal(connection: Any) -> str:
    """Return the journal mode, after asking for WAL. A network file system may refuse, by an answer or an error."""
    try:
        return str(connection.execute("PRAGMA journal_mode=WAL").fetchone()[0])
    except connection.OperationalError as error:
        if "is locked" in str(error) or "unable to open" in str(error) or "is full" in str(error):
            raise
        return str(connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0])


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_immediate(connection: Connection) -> None:
    # At once: a transaction that reads first and writes later would fail if another one wrote in between.
    wait = connection.get_execution_options()[WAIT]
    connection.connection.cursor().execute(f"PRAGMA busy_timeout={wait}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
