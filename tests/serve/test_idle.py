import asyncio

import pytest

from blazon.errors import StorageUnavailable
from blazon.serve.idle import stop_when_idle


async def _owes_nothing():
    return False


async def _run(limit, last_work, clock, owes_work=_owes_nothing):
    """Wait until it stops the server, in as many looks as the clock has moments."""
    stopped = asyncio.Event()
    task = asyncio.create_task(
        stop_when_idle(limit, last_work, owes_work, stopped.set, every=0, ask_every=0, clock=clock)
    )
    try:
        await asyncio.wait_for(stopped.wait(), 30)
        assert not task.done()  # it ends with the server: one that ends by itself would be started again
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def test_it_stops_the_server_once_the_time_without_work_is_over():
    moments = iter([0.0, 300.0, 599.9, 600.0])
    asyncio.run(_run(600, lambda: 0.0, lambda: next(moments)))
    assert list(moments) == []


def test_work_in_between_begins_the_time_anew():
    moments, worked = iter([0.0, 500.0, 1000.0, 1100.0]), iter([0.0, 450.0, 500.0, 500.0])
    asyncio.run(_run(600, lambda: next(worked), lambda: next(moments)))
    assert list(moments) == []


def test_what_was_put_off_keeps_the_server_and_is_asked_for_until_it_is_done():
    moments, worked, owed = iter([600.0, 630.0, 660.0, 1259.0, 1260.0]), iter([0.0, 0.0, 659.0, 660.0, 660.0]), []

    async def owes_work():
        owed.append(len(owed) < 2)
        return owed[-1]

    asyncio.run(_run(600, lambda: next(worked), lambda: next(moments), owes_work))
    assert owed == [True, True, False]
    assert list(moments) == []


def test_who_cannot_know_what_is_owed_does_not_stop():
    async def owes_work():
        raise StorageUnavailable("the database is away")

    with pytest.raises(StorageUnavailable):
        asyncio.run(stop_when_idle(0, lambda: 0.0, owes_work, lambda: pytest.fail("it stopped"), clock=lambda: 0.0))
