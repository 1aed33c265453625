"""One process that computes, seen from the server.

It is connected by pipes and nothing else, so it needs no semaphores, and no /dev/shm to make them in; it is in a
session of its own, so Ctrl-C in a terminal reaches the server alone.
"""

import pickle
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import IO, Any, Final, TypeVar, cast

import structlog

from blazon.cancellation import WorkCancelled
from blazon.errors import GenerationFailed
from blazon.interpreter import python

log = structlog.stdlib.get_logger("blazon.serve")

T = TypeVar("T")

_BROKEN: Final = (EOFError, OSError, pickle.UnpicklingError)


class ComputeProcess:
    """Calls functions in another process. `call` is for one thread at a time; `close` may come from another.

    Args:
        failure: what is told of a call that was given up.
        niceness: by how much its priority is lower than that of the server.
        command: starts the process, see `main`.
    """

    def __init__(self, failure: str, niceness: int = 0, command: Sequence[str] = ()) -> None:
        self._failure = failure
        self._command = command or python("-m", "blazon.serve.compute.main", str(niceness))
        self._process: subprocess.Popen[bytes] | None = None  # started when first needed
        self._here = False  # whether calls are made in this process, as no other can be started
        self._closed = False
        self._lock = threading.Lock()

    def call(self, work: Callable[..., T], *arguments: Any, **options: Any) -> T:
        """Return what a function of a module returns for arguments that can be pickled.

        A process that breaks down is replaced, and the call made once more. What breaks that one down as well, or
        takes longer than `main.LONGEST`, is given up: the server itself would be next.

        Raises:
            GenerationFailed: it was given up.
            WorkCancelled: the process was closed.
            BlazonError: what the function raises.
            RuntimeError: the function raised an unexpected error; the message is its traceback.
        """
        for _ in range(2):
            process = self._start()
            if process is None:
                return work(*arguments, **options)
            with suppress(*_BROKEN):
                return cast("T", _read_answer(process, (work, arguments, options)))
            if (code := self._end()) == -signal.SIGALRM:
                break
            if not self._closed:
                log.error("a process that computes broke down", code=code, work=work.__qualname__)
        if self._closed:
            raise WorkCancelled
        raise GenerationFailed(self._failure)

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
            log.warning("no process can be started to compute in; the server's own does it", reason=reason)
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


def _read_answer(process: "subprocess.Popen[bytes]", question: object) -> object:
    pickle.dump(question, _pipe(process.stdin), pickle.HIGHEST_PROTOCOL)
    _pipe(process.stdin).flush()
    answer = pickle.load(_pipe(process.stdout))  # noqa: S301 - our own process wrote it
    if isinstance(answer, Exception):
        raise answer
    return answer


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # noqa: S101 - it was asked for
    return pipe
