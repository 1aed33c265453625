"""Flights: drawings in progress, each for one generation or for several that ask for the same."""

import asyncio
import threading
import time
from concurrent.futures import Future
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Any

from blazon.brief import Brief
from blazon.cancellation import Cancellation
from blazon.generation import CandidateRecord, Drawn, Generation
from blazon.serve.events import Channel


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a generation ended for those who wait for it; `error` is what they are told instead of a result."""

    generation: Generation
    error: Exception | None = None


@dataclass(slots=True)
class Subscriber:
    """A generation that a job is for. `generation` is its newest state; changed under the job's lock."""

    generation: Generation
    channel: Channel
    outcome: "Future[Outcome]" = field(default_factory=Future)


def finished_subscriber(generation: Generation, loop: asyncio.AbstractEventLoop) -> Subscriber:
    """Return a subscriber who has arrived already."""
    subscriber = Subscriber(generation, Channel(loop, generation.event))
    subscriber.outcome.set_result(Outcome(generation))
    subscriber.channel.close()
    return subscriber


@dataclass(frozen=True, slots=True)
class FinishedCandidate:
    """A candidate that the job has finished, and the key of its master in the store."""

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
            bytes=len(drawn.content),
            event=event,
        )


@dataclass(eq=False, slots=True)
class Job:
    """One drawing. What changes is guarded by `lock`.

    Args:
        queued_at: a `time.perf_counter()` moment.
        over: whether it takes no more subscribers: it is finished, has failed or was given up.
    """

    brief: Brief
    fingerprint: str
    previews: bool = False
    queued_at: float = field(default_factory=time.perf_counter)
    context: Context = field(default_factory=copy_context)
    cancellation: Cancellation = field(default_factory=Cancellation)
    subscribers: dict[str, Subscriber] = field(default_factory=dict)
    finished: dict[int, FinishedCandidate] = field(default_factory=dict)
    begun: bool = False
    over: bool = False
    lock: Any = field(default_factory=threading.RLock)


@dataclass(frozen=True, slots=True)
class Task:
    """One candidate of a job that is still to be drawn: what the queue holds."""

    job: Job
    number: int
