import asyncio

from blazon.serve.idle import stop_when_idle


async def _run(limit, last_work, clock):
    """Return whether it stopped the server, in as many looks as the clock has moments."""
    stopped = asyncio.Event()
    task = asyncio.create_task(stop_when_idle(limit, last_work, stopped.set, every=0, clock=clock))
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
