"""A few processes that compute, shared by the threads of a server."""

import os
from collections.abc import Callable
from queue import LifoQueue
from typing import Any, Final, TypeVar

from blazon.logs import PLAIN, LogStyle
from blazon.serve.compute.process import ComputeProcess

T = TypeVar("T")

_MOST: Final = 8  # unless more are asked for: each takes some 70 MB
_FAILURE: Final = "what computes it broke down twice, or took too long; ask for another seed, size or format"


def count_processes(wanted: int | None) -> int:
    """Return how many processes of one kind compute on this machine, if `wanted` does not say."""
    return min(os.cpu_count() or 1, _MOST) if wanted is None else wanted


class ComputePool:
    """Calls functions in up to `size` processes; each is started when those before it are busy.

    Args:
        size: 0 calls them in the thread that asks.
        failure: what is told of a call that was given up.
        niceness: by how much their priority is lower than that of the server.
        logs: how they write their log lines.
    """

    def __init__(self, size: int, failure: str = _FAILURE, niceness: int = 0, logs: LogStyle = PLAIN) -> None:
        self.logs = logs
        self._processes = [ComputeProcess(failure, niceness, logs) for _ in range(size)]
        self._idle: LifoQueue[ComputeProcess] = LifoQueue()
        for process in self._processes:
            self._idle.put(process)

    @property
    def size(self) -> int:
        """How many processes there may be."""
        return len(self._processes)

    def call(self, work: Callable[..., T], *arguments: Any, **options: Any) -> T:
        """Wait for an idle process and return what a function returns there; see `ComputeProcess.call`."""
        if not self._processes:
            return work(*arguments, **options)
        process = self._idle.get()
        try:
            return process.call(work, *arguments, **options)
        finally:
            self._idle.put(process)

    def close(self) -> None:
        """End all processes; calls under way raise `WorkCancelled`."""
        for process in self._processes:
            process.close()
