"""How the calls for replicas went: for `/metrics` and `/health` of the server that makes them."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_REMEMBERED: Final = 300.0  # seconds after which a replica that answers no more is counted no more


class CallOutcome(StrEnum):
    """What a call for a candidate came to."""

    DRAWN = "drawn"
    FAILED = "failed"  # the replica says why there is no candidate
    LOST = "lost"  # a replica had begun, and was not heard of again
    UNANSWERED = "unanswered"  # no replica began
    REFUSED = "refused"  # the token or the settings are others
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ClusterReport:
    """What a server knows of the replicas that draw for it.

    Args:
        reachable: whether the cluster took calls when it was last looked at.
        replicas: those that began with a call in the last five minutes.
        calls: those under way.
        ended: calls since the start of the process, by what they came to.
    """

    reachable: bool
    replicas: int
    calls: int
    ended: Mapping[CallOutcome, int]


class CallCounters:
    """Counts calls and the replicas that answer them. Usable from any thread.

    Args:
        clock: tells seconds, for tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._under_way = 0
        self._ended = dict.fromkeys(CallOutcome, 0)
        self._replicas: dict[str, float] = {}  # when each began with a call last
        self._lock = threading.Lock()

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count a call as under way until the block ends."""
        with self._lock:
            self._under_way += 1
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1

    def end(self, outcome: CallOutcome) -> None:
        """Count a call that ended."""
        with self._lock:
            self._ended[outcome] += 1

    def note_replica(self, identity: str) -> None:
        """Note that a replica began with a call."""
        with self._lock:
            self._replicas[identity] = self._clock()

    def report(self, *, reachable: bool) -> ClusterReport:
        """Return the counts, at once."""
        with self._lock:
            since = self._clock() - _REMEMBERED
            self._replicas = {identity: last for identity, last in self._replicas.items() if last >= since}
            return ClusterReport(reachable, len(self._replicas), self._under_way, dict(self._ended))
