"""The use case of the server: accept a generation, wait for it, watch it, look it up, end it.

Every API comes through here. The methods are coroutines; what blocks is done in threads of their own.
"""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from contextvars import copy_context
from dataclasses import replace
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar

import structlog

from blazon.errors import (
    BlazonError,
    DeadlineExceeded,
    NotFound,
    ServerBusy,
    StorageUnavailable,
    UnreadableRecord,
    WorkNotWanted,
)
from blazon.generation import Failure, Generation, Status
from blazon.language_model.chat import Outcome as ReadOutcome
from blazon.language_model.reader import ModelReader
from blazon.principal import Principal
from blazon.serve.acceptance import Acceptance, Acceptor, GenerationRequest
from blazon.serve.engines.host import EngineState
from blazon.serve.errors import CANCELLED, error_of
from blazon.serve.events import Event, EventKind, list_recorded_events
from blazon.serve.job_runner import JobRunner, QueuePlace
from blazon.serve.jobs import Outcome, Subscriber
from blazon.serve.process.shutdown import Shutdown
from blazon.serve.process.supervisor import AFTER_CRASH

log = structlog.stdlib.get_logger("blazon.serve")

T = TypeVar("T")
P = ParamSpec("P")

_STORE_THREADS: Final = 4
_DRAINING_RETRY: Final = 5


class GenerationService:
    """Accepts, remembers and ends generations.

    Args:
        storage_problem: says why nothing can be written down now, empty if it can; may block for a second.
        reader: has briefs read by a language model; None where the rules read them.
    """

    def __init__(
        self,
        runner: JobRunner,
        acceptor: Acceptor,
        shutdown: Shutdown,
        storage_problem: Callable[[], str] = lambda: "",
        reader: ModelReader | None = None,
    ) -> None:
        self.host = runner.host
        self._runner = runner
        self._acceptor = acceptor
        self._stores = runner.stores
        self._shutdown = shutdown
        self._storage_problem = storage_problem
        self._reader = reader
        self._closed = False
        self._last_work = time.monotonic()
        self._threads = ThreadPoolExecutor(_STORE_THREADS, thread_name_prefix="store")
        # Those who only read have threads of their own: the others may wait for the disk, and for each other.
        self._read_threads = ThreadPoolExecutor(_STORE_THREADS, thread_name_prefix="read")
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[object]] = set()  # the loop itself keeps no reference

    @property
    def draining(self) -> bool:
        """Whether nothing new is taken, because the process is about to end."""
        return self._shutdown.draining

    @property
    def ready(self) -> bool:
        """Whether logos can be drawn now."""
        return self.host.state is EngineState.READY and not self.draining

    def find_last_work(self) -> float:
        """Return by the monotonic clock when something was asked for last; now, while work is under way or loaded."""
        if len(self._runner.registry) or self.host.state is EngineState.LOADING:
            self._last_work = time.monotonic()
        return self._last_work

    async def owes_work(self) -> bool:
        """Return whether something that was accepted has not ended. A process whose engine failed cannot draw it."""
        if self.host.state is EngineState.FAILED:
            return False
        return bool(await self._read(self._stores.generations.list_unfinished))

    async def find_storage_problem(self) -> str:
        """Return why nothing can be accepted for want of a place to write it down, empty if there is one."""
        return await asyncio.to_thread(self._storage_problem)

    async def open(self) -> None:
        """Load the engine, then take up what an earlier process left unfinished."""
        try:
            self._runner.scheduler.start()
        except RuntimeError:  # no thread can be started
            log.exception("the threads that draw could not be started")
            self.host.fail("the threads that draw could not be started; the log says why")
            return
        if await self.host.load():
            self._runner.scheduler.open()
            try:
                await self.resume(after_crash=AFTER_CRASH in os.environ)
            except BlazonError as problem:
                log.error("what an earlier process left could not be taken up yet", reason=str(problem))
            except Exception:
                log.exception("what an earlier process left could not be taken up yet")

    async def resume(self, *, after_crash: bool = False) -> None:
        """Take up what is unfinished in the store and not under way here.

        Args:
            after_crash: whether the process before this one ended by a fault, perhaps of what it was drawing.
        """
        registry, shared = self._runner.registry, self._runner.shared
        if shared is not None:  # what waits is in the queue that all draw from
            await self._in_thread(shared.adopt)
            return
        # Read alone: with ten thousand that wait, reading each of their rows takes all others' time for a second.
        unfinished = await self._read(
            self._stores.generations.list_unfinished, lambda identity: registry.find(identity) is not None
        )
        for identity in unfinished:
            if self.draining:
                return
            try:
                resumed = await self._in_thread(self._acceptor.resume, identity, after_crash=after_crash)
            except UnreadableRecord:  # the store has told of it; the others do not wait for it
                continue
            except StorageUnavailable:
                raise
            except Exception:  # of this one: the others do not wait for it either
                log.exception("could not be taken up again", generation=identity)
                continue
            if resumed is not None:
                self._limit(resumed)

    async def read(self, request: GenerationRequest, client: Principal) -> GenerationRequest:
        """Return a request whose brief brings what a language model reads in it, if one is to read.

        It is to be read before it is accepted. Cancelling the caller ends the call to the model.

        Raises:
            BlazonError: the brief would not be accepted, whatever is read in it.
        """
        if self._reader is None or not self.ready:  # it would be refused
            return request
        key = self._reader.key_of(request.brief, client.id)
        reading = await self._in_thread(self._acceptor.find_reading, request, client, key)
        if reading is not None:
            self._runner.telemetry.metrics.count_read(ReadOutcome.REMEMBERED)
        else:
            reading = await self._reader.read(request.brief, client.id)
        return replace(request, brief=replace(request.brief, reading=reading), reading_key=key)

    async def accept(self, request: GenerationRequest, client: Principal) -> Acceptance:
        """Accept a request that was read; see `Acceptor.accept` for what it raises."""
        self._last_work = time.monotonic()
        try:
            if self.draining:
                raise ServerBusy("the server is stopping; try again later", _DRAINING_RETRY)
            accepted = await self._in_thread(self._acceptor.accept, request, client)
        except ServerBusy as error:
            self._runner.telemetry.metrics.count_failure(error)
            raise
        if not accepted.hit and not accepted.again:
            self._limit(accepted.generation)
        return accepted

    async def finish(
        self, request: GenerationRequest, client: Principal, patience: float | None = None
    ) -> tuple[Acceptance, Generation]:
        """Read and accept a request and wait until it succeeded, or `patience` seconds; then it is returned unfinished.

        Cancelling the caller cancels the generation, unless its idempotency key can ask for it again.

        Raises:
            BlazonError: what `accept` raises, or why there is no result.
        """
        if self._reader is not None:
            request = await self.read(request, client)
        accepted = await self._accept_for_caller(request, client)
        if patience == 0 and accepted.outcome is not None and not accepted.outcome.done():
            return accepted, accepted.generation  # as it was a moment ago; to look again costs as much as to accept
        identity = accepted.generation.id
        try:
            async with asyncio.timeout(patience):
                outcome = await _wait_for_outcome(accepted)
        except TimeoutError:
            generation = await self.get(identity)
            if not generation.status.ended or not request.waited_for:
                return accepted, generation
            outcome = Outcome(generation, error_of(generation))
        except asyncio.CancelledError:
            self.leave(request, identity)
            raise
        if outcome.error is not None:
            raise outcome.error
        return accepted, outcome.generation

    def leave(self, request: GenerationRequest, identity: str) -> None:
        """Note that the client of a request waits no more: what was to be drawn for it alone is cancelled, soon."""
        if request.ends_with_client:
            self._start(self._cancel_unattended(identity))

    async def _accept_for_caller(self, request: GenerationRequest, client: Principal) -> Acceptance:
        """Accept a request, and cancel it where the caller is cancelled before it can know of it."""
        accepting = asyncio.ensure_future(self.accept(request, client))
        try:
            return await asyncio.shield(accepting)
        except asyncio.CancelledError:
            self._start(self._leave_once_accepted(request, accepting))
            raise

    async def _leave_once_accepted(self, request: GenerationRequest, accepting: "asyncio.Future[Acceptance]") -> None:
        try:
            accepted = await accepting
        except BlazonError:
            return  # it was refused
        self.leave(request, accepted.generation.id)

    async def _cancel_unattended(self, identity: str) -> None:
        if self._runner.registry.find(identity) is None:  # it has ended, or is left to the next process
            return
        try:
            await self.cancel(identity)
        except BlazonError as problem:
            log.error("could not be cancelled", generation=identity, reason=str(problem))

    async def get(self, identity: str, owner: str | None = None) -> Generation:
        """Return a generation as it is now; `owner` None for whoever asks.

        Raises:
            NotFound: there is none of that id, or it is another owner's.
        """
        subscriber = None if self._runner.shared else self._runner.registry.find(identity)
        if subscriber is not None:
            generation: Generation | None = subscriber.generation
        else:
            generation = await self._read(self._stores.generations.get, identity, owner)
        if generation is None or owner not in (None, generation.owner):
            raise NotFound(f"there is no generation {identity[:64]}")
        return generation

    async def find_place(self, generation: Generation) -> QueuePlace | None:
        """Return where a generation stands in the queue; None if it does not wait there any more."""
        if generation.status is not Status.QUEUED:
            return None
        return await self._read(self._runner.find_place, generation)

    async def page(
        self, owner: str | None, limit: int, before: str | None = None, statuses: Iterable[Status] = ()
    ) -> list[Generation]:
        """Return up to `limit` generations, the newest first, older than the one with the id `before`."""
        found = await self._read(self._stores.generations.page, owner, limit, before, tuple(statuses))
        if self._runner.shared is not None:  # the row is newer than what is known here of the work of others
            return found
        return [active.generation if (active := self._runner.registry.find(one.id)) else one for one in found]

    async def cancel(self, identity: str) -> Generation | None:
        """Cancel a generation that has not ended, and return it; None if it had ended."""
        error = WorkNotWanted(CANCELLED.message)
        return await self._in_thread(self._runner.publisher.end, identity, Status.CANCELLED, CANCELLED, error)

    async def remove(self, generation: Generation) -> None:
        """Cancel a generation that has not ended, and remove it from the store."""
        await self.cancel(generation.id)
        await self._in_thread(self._stores.generations.remove, [generation.id])

    async def events(self, generation: Generation, after: int) -> AsyncGenerator[Event, None]:
        """Yield the events of a generation with numbers above `after`, until it ends.

        If this process stops before that, the last event says so: the generation goes on in another process, and a
        listener that comes back with its number misses nothing.
        """
        subscriber = self._runner.registry.find(generation.id)
        if subscriber is None and self._runner.shared is not None and not self.draining:
            observed = await self._in_thread(self._runner.shared.observe, generation.id)
            subscriber = observed[1] if observed else None
        if subscriber is not None:
            async with aclosing(_follow(subscriber, after)) as following:
                async for event in following:
                    after = event.number
                    yield event
            generation = subscriber.generation
            if generation.status.ended:
                return
        now = None if self._closed else await self._read(self._stores.generations.get, generation.id)
        for event in () if now is None else list_recorded_events(now):
            if event.number > after:
                after = event.number
                yield event
        if self._closed or (now is not None and not now.status.ended):
            yield Event(after, EventKind.INTERRUPTED, generation)

    def drain(self) -> None:
        """Begin no more jobs; what waits is left to the next process, and whoever waits for it is told."""
        if self._reader is not None:
            self._reader.give_up()
        self._start(asyncio.to_thread(self._runner.drain, _stopping()))  # not behind those who wait for the disk

    def stop_jobs(self) -> None:
        """Leave what is being drawn to the next process as well."""
        self._start(asyncio.to_thread(self._runner.stop, _stopping()))

    async def close(self) -> None:
        """Leave what is unfinished to the next process, and let go of the threads."""
        for timer in self._timers.values():
            timer.cancel()
        await self._in_thread(self._runner.stop, _stopping())
        await asyncio.to_thread(self._runner.scheduler.stop)
        if self._runner.shared is not None:
            await asyncio.to_thread(self._runner.shared.close)
        self._closed = True
        for threads in (self._threads, self._read_threads):
            await asyncio.to_thread(threads.shutdown)

    # Time.

    def _limit(self, generation: Generation) -> None:
        """See to it that a generation expires at its deadline."""
        subscriber = self._runner.registry.find(generation.id)
        if subscriber is None or generation.deadline_at is None:
            return
        loop = asyncio.get_running_loop()
        asked = generation.deadline_at - generation.created_at
        timer = loop.call_later(
            max(0.0, generation.deadline_at - time.time()),
            self.expire,
            generation.id,
            f"not done within {round(asked, 3):g} s",
        )
        self._timers[generation.id] = timer
        subscriber.outcome.add_done_callback(lambda _: self._unlimit(loop, generation.id))

    def _unlimit(self, loop: asyncio.AbstractEventLoop, identity: str) -> None:
        """Forget a deadline, from any thread; the timers themselves belong to the loop."""
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._cancel_timer, identity)

    def _cancel_timer(self, identity: str) -> None:
        timer = self._timers.pop(identity, None)
        if timer is not None:
            timer.cancel()

    def expire(self, identity: str, why: str = "its time is over") -> None:
        """End a generation whose deadline is over; on the event loop."""
        self._timers.pop(identity, None)
        error, failure = DeadlineExceeded(why), Failure("deadline_exceeded", why)
        self._start(self._in_thread(self._runner.publisher.end, identity, Status.EXPIRED, failure, error))

    def _start(self, work: Coroutine[Any, Any, object]) -> None:
        """Do work that nobody waits for; what goes wrong in it is logged."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: "asyncio.Task[object]") -> None:
        self._tasks.discard(task)
        if task.cancelled() or (problem := task.exception()) is None:
            return
        if isinstance(problem, BlazonError):
            log.error("work in the background failed", reason=str(problem))
        else:
            log.error("work in the background failed", exc_info=problem)

    async def _in_thread(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do what blocks in a thread of the store, within the caller's context variables."""
        return await self._run_in(self._threads, partial(work, *args, **kwargs))

    async def _read(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do what only reads the store in a thread for that."""
        return await self._run_in(self._read_threads, partial(work, *args, **kwargs))

    async def _run_in(self, threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        if self._closed:
            raise _stopping()
        return await asyncio.get_running_loop().run_in_executor(threads, copy_context().run, work)


async def _follow(subscriber: Subscriber, after: int) -> AsyncGenerator[Event, None]:
    """Yield the events of a generation that is under way, until no more of them come in this process."""
    # What an earlier process finished is in the record only.
    for event in list_recorded_events(subscriber.generation, below=subscriber.channel.first):
        if event.number > after:
            after = event.number
            yield event
    async with aclosing(subscriber.channel.follow(after)) as following:
        async for event in following:
            yield event


async def _wait_for_outcome(accepted: Acceptance) -> Outcome:
    if accepted.outcome is None:
        return Outcome(accepted.generation, error_of(accepted.generation))
    return await asyncio.shield(asyncio.wrap_future(accepted.outcome))


def _stopping() -> ServerBusy:
    return ServerBusy("the server is stopping; what was accepted resumes when it is back", _DRAINING_RETRY)
