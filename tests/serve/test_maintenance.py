"""Works in the background: none ends without a line and a start of its own anew."""

import asyncio
import itertools

import pytest
import structlog

from blazon.errors import StorageUnavailable
from blazon.serve.maintenance import collect_periodically, keep_running, running_in_background
from blazon.serve.process.supervisor import Backoff
from blazon.store.garbage_collection import Collected


class PanicError(BaseException):
    """What a library in Rust raises when it panics."""


def _fail_in_turn(*failures: BaseException | None):
    """Return a work that fails as told, one time after the other, and then says that it runs and goes on."""
    started, running = [], asyncio.Event()

    async def work() -> None:
        started.append(len(started))
        if len(started) > len(failures):
            running.set()
            await asyncio.Event().wait()
        elif (failure := failures[len(started) - 1]) is not None:
            raise failure

    return work, started, running


async def _run_until(running: asyncio.Event, work) -> None:
    task = asyncio.create_task(keep_running("cleaning", work, Backoff(0.001, 0.002)))
    async with asyncio.timeout(30):
        await running.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize(
    ("failure", "traceback"),
    [
        (ZeroDivisionError("an accident"), True),
        (PanicError("index out of bounds"), True),
        (PermissionError("the bucket is closed"), True),
        (StorageUnavailable("the disk is away"), False),
        (None, False),  # it just ends
    ],
)
def test_a_work_that_ends_is_told_of_and_starts_again(failure, traceback):
    async def scene() -> None:
        work, started, running = _fail_in_turn(failure, failure)
        await _run_until(running, work)
        assert len(started) == 3

    with structlog.testing.capture_logs() as lines:
        asyncio.run(scene())
    ends = [line for line in lines if line["log_level"] == "error"]
    assert [line["task"] for line in ends] == ["cleaning"] * 2
    assert all(bool(line.get("exc_info")) is traceback for line in ends)
    assert sum("starts again" in line["event"] for line in lines) == 2


def test_one_that_dies_takes_no_other_along_and_all_end_with_the_server():
    async def scene() -> None:
        broken, _, mended = _fail_in_turn(ZeroDivisionError())
        healthy, started, running = _fail_in_turn()
        async with asyncio.timeout(30), running_in_background({"broken": broken, "healthy": healthy}):
            await asyncio.gather(running.wait(), mended.wait())
        assert len(started) == 1
        assert {task.get_name() for task in asyncio.all_tasks()} == {asyncio.current_task().get_name()}

    with structlog.testing.capture_logs():
        asyncio.run(scene())


def test_what_is_past_its_time_is_collected_again_and_again():
    async def scene() -> None:
        rounds: asyncio.Queue[int] = asyncio.Queue()
        loop, answers = asyncio.get_running_loop(), itertools.cycle((Collected(0, 0, 0, 0), None))

        def collect() -> Collected | None:
            loop.call_soon_threadsafe(rounds.put_nowait, 1)
            return next(answers)  # None where another server does it

        task = asyncio.create_task(collect_periodically(collect, every=0.001))
        async with asyncio.timeout(30):
            for _ in range(4):
                await rounds.get()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    with structlog.testing.capture_logs():
        asyncio.run(scene())
