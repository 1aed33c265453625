"""The queue of renderings and its threads, on a real event loop; a gate holds up what is rendered."""

import asyncio
import math
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from blazon.cancellation import Cancellation
from blazon.errors import DeadlineExceeded, GenerationFailed, ServerBusy, ShareExceeded
from blazon.garbage import collect
from blazon.serve.rendering.pool import Files, Place, Rendering, RenderPool

WAIT = 60.0


class Desk:
    """A pool of one thread, and renderings that say when they begin and wait for a gate."""

    def __init__(self, *, places: int = 100, keyed: bool = False, threads: int = 1, unsent: float = math.inf) -> None:
        self.pool = RenderPool("test", threads, places, lambda: keyed, unsent)
        self.gate = threading.Event()
        self.begun: list[object] = []

    def make(self, name: object, result: bytes | BaseException = b"file", cost: float = 1.0) -> Rendering:
        def work(_: Cancellation) -> Files:
            self.begun.append(name)
            assert self.gate.wait(WAIT)
            if isinstance(result, BaseException):
                raise result
            return (result,)

        return Rendering(work, cost, asyncio.get_running_loop().create_future())

    def ask(self, rendering: Rendering, owner: object = "", seconds: float = WAIT) -> "asyncio.Task[Files]":
        deadline = asyncio.get_running_loop().time() + seconds
        return asyncio.create_task(rendering.wait(Place(self.pool, owner), deadline))

    async def occupy(self) -> "asyncio.Task[Files]":
        """Have the thread render something until the gate is opened."""
        task = self.ask(self.make("first"), "first")
        await until(lambda: self.begun == ["first"])
        return task


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(WAIT):
        while not condition():
            await asyncio.sleep(0.001)


@pytest.fixture
def desk() -> Iterator[Callable[..., Desk]]:
    desks: list[Desk] = []

    def make(**given: Any) -> Desk:
        desks.append(Desk(**given))
        return desks[-1]

    yield make
    for one in desks:
        one.gate.set()
        one.pool.close()


def test_who_leaves_takes_its_place_along_and_nothing_is_begun_for_it(desk):
    async def go() -> None:
        one = desk()
        first = await one.occupy()
        tasks = [one.ask(one.make(number)) for number in range(20)]
        last = one.ask(one.make("last"))
        await until(lambda: one.pool.depth == 21)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        assert one.pool.depth == 1
        one.gate.set()
        assert await last == (b"file",)
        await first
        assert one.begun == ["first", "last"]

    asyncio.run(go())


def test_all_who_wait_get_what_was_rendered_once(desk):
    async def go() -> None:
        one = desk()
        shared = one.make("shared")
        tasks = [one.ask(shared, owner) for owner in ("ann", "bob", "bob", "eve")]
        one.gate.set()
        assert await asyncio.gather(*tasks) == [(b"file",)] * 4
        assert (one.begun, one.pool.depth) == (["shared"], 0)

    asyncio.run(go())


def test_who_shares_a_rendering_keeps_it_alive(desk):
    async def go() -> None:
        one = desk()
        await one.occupy()
        shared = one.make("shared")
        ann, bob, too = one.ask(shared, "ann"), one.ask(shared, "bob"), one.ask(shared, "bob")
        await until(lambda: one.pool.depth == 2)
        ann.cancel()
        bob.cancel()
        await asyncio.wait([ann, bob])
        assert one.pool.depth == 1
        assert not shared.cancellation.cancelled
        one.gate.set()
        assert await too == (b"file",)

    asyncio.run(go())


def test_what_is_rendered_is_given_up_when_the_last_leaves(desk):
    async def go() -> None:
        one = desk()
        shared = one.make("shared")
        ann, bob = one.ask(shared, "ann"), one.ask(shared, "bob")
        await until(lambda: one.begun)
        ann.cancel()
        await asyncio.wait([ann])
        assert not shared.cancellation.cancelled
        bob.cancel()
        await asyncio.wait([bob])
        assert shared.cancellation.cancelled
        one.gate.set()
        assert await one.ask(one.make("next")) == (b"file",)

    asyncio.run(go())


def test_the_deadline_counts_while_it_waits_and_while_it_is_rendered(desk):
    async def go() -> None:
        one = desk()
        rendered = one.ask(one.make("rendered"), seconds=0.05)
        await until(lambda: one.begun)
        waiting = one.ask(one.make("waiting"), seconds=0.05)
        for task in (rendered, waiting):
            with pytest.raises(DeadlineExceeded):
                await task
        assert one.pool.depth == 0
        one.gate.set()
        await one.ask(one.make("next"))
        assert one.begun == ["rendered", "next"]

    asyncio.run(go())


def test_no_more_wait_than_there_are_places(desk):
    async def go() -> None:
        one = desk(places=3)
        await one.occupy()
        tasks = [one.ask(one.make(number)) for number in range(3)]
        await until(lambda: one.pool.depth == 3)
        refused = one.make("refused")
        with pytest.raises(ServerBusy) as busy:
            await one.ask(refused)
        assert busy.value.retry_after >= 1
        assert refused.files.cancelled()
        tasks[0].cancel()
        await asyncio.wait(tasks[:1])
        await_place = one.ask(one.make("there is room again"))
        one.gate.set()
        await asyncio.gather(*tasks[1:], await_place)

    asyncio.run(go())


def test_an_owner_who_has_many_waiting_leaves_room_for_others(desk):
    async def go() -> None:
        one = desk(places=4, keyed=True)
        await one.occupy()
        tasks = [one.ask(one.make(number), "ann") for number in range(2)]
        await until(lambda: one.pool.depth == 2)
        with pytest.raises(ShareExceeded):
            await one.ask(one.make("too many"), "ann")
        tasks.append(one.ask(one.make("bob"), "bob"))
        one.gate.set()
        await asyncio.gather(*tasks)

    asyncio.run(go())


def test_owners_take_turns_by_cost(desk):
    async def go() -> None:
        one = desk()
        await one.occupy()
        tasks = [one.ask(one.make(("ann", number), cost=4.0), "ann") for number in range(4)]
        tasks += [one.ask(one.make(("bob", number)), "bob") for number in range(8)]
        await until(lambda: one.pool.depth == 12)
        one.gate.set()
        await asyncio.gather(*tasks)
        assert [owner for owner, _ in one.begun[1:8]].count("bob") >= 5

    asyncio.run(go())


def test_a_failure_is_told_to_all_and_the_thread_goes_on(desk):
    class Panic(BaseException):
        """As the Rust libraries raise one."""

    async def go() -> None:
        one = desk()
        one.gate.set()
        for error, seen in ((GenerationFailed("no"), GenerationFailed), (Panic("ouch"), RuntimeError)):
            failing = one.make("failing", error)
            for outcome in await asyncio.gather(one.ask(failing), one.ask(failing), return_exceptions=True):
                assert isinstance(outcome, seen)
        assert await one.ask(one.make("next")) == (b"file",)

    asyncio.run(go())


def test_a_rendering_that_waits_in_two_pools_begins_with_the_first_that_is_free(desk):
    async def go() -> None:
        busy, idle = desk(), desk()
        await busy.occupy()
        shared = busy.make("shared")
        slow = busy.ask(shared)
        await until(lambda: busy.pool.depth == 1)
        fast = asyncio.create_task(shared.wait(Place(idle.pool, ""), asyncio.get_running_loop().time() + WAIT))
        await until(lambda: busy.begun == ["first", "shared"])
        assert (busy.pool.depth, idle.pool.depth) == (0, 0)
        busy.gate.set()
        assert await asyncio.gather(slow, fast) == [(b"file",)] * 2

    asyncio.run(go())


def test_results_are_not_kept_once_they_were_handed_over(desk):
    class Picture:
        """A file that can be watched."""

    async def go() -> None:
        one = desk(threads=2)
        one.gate.set()
        pictures: list[weakref.ref[Picture]] = []
        for number in range(20):
            picture: Any = Picture()
            pictures.append(weakref.ref(picture))
            await one.ask(one.make(number, picture))
            del picture
        await one.ask(one.make("small"))
        collect()
        assert [picture() for picture in pictures] == [None] * 20

    asyncio.run(go())


def test_nothing_is_begun_while_clients_take_what_they_have_too_slowly(desk):
    async def go() -> None:
        one = desk(unsent=1000)
        one.gate.set()
        with one.pool.count_unsent(600):
            await one.ask(one.make("there is room"))
            with one.pool.count_unsent(600):
                waiting = one.ask(one.make("there is none"))
                await until(lambda: one.pool.depth == 1)
                await asyncio.sleep(0)
                assert one.begun == ["there is room"]
            assert await waiting == (b"file",)

    asyncio.run(go())
