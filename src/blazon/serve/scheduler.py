"""The threads that draw, and the fair queue in front of them.

A task is one candidate, so that a request for many logos does not hold up those for one. What is drawn is the
caller's affair; here it is decided whose turn it is.
"""

import threading
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from typing import Final

import structlog

from blazon.errors import ServerBusy, ShareExceeded
from blazon.generation import Generation, Priority
from blazon.principal import Principal
from blazon.serve.admission import RateMeter, Threshold, Verdict
from blazon.serve.jobs import Job, Task
from blazon.serve.queue import FairQueue

log = structlog.stdlib.get_logger("blazon.serve")

# Seconds that all threads together are given to end.
_JOIN: Final = 1.0
# Beside one for each slot and one for what it has drawn last, as they are needed: so many candidates of models that are
# not loaded may wait before those of the model that is loaded do. They only wait.
_MORE_THREADS: Final = 64


class Scheduler(ABC):
    """Has tasks drawn in threads, in a fair order.

    Args:
        threads: tasks that are drawn at the same time, unless `open` says otherwise.
        queued: jobs that may wait until their first task is begun.
        perform: draws one task.
    """

    def __init__(self, threads: int, queued: int, perform: Callable[[Task], object]) -> None:
        self._at_a_time = threads
        self._places = threads + queued
        self._perform = perform
        self._held = 0  # of the tasks that are drawn at the same time
        self._passed_on: set[Task] = set()  # busy ones that hold none any more
        self._reserved: Counter[str] = Counter()
        self._busy = 0
        self._open = self._ended = False
        self._change = threading.Condition()
        self._threshold = Threshold(self._places)
        self._meter = RateMeter(time.monotonic, at_a_time=threads)
        self._threads: list[threading.Thread] = []
        self._most_threads = threads

    def start(self) -> None:
        """Start the threads. They draw once `open` was called."""
        self._start_threads(self._at_a_time)

    def open(self, slots: int = 0) -> None:
        """Begin to draw what waits.

        Args:
            slots: tasks that the engine draws at the same time, if it says so. There are more threads then, so that
                those that are being finished, or wait for their model (`make_room`), keep no slot empty. The setting
                counts where it is more: beside the paintings there are logos that another engine draws.
        """
        if slots:
            slots = max(slots, self._at_a_time)
            self._most_threads = 2 * slots + _MORE_THREADS
            self._start_threads(2 * slots)
        with self._change:
            if slots:
                self._places += slots - self._at_a_time
                self._at_a_time = slots
                self._threshold = Threshold(self._places)
                self._meter = RateMeter(time.monotonic, at_a_time=slots)
            self._open = True
            self._change.notify_all()

    def make_room(self, task: Task) -> None:
        """Let the next task begin: this one is nearly drawn, or waits for its model."""
        with self._change:
            if task not in self._passed_on:
                self._passed_on.add(task)
                self._held -= 1
                self._replace_thread()
                self._change.notify()

    def _replace_thread(self) -> None:
        """Start one more thread if none is free for the next task."""
        if self._busy == len(self._threads) < self._most_threads:
            try:
                self._start_threads(len(self._threads) + 1)
            except RuntimeError as problem:  # the system has none left: the next task waits for one of these
                self._most_threads = len(self._threads)
                log.warning("no more threads can be started", reason=str(problem))

    def _start_threads(self, count: int) -> None:
        for number in range(len(self._threads), count):
            thread = threading.Thread(target=self._work, name=f"draw-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)  # behind the start: one that the system refuses is none of them

    @abstractmethod
    def drain(self) -> None:
        """Begin no more jobs; all candidates of those that were begun are still drawn."""

    def stop(self) -> None:
        """End the threads that are idle; one that draws ends with its task, and holds up no exit."""
        with self._change:
            self._open, self._ended = False, True
            self._change.notify_all()
        end = time.monotonic() + _JOIN
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    @property
    @abstractmethod
    def depth(self) -> int:
        """How many candidates wait."""

    @property
    def busy(self) -> int:
        """How many candidates are being drawn."""
        return self._busy

    @property
    @abstractmethod
    def has_work(self) -> bool:
        """Whether candidates are being drawn or wait for that, so that `drain` is not over."""

    @abstractmethod
    def reserve(self, client: Principal, *, keyed: bool) -> None:
        """Take a place for a job that `queue` or `release` must follow.

        Args:
            keyed: whether clients have keys, and so shares; otherwise one client may take all places.

        Raises:
            ShareExceeded: this client has as much waiting as it may.
            ServerBusy: no place is free.
        """

    @abstractmethod
    def release(self, owner: str) -> None:
        """Give a reserved place back."""

    @abstractmethod
    def queue(self, job: Job, generation: Generation, *, reserved: bool) -> None:
        """Queue the candidates of a job that its generation lacks.

        Args:
            reserved: whether it takes the place that was reserved for its owner.
        """

    @abstractmethod
    def discard(self, job: Job) -> None:
        """Take what still waits of a job out of the queue."""

    @abstractmethod
    def estimate_wait(self, owner: str, weight: float, priority: Priority) -> float:
        """Return in about how many seconds a candidate that `owner` queues now would be begun."""

    @abstractmethod
    def count_ahead(self, generation: Generation, job: Job | None) -> int | None:
        """Return how many candidates are begun before the first of a generation; None if none of it waits.

        Args:
            job: of the generation, where this process has one.
        """

    def estimate_begin(self, ahead: int) -> float:
        """Return in about how many seconds a candidate is begun that so many are ahead of."""
        with self._change:
            return self._meter.estimate_wait(ahead + self._busy)

    @abstractmethod
    def _next(self) -> Task | None:
        """Wait for the task whose turn it is, and count it as busy and held; None once the threads are to end."""

    def _judge(self, own: int, taken: int, *, keyed: bool, own_ahead: Callable[[], float], ahead: float) -> None:
        """Return if one more job of an owner may wait.

        Args:
            own, taken: places that the owner has, and that are taken together.
            own_ahead, ahead: candidates that would be drawn before one of the owner's, and before one of anybody's.

        Raises:
            ShareExceeded, ServerBusy: as `reserve`.
        """
        match self._threshold.judge(own, taken, alone=not keyed):
            case Verdict.OWNER_FULL:
                raise ShareExceeded(
                    f"{own} requests of yours wait already, which is your share now; try again later",
                    self._meter.retry_after(own_ahead() / 2),
                )
            case Verdict.SERVER_FULL:
                raise ServerBusy(
                    f"all {self._places} places are taken; try again later", self._meter.retry_after(ahead / 2)
                )

    def _work(self) -> None:
        while (task := self._next()) is not None:
            start = time.perf_counter()
            try:
                self._execute(task)
            except Exception:  # the thread goes on with the next one
                log.exception("a task could not be performed")
            finally:
                with self._change:
                    self._busy -= 1
                    self._held -= task not in self._passed_on
                    self._passed_on.discard(task)
                    self._meter.record(1.0, time.perf_counter() - start)
                    # Nobody is woken: this thread itself looks for the next task.

    def _execute(self, task: Task) -> object:
        return task.job.context.copy().run(self._perform, task)


class LocalScheduler(Scheduler):
    """Draws what this process alone has accepted, from a queue in memory."""

    def __init__(self, threads: int, queued: int, perform: Callable[[Task], object]) -> None:
        super().__init__(threads, queued, perform)
        self._queue: FairQueue[Task] = FairQueue()
        self._waiting: dict[Job, str] = {}  # jobs of which no task was begun, and whose they are
        self._waiting_of: Counter[str] = Counter()  # the same by owner, with what is reserved

    def drain(self) -> None:
        with self._change:
            for job in list(self._waiting):
                self._discard(job)

    @property
    def depth(self) -> int:
        with self._change:
            return len(self._queue)

    @property
    def has_work(self) -> bool:
        with self._change:
            return self._busy > 0 or (self._open and len(self._queue) > 0)

    def reserve(self, client: Principal, *, keyed: bool) -> None:
        with self._change:
            self._judge(
                self._waiting_of[client.id],
                self._busy + len(self._waiting) + self._reserved.total(),
                keyed=keyed,
                own_ahead=lambda: self._queue.ahead_of(client.id, client.weight),
                ahead=self._busy + len(self._queue),
            )
            self._reserved[client.id] += 1
            self._waiting_of[client.id] += 1

    def release(self, owner: str) -> None:
        with self._change:
            subtract(self._reserved, owner)
            subtract(self._waiting_of, owner)

    def queue(self, job: Job, generation: Generation, *, reserved: bool) -> None:
        owner = generation.owner
        with self._change:
            if reserved:
                subtract(self._reserved, owner)
            else:
                self._waiting_of[owner] += 1
            self._waiting[job] = owner
            for number in generation.missing:
                self._queue.push(Task(job, number), owner, generation.weight, generation.priority)
            # Not all: each thread that is woken in vain takes the interpreter lock from those that draw.
            self._change.notify(len(generation.missing))

    def discard(self, job: Job) -> None:
        with self._change:
            self._discard(job)

    def estimate_wait(self, owner: str, weight: float, priority: Priority) -> float:
        with self._change:
            return self._meter.estimate_wait(self._queue.ahead_of(owner, weight, priority) + self._busy)

    def count_ahead(self, generation: Generation, job: Job | None) -> int | None:
        if job is None:
            return None
        with self._change:
            places = (self._queue.count_ahead(Task(job, number)) for number in generation.missing)
            return min((place for place in places if place is not None), default=None)

    def _discard(self, job: Job) -> None:
        self._leave_place(job)
        for number in range(job.brief.count):
            self._queue.remove(Task(job, number))

    def _leave_place(self, job: Job) -> None:
        owner = self._waiting.pop(job, None)
        if owner is not None:
            subtract(self._waiting_of, owner)

    def _next(self) -> Task | None:
        with self._change:
            while not self._ended:
                task = self._queue.pop() if self._open and self._held < self._at_a_time else None
                if task is not None:
                    self._leave_place(task.job)
                    self._busy += 1
                    self._held += 1
                    return task
                self._change.wait()
            return None


def subtract(counts: Counter[str], owner: str) -> None:
    """Count one less, and forget an owner that has none."""
    counts[owner] -= 1
    if counts[owner] <= 0:
        del counts[owner]
