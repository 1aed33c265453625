"""The threads that draw, and the fair queue in front of them.

A task is one candidate, so that a request for many logos does not hold up those for one. What is drawn is the
caller's affair; here it is decided whose turn it is.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Final

import structlog

from blazon.errors import ServerBusy, ShareExceeded
from blazon.generation import Priority
from blazon.principal import Principal
from blazon.serve.admission import RateMeter, Threshold, Verdict
from blazon.serve.jobs import Job, Task
from blazon.serve.queue import FairQueue

log = structlog.stdlib.get_logger("blazon.serve")

_JOIN: Final = 0.05


class Scheduler:
    """Has tasks drawn in threads, in a fair order.

    Args:
        threads: tasks that are drawn at the same time.
        queued: jobs that may wait until their first task is begun.
        perform: draws one task.
    """

    def __init__(self, threads: int, queued: int, perform: Callable[[Task], None]) -> None:
        self._places = threads + queued
        self._perform = perform
        self._queue: FairQueue[Task] = FairQueue()
        self._waiting: dict[Job, str] = {}  # jobs of which no task was begun, and whose they are
        self._waiting_of: Counter[str] = Counter()  # the same by owner, with what is reserved
        self._reserved: Counter[str] = Counter()
        self._busy = 0
        self._open = self._ended = False
        self._change = threading.Condition()
        self._threshold = Threshold(self._places)
        self._meter = RateMeter(time.monotonic, at_a_time=threads)
        self._threads = [
            threading.Thread(target=self._work, name=f"draw-{number}", daemon=True) for number in range(threads)
        ]

    def start(self) -> None:
        """Start the threads. They draw once `open` was called."""
        for thread in self._threads:
            thread.start()

    def open(self) -> None:
        """Begin to draw what waits."""
        with self._change:
            self._open = True
            self._change.notify_all()

    def drain(self) -> None:
        """Take out the jobs that were not begun; all candidates of those that were are still drawn."""
        with self._change:
            for job in list(self._waiting):
                self._discard(job)

    def stop(self) -> None:
        """End the threads that are idle; one that draws ends with its task, and holds up no exit."""
        with self._change:
            self._open, self._ended = False, True
            self._change.notify_all()
        for thread in self._threads:
            if thread.is_alive():  # one that could not be started cannot be joined
                thread.join(_JOIN)

    @property
    def depth(self) -> int:
        """How many candidates wait."""
        with self._change:
            return len(self._queue)

    @property
    def busy(self) -> int:
        """How many candidates are being drawn."""
        return self._busy

    @property
    def has_work(self) -> bool:
        """Whether candidates are being drawn or wait for that, so that `drain` is not over."""
        with self._change:
            return self._busy > 0 or (self._open and len(self._queue) > 0)

    def reserve(self, client: Principal, *, keyed: bool) -> None:
        """Take a place for a job that `queue` or `release` must follow.

        Args:
            keyed: whether clients have keys, and so shares; otherwise one client may take all places.

        Raises:
            ShareExceeded: this client has as much waiting as it may.
            ServerBusy: no place is free.
        """
        with self._change:
            taken = self._busy + len(self._waiting) + self._reserved.total()
            own = self._waiting_of[client.id]
            match self._threshold.judge(own, taken, alone=not keyed):
                case Verdict.ADMIT:
                    self._reserved[client.id] += 1
                    self._waiting_of[client.id] += 1
                case Verdict.OWNER_FULL:
                    raise ShareExceeded(
                        f"{own} requests of yours wait already, which is your share now; try again later",
                        self._meter.retry_after(self._queue.ahead_of(client.id, client.weight) / 2),
                    )
                case Verdict.SERVER_FULL:
                    raise ServerBusy(
                        f"all {self._places} places are taken; try again later",
                        self._meter.retry_after((self._busy + len(self._queue)) / 2),
                    )

    def release(self, owner: str) -> None:
        """Give a reserved place back."""
        with self._change:
            _subtract(self._reserved, owner)
            _subtract(self._waiting_of, owner)

    def queue(
        self,
        job: Job,
        numbers: tuple[int, ...],
        owner: str,
        weight: float,
        priority: Priority,
        *,
        reserved: bool,
    ) -> None:
        """Queue the candidates of a job; `reserved` says that it takes the place that was reserved for its owner."""
        with self._change:
            if reserved:
                _subtract(self._reserved, owner)
            else:
                self._waiting_of[owner] += 1
            self._waiting[job] = owner
            for number in numbers:
                self._queue.push(Task(job, number), owner, weight, priority)
            self._change.notify_all()

    def discard(self, job: Job) -> None:
        """Take what still waits of a job out of the queue."""
        with self._change:
            self._discard(job)

    def estimate_wait(self, owner: str, weight: float, priority: Priority) -> float:
        """Return in about how many seconds a candidate that `owner` queues now would be begun."""
        with self._change:
            return self._meter.estimate_wait(self._queue.ahead_of(owner, weight, priority) + self._busy)

    def _discard(self, job: Job) -> None:
        self._leave_place(job)
        for number in range(job.brief.count):
            self._queue.remove(Task(job, number))

    def _leave_place(self, job: Job) -> None:
        owner = self._waiting.pop(job, None)
        if owner is not None:
            _subtract(self._waiting_of, owner)

    def _work(self) -> None:
        while (task := self._next()) is not None:
            start = time.perf_counter()
            try:
                task.job.context.copy().run(self._perform, task)
            except Exception:  # the thread goes on with the next one
                log.exception("a task could not be performed")
            finally:
                with self._change:
                    self._busy -= 1
                    self._meter.record(1.0, time.perf_counter() - start)
                    self._change.notify_all()

    def _next(self) -> Task | None:
        with self._change:
            while not self._ended:
                task = self._queue.pop() if self._open else None
                if task is not None:
                    self._leave_place(task.job)
                    self._busy += 1
                    return task
                self._change.wait()
            return None


def _subtract(counts: Counter[str], owner: str) -> None:
    """Count one less, and forget an owner that has none."""
    counts[owner] -= 1
    if counts[owner] <= 0:
        del counts[owner]
