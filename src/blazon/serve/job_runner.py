"""Job control: carries each accepted generation to exactly one end, in memory and in the store.

A generation boards a job, its own or that of an equal one. Threads of the scheduler draw the candidates of a
job; each is written down for every subscriber before anybody is told of it. The methods block, for moments, on the
database: they are for worker threads, not for the event loop.
"""

import asyncio
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
)
from blazon.generation import Failure, Generation, Status
from blazon.principal import Principal
from blazon.serve.completion import EndHooks, JobCompletion, Stores, slot
from blazon.serve.engines.host import EngineHost
from blazon.serve.errors import INTERNAL, failure_of
from blazon.serve.events import Channel, EventKind
from blazon.serve.jobs import FinishedCandidate, Job, Subscriber, Task, finished_subscriber
from blazon.serve.process.watchdog import Watchdog
from blazon.serve.registry import JobRegistry
from blazon.serve.scheduler import Scheduler
from blazon.serve.telemetry.metrics import CacheResult
from blazon.serve.telemetry.recorder import Telemetry
from blazon.serve.telemetry.stages import Stage
from blazon.store.generations import Claim
from blazon.watching import Step, Watch

log = structlog.stdlib.get_logger("blazon.serve")

# More may break the process down by chance; one that does it every time would keep everybody else from being served.
BREAKDOWNS: Final = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken on: candidates drawn at a time, jobs that may wait."""

    threads: int
    queued: int


Stored = Callable[[], Generation | None]
"""Accepts a generation whose result is stored already and returns it; None if there is no such result."""


@dataclass(frozen=True, slots=True)
class Care:
    """What keeps an eye on the process.

    Args:
        watchdog: is told of every sign of progress.
        replace: has this process replaced, because it cannot draw any more; says why.
    """

    watchdog: Watchdog
    replace: Callable[[str], None]


class JobRunner:
    """Boards, draws and settles generations."""

    def __init__(
        self,
        stores: Stores,
        host: EngineHost,
        limits: Limits,
        loop: asyncio.AbstractEventLoop,
        telemetry: Telemetry,
        care: Care,
        end_hooks: EndHooks,
    ) -> None:
        self._stores = stores
        self.host = host
        host.on_progress = care.watchdog.beat_all
        self._loop = loop
        self.telemetry = telemetry
        self._care = care
        self.end_hooks = end_hooks
        self._closing: BlazonError | None = None  # what those are told who come after the others were let go
        self._registry = JobRegistry()
        self._completion = JobCompletion(stores, self._registry, telemetry, end_hooks)
        self.scheduler = Scheduler(limits.threads, limits.queued, self._perform)

    def find(self, identity: str, *, wait: bool = False) -> Subscriber | None:
        """Return a generation that is under way; `wait` until it is, if it is just being accepted."""
        found = self._registry.await_submission(identity) if wait else self._registry.find(identity)
        return found[1] if found else None

    def aboard(self) -> list[Subscriber]:
        """Return all generations that are under way."""
        return self._registry.subscribers()

    def submit(
        self,
        generation: Generation,
        principal: Principal,
        claim: Claim | None = None,
        *,
        shared: bool,
        keyed: bool,
        previews: bool,
        stored: Stored = lambda: None,
    ) -> Subscriber:
        """Accept a new generation: it is on disk, and has a place, when this returns.

        Args:
            shared: whether it may fly with an equal generation that is under way.
            stored: asked while no equal generation is under way: between the two none is drawn again.

        Raises:
            AlreadyClaimed, ShareExceeded, ServerBusy, StorageFull: it was not accepted, and nothing remains of it.
        """
        with self._registry.submission(generation.id):
            while True:
                job, own = self._registry.job_for(generation, shared=shared, previews=previews)
                try:
                    if own:
                        return self._start_job(job, generation, principal, claim, keyed=keyed, stored=stored)
                    if not job.over:
                        return self._join(job, generation, principal, claim)
                finally:
                    job.lock.release()

    def resume(self, identity: str, *, after_crash: bool = False) -> Generation | None:
        """Take up a generation that is unfinished in the store, unless it is under way or has ended meanwhile.

        What was finished of it is not drawn again. Return it, None if there is nothing to take up.

        Args:
            after_crash: whether the process before this one ended by a fault, perhaps of what it was drawing.
        """
        with self._registry.submission(identity) as free:
            generation = self._stores.generations.get(identity) if free else None
            if generation is None or generation.status.ended:
                return None
            if not generation.missing:  # another process finished what this one did not know of
                self._completion.end_in_store(generation, Status.SUCCEEDED, None)
                return None
            log.info("resumed", generation=generation.id, finished=len(generation.candidates))
            if after_crash and generation.status is Status.RUNNING:
                generation = generation.broken_down()
            self._take_up(generation)
            return generation

    def _take_up(self, generation: Generation) -> None:
        job = Job(generation.brief, generation.fingerprint)
        subscriber = Subscriber(generation, Channel(self._loop, generation.next_event_base))
        owner, weight, priority = generation.owner, generation.weight, generation.priority
        with job.lock:
            self._register(job, subscriber)
            if generation.breakdowns >= BREAKDOWNS:
                self._fail_for_breakdowns(job, subscriber, "the process was ended by a fault")
            else:
                self.scheduler.queue(job, generation.missing, owner, weight, priority, reserved=False)
            if self._closing is not None:
                self._leave_all(job, self._closing)

    def end(self, identity: str, status: Status, failure: Failure, error: Exception) -> bool:
        """End a generation that nobody waits for any more; return False if it had ended before.

        The drawing goes on only if others fly with it.

        Raises:
            StorageUnavailable: its end cannot be written down; it is drawn no more, and unfinished in the store.
        """
        found = self._registry.find(identity)
        if found is None:
            generation = self._stores.generations.get(identity)  # which may wait to be taken up
            if generation is None or generation.status.ended:
                return False
            return self._completion.end_in_store(generation, status, failure)
        job, subscriber = found
        with job.lock:
            if identity not in job.subscribers:
                return False
            problem = self._completion.end_subscriber(job, subscriber, status, failure, error)
            if not job.subscribers:
                self._abandon(job)
        if problem is not None:
            raise problem
        return True

    def release_waiting(self, error: BlazonError) -> None:
        """Tell those whose drawing was not begun, and who come from now on, that this process will not begin it."""
        self._closing = error
        for job in self._registry.jobs():
            if not job.begun:
                self._leave_all(job, error)

    def release_all(self, error: BlazonError) -> None:
        """Tell all who wait that this process draws nothing any more; in the store their work stays unfinished."""
        self._closing = error
        for job in self._registry.jobs():
            self._leave_all(job, error)

    def _leave_all(self, job: Job, error: Exception) -> None:
        with job.lock:
            for subscriber in list(job.subscribers.values()):
                self._completion.detach(job, subscriber, error)
            self._abandon(job)

    def replace_process(self, reason: str) -> None:
        """Have this process replaced; what it drew is drawn by the next one, unless it broke one down too often."""
        self.host.fail(reason)
        try:
            for job in self._registry.jobs():
                with job.lock:
                    for subscriber in list(job.subscribers.values()) if job.begun else ():
                        self._count_breakdown(job, subscriber, reason)
        except StorageUnavailable as problem:
            log.error("a breakdown could not be written down", reason=str(problem))
        finally:
            self._care.replace(reason)

    def _count_breakdown(self, job: Job, subscriber: Subscriber, reason: str) -> None:
        generation = subscriber.generation = subscriber.generation.broken_down()
        if generation.breakdowns < BREAKDOWNS:
            self._stores.generations.update(generation)
        else:
            self._fail_for_breakdowns(job, subscriber, reason)

    def _fail_for_breakdowns(self, job: Job, subscriber: Subscriber, reason: str) -> None:
        why = f"the engine broke down {BREAKDOWNS} times over this: {reason}"
        self._completion.end_subscriber(
            job, subscriber, Status.FAILED, Failure("engine_broke_down", why), GenerationFailed(why)
        )

    # Boarding.

    def _start_job(
        self,
        job: Job,
        generation: Generation,
        principal: Principal,
        claim: Claim | None,
        *,
        keyed: bool,
        stored: Stored,
    ) -> Subscriber:
        try:
            if (finished := stored()) is not None:
                self._registry.close(job)
                self.end_hooks.told(finished)
                return finished_subscriber(finished, self._loop)
            self.scheduler.reserve(principal, keyed=keyed)
            try:
                self._stores.generations.accept(generation, claim, principal.daily_quota)
            except BaseException:
                self.scheduler.release(principal.id)
                raise
        except BaseException:
            self._registry.close(job)
            raise
        self.telemetry.metrics.cached(CacheResult.MISS)
        subscriber = Subscriber(generation, Channel(self._loop, 0))
        self._register(job, subscriber)
        numbers = tuple(range(generation.brief.count))
        self.scheduler.queue(job, numbers, principal.id, principal.weight, generation.priority, reserved=True)
        if self._closing is not None:
            self._leave_all(job, self._closing)
        return subscriber

    def _join(self, job: Job, generation: Generation, principal: Principal, claim: Claim | None) -> Subscriber:
        channel = Channel(self._loop, 0)
        if job.begun:
            generation = generation.begun(time.time())
        for number, finished in sorted(job.finished.items()):
            generation = generation.with_candidate(finished.record(number, channel.reserve()))
        self._stores.generations.accept(generation, claim, principal.daily_quota)
        subscriber = Subscriber(generation, channel)
        for record in generation.candidates:
            channel.publish(EventKind.CANDIDATE, record, slot=slot(record.number), number=record.event)
        self._register(job, subscriber)
        self.telemetry.metrics.cached(CacheResult.JOINED)
        log.info("joined an equal generation", generation=generation.id)
        return subscriber

    def _register(self, job: Job, subscriber: Subscriber) -> None:
        self._registry.add(job, subscriber)
        kind = EventKind.STARTED if job.begun else EventKind.QUEUED
        subscriber.channel.publish(kind, subscriber.generation, slot="status")

    # Drawing, in the threads of the scheduler.

    def _perform(self, task: Task) -> None:
        try:
            self._draw(task)
        except Exception as accident:  # in the handling of another: nobody may be left waiting for ever
            log.exception("what was drawn could not be brought to an end")
            self.telemetry.metrics.failed(accident)
            self._leave_all(task.job, accident)

    def _draw(self, task: Task) -> None:
        job, name = task.job, self._watched_as(task)
        self._care.watchdog.begin(name)
        try:
            self._begin(job)
            self.telemetry.took(Stage.QUEUE, time.perf_counter() - job.queued_at, candidate=task.number)
            with self.telemetry.stage(Stage.DRAW, candidate=task.number):
                drawn = self.host.engine.candidate(job.brief, task.number, self._watch(task))
                self.telemetry.took_parts(drawn.parts)
            with self.telemetry.stage(Stage.STORE, candidate=task.number):
                picture = self._stores.pictures.put(drawn.content, drawn.media_type, drawn.pixels)
                self._deliver(task, FinishedCandidate(replace(drawn, pixels=None), picture))
        except WorkCancelled:
            log.info("given up", fingerprint=job.fingerprint[:12], candidate=task.number)
        except EnginePoisoned as error:
            self.replace_process(str(error))
        except (StorageUnavailable, EngineStopped, ServerBusy) as error:
            self._put_off(job, error)
        except BlazonError as error:
            self._fail(job, failure_of(error), error)
        except Exception as error:
            log.exception("drawing failed unexpectedly")
            self._fail(job, INTERNAL, error)
        except BaseException as panic:  # the Rust libraries panic with one, which would end the thread
            log.exception("a drawing library panicked")
            self._fail(job, INTERNAL, RuntimeError(f"a drawing library panicked: {panic}"))
        finally:
            self._care.watchdog.end(name)

    def _watched_as(self, task: Task) -> str:
        """Return the name under which a task is watched: pictures of one model speak for each other, as they wait."""
        try:
            card = self.host.engine.card_of(task.job.brief)
        except BlazonError:
            return task.job.fingerprint
        return card.name if card.painted else f"{task.job.fingerprint} {task.number}"

    def _begin(self, job: Job) -> None:
        with job.lock:
            job.cancellation.checkpoint()
            if job.begun:
                return
            job.begun = True
            now = time.time()
            for subscriber in job.subscribers.values():
                subscriber.generation = subscriber.generation.begun(now)
                self._stores.generations.update(subscriber.generation)
                subscriber.channel.publish(EventKind.STARTED, subscriber.generation, slot="status")

    def _watch(self, task: Task) -> Watch:
        job, number = task.job, task.number

        name = self._watched_as(task)

        def tell(step: Step) -> None:
            self._care.watchdog.beat(name)
            # Without the lock: the engine's thread must not wait for the database.
            for subscriber in tuple(job.subscribers.values()):
                subscriber.channel.publish(EventKind.PROGRESS, (number, step), slot=f"progress/{number}")
                if step.preview is not None:
                    subscriber.channel.publish(EventKind.PREVIEW, (number, step), slot=f"preview/{number}")

        # Without a deadline: who boards later may have a later one. Each subscriber is let off at its own.
        return Watch(job.cancellation, tell, job.previews)

    def _deliver(self, task: Task, finished: FinishedCandidate) -> None:
        job = task.job
        with job.lock:
            job.cancellation.checkpoint()
            job.finished[task.number] = finished
            for subscriber in list(job.subscribers.values()):
                self._completion.deliver(job, subscriber, task.number, finished)
            if not job.subscribers:  # all have theirs, or were removed while it was drawn
                self._abandon(job)

    def _fail(self, job: Job, failure: Failure, error: Exception) -> None:
        self.telemetry.metrics.failed(error)
        status = Status.EXPIRED if isinstance(error, DeadlineExceeded) else Status.FAILED
        with job.lock:
            for subscriber in list(job.subscribers.values()):
                self._completion.end_subscriber(job, subscriber, status, failure, error)
            self._abandon(job)

    def _put_off(self, job: Job, error: BlazonError) -> None:
        """Leave accepted work unfinished in the store, to be resumed, when the disk or the engine is not fit for it."""
        log.error("work put off", reason=str(error))
        self._leave_all(job, error)

    def _abandon(self, job: Job) -> None:
        self._registry.close(job)
        job.cancellation.cancel()
        self.scheduler.discard(job)
