"""The thread boundary: work leaves the event loop here, and nowhere else while requests are served.

A bounded number of requests is admitted. `threads` of them are drawn at a time, the others wait in
order. Admission, deadline and cancellation are decided here; what is drawn is the caller's affair.
"""

import asyncio
import math
import statistics
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Final, TypeVar

from blazon.cancellation import Cancellation
from blazon.errors import DeadlineExceeded, ServerBusy

_REMEMBERED: Final = 32
_LONGEST_RETRY: Final = 60

T = TypeVar("T")


class DrawingPool:
    """Runs blocking work in threads for coroutines that wait for it."""

    def __init__(self, threads: int, queued: int, timeout: float) -> None:
        self._threads = threads
        self._places = threads + queued
        self._timeout = timeout
        self._free = threading.Semaphore(self._places)
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="draw")
        self._seconds: deque[float] = deque(maxlen=_REMEMBERED)
        self._admitted = 0
        self._counting = threading.Lock()

    @property
    def load(self) -> tuple[int, int]:
        """How many pieces of work are being done, and how many wait."""
        return min(self._admitted, self._threads), max(0, self._admitted - self._threads)

    async def run(self, work: Callable[[Cancellation], T]) -> T:
        """Run `work` in a thread, within the caller's context variables, and return its result.

        Cancelling the caller, or running out of time, takes work that waits out of the queue and
        stops work that runs at its next checkpoint. The time counts from this call.

        Raises:
            ServerBusy: no place is free.
            DeadlineExceeded: the work did not end in time.
        """
        if not self._free.acquire(blocking=False):
            raise ServerBusy(f"all {self._places} places are taken; try again later", self._retry_after())
        self._count(1)
        cancellation = Cancellation()
        future: Future[T] = self._executor.submit(copy_context().run, self._timed, work, cancellation)
        # A place is free again when the thread is, not when the client stops waiting.
        future.add_done_callback(lambda _: self._leave())
        try:
            async with asyncio.timeout(self._timeout) as limit:
                return await asyncio.wrap_future(future)
        except TimeoutError:
            if limit.expired():
                raise DeadlineExceeded(f"not done within {self._timeout:g} s") from None
            raise
        finally:
            cancellation.cancel()

    def close(self) -> None:
        """Drop what waits; threads end with the work that they are at."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _leave(self) -> None:
        self._count(-1)
        self._free.release()

    def _count(self, change: int) -> None:
        with self._counting:
            self._admitted += change

    def _timed(self, work: Callable[[Cancellation], T], cancellation: Cancellation) -> T:
        cancellation.checkpoint()
        start = time.perf_counter()
        try:
            return work(cancellation)
        except Exception:
            raise
        except BaseException as panic:  # the Rust libraries panic with one, which would end the event loop
            raise RuntimeError("a drawing library panicked") from panic
        finally:
            self._seconds.append(time.perf_counter() - start)

    def _retry_after(self) -> int:
        """Estimate in how many seconds half of the admitted work will be done, from how long work took lately."""
        usual = statistics.median(tuple(self._seconds) or (1.0,))
        return min(_LONGEST_RETRY, math.ceil(usual * self._places / self._threads / 2) or 1)
