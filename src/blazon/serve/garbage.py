"""When the interpreter looks for garbage in circles.

A look at everything stops all threads: for 70 ms with 300 requests under way, for 350 with 10,000 jobs that wait. What
a request leaves behind is freed at once, as nothing of it refers to itself; what does is rare, and can wait for a
moment in which little is under way, so that there is little to look at.
"""

import asyncio
import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

_LOOK_EVERY: Final = 1.0  # seconds
_LONGEST: Final = 3600.0  # seconds
_SHARE: Final = 0.005  # of the time in which all threads may stand still for it
_FEW: Final = 30  # jobs, and tasks: a request has one, the server itself about ten
_OLDEST: Final = 2
_NEVER: Final = 1_000_000_000


@contextmanager
def collecting_when_calm() -> Iterator[None]:
    """Leave the oldest objects out of automatic collections; `collect_when_calm` looks at them."""
    before = gc.get_threshold()
    gc.set_threshold(*before[:_OLDEST], _NEVER)
    try:
        yield
    finally:
        gc.set_threshold(*before)


async def collect_when_calm(
    count_jobs: Callable[[], int], every: float = _LOOK_EVERY, longest: float = _LONGEST, share: float = _SHARE
) -> None:
    """Look at the oldest objects, where there are new ones, when little is under way; without end.

    Args:
        count_jobs: returns how many generations wait or are drawn.
        every: seconds between two thoughts of it, at least.
        longest: seconds that garbage waits for a moment of calm.
        share: of the time, that all threads stand still at most.
    """
    seen, last, pause = 0, time.monotonic(), every
    while True:
        await asyncio.sleep(pause)
        grown = gc.get_stats()[_OLDEST - 1]["collections"]  # what they leave is among the oldest
        calm = count_jobs() <= _FEW and len(asyncio.all_tasks()) <= _FEW
        if grown != seen and (calm or time.monotonic() - last > longest):
            seen, last = grown, time.monotonic()
            gc.collect()
            pause = max(every, (time.monotonic() - last) / share)
