import asyncio
import threading
from contextvars import ContextVar

import pytest

from blazon.cancellation import Cancellation
from blazon.errors import DeadlineExceeded, ServerBusy
from blazon.serve.pool import DrawingPool

LONG = 60.0
colour = ContextVar("colour", default="none")


async def _entered(event: threading.Event) -> None:
    await asyncio.to_thread(event.wait)


class Gate:
    """Work that says when it has begun, and ends when it is let go."""

    def __init__(self) -> None:
        self.begun, self.open = threading.Event(), threading.Event()

    def __call__(self, cancellation: Cancellation) -> str:
        self.begun.set()
        self.open.wait()
        cancellation.checkpoint()
        return "done"


def test_the_result_comes_back_and_work_runs_in_another_thread():
    pool = DrawingPool(1, 0, LONG)
    assert asyncio.run(pool.run(lambda _: threading.current_thread().name)).startswith("draw")
    pool.close()


def test_an_error_in_the_work_comes_back_as_it_is():
    def work(_: Cancellation) -> None:
        raise ZeroDivisionError("in the thread")

    with pytest.raises(ZeroDivisionError, match="in the thread"):
        asyncio.run(DrawingPool(1, 0, LONG).run(work))


def test_a_panic_comes_back_as_an_ordinary_error():
    class Panic(BaseException):
        pass

    def work(_: Cancellation) -> None:
        raise Panic

    with pytest.raises(RuntimeError, match="panicked"):
        asyncio.run(DrawingPool(1, 0, LONG).run(work))


def test_work_sees_the_context_of_its_own_caller():
    async def ask(pool: DrawingPool, value: str) -> str:
        colour.set(value)
        return await pool.run(lambda _: colour.get())

    async def main() -> list[str]:
        pool = DrawingPool(2, 8, LONG)
        return await asyncio.gather(*(asyncio.create_task(ask(pool, value)) for value in "abcdef"))

    assert asyncio.run(main()) == list("abcdef")
    assert colour.get() == "none"


@pytest.mark.parametrize(("threads", "queued"), [(1, 0), (2, 0), (1, 2), (2, 3)])
def test_as_many_as_there_are_places_are_admitted_and_no_more(threads, queued):
    async def main() -> None:
        pool, gate = DrawingPool(threads, queued, LONG), Gate()
        accepted = [asyncio.create_task(pool.run(gate)) for _ in range(threads + queued)]
        await _entered(gate.begun)
        with pytest.raises(ServerBusy) as refused:
            await pool.run(gate)
        assert refused.value.retry_after >= 1
        gate.open.set()
        assert await asyncio.gather(*accepted) == ["done"] * (threads + queued)
        assert await pool.run(lambda _: "room again") == "room again"

    asyncio.run(main())


def test_never_more_at_a_time_than_there_are_threads():
    running, most, lock = 0, 0, threading.Lock()

    def work(_: Cancellation) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        threading.Event().wait(0.005)
        with lock:
            running -= 1

    async def main() -> None:
        pool = DrawingPool(3, 20, LONG)
        await asyncio.gather(*(pool.run(work) for _ in range(20)))

    asyncio.run(main())
    assert most <= 3


def test_out_of_time_while_running_stops_at_the_next_checkpoint():
    async def main() -> None:
        pool, gate = DrawingPool(1, 0, 0.01), Gate()
        with pytest.raises(DeadlineExceeded, match=r"not done within 0\.01 s"):
            await pool.run(gate)
        with pytest.raises(ServerBusy):  # the thread is not free yet
            await pool.run(gate)
        gate.open.set()

    asyncio.run(main())


def test_out_of_time_in_the_queue_is_never_begun():
    async def main() -> list[str]:
        begun: list[str] = []
        pool, gate = DrawingPool(1, 1, 0.05), Gate()
        first = asyncio.create_task(pool.run(gate))
        await _entered(gate.begun)
        with pytest.raises(DeadlineExceeded):
            await pool.run(lambda _: begun.append("late"))
        with pytest.raises(DeadlineExceeded):
            await first
        gate.open.set()
        pool.close()
        return begun

    assert asyncio.run(main()) == []


def test_an_error_of_the_work_that_is_a_timeout_is_not_the_deadline():
    def work(_: Cancellation) -> None:
        raise TimeoutError("of a library")

    with pytest.raises(TimeoutError, match="of a library"):
        asyncio.run(DrawingPool(1, 0, LONG).run(work))


def test_who_gives_up_frees_the_place_in_the_queue():
    async def main() -> list[str]:
        begun: list[str] = []
        pool, gate = DrawingPool(1, 1, LONG), Gate()
        first = asyncio.create_task(pool.run(gate))
        await _entered(gate.begun)
        waiting = asyncio.create_task(pool.run(lambda _: begun.append("given up")))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        instead = asyncio.create_task(pool.run(lambda _: begun.append("instead")))
        await asyncio.sleep(0)
        gate.open.set()
        await asyncio.gather(first, instead)
        return begun

    assert asyncio.run(main()) == ["instead"]


def test_retry_after_follows_from_how_long_work_took(monkeypatch):
    now = iter(range(0, 1000, 6))
    monkeypatch.setattr("blazon.serve.pool.time.perf_counter", lambda: next(now))

    async def retry_after() -> int:
        pool, gate = DrawingPool(1, 3, LONG), Gate()
        await pool.run(lambda _: None)  # takes 6 s by the clock above
        accepted = [asyncio.create_task(pool.run(gate)) for _ in range(4)]
        await _entered(gate.begun)
        with pytest.raises(ServerBusy) as refused:
            await pool.run(gate)
        gate.open.set()
        await asyncio.gather(*accepted)
        return refused.value.retry_after

    assert asyncio.run(retry_after()) == 12  # half of four places, 6 s each, one at a time


def test_closing_drops_what_waits():
    async def main() -> list[str]:
        begun: list[str] = []
        pool, gate = DrawingPool(1, 1, LONG), Gate()
        first = asyncio.create_task(pool.run(gate))
        await _entered(gate.begun)
        waiting = asyncio.create_task(pool.run(lambda _: begun.append("after the end")))
        await asyncio.sleep(0)
        pool.close()
        gate.open.set()
        assert await first == "done"
        with pytest.raises(asyncio.CancelledError):
            await waiting
        return begun

    assert asyncio.run(main()) == []
