"""Tenancy: one server at a time works on a SQLite database.

A second one would take up the first one's unfinished work and draw it twice. The lock is the operating system's: it
ends with the process, however that ends.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import structlog

from blazon.errors import StorageUnavailable

log = structlog.stdlib.get_logger("blazon.store")

_SUFFIX: Final = ".lock"
# Seconds that a server waits for the one before it, which may be ending.
_PATIENCE: Final = 5.0
_LOOK_AGAIN: Final = 0.05


@contextmanager
def sole_server(database: Path | None, patience: float = _PATIENCE) -> Iterator[None]:
    """Work on a database alone.

    Args:
        database: a SQLite file, in a folder that is there; None for a database that servers may share.

    Raises:
        StorageUnavailable: another server works on it, and did not end within `patience` seconds; or the file beside
            it that is locked for that cannot be written.
    """
    if database is None:
        yield
        return
    try:
        descriptor = os.open(database.with_name(database.name + _SUFFIX), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StorageUnavailable(f"{database}{_SUFFIX} cannot be written: {error.strerror}; see DATA_DIR") from None
    try:
        until = time.monotonic() + patience
        while not _locked(descriptor):
            if time.monotonic() >= until:
                raise StorageUnavailable(
                    f"another blazon serve works on {database}; stop it, or give this one a DATA_DIR of its own"
                )
            time.sleep(_LOOK_AGAIN)
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
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
