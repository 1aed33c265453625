"""Random sequences of requests for models against a model of what must be so."""

import time
from contextlib import AbstractContextManager

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from blazon.diffusion.image_engine import ImageEngine
from blazon.errors import DeadlineExceeded, ModelUnavailable

from .fake_models import BUDGET, SIZES, WAIT, FakeEngine, Memory, made, touch

pytestmark = pytest.mark.usefixtures("nothing_to_collect")


class Schedules(RuleBasedStateMachine):
    """Random sequences of acquiring, releasing, drawing and failing, against a model of what must be so."""

    def __init__(self) -> None:
        super().__init__()
        self.memory = Memory()
        self.registry = made(self.memory)
        self.held: list[tuple[str, FakeEngine, AbstractContextManager[ImageEngine]]] = []
        self.busy: list[FakeEngine] = []

    @rule(name=st.sampled_from(sorted(SIZES)))
    def acquire(self, name: str) -> None:
        loads, was_there = len(self.memory.loads), name in self.registry.loaded
        pinned = {held for held, _, __ in self.held} | {engine.name for engine in self.busy}
        needed = sum(SIZES[other] for other in pinned | {name})
        fits = needed <= BUDGET or pinned <= {name}
        holding = self.registry.acquire(name, time.monotonic() - 1 if not fits else time.monotonic() + WAIT)
        if not fits and not was_there:
            with pytest.raises(DeadlineExceeded):
                holding.__enter__()
            return
        if not fits:
            holding = self.registry.acquire(name)
        engine = holding.__enter__()
        assert isinstance(engine, FakeEngine)
        assert engine.name == name
        assert len(self.memory.loads) - loads == (0 if was_there else 1)
        assert self.registry.loaded[-1] == name
        self.held.append((name, engine, holding))

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(self.held) - 1))
        _, __, holding = self.held.pop(place)
        holding.__exit__(None, None, None)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def leave_something_to_draw(self, data: st.DataObject) -> None:
        engine = data.draw(st.sampled_from([engine for _, engine, __ in self.held]))
        if engine.load == (0, 0):
            engine.load = (1, 2)
            self.busy.append(engine)

    @precondition(lambda self: self.busy)
    @rule()
    def end_a_drawing(self) -> None:
        self.busy.pop().load = (0, 0)

    @rule(name=st.sampled_from(sorted(SIZES)))
    def fail_to_load(self, name: str) -> None:
        if name in self.registry.loaded or self.held or self.busy:
            return

        def broken(_: str) -> None:
            raise ModelUnavailable("no disk")  # what is no domain error leaves a traceback, which takes long to print

        self.memory.before = broken
        with pytest.raises(ModelUnavailable):
            touch(self.registry, name)
        self.memory.before = lambda _: None

    @invariant()
    def what_is_used_stays(self) -> None:
        assert not any(engine.stopped for _, engine, __ in self.held)
        assert not any(engine.stopped for engine in self.busy)

    @invariant()
    def memory_is_within_the_budget(self) -> None:
        assert sorted(self.memory.held) == sorted(self.registry.loaded)
        assert sum(SIZES[name] for name in self.memory.held) <= BUDGET or len(self.memory.held) == 1
        assert self.registry._queue == []

    def teardown(self) -> None:
        self.registry.stop()
        assert self.memory.held == []


class TestSchedules(Schedules.TestCase):  # type: ignore[name-defined, misc]
    settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
