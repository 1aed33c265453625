"""Where the database is: what `DATABASE_URL` and `DATA_DIR` say, read and checked before anything is written."""

import sqlite3
import warnings
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import sqlalchemy
from sqlalchemy import URL, Dialect
from sqlalchemy.exc import SAWarning, SQLAlchemyError

from blazon.errors import InvalidSetting, StorageUnavailable
from blazon.store.file_permissions import make_private_folder
from blazon.store.tables import VERSION_TABLE

APPLICATION_ID: Final = 0x424C5A4E  # "BLZN": in the header of a SQLite file, says which application it belongs to
# Databases of the first versions have alembic's own name for it, which is that of many applications, and these tables.
FORMER_VERSION_TABLE: Final = "alembic_version"
_FIRST_TABLES: Final = frozenset(
    {"api_keys", "cache", "candidates", "generations", "idempotency", "secrets", "usage", "webhooks"}
)
_FILE: Final = "blazon.db"
_MAGIC: Final = b"SQLite format 3\0"
_EXAMPLE: Final = "sqlite:////var/lib/blazon/blazon.db"
_KNOWN: Final = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class DatabaseLocation:
    """A database that may be still to be made.

    Args:
        file: of a SQLite database, None for another one.
        folder: `DATA_DIR` if the database is in there, made where it is missing.
    """

    url: URL
    file: Path | None = None
    folder: Path | None = None

    def __str__(self) -> str:
        """Return how it is named to people: its file, or its URL without password and options."""
        return str(self.file) if self.file else self.url.set(query={}).render_as_string(hide_password=True)

    def make_folder(self) -> None:
        """Make `DATA_DIR` where the database belongs in there.

        Raises:
            StorageUnavailable: it cannot be made.
        """
        if self.folder is None:
            return
        try:
            make_private_folder(self.folder)
        except FileExistsError:
            raise StorageUnavailable(f"{self.folder} is a file, not a folder; see DATA_DIR") from None
        except OSError as error:
            raise StorageUnavailable(
                f"the folder {self.folder} cannot be made: {error.strerror}; see DATA_DIR"
            ) from None

    def refuse_foreign_file(self) -> None:
        """Return if the file is not there, is empty, or is a SQLite database that may be Blazon's; nothing is written.

        Raises:
            StorageUnavailable: it is something else.
        """
        if self.file is None or not self.file.is_file():
            return
        try:
            with self.file.open("rb") as opened:
                header = opened.read(100)
        except OSError as error:
            raise StorageUnavailable(
                f"the database cannot be opened: {self.file}: {error.strerror}; see DATA_DIR, DATABASE_URL"
            ) from None
        if header and not header.startswith(_MAGIC):
            raise StorageUnavailable(
                f"the database cannot be opened: {self.file}: file is not a database; see DATA_DIR, DATABASE_URL"
            )
        marked = int.from_bytes(header[68:72], "big")
        if marked not in (0, APPLICATION_ID) or (header and is_foreign(_tables(self.file))):
            raise foreign_refusal(self)


def is_foreign(tables: set[str]) -> bool:
    """Whether tables of these names are those of another application."""
    former = FORMER_VERSION_TABLE in tables and tables >= _FIRST_TABLES
    return bool(tables) and VERSION_TABLE not in tables and not former


def foreign_refusal(location: DatabaseLocation) -> StorageUnavailable:
    """Return the refusal of a database that another application made."""
    return StorageUnavailable(
        f"the database {location} belongs to another application; give Blazon one of its own, see DATABASE_URL"
    )


def locate_database(settings_url: str, data_dir: Path) -> DatabaseLocation:
    """Return the database of `DATABASE_URL`, or without one the SQLite file in `DATA_DIR`.

    Raises:
        InvalidSetting: the URL is not that of a database that this installation can use.
    """
    if not settings_url:
        file = data_dir.absolute() / _FILE
        return DatabaseLocation(sqlite_url(file), file, data_dir)
    return read_url(settings_url)


def read_url(url: "str | URL") -> DatabaseLocation:
    """Return the database at a URL of SQLAlchemy.

    Raises:
        InvalidSetting: it is none, or the library for it is not installed.
    """
    try:
        parsed = sqlalchemy.make_url(_with_driver(url) if isinstance(url, str) else url)
        dialect = parsed.get_dialect()
        if not dialect.is_async:
            dialect.import_dbapi()
    except ModuleNotFoundError as error:
        how = "blazon[postgres]" if error.name == "psycopg" else error.name
        raise InvalidSetting(
            f"DATABASE_URL cannot be used: {error.name} is not installed; pip install '{how}'"
        ) from None
    except (SQLAlchemyError, ValueError, AttributeError):
        raise InvalidSetting(
            f"DATABASE_URL cannot be used: it is not the URL of a known database, such as {_EXAMPLE}"
        ) from None
    if dialect.is_async:
        raise InvalidSetting(
            f"DATABASE_URL cannot be used: {parsed.drivername} is an asynchronous driver; take another"
        )
    if parsed.get_backend_name() not in _KNOWN:
        raise InvalidSetting(
            f"DATABASE_URL cannot be used: Blazon works on SQLite and PostgreSQL, not on {parsed.get_backend_name()}"
        )
    _refuse_options(parsed, dialect, url)
    file = _sqlite_file(parsed)
    if parsed.get_backend_name() == "sqlite" and file is None:
        raise InvalidSetting("DATABASE_URL names a database that ends with the server; name a file")
    return DatabaseLocation(parsed, file)


def _refuse_options(parsed: URL, dialect: type[Dialect], given: "str | URL") -> None:
    """Raise InvalidSetting if what stands behind a ? would be passed over; it may be the rest of a path."""
    if isinstance(given, str) and "?" in given and not parsed.query:
        raise InvalidSetting("DATABASE_URL has a ? and no options behind it; write %3F if it belongs to the path")
    with warnings.catch_warnings(category=SAWarning, action="error"):
        try:
            dialect().create_connect_args(parsed)
        except (SAWarning, SQLAlchemyError) as error:
            raise InvalidSetting(f"DATABASE_URL has options that cannot be used: {error}") from None


def sqlite_url(path: Path) -> URL:
    """Return the URL of a SQLite file. Made of its parts: any character may be in a path."""
    return URL.create("sqlite", database=str(path.absolute()))


def _with_driver(url: str) -> str:
    """Return a URL with our driver of PostgreSQL, if it names none."""
    scheme, colon, rest = url.partition("://")
    return f"postgresql+psycopg{colon}{rest}" if scheme in ("postgres", "postgresql") else url


def _sqlite_file(url: URL) -> Path | None:
    name = url.database if url.get_backend_name() == "sqlite" else None
    if not name or name == ":memory:":
        return None
    if not name.startswith("file:"):
        return Path(name)
    path = unquote(urlsplit(name).path)
    in_memory = url.query.get("mode") == "memory" or "mode=memory" in name or path == ":memory:"
    return None if in_memory or not path else Path(path)


def _tables(file: Path) -> set[str]:
    """Return the names of the tables in a SQLite file; none if they cannot be read, which is told when it is opened."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True)) as connection:
            connection.execute("PRAGMA query_only=ON").close()
            names = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
            return {name for (name,) in names}
    except sqlite3.Error:
        return set()
