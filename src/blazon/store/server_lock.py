"""The lock of the server: one server at a time works on a SQLite database, and only its holder changes the tables.

A second server would take up the first one's unfinished work and draw it twice, and one of another version would change
the tables under its feet. The lock is the operating system's: it ends with the process, however that ends.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import structlog

from blazon.errors import StorageUnavailable
from blazon.store.database_location import DatabaseLocation
from blazon.store.file_permissions import make_private

log = structlog.stdlib.get_logger("blazon.store")

_SUFFIX: Final = ".lock"
# Seconds that a server waits for the one before it, which may be ending.
_PATIENCE: Final = 5.0
_LOOK_AGAIN: Final = 0.05


class ServerRunning(StorageUnavailable):
    """Another server works on the database."""


@contextmanager
def hold_server_lock(location: DatabaseLocation, patience: float = _PATIENCE) -> Iterator[None]:
    """Work on a database alone. A database that is not a SQLite file is shared, and has no lock.

    The folder that holds the database is made if it is the one of Blazon; a file of somebody else is refused before
    anything is written.

    Raises:
        ServerRunning: another server works on it, and did not end within `patience` seconds.
        StorageUnavailable: the file beside it that is locked for that cannot be written, or it is no database of
            Blazon.
    """
    if location.file is None:
        yield
        return
    location.refuse_foreign_file()
    location.make_folder()
    descriptor = _open(location.file.with_name(location.file.name + _SUFFIX))
    try:
        until = time.monotonic() + patience
        while not _lock(descriptor):
            if time.monotonic() >= until:
                raise ServerRunning(
                    f"another blazon serve works on {location.file}; stop it, or give this one a DATA_DIR of its own"
                )
            time.sleep(_LOOK_AGAIN)
        yield
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StorageUnavailable(f"{path} cannot be written: {error.strerror}; see DATA_DIR") from None
    make_private(path)
    return descriptor


def _lock(descriptor: int) -> bool:
    """Lock a file if nobody else has; also say so where there are no locks, because that must not stop a server."""
    try:
        import fcntl
    except ImportError:  # Windows
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:  # a network file system without locks
        log.warning("a second server on this database would not be noticed", reason=error.strerror)
    return True
