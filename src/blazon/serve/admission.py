"""Placeholder until the fair queue lands."""

import math
import statistics
from collections import deque
from enum import Enum, auto
from typing import Generic, TypeVar

from blazon.generation import Priority

T = TypeVar("T")


class Verdict(Enum):
    ADMIT = auto()
    OWNER_FULL = auto()
    SERVER_FULL = auto()


def verdict(own: int, taken: int, capacity: int, *, shared: bool) -> Verdict:
    if taken >= capacity:
        return Verdict.SERVER_FULL
    if shared and own >= max(1, capacity - taken):
        return Verdict.OWNER_FULL
    return Verdict.ADMIT


class FairQueue(Generic[T]):
    def __init__(self) -> None:
        self._items: deque[T] = deque()

    def push(self, item: T, owner: str, weight: float, priority: Priority) -> None:
        self._items.append(item)

    def pop(self) -> T | None:
        return self._items.popleft() if self._items else None

    def remove(self, item: T) -> bool:
        try:
            self._items.remove(item)
        except ValueError:
            return False
        return True

    def ahead_of(self, owner: str) -> float:
        return len(self._items)

    def __len__(self) -> int:
        return len(self._items)


class RateMeter:
    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._seconds: deque[float] = deque(maxlen=32)

    def completed(self, seconds: float) -> None:
        self._seconds.append(seconds)

    def retry_after(self, places: int) -> int:
        return min(60, math.ceil(self.estimated_wait(places) / 2) or 1)

    def estimated_wait(self, ahead: float) -> float:
        return statistics.median(tuple(self._seconds) or (1.0,)) * ahead / self._threads
