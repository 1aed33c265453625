"""Who may wait, and for how long: pure logic, without threads and without a clock of its own.

`Threshold` keeps room for newcomers, and `RateMeter` says how long the wait will be; `queue` says in which order.
Not safe for threads: whoever uses them holds a lock, or is one event loop.
"""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


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

    def record(self, cost: float, seconds: float) -> None:
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

    def estimate_wait(self, cost_ahead: float) -> float:
        """Return the seconds until the work that is ahead is done."""
        return max(0.0, cost_ahead) / self.rate()

    def retry_after(self, cost_ahead: float) -> int:
        """Return when it is worth asking again, in whole seconds from 1 to 120.

        As long as nothing was measured, soon: whoever asks too early costs an answer, and a burst that is told to
        stay away for long leaves the server with nothing to do.
        """
        if not self._done:
            return 1
        return max(1, math.ceil(min(self.estimate_wait(cost_ahead), LONGEST_RETRY)))


LONGEST_RETRY: Final = 120  # seconds; whoever is told more would not come back, and the estimate is no better
_LEAST_REMEMBERED: Final = 8
_MOST_REMEMBERED: Final = 1024
_SHORTEST: Final = 1e-4  # seconds; a clock may say that work took no time
