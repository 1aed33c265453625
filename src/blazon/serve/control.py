"""Flight control: carries each accepted generation to exactly one end, in memory and in the store.

A generation boards a flight, its own or that of an equal one. Threads of the dispatcher draw the candidates of a
flight; each is written down for every passenger before anybody is told of it. The methods block, for moments, on the
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
from blazon.serve.departures import Departures
from blazon.serve.dispatcher import Dispatcher
from blazon.serve.events import Channel, EventKind
from blazon.serve.failures import INTERNAL, failure_of
from blazon.serve.flights import Delivered, Flight, Passenger, Task, landed
from blazon.serve.host import StudioHost
from blazon.serve.landing import Endings, Landing, Stores, slot
from blazon.serve.metrics import CacheResult
from blazon.serve.stages import Stage
from blazon.serve.telemetry import Telemetry
from blazon.serve.watchdog import Watchdog
from blazon.store.generations import Claim
from blazon.watching import Step, Watch

log = structlog.stdlib.get_logger("blazon.serve")

# More may break the process down by chance; one that does it every time would keep everybody else from being served.
BREAKDOWNS: Final = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken on: candidates drawn at a time, flights that may wait."""

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


class FlightControl:
    """Boards, draws and settles generations."""

    def __init__(
        self,
        stores: Stores,
        host: StudioHost,
        limits: Limits,
        loop: asyncio.AbstractEventLoop,
        telemetry: Telemetry,
        care: Care,
        endings: Endings,
    ) -> None:
        self._stores = stores
        self.host = host
        host.on_progress = care.watchdog.beat_all
        self._loop = loop
        self.telemetry = telemetry
        self._care = care
        self.endings = endings
        self._closing: BlazonError | None = None  # what those are told who come after the others were let go
        self._departures = Departures()
        self._landing = Landing(stores, self._departures, telemetry, endings)
        self.dispatcher = Dispatcher(limits.threads, limits.queued, self._perform)

    def find(self, identity: str, *, wait: bool = False) -> Passenger | None:
        """Return a generation that is under way; `wait` until it is, if it is just being accepted."""
        found = self._departures.await_boarding(identity) if wait else self._departures.find(identity)
        return found[1] if found else None

    def aboard(self) -> list[Passenger]:
        """Return all generations that are under way."""
        return self._departures.passengers()

    def board(
        self,
        generation: Generation,
        principal: Principal,
        claim: Claim | None = None,
        *,
        shared: bool,
        keyed: bool,
        previews: bool,
        stored: Stored = lambda: None,
    ) -> Passenger:
        """Accept a new generation: it is on disk, and has a place, when this returns.

        Args:
            shared: whether it may fly with an equal generation that is under way.
            stored: asked while no equal generation is under way: between the two none is drawn again.

        Raises:
            AlreadyClaimed, ShareExceeded, ServerBusy, StorageFull: it was not accepted, and nothing remains of it.
        """
        with self._departures.boarding(generation.id):
            while True:
                flight, own = self._departures.flight_for(generation, shared=shared, previews=previews)
                try:
                    if own:
                        return self._take_off(flight, generation, principal, claim, keyed=keyed, stored=stored)
                    if not flight.over:
                        return self._join(flight, generation, principal, claim)
                finally:
                    flight.lock.release()

    def resume(self, identity: str, *, after_crash: bool = False) -> Generation | None:
        """Take up a generation that is unfinished in the store, unless it is under way or has ended meanwhile.

        What was finished of it is not drawn again. Return it, None if there is nothing to take up.

        Args:
            after_crash: whether the process before this one ended by a fault, perhaps of what it was drawing.
        """
        with self._departures.boarding(identity) as free:
            generation = self._stores.generations.get(identity) if free else None
            if generation is None or generation.status.ended:
                return None
            if not generation.missing:  # another process finished what this one did not know of
                self._landing.end_in_store(generation, Status.SUCCEEDED, None)
                return None
            log.info("resumed", generation=generation.id, finished=len(generation.candidates))
            if after_crash and generation.status is Status.RUNNING:
                generation = generation.broken_down()
            self._take_up(generation)
            return generation

    def _take_up(self, generation: Generation) -> None:
        flight = Flight(generation.brief, generation.fingerprint)
        passenger = Passenger(generation, Channel(self._loop, generation.next_event_base))
        owner, weight, priority = generation.owner, generation.weight, generation.priority
        with flight.lock:
            self._register(flight, passenger)
            if generation.breakdowns >= BREAKDOWNS:
                self._refuse_to_fly(flight, passenger, "the process was ended by a fault")
            else:
                self.dispatcher.queue(flight, generation.missing, owner, weight, priority, reserved=False)
            if self._closing is not None:
                self._leave_all(flight, self._closing)

    def settle(self, identity: str, status: Status, failure: Failure, error: Exception) -> bool:
        """End a generation that nobody waits for any more; return False if it had ended before.

        The drawing goes on only if others fly with it.

        Raises:
            StorageUnavailable: its end cannot be written down; it is drawn no more, and unfinished in the store.
        """
        found = self._departures.find(identity)
        if found is None:
            generation = self._stores.generations.get(identity)  # which may wait to be taken up
            if generation is None or generation.status.ended:
                return False
            return self._landing.end_in_store(generation, status, failure)
        flight, passenger = found
        with flight.lock:
            if identity not in flight.passengers:
                return False
            problem = self._landing.let_off(flight, passenger, status, failure, error)
            if not flight.passengers:
                self._abandon(flight)
        if problem is not None:
            raise problem
        return True

    def release_waiting(self, error: BlazonError) -> None:
        """Tell those whose drawing was not begun, and who come from now on, that this process will not begin it."""
        self._closing = error
        for flight in self._departures.flights():
            if not flight.begun:
                self._leave_all(flight, error)

    def release_all(self, error: BlazonError) -> None:
        """Tell all who wait that this process draws nothing any more; in the store their work stays unfinished."""
        self._closing = error
        for flight in self._departures.flights():
            self._leave_all(flight, error)

    def _leave_all(self, flight: Flight, error: Exception) -> None:
        with flight.lock:
            for passenger in list(flight.passengers.values()):
                self._landing.leave_for_later(flight, passenger, error)
            self._abandon(flight)

    def break_down(self, reason: str) -> None:
        """Have this process replaced; what it drew is drawn by the next one, unless it broke one down too often."""
        self.host.fail(reason)
        try:
            for flight in self._departures.flights():
                with flight.lock:
                    for passenger in list(flight.passengers.values()) if flight.begun else ():
                        self._count_breakdown(flight, passenger, reason)
        except StorageUnavailable as problem:
            log.error("a breakdown could not be written down", reason=str(problem))
        finally:
            self._care.replace(reason)

    def _count_breakdown(self, flight: Flight, passenger: Passenger, reason: str) -> None:
        generation = passenger.generation = passenger.generation.broken_down()
        if generation.breakdowns < BREAKDOWNS:
            self._stores.generations.update(generation)
        else:
            self._refuse_to_fly(flight, passenger, reason)

    def _refuse_to_fly(self, flight: Flight, passenger: Passenger, reason: str) -> None:
        why = f"the engine broke down {BREAKDOWNS} times over this: {reason}"
        self._landing.let_off(
            flight, passenger, Status.FAILED, Failure("engine_broke_down", why), GenerationFailed(why)
        )

    # Boarding.

    def _take_off(
        self,
        flight: Flight,
        generation: Generation,
        principal: Principal,
        claim: Claim | None,
        *,
        keyed: bool,
        stored: Stored,
    ) -> Passenger:
        try:
            if (finished := stored()) is not None:
                self._departures.close(flight)
                self.endings.told(finished)
                return landed(finished, self._loop)
            self.dispatcher.reserve(principal, keyed=keyed)
            try:
                self._stores.generations.accept(generation, claim, principal.daily_quota)
            except BaseException:
                self.dispatcher.release(principal.id)
                raise
        except BaseException:
            self._departures.close(flight)
            raise
        self.telemetry.metrics.cached(CacheResult.MISS)
        passenger = Passenger(generation, Channel(self._loop, 0))
        self._register(flight, passenger)
        numbers = tuple(range(generation.brief.count))
        self.dispatcher.queue(flight, numbers, principal.id, principal.weight, generation.priority, reserved=True)
        if self._closing is not None:
            self._leave_all(flight, self._closing)
        return passenger

    def _join(self, flight: Flight, generation: Generation, principal: Principal, claim: Claim | None) -> Passenger:
        channel = Channel(self._loop, 0)
        if flight.begun:
            generation = generation.begun(time.time())
        for number, delivered in sorted(flight.delivered.items()):
            generation = generation.with_candidate(delivered.record(number, channel.reserve()))
        self._stores.generations.accept(generation, claim, principal.daily_quota)
        passenger = Passenger(generation, channel)
        for record in generation.candidates:
            channel.publish(EventKind.CANDIDATE, record, slot=slot(record.number), number=record.event)
        self._register(flight, passenger)
        self.telemetry.metrics.cached(CacheResult.JOINED)
        log.info("joined an equal generation", generation=generation.id)
        return passenger

    def _register(self, flight: Flight, passenger: Passenger) -> None:
        self._departures.add(flight, passenger)
        kind = EventKind.STARTED if flight.begun else EventKind.QUEUED
        passenger.channel.publish(kind, passenger.generation, slot="status")

    # Drawing, in the threads of the dispatcher.

    def _perform(self, task: Task) -> None:
        try:
            self._draw(task)
        except Exception as accident:  # in the handling of another: nobody may be left waiting for ever
            log.exception("what was drawn could not be brought to an end")
            self._leave_all(task.flight, accident)

    def _draw(self, task: Task) -> None:
        flight, name = task.flight, self._watched_as(task)
        self._care.watchdog.begin(name)
        try:
            self._begin(flight)
            self.telemetry.took(Stage.QUEUE, time.perf_counter() - flight.queued_at, candidate=task.number)
            with self.telemetry.stage(Stage.DRAW, candidate=task.number):
                drawn = self.host.studio.candidate(flight.brief, task.number, self._watch(task))
                self.telemetry.took_parts(drawn.parts)
            with self.telemetry.stage(Stage.STORE, candidate=task.number):
                picture = self._stores.pictures.put(drawn.content, drawn.media_type, drawn.pixels)
                self._deliver(task, Delivered(replace(drawn, pixels=None), picture))
        except WorkCancelled:
            log.info("given up", fingerprint=flight.fingerprint[:12], candidate=task.number)
        except EnginePoisoned as error:
            self.break_down(str(error))
        except (StorageUnavailable, EngineStopped, ServerBusy) as error:
            self._put_off(flight, error)
        except BlazonError as error:
            self._fail(flight, failure_of(error), error)
        except Exception as error:
            log.exception("drawing failed unexpectedly")
            self._fail(flight, INTERNAL, error)
        except BaseException as panic:  # the Rust libraries panic with one, which would end the thread
            log.exception("a drawing library panicked")
            self._fail(flight, INTERNAL, RuntimeError(f"a drawing library panicked: {panic}"))
        finally:
            self._care.watchdog.end(name)

    def _watched_as(self, task: Task) -> str:
        """Return the name under which a task is watched: pictures of one model speak for each other, as they wait."""
        try:
            card = self.host.studio.card_of(task.flight.brief)
        except BlazonError:
            return task.flight.fingerprint
        return card.name if card.painted else f"{task.flight.fingerprint} {task.number}"

    def _begin(self, flight: Flight) -> None:
        with flight.lock:
            flight.cancellation.checkpoint()
            if flight.begun:
                return
            flight.begun = True
            now = time.time()
            for passenger in flight.passengers.values():
                passenger.generation = passenger.generation.begun(now)
                self._stores.generations.update(passenger.generation)
                passenger.channel.publish(EventKind.STARTED, passenger.generation, slot="status")

    def _watch(self, task: Task) -> Watch:
        flight, number = task.flight, task.number

        name = self._watched_as(task)

        def tell(step: Step) -> None:
            self._care.watchdog.beat(name)
            # Without the lock: the engine's thread must not wait for the database.
            for passenger in tuple(flight.passengers.values()):
                passenger.channel.publish(EventKind.PROGRESS, (number, step), slot=f"progress/{number}")
                if step.preview is not None:
                    passenger.channel.publish(EventKind.PREVIEW, (number, step), slot=f"preview/{number}")

        # Without a deadline: who boards later may have a later one. Each passenger is let off at its own.
        return Watch(flight.cancellation, tell, flight.previews)

    def _deliver(self, task: Task, delivered: Delivered) -> None:
        flight = task.flight
        with flight.lock:
            flight.cancellation.checkpoint()
            flight.delivered[task.number] = delivered
            for passenger in list(flight.passengers.values()):
                self._landing.hand_over(flight, passenger, task.number, delivered)
            if not flight.passengers:  # all have theirs, or were removed while it was drawn
                self._abandon(flight)

    def _fail(self, flight: Flight, failure: Failure, error: Exception) -> None:
        if isinstance(error, BlazonError):  # the others are counted where nobody catches them
            self.telemetry.metrics.failed(error)
        status = Status.EXPIRED if isinstance(error, DeadlineExceeded) else Status.FAILED
        with flight.lock:
            for passenger in list(flight.passengers.values()):
                self._landing.let_off(flight, passenger, status, failure, error)
            self._abandon(flight)

    def _put_off(self, flight: Flight, error: BlazonError) -> None:
        """Leave accepted work unfinished in the store, to be resumed, when the disk or the engine is not fit for it."""
        log.error("work put off", reason=str(error))
        self._leave_all(flight, error)

    def _abandon(self, flight: Flight) -> None:
        self._departures.close(flight)
        flight.cancellation.cancel()
        self.dispatcher.discard(flight)
