"""What is under way: jobs, the generations that subscribe to them, and the registry that knows who belongs to which.

A job is one drawing. It has a subscriber for each generation that gets its candidates: equal requests of one client
share a job. `JobRegistry` owns the locking: a job's lock guards what changes in the job, the registry's own lock is
taken inside it and never around it.
"""

import asyncio
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Any

from blazon import __version__
from blazon.brief import Brief
from blazon.cancellation import Cancellation
from blazon.generation import CandidateRecord, Drawn, Generation
from blazon.serve.events import Channel
from blazon.store.task_queue import Lease


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a generation ended for those who wait for it; `error` is what they are told instead of a result."""

    generation: Generation
    error: Exception | None = None


@dataclass(slots=True)
class Subscriber:
    """A generation that gets the candidates of a job. `generation` is its newest state; the job's lock guards it."""

    generation: Generation
    channel: Channel
    outcome: "Future[Outcome]" = field(default_factory=Future)


@dataclass(frozen=True, slots=True)
class FinishedCandidate:
    """A candidate that a job has drawn, and the key of its master in the store."""

    drawn: Drawn
    picture: str

    def record(self, number: int, event: int) -> CandidateRecord:
        """Return it as candidate `number` of a generation, told by the event with the number `event`."""
        drawn = self.drawn
        return CandidateRecord(
            number=number,
            picture=self.picture,
            media_type=drawn.media_type,
            model=drawn.model,
            seed=drawn.seed,
            painted=drawn.painted,
            licence=drawn.licence,
            credits=drawn.credits,
            design=drawn.design,
            shows=drawn.shows,
            why=drawn.why,
            warnings=drawn.warnings,
            bytes=len(drawn.content),
            event=event,
        )


@dataclass(eq=False, slots=True)
class Job:
    """One drawing. What changes is guarded by `lock`.

    Args:
        queued_at: a `time.perf_counter()` moment.
        started: whether the drawing of its first candidate was begun.
        drawing: the candidates that are drawn in this process now.
        closed: whether it takes no more subscribers: it is finished, has failed or was given up.
    """

    brief: Brief
    fingerprint: str
    previews: bool = False
    queued_at: float = field(default_factory=time.perf_counter)
    context: Context = field(default_factory=copy_context)
    cancellation: Cancellation = field(default_factory=Cancellation)
    subscribers: dict[str, Subscriber] = field(default_factory=dict)
    finished: dict[int, FinishedCandidate] = field(default_factory=dict)
    started: bool = False
    drawing: set[int] = field(default_factory=set)
    closed: bool = False
    lock: Any = field(default_factory=threading.RLock)


@dataclass(frozen=True, slots=True)
class Task:
    """One candidate of a job that is still to be drawn: what the queue holds; with a lease where servers share it."""

    job: Job
    number: int
    lease: Lease | None = None


def fingerprint(brief: Brief, recipe: str, owner: str) -> str:
    """Return a digest that is equal for equal briefs of one owner, drawn by one version of Blazon in one way.

    The owner is part of it, so that nobody learns from a quick answer what others asked for.
    """
    what = [__version__, recipe, owner, brief.to_dict()]
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


def make_ended_subscriber(generation: Generation, loop: asyncio.AbstractEventLoop) -> Subscriber:
    """Return a subscriber whose generation has its end already."""
    subscriber = Subscriber(generation, Channel(loop, generation.event))
    subscriber.outcome.set_result(Outcome(generation))
    subscriber.channel.close()
    return subscriber


class JobRegistry:
    """Knows which generations are under way and with which job. Threads may share it."""

    def __init__(self) -> None:
        self._open: dict[str, Job] = {}  # that others may still join, by fingerprint
        self._subscribed: dict[str, tuple[Job, Subscriber]] = {}  # by id of the generation
        self._submitting: set[str] = set()  # ids of generations that may be on disk and have no job yet
        self._lock = threading.Lock()
        self._submitted = threading.Condition(self._lock)

    def find(self, identity: str, *, wait: bool = False) -> Subscriber | None:
        """Return the subscriber of a generation; `wait` until there is one, if it is just being accepted."""
        with self._submitted:
            if wait:
                self._submitted.wait_for(lambda: identity not in self._submitting)
            found = self._subscribed.get(identity)
        return found[1] if found else None

    def __len__(self) -> int:
        """Return how many generations are under way."""
        return len(self._subscribed)

    def jobs(self) -> list[Job]:
        """Return the jobs that have subscribers."""
        with self._lock:
            return list({id(job): job for job, _ in self._subscribed.values()}.values())

    @contextmanager
    def submitting(self, identity: str) -> Iterator[bool]:
        """Keep others from taking a generation up meanwhile; yield whether it has no job."""
        with self._lock:
            free = identity not in self._subscribed and identity not in self._submitting
            if free:
                self._submitting.add(identity)
        try:
            yield free
        finally:
            if free:
                with self._submitted:
                    self._submitting.discard(identity)
                    self._submitted.notify_all()

    @contextmanager
    def joining(self, generation: Generation, *, shared: bool, previews: bool) -> Iterator[tuple[Job, bool]]:
        """Hold the lock of a job for a new generation; yield the job, and whether it was made for it.

        Args:
            shared: whether it may be the job of an equal generation; who asks for the same meanwhile waits.
        """
        while True:
            job, new = self._job_for(generation, shared=shared, previews=previews)
            with job.lock:
                if new:  # made with its lock taken, before anybody else could know of it
                    job.lock.release()
                if new or not job.closed:
                    yield job, new
                    return

    @contextmanager
    def holding(self, identity: str) -> Iterator[tuple[Job, Subscriber] | None]:
        """Hold the lock of the job of a generation; yield both, None if it has no job (any more)."""
        with self._lock:
            found = self._subscribed.get(identity)
        if found is None:
            yield None
            return
        with found[0].lock:
            yield found if identity in found[0].subscribers else None

    def add(self, job: Job, subscriber: Subscriber) -> None:
        """Add a subscriber; under the job's lock."""
        job.subscribers[subscriber.generation.id] = subscriber
        with self._lock:
            self._subscribed[subscriber.generation.id] = (job, subscriber)

    def remove(self, job: Job, subscriber: Subscriber) -> None:
        """Remove a subscriber, and tell its listeners that nothing follows; under the job's lock."""
        job.subscribers.pop(subscriber.generation.id, None)
        with self._lock:
            self._subscribed.pop(subscriber.generation.id, None)
        subscriber.channel.close()

    def close(self, job: Job) -> None:
        """Let nobody join any more; under the job's lock."""
        job.closed = True
        with self._lock:
            if self._open.get(job.fingerprint) is job:
                del self._open[job.fingerprint]

    def _job_for(self, generation: Generation, *, shared: bool, previews: bool) -> tuple[Job, bool]:
        with self._lock:
            job = self._open.get(generation.fingerprint) if shared else None
            if job is not None:
                return job, False
            job = Job(generation.brief, generation.fingerprint, previews)
            job.lock.acquire()  # at once: nobody else knows of it
            if shared:  # before it is on disk: who asks for the same meanwhile waits for the lock
                self._open[generation.fingerprint] = job
            return job, True
