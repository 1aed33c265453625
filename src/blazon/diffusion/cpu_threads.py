"""How many cores each thread of an engine computes on, where the model is on the CPU.

By itself torch lets every thread use all cores. Several that compute at once then fight for them: two cores were seen
to do almost twice as much in two threads of one core each as in passes that both share, since small layers gain little
from a second core. So whoever computes alone has all of them, and who computes beside others has a share.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import torch


class CpuThreads:
    """The cores that the threads of one engine share; on any device but the CPU there is nothing to share."""

    def __init__(self, device: torch.device) -> None:
        self._shares = device.type == "cpu"
        self._cores = count_cores()
        self._computing = 0
        self._lock = threading.Lock()

    @contextmanager
    def compute(self) -> Iterator[None]:
        """Compute on as many cores as are left to the calling thread beside those that compute already."""
        if not self._shares:
            yield
            return
        with self._lock:
            self._computing += 1
            share = max(1, self._cores // self._computing)
        use_cores(share)
        try:
            yield
        finally:
            with self._lock:
                self._computing -= 1


@cache
def count_cores() -> int:
    """Return how many cores torch uses by itself: asked for before any thread is told another number."""
    return torch.get_num_threads()


def use_cores(count: int) -> None:
    """Let torch use so many cores for what the calling thread computes; other threads keep their number.

    A thread that was never told has the number that any other one was told last.
    """
    torch.get_num_threads()  # the first question in a thread is what sets it up, over whatever it was told before
    torch.set_num_threads(count)
