"""Channels of events: order, resuming, slow listeners, and threads that publish."""

import asyncio
import itertools
import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazon.generation import EVENT_STEP
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


def test_what_nobody_listens_to_wakes_no_event_loop(monkeypatch):
    async def work():
        one, loop, wakes = channel(), asyncio.get_running_loop(), []
        monkeypatch.setattr(loop, "call_soon_threadsafe", wakes.append)
        publish(one, "progress")
        one.close()
        return wakes, await everything(one)

    wakes, events = heard(work)
    assert (wakes, [event.content for event in events]) == ([], ["progress"])


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


def test_what_is_told_after_a_kept_event_has_a_number_above_its_own():
    async def work():
        one = channel()
        publish(one, "before", "progress")
        one.publish(EventKind.CANDIDATE, "candidate", slot="candidate", number=EVENT_STEP)
        publish(one, "after", "preview")
        one.close()
        return await everything(one)

    assert numbers(heard(work)) == [1, EVENT_STEP, EVENT_STEP + 1]


def test_who_heard_more_from_another_process_misses_nothing_that_comes():
    async def work():
        one = channel()
        listener = asyncio.create_task(everything(one, 57))
        while not one._listeners:
            await asyncio.sleep(0)
        publish(one, "progress")
        one.publish(EventKind.CANDIDATE, "candidate", slot="candidate", number=EVENT_STEP)
        one.close()
        return [event.content for event in await listener]

    assert heard(work) == ["progress", "candidate"]


def test_a_number_that_nobody_was_told_changes_nothing_for_others():
    async def work():
        one = channel()
        liar = asyncio.create_task(everything(one, 10 * EVENT_STEP))
        while not one._listeners:
            await asyncio.sleep(0)
        publish(one, "progress")
        one.publish(EventKind.ENDED, "the end", slot="end", number=EVENT_STEP, last=True)
        publish(one, "too late")
        return await liar, [event.content for event in await everything(one)]

    assert heard(work) == ([], ["progress", "the end"])


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
        kept, lock = itertools.count(1), threading.Lock()  # as their rows have one

        def run(name: int) -> None:
            for step in range(50):
                publish(one, step, f"progress/{name}")
                with lock:
                    number = next(kept) * EVENT_STEP
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
