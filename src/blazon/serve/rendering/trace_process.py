"""The process that traces paintings for a server: reads what to render from stdin, writes the files to stdout.

It ends when its server does, however that ends: stdin ends with it. See `tracer`.
"""

import os
import pickle
import signal
import sys
import traceback
from contextlib import suppress
from typing import IO, Any, Final

from blazon.errors import BlazonError
from blazon.export.delivery import render_file

READY: Final = b"ready"
# Seconds that a trace may take. The system's alarm ends the process even where the tracer, which holds the interpreter
# lock, hangs; so it does not outlive its server by more, nor hold up those who wait behind it.
LONGEST: Final = 30.0


def main() -> None:
    """Render until stdin ends."""
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers, suppress(EOFError, BrokenPipeError):
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not come between the answers
        _write(READY, answers)
        while True:
            arguments, options = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own server wrote it
            _limit_time(LONGEST)
            answer = _render(arguments, options)
            _limit_time(0)
            _write(answer, answers)


def _render(arguments: Any, options: Any) -> bytes | Exception:
    """Return a file, or why there is none."""
    try:
        return render_file(*arguments, **options)
    except BlazonError as error:
        return error
    except BaseException:  # noqa: BLE001 - the Rust libraries panic with one; the server logs it
        return RuntimeError(traceback.format_exc())


def _limit_time(seconds: float) -> None:
    if hasattr(signal, "setitimer"):  # POSIX
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _write(answer: object, answers: IO[bytes]) -> None:
    pickle.dump(answer, answers)
    answers.flush()


if __name__ == "__main__":
    main()
