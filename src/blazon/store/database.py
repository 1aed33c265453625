"""The database: how it is opened, read and written.

SQLite by default, in WAL mode, or PostgreSQL. Readers have connections of their own and wait for no writer; writers
wait for each other and for other processes no longer than `_PATIENCE`. A commit is on disk when it returns, so that
what was acknowledged survives a power cut too.
"""

import functools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

import sqlalchemy
import structlog
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, Executable
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection

from blazon.errors import InvalidSetting, StorageFault, StorageFull, StorageUnavailable
from blazon.store import postgresql, sqlite
from blazon.store.database_location import DatabaseLocation, locate_database, read_url
from blazon.store.database_location import sqlite_url as sqlite_url  # who opens a file by itself needs both
from blazon.store.file_permissions import create_private_file, tighten
from blazon.store.schema import SchemaState, migrate, schema_state
from blazon.store.server_lock import ServerRunning, hold_server_lock
from blazon.store.write_health import WriteHealth

log = structlog.stdlib.get_logger("blazon.store")

NOTICES: Final = "notices"
"""Where a connection keeps what its transaction has to tell other servers."""

_PATIENCE: Final = 5.0  # seconds that a writer waits for others, and a reader where there is no WAL
_PROBE_PATIENCE: Final = 1.0
_READERS: Final = 64
_CONNECTIONS: Final = 16  # of readers and of writers each, where a server has few for all
_PAUSES: Final = (0.05, 0.15, 0.4)  # seconds before a transaction that was undone is tried again
_BESIDE: Final = ("-wal", "-shm", "-journal", ".lock")
_OPEN_HINT: Final = "see DATA_DIR, DATABASE_URL"
_START_PATIENCE: Final = 60.0  # seconds that a server waits at its start for a database that is away
_START_PAUSE: Final = 1.0

P = ParamSpec("P")
T = TypeVar("T")


class Database:
    """A database. Threads may share it."""

    def __init__(self, location: DatabaseLocation) -> None:
        self.location = location
        self._sqlite = location.url.get_backend_name() == "sqlite"
        self._patience = _PATIENCE
        most = _READERS if self._sqlite else _CONNECTIONS
        self._reader = self._engine(pool_size=8, max_overflow=most - 8)
        self._writer = self._engine() if self._sqlite else self._engine(pool_size=8, max_overflow=most - 8)
        self._turn = threading.Lock()  # of writers in this process: SQLite itself lets them wait in no order
        self._translator = postgresql.ErrorTranslator()
        self.on_notices: Callable[[list[Any]], None] = lambda _: None
        """Is given what a transaction has to tell other servers, once it is through."""
        folder = location.file.parent if location.file else None
        self._health = WriteHealth("the database", self._probe, folder)
        if self._sqlite:
            sqlite.prepare_engines(self._reader, self._writer)
        else:
            postgresql.prepare_engines(self._reader, self._writer, self._patience)

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
        with self._connect_writer(self._patience) as connection, connection.begin():
            postgresql.lock_schema(connection)
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

    def try_write(self, *statements: Executable, lock_name: str = "") -> bool:
        """Execute statements if that can be done at once, and return whether it was: for what may be left out.

        Args:
            lock_name: of the lock that they need, see `lock`.
        """
        try:
            with self._transaction(0) as connection:
                if lock_name:
                    postgresql.lock(connection, lock_name)
                for statement in statements:
                    connection.execute(statement)
        except (StorageUnavailable, StorageFault):
            return False
        return True

    @property
    def shared(self) -> bool:
        """Whether several servers may work on it at the same time."""
        return not self._sqlite

    @contextmanager
    def listening(self, channel: str) -> Iterator[postgresql.Listener]:
        """Listen to a channel of PostgreSQL.

        Raises:
            StorageUnavailable: the database cannot be reached, also from what is yielded.
        """
        with (
            self._translate_errors(),
            self._reader.connect() as connection,
            postgresql.listen(connection, channel) as listener,
        ):
            yield listener

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
        if self._sqlite:
            given["connect_args"] = {"timeout": _PATIENCE}
        else:
            given |= {"connect_args": postgresql.connect_arguments(self.location.url), "pool_pre_ping": True}
        return sqlalchemy.create_engine(self.location.url, **given)

    @contextmanager
    def _transaction(self, patience: float) -> Iterator[Connection]:
        until = time.monotonic() + patience
        with self._translate_errors(), self._take_turn(patience):
            left = max(0.0, until - time.monotonic())
            with self._connect_writer(left) as connection, connection.begin() as transaction:
                if not self._sqlite and patience != self._patience:
                    postgresql.wait_no_longer(connection, patience)
                notices = connection.info[NOTICES] = []
                yield connection
                with self._translate_errors(committing=True):
                    transaction.commit()
        if notices:
            self.on_notices(notices)

    def _connect_writer(self, patience: float) -> Connection:
        return self._writer.connect().execution_options(**{sqlite.WAIT: postgresql.milliseconds(patience)})

    @contextmanager
    def _take_turn(self, patience: float) -> Iterator[None]:
        if not self._sqlite:
            yield
            return
        if not self._turn.acquire(timeout=patience):
            raise StorageUnavailable(postgresql.BUSY)
        try:
            yield
        finally:
            self._turn.release()

    def _probe(self, failed: bool) -> None:
        with self._transaction(_PROBE_PATIENCE) as connection:
            if not self._sqlite:
                postgresql.check_writable(connection, failed)
            elif failed:  # nothing less than a write finds out whether there is room again
                version = connection.exec_driver_sql("PRAGMA user_version").scalar()
                connection.exec_driver_sql(f"PRAGMA user_version = {version}")

    @contextmanager
    def _translate_errors(self, *, committing: bool = False) -> Iterator[None]:
        try:
            yield
        except NoConnection as error:
            raise StorageUnavailable(postgresql.BUSY) from error
        except DBAPIError as error:
            raise self._explain(error, committing) from error
        except SQLAlchemyError as error:
            raise _fault(error) from error

    def _explain(self, error: DBAPIError, committing: bool) -> StorageUnavailable | StorageFault:
        if not self._sqlite:
            return self._translator.explain(error, committing=committing) or _fault(error)
        if isinstance(error, IntegrityError | ProgrammingError | DataError):
            return _fault(error)
        reason = str(error.orig)  # which names no path
        if "is full" in reason or "No space left" in reason:
            return StorageFull(postgresql.FULL)
        if "is locked" in reason:
            return StorageUnavailable(postgresql.BUSY)
        return StorageUnavailable(f"the database cannot be used: {reason}")

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
            reason = postgresql.describe(error)
            hint = _OPEN_HINT if self._sqlite else "see DATABASE_URL"
            raise StorageUnavailable(f"the database cannot be opened: {reason}; {hint}") from None
        except BaseException:
            self.close()
            raise


def retry(transact: Callable[P, T]) -> Callable[P, T]:
    """Call what is one transaction again where that was undone: others were in its way, or the connection
    ended before it was committed.
    """

    @functools.wraps(transact)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        for pause in _PAUSES:
            try:
                return transact(*args, **kwargs)
            except postgresql.TransactionUndone:
                time.sleep(pause)
        return transact(*args, **kwargs)

    return call


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
        state = _wait_for(database) if locked else database.state()
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


def _wait_for(database: Database) -> SchemaState:
    """Return the state of a database, which a server waits for: it may be started later than the server."""
    until = time.monotonic() + _START_PATIENCE
    while True:
        try:
            return database.state()
        except DBAPIError as error:
            if not postgresql.is_away(error) or time.monotonic() + _START_PAUSE > until:
                raise
            log.warning("the database does not answer yet", reason=postgresql.describe(error), delay_s=_START_PAUSE)
        time.sleep(_START_PAUSE)


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
