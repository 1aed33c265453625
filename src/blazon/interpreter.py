"""How another process of this program is started."""

import os
import sys
from typing import Final

IDLE_THREADS: Final = {"OMP_WAIT_POLICY": "PASSIVE", "TOKENIZERS_PARALLELISM": "false"}
"""The environment of a process that draws, unless it is said otherwise. Torch's threads sleep while they wait: those of
the engine and of the decoder share the cores with the server, and spinning costs it a tenth of its pictures. Tokenizers
need no threads for a prompt."""


def python(*arguments: str) -> list[str]:
    """Return the command line of another interpreter that finds modules where this one does."""
    # `-m` puts the working directory first, where any file could stand in for a module, unless -P forbids it. It
    # must be allowed only where it is on the path already.
    try:
        folder = os.getcwd()  # noqa: PTH109 - pathlib costs as much memory as all of this
    except OSError:  # it was removed
        folder = ""
    allowed = sys.path[:1] in ([""], [folder])
    return [sys.executable, *([] if allowed else ["-P"]), *arguments]
