"""Delivers the webhooks that are owed, at least once, however often the process dies.

What an attempt came to is written down after it was made: an attempt that a kill cuts off is made again, with the same
`webhook-id`. Several processes may share a database: each claims in it what it is about to send. So one of them
delivers an event, another one if that dies, and what an owner is owed at one receiver comes one after the other.
"""

import asyncio
import random
import time
from collections.abc import Callable, Collection
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Concatenate, Final, NoReturn, ParamSpec, Protocol, TypeVar

import structlog

from blazon.errors import StorageUnavailable
from blazon.serve.telemetry.metrics import WebhookOutcome
from blazon.serve.webhooks.slots import Slots, Standing
from blazon.store.webhooks import Due, WebhookDelivery, WebhookStoreUnavailable

log = structlog.stdlib.get_logger("blazon.webhooks")

# Seconds before the second attempt, the third and so on. Short first, for a receiver that restarts; then long
# enough for somebody to notice and mend it, over a night and a day: 31 hours in all. Near the example of the
# Standard Webhooks specification.
DELAYS: Final = (5.0, 30.0, 120.0, 600.0, 3600.0, 21_600.0, 86_400.0)
# Only ever later than the table says, so that what failed together is not sent again together.
JITTER: Final = 0.2
LONGEST_WAIT: Final = 86_400.0  # a receiver may ask for no longer one than our own longest
ASKS_TO_WAIT: Final = (429, 503)
_GONE: Final = 410
_POLL: Final = 1.0  # seconds between looks at the store when nobody wakes the worker; well under the first delay
_LONGEST_PAUSE: Final = 60.0  # seconds between attempts to write an outcome down
_QUICK: Final = 2.0  # seconds; who takes longer to answer keeps others waiting
_WRITERS: Final = 4  # threads that write outcomes down
_LONGEST_ATTEMPT: Final = 20.0  # seconds, whatever the client waits for; well below the lease of a claim

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Response:
    """What a receiver answered; `retry_after` is in seconds, None if it named no time."""

    status: int
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class NoResponse:
    """There was no answer, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unsendable:
    """No attempt can be made, neither now nor later, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Success:
    """The receiver has the event."""


@dataclass(frozen=True, slots=True)
class Retry:
    """The attempt failed and another will be made in `delay` seconds."""

    delay: float
    error: str


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The attempt failed and was the last."""

    error: str


Result = Response | NoResponse | Unsendable
Decision = Success | Retry | GiveUp


def decide_retry(result: Result, attempt: int, chance: float) -> Decision:
    """Return what follows from an attempt.

    Args:
        attempt: its number, 1 for the first.
        chance: a random number from 0 to 1, decides on the jitter.
    """
    if isinstance(result, Response) and 200 <= result.status < 300:
        return Success()
    if isinstance(result, Unsendable):
        return GiveUp(result.reason)
    error = _describe(result)
    if isinstance(result, Response) and result.status == _GONE:
        return GiveUp(f"{error}: the receiver wants no more")
    if attempt > len(DELAYS):
        return GiveUp(f"{error}; given up after {attempt} attempts")
    delay = DELAYS[attempt - 1]
    if isinstance(result, Response) and result.status in ASKS_TO_WAIT and result.retry_after is not None:
        delay = max(delay, min(result.retry_after, LONGEST_WAIT))
    return Retry(delay * (1 + JITTER * chance), error)


def _describe(result: Response | NoResponse) -> str:
    if isinstance(result, NoResponse):
        return result.reason
    return f"answered {result.status}" + ("; redirects are not followed" if 300 <= result.status < 400 else "")


class DeliveryStore(Protocol):
    """What the worker needs of a store, see `WebhookStore`; called from threads. Times are epoch seconds.

    Every method raises WebhookStoreUnavailable if the store cannot be used now.
    """

    def list_due(self) -> tuple[float, Collection[Due]]: ...
    def claim(self, due: Due) -> bool: ...
    def release(self, identifier: str) -> None: ...
    def release_all(self) -> None: ...
    def read(self, identifier: str) -> WebhookDelivery | None: ...
    def mark_delivered(self, identifier: str) -> None: ...
    def postpone(self, identifier: str, attempts: int, delay: float, error: str) -> None: ...
    def give_up(self, identifier: str, attempts: int, error: str) -> None: ...


class DeliveryClient(Protocol):
    """Makes one attempt; see `WebhookClient`."""

    async def send(self, delivery: WebhookDelivery, now: float) -> Result:
        """Raises StorageUnavailable if what signs it cannot be looked up now."""


class WebhookWorker:
    """Makes the attempts that are due, many at a time, in the order of `Slots`.

    Args:
        clock: epoch seconds.
        chance: random numbers from 0 to 1, for the jitter.
        poll: seconds between looks at the store.
        count: is told what each attempt came to.
    """

    def __init__(
        self,
        store: DeliveryStore,
        client: DeliveryClient,
        *,
        slots: Slots | None = None,
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
        poll: float = _POLL,
        count: Callable[[WebhookOutcome], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._client = client
        self._slots = slots or Slots()
        self._clock = clock
        self._chance = chance
        self._poll = poll
        self._count = count
        self._due_since: float | None = None
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def wake(self) -> None:
        """Say that something was added. Callable from any thread, and at any time."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed: the server has ended, and the next one looks by itself
                self._loop.call_soon_threadsafe(self._wake.set)

    @property
    def overdue(self) -> float:
        """How many seconds what was due longest at the last look has waited for its attempt; 0 if nothing was due."""
        since = self._due_since
        return 0.0 if since is None else max(0.0, self._clock() - since)

    async def run(self) -> None:
        """Deliver until cancelled. Attempts that are under way then are broken off, to be made again."""
        self._loop = asyncio.get_running_loop()
        # Not those that the server shares, in which keys are looked up: writers may wait for seconds, and are many.
        self._writers = ThreadPoolExecutor(_WRITERS, thread_name_prefix="webhooks")
        try:
            async with asyncio.TaskGroup() as attempts:
                await self._start_all(attempts)
        finally:
            await _run_in_thread(self._writers, self._store.release_all)
            self._writers.shutdown(wait=False)

    async def _start_all(self, attempts: asyncio.TaskGroup) -> NoReturn:
        while True:
            self._wake.clear()
            try:
                await self._start_attempts(attempts)
            except WebhookStoreUnavailable as error:
                log.error("webhooks cannot be read", reason=str(error))
            except Exception:
                log.exception("webhooks cannot be read")
            await self._rest()

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._poll):
                await self._wake.wait()

    async def _start_attempts(self, attempts: asyncio.TaskGroup) -> None:
        # Who is busy now, not when the list has come: of what ends meanwhile, the list may tell the state before.
        busy = self._slots.busy()
        now, due = await _run_in_thread(None, self._store.list_due)
        # Also of those under way: a receiver that never ends its answer holds up what it is owed.
        self._due_since = self._clock() - max(now - one.since for one in due) if due else None
        for chosen in self._slots.take(one for one in due if one.line not in busy and not one.claimed):
            attempts.create_task(self._attempt(chosen))

    async def _attempt(self, due: Due) -> None:
        standing = None
        try:
            if await _run_in_thread(self._writers, self._store.claim, due):
                standing = await self._deliver(due)
        except Exception as error:
            if isinstance(error, WebhookStoreUnavailable | StorageUnavailable):
                log.error("webhook cannot be read", id=due.id, reason=str(error))
            else:
                log.exception("webhook worker broke", id=due.id)
            await _run_in_thread(self._writers, self._store.release, due.id)
            await asyncio.sleep(self._poll)
        finally:
            self._slots.release(due, standing)
            self._wake.set()

    async def _deliver(self, due: Due) -> Standing | None:
        """Make an attempt, write down what it came to, and return how its receiver stands now."""
        delivery = await self._read(due)
        if delivery is None:
            return None
        attempt, start = delivery.attempts + 1, time.perf_counter()
        result = await self._send(delivery)
        seconds = time.perf_counter() - start
        decision = decide_retry(result, attempt, self._chance())
        line = log.bind(
            id=delivery.id,
            generation=delivery.generation,
            receiver=delivery.receiver,
            attempt=attempt,
            status=result.status if isinstance(result, Response) else None,
            duration_ms=round(seconds * 1000, 1),
        )
        match decision:
            case Success():
                line.info("webhook delivered")
                self._count(WebhookOutcome.DELIVERED)
                await self._write(self._store.mark_delivered, delivery.id)
                return Standing.PROMPT if seconds < _QUICK else Standing.UNKNOWN
            case Retry(delay, error):
                line.warning("webhook failed", reason=error, next_try_s=round(delay, 1))
                self._count(WebhookOutcome.RETRIED_LATER)
                await self._write(self._store.postpone, delivery.id, attempt, delay, error)
            case GiveUp(error):
                line.warning("webhook given up", reason=error)
                self._count(WebhookOutcome.GIVEN_UP)
                await self._write(self._store.give_up, delivery.id, attempt, error)
        return None if isinstance(result, Unsendable) else Standing.FAILED

    async def _write(
        self, write: Callable[Concatenate[str, P], None], identifier: str, *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Write down what an attempt came to. While that cannot be done, as on a full disk, nothing is sent again."""
        pause = self._poll
        while True:
            try:
                return await _run_in_thread(self._writers, write, identifier, *args, **kwargs)
            except WebhookStoreUnavailable as error:
                log.error("webhook outcome cannot be written yet", id=identifier, reason=str(error))
            except Exception:
                log.exception("webhook outcome cannot be written yet", id=identifier)
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _read(self, due: Due) -> WebhookDelivery | None:
        try:
            return await _run_in_thread(None, self._store.read, due.id)
        except WebhookStoreUnavailable:
            raise
        except Exception:
            # Another try would find the same, and keep what is owed to this receiver waiting behind it.
            log.exception("webhook given up, because it cannot be read", id=due.id)
            reason = "it cannot be read; the log says why"
            await self._write(self._store.give_up, due.id, due.attempts, reason)
            return None

    async def _send(self, delivery: WebhookDelivery) -> Result:
        try:
            async with asyncio.timeout(_LONGEST_ATTEMPT):
                return await self._client.send(delivery, self._clock())
        except StorageUnavailable:
            raise
        except TimeoutError:
            return NoResponse(f"the attempt did not end within {_LONGEST_ATTEMPT:g} s")
        except Exception:
            log.exception("webhook attempt broke", id=delivery.id)
            return NoResponse("the attempt broke; the log says why")


async def _run_in_thread(threads: Executor | None, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function in a thread; who is cancelled meanwhile waits until it ends, so that nothing is half written.

    Args:
        threads: None for those that the whole server shares.
    """
    call = asyncio.get_running_loop().run_in_executor(threads, partial(function, *args, **kwargs))
    try:
        return await asyncio.shield(call)
    except asyncio.CancelledError:
        await asyncio.wait({call})
        raise
