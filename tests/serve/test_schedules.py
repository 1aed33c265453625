"""Random schedules of requests, cancellations, deadlines, full disks and crashes: each generation has one end."""

import asyncio
import contextlib
import tempfile
import time
from concurrent.futures import CancelledError, Future, wait
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from blazon.errors import BlazonError, InvalidHeader, StorageUnavailable
from blazon.generation import Generation, Status
from blazon.principal import ANONYMOUS
from blazon.serve.events import Event, EventKind
from blazon.store.generations import Claim

WAIT = 60.0
PROMPTS = ["a bakery", "a school", "it fails", "an accident", "it stops"]

WISHES = {
    "prompt": st.sampled_from(PROMPTS),
    "n": st.integers(1, 4),
    "seed": st.integers(0, 2),
    "use_cache": st.booleans(),
    "patience": st.none() | st.floats(0.001, 0.05),
}


class Schedules(RuleBasedStateMachine):
    def __init__(self, new_loop, new_process, make_request) -> None:
        super().__init__()
        self.new_process, self.make_request = new_process, make_request
        self.loop = new_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.known: dict[str, Any] = {}  # requests by id of the generation that was acknowledged
        self.keys: dict[str, str] = {}
        self.unwanted: set[str] = set()
        self.ends: dict[str, Status] = {}
        self.waiting: list[Future[Any]] = []
        self.seen: dict[str, list[Event]] = {}
        self.following: dict[str, Future[None]] = {}

    @initialize()
    def begin(self) -> None:
        self.process = self.new_process(Path(self.folder.name), self.loop)

    @rule(**WISHES, key=st.none() | st.sampled_from("ab"))
    def order_and_look_later(self, key: str | None, **wish: Any) -> None:
        wanted = self.make_request(**wish, claim=key and Claim(key, repr(sorted(wish.items()))))
        try:
            accepted = self.process.accept(wanted)
        except InvalidHeader:
            assert key in self.keys
            return
        except StorageUnavailable:
            assert self.process.database.full
            return
        identity = accepted.generation.id
        assert self.process.store.get(identity) is not None, "acknowledged, and not on disk"
        self.known.setdefault(identity, wanted)
        if key:
            assert self.keys.setdefault(key, identity) == identity

    @rule(**WISHES)
    def order_and_wait(self, **wish: Any) -> None:
        wanted = self.make_request(**wish, waited_for=True)
        self.waiting.append(self.loop.start(self.process.service.finish(wanted, ANONYMOUS)))

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        data.draw(st.sampled_from(self.waiting)).cancel()

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        identity = data.draw(st.sampled_from(sorted(self.known)))
        self.unwanted.add(identity)
        with contextlib.suppress(StorageUnavailable):
            self.loop.run(self.process.service.cancel(identity))

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def follow(self, data: st.DataObject) -> None:
        identity = data.draw(st.sampled_from(sorted(self.known)))
        if identity not in self.following or self.following[identity].done():
            self.following[identity] = self.loop.start(self._follow(identity))

    async def _follow(self, identity: str) -> None:
        seen = self.seen.setdefault(identity, [])
        generation = await self.process.service.get(identity)
        async for event in self.process.service.events(generation, seen[-1].number if seen else 0):
            if event.kind is EventKind.INTERRUPTED:  # it goes on in another process, from the same number
                assert event.number == (seen[-1].number if seen else 0)
            else:
                seen.append(event)

    @rule(milliseconds=st.integers(0, 15))
    def let_it_run(self, milliseconds: int) -> None:
        time.sleep(milliseconds / 1000)

    @rule(open_=st.booleans())
    def hold_up_the_studio(self, open_: bool) -> None:
        (self.process.engine.gate.set if open_ else self.process.engine.gate.clear)()

    @rule(full=st.booleans())
    def fill_the_disk(self, full: bool) -> None:
        self.process.database.full = full

    @rule()
    def run_maintenance(self) -> None:
        with contextlib.suppress(StorageUnavailable):
            self.loop.run(self.process.service.resume())

    @rule()
    def look_at_the_ends(self) -> None:
        for one in self.process.store.page(None, 1000):
            if one.status.ended:
                assert self.ends.setdefault(one.id, one.status) is one.status, "it ended twice"

    @rule()
    def crash(self) -> None:
        self.process.crash()
        self.process = self.new_process(Path(self.folder.name), self.loop)

    def teardown(self) -> None:
        if hasattr(self, "process"):
            self.process.database.full = False
            self.process.engine.gate.set()
            assert not wait(self.waiting, WAIT).not_done, "somebody waits for ever"
            self._let_all_end()
            self.look_at_the_ends()
            for one in self.process.store.page(None, 1000):
                self._check(one)
            self._check_waiting()
            self.process.check_that_nothing_is_left()
            self.process.close()
        self.loop.close()
        self.folder.cleanup()

    def _let_all_end(self) -> None:
        deadline = time.monotonic() + WAIT
        while self.process.service._tasks or self.process.list_under_way() or self.process.store.list_unfinished():
            assert time.monotonic() < deadline, self.process.store.list_unfinished()
            self.run_maintenance()
            time.sleep(0.005)

    def _check(self, one: Generation) -> None:
        wanted = self.known.get(one.id)
        assert one.status.ended
        if one.status is Status.SUCCEEDED:
            assert one.missing == ()
            brief = one.brief
            for record in one.candidates:
                content = self.process.stores.pictures.get(record.picture)
                assert content == f"{brief.prompt} {brief.seed} {record.number}".encode()
        if wanted is not None:
            allowed = {Status.FAILED if one.brief.prompt in ("it fails", "an accident") else Status.SUCCEEDED}
            allowed |= {Status.EXPIRED} if wanted.patience is not None else set()
            allowed |= {Status.CANCELLED} if one.id in self.unwanted else set()
            assert one.status in allowed
        if one.id in self.seen:
            self._check_events(one)

    def _check_events(self, one: Generation) -> None:
        """What was seen before and after crashes, each time from the last event on, is one story."""
        with contextlib.suppress(BlazonError):
            self.following[one.id].result(WAIT)
        self.loop.run(self._follow(one.id))
        seen = self.seen[one.id]
        numbers = [event.number for event in seen]
        assert numbers == sorted(set(numbers)), "an event came twice, or out of order"
        told = [event.content.number for event in seen if event.kind is EventKind.CANDIDATE]
        assert sorted(told) == [record.number for record in one.candidates]
        assert [event.number for event in seen if event.kind is EventKind.ENDED] == [one.event] == numbers[-1:]

    def _check_waiting(self) -> None:
        for future in self.waiting:
            with contextlib.suppress(CancelledError, asyncio.CancelledError, BlazonError, ZeroDivisionError):
                accepted, generation = future.result()
                assert generation.status is Status.SUCCEEDED
                assert self.process.store.get(accepted.generation.id) == generation


@pytest.mark.usefixtures("quiet")
def test_random_schedules(new_loop, new_process, make_request):
    run_state_machine_as_test(
        lambda: Schedules(new_loop, new_process, make_request),
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, phases=[Phase.explicit, Phase.generate]
        ),
    )
