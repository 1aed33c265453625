"""The threads that draw from the queue that several servers share, see `store/task_queue.py`."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Final

import structlog

from blazon.errors import StorageUnavailable
from blazon.generation import Generation, Priority
from blazon.principal import Principal
from blazon.serve.jobs import Job, Task
from blazon.serve.scheduler import Scheduler, subtract
from blazon.serve.shared_jobs import SharedJobs
from blazon.store.task_queue import Backlog, TaskQueue

log = structlog.stdlib.get_logger("blazon.serve")

_LOOK_EVERY: Final = 1.0  # seconds; a notice of what waits may be lost
_COUNT_EVERY: Final = 1.0
_OUTDATED: Final = 5.0
_NEARLY_FULL: Final = 0.8  # of the places; then what others accept meanwhile counts
_PUT_OFF: Final = 5.0  # seconds until somebody tries again what could not be drawn


class SharedScheduler(Scheduler):
    """Draws what any server has accepted, as soon as this process has a thread for it.

    Args:
        shared: knows the jobs of what is claimed.
    """

    def __init__(
        self, threads: int, queued: int, perform: Callable[[Task], object], tasks: TaskQueue, shared: SharedJobs
    ) -> None:
        super().__init__(threads, queued, perform)
        self._tasks = tasks
        self._shared = shared
        self._draining = False
        self._wakes = 0
        self._backlog = Backlog(Counter(), Counter())
        self._counted = 0.0
        self._counting = threading.Lock()
        self._queued: Counter[str] = Counter()  # jobs since then
        shared.on_queued = self.wake

    def wake(self) -> None:
        """Look at once whether something waits."""
        with self._change:
            self._wakes += 1
            self._change.notify_all()

    def drain(self) -> None:
        self._draining = True

    @property
    def depth(self) -> int:
        """How many candidates wait, at one server; 0 at all others, so that the numbers of all add up."""
        return self._backlog.waiting if self._shared.is_first else 0

    @property
    def has_work(self) -> bool:
        return self._busy > 0 or (self._open and bool(self._shared.list_begun()))

    def count(self, every: float = _COUNT_EVERY) -> None:
        """Find out what waits, if that was not done within `every` seconds."""
        asked = time.monotonic()
        with self._counting:
            if self._counted > asked - every:
                return
            with self._change:
                before = Counter(self._queued)
            backlog = self._tasks.count()
            with self._change:
                self._backlog, self._counted = backlog, time.monotonic()
                # What was queued meanwhile may not be in the backlog; rather twice than not at all.
                self._queued -= before

    def reserve(self, client: Principal, *, keyed: bool) -> None:
        # It is counted each second in the background; who asks waits for that only where it matters.
        self.count(_OUTDATED if self._count_taken() < _NEARLY_FULL * self._places else 0.0)
        with self._change:
            backlog = self._backlog
            self._judge(
                backlog.generations[client.id] + self._queued[client.id] + self._reserved[client.id],
                self._count_taken(),
                keyed=keyed,
                own_ahead=lambda: self._count_ahead(client.id, client.weight, Priority.NORMAL),
                ahead=backlog.held + backlog.waiting,
            )
            self._reserved[client.id] += 1

    def release(self, owner: str) -> None:
        with self._change:
            subtract(self._reserved, owner)

    def queue(self, job: Job, generation: Generation, *, reserved: bool) -> None:
        """Look at once whether it can be drawn here: it waits in the database already."""
        del job
        with self._change:
            if reserved:
                subtract(self._reserved, generation.owner)
            self._queued[generation.owner] += 1
        self.wake()

    def discard(self, job: Job) -> None:
        """Leave what waits to other servers; what nobody wants is taken out where its end is written down."""

    def estimate_wait(self, owner: str, weight: float, priority: Priority) -> float:
        with self._change:
            ahead = self._count_ahead(owner, weight, priority) + self._backlog.held
            return self._meter.estimate_wait(ahead / max(1, self._backlog.holders))

    def count_ahead(self, generation: Generation, job: Job | None) -> int | None:
        del job
        return self._tasks.count_ahead(generation.id)

    def estimate_begin(self, ahead: int) -> float:
        with self._change:
            drawn, holders = self._backlog.held, max(1, self._backlog.holders)
            return self._meter.estimate_wait((ahead + drawn) / holders)

    def _count_taken(self) -> int:
        """Return how many places are taken: by what is drawn here, and by what waits anywhere."""
        new = self._queued.total() + self._reserved.total()
        return self._busy + self._backlog.generations.total() + new

    def _count_ahead(self, owner: str, weight: float, priority: Priority) -> float:
        """Return about how many candidates are drawn before one of an owner: all others have as much of each turn."""
        own = sum(self._backlog.candidates[owner, rank] for rank in range(priority.rank + 1))
        others: Counter[str] = Counter()
        for (name, _), count in self._backlog.candidates.items():
            others[name] += count
        del others[owner]
        return own + sum(min(count, (own + 1) / weight) for count in others.values())

    def _next(self) -> Task | None:
        while True:
            with self._change:
                if self._ended:
                    return None
                seen, may_draw = self._wakes, self._open and self._held < self._at_a_time
                self._held += may_draw
            if may_draw and (task := self._claim()) is not None:
                with self._change:
                    self._busy += 1
                return task
            with self._change:
                self._held -= may_draw
                if not self._ended and self._wakes == seen:
                    self._change.wait(_LOOK_EVERY)

    def _claim(self) -> Task | None:
        """Return a task that nobody else draws; None if none waits, or that cannot be found out now."""
        try:
            begun = self._shared.list_begun() if self._draining else None
            while begun != [] and (lease := self._tasks.claim(begun)) is not None:
                if (task := self._shared.take(lease)) is not None:
                    return task
        except StorageUnavailable as problem:  # the database is away; whoever writes to it tells
            log.debug("nothing can be claimed", reason=str(problem))
        except Exception:
            log.exception("nothing can be claimed")
        return None

    def _execute(self, task: Task) -> object:
        finished = False
        try:
            finished = bool(super()._execute(task))
        finally:
            if task.lease is not None:
                delay = 0.0 if self._draining or self._ended else _PUT_OFF
                self._shared.leave(task.lease, finished=finished, delay=delay)
        return finished
