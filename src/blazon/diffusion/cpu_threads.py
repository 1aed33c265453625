"""How many cores each thread of an engine computes on, where the model is on the CPU.

By itself torch lets every thread use all cores. Several that compute at once then fight for them: two cores were seen
to do almost twice as much in two threads of one core each as in passes that both share, since small layers gain little
from a second core. So whoever computes alone has all of them, and who computes beside others has a share. What is short
stays on one core, as waking the others for each of its layers takes longer than they spare.
"""

import os
import sys
import threading
import time
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final

import torch
from cachetools import LRUCache

# Seconds of one core. A picture of a tiny FLUX, in passes of 5 ms, took 112 ms on two cores and 90 ms on one.
_SHORT: Final = 0.05
_KINDS: Final = 256  # of work, that are remembered
# By how much a thread is nicer than others: of a core that two want, it has a tenth.
_NICER: Final = 10


class CpuThreads:
    """The cores that the threads of one engine share; on any device but the CPU there is nothing to share."""

    def __init__(self, device: torch.device) -> None:
        self._shares = device.type == "cpu"
        self._cores = count_cores()
        self._computing = 0
        self._needed: LRUCache[Hashable, float] = LRUCache(_KINDS)  # seconds of one core
        self._lock = threading.Lock()

    @contextmanager
    def compute(self, work: Hashable) -> Iterator[None]:
        """Compute on as many cores as are left to the calling thread beside those that compute already.

        Args:
            work: what is computed, as far as that says how long it takes.
        """
        if not self._shares:
            yield
            return
        with self._lock:
            self._computing += 1
            share = max(1, self._cores // self._computing)
            if self._needed.get(work, _SHORT) < _SHORT:
                share = 1
        use_cores(share)
        started = time.thread_time()
        try:
            yield
        finally:
            with self._lock:
                self._computing -= 1
                # What was long stays so for a while: a step that was skipped says nothing of the next.
                needed = share * (time.thread_time() - started)
                self._needed[work] = max(needed, self._needed.get(work, 0.0) / 2)

    def let_others_go_first(self) -> None:
        """Let the calling thread give way where others want all cores; on Linux, where each thread has a niceness."""
        if self._shares and sys.platform == "linux":
            os.nice(_NICER)  # of the calling thread, there


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
