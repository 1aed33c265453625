"""Threads that render, and the fair queue in front of them.

All but the work itself happens in the event loop, so nothing here takes a lock. Threads end with the process: one that
hangs holds up no exit.
"""

import asyncio
import math
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Final

from blazon.cancellation import Cancellation
from blazon.errors import DeadlineExceeded, ServerBusy, ShareExceeded
from blazon.serve.admission import RateMeter, Threshold, Verdict
from blazon.serve.queue import FairQueue

Files = tuple[bytes, ...]

_USUAL: Final = 0.1  # seconds for a cost of 1, as long as nothing was measured


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody waits: the pool whose threads would render it, and whose share that takes."""

    pool: "RenderPool"
    owner: Hashable
    weight: float = 1.0


@dataclass(eq=False, slots=True)
class Rendering:
    """One rendering, and the places in which it is waited for, with how many wait in each. For one event loop.

    It has an entry in the queue of each place, and begins with the first that is served.

    Args:
        work: renders, in a thread; looks at the cancellation where it can stop.
        cost: 1 is a PNG of a million pixels.
    """

    work: Callable[[Cancellation], Files]
    cost: float
    files: "asyncio.Future[Files]"
    cancellation: Cancellation = field(default_factory=Cancellation)
    context: Context = field(default_factory=copy_context)
    waiting: dict[Place, int] = field(default_factory=dict)
    started: bool = False

    async def wait(self, place: Place, deadline: float) -> Files:
        """Wait for the files in a place until a moment of the event loop's clock.

        When the last who waits leaves, the rendering is taken out of the queues, or given up if it was started.

        Raises:
            ServerBusy, ShareExceeded: there is no room to wait there.
            DeadlineExceeded: the moment came first.
            BlazonError: there can be no such files.
        """
        if not self.started and place not in self.waiting:
            self._enter(place)
        self.waiting[place] = self.waiting.get(place, 0) + 1
        try:
            patience = deadline - asyncio.get_running_loop().time()
            await asyncio.wait({self.files}, timeout=max(0.0, patience))
            if not self.files.done():
                raise DeadlineExceeded("the file was not rendered in time; ask again, or for a smaller one")
            return self.files.result()
        finally:
            self._leave(place)

    def start(self) -> None:
        """Take it out of all queues: a thread begins with it."""
        self.started = True
        for place in self.waiting:
            place.pool.remove(self, place)

    def _enter(self, place: Place) -> None:
        try:
            place.pool.push(self, place)
        except ServerBusy:
            if not self.waiting:
                self.files.cancel()
            raise

    def _leave(self, place: Place) -> None:
        self.waiting[place] -= 1
        if self.waiting[place] == 0:
            del self.waiting[place]
            place.pool.remove(self, place)
        if not self.waiting and not self.files.done():
            self.files.cancel()
            self.cancellation.cancel()


class RenderPool:
    """Renders in threads, in a fair order between owners. Only for the event loop in which it was made.

    Args:
        threads: renderings at the same time.
        places: renderings that may wait.
        keyed: says whether clients have keys, and so shares; otherwise one may take all places.
        unsent: bytes of files on their way to clients from which on nothing is begun, as they take them too slowly.
    """

    def __init__(
        self, name: str, threads: int, places: int, keyed: Callable[[], bool], unsent: float = math.inf
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._keyed = keyed
        self._places = places
        self._threshold = Threshold(places)
        self._queue: FairQueue[tuple[Rendering, Place]] = FairQueue()
        self._meter = RateMeter(time.monotonic, at_a_time=threads, usual=_USUAL)
        self._idle = threads
        self._most_unsent = unsent
        self._unsent = 0
        self._begun: SimpleQueue[Rendering | None] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True) for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def depth(self) -> int:
        """How many renderings wait."""
        return len(self._queue)

    def push(self, rendering: Rendering, place: Place) -> None:
        """Let a rendering wait in a place of this pool, or begin with it at once.

        Raises:
            ShareExceeded: the owner of the place has as much waiting as it may.
            ServerBusy: all places are taken.
        """
        waiting = self._queue.count_waiting(place.owner)
        match self._threshold.judge(waiting, len(self._queue), alone=not self._keyed()):
            case Verdict.OWNER_FULL:
                raise ShareExceeded(
                    f"{waiting} files of yours wait already, which is your share now; try again later",
                    self._estimate_retry(place),
                )
            case Verdict.SERVER_FULL:
                raise ServerBusy(
                    f"{self._places} files wait to be rendered already; try again later", self._estimate_retry(place)
                )
        self._queue.push((rendering, place), place.owner, place.weight, cost=rendering.cost)
        # Not within this call: who asks has yet to say that it waits.
        self._loop.call_soon(self._begin_next)

    def remove(self, rendering: Rendering, place: Place) -> None:
        """Take a rendering out of the queue, if it waits there."""
        self._queue.remove((rendering, place))

    @contextmanager
    def count_unsent(self, size: int) -> Iterator[None]:
        """Count bytes of a file as on their way to a client."""
        self._unsent += size
        try:
            yield
        finally:
            self._unsent -= size
            self._begin_next()

    def close(self) -> None:
        """Begin nothing more, and let the threads end once they are idle."""
        while self._queue.pop() is not None:
            pass
        for _ in self._threads:
            self._begun.put(None)

    def _estimate_retry(self, place: Place) -> int:
        # When half of what is ahead is done there is room again, also for others who are told to come back then.
        return self._meter.retry_after(self._queue.ahead_of(place.owner, place.weight) / 2)

    def _begin_next(self) -> None:
        while self._idle and self._unsent < self._most_unsent and (entry := self._queue.pop()) is not None:
            rendering, _ = entry
            rendering.start()
            self._idle -= 1
            self._begun.put(rendering)

    def _finish(self, rendering: Rendering, outcome: Files | BaseException, seconds: float) -> None:
        self._idle += 1
        self._meter.record(rendering.cost, seconds)
        if not rendering.files.done():  # somebody waits
            if isinstance(outcome, BaseException):
                rendering.files.set_exception(outcome)
            else:
                rendering.files.set_result(outcome)
        self._begin_next()

    # In threads.

    def _work(self) -> None:
        while (rendering := self._begun.get()) is not None:
            start = time.perf_counter()
            outcome: Files | BaseException
            try:
                outcome = rendering.context.run(rendering.work, rendering.cancellation)
            except Exception as error:  # noqa: BLE001 - it is told to all who wait, and logged with their answers
                outcome = error
            except BaseException as panic:  # noqa: BLE001 - the Rust libraries panic with one
                outcome = RuntimeError(f"a drawing library panicked: {panic}")
                outcome.__cause__ = panic
            with suppress(RuntimeError):  # the loop was closed: nobody waits
                self._loop.call_soon_threadsafe(self._finish, rendering, outcome, time.perf_counter() - start)
            del rendering, outcome  # which may be large, while this thread waits for the next one
