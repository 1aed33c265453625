"""Who may wait, in which order, and for how long: pure logic, without threads and without a clock of its own.

`FairQueue` orders what waits so that no owner can starve another, `Threshold` keeps room for newcomers, and
`RateMeter` says how long the wait will be. An owner is an API key, or "" for everybody without one. Not safe for
threads: whoever uses it holds a lock.
"""

import math
from bisect import insort
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate, count
from typing import Final, Generic, TypeVar

from blazon.generation import Priority

T = TypeVar("T", bound=Hashable)


@dataclass(order=True, slots=True)
class _Waiting(Generic[T]):
    rank: int
    number: int
    item: T = field(compare=False)
    cost: float = field(compare=False)


@dataclass(slots=True)
class _Lane(Generic[T]):
    """What one owner has waiting, in order; `start` is the virtual time at which its first item begins."""

    start: float
    weight: float
    waiting: list[_Waiting[T]] = field(default_factory=list)


class FairQueue(Generic[T]):
    """Start-time fair queueing between owners; within one, by priority and then first come, first served.

    Goyal, Vin, Cheng: Start-time Fair Queueing, SIGCOMM 1996. An item starts at the virtual time at which the item
    before it of the same owner finished, or now if that is later; it finishes cost / weight afterwards. The least
    start is served first, and is then the virtual time. What follows (their theorem 1): while two owners both have
    items waiting, the costs served of them, each divided by its weight, differ by no more than the largest cost of
    the one over its weight and the same of the other. Whoever was away gets no credit for it, and nobody's debt
    outlives the moment at which nothing waits.

    The start belongs to the owner's first place and not to an item, so that priorities and removals change who
    takes that place and nothing between owners. Low priority can wait behind high for as long as its own owner
    sends high: that is the owner's wish, and harms nobody else.

    Memory: what waits, and a number for each owner that was served ahead of its share, until the virtual time has
    come past it.
    """

    def __init__(self) -> None:
        self._lanes: dict[str, _Lane[T]] = {}
        self._finished: dict[str, float] = {}  # of owners with nothing waiting, where it is later than now
        self._owner: dict[T, str] = {}
        self._now = 0.0
        self._numbers = count()

    def __len__(self) -> int:
        return len(self._owner)

    def waiting(self, owner: str) -> int:
        """Return how many items of an owner wait."""
        lane = self._lanes.get(owner)
        return len(lane.waiting) if lane else 0

    def owners(self) -> int:
        """Return how many owners are remembered: those with items waiting, and those served ahead of their share."""
        return len(self._lanes) + len(self._finished)

    def push(
        self, item: T, owner: str, weight: float = 1.0, priority: Priority = Priority.NORMAL, cost: float = 1.0
    ) -> None:
        """Let an item wait.

        Args:
            weight: of the owner, above 0; the last one given counts. An owner of weight 2 gets twice the share.
            cost: of the item, above 0; 1 is one picture.

        Raises:
            ValueError: the item waits already, or weight or cost is not above 0.
        """
        if item in self._owner:
            raise ValueError("the item waits already")
        if not (0 < weight < math.inf and 0 < cost < math.inf):
            raise ValueError("weight and cost must be above 0")
        if (lane := self._lanes.get(owner)) is None:
            start = max(self._now, self._finished.pop(owner, 0.0))
            lane = self._lanes[owner] = _Lane(start, weight)
        lane.weight = weight
        insort(lane.waiting, _Waiting(priority.rank, next(self._numbers), item, cost))
        self._owner[item] = owner

    def pop(self) -> T | None:
        """Take out what is next; None if nothing waits."""
        if not self._lanes:
            return None
        # Of equal starts, the one that came first.
        owner, lane = min(self._lanes.items(), key=lambda entry: (entry[1].start, entry[1].waiting[0].number))
        first = lane.waiting.pop(0)
        self._now = lane.start
        lane.start += first.cost / lane.weight
        self._leave(first.item, owner)
        return first.item

    def remove(self, item: T) -> bool:
        """Take out an item wherever it is; False if it does not wait (any more)."""
        owner = self._owner.get(item)
        if owner is None:
            return False
        lane = self._lanes[owner]
        lane.waiting = [entry for entry in lane.waiting if entry.item != item]
        self._leave(item, owner)
        return True

    def ahead_of(self, owner: str, weight: float = 1.0, priority: Priority = Priority.NORMAL) -> float:
        """Return the cost that will be served before an item that this owner would push now, if nothing else comes."""
        lane = self._lanes.get(owner)
        own = [entry.cost for entry in lane.waiting if entry.rank <= priority.rank] if lane else []
        start = lane.start if lane else max(self._now, self._finished.get(owner, 0.0))
        for cost in own:
            start += cost / weight
        others = (other for name, other in self._lanes.items() if name != owner)
        return sum(own) + sum(_served_until(other, start) for other in others)

    def _leave(self, item: T, owner: str) -> None:
        del self._owner[item]
        lane = self._lanes[owner]
        if not lane.waiting:
            del self._lanes[owner]
            self._finished[owner] = lane.start
        if not self._lanes:
            self._now = 0.0
            self._finished.clear()
        else:
            self._finished = {name: end for name, end in self._finished.items() if end > self._now}


def _served_until(lane: _Lane[T], start: float) -> float:
    """Return the cost of the items of a lane that start at a virtual time or before it."""
    steps = (entry.cost / lane.weight for entry in lane.waiting)
    starts = accumulate(steps, initial=lane.start)
    return sum(entry.cost for entry, begins in zip(lane.waiting, starts, strict=False) if begins <= start)


class Verdict(StrEnum):
    """Whether a request may wait."""

    ADMIT = "admit"
    OWNER_FULL = "owner full"
    """This owner has enough waiting: 429, others are still let in."""
    SERVER_FULL = "server full"
    """Nobody is let in: 503."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Dynamic thresholds: an owner may have waiting up to `alpha` times the places that are free.

    Choudhury, Hahne: Dynamic Queue Length Thresholds for Shared-Memory Packet Switches, IEEE/ACM Transactions on
    Networking 6 (2), 1998. The fuller it is, the less each may have, so owners that take all they can leave room:
    with `alpha` 1, one of them takes half of the places, two take a third each, n take n / (n + 1) together. The
    last place is kept for an owner that has nothing waiting, whatever `alpha`.

    Args:
        capacity: places in all.
        alpha: 1 keeps the most room that still lets a single owner use half.
    """

    capacity: int
    alpha: float = 1.0

    def judge(self, waiting: int, occupied: int, *, alone: bool = False) -> Verdict:
        """Return whether a request may wait.

        Args:
            waiting: items of its owner that wait.
            occupied: items of everybody that wait.
            alone: there is no other owner and will be none, as no keys exist; all places are its own.
        """
        free = self.capacity - occupied
        if free <= 0:
            return Verdict.SERVER_FULL
        if alone or waiting == 0:
            return Verdict.ADMIT
        return Verdict.ADMIT if free > 1 and waiting < self.alpha * free else Verdict.OWNER_FULL


class RateMeter:
    """How fast work is done, from what was done lately.

    What is measured is the time that work took, not the time between completions: a server that nobody asks is not
    slow.

    Args:
        clock: seconds.
        at_a_time: how many works are done side by side.
        window: seconds that a completion counts for; the last ones count for longer if nothing came after them.
        usual: seconds a cost of 1 takes, as long as nothing was measured.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        at_a_time: int = 1,
        window: float = 300.0,
        usual: float = 2.0,
    ) -> None:
        self._clock = clock
        self._at_a_time = at_a_time
        self._window = window
        self._usual = usual
        self._done: deque[tuple[float, float, float]] = deque(maxlen=_MOST_REMEMBERED)

    def completed(self, cost: float, seconds: float) -> None:
        """Count work that was done just now, and how long it took once it had begun."""
        now = self._clock()
        self._done.append((now, cost, seconds))
        while len(self._done) > _LEAST_REMEMBERED and self._done[0][0] < now - self._window:
            self._done.popleft()

    def rate(self) -> float:
        """Return the cost that is served in a second."""
        costs = sum(cost for _, cost, _ in self._done)
        seconds = sum(seconds for *_, seconds in self._done)
        each = seconds / costs if costs > 0 else self._usual
        return self._at_a_time / max(each, _SHORTEST)

    def estimated_wait(self, cost_ahead: float) -> float:
        """Return the seconds until the work that is ahead is done."""
        return max(0.0, cost_ahead) / self.rate()

    def retry_after(self, cost_ahead: float) -> int:
        """Return when it is worth asking again, in whole seconds from 1 to 120.

        As long as nothing was measured, soon: whoever asks too early costs an answer, and a burst that is told to
        stay away for long leaves the server with nothing to do.
        """
        if not self._done:
            return 1
        return max(1, math.ceil(min(self.estimated_wait(cost_ahead), LONGEST_RETRY)))


LONGEST_RETRY: Final = 120  # seconds; whoever is told more would not come back, and the estimate is no better
_LEAST_REMEMBERED: Final = 8
_MOST_REMEMBERED: Final = 1024
_SHORTEST: Final = 1e-4  # seconds; a clock may say that work took no time
