"""A queue of pictures in front of several engines, simulated event by event. Pure: the same seed, the same numbers.

One queue feeds all engines, first come, first served: what the scheduler does for clients of one key. An engine
takes a picture whenever one of its slots is free, the emptiest engine first, and the picture joins at the next pass.
Between two changes all passes of an engine take the same time, so that only changes are events: two for each picture.
"""

import heapq
import math
import random
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, repeat
from typing import Final

from blazon.errors import InvalidSetting
from blazon.planning.service_time import ServiceTime

_ROUNDING: Final = 1e-9  # of a pass: what begins just now is not a pass later


@dataclass(frozen=True, slots=True)
class Waits:
    """What clients met, in order of arrival.

    Args:
        waits: seconds from arrival until an engine takes the picture, as `blazon_queue_wait_seconds` counts them.
        times: seconds from arrival until its last pass has ended.
        busy: share of the engines' time in which they painted.
    """

    waits: tuple[float, ...]
    times: tuple[float, ...]
    busy: float


def generate_arrivals(rate: float, seed: int) -> Iterator[float]:
    """Yield moments of arrival in seconds: a Poisson process of `rate` a second."""
    dice, now = random.Random(seed), 0.0
    while True:
        now += dice.expovariate(rate)
        yield now


def simulate_load(rate: float, pictures: int, service: ServiceTime, replicas: int, seed: int = 0) -> Waits:
    """Return what clients meet that come at random.

    The first tenth is left out: it meets empty engines.

    Args:
        rate: pictures a second.
        pictures: how many are counted.

    Raises:
        InvalidSetting: more pictures come than the engines can paint, so that the queue only grows; or there are no
            engines or pictures.
    """
    if not 0 < rate < math.inf or pictures < 1 or replicas < 1:
        raise InvalidSetting("pictures a second, pictures and replicas must be above 0")
    if rate >= replicas * service.capacity:
        raise InvalidSetting(
            f"{replicas} replicas paint {replicas * service.capacity:.3g} pictures a second at most and {rate:g} come:"
            " the queue would grow for ever"
        )
    warm_up = pictures // 9
    result = simulate(islice(generate_arrivals(rate, seed), warm_up + pictures), service, replicas)
    return Waits(result.waits[warm_up:], result.times[warm_up:], result.busy)


def simulate(
    arrivals: Iterable[float], service: ServiceTime, replicas: int, steps: Iterable[int] | None = None
) -> Waits:
    """Return what clients meet that come at the given moments, in seconds and in order.

    Args:
        steps: of each picture, 1 or more; those of `service` if not given.
    """
    return _Simulation(service, replicas).run(arrivals, repeat(service.steps) if steps is None else steps)


def take_percentile(values: Sequence[float], share: float) -> float:
    """Return the value under or at which a share (0 to 1) of the values lies: the nearest rank."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


class _Engine:
    """One engine between two changes: since `since`, it makes passes of `pace` seconds over what it paints."""

    __slots__ = ("joining", "left", "pace", "since", "version")

    def __init__(self) -> None:
        self.left: dict[int, int] = {}  # passes that each picture still needs
        self.joining: list[int] = []  # for the next pass
        self.since = self.pace = 0.0
        self.version = 0  # which of its planned changes is still true

    def __len__(self) -> int:
        return len(self.left) + len(self.joining)


class _Simulation:
    def __init__(self, service: ServiceTime, replicas: int) -> None:
        self._service = service
        self._engines = [_Engine() for _ in range(replicas)]
        self._free = [(0, number) for number in range(replicas)]  # load and number; may hold what is no longer true
        self._changes: list[tuple[float, int, int]] = []  # when, which engine, which version of it
        self._queue: deque[int] = deque()
        self._arrived: list[float] = []
        self._steps: list[int] = []
        self._began: list[float] = []
        self._ended: list[float] = []
        self._busy = 0.0

    def run(self, arrivals: Iterable[float], steps: Iterable[int]) -> Waits:
        for number, (moment, needed) in enumerate(zip(arrivals, steps, strict=False)):
            self._advance_until(moment)
            self._arrived.append(moment)
            self._steps.append(needed)
            self._began.append(moment)
            self._ended.append(moment)
            self._queue.append(number)
            self._assign(moment)
        self._advance_until(math.inf)
        last = max(self._ended, default=0.0)
        waits = tuple(began - arrived for began, arrived in zip(self._began, self._arrived, strict=True))
        times = tuple(ended - arrived for ended, arrived in zip(self._ended, self._arrived, strict=True))
        return Waits(waits, times, self._busy / (last * len(self._engines)) if last else 0.0)

    def _advance_until(self, moment: float) -> None:
        while self._changes and self._changes[0][0] <= moment:
            now, number, version = heapq.heappop(self._changes)
            if self._engines[number].version == version:
                self._change(number, now)
                self._assign(now)

    def _assign(self, now: float) -> None:
        """Give what waits to engines with free slots, the emptiest first."""
        while self._queue and (number := self._find_free()) is not None:
            picture = self._queue.popleft()
            engine = self._engines[number]
            engine.joining.append(picture)
            self._began[picture] = now
            if len(engine) < self._service.slots:
                heapq.heappush(self._free, (len(engine), number))
            if engine.left:
                self._plan_joining(number, now)
            else:
                self._change(number, now)

    def _find_free(self) -> int | None:
        while self._free:
            load, number = heapq.heappop(self._free)
            if len(self._engines[number]) == load:
                return number
        return None

    def _plan_joining(self, number: int, now: float) -> None:
        """Plan the change at the end of the pass under way, at which pictures join."""
        engine = self._engines[number]
        done = math.ceil((now - engine.since) / engine.pace - _ROUNDING)
        moment = engine.since + min(done, min(engine.left.values())) * engine.pace
        engine.version += 1
        heapq.heappush(self._changes, (moment, number, engine.version))

    def _change(self, number: int, now: float) -> None:
        """Let the passes made since the last change count, pictures end and join, and plan the next change."""
        engine = self._engines[number]
        if engine.left:
            passes = round((now - engine.since) / engine.pace)
            self._busy += now - engine.since
            engine.left = {picture: left - passes for picture, left in engine.left.items()}
            for picture in [picture for picture, left in engine.left.items() if left <= 0]:
                del engine.left[picture]
                self._ended[picture] = now
        before = len(engine)
        for picture in engine.joining:
            engine.left[picture] = self._steps[picture]
        engine.joining.clear()
        engine.since, engine.version = now, engine.version + 1
        if before < self._service.slots:
            heapq.heappush(self._free, (before, number))
        if engine.left:
            engine.pace = self._service.passes[len(engine.left)]
            moment = now + min(engine.left.values()) * engine.pace
            heapq.heappush(self._changes, (moment, number, engine.version))
