"""The standard streams of the process: whatever they are connected to, no command ends in a traceback for it."""

import os
import sys
from contextlib import suppress
from typing import TextIO

from blazon.cli.failures import FAILED, print_error


def prepare() -> None:
    """Open what the caller closed, and let no character fail that a console cannot show.

    A closed descriptor (`>&-`) would be given to the next file or socket, and what is printed would go there.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # The lowest free number is this one. The server process inherits it.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = _usable(sys.stdout, 1)
    sys.stderr = _usable(sys.stderr, 2)


def _usable(stream: TextIO | None, number: int) -> TextIO:
    if stream is None:  # so Python says that the descriptor was closed
        return open(number, "w", encoding="utf-8", errors="backslashreplace", closefd=False)
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")
    return stream


def flush(code: int) -> int:
    """Write what was printed, and return the exit code: that of the command, or a failure if its output is lost."""
    try:
        sys.stdout.flush()
    except OSError as error:
        _discard(sys.stdout)
        code = code or FAILED
        if not isinstance(error, BrokenPipeError):  # the reader left, as `head` does, and wants no more
            print_error(f"cannot write to standard output: {error.strerror}")
    try:
        sys.stderr.flush()
    except OSError:
        _discard(sys.stderr)
    return code


def _discard(stream: TextIO) -> None:
    """Keep the interpreter from trying once more at its end, which would change the exit code."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
