"""A process that computes for a server: reads calls from stdin, writes what they return to stdout.

It ends when its server does, however that ends: stdin ends with it. See `process`.
"""

import logging
import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any, Final

from blazon.errors import BlazonError
from blazon.logs import LogStyle, configure_logs

READY: Final = b"ready"
# Seconds that a call may take. The system's alarm ends the process even where a library that holds the interpreter lock
# hangs; so it does not outlive its server by more, nor hold up those who wait behind it.
LONGEST: Final = 30.0


def main(niceness: int, logs: LogStyle) -> None:
    """Answer calls until stdin ends, with a priority that is lower by `niceness`, and log as the server does."""
    _ignore_signals()
    configure_logs(logs.level, logs.format)
    logging.captureWarnings(True)
    _lower_priority(niceness)
    with suppress(EOFError, BrokenPipeError), os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not come between the answers
        _write(READY, answers)
        while True:
            work, arguments, options = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own server wrote it
            _limit_time(LONGEST)
            answer = _call(work, arguments, options)
            _limit_time(0)
            _write(answer, answers)


def _call(work: Callable[..., Any], arguments: Any, options: Any) -> Any:
    """Return what a call returns, or the error that it raises."""
    try:
        return work(*arguments, **options)
    except BlazonError as error:
        return error
    except BaseException:  # noqa: BLE001 - the Rust libraries panic with one; the server logs it
        return RuntimeError(traceback.format_exc())


def _ignore_signals() -> None:
    """Leave the end to the server, which may have work to finish: a service manager tells all processes at once."""
    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)


def _lower_priority(niceness: int) -> None:
    with suppress(OSError):  # a sandbox may forbid it
        if niceness and hasattr(os, "nice"):
            os.nice(niceness)
        if niceness and hasattr(os, "SCHED_BATCH"):  # Linux: whoever wakes up does not wait for the end of a time slice
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def _limit_time(seconds: float) -> None:
    if hasattr(signal, "setitimer"):  # POSIX
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _write(answer: object, answers: IO[bytes]) -> None:
    pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
    answers.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), LogStyle(*sys.argv[2:]))
