"""The queues in which work waits for its turn.

`FairQueue` is fair between owners: pure logic, without threads and without a clock of its own. An owner is whatever
shares are given to: an API key, "" for everybody without one, or one purpose of either. Not safe for threads: whoever
uses it holds a lock. `TurnQueue` spreads what arrives at once over the turns of an event loop.
"""

import asyncio
import math
from collections import OrderedDict, deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate, chain, count, islice, takewhile
from typing import Generic, TypeVar

from blazon.generation import Priority

T = TypeVar("T", bound=Hashable)


@dataclass(slots=True)
class _Lane(Generic[T]):
    """What one owner has waiting, by rank of its priority and in order: for each item its number and its cost.

    `start` is the virtual time at which its first item begins, `sums` the costs together, by rank. Adding an item and
    taking one out, wherever it is, cost the same however many wait.
    """

    start: float
    weight: float
    ranks: tuple[OrderedDict[T, tuple[int, float]], ...] = field(
        default_factory=lambda: tuple(OrderedDict() for _ in Priority)
    )

    sums: list[float] = field(default_factory=lambda: [0.0 for _ in Priority])

    def __len__(self) -> int:
        return sum(map(len, self.ranks))

    def add(self, item: T, rank: int, number: int, cost: float) -> None:
        self.ranks[rank][item] = (number, cost)
        self.sums[rank] += cost

    def remove(self, item: T, rank: int) -> None:
        _, cost = self.ranks[rank].pop(item)
        self.sums[rank] = self.sums[rank] - cost if self.ranks[rank] else 0.0  # what rounding left is forgotten

    def first(self) -> tuple[T, tuple[int, float]]:
        """Return the item that is served next, with its number and cost."""
        return next(iter(next(filter(None, self.ranks)).items()))

    def costs(self) -> Iterator[float]:
        """Yield the costs of what waits, in order."""
        return (cost for _, cost in chain.from_iterable(rank.values() for rank in self.ranks))


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
        self._lanes: dict[Hashable, _Lane[T]] = {}
        self._finished: dict[Hashable, float] = {}  # of owners with nothing waiting, where it is later than now
        self._place: dict[T, tuple[Hashable, int]] = {}  # owner and rank of what waits
        self._now = 0.0
        self._numbers = count()

    def __len__(self) -> int:
        return len(self._place)

    def count_waiting(self, owner: Hashable) -> int:
        """Return how many items of an owner wait."""
        lane = self._lanes.get(owner)
        return len(lane) if lane else 0

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
        if item in self._place:
            raise ValueError("the item waits already")
        if not (0 < weight < math.inf and 0 < cost < math.inf):
            raise ValueError("weight and cost must be above 0")
        if (lane := self._lanes.get(owner)) is None:
            start = max(self._now, self._finished.pop(owner, 0.0))
            lane = self._lanes[owner] = _Lane(start, weight)
        lane.weight = weight
        lane.add(item, priority.rank, next(self._numbers), cost)
        self._place[item] = (owner, priority.rank)

    def pop(self) -> T | None:
        """Take out what is next; None if nothing waits."""
        if not self._lanes:
            return None
        # Of equal starts, the one that came first.
        lane = min(self._lanes.values(), key=lambda lane: (lane.start, lane.first()[1][0]))
        item, (_, cost) = lane.first()
        self._now = lane.start
        lane.start += cost / lane.weight
        self._take_out(item)
        return item

    def remove(self, item: T) -> bool:
        """Take out an item wherever it is; False if it does not wait (any more)."""
        if item not in self._place:
            return False
        self._take_out(item)
        return True

    def ahead_of(self, owner: Hashable, weight: float = 1.0, priority: Priority = Priority.NORMAL) -> float:
        """Return the cost that will be served before an item that this owner would push now, if nothing else comes."""
        lane = self._lanes.get(owner)
        own = sum(lane.sums[: priority.rank + 1]) if lane else 0.0
        start = (lane.start if lane else max(self._now, self._finished.get(owner, 0.0))) + own / weight
        others = (other for name, other in self._lanes.items() if name != owner)
        return own + sum(_sum_until(other, start) for other in others)

    def count_ahead(self, item: T) -> int | None:
        """Return how many items will be served before one that waits, if nothing else comes; None if it does not."""
        if item not in self._place:
            return None
        owner, rank = self._place[item]
        lane = self._lanes[owner]
        waiting = chain.from_iterable(lane.ranks[: rank + 1])
        before = len(list(takewhile(lambda other: other != item, waiting)))
        start = lane.start + sum(islice(lane.costs(), before)) / lane.weight
        others = (other for name, other in self._lanes.items() if name != owner)
        return before + sum(_count_until(other, start) for other in others)

    def _take_out(self, item: T) -> None:
        owner, rank = self._place.pop(item)
        lane = self._lanes[owner]
        lane.remove(item, rank)
        if not lane:
            del self._lanes[owner]
            self._finished[owner] = lane.start
        if not self._lanes:
            self._now = 0.0
            self._finished.clear()
        elif self._finished:
            self._finished = {name: end for name, end in self._finished.items() if end > self._now}


def _sum_until(lane: _Lane[T], start: float) -> float:
    """Return the cost of the items of a lane that start at a virtual time or before it."""
    total = sum(lane.sums)
    if lane.start + total / lane.weight <= start:
        return total
    return sum(cost for cost, _ in _list_begun(lane, start))


def _count_until(lane: _Lane[T], start: float) -> int:
    """Return how many items of a lane start before a virtual time."""
    return sum(1 for _, begin in _list_begun(lane, start) if begin < start)


def _list_begun(lane: _Lane[T], start: float) -> Iterator[tuple[float, float]]:
    """Yield cost and start of the items of a lane that start at a virtual time or before it."""
    starts = accumulate((cost / lane.weight for cost in lane.costs()), initial=lane.start)
    return takewhile(lambda entry: entry[1] <= start, zip(lane.costs(), starts, strict=False))


class TurnQueue:
    """Lets few requests go on in one turn of the event loop, and the others in the turns that follow.

    Hundreds that arrive, or get an answer, at once would otherwise all be taken a step in every turn, and each of those
    turns would be as long as all their steps together: whoever asks for something small meanwhile waits several such
    turns.

    Args:
        most: requests that go on in one turn.
    """

    def __init__(self, most: int) -> None:
        self._most = self._free = most
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._turning = False

    async def wait(self) -> None:
        """Return when it is the caller's turn."""
        loop = asyncio.get_running_loop()
        if not self._turning:
            self._turning = True
            loop.call_soon(self._turn, loop)
        if self._free > 0 and not self._waiting:
            self._free -= 1
            return
        turn = loop.create_future()
        self._waiting.append(turn)
        await turn

    def _turn(self, loop: asyncio.AbstractEventLoop) -> None:
        self._free = self._most
        while self._free > 0 and self._waiting:
            if not (turn := self._waiting.popleft()).done():  # a client that left is cancelled
                turn.set_result(None)
                self._free -= 1
        self._turning = bool(self._waiting) or self._free < self._most
        if self._turning:
            loop.call_soon(self._turn, loop)
