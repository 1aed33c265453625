"""Carries each job to its end: threads of the scheduler draw its candidates, and each is written down for every
subscriber before anybody is told of it (`publisher`).

The methods block, for moments, on the database: they are for worker threads, not for the event loop.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import structlog

from blazon.cancellation import WorkCancelled
from blazon.errors import (
    BlazonError,
    DeadlineExceeded,
    EnginePoisoned,
    EngineStopped,
    GenerationFailed,
    ServerBusy,
    StorageUnavailable,
)
from blazon.generation import Drawn, Failure, Generation, Status
from blazon.serve.engines.host import EngineHost
from blazon.serve.errors import INTERNAL, failure_of
from blazon.serve.events import EventKind
from blazon.serve.jobs import FinishedCandidate, Job, JobRegistry, Subscriber, Task
from blazon.serve.process.watchdog import Watchdog
from blazon.serve.publisher import EndHooks, Publisher
from blazon.serve.scheduler import LocalScheduler, Scheduler
from blazon.serve.shared_jobs import SharedJobs
from blazon.serve.shared_scheduler import SharedScheduler
from blazon.serve.telemetry.metrics import Stage
from blazon.serve.telemetry.recorder import Telemetry
from blazon.store.cache import ResultCache
from blazon.store.generations import GenerationStore
from blazon.store.pictures import PictureStore
from blazon.store.task_queue import TaskQueue
from blazon.watching import Step, Watch

log = structlog.stdlib.get_logger("blazon.serve")

# More may break the process down by chance; one that does it every time would keep everybody else from being served.
MAX_BREAKDOWNS: Final = 3
# Seconds for writing down whose drawing broke the process down. A database that hangs holds up no replacement.
_COUNTING: Final = 1.0


@dataclass(frozen=True, slots=True)
class Stores:
    """What outlives the process."""

    generations: GenerationStore
    pictures: PictureStore
    cache: ResultCache


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """Where a generation stands in the queue.

    Args:
        ahead: candidates that are begun before its first.
        seconds: until that one is probably begun.
    """

    ahead: int
    seconds: float


class JobRunner:
    """Draws jobs.

    Args:
        threads: candidates that are drawn at a time.
        queued: jobs that may wait.
        watchdog: is told of every sign of progress.
        replace_process: has this process replaced, because it cannot draw any more; says why.
        tasks: the queue that several servers share; None for one of this process.
    """

    def __init__(
        self,
        stores: Stores,
        host: EngineHost,
        telemetry: Telemetry,
        loop: asyncio.AbstractEventLoop,
        *,
        threads: int,
        queued: int,
        watchdog: Watchdog,
        replace_process: Callable[[str], None],
        hooks: EndHooks | None = None,
        tasks: TaskQueue | None = None,
    ) -> None:
        self.stores = stores
        self.host = host
        self.telemetry = telemetry
        self.loop = loop
        self.hooks = hooks or EndHooks()
        self.registry = JobRegistry()
        self.publisher = Publisher(stores.generations, self.registry, telemetry.metrics, self.hooks, self._discard)
        self.shared = None if tasks is None else SharedJobs(tasks, self.registry, stores, loop, self.publisher.publish)
        if tasks is None or self.shared is None:
            self.scheduler: Scheduler = LocalScheduler(threads, queued, self._perform)
        else:
            self.scheduler = SharedScheduler(threads, queued, self._perform, tasks, self.shared)
        self._watchdog = watchdog
        self._replace_process = replace_process
        self._closing: BlazonError | None = None  # what those are told who come after the others were let go

    def _discard(self, job: Job) -> None:
        self.scheduler.discard(job)

    def queue(self, job: Job, subscriber: Subscriber, *, reserved: bool) -> None:
        """Let a job wait for its turn, under its lock; `reserved` says that a place is reserved for its owner."""
        self.subscribe(job, subscriber)
        generation = subscriber.generation
        if generation.breakdowns >= MAX_BREAKDOWNS:
            why = _describe_breakdowns("the process was ended by a fault")
            self.publisher.end_subscriber(job, subscriber, Status.FAILED, *why)
            return
        try:
            self.scheduler.queue(job, generation, reserved=reserved)
        except Exception as error:  # or it would be known as under way, and nobody would draw it
            self.publisher.detach_all(job, error)
            raise
        if self._closing is not None:
            self.publisher.detach_all(job, self._closing)

    def find_place(self, generation: Generation) -> QueuePlace | None:
        """Return where a generation stands in the queue; None if none of it waits there."""
        with self.registry.holding(generation.id) as found:
            ahead = self.scheduler.count_ahead(generation, found[0] if found else None)
        return None if ahead is None else QueuePlace(ahead, self.scheduler.estimate_begin(ahead))

    def subscribe(self, job: Job, subscriber: Subscriber) -> None:
        """Add a subscriber to a job, under the job's lock."""
        self.registry.add(job, subscriber)
        kind = EventKind.STARTED if job.started else EventKind.QUEUED
        subscriber.channel.publish(kind, subscriber.generation, slot="status")
        if self.shared is not None:
            self.shared.look_for_missed(subscriber.generation.id)

    def drain(self, error: BlazonError) -> None:
        """Start no more jobs; tell those who wait for one, and who come from now on, that this process will not."""
        self._closing = error
        self.scheduler.drain()
        for job in self.registry.jobs():
            with job.lock:  # or it could be started between the question and its end
                if not job.started:
                    self.publisher.detach_all(job, error)

    def stop(self, error: BlazonError) -> None:
        """Tell all who wait that this process draws nothing any more; in the store their work stays unfinished."""
        self._closing = error
        for job in self.registry.jobs():
            self.publisher.detach_all(job, error)

    def request_replacement(self, reason: str) -> None:
        """Have this process replaced; what it drew is drawn by the next one, unless it broke one down too often."""
        # Before the engine refuses them: those that it draws just now are let go then.
        drawn = [identity for job in self.registry.jobs() if job.drawing for identity in list(job.subscribers)]
        self.host.fail(reason)
        counting = threading.Thread(target=self._count_breakdowns, args=(drawn, reason), name="breakdowns", daemon=True)
        counting.start()
        counting.join(_COUNTING)
        self._replace_process(reason)

    def _count_breakdowns(self, identities: list[str], reason: str) -> None:
        try:
            for identity in identities:
                with self.registry.holding(identity):  # what is just written down comes first
                    generation = self.stores.generations.count_breakdown(identity)
                if generation is not None and generation.breakdowns >= MAX_BREAKDOWNS:
                    self.publisher.end(identity, Status.FAILED, *_describe_breakdowns(reason))
        except StorageUnavailable as problem:
            log.error("a breakdown could not be written down", reason=str(problem))
        except Exception:
            log.exception("a breakdown could not be written down")

    # Drawing, in the threads of the scheduler.

    def _perform(self, task: Task) -> bool:
        """Draw a candidate; return whether it is done with, so that nobody needs to draw it again."""
        try:
            return self._draw(task)
        except Exception as accident:  # in the handling of another: nobody may be left waiting for ever
            log.exception("what was drawn could not be brought to an end")
            self.telemetry.metrics.count_failure(accident)
            self.publisher.detach_all(task.job, accident)
        return False

    def _draw(self, task: Task) -> bool:
        job, name = task.job, self._name_for_watchdog(task)
        self._watchdog.begin(name)
        try:
            self.stores.pictures.refuse_in_vain()
            self._start(task)
            self.telemetry.record(Stage.QUEUE, time.perf_counter() - job.queued_at, candidate=task.number)
            known = None if self.shared is None else self.shared.find_equal(task)
            drawn = self._call_engine(task, name) if known is None else known.drawn
            with self.telemetry.stage(Stage.STORE, candidate=task.number):
                self._finish(task, known or self._store(drawn))
            return True
        except WorkCancelled:
            log.info("given up", fingerprint=job.fingerprint[:12], candidate=task.number)
        except EnginePoisoned as error:
            self.request_replacement(str(error))
        except (StorageUnavailable, EngineStopped, ServerBusy) as error:
            # Accepted work stays unfinished in the store, to be resumed, when the disk or the engine is not fit for it.
            log.error("work put off", reason=str(error))
            self.publisher.detach_all(job, error)
        except BlazonError as error:
            self._fail(job, failure_of(error), error)
        except Exception as error:
            log.exception("drawing failed unexpectedly")
            self._fail(job, INTERNAL, error)
        except BaseException as panic:  # the Rust libraries panic with one, which would end the thread
            log.exception("a drawing library panicked")
            self._fail(job, INTERNAL, RuntimeError(f"a drawing library panicked: {panic}"))
        finally:
            job.drawing.discard(task.number)
            self._watchdog.end(name)
        return False

    def _call_engine(self, task: Task, name: str) -> Drawn:
        with self.telemetry.stage(Stage.DRAW, candidate=task.number):
            drawn = self.host.engine.candidate(task.job.brief, task.number, self._watch(task, name))
            self.telemetry.record_parts(drawn.parts)
        return drawn

    def _store(self, drawn: Drawn) -> FinishedCandidate:
        picture = self.stores.pictures.put(drawn.content, drawn.media_type, drawn.pixels)
        return FinishedCandidate(replace(drawn, pixels=None), picture)

    def _name_for_watchdog(self, task: Task) -> str:
        """Return the name under which a task is watched: pictures of one model speak for each other, as they wait."""
        try:
            card = self.host.engine.card_of(task.job.brief)
        except BlazonError:
            return task.job.fingerprint
        return card.name if card.painted else f"{task.job.fingerprint} {task.number}"

    def _start(self, task: Task) -> None:
        job = task.job
        with job.lock:
            job.cancellation.checkpoint()
            job.drawing.add(task.number)
            if task.lease is not None and task.lease.losses >= MAX_BREAKDOWNS:
                why = _describe_breakdowns("the processes that drew it were lost")
                for subscriber in list(job.subscribers.values()):
                    self.publisher.end_subscriber(job, subscriber, Status.FAILED, *why)
            if job.started:
                job.cancellation.checkpoint()
                return
            job.started = True
            now = time.time()
            for subscriber in list(job.subscribers.values()):
                generation = self.stores.generations.start(subscriber.generation.id, now)
                if generation is None:
                    self.publisher.catch_up(job, subscriber)
                else:
                    subscriber.generation = generation
                    subscriber.channel.publish(EventKind.STARTED, generation, slot="status")
            job.cancellation.checkpoint()

    def _watch(self, task: Task, name: str) -> Watch:
        job, number = task.job, task.number

        def tell(step: Step) -> None:
            self._watchdog.beat(name)
            # Without the lock: the engine's thread must not wait for the database.
            for subscriber in tuple(job.subscribers.values()):
                subscriber.channel.publish(EventKind.PROGRESS, (number, step), slot=f"progress/{number}")
                if step.preview is not None:
                    subscriber.channel.publish(EventKind.PREVIEW, (number, step), slot=f"preview/{number}")
                if self.shared is not None:
                    self.shared.tell(subscriber.generation.id, number, step)

        # Without a deadline: who joins later may have a later one. Each subscriber ends at its own.
        return Watch(job.cancellation, tell, job.previews, lambda: self._watchdog.beat(name))

    def _finish(self, task: Task, finished: FinishedCandidate) -> None:
        job = task.job
        with job.lock:
            job.cancellation.checkpoint()
            job.finished[task.number] = finished
            for subscriber in list(job.subscribers.values()):
                self._deliver(task, subscriber, finished)
            if not job.subscribers:  # all have theirs, or were removed while it was drawn
                self.publisher.abandon(job)

    def _deliver(self, task: Task, subscriber: Subscriber, finished: FinishedCandidate) -> None:
        """Give a subscriber a finished candidate; the last one ends its generation.

        Raises:
            StorageUnavailable: it cannot be written down; nobody was told.
        """
        identity, record = subscriber.generation.id, partial(finished.record, task.number)
        generation = self.stores.generations.add(
            identity, task.number, record, time.time(), self.hooks.build_delivery, task.lease
        )
        if generation is None:  # another process has drawn it, or it was removed
            self.publisher.catch_up(task.job, subscriber)
            return
        drawn = finished.drawn
        log.info("logo drawn", generation=identity, candidate=task.number, model=drawn.model, seed=drawn.seed)
        if generation.status.ended:
            self._cache(generation)
            self.publisher.count_end(generation)
        self.publisher.publish(task.job, subscriber, generation)

    def _fail(self, job: Job, failure: Failure, error: Exception) -> None:
        self.telemetry.metrics.count_failure(error)
        status = Status.EXPIRED if isinstance(error, DeadlineExceeded) else Status.FAILED
        with job.lock:
            for subscriber in list(job.subscribers.values()):
                self.publisher.end_subscriber(job, subscriber, status, failure, error)
            self.publisher.abandon(job)

    def _cache(self, generation: Generation) -> None:
        size = sum(candidate.bytes for candidate in generation.candidates)
        try:
            self.stores.cache.keep(generation.fingerprint, generation.id, size, time.time())
        except StorageUnavailable as problem:
            log.warning("a result is not kept for repeated requests", reason=str(problem))


def _describe_breakdowns(reason: str) -> tuple[Failure, GenerationFailed]:
    why = f"the engine broke down {MAX_BREAKDOWNS} times over this: {reason}"
    return Failure("engine_broke_down", why), GenerationFailed(why)
