"""The database: how it is opened, migrated, read and written.

SQLite by default, in WAL mode: readers and the one writer do not wait for each other. A commit is on disk when it
returns (`synchronous=FULL`), so that what was acknowledged survives a power cut too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import alembic.command
import alembic.config
import sqlalchemy
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.pool import ConnectionPoolEntry

from blazon.errors import InvalidSetting, StorageFull, StorageUnavailable
from blazon.store.tables import metadata

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_FILE: Final = "blazon.db"
_PATIENCE: Final = 30.0  # seconds that a writer waits for another one
_WRITES: Final = "blazon_writes"


class Database:
    """A migrated database. Threads may share it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**{_WRITES: True})

    @classmethod
    def open(cls, url: str, *, migrate: bool = True) -> "Database":
        """Open the database at `url`, making it or bringing its schema up to date first.

        Args:
            migrate: False to leave the schema as it is, for a look from outside.

        Raises:
            InvalidSetting: `url` is not the URL of a database that this installation can use.
            StorageUnavailable: it cannot be opened.
        """
        try:
            # Without parameters: an error may be logged or shown, and they are prompts and secrets.
            engine = sqlalchemy.create_engine(url, connect_args=_arguments(url), hide_parameters=True)
        except (SQLAlchemyError, ModuleNotFoundError) as error:
            raise InvalidSetting(f"DATABASE_URL cannot be used: {error}") from None
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        try:
            with engine.execution_options(**{_WRITES: True}).begin() as connection:
                if migrate:
                    _migrate(connection)
        except (DBAPIError, CommandError) as error:
            engine.dispose()
            newer = isinstance(error, CommandError)  # alembic finds a version in it that it has never heard of
            reason = "a newer version of Blazon made it" if newer else getattr(error, "orig", error)
            raise StorageUnavailable(f"the database cannot be opened: {reason}; see DATA_DIR, DATABASE_URL") from None
        return cls(engine)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the database.

        Raises:
            StorageUnavailable: it cannot be read.
        """
        with _told(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction; on disk when the block ends, or undone if it raises.

        Raises:
            StorageFull: no room is left for it.
            StorageUnavailable: it cannot be written.
        """
        with _told(), self._writer.begin() as connection:
            yield connection

    def close(self) -> None:
        self._engine.dispose()


def sqlite_url(path: Path) -> str:
    """Return the URL of a SQLite file."""
    return f"sqlite:///{path.absolute()}"


def open_database(settings_url: str, data_dir: Path) -> Database:
    """Open the database of `DATABASE_URL`, or without one the SQLite file in `DATA_DIR`, making it where it is missing.

    Raises:
        InvalidSetting: the URL is not that of a database that this installation can use.
        StorageUnavailable: it cannot be opened.
    """
    if settings_url:
        _refuse_memory(settings_url)
        return Database.open(settings_url)
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)  # secrets of webhooks are in there
    except FileExistsError:
        raise StorageUnavailable(f"{data_dir} is a file, not a folder; see DATA_DIR") from None
    except OSError as error:
        raise StorageUnavailable(f"the folder {data_dir} cannot be made: {error.strerror}; see DATA_DIR") from None
    return Database.open(sqlite_url(data_dir / _FILE))


def sqlite_file(settings_url: str, data_dir: Path) -> Path | None:
    """Return the SQLite file that `open_database` opens; None for another database, or one named by a `file:` URI."""
    url = settings_url or sqlite_url(data_dir / _FILE)
    name = sqlalchemy.make_url(url).database if url.startswith("sqlite") else None
    return Path(name) if name and not name.startswith("file:") else None


def existing_database(settings_url: str, data_dir: Path) -> Database | None:
    """Open that database only if it is there, changing nothing. None if it, or what is in it, is still to be made.

    Raises:
        InvalidSetting, StorageUnavailable: as `open_database`.
    """
    url, file = settings_url or sqlite_url(data_dir / _FILE), sqlite_file(settings_url, data_dir)
    if url.startswith("sqlite") and not (file and file.is_file()):
        return None
    database = Database.open(url, migrate=False)
    with database.reading() as connection:
        if sqlalchemy.inspect(connection).has_table(metadata.sorted_tables[0].name):
            return database
    database.close()
    return None


def _refuse_memory(url: str) -> None:
    if url.startswith("sqlite") and (":memory:" in url or "mode=memory" in url or url.rstrip("/").endswith(":")):
        raise InvalidSetting("DATABASE_URL names a database that ends with the server; name a file")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (IntegrityError, ProgrammingError, DataError):
        raise  # faults of the program, not of the database
    except (DBAPIError, NoConnection) as error:
        reason = str(getattr(error, "orig", "all connections are in use"))
        if "is full" in reason or "No space left" in reason:
            raise StorageFull("no disk space is left for new work; free some, or run blazon gc") from error
        raise StorageUnavailable(f"the database cannot be used: {reason}") from error


def _arguments(url: str) -> dict[str, Any]:
    return {"timeout": _PATIENCE} if url.startswith("sqlite") else {}


def _prepare_sqlite(connection: Any, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions are begun below, not guessed by the driver
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later would fail at once if another one wrote in between.
    immediate = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _migrate(connection: Connection) -> None:
    config = alembic.config.Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    alembic.command.upgrade(config, "head")
