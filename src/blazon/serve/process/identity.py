"""Names of processes that are told apart over machines, and whether one of this machine is gone."""

import os
import secrets
import socket
from contextlib import suppress
from pathlib import Path
from typing import Final

_NAMESPACE: Final = Path("/proc/self/ns/pid")
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")


def name_process() -> str:
    """Return a name of this process that no other has, on any machine."""
    return f"{_name_machine()}/{os.getpid()}/{secrets.token_hex(4)}"


def is_gone(name: str) -> bool:
    """Return whether a process is known to have ended: one of another machine, or container, never is."""
    machine, _, rest = name.rpartition("/")[0].rpartition("/")
    if machine != _name_machine() or not rest.isdecimal() or int(rest) == os.getpid():
        return False
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _name_machine() -> str:
    """Return a name that two processes share only if they see each other's process ids since the machine started."""
    parts = [socket.gethostname()[:40]]
    with suppress(OSError):
        parts.append(_BOOT.read_text()[:8])
    with suppress(OSError):
        parts.append(str(_NAMESPACE.stat().st_ino))
    return ":".join(parts)
