"""Flight control: carries each accepted generation to exactly one end, in memory and in the store.

A generation boards a flight, its own or that of an equal one. Threads of the dispatcher draw the candidates of a
flight; each is written down for every passenger before anybody is told of it. The methods block, for moments, on the
database: they are for worker threads, not for the event loop.
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
    InvalidBrief,
    ServerBusy,
    StorageUnavailable,
)
from blazon.generation import CandidateRecord, Failure, Generation, Status
from blazon.principal import Principal
from blazon.serve.dispatcher import Dispatcher
from blazon.serve.events import Channel, EventKind
from blazon.serve.flights import Delivered, Flight, Outcome, Passenger, Task
from blazon.serve.host import StudioHost
from blazon.serve.metrics import CacheResult
from blazon.serve.stages import Stage
from blazon.serve.telemetry import Telemetry
from blazon.serve.watchdog import Watchdog
from blazon.store.cache import ResultCache
from blazon.store.generations import Claim, GenerationStore
from blazon.store.outbox import Delivery
from blazon.store.pictures import PictureStore
from blazon.watching import Step, Watch

log = structlog.stdlib.get_logger("blazon.serve")

INTERNAL: Final = Failure("internal", "Internal server error")
# More may break the process down by chance; one that does it every time would keep everybody else from being served.
BREAKDOWNS: Final = 3


@dataclass(frozen=True, slots=True)
class Stores:
    """What outlives the process."""

    generations: GenerationStore
    pictures: PictureStore
    cache: ResultCache


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken on: candidates drawn at a time, flights that may wait."""

    threads: int
    queued: int


@dataclass(frozen=True, slots=True)
class Endings:
    """What is to be done when a generation ends.

    Args:
        owed: returns the webhook that it owes, if it owes one; that is written down with the end.
        told: called once that is done.
    """

    owed: Callable[[Generation], Delivery | None] = lambda _: None
    told: Callable[[Generation], None] = lambda _: None


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
        self._flights: dict[str, Flight] = {}  # that others may still board, by fingerprint
        self._aboard: dict[str, tuple[Flight, Passenger]] = {}  # by id of the generation
        self._lock = threading.Lock()  # guards the two; taken inside a flight's lock, never around it
        self.dispatcher = Dispatcher(limits.threads, limits.queued, self._perform)

    def find(self, identity: str) -> Passenger | None:
        """Return a generation that is under way."""
        with self._lock:
            found = self._aboard.get(identity)
        return found[1] if found else None

    def aboard(self) -> list[Passenger]:
        """Return all generations that are under way."""
        with self._lock:
            return [passenger for _, passenger in self._aboard.values()]

    def board(
        self,
        generation: Generation,
        principal: Principal,
        claim: Claim | None = None,
        *,
        shared: bool,
        keyed: bool,
        previews: bool,
    ) -> Passenger:
        """Accept a new generation: it is on disk, and has a place, when this returns.

        Args:
            shared: whether it may fly with an equal generation that is under way.

        Raises:
            AlreadyClaimed, ShareExceeded, ServerBusy, StorageFull: it was not accepted, and nothing remains of it.
        """
        while True:
            flight, own = self._flight_for(generation, shared=shared, previews=previews)
            try:
                if own:
                    return self._take_off(flight, generation, principal, claim, keyed=keyed)
                if not flight.over:
                    return self._join(flight, generation, principal, claim)
            finally:
                flight.lock.release()

    def resume(self, generation: Generation) -> None:
        """Take up a generation that an earlier process accepted; what it had finished is not drawn again."""
        if self.find(generation.id) is not None:
            return
        log.info("resumed", generation=generation.id, finished=len(generation.candidates))
        flight = Flight(generation.brief, generation.fingerprint)
        passenger = Passenger(generation, Channel(self._loop, generation.next_event_base))
        with flight.lock:
            self._register(flight, passenger)
            if generation.breakdowns >= BREAKDOWNS:
                self._refuse_to_fly(flight, passenger, "the process was ended by a fault")
                return
            self.dispatcher.queue(flight, generation.missing, generation.owner, generation.weight, generation.priority)

    def settle(self, identity: str, status: Status, failure: Failure, error: Exception) -> bool:
        """End a generation that nobody waits for any more; return False if it had ended before.

        The drawing goes on only if others fly with it.
        """
        with self._lock:
            found = self._aboard.get(identity)
        if found is None:
            return False
        flight, passenger = found
        with flight.lock:
            if identity not in flight.passengers:
                return False
            self._let_off(flight, passenger, status, failure, error)
            if not flight.passengers:
                self._abandon(flight)
            return True

    def release_waiting(self, error: BlazonError) -> None:
        """Tell those whose drawing was not begun that this process will not begin it."""
        with self._lock:
            flights = {id(flight): flight for flight, _ in self._aboard.values() if not flight.begun}
        self._release(list(flights.values()), error)

    def release_all(self, error: BlazonError) -> None:
        """Tell all who wait that this process draws nothing any more; in the store their work stays unfinished."""
        with self._lock:
            flights = {id(flight): flight for flight, _ in self._aboard.values()}
        self._release(list(flights.values()), error)

    def _release(self, flights: list[Flight], error: BlazonError) -> None:
        for flight in flights:
            with flight.lock:
                for passenger in list(flight.passengers.values()):
                    self._leave_for_later(flight, passenger, error)
                self._abandon(flight)

    def break_down(self, reason: str) -> None:
        """Have this process replaced; what it drew is drawn by the next one, unless it broke one down too often."""
        self.host.fail(reason)
        with self._lock:
            flights = {id(flight): flight for flight, _ in self._aboard.values() if flight.begun}
        for flight in flights.values():
            with flight.lock:
                for passenger in list(flight.passengers.values()):
                    self._count_breakdown(flight, passenger, reason)
        self._care.replace(reason)

    def _count_breakdown(self, flight: Flight, passenger: Passenger, reason: str) -> None:
        generation = passenger.generation = counted(passenger.generation)
        if generation.breakdowns < BREAKDOWNS:
            self._stores.generations.update(generation)
        else:
            self._refuse_to_fly(flight, passenger, reason)

    def _refuse_to_fly(self, flight: Flight, passenger: Passenger, reason: str) -> None:
        why = f"the engine broke down {BREAKDOWNS} times over this: {reason}"
        self._let_off(flight, passenger, Status.FAILED, Failure("engine_broke_down", why), GenerationFailed(why))

    # Boarding.

    def _flight_for(self, generation: Generation, *, shared: bool, previews: bool) -> tuple[Flight, bool]:
        """Return a flight with its lock taken, and whether it was made for this generation."""
        with self._lock:
            flight = self._flights.get(generation.fingerprint) if shared else None
            if flight is None:
                flight = Flight(generation.brief, generation.fingerprint, previews)
                flight.lock.acquire()
                if shared:  # before it is on disk: who asks for the same meanwhile waits for the lock
                    self._flights[generation.fingerprint] = flight
                return flight, True
        flight.lock.acquire()
        return flight, False

    def _take_off(
        self, flight: Flight, generation: Generation, principal: Principal, claim: Claim | None, *, keyed: bool
    ) -> Passenger:
        try:
            self.dispatcher.reserve(principal, keyed=keyed)
            try:
                self._stores.generations.accept(generation, claim, principal.daily_quota)
            except BaseException:
                self.dispatcher.release(principal.id)
                raise
        except BaseException:
            self._close(flight)
            raise
        passenger = Passenger(generation, Channel(self._loop, 0))
        self._register(flight, passenger)
        numbers = tuple(range(generation.brief.count))
        self.dispatcher.queue(flight, numbers, principal.id, principal.weight, generation.priority)
        return passenger

    def _join(self, flight: Flight, generation: Generation, principal: Principal, claim: Claim | None) -> Passenger:
        channel = Channel(self._loop, 0)
        if flight.begun:
            generation = generation.begun(time.time())
        for number, delivered in sorted(flight.delivered.items()):
            generation = generation.with_candidate(_record(number, delivered, channel.reserve()))
        self._stores.generations.accept(generation, claim, principal.daily_quota)
        passenger = Passenger(generation, channel)
        for record in generation.candidates:
            channel.publish(EventKind.CANDIDATE, record, slot=_slot(record.number), number=record.event)
        self._register(flight, passenger)
        self.telemetry.metrics.cached(CacheResult.JOINED)
        log.info("joined an equal generation", generation=generation.id)
        return passenger

    def _register(self, flight: Flight, passenger: Passenger) -> None:
        generation = passenger.generation
        flight.passengers[generation.id] = passenger
        with self._lock:
            self._aboard[generation.id] = (flight, passenger)
        passenger.channel.publish(EventKind.QUEUED, generation, slot="status")

    # Drawing, in the threads of the dispatcher.

    def _perform(self, task: Task) -> None:
        flight, name = task.flight, self._watched_as(task)
        self._care.watchdog.begin(name)
        try:
            self._begin(flight)
            self.telemetry.took(Stage.QUEUE, time.perf_counter() - flight.queued_at, candidate=task.number)
            with self.telemetry.stage(Stage.DRAW, candidate=task.number):
                drawn = self.host.studio.candidate(flight.brief, task.number, self._watch(task))
                self.telemetry.took_parts(drawn.parts)
            with self.telemetry.stage(Stage.STORE, candidate=task.number):
                picture = self._stores.pictures.put(drawn.content, drawn.media_type)
                self._deliver(task, Delivered(drawn, picture))
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

        deadlines = [passenger.generation.deadline_at for passenger in tuple(flight.passengers.values())]
        latest = max((at for at in deadlines if at is not None), default=None)
        patience = None if latest is None or None in deadlines else max(0.0, latest - time.time())
        return Watch(flight.cancellation, tell, flight.previews, patience)

    def _deliver(self, task: Task, delivered: Delivered) -> None:
        flight = task.flight
        with flight.lock:
            flight.cancellation.checkpoint()
            flight.delivered[task.number] = delivered
            for passenger in list(flight.passengers.values()):
                self._hand_over(flight, passenger, task.number, delivered)
            if not flight.passengers:
                self._close(flight)

    def _hand_over(self, flight: Flight, passenger: Passenger, number: int, delivered: Delivered) -> None:
        record = _record(number, delivered, passenger.channel.reserve())
        generation = passenger.generation.with_candidate(record)
        if not generation.missing:
            generation = generation.ended(Status.SUCCEEDED, time.time(), passenger.channel.reserve())
        if not self._stores.generations.add(generation, record, self.endings.owed(generation)):
            self._drop(flight, passenger)  # it was removed meanwhile
            return
        passenger.generation = generation
        passenger.channel.publish(EventKind.CANDIDATE, record, slot=_slot(number), number=record.event)
        log.info("logo drawn", generation=generation.id, candidate=number, model=record.model, seed=record.seed)
        if generation.status.ended:
            size = sum(candidate.bytes for candidate in generation.candidates)
            self._stores.cache.keep(generation.fingerprint, generation.id, size, time.time())
            self._tell_end(flight, passenger, None)

    def _fail(self, flight: Flight, failure: Failure, error: Exception) -> None:
        if isinstance(error, BlazonError):  # the others are counted where nobody catches them
            self.telemetry.metrics.failed(error)
        status = Status.EXPIRED if isinstance(error, DeadlineExceeded) else Status.FAILED
        with flight.lock:
            for passenger in list(flight.passengers.values()):
                self._let_off(flight, passenger, status, failure, error)
            self._abandon(flight)

    def _put_off(self, flight: Flight, error: BlazonError) -> None:
        """Leave accepted work unfinished in the store, to be resumed, when the disk or the engine is not fit for it."""
        log.error("work put off", reason=str(error))
        with flight.lock:
            for passenger in list(flight.passengers.values()):
                self._leave_for_later(flight, passenger, error)
            self._abandon(flight)

    # Endings, under the flight's lock.

    def _let_off(
        self, flight: Flight, passenger: Passenger, status: Status, failure: Failure, error: Exception
    ) -> None:
        ended = passenger.generation.ended(status, time.time(), passenger.channel.reserve(), failure)
        try:
            self._stores.generations.end(ended, self.endings.owed(ended))
        except StorageUnavailable as problem:
            log.error("an end could not be written down", generation=ended.id, reason=str(problem))
        passenger.generation = ended
        self._tell_end(flight, passenger, error)

    def _tell_end(self, flight: Flight, passenger: Passenger, error: Exception | None) -> None:
        generation = passenger.generation
        passenger.channel.publish(EventKind.ENDED, generation, slot="end", number=generation.event)
        log.info(
            "generation ended",
            generation=generation.id,
            status=generation.status,
            duration_ms=round((time.time() - generation.created_at) * 1000, 1),
        )
        self.telemetry.metrics.ended(generation.status)
        self._drop(flight, passenger)
        passenger.outcome.set_result(Outcome(generation, error))
        self.endings.told(generation)

    def _leave_for_later(self, flight: Flight, passenger: Passenger, error: BlazonError) -> None:
        self._drop(flight, passenger)
        passenger.outcome.set_result(Outcome(passenger.generation, error))

    def _drop(self, flight: Flight, passenger: Passenger) -> None:
        flight.passengers.pop(passenger.generation.id, None)
        with self._lock:
            self._aboard.pop(passenger.generation.id, None)
        passenger.channel.close()

    def _abandon(self, flight: Flight) -> None:
        self._close(flight)
        flight.cancellation.cancel()
        self.dispatcher.discard(flight)

    def _close(self, flight: Flight) -> None:
        flight.over = True
        with self._lock:
            if self._flights.get(flight.fingerprint) is flight:
                del self._flights[flight.fingerprint]


def counted(generation: Generation) -> Generation:
    """Return a generation with one more breakdown of the process that drew it."""
    return replace(generation, breakdowns=generation.breakdowns + 1)


def failure_of(error: BlazonError) -> Failure:
    """Return an error as it is kept with a generation: its kind in snake case, and what it says."""
    name = type(error).__name__
    code = "".join(f"_{char.lower()}" if char.isupper() else char for char in name).lstrip("_")
    return Failure(code, str(error), error.field if isinstance(error, InvalidBrief) else "")


def _record(number: int, delivered: Delivered, event: int) -> CandidateRecord:
    drawn = delivered.drawn
    return CandidateRecord(
        number=number,
        picture=delivered.picture,
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


def _slot(number: int) -> str:
    return f"candidate/{number}"
