"""The database: how it is opened, read and written.

SQLite by default, in WAL mode. Readers have connections of their own and wait for no writer; writers take turns, and
wait for each other and for other processes no longer than `_PATIENCE`. A commit is on disk when it returns
(`synchronous=FULL`), so that what was acknowledged survives a power cut too.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import sqlalchemy
import structlog
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, Executable, event
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.pool import ConnectionPoolEntry

from blazon.errors import InvalidSetting, StorageFault, StorageFull, StorageUnavailable
from blazon.store.database_location import DatabaseLocation, locate_database, read_url
from blazon.store.database_location import sqlite_url as sqlite_url  # who opens a file by itself needs both
from blazon.store.file_permissions import create_private_file, tighten
from blazon.store.schema import SchemaState, migrate, schema_state
from blazon.store.server_lock import ServerRunning, hold_server_lock
from blazon.store.write_health import WriteHealth

log = structlog.stdlib.get_logger("blazon.store")

_PATIENCE: Final = 5.0  # seconds that a writer waits for others, and a reader where there is no WAL
_PROBE_PATIENCE: Final = 1.0
_READERS: Final = 64
_WAIT: Final = "blazon_wait"  # milliseconds that a transaction may wait for the lock of writers
_BUSY: Final = "others write to the database; try again"
_BESIDE: Final = ("-wal", "-shm", "-journal", ".lock")
_OPEN_HINT: Final = "see DATA_DIR, DATABASE_URL"


class Database:
    """A database. Threads may share it."""

    def __init__(self, location: DatabaseLocation) -> None:
        self.location = location
        self._sqlite = location.url.get_backend_name() == "sqlite"
        self._reader = self._engine(pool_size=8, max_overflow=_READERS - 8)
        self._writer = self._engine()
        self._turn = threading.Lock()  # of writers in this process: SQLite itself lets them wait in no order
        folder = location.file.parent if location.file else None
        self._health = WriteHealth("the database", self._probe, folder)
        if self._sqlite:
            event.listen(self._reader, "connect", _prepare_reader)
            event.listen(self._reader, "begin", _begin)
            event.listen(self._writer, "connect", partial(_prepare_writer, []))
            event.listen(self._writer, "begin", _begin_immediate)

    @classmethod
    def open(cls, url: "str | URL", *, migrate: bool = True) -> "Database":
        """Open the database at `url`.

        Args:
            migrate: whether to make it or bring it up to date, which only the holder of the server's lock may do;
                False to leave everything as it is, for a look from outside.

        Raises:
            InvalidSetting: `url` is not the URL of a database that this installation can use.
            StorageUnavailable: it cannot be opened, or is not Blazon's.
        """
        location = read_url(url)
        location.refuse_foreign_file()
        database = cls(location)
        with database.close_on_error():
            database.state()
            if migrate:
                database.bring_up_to_date()
        return database

    def state(self) -> SchemaState:
        """Return how its tables stand to this version of Blazon; nothing is changed.

        Raises:
            StorageUnavailable: another application made it, or a newer version of Blazon; or it cannot be read.
        """
        with self._reader.begin() as connection:
            return schema_state(connection, self.location)

    def bring_up_to_date(self) -> None:
        """Make its tables or bring them up to date; for the holder of the server's lock.

        Raises:
            StorageUnavailable: as `state`.
        """
        with self._writer.begin() as connection:
            migrate(connection, self.location)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the database. Waits for no writer.

        Raises:
            StorageUnavailable: it cannot be read.
            StorageFault: it refused a statement.
        """
        with self._translate_errors(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction; on disk when the block ends, or undone if it raises.

        Raises:
            StorageFull: no room is left for it.
            StorageUnavailable: it cannot be written, or others write for seconds.
            StorageFault: it refused a statement.
        """
        try:
            with self._transaction(_PATIENCE) as connection:
                yield connection
        except StorageUnavailable as problem:
            self._health.note_failure(problem)
            raise
        self._health.note_success()

    def try_write(self, *statements: Executable) -> bool:
        """Execute statements if that can be done at once, and return whether it was: for what may be left out."""
        try:
            with self._transaction(0) as connection:
                for statement in statements:
                    connection.execute(statement)
        except (StorageUnavailable, StorageFault):
            return False
        return True

    def connect_writer(self) -> None:
        """Connect as those do who write: what cannot be had, such as a WAL, is said now."""
        self._writer.connect().close()

    def write_problem(self) -> str:
        """Return why nothing can be written now, in one line; empty if it can. Blocks for a second at most."""
        return self._health.problem()

    def close(self) -> None:
        self._reader.dispose()
        self._writer.dispose()

    def _engine(self, **pool: int) -> Engine:
        # Without parameters: an error may be logged or shown, and they are prompts and secrets.
        given: dict[str, Any] = {"hide_parameters": True, "pool_timeout": _PATIENCE, **pool}
        given |= {"connect_args": {"timeout": _PATIENCE}} if self._sqlite else {"pool_pre_ping": True}
        return sqlalchemy.create_engine(self.location.url, **given)

    @contextmanager
    def _transaction(self, patience: float) -> Iterator[Connection]:
        until = time.monotonic() + patience
        with self._translate_errors(), self._take_turn(patience):
            wait = _milliseconds(max(0.0, until - time.monotonic()))
            with self._writer.connect().execution_options(**{_WAIT: wait}) as connection, connection.begin():
                yield connection

    @contextmanager
    def _take_turn(self, patience: float) -> Iterator[None]:
        if not self._sqlite:
            yield
            return
        if not self._turn.acquire(timeout=patience):
            raise StorageUnavailable(_BUSY)
        try:
            yield
        finally:
            self._turn.release()

    def _probe(self, failed: bool) -> None:
        with self._transaction(_PROBE_PATIENCE) as connection:
            if failed and self._sqlite:  # nothing less than a write finds out whether there is room again
                version = connection.exec_driver_sql("PRAGMA user_version").scalar()
                connection.exec_driver_sql(f"PRAGMA user_version = {version}")

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except NoConnection as error:
            raise StorageUnavailable(_BUSY) from error
        except (IntegrityError, ProgrammingError, DataError) as error:
            raise _fault(error) from error
        except DBAPIError as error:
            raise self._explain(error) from error
        except SQLAlchemyError as error:
            raise _fault(error) from error

    def _explain(self, error: DBAPIError) -> StorageUnavailable:
        reason = str(error.orig)
        if "is full" in reason or "No space left" in reason:
            return StorageFull("no disk space is left for new work; free some, or run blazon gc")
        if "is locked" in reason:
            return StorageUnavailable(_BUSY)
        if self._sqlite:  # whose reasons name no path
            return StorageUnavailable(f"the database cannot be used: {reason}")
        log.error("the database cannot be used", reason=reason)
        return StorageUnavailable("the database cannot be used now; the server's log says why")

    @contextmanager
    def close_on_error(self) -> Iterator[None]:
        """Close it again, and say why in one line, if it cannot be opened."""
        try:
            if self.location.file is not None and not self.location.file.exists():
                _create(self.location.file)
            yield
        except TypeError as error:  # options of the URL that the library does not know
            self.close()
            raise InvalidSetting(f"DATABASE_URL has an option that cannot be used: {error}") from None
        except (DBAPIError, CommandError, NoConnection) as error:
            self.close()
            reason = " ".join(str(getattr(error, "orig", error)).split())
            raise StorageUnavailable(f"the database cannot be opened: {reason}; {_OPEN_HINT}") from None
        except BaseException:
            self.close()
            raise


def open_database(settings_url: str, data_dir: Path, *, locked: bool = False) -> Database:
    """Open the database of `DATABASE_URL`, or without one the SQLite file in `DATA_DIR`, making it where it is missing.

    Its tables are made or brought up to date under the lock of the server, so never while another server works on it.

    Args:
        locked: whether the caller holds that lock; without it, it is taken for as long as it is needed.

    Raises:
        InvalidSetting: the URL is not that of a database that this installation can use.
        StorageUnavailable: it cannot be opened, or is not Blazon's, or a server of an older version works on it.
    """
    location = locate_database(settings_url, data_dir)
    location.refuse_foreign_file()
    location.make_folder()
    database = Database(location)
    with database.close_on_error():
        state = database.state()
        if state is not SchemaState.CURRENT and locked:
            database.bring_up_to_date()
        elif state is not SchemaState.CURRENT:
            _bring_up_to_date_alone(database, state)
        database.connect_writer()
        _tighten(location)
    return database


def existing_database(settings_url: str, data_dir: Path) -> Database | None:
    """Open that database only if it is there, changing nothing. None if it, or what is in it, is still to be made.

    Raises:
        InvalidSetting, StorageUnavailable: as `open_database`.
    """
    location = locate_database(settings_url, data_dir)
    if location.file is not None and not location.file.is_file():
        return None
    location.refuse_foreign_file()
    database = Database(location)
    with database.close_on_error():
        state = database.state()
    if state is SchemaState.EMPTY:
        database.close()
        return None
    return database


def _bring_up_to_date_alone(database: Database, state: SchemaState) -> None:
    """Hold the lock of the server, for one who is none, while the tables are changed."""
    location = database.location
    if location.file is None and state is SchemaState.BEHIND:  # servers share it, and nobody knows whether any runs
        raise StorageUnavailable(
            f"an older version of Blazon made {location}; start blazon serve once to bring it up to date"
        )
    try:
        with hold_server_lock(location, patience=0 if state is SchemaState.BEHIND else _PATIENCE):
            database.bring_up_to_date()
    except ServerRunning:
        if database.state() is not SchemaState.CURRENT:  # or the server has just brought it up to date
            raise StorageUnavailable(
                f"an older version of Blazon made {location}, and its server still runs; stop it and try again"
            ) from None


def _tighten(location: DatabaseLocation) -> None:
    """Take the files of the database away from other users, and `DATA_DIR` if nothing else is in there."""
    if location.file is None:
        return
    files = [location.file, *(location.file.with_name(location.file.name + suffix) for suffix in _BESIDE)]
    own = {path.name for path in files} | {"pictures"}
    folder = location.folder
    folders = [folder] if folder and {path.name for path in folder.iterdir()} <= own else []
    tighten(location.file.parent, [*files, *folders])


def _create(file: Path) -> None:
    try:
        create_private_file(file)
    except OSError:
        return  # SQLite says why it cannot be


def _fault(error: SQLAlchemyError) -> StorageFault:
    log.error("the database refused a statement", exc_info=error)
    return StorageFault("the database refused what the program wrote; the server's log says why")


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)


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
    wait = connection.get_execution_options().get(_WAIT, _milliseconds(_PATIENCE))
    connection.connection.cursor().execute(f"PRAGMA busy_timeout={wait}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
