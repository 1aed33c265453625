"""How many logos a server draws, by how many are asked for at the same time."""

import math
import time
from dataclasses import dataclass
from typing import Final

from blazon.selftest.client import PROMPT, Client, at_once, draw

LEVELS: Final = (1, 2, 4)


@dataclass(frozen=True, slots=True)
class Throughput:
    """What a number of requests at a time gives: images a second, and seconds for one."""

    concurrency: int
    images: int
    images_per_second: float
    p50_seconds: float
    p95_seconds: float


def measure(client: Client, concurrency: int, seconds: float, size: int) -> Throughput:
    """Draw logos of `size` pixels, `concurrency` at a time, for some seconds; each of them at least one.

    Raises:
        CheckFailed, NobodyAnswers: a logo did not come.
    """
    start = time.perf_counter()

    def one(number: int) -> list[float]:
        taken: list[float] = []
        while not taken or time.perf_counter() - start < seconds:
            asked = time.perf_counter()
            draw(client, f"{PROMPT}, number {number}", [size])
            taken.append(time.perf_counter() - asked)
        return taken

    taken = sorted(second for future in at_once(concurrency, one) for second in future.result())
    rate = len(taken) / (time.perf_counter() - start)
    p50, p95 = (round(taken[math.ceil(share * len(taken)) - 1], 4) for share in (0.5, 0.95))
    return Throughput(concurrency, len(taken), round(rate, 3), p50, p95)
