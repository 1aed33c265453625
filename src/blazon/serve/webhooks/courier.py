"""The courier: delivers what the outbox owes, at least once, however often the process dies.

One attempt at a time for each receiver and a few in all, so that a slow receiver holds up nobody but itself. What
an attempt came to is written down after it was made: an attempt that a kill cuts off is made again, with the same
`webhook-id`. One courier for each outbox; two would send everything twice.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress
from typing import Final, ParamSpec, Protocol, TypeVar

import structlog

from blazon.serve.webhooks.schedule import Answer, Delivered, Later, Never, Silence, judge
from blazon.store.outbox import Delivery, OutboxUnavailable

log = structlog.stdlib.get_logger("blazon.webhooks")

AT_A_TIME: Final = 4
_POLL: Final = 1.0  # seconds between looks at the outbox when nobody nudges; well under the first delay

P = ParamSpec("P")
T = TypeVar("T")


class Outbox(Protocol):
    """What the courier needs of a store; called from threads. Times are epoch seconds.

    Every method raises OutboxUnavailable if the store cannot be used now.
    """

    def next_due(self, now: float, busy: Collection[str]) -> Delivery | None:
        """Return what has been due longest, except for the receivers that are busy."""

    def mark_delivered(self, identifier: str, at: float) -> None: ...
    def postpone(self, identifier: str, attempts: int, next_try_at: float, error: str) -> None: ...
    def give_up(self, identifier: str, at: float, attempts: int, error: str) -> None: ...


class Sender(Protocol):
    """Makes one attempt; see `Post`."""

    async def send(self, delivery: Delivery, now: float) -> Answer | Silence: ...


class Courier:
    """Delivers for as long as `working` lasts.

    Args:
        clock: epoch seconds.
        chance: random numbers from 0 to 1, for the jitter.
        poll: seconds between looks at the outbox.
    """

    def __init__(
        self,
        outbox: Outbox,
        sender: Sender,
        *,
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
        at_a_time: int = AT_A_TIME,
        poll: float = _POLL,
    ) -> None:
        self._outbox = outbox
        self._sender = sender
        self._clock = clock
        self._chance = chance
        self._at_a_time = at_a_time
        self._poll = poll
        self._busy: set[str] = set()
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Deliver in a task of its own. At the end, attempts that are under way are broken off, to be made again."""
        task = asyncio.create_task(self.run(), name="webhooks")
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def nudge(self) -> None:
        """Say that something was added. Callable from any thread, and at any time."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake.set)

    async def run(self) -> None:
        """Deliver until cancelled."""
        self._loop = asyncio.get_running_loop()
        try:
            async with asyncio.TaskGroup() as attempts:
                while True:
                    self._wake.clear()
                    await self._hand_out(attempts)
                    await self._rest()
        except Exception:
            log.exception("webhooks have stopped; they go on at the next start")
            raise

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._poll):
                await self._wake.wait()

    async def _hand_out(self, attempts: asyncio.TaskGroup) -> None:
        while len(self._busy) < self._at_a_time:
            try:
                delivery = await _in_thread(self._outbox.next_due, self._clock(), frozenset(self._busy))
            except OutboxUnavailable as error:
                log.error("webhooks cannot be read", reason=str(error))
                return
            if delivery is None:
                return
            self._busy.add(delivery.receiver)
            attempts.create_task(self._attempt(delivery))

    async def _attempt(self, delivery: Delivery) -> None:
        try:
            await self._deliver(delivery)
        except OutboxUnavailable as error:
            log.error("webhook outcome cannot be written; it will be sent again", id=delivery.id, reason=str(error))
            await asyncio.sleep(self._poll)
        finally:
            self._busy.discard(delivery.receiver)
            self._wake.set()

    async def _deliver(self, delivery: Delivery) -> None:
        start = time.perf_counter()
        try:
            result = await self._sender.send(delivery, self._clock())
        except Exception:
            # A fault of ours, and one event that cannot be sent must not stop the others.
            log.exception("webhook attempt broke", id=delivery.id)
            result = Silence("the attempt broke; the log says why")
        attempt = delivery.attempts + 1
        verdict = judge(result, attempt, self._chance())
        line = log.bind(
            id=delivery.id,
            generation=delivery.generation,
            receiver=delivery.receiver,
            attempt=attempt,
            status=result.status if isinstance(result, Answer) else None,
            duration_ms=round((time.perf_counter() - start) * 1000, 1),
        )
        now = self._clock()
        match verdict:
            case Delivered():
                line.info("webhook delivered")
                await _in_thread(self._outbox.mark_delivered, delivery.id, now)
            case Later(delay, error):
                line.warning("webhook failed", reason=error, next_try_s=round(delay, 1))
                await _in_thread(self._outbox.postpone, delivery.id, attempt, now + delay, error)
            case Never(error):
                line.warning("webhook given up", reason=error)
                await _in_thread(self._outbox.give_up, delivery.id, now, attempt, error)


async def _in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function in a thread; who is cancelled meanwhile waits until it ends, so that nothing is half written."""
    call = asyncio.ensure_future(asyncio.to_thread(function, *args, **kwargs))
    try:
        return await asyncio.shield(call)
    except asyncio.CancelledError:
        await asyncio.wait({call})
        raise
