"""Who may read what is stored: the user of the server, and nobody else of this machine. POSIX only.

The database holds the secrets that sign webhooks and links. Modes are set whatever the umask is.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import structlog

log = structlog.stdlib.get_logger("blazon.store")

POSIX: Final = os.name == "posix"
_FOLDER: Final = 0o700
_FILE: Final = 0o600


def make_private_folder(path: Path) -> None:
    """Make a folder, and those above it that are missing; it is for its owner alone if it was made here.

    Raises:
        OSError: it cannot be made, such as FileExistsError where a file has its name.
    """
    if not path.is_dir():
        path.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
        make_private(path)


def create_private_file(path: Path) -> None:
    """Create an empty file for its owner alone, unless it is there.

    Raises:
        OSError: it cannot be created.
    """
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE))
    except FileExistsError:
        return
    make_private(path)


def make_private(path: Path) -> bool:
    """Take a file or folder away from all but its owner. Return whether it was open to others, and is no more.

    What belongs to another user, is a link or is gone stays as it is; where it cannot be done, the log says so.
    """
    if not POSIX:
        return False
    try:
        status = path.lstat()
        wanted = _FOLDER if stat.S_ISDIR(status.st_mode) else _FILE
        mode = stat.S_IMODE(status.st_mode)
        if stat.S_ISLNK(status.st_mode) or mode & 0o777 == wanted:
            return False
        if status.st_uid != os.geteuid():
            if mode & 0o077:
                log.warning("others may read what is stored here", path=str(path), reason="another user owns it")
            return False
        path.chmod(wanted)
    except FileNotFoundError:
        return False
    except OSError as error:
        log.warning("others may read what is stored here", path=str(path), reason=error.strerror)
        return False
    return bool(mode & 0o077)


def tighten(folder: Path, paths: Iterable[Path]) -> None:
    """Take paths away from all but their owner, and say so in one line if some were open to others."""
    if tightened := sum(map(make_private, paths)):
        log.warning("was open to other users of this machine, and is no more", folder=str(folder), paths=tightened)


def walk_if_open(folder: Path) -> Iterator[Path]:
    """Yield all that is in a folder that others may enter, and the folder itself last; nothing for a private one."""
    if not POSIX or not folder.is_dir() or not folder.stat().st_mode & 0o077:
        return
    for here, folders, files in os.walk(folder):
        yield from (Path(here, name) for name in (*folders, *files))
    yield folder
