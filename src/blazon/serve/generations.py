"""The use case of the server: accept a generation, wait for it, watch it, look it up, end it.

Every API comes through here. The methods are coroutines; what blocks is done in threads of its own.
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
    InvalidHeader,
    NotFound,
    ServerBusy,
    UnreadableRecord,
    WorkNotWanted,
)
from blazon.generation import Failure, Generation, Status, new_id
from blazon.principal import Principal
from blazon.serve.control import FlightControl
from blazon.serve.drain import Drain
from blazon.serve.events import Event, kept
from blazon.serve.failures import CANCELLED, error_of
from blazon.serve.fingerprint import fingerprint
from blazon.serve.flights import Outcome
from blazon.serve.gatekeeper import check_model
from blazon.serve.host import State
from blazon.serve.landing import Stores
from blazon.serve.metrics import CacheResult
from blazon.serve.orders import Accepted, Order
from blazon.serve.supervisor import AFTER_CRASH
from blazon.serve.webhooks.owing import Clerk
from blazon.store.generations import AlreadyClaimed, Claim

log = structlog.stdlib.get_logger("blazon.serve")

T = TypeVar("T")
P = ParamSpec("P")

_STORE_THREADS: Final = 4
_DRAINING_RETRY: Final = 5


class GenerationService:
    """Accepts, remembers and ends generations.

    Args:
        retention: seconds that a finished generation is kept.
        keyed: says whether clients have keys, and so shares of the queue.
    """

    def __init__(
        self,
        stores: Stores,
        control: FlightControl,
        clerk: Clerk,
        drain: Drain,
        *,
        retention: float,
        keyed: Callable[[], bool] = lambda: False,
    ) -> None:
        self.host = control.host
        self.control = control
        self._drain = drain
        self._stores = stores
        self._clerk = clerk
        self._retention = retention
        self._keyed = keyed
        self._closed = False
        self._threads = ThreadPoolExecutor(_STORE_THREADS, thread_name_prefix="store")
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[object]] = set()  # the loop itself keeps no reference

    @property
    def draining(self) -> bool:
        """Whether nothing new is taken, because the process is about to end."""
        return self._drain.draining

    @property
    def ready(self) -> bool:
        """Whether logos can be drawn now."""
        return self.host.state is State.READY and not self.draining

    async def open(self) -> None:
        """Open the studio, then take up what an earlier process left unfinished."""
        self.control.dispatcher.start()
        if await self.host.load():
            self.control.dispatcher.open()
            try:
                await self.resume(after_crash=AFTER_CRASH in os.environ)
            except BlazonError as problem:
                log.error("what an earlier process left could not be taken up yet", reason=str(problem))

    async def resume(self, *, after_crash: bool = False) -> None:
        """Take up what is unfinished in the store and not under way here.

        Args:
            after_crash: whether the process before this one ended by a fault, perhaps of what it was drawing.
        """
        for identity in await self._apart(self._stores.generations.unfinished):
            try:
                resumed = await self._apart(self.control.resume, identity, after_crash=after_crash)
            except UnreadableRecord:  # the store has told of it; the others do not wait for it
                continue
            if resumed is not None:
                self._limit(resumed)

    async def accept(self, order: Order, principal: Principal) -> Accepted:
        """Accept an order. It is on disk when this returns; nothing remains of it when this raises.

        Raises:
            ServerBusy, ShareExceeded: not now, see `retry_after`.
            InvalidBrief, EngineUnavailable: the brief cannot be drawn here.
            InvalidHeader: the idempotency key came with another request before.
            StorageFull: there is no room for it.
        """
        try:
            if self.draining:
                raise ServerBusy("the server is stopping; try again later", _DRAINING_RETRY)
            accepted = await self._apart(self._accept, order, principal)
        except ServerBusy as error:
            self.control.telemetry.metrics.failed(error)
            raise
        if not accepted.hit and not accepted.again:
            self._limit(accepted.generation)
        return accepted

    async def finished(
        self, order: Order, principal: Principal, patience: float | None = None
    ) -> tuple[Accepted, Generation]:
        """Accept an order and wait until it succeeded, or for `patience` seconds; then it is returned unfinished.

        Cancelling the caller cancels the generation, unless its idempotency key can ask for it again.

        Raises:
            BlazonError: what `accept` raises, or why there is no result.
        """
        accepted = await self._accepted(order, principal)
        identity = accepted.generation.id
        try:
            async with asyncio.timeout(patience):
                outcome = await _outcome(accepted)
        except TimeoutError:
            generation = await self.get(identity)
            if not generation.status.ended or not order.waited_for:
                return accepted, generation
            outcome = Outcome(generation, error_of(generation))
        except asyncio.CancelledError:
            self.left(order, identity)
            raise
        if outcome.error is not None:
            raise outcome.error
        return accepted, outcome.generation

    def left(self, order: Order, identity: str) -> None:
        """Note that the client of an order waits no more: what was to be drawn for it alone is cancelled, soon."""
        if order.ends_with_client:
            self._later(self._give_up(identity))

    async def _accepted(self, order: Order, principal: Principal) -> Accepted:
        """Accept an order, and cancel it where the caller is cancelled before it can know of it."""
        accepting = asyncio.ensure_future(self.accept(order, principal))
        try:
            return await asyncio.shield(accepting)
        except asyncio.CancelledError:
            self._later(self._left_early(order, accepting))
            raise

    async def _left_early(self, order: Order, accepting: "asyncio.Future[Accepted]") -> None:
        try:
            accepted = await accepting
        except BlazonError:
            return  # it was refused
        self.left(order, accepted.generation.id)

    async def _give_up(self, identity: str) -> None:
        try:
            await self.cancel(identity)
        except BlazonError as problem:
            log.error("could not be cancelled", generation=identity, reason=str(problem))

    async def get(self, identity: str, owner: str | None = None) -> Generation:
        """Return a generation as it is now; `owner` None for whoever asks.

        Raises:
            NotFound: there is none of that id, or it is another owner's.
        """
        passenger = self.control.find(identity)
        if passenger is not None:
            generation: Generation | None = passenger.generation
        else:
            generation = await self._apart(self._stores.generations.get, identity, owner)
        if generation is None or owner not in (None, generation.owner):
            raise NotFound(f"there is no generation {identity[:64]}")
        return generation

    async def page(
        self, owner: str | None, limit: int, before: str | None = None, statuses: Iterable[Status] = ()
    ) -> list[Generation]:
        """Return up to `limit` generations, the newest first, older than the one with the id `before`."""
        found = await self._apart(self._stores.generations.page, owner, limit, before, tuple(statuses))
        return [under_way.generation if (under_way := self.control.find(one.id)) else one for one in found]

    async def cancel(self, identity: str) -> bool:
        """Cancel a generation that has not ended; return False if it had."""
        error = WorkNotWanted(CANCELLED.message)
        return await self._apart(self.control.settle, identity, Status.CANCELLED, CANCELLED, error)

    async def remove(self, generation: Generation) -> None:
        """Cancel a generation that has not ended, and remove it from the store."""
        await self.cancel(generation.id)
        await self._apart(self._stores.generations.remove, [generation.id])

    async def events(self, generation: Generation, after: int) -> AsyncGenerator[Event, None]:
        """Yield the events of a generation with numbers above `after`, until it ends."""
        passenger = self.control.find(generation.id)
        if passenger is not None:
            # What an earlier process finished is in the record only.
            for event in kept(passenger.generation, below=passenger.channel.first):
                if event.number > after:
                    yield event
            async with aclosing(passenger.channel.follow(after)) as following:
                async for event in following:
                    yield event
            return
        now = await self._apart(self._stores.generations.get, generation.id)
        for event in () if now is None else kept(now):
            if event.number > after:
                yield event

    def let_go(self) -> None:
        """Begin nothing more; what waits is left to the next process, and whoever waits for it is told."""
        self.control.dispatcher.close()
        self._later(self._apart(self.control.release_waiting, _stopping()))

    def give_up(self) -> None:
        """Leave what is being drawn to the next process as well."""
        self._later(self._apart(self.control.release_all, _stopping()))

    async def close(self) -> None:
        """Leave what is unfinished to the next process, and let go of the threads."""
        for timer in self._timers.values():
            timer.cancel()
        await self._apart(self.control.release_all, _stopping())
        await asyncio.to_thread(self.control.dispatcher.stop)
        self._closed = True
        await asyncio.to_thread(self._threads.shutdown)

    # In threads of the store.

    def _accept(self, order: Order, principal: Principal) -> Accepted:
        studio = self.host.studio
        studio.check(order.brief)
        check_model(principal, studio.card_of(order.brief))
        now = time.time()
        generation = Generation(
            id=new_id(now),
            owner=principal.id,
            brief=order.brief,
            fingerprint=fingerprint(order.brief, studio.recipe, principal.id),
            created_at=now,
            expires_at=now + self._retention,
            priority=order.priority,
            weight=principal.weight,
            waited_for=order.waited_for,
            model=studio.card_of(order.brief).identifier,
            deadline_at=None if order.patience is None else now + order.patience,
            webhook_url=self._clerk.accepted(order.webhook_url, principal),
        )
        try:
            if order.claim is not None:
                self._stores.generations.refuse_claimed(principal.id, order.claim)
            wait = self.control.dispatcher.estimated_wait(principal.id, principal.weight, order.priority)
            passenger = self.control.board(
                generation,
                principal,
                order.claim,
                shared=order.use_cache,
                keyed=self._keyed(),
                previews=order.previews,
                stored=partial(self._from_cache, generation, order) if order.use_cache else lambda: None,
            )
        except AlreadyClaimed as claimed:
            return self._again(claimed, order.claim)
        accepted = passenger.generation
        hit = accepted.cached
        return Accepted(accepted, hit=hit, estimated_wait=0.0 if hit else wait, outcome=passenger.outcome)

    def _again(self, claimed: AlreadyClaimed, claim: Claim | None) -> Accepted:
        if claim is None or claimed.request != claim.request:
            raise InvalidHeader("Idempotency-Key", "came with another request before; use a new one")
        passenger = self.control.find(claimed.generation, wait=True)
        known = passenger.generation if passenger else self._stores.generations.get(claimed.generation)
        if known is None:
            raise InvalidHeader("Idempotency-Key", "led to a generation that was removed; use a new one")
        return Accepted(known, again=True, outcome=passenger.outcome if passenger else None)

    def _from_cache(self, generation: Generation, order: Order) -> Generation | None:
        """Return a new generation with the candidates of an equal one that is finished."""
        source = self._stores.cache.find(generation.fingerprint, generation.created_at)
        try:
            found = None if source is None else self._stores.generations.get(source)
        except UnreadableRecord:  # it is drawn again
            return None
        if found is None or found.status is not Status.SUCCEEDED:
            return None
        now = time.time()
        records = tuple(replace(record, event=place) for place, record in enumerate(found.candidates, 1))
        hit = replace(
            generation, status=Status.SUCCEEDED, started_at=now, finished_at=now, event=len(records) + 1, cached=True
        )
        hit = replace(hit, candidates=records)
        # A logo that costs nothing is not counted against the quota.
        self._stores.generations.accept(hit, order.claim, None, counted=False, owed=self.control.endings.owed(hit))
        self.control.telemetry.metrics.cached(CacheResult.HIT)
        self.control.telemetry.metrics.ended(hit.status)
        return hit

    # Time.

    def _limit(self, generation: Generation) -> None:
        """See to it that a generation expires at its deadline."""
        passenger = self.control.find(generation.id)
        if passenger is None or generation.deadline_at is None:
            return
        loop = asyncio.get_running_loop()
        asked = generation.deadline_at - generation.created_at
        timer = loop.call_later(
            max(0.0, generation.deadline_at - time.time()),
            self._expire_soon,
            generation.id,
            f"not done within {round(asked, 3):g} s",
        )
        self._timers[generation.id] = timer
        passenger.outcome.add_done_callback(lambda _: self._unlimit(loop, generation.id))

    def _unlimit(self, loop: asyncio.AbstractEventLoop, identity: str) -> None:
        timer = self._timers.pop(identity, None)
        if timer is not None and not loop.is_closed():
            loop.call_soon_threadsafe(timer.cancel)

    def _expire_soon(self, identity: str, why: str) -> None:
        self._timers.pop(identity, None)
        self._threads.submit(
            self.control.settle, identity, Status.EXPIRED, Failure("deadline_exceeded", why), DeadlineExceeded(why)
        )

    def _later(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _apart(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do what blocks in a thread of the store, within the caller's context variables."""
        if self._closed:
            raise _stopping()
        call = partial(copy_context().run, work, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)


async def _outcome(accepted: Accepted) -> Outcome:
    if accepted.outcome is None:
        return Outcome(accepted.generation, error_of(accepted.generation))
    return await asyncio.shield(asyncio.wrap_future(accepted.outcome))


def _stopping() -> ServerBusy:
    return ServerBusy("the server is stopping; what was accepted resumes when it is back", _DRAINING_RETRY)
