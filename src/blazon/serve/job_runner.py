"""Carries each job to its end, in memory and in the store.

Threads of the scheduler draw the candidates of a job; each is written down for every subscriber before anybody is told
of it, and each generation ends in exactly one way. The methods block, for moments, on the database: they are for
worker threads, not for the event loop.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
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
    WorkNotWanted,
)
from blazon.generation import Failure, Generation, Status
from blazon.serve.engines.host import EngineHost
from blazon.serve.errors import INTERNAL, failure_of
from blazon.serve.events import EventKind
from blazon.serve.jobs import FinishedCandidate, Job, JobRegistry, Outcome, Subscriber, Task
from blazon.serve.process.watchdog import Watchdog
from blazon.serve.scheduler import Scheduler
from blazon.serve.telemetry.metrics import Stage
from blazon.serve.telemetry.recorder import Telemetry
from blazon.store.cache import ResultCache
from blazon.store.generations import GenerationStore
from blazon.store.pictures import PictureStore
from blazon.store.webhooks import WebhookDelivery
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
class EndHooks:
    """What is done when a generation ends.

    Args:
        build_delivery: returns the webhook that it owes, if it owes one; it is written down with the end.
        notify: called once the end is written down.
    """

    build_delivery: Callable[[Generation], WebhookDelivery | None] = lambda _: None
    notify: Callable[[Generation], None] = lambda _: None


class JobRunner:
    """Draws jobs and ends their generations.

    Args:
        threads: candidates that are drawn at a time.
        queued: jobs that may wait.
        watchdog: is told of every sign of progress.
        replace_process: has this process replaced, because it cannot draw any more; says why.
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
    ) -> None:
        self.stores = stores
        self.host = host
        self.telemetry = telemetry
        self.loop = loop
        self.hooks = hooks or EndHooks()
        self.registry = JobRegistry()
        self.scheduler = Scheduler(threads, queued, self._perform)
        self._watchdog = watchdog
        self._replace_process = replace_process
        self._closing: BlazonError | None = None  # what those are told who come after the others were let go

    def queue(self, job: Job, subscriber: Subscriber, *, reserved: bool) -> None:
        """Let a job wait for its turn, under its lock; `reserved` says that a place is reserved for its owner."""
        self.subscribe(job, subscriber)
        generation = subscriber.generation
        if generation.breakdowns >= MAX_BREAKDOWNS:
            self._end_for_breakdowns(job, subscriber, "the process was ended by a fault")
            return
        try:
            self.scheduler.queue(
                job, generation.missing, generation.owner, generation.weight, generation.priority, reserved=reserved
            )
        except Exception as error:  # or it would be known as under way, and nobody would draw it
            self._detach_all(job, error)
            raise
        if self._closing is not None:
            self._detach_all(job, self._closing)

    def subscribe(self, job: Job, subscriber: Subscriber) -> None:
        """Add a subscriber to a job, under the job's lock."""
        self.registry.add(job, subscriber)
        kind = EventKind.STARTED if job.started else EventKind.QUEUED
        subscriber.channel.publish(kind, subscriber.generation, slot="status")

    # Ending.

    def end(self, identity: str, status: Status, failure: Failure, error: Exception) -> Generation | None:
        """End a generation that nobody waits for any more, and return it; None if it had ended before.

        The drawing goes on only if it has other subscribers.

        Raises:
            StorageUnavailable: its end cannot be written down; it is drawn no more, and unfinished in the store.
        """
        with self.registry.holding(identity) as found:
            if found is not None:
                job, subscriber = found
                problem = self._end_subscriber(job, subscriber, status, failure, error)
                if not job.subscribers:
                    self._abandon(job)
                if problem is not None:
                    raise problem
                return subscriber.generation
        generation = self.stores.generations.get(identity)  # which may wait to be taken up
        if generation is None or generation.status.ended:
            return None
        return self.end_in_store(generation, status, failure)

    def end_in_store(self, generation: Generation, status: Status, failure: Failure | None) -> Generation | None:
        """End a generation that has no job, and return it; None if it had ended before."""
        ended = generation.end(status, time.time(), generation.next_event_base + 1, failure)
        if not self.stores.generations.end(ended, self.hooks.build_delivery(ended)):
            return None
        self.telemetry.metrics.count_end(status)
        self.hooks.notify(ended)
        return ended

    def drain(self, error: BlazonError) -> None:
        """Start no more jobs; tell those who wait for one, and who come from now on, that this process will not."""
        self._closing = error
        self.scheduler.drain()
        for job in self.registry.jobs():
            with job.lock:  # or it could be started between the question and its end
                if not job.started:
                    self._detach_all(job, error)

    def stop(self, error: BlazonError) -> None:
        """Tell all who wait that this process draws nothing any more; in the store their work stays unfinished."""
        self._closing = error
        for job in self.registry.jobs():
            self._detach_all(job, error)

    def request_replacement(self, reason: str) -> None:
        """Have this process replaced; what it drew is drawn by the next one, unless it broke one down too often."""
        self.host.fail(reason)
        counting = threading.Thread(target=self._count_breakdowns, args=(reason,), name="breakdowns", daemon=True)
        counting.start()
        counting.join(_COUNTING)
        self._replace_process(reason)

    def _count_breakdowns(self, reason: str) -> None:
        try:
            for job in self.registry.jobs():
                with job.lock:
                    for subscriber in list(job.subscribers.values()) if job.started else ():
                        self._count_breakdown(job, subscriber, reason)
        except StorageUnavailable as problem:
            log.error("a breakdown could not be written down", reason=str(problem))
        except Exception:
            log.exception("a breakdown could not be written down")

    def _count_breakdown(self, job: Job, subscriber: Subscriber, reason: str) -> None:
        generation = subscriber.generation = subscriber.generation.with_breakdown()
        if generation.breakdowns < MAX_BREAKDOWNS:
            self.stores.generations.update(generation)
        else:
            self._end_for_breakdowns(job, subscriber, reason)

    def _end_for_breakdowns(self, job: Job, subscriber: Subscriber, reason: str) -> None:
        why = f"the engine broke down {MAX_BREAKDOWNS} times over this: {reason}"
        self._end_subscriber(job, subscriber, Status.FAILED, Failure("engine_broke_down", why), GenerationFailed(why))

    # Drawing, in the threads of the scheduler.

    def _perform(self, task: Task) -> None:
        try:
            self._draw(task)
        except Exception as accident:  # in the handling of another: nobody may be left waiting for ever
            log.exception("what was drawn could not be brought to an end")
            self.telemetry.metrics.count_failure(accident)
            self._detach_all(task.job, accident)

    def _draw(self, task: Task) -> None:
        job, name = task.job, self._name_for_watchdog(task)
        self._watchdog.begin(name)
        try:
            self._start(job)
            self.telemetry.record(Stage.QUEUE, time.perf_counter() - job.queued_at, candidate=task.number)
            with self.telemetry.stage(Stage.DRAW, candidate=task.number):
                drawn = self.host.engine.candidate(job.brief, task.number, self._watch(task, name))
                self.telemetry.record_parts(drawn.parts)
            with self.telemetry.stage(Stage.STORE, candidate=task.number):
                picture = self.stores.pictures.put(drawn.content, drawn.media_type, drawn.pixels)
                self._finish(task, FinishedCandidate(replace(drawn, pixels=None), picture))
        except WorkCancelled:
            log.info("given up", fingerprint=job.fingerprint[:12], candidate=task.number)
        except EnginePoisoned as error:
            self.request_replacement(str(error))
        except (StorageUnavailable, EngineStopped, ServerBusy) as error:
            # Accepted work stays unfinished in the store, to be resumed, when the disk or the engine is not fit for it.
            log.error("work put off", reason=str(error))
            self._detach_all(job, error)
        except BlazonError as error:
            self._fail(job, failure_of(error), error)
        except Exception as error:
            log.exception("drawing failed unexpectedly")
            self._fail(job, INTERNAL, error)
        except BaseException as panic:  # the Rust libraries panic with one, which would end the thread
            log.exception("a drawing library panicked")
            self._fail(job, INTERNAL, RuntimeError(f"a drawing library panicked: {panic}"))
        finally:
            self._watchdog.end(name)

    def _name_for_watchdog(self, task: Task) -> str:
        """Return the name under which a task is watched: pictures of one model speak for each other, as they wait."""
        try:
            card = self.host.engine.card_of(task.job.brief)
        except BlazonError:
            return task.job.fingerprint
        return card.name if card.painted else f"{task.job.fingerprint} {task.number}"

    def _start(self, job: Job) -> None:
        with job.lock:
            job.cancellation.checkpoint()
            if job.started:
                return
            job.started = True
            now = time.time()
            for subscriber in job.subscribers.values():
                subscriber.generation = subscriber.generation.start(now)
                self.stores.generations.update(subscriber.generation)
                subscriber.channel.publish(EventKind.STARTED, subscriber.generation, slot="status")

    def _watch(self, task: Task, name: str) -> Watch:
        job, number = task.job, task.number

        def tell(step: Step) -> None:
            self._watchdog.beat(name)
            # Without the lock: the engine's thread must not wait for the database.
            for subscriber in tuple(job.subscribers.values()):
                subscriber.channel.publish(EventKind.PROGRESS, (number, step), slot=f"progress/{number}")
                if step.preview is not None:
                    subscriber.channel.publish(EventKind.PREVIEW, (number, step), slot=f"preview/{number}")

        # Without a deadline: who joins later may have a later one. Each subscriber ends at its own.
        return Watch(job.cancellation, tell, job.previews, lambda: self._watchdog.beat(name))

    def _finish(self, task: Task, finished: FinishedCandidate) -> None:
        job = task.job
        with job.lock:
            job.cancellation.checkpoint()
            job.finished[task.number] = finished
            for subscriber in list(job.subscribers.values()):
                self._deliver(job, subscriber, task.number, finished)
            if not job.subscribers:  # all have theirs, or were removed while it was drawn
                self._abandon(job)

    def _deliver(self, job: Job, subscriber: Subscriber, number: int, finished: FinishedCandidate) -> None:
        """Give a subscriber a finished candidate; the last one ends its generation.

        Raises:
            StorageUnavailable: it cannot be written down; nobody was told.
        """
        record = finished.record(number, subscriber.channel.reserve())
        generation = subscriber.generation.with_candidate(record)
        if not generation.missing:
            generation = generation.end(Status.SUCCEEDED, time.time(), subscriber.channel.reserve())
        if not self.stores.generations.add(generation, record, self.hooks.build_delivery(generation)):
            self._detach(job, subscriber, WorkNotWanted("the generation was removed, or ended elsewhere"))
            return
        subscriber.generation = generation
        subscriber.channel.publish(EventKind.CANDIDATE, record, slot=f"candidate/{number}", number=record.event)
        log.info("logo drawn", generation=generation.id, candidate=number, model=record.model, seed=record.seed)
        if generation.status.ended:
            self._cache(generation)
            self._publish_end(job, subscriber, None)

    def _fail(self, job: Job, failure: Failure, error: Exception) -> None:
        self.telemetry.metrics.count_failure(error)
        status = Status.EXPIRED if isinstance(error, DeadlineExceeded) else Status.FAILED
        with job.lock:
            for subscriber in list(job.subscribers.values()):
                self._end_subscriber(job, subscriber, status, failure, error)
            self._abandon(job)

    # Under the job's lock. Nobody is told of anything before it is on disk.

    def _end_subscriber(
        self, job: Job, subscriber: Subscriber, status: Status, failure: Failure, error: Exception
    ) -> StorageUnavailable | None:
        """End a generation; if that cannot be written down, leave it for later and return why."""
        ended = subscriber.generation.end(status, time.time(), subscriber.channel.reserve(), failure)
        try:
            written = self.stores.generations.end(ended, self.hooks.build_delivery(ended))
        except StorageUnavailable as problem:
            log.error("an end could not be written down", generation=ended.id, reason=str(problem))
            self._detach(job, subscriber, error)
            return problem
        if written:
            subscriber.generation = ended
            self._publish_end(job, subscriber, error)
        else:  # it was removed, or ended elsewhere
            self._detach(job, subscriber, error)
        return None

    def _publish_end(self, job: Job, subscriber: Subscriber, error: Exception | None) -> None:
        generation = subscriber.generation
        subscriber.channel.publish(EventKind.ENDED, generation, slot="end", number=generation.event, last=True)
        log.info(
            "generation ended",
            generation=generation.id,
            status=generation.status,
            duration_ms=round((time.time() - generation.created_at) * 1000, 1),
        )
        self.telemetry.metrics.count_end(generation.status)
        self.registry.remove(job, subscriber)
        subscriber.outcome.set_result(Outcome(generation, error))
        self.hooks.notify(generation)

    def _cache(self, generation: Generation) -> None:
        size = sum(candidate.bytes for candidate in generation.candidates)
        try:
            self.stores.cache.keep(generation.fingerprint, generation.id, size, time.time())
        except StorageUnavailable as problem:
            log.warning("a result is not kept for repeated requests", reason=str(problem))

    def _detach(self, job: Job, subscriber: Subscriber, error: Exception) -> None:
        """Tell who waits that this process does no more for it; in the store it stays as it is."""
        self.registry.remove(job, subscriber)
        subscriber.outcome.set_result(Outcome(subscriber.generation, error))

    def _detach_all(self, job: Job, error: Exception) -> None:
        with job.lock:
            for subscriber in list(job.subscribers.values()):
                self._detach(job, subscriber, error)
            self._abandon(job)

    def _abandon(self, job: Job) -> None:
        self.registry.close(job)
        job.cancellation.cancel()
        self.scheduler.discard(job)
