"""Whose a database is, and who may change its tables."""

import json
import runpy
import shutil
import sqlite3
from pathlib import Path

import alembic.command
import alembic.config
import pytest
import sqlalchemy
from alembic.migration import MigrationContext
from alembic.operations import Operations

import blazon.store.schema
from blazon.brief import Brief
from blazon.errors import StorageUnavailable
from blazon.generation import Generation, Interpretation, new_id
from blazon.store.database import Database, existing_database, open_database
from blazon.store.database_location import APPLICATION_ID, locate_database
from blazon.store.generations import GenerationStore
from blazon.store.server_lock import hold_server_lock

MIGRATIONS = Path(blazon.store.schema.__file__).parent / "migrations"
FOREIGN = {
    "tables": "CREATE TABLE users (id INTEGER)",
    "its own migrations": "CREATE TABLE users (id INTEGER); CREATE TABLE alembic_version (version_num TEXT);"
    "INSERT INTO alembic_version VALUES ('ab12cd34ef56')",
    "the number of ours": "CREATE TABLE users (id INTEGER); CREATE TABLE alembic_version (version_num TEXT);"
    "INSERT INTO alembic_version VALUES ('0001')",
    "names like ours": "CREATE TABLE api_keys (id INTEGER); CREATE TABLE usage (id INTEGER)",
    "an id of its own": "PRAGMA application_id = 42; CREATE TABLE users (id INTEGER)",
    "an id and no tables": "PRAGMA application_id = 42; CREATE TABLE x (i); DROP TABLE x",
}


@pytest.mark.parametrize("what", FOREIGN)
@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_the_database_of_another_application_is_refused_and_left_as_it_is(tmp_path, what, journal):
    file = tmp_path / "theirs.db"
    with sqlite3.connect(file) as connection:
        connection.execute(f"PRAGMA journal_mode={journal}")
        connection.executescript(FOREIGN[what])
    connection.close()
    before = file.read_bytes()
    location = locate_database(f"sqlite:///{file}", tmp_path / "data")

    def serve() -> None:
        with hold_server_lock(location):
            open_database(f"sqlite:///{file}", tmp_path / "data", locked=True)

    for use in (
        serve,
        lambda: open_database(f"sqlite:///{file}", tmp_path / "data"),
        lambda: existing_database(f"sqlite:///{file}", tmp_path / "data"),
    ):
        with pytest.raises(
            StorageUnavailable, match=r"^the database .*theirs\.db belongs to another application; [^\n]*$"
        ):
            use()
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["theirs.db"]


def test_a_file_that_is_no_database_gets_no_lock(tmp_path):
    (tmp_path / "notes.txt").write_text("call mother")
    with (
        pytest.raises(StorageUnavailable, match="file is not a database"),
        hold_server_lock(locate_database(f"sqlite:///{tmp_path}/notes.txt", tmp_path)),
    ):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_an_empty_file_becomes_a_database_that_is_marked(tmp_path):
    (tmp_path / "blazon.db").touch()
    open_database("", tmp_path).close()
    assert sqlite3.connect(tmp_path / "blazon.db").execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)


@pytest.fixture
def older(tmp_path) -> Path:
    """A folder with the database of the first version, and a generation in it."""
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path}/blazon.db")
    first = runpy.run_path(str(MIGRATIONS / "versions" / "0001_first_tables.py"))
    with engine.begin() as connection:
        with Operations.context(MigrationContext.configure(connection)):
            first["upgrade"]()
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('0001')")
    engine.dispose()
    return tmp_path


def test_the_database_of_an_older_version_goes_on(older):
    database = open_database("", older)
    store = GenerationStore(database)
    one = Generation(new_id(), "", Brief("a bakery"), "f", 1.0, 2.0)
    store.accept(one)
    assert store.get(one.id) == one
    database.close()
    open_database("", older).close()


def test_a_generation_of_an_older_version_is_read_and_says_nothing_of_what_was_understood(older):
    values = dict.fromkeys("priority weight waited_for attempt breakdowns event cached".split(), 0)
    values |= {"id": new_id(), "owner": "", "status": "succeeded", "brief": json.dumps({"prompt": "a bakery"})}
    values |= {"fingerprint": "f", "priority": "normal", "weight": 1.0, "model": "m", "webhook_url": ""}
    values |= {"created_at": 1.0, "expires_at": 2.0}
    candidate = {"generation": values["id"], "number": 0, "picture": "p", "media_type": "image/svg+xml", "model": "m"}
    candidate |= {"seed": 7, "painted": 0, "licence": "", "credits": "[]", "bytes": 3, "event": 1}
    with sqlite3.connect(older / "blazon.db") as connection:
        for table, row in (("generations", values), ("candidates", candidate)):
            marks = ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
    connection.close()
    database = open_database("", older)
    found = GenerationStore(database).get(values["id"])
    assert found is not None
    assert found.interpretation == Interpretation()
    assert [(record.shows, record.why, record.warnings) for record in found.candidates] == [((), "", ())]
    database.close()


def test_an_older_version_is_told_that_a_newer_one_made_the_database(older, monkeypatch):
    open_database("", older).close()
    config = alembic.config.Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with sqlite3.connect(older / "blazon.db") as connection:
        (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    with pytest.raises(alembic.util.CommandError):
        alembic.script.ScriptDirectory.from_config(config).get_revision(revision)


def test_a_command_beside_the_server_of_an_older_version_changes_nothing(older):
    before = (older / "blazon.db").read_bytes()
    with (
        hold_server_lock(locate_database("", older)),
        pytest.raises(StorageUnavailable, match=r"an older version of Blazon made .*its server still runs"),
    ):
        open_database("", older)
    assert (older / "blazon.db").read_bytes() == before
    open_database("", older).close()


def test_a_command_beside_the_server_of_this_version_works(tmp_path):
    with hold_server_lock(locate_database("", tmp_path)):
        open_database("", tmp_path, locked=True).close()
        open_database("", tmp_path).close()


def test_a_look_changes_no_tables(older):
    before = (older / "blazon.db").read_bytes()
    existing_database("", older).close()
    assert (older / "blazon.db").read_bytes() == before


def test_migrations_are_found_in_a_folder_of_any_name(tmp_path, monkeypatch):
    folder = tmp_path / "100% %(here)s"
    shutil.copytree(MIGRATIONS, folder)
    monkeypatch.setattr("blazon.store.schema._MIGRATIONS", folder)
    Database.open(f"sqlite:///{tmp_path}/blazon.db").close()
