"""Which attempts are made now: nobody's slow or dead receivers keep those of others waiting. Pure.

A *line* is what one owner owes to one receiver; one attempt at a time is made in it. Who holds slots for long is who
does not answer. So lines are told apart by how their last attempt went, and only a part of the slots is for those
that failed; and the fewer slots are free, the fewer an owner may hold (`Threshold`), as names of hosts cost nothing.
"""

import heapq
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from itertools import count
from typing import Final

from blazon.serve.admission import Threshold, Verdict
from blazon.store.webhooks import Due, Line

_ALPHA: Final = 3.0  # an owner may hold three times what is free: alone three quarters, and a second one all it needs
_MEMORY: Final = 10_000  # lines whose standing is remembered


class Standing(IntEnum):
    """How the last attempt of a line went; the lower, the sooner it is served."""

    PROMPT = 0
    """It was answered well and quickly."""
    UNKNOWN = 1
    """There was none yet, or the good answer took long."""
    FAILED = 2


# Attempts at a time of this standing and of higher ones, so each of the lower has some that the others cannot take.
# They are sockets that wait, and well below the usual limit of 1024 files for a process.
SLOTS: Final = {Standing.PROMPT: 256, Standing.UNKNOWN: 192, Standing.FAILED: 64}


class Slots:
    """The attempts under way, and which come next. Not safe for threads.

    Args:
        sizes: how many may be under way of each standing and of higher ones together.
    """

    def __init__(self, sizes: Mapping[Standing, int] = SLOTS) -> None:
        self._thresholds = {standing: Threshold(size, _ALPHA) for standing, size in sizes.items()}
        self._running: dict[Line, Standing] = {}
        self._held: dict[Standing, Counter[str]] = {standing: Counter() for standing in Standing}  # by owner
        self._last: OrderedDict[Line, tuple[Standing, int]] = OrderedDict()  # standing and turn of the last attempt
        self._turns = count(1)

    def busy(self) -> frozenset[Line]:
        """Return the lines in which an attempt is under way."""
        return frozenset(self._running)

    def take(self, due: Iterable[Due]) -> list[Due]:
        """Take slots for as many attempts as may be made now, and return those.

        Args:
            due: the first of each line, in any order.
        """
        queues: dict[Standing, dict[str, list[Due]]] = {standing: defaultdict(list) for standing in Standing}
        for one in due:
            if one.line not in self._running:
                queues[self._stand(one)][one.owner].append(one)
        return [one for standing in Standing for one in self._take(standing, queues[standing])]

    def release(self, due: Due, standing: Standing | None) -> None:
        """Give the slot of an attempt back.

        Args:
            standing: of its line from now on; None leaves it as it was.
        """
        was = self._running.pop(due.line)
        for held in self._counted(was):
            held[due.owner] -= 1
            if not held[due.owner]:
                del held[due.owner]
        self._last[due.line] = (was if standing is None else standing, next(self._turns))
        self._last.move_to_end(due.line)
        if len(self._last) > _MEMORY:
            self._last.popitem(last=False)

    def _take(self, standing: Standing, queues: Mapping[str, list[Due]]) -> Iterator[Due]:
        """Take slots for lines of one standing: those of the owner first that holds the fewest."""
        for queue in queues.values():
            queue.sort(key=lambda one: (self._turn(one), one.since), reverse=True)  # the next one at the end
        held = self._held[standing]
        owners = [(held[owner], queue[-1].since, owner) for owner, queue in queues.items()]
        heapq.heapify(owners)
        while owners:
            *_, owner = heapq.heappop(owners)
            if not self._has_room(standing, owner):
                continue
            queue = queues[owner]
            yield self._start(queue.pop(), standing)
            if queue:
                heapq.heappush(owners, (held[owner], queue[-1].since, owner))

    def _start(self, one: Due, standing: Standing) -> Due:
        self._running[one.line] = standing
        for held in self._counted(standing):
            held[one.owner] += 1
        return one

    def _has_room(self, standing: Standing, owner: str) -> bool:
        return all(
            threshold.judge(self._held[level][owner], self._held[level].total()) is Verdict.ADMIT
            for level, threshold in self._thresholds.items()
            if level <= standing
        )

    def _counted(self, standing: Standing) -> list[Counter[str]]:
        """Return the counters that an attempt of this standing is counted in: its own and those of lower ones."""
        return [held for level, held in self._held.items() if level <= standing]

    def _stand(self, one: Due) -> Standing:
        known = self._last.get(one.line)
        if known is not None:
            return known[0]
        return Standing.FAILED if one.attempts else Standing.UNKNOWN

    def _turn(self, one: Due) -> int:
        known = self._last.get(one.line)
        return 0 if known is None else known[1]
