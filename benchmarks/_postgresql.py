"""A real PostgreSQL from Debian's package, for tests: a server in a folder of its own, and databases in it."""

import contextlib
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
from _ports import free_port
from sqlalchemy import URL

_FOLDERS: Final = "/usr/lib/postgresql/*/bin"
_ACCOUNT: Final = "postgres"  # of Debian's package; the server refuses to run as root
_PASSWORD: Final = "hush"  # of a server that only this machine reaches
# Tests ask what is written, not whether it is there after a power cut; `PostgreSQL.start` may be told otherwise.
_QUICK: Final = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_FEW: Final = ("shared_buffers=16MB", "max_connections=100", "autovacuum=off", "max_wal_size=64MB")


_CUT: Final = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_SCHEMA: Final = (
    "SELECT oid, relname, relacl, relchecks, relhastriggers, (SELECT max(version_num) FROM blazon_version)"
    " FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY oid"
)
# Those that refer to others come first.
_TABLES: Final = (
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    " AND relname <> 'blazon_version'"
    " ORDER BY EXISTS (SELECT FROM pg_constraint WHERE confrelid = pg_class.oid), relname"
)


class NoPostgreSQL(Exception):
    """Why there is none here."""


def find_programs() -> Path:
    """Return the folder of `initdb` and `postgres`, of the newest version that is installed.

    Raises:
        NoPostgreSQL: there is none, or it cannot run here.
    """
    folders = sorted(Path("/").glob(_FOLDERS.lstrip("/")), key=lambda path: int(path.parent.name))
    found = shutil.which("initdb")
    if not folders and found is None:
        raise NoPostgreSQL("PostgreSQL is not installed; on Debian and Ubuntu: apt install postgresql")
    if os.geteuid() == 0 and _ACCOUNT not in {user.pw_name for user in pwd.getpwall()}:
        raise NoPostgreSQL(f"PostgreSQL does not run as root, and there is no user {_ACCOUNT}")
    return folders[-1] if folders else Path(str(found)).parent


class PostgreSQL:
    """A server of PostgreSQL. Its superuser is `postgres`, let in by the socket, and over TCP with a password."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count()
        self._kept: dict[str, _Copy] = {}  # by template
        self.port = free_port()

    def make(self) -> None:
        """Make the folder of the server."""
        password = self._folder / "password"
        password.write_text(_PASSWORD)
        if os.geteuid() == 0:
            for path in (self._folder, password):
                shutil.chown(path, _ACCOUNT, _ACCOUNT)
        options = ["--username=postgres", "--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={password}"]
        options += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "-D", str(self._folder / "data")]
        subprocess.run([self._programs / "initdb", *options], check=True, stdout=subprocess.DEVNULL, **self._account())

    def start(self, *settings: str) -> None:
        """Start it, and wait until it answers."""
        given = [f"unix_socket_directories={self._folder}", "listen_addresses=127.0.0.1", f"port={self.port}"]
        options = [part for one in (*given, *_FEW, *(settings or _QUICK)) for part in ("-c", one)]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", str(self._folder / "data"), *options],
                stdout=log,
                stderr=log,
                cwd=self._folder,
                **self._account(),
            )
        self._wait()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT ends its connections, SIGQUIT leaves all as it is at that moment."""
        if self._process is not None:
            while self._kept:
                self._kept.popitem()[1].close()
            self._process.send_signal(how)
            self._process.wait(30)
            self._process = None

    def url(self, database: str, user: str = "postgres", password: str | None = None) -> str:
        """Return the URL of a database; over TCP with a password, by the socket without one."""
        query = {} if password else {"host": str(self._folder), "port": str(self.port)}
        host, port = ("127.0.0.1", self.port) if password else (None, None)
        made = URL.create("postgresql", user, password, host, port, database, query)
        return made.render_as_string(hide_password=False)

    @property
    def password(self) -> str:
        return _PASSWORD

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Execute a statement as the superuser, and return its rows."""
        with self.connect(database) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        """Return a connection of the superuser, without transactions."""
        return psycopg.connect(
            host=str(self._folder), port=self.port, user="postgres", dbname=database, autocommit=True
        )

    def create_database(self, template: str = "template1") -> str:
        """Return the name of a new database, a copy of `template`."""
        name = f"test_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop_database(self, name: str) -> None:
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    @contextmanager
    def lend_copy(self, template: str) -> Iterator[str]:
        """Lend a copy of a database. It is emptied and lent again if its schema was left as it was: to copy one takes a
        hundred times as long.
        """
        if template not in self._kept:
            name = self.create_database(template)
            self._kept[template] = _Copy(name, self.connect(name))
        copy = self._kept.pop(template)
        yield copy.name
        if copy.empty():
            self._kept[template] = copy
        else:
            self.drop_database(copy.name)

    def cut_connections(self, database: str) -> int:
        """End every connection to a database as an administrator does, and return how many there were."""
        return len(self.execute(_CUT, database))

    def _account(self) -> dict[str, object]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        as_whom = {"user": _ACCOUNT, "group": _ACCOUNT, "extra_groups": []} if os.geteuid() == 0 else {}
        return {"env": {**environment, "LC_ALL": "C.UTF-8"}, **as_whom}

    def _wait(self) -> None:
        until = time.monotonic() + 60
        while True:
            try:
                self.execute("SELECT 1")
            except psycopg.OperationalError:
                assert self._process is not None
                assert self._process.poll() is None, (self._folder / "log").read_text()
                assert time.monotonic() < until, (self._folder / "log").read_text()
                time.sleep(0.02)
            else:
                return


class _Copy:
    """A database that is lent again and again, as long as its schema is as it was."""

    def __init__(self, name: str, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        self.name = name
        self._connection = connection
        self._schema = connection.execute(_SCHEMA).fetchall()
        tables = [str(table) for (table,) in connection.execute(_TABLES).fetchall()]
        self._empty = "; ".join([_CUT, *(f"DELETE FROM {table}" for table in tables)])

    def empty(self) -> bool:
        """Remove what is in its tables, and return whether that is all that was changed."""
        try:
            if self._connection.execute(_SCHEMA).fetchall() == self._schema:
                self._connection.execute(self._empty.encode())
                return True
        except psycopg.Error:  # it is gone, or was cut off
            pass
        self.close()
        return False

    def close(self) -> None:
        self._connection.close()


@contextmanager
def run_postgresql(*settings: str) -> Iterator[PostgreSQL]:
    """Run a server of PostgreSQL until the context ends.

    Raises:
        NoPostgreSQL: there is none.
    """
    programs = find_programs()
    # Not among the folders of the tests, which nobody else may enter; and the name of a socket has 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="blazon-pg-"))
    server = PostgreSQL(programs, folder)
    try:
        server.make()
        server.start(*settings)
        yield server
    finally:
        server.stop(signal.SIGQUIT)
        with contextlib.suppress(OSError):
            shutil.rmtree(folder)
