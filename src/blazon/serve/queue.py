"""In which order what waits is served: pure logic, without threads and without a clock.

`FairQueue` orders what waits so that no owner can starve another. Not safe for threads: whoever uses it holds a lock,
or is one event loop.
"""

import math
from bisect import insort
from collections.abc import Hashable
from dataclasses import dataclass, field
from itertools import accumulate, count
from typing import Generic, TypeVar

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

    An owner is whatever shares are given to: an API key, "" for everybody without one, or one purpose of either.

    Memory: what waits, and a number for each owner that was served ahead of its share, until the virtual time has
    come past it.
    """

    def __init__(self) -> None:
        self._lanes: dict[Hashable, _Lane[T]] = {}
        self._finished: dict[Hashable, float] = {}  # of owners with nothing waiting, where it is later than now
        self._owner: dict[T, Hashable] = {}
        self._now = 0.0
        self._numbers = count()

    def __len__(self) -> int:
        return len(self._owner)

    def count_waiting(self, owner: Hashable) -> int:
        """Return how many items of an owner wait."""
        lane = self._lanes.get(owner)
        return len(lane.waiting) if lane else 0

    def count_owners(self) -> int:
        """Return how many owners are remembered: those with items waiting, and those served ahead of their share."""
        return len(self._lanes) + len(self._finished)

    def push(
        self, item: T, owner: Hashable, weight: float = 1.0, priority: Priority = Priority.NORMAL, cost: float = 1.0
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

    def ahead_of(self, owner: Hashable, weight: float = 1.0, priority: Priority = Priority.NORMAL) -> float:
        """Return the cost that will be served before an item that this owner would push now, if nothing else comes."""
        lane = self._lanes.get(owner)
        own = [entry.cost for entry in lane.waiting if entry.rank <= priority.rank] if lane else []
        start = lane.start if lane else max(self._now, self._finished.get(owner, 0.0))
        for cost in own:
            start += cost / weight
        others = (other for name, other in self._lanes.items() if name != owner)
        return sum(own) + sum(_cost_until(other, start) for other in others)

    def _leave(self, item: T, owner: Hashable) -> None:
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


def _cost_until(lane: _Lane[T], start: float) -> float:
    """Return the cost of the items of a lane that start at a virtual time or before it."""
    steps = (entry.cost / lane.weight for entry in lane.waiting)
    starts = accumulate(steps, initial=lane.start)
    return sum(entry.cost for entry, begins in zip(lane.waiting, starts, strict=False) if begins <= start)
