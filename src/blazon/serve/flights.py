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
class Passenger:
    """A generation that a flight is for. `generation` is its newest state; changed under the flight's lock."""

    generation: Generation
    channel: Channel
    outcome: "Future[Outcome]" = field(default_factory=Future)


def landed(generation: Generation, loop: asyncio.AbstractEventLoop) -> Passenger:
    """Return a passenger who has arrived already."""
    passenger = Passenger(generation, Channel(loop, generation.event))
    passenger.outcome.set_result(Outcome(generation))
    passenger.channel.close()
    return passenger


@dataclass(frozen=True, slots=True)
class Delivered:
    """A candidate that the flight has finished, and the key of its master in the store."""

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
class Flight:
    """One drawing. What changes is guarded by `lock`.

    Args:
        queued_at: a `time.perf_counter()` moment.
        over: whether it takes no more passengers: it is finished, has failed or was given up.
    """

    brief: Brief
    fingerprint: str
    previews: bool = False
    queued_at: float = field(default_factory=time.perf_counter)
    context: Context = field(default_factory=copy_context)
    cancellation: Cancellation = field(default_factory=Cancellation)
    passengers: dict[str, Passenger] = field(default_factory=dict)
    delivered: dict[int, Delivered] = field(default_factory=dict)
    begun: bool = False
    over: bool = False
    lock: Any = field(default_factory=threading.RLock)


@dataclass(frozen=True, slots=True)
class Task:
    """One candidate of a flight that is still to be drawn: what the queue holds."""

    flight: Flight
    number: int
