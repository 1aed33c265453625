"""Traces paintings in a process of its own: the tracer holds the interpreter lock for tenths of a second.

The process is connected by pipes and nothing else, so it needs no semaphores, and no /dev/shm to make them in; it is
in a session of its own, so Ctrl-C in a terminal reaches the server alone.
"""

import pickle
import signal
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, Any, Final

import structlog

from blazon.cancellation import WorkCancelled
from blazon.errors import GenerationFailed
from blazon.export.delivery import render_file
from blazon.serve.process.supervisor import python

log = structlog.stdlib.get_logger("blazon.serve")

_BROKEN: Final = (EOFError, OSError, pickle.UnpicklingError)
_NO_TRACE: Final = "the outlines of this logo could not be traced; ask for png, webp or jpeg"


class Tracer:
    """Renders traced files. `render` is for one thread; `close` may come from another.

    Args:
        command: starts the process, see `trace_process`.
    """

    def __init__(self, command: Sequence[str] = ()) -> None:
        self._command = command or python("-m", "blazon.serve.rendering.trace_process")
        self._process: subprocess.Popen[bytes] | None = None  # started when first needed
        self._here = False  # whether it is done in this process, as no other can be started
        self._closed = False
        self._lock = threading.Lock()

    def render(self, *arguments: Any, **options: Any) -> bytes:
        """Do what `delivery.render_file` does.

        A process that breaks down is replaced, and the file tried once more. What breaks that one down as well, or
        takes longer than `trace_process.LONGEST`, is given up: the server itself would be next.

        Raises:
            GenerationFailed: it was given up.
            WorkCancelled: the tracer was closed.
            BlazonError: what `delivery.render_file` raises.
        """
        for _ in range(2):
            process = self._start()
            if process is None:
                return render_file(*arguments, **options)
            with suppress(*_BROKEN):
                return _read_answer(process, (arguments, options))
            if self._end() == -signal.SIGALRM:
                break
        if self._closed:
            raise WorkCancelled
        raise GenerationFailed(_NO_TRACE)

    def close(self) -> None:
        """End the process, whatever it is at."""
        with self._lock:
            self._closed = True
        self._end()

    def _start(self) -> "subprocess.Popen[bytes] | None":
        """Return the process, which is started if there is none; None if it cannot be."""
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        if self._here:
            return None
        try:
            process = self._open()
            pickle.load(_pipe(process.stdout))  # noqa: S301 - it says that it is ready
        except _BROKEN as error:
            self._end()
            if self._closed:
                raise WorkCancelled from None
            self._here = True
            reason = str(error) or "it ended at once"
            log.warning("no process can be started to trace in; the server's own does it", reason=reason)
            return None
        return process

    def _open(self) -> "subprocess.Popen[bytes]":
        with self._lock:
            if self._closed:
                raise WorkCancelled
            self._process = subprocess.Popen(  # noqa: S603 - the command is our own
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
            )
            return self._process

    def _end(self) -> int | None:
        """End the process and return its exit code, None if there is none."""
        with self._lock:
            process, self._process = self._process, None
        if process is None:
            return None
        process.kill()
        code = process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):  # what was not written yet goes nowhere
                _pipe(pipe).close()
        return code


def _read_answer(process: "subprocess.Popen[bytes]", question: object) -> bytes:
    pickle.dump(question, _pipe(process.stdin))
    _pipe(process.stdin).flush()
    answer: bytes | Exception = pickle.load(_pipe(process.stdout))  # noqa: S301 - our own process wrote it
    if isinstance(answer, Exception):
        raise answer
    return answer


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # noqa: S101 - it was asked for
    return pipe
