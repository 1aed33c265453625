"""How a server process ends, and how one that cannot go on asks for another one in its place."""

import logging
import os
import signal
import sys
from contextlib import suppress
from typing import Final, NoReturn

# What `supervisor` takes as "replace me". EX_TEMPFAIL of sysexits.h: try again later. Service managers that restart
# on failure (systemd's Restart=on-failure) do the same where no supervisor runs.
REPLACE_ME: Final = 75
# Seconds. One wish to stop may arrive as several signals: SIGTERM and SIGHUP of a service manager, or one that was sent
# to a whole group and passed on besides. A person who is impatient sends another one later.
DEBOUNCE: Final = 1.0


def stop_signals() -> tuple[signal.Signals, ...]:
    """Return the signals that ask this process to end.

    SIGHUP comes where a terminal closes; whoever started the server with `nohup`, which ignores it, wants it to go on.
    """
    names = [signal.Signals(signal.SIGINT), signal.Signals(signal.SIGTERM)]
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        names.append(signal.SIGHUP)
    return tuple(names)


def leave(code: int) -> NoReturn:
    """End the process at once, with what was logged and printed written.

    Without the orderly end of the interpreter, which waits for threads: one that loads a model takes
    minutes, one that hangs in a call to the GPU never ends.
    """
    # A reader that left, a closed stream, or a signal that came in the middle of a write must not keep it here.
    for stream in (*logging.root.handlers, sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, RuntimeError):
            stream.flush()
    os._exit(code)
