"""Receivers that are slow, or never answer, keep no other one waiting."""

import asyncio
import threading
from contextlib import ExitStack

import pytest

from blazon.serve.webhooks.client import WebhookClient
from blazon.serve.webhooks.slots import Slots, Standing
from blazon.serve.webhooks.worker import Response


def test_a_slow_receiver_holds_up_nobody_else(bench, listening, make_receiver, make):
    async def main(slow, quick):
        async with bench.working():
            bench.owe(*(make(slow.url, number) for number in range(10, 30)))
            await bench.until(lambda: slow.got)
            bench.owe(*(make(quick.url, number) for number in range(30, 35)))
            await bench.until(lambda: sum(row.delivered_at is not None for row in bench.rows()) == 5)
            assert len(slow.got) == 1  # one at a time
            slow.open.set()
            await bench.until(lambda: all(row.delivered_at for row in bench.rows()))

    with listening(make_receiver([200])) as quick, listening(make_receiver([200], open=threading.Event())) as slow:
        slow.open.clear()
        asyncio.run(main(slow, quick))
    assert len(slow.got) == 20


def test_no_more_attempts_at_a_time_than_there_are_slots(make_bench, make):
    running, most = 0, 0

    async def answer(_):
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        return Response(200)

    bench = make_bench(answer, slots=Slots(dict.fromkeys(Standing, 3)))

    async def main():
        async with bench.working():
            bench.owe(*(make(f"https://{number}.example/", number, owner=str(number)) for number in range(12)))
            await bench.until(lambda: all(row.delivered_at for row in bench.rows()))

    asyncio.run(main())
    assert most == 3


@pytest.mark.parametrize("owners", [{"dead": "", "good": ""}, {"dead": "a", "good": "b"}])
def test_receivers_that_never_answer_keep_nobody_waiting(make_bench, secrets, listening, make_receiver, make, owners):
    """All of them hang until the good one has all that it is owed, however long that takes."""
    dead, forever = 40, 3600.0
    client = WebhookClient(secrets, allow_private=True, timeout=forever, connect_timeout=forever)
    bench = make_bench(client=client)

    async def main(hanging, good):
        async with bench.working():
            bench.owe(*(make(one.url, number, owner=owners["dead"]) for number, one in enumerate(hanging)))
            await bench.until(lambda: all(one.got for one in hanging))
            bench.owe(*(make(good.url, number, owner=owners["good"]) for number in range(100, 105)))
            await bench.until(lambda: len(good.got) == 5)
            assert not any(row.attempts or row.delivered_at for row in bench.rows() if int(row.id[4:]) < dead)

    with ExitStack() as stack:
        hanging = [stack.enter_context(listening(make_receiver([200], open=threading.Event()))) for _ in range(dead)]
        for one in hanging:
            one.open.clear()
        good = stack.enter_context(listening(make_receiver([200])))
        asyncio.run(main(hanging, good))


def test_one_client_with_thousands_of_dead_hosts_keeps_no_other_waiting(make_bench, make):
    hanging = set()

    async def answer(delivery):
        if delivery.owner == "bad":
            hanging.add(delivery.id)
            await asyncio.Event().wait()
        return Response(200)

    bench = make_bench(answer)

    async def main():
        async with bench.working():
            bench.owe(*(make(f"https://sub{number}.example/", number, owner="bad") for number in range(3000)))
            await bench.until(lambda: hanging)
            bench.owe(*(make(f"https://{number}.good.example/", number, owner="good") for number in range(5000, 5020)))
            await bench.until(lambda: sum(row.delivered_at is not None for row in bench.rows()) == 20)

    asyncio.run(main())


def test_receivers_that_failed_lately_keep_no_others_waiting_even_of_the_same_client(make_bench, make):
    """They are so many that they would take every slot, and hang when they are tried again."""
    retried = set()

    async def answer(delivery):
        if "dead" not in delivery.url:
            return Response(200)
        if not delivery.attempts:
            return Response(500)
        retried.add(delivery.id)
        return await asyncio.Event().wait()

    bench = make_bench(answer)

    async def main():
        async with bench.working():
            bench.owe(*(make(f"https://dead{number}.example/", number) for number in range(400)))
            await bench.until(lambda: all(row.attempts == 1 for row in bench.rows()))
            bench.clock.now += 5.0
            bench.worker.wake()
            await bench.until(lambda: retried)
            bench.owe(*(make(f"https://good{number}.example/", number) for number in range(1000, 1020)))
            await bench.until(lambda: sum(row.delivered_at is not None for row in bench.rows()) == 20)

    asyncio.run(main())


def test_two_clients_of_one_host_do_not_wait_for_each_other(make_bench, make):
    async def answer(delivery):
        if delivery.owner == "a":
            await asyncio.Event().wait()
        return Response(200)

    bench = make_bench(answer)

    async def main():
        async with bench.working():
            bench.owe(make("https://shared.example/slow", 1, owner="a"), make("https://shared.example/", 2, owner="b"))
            await bench.until(lambda: bench.rows()[1].delivered_at)

    asyncio.run(main())
