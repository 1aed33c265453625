"""Channels of events: order, resuming, slow listeners, and threads that publish."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.serve.events import Channel, Event, EventKind


def heard(work: Callable[[], Any]) -> Any:
    return asyncio.run(asyncio.wait_for(work(), 30))


async def everything(channel: Channel, after: int = 0) -> list[Event]:
    return [event async for event in channel.follow(after)]


def numbers(events: list[Event]) -> list[int]:
    return [event.number for event in events]


def channel(after: int = 0) -> Channel:
    return Channel(asyncio.get_running_loop(), after)


def publish(to: Channel, what: object, slot: str = "") -> None:
    to.publish(EventKind.PROGRESS, what, slot=slot or str(what))


def test_events_come_in_order_and_end_with_the_channel():
    async def work():
        one = channel()
        listener = asyncio.create_task(everything(one))
        for what in range(5):
            publish(one, what)
            await asyncio.sleep(0)
        one.close()
        return await listener

    events = heard(work)
    assert [(event.number, event.content) for event in events] == [(number + 1, number) for number in range(5)]


@given(after=st.integers(0, 12), base=st.sampled_from([0, 1_000_000]))
def test_who_comes_back_gets_what_follows_and_nothing_else(after, base):
    async def work():
        one = channel(base)
        for what in range(10):
            publish(one, what)
        one.close()
        return await everything(one, base + after)

    assert numbers(heard(work)) == [base + number for number in range(after + 1, 11)]


def test_who_lags_behind_gets_the_newest_progress_only():
    async def work():
        one, got = channel(), []
        publish(one, 0, "progress")
        async for event in one.follow(0):
            got.append(event.content)
            if event.content == 0:  # meanwhile, much happens
                for what in range(1, 100):
                    publish(one, what, "progress")
                publish(one, "candidate")
                one.close()
        return got

    assert heard(work) == [0, 99, "candidate"]


def test_what_is_being_written_down_holds_back_what_comes_behind_it():
    """A listener that had seen event 2 before event 1 would never be given event 1."""

    async def work():
        one = channel()
        number = one.reserve()
        publish(one, "progress")
        listener = asyncio.create_task(everything(one))
        for _ in range(5):
            await asyncio.sleep(0)
        assert not listener.done()
        one.publish(EventKind.CANDIDATE, "candidate", slot="candidate", number=number)
        one.close()
        return [event.content for event in await listener]

    assert heard(work) == ["candidate", "progress"]


def test_nothing_follows_the_end():
    async def work():
        one = channel()
        end = one.reserve()
        publish(one, "while the end was written down")
        one.publish(EventKind.ENDED, "the end", slot="end", number=end, last=True)
        publish(one, "too late")
        return [event.content for event in await everything(one)]

    assert heard(work) == ["the end"]


def test_a_reservation_that_came_to_nothing_holds_up_no_one_for_ever():
    async def work():
        one = channel()
        one.reserve()
        publish(one, "progress")
        one.close()
        return [event.content for event in await everything(one)]

    assert heard(work) == ["progress"]


def test_listeners_that_leave_are_forgotten():
    async def work():
        one = channel()
        tasks = [asyncio.create_task(everything(one)) for _ in range(10)]
        while len(one._listeners) < 10:
            await asyncio.sleep(0)
        for task in tasks[:9]:
            task.cancel()
        await asyncio.wait(tasks[:9])
        assert len(one._listeners) == 1
        one.close()
        await tasks[9]
        assert one._listeners == set()

    heard(work)


def test_threads_publish_and_every_listener_hears_one_story():
    async def work():
        one = channel()
        listeners = [asyncio.create_task(everything(one)) for _ in range(5)]

        def run(name: int) -> None:
            for step in range(50):
                publish(one, step, f"progress/{name}")
                number = one.reserve()
                one.publish(EventKind.CANDIDATE, step, slot=f"candidate/{name}/{step}", number=number)

        threads = [threading.Thread(target=run, args=(name,)) for name in range(4)]
        for thread in threads:
            thread.start()
        await asyncio.to_thread(lambda: [thread.join() for thread in threads])
        one.close()
        return await asyncio.gather(*listeners)

    for events in heard(work):
        assert numbers(events) == sorted(set(numbers(events)))
        assert sum(event.kind is EventKind.CANDIDATE for event in events) == 200


def test_publishing_after_the_loop_has_ended_does_nothing():
    async def work():
        return channel()

    one = heard(work)
    publish(one, "nobody hears it")
    one.close()


@pytest.mark.parametrize("after", [0, 3])
def test_a_closed_channel_is_told_and_left_at_once(after):
    async def work():
        one = channel()
        for what in range(3):
            publish(one, what)
        one.close()
        return await everything(one, after)

    assert len(heard(work)) == 3 - after
