"""One process that computes, seen from the server.

It is connected by pipes and nothing else, so it needs no semaphores, and no /dev/shm to make them in; it is in a
session of its own, so Ctrl-C in a terminal reaches the server alone.
"""

import pickle
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO, Any, Final, TypeVar, cast

import structlog

from blazon.cancellation import WorkCancelled
from blazon.errors import GenerationFailed
from blazon.interpreter import python
from blazon.logs import PLAIN, LogStyle
from blazon.serve.compute.main import LONGEST

log = structlog.stdlib.get_logger("blazon.serve")

T = TypeVar("T")

_BROKEN: Final = (EOFError, OSError, pickle.UnpicklingError)
# By what a process ends whose call takes too long, or too much of the processor (POSIX).
_TOO_LONG: Final = {-getattr(signal, name) for name in ("SIGALRM", "SIGPROF") if hasattr(signal, name)}
# Seconds until a process that says nothing is ended from here: after its own alarm, which a stopped one never hears.
LONGEST_SILENCE: Final = LONGEST + 5
_RETRY_START: Final = 30.0  # seconds until another start is tried: what forbids one, such as a limit, lasts


class _Broken(Exception):
    """The process ended before it answered; its exit code."""

    def __init__(self, code: int | None) -> None:
        super().__init__(code)
        self.code = code


class ComputeProcess:
    """Calls functions in another process. `call` is for one thread at a time; `close` may come from another.

    Args:
        failure: what is told of a call that was given up.
        niceness: by how much its priority is lower than that of the server.
        logs: how it writes its log lines.
        command: starts the process, see `main`.
        silence: seconds after which a process that does not answer is ended.
        retry_start: seconds after which a start that failed is tried again.
    """

    def __init__(
        self,
        failure: str,
        niceness: int = 0,
        logs: LogStyle = PLAIN,
        command: Sequence[str] = (),
        *,
        silence: float = LONGEST_SILENCE,
        retry_start: float = _RETRY_START,
    ) -> None:
        self._failure = failure
        self._command = command or python("-m", "blazon.serve.compute.main", str(niceness), logs.level, logs.format)
        self._silence = silence
        self._retry_start = retry_start
        self._process: subprocess.Popen[bytes] | None = None  # started when first needed
        self._next_start = 0.0  # calls are made in this process until then, as no other can be started
        self._closed = False
        self._lock = threading.Lock()  # for which process it is
        self._speaking = threading.RLock()  # for its pipes: one may not be closed while another thread reads

    def call(self, work: Callable[..., T], *arguments: Any, **options: Any) -> T:
        """Return what a function of a module returns for arguments that can be pickled.

        A process that breaks down, or is stopped, is replaced, and the call made once more. What breaks that one down
        as well, or takes longer than `main.LONGEST`, is given up: the server itself would be next.

        Raises:
            GenerationFailed: it was given up.
            WorkCancelled: the process was closed.
            BlazonError: what the function raises.
            RuntimeError: the function raised an unexpected error; the message is its traceback.
        """
        for first in (True, False):
            with self._speaking:
                process = self._start()
            if process is None and first:
                return work(*arguments, **options)
            if process is None:
                break
            try:
                return cast("T", self._ask(process, (work, arguments, options)))
            except _Broken as broken:
                if broken.code in _TOO_LONG:
                    break
                if not self._closed:
                    log.error("a process that computes broke down", code=broken.code, work=work.__qualname__)
        if self._closed:
            raise WorkCancelled
        raise GenerationFailed(self._failure)

    def close(self) -> None:
        """End the process, whatever it is at."""
        with self._lock:
            self._closed = True
            if self._process is not None:
                self._process.kill()
        with self._speaking:
            self._end()

    def _ask(self, process: "subprocess.Popen[bytes]", question: object) -> object:
        """Return the answer of a process, or raise the error that it is; the process ends if none comes in time.

        Raises:
            _Broken: it ended.
        """
        try:
            with self._speaking, self._limit_silence(process):
                if self._process is not process:
                    raise EOFError  # it was closed meanwhile, and its pipes with it
                pickle.dump(question, _pipe(process.stdin), pickle.HIGHEST_PROTOCOL)
                _pipe(process.stdin).flush()
                answer = pickle.load(_pipe(process.stdout))  # noqa: S301 - our own process wrote it
        except _BROKEN:
            raise _Broken(self._end()) from None
        except BaseException:
            self._end()  # what it may still answer belongs to this question
            raise
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _start(self) -> "subprocess.Popen[bytes] | None":
        """Return the process, which is started if there is none; None if it cannot be."""
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        if time.monotonic() < self._next_start:
            return None
        try:
            process = self._open()
            with self._limit_silence(process):
                pickle.load(_pipe(process.stdout))  # noqa: S301 - it says that it is ready
        except _BROKEN as error:
            self._end()
            if self._closed:
                raise WorkCancelled from None
            self._next_start = time.monotonic() + self._retry_start
            reason = str(error) if isinstance(error, OSError) else "it ended at once"
            log.warning("no process can be started to compute in; the server's own does it", reason=reason)
            return None
        return process

    @contextmanager
    def _limit_silence(self, process: "subprocess.Popen[bytes]") -> Iterator[None]:
        timer = threading.Timer(self._silence, process.kill)
        timer.daemon = True
        with suppress(RuntimeError):  # without the limit where no thread can be started
            timer.start()
        try:
            yield
        finally:
            timer.cancel()

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


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # noqa: S101 - it was asked for
    return pipe
