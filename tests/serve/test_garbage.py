"""Garbage in circles: looked for when little is under way."""

import asyncio
import gc
import subprocess
import sys
import time
import weakref

import pytest

from blazon.serve.garbage import collect_when_calm, collecting_when_calm

WAIT = 60.0
MANY = 100


class Circle:
    def __init__(self) -> None:
        self.itself = self


def make_old_circle() -> "weakref.ref[Circle]":
    """Return a reference to garbage that is among the oldest objects."""
    circle = Circle()
    gc.collect(1)
    return weakref.ref(circle)


async def run(*, busy: int, longest: float, seconds: float, jobs: int = 0) -> bool:
    """Run beside other tasks until old garbage is gone, or for some seconds; say whether it is."""
    others = [asyncio.create_task(asyncio.sleep(WAIT)) for _ in range(busy)]
    collecting = asyncio.create_task(collect_when_calm(lambda: jobs, 0.001, longest, share=1.0))
    gone = make_old_circle()
    try:
        async with asyncio.timeout(seconds):
            while gone() is not None:
                await asyncio.sleep(0.001)
    except TimeoutError:
        return False
    finally:
        for task in (*others, collecting):
            task.cancel()
        await asyncio.gather(*others, collecting, return_exceptions=True)
    return True


def check_when_old_garbage_is_looked_for() -> None:
    with collecting_when_calm():
        assert asyncio.run(run(busy=0, longest=WAIT, seconds=WAIT))
        assert not asyncio.run(run(busy=MANY, longest=WAIT, seconds=0.2))
        assert not asyncio.run(run(busy=0, jobs=MANY, longest=WAIT, seconds=0.2))
        assert asyncio.run(run(busy=MANY, jobs=MANY, longest=0.01, seconds=WAIT))


def check_that_it_takes_a_small_share_of_the_time() -> None:
    """However much there is to look at, what a server does beside it has the rest of the time."""
    looks: list[float] = []  # seconds

    def note(phase: str, about: dict[str, int]) -> None:
        if about["generation"] == 2:
            now = time.monotonic()
            looks.append(now) if phase == "start" else looks.append(now - looks.pop())

    async def make_garbage(seconds: float) -> None:
        collecting = asyncio.create_task(collect_when_calm(lambda: 0, 0.001, WAIT, share=0.1))
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            make_old_circle()
            await asyncio.sleep(0.001)
        collecting.cancel()

    kept = [[] for _ in range(300_000)]
    with collecting_when_calm():
        gc.collect()
        gc.callbacks.append(note)
        asyncio.run(make_garbage(seconds=2.0))
        gc.callbacks.remove(note)
    assert kept
    assert looks
    assert sum(looks[:-1]) <= 0.1 * 2.0  # the last may have had no pause after it


def check_that_the_oldest_are_left_alone() -> None:
    """Old garbage outlives what has it looked at otherwise, and all is as before afterwards."""
    before = gc.get_threshold()
    with collecting_when_calm():
        gone = make_old_circle()
        kept = [[] for _ in range(300_000)]
        assert gone() is not None
        assert kept
    assert gc.get_threshold() == before


CHECKS = {
    "when": check_when_old_garbage_is_looked_for,
    "share": check_that_it_takes_a_small_share_of_the_time,
    "left alone": check_that_the_oldest_are_left_alone,
}


@pytest.mark.parametrize("name", CHECKS)
def test_garbage_in_circles(name):
    # In a process of its own: a server that another test keeps in this one collects too.
    subprocess.run([sys.executable, "-W", "error", __file__, name], check=True, timeout=4 * WAIT)


if __name__ == "__main__":
    CHECKS[sys.argv[1]]()
