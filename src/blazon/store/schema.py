"""The schema of a database: whether it is Blazon's, of which version, and how it is brought up to date."""

from enum import Enum
from pathlib import Path
from typing import Final

import alembic.command
import alembic.config
import sqlalchemy
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, column, select, table

from blazon.errors import StorageUnavailable
from blazon.store.database_location import (
    APPLICATION_ID,
    FORMER_VERSION_TABLE,
    DatabaseLocation,
    foreign_refusal,
    is_foreign,
)
from blazon.store.postgresql import refuse_encoding
from blazon.store.tables import VERSION_TABLE

_MIGRATIONS: Final = Path(__file__).parent / "migrations"


class SchemaState(Enum):
    """What is to be done with a database: nothing, bring it up to date, or make all of it."""

    CURRENT = "current"
    BEHIND = "behind"
    EMPTY = "empty"


def schema_state(connection: Connection, location: DatabaseLocation) -> SchemaState:
    """Return how the tables of a database stand to this version of Blazon.

    Raises:
        StorageUnavailable: another application made it, or a newer version of Blazon, or it cannot hold every text.
    """
    refuse_encoding(connection, str(location))
    tables = set(sqlalchemy.inspect(connection).get_table_names())
    if not tables:
        return SchemaState.EMPTY
    if is_foreign(tables):
        raise foreign_refusal(location)
    name = VERSION_TABLE if VERSION_TABLE in tables else FORMER_VERSION_TABLE
    revision = connection.scalar(select(column("version_num")).select_from(table(name)))
    scripts = ScriptDirectory.from_config(_config())
    if not _knows(scripts, revision):
        raise StorageUnavailable(
            f"the database {location} cannot be opened: a newer version of Blazon made it; "
            "install that version, or see DATA_DIR, DATABASE_URL"
        )
    return (
        SchemaState.CURRENT if (name, revision) == (VERSION_TABLE, scripts.get_current_head()) else SchemaState.BEHIND
    )


def migrate(connection: Connection, location: DatabaseLocation) -> None:
    """Make the tables, or bring them up to date, within the caller's transaction.

    Raises:
        StorageUnavailable: as `schema_state`.
    """
    if schema_state(connection, location) is SchemaState.CURRENT:
        return
    tables = sqlalchemy.inspect(connection).get_table_names()
    if FORMER_VERSION_TABLE in tables and VERSION_TABLE not in tables:
        connection.exec_driver_sql(f"CREATE TABLE {VERSION_TABLE} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        connection.exec_driver_sql(f"INSERT INTO {VERSION_TABLE} SELECT version_num FROM {FORMER_VERSION_TABLE}")  # noqa: S608
        # So that a version of Blazon that knows only the former table says that a newer one made the database.
        connection.exec_driver_sql(f"UPDATE {FORMER_VERSION_TABLE} SET version_num = '{VERSION_TABLE}'")  # noqa: S608
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    config = _config()
    config.attributes["connection"] = connection
    alembic.command.upgrade(config, "head")


def _config() -> alembic.config.Config:
    config = alembic.config.Config()
    # The library fills in what stands behind a % in a value, also in the name of a folder.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


def _knows(scripts: ScriptDirectory, revision: str | None) -> bool:
    try:
        return revision is None or scripts.get_revision(revision) is not None
    except CommandError:
        return False
