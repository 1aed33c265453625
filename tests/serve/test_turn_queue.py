import asyncio

from blazon.serve.queue import TurnQueue


def test_few_go_on_in_one_turn_of_the_loop_and_all_in_the_end():
    async def scene() -> list[int]:
        queue, gone = TurnQueue(3), []

        async def go(number: int) -> None:
            await queue.wait()
            gone.append(number)

        tasks = [asyncio.create_task(go(number)) for number in range(20)]
        most = 0
        while len(gone) < 20:
            before = len(gone)
            await asyncio.sleep(0)
            most = max(most, len(gone) - before)
        await asyncio.gather(*tasks)
        assert most <= 6  # those whose turn came, and those who found places that were free again
        return gone

    assert asyncio.run(scene()) == list(range(20))


def test_who_leaves_while_waiting_takes_nobodys_turn():
    async def scene() -> int:
        queue = TurnQueue(1)
        waiting = [asyncio.create_task(queue.wait()) for _ in range(10)]
        await asyncio.sleep(0)
        for task in waiting[1:9]:
            task.cancel()
        async with asyncio.timeout(30):
            done = await asyncio.gather(*waiting, return_exceptions=True)
        return sum(isinstance(one, asyncio.CancelledError) for one in done)

    assert asyncio.run(scene()) >= 7


def test_one_alone_does_not_wait():
    async def scene() -> None:
        queue = TurnQueue(1)
        for _ in range(5):
            async with asyncio.timeout(30):
                await queue.wait()

    asyncio.run(scene())
