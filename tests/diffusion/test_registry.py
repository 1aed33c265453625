import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from contextvars import ContextVar
from pathlib import Path

import pytest
import torch
from diffusers import FluxPipeline
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from blazon.cancellation import Cancellation, WorkCancelled
from blazon.diffusion import registry as registry_module
from blazon.diffusion.catalogue.specs import Capabilities, ModelSpec, describe, parse_models
from blazon.diffusion.counters import EngineCounters
from blazon.diffusion.devices import release_memory
from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.families.flux1 import Flux1
from blazon.diffusion.image_engine import ImageEngine
from blazon.diffusion.registry import ModelRegistry, ModelState
from blazon.diffusion.sampling.sequence import Bitmap, DiffusionRequest, ProgressListener, Ticket
from blazon.errors import DeadlineExceeded, EngineStopped, ModelUnavailable
from blazon.models import LoadState
from blazon.watching import Watch

WAIT = 60
SIZES = {"a": 4, "b": 4, "c": 4, "small": 1, "huge": 20}
BUDGET = 9


class FakeEngine:
    """An engine that draws nothing and whose load a test sets."""

    capabilities = Capabilities(mixed_batching=False, previews=False, cancel=True, guidance=True, loras=False)
    slots = 4

    def __init__(self, name: str, memory: "Memory") -> None:
        self.name, self.load, self.stopped = name, (0, 0), False
        self.counters = EngineCounters()
        self._memory = memory

    def start(self) -> None: ...

    def stop(self) -> None:
        assert not self.stopped
        self.stopped = True
        self._memory.give(self.name)

    def submit(
        self, request: DiffusionRequest, listener: ProgressListener | None = None, *, previews: bool = False
    ) -> Ticket:
        return Ticket(request, listener, previews)


class Memory:
    """Loads fake engines and watches what is in memory together."""

    def __init__(self) -> None:
        self.held: list[str] = []
        self.loads: list[str] = []
        self.before: Callable[[str], None] = lambda _: None

    def load(self, spec: ModelSpec) -> FakeEngine:
        self.loads.append(spec.name)
        self.held.append(spec.name)
        assert len(set(self.held)) == len(self.held), "a model is in memory twice"
        assert sum(SIZES[name] for name in self.held) <= BUDGET or len(self.held) == 1, self.held
        try:
            self.before(spec.name)
        except Exception:
            self.held.remove(spec.name)
            raise
        return FakeEngine(spec.name, self)

    def give(self, name: str) -> None:
        self.held.remove(name)


@pytest.fixture(autouse=True)
def nothing_to_collect(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare fake engines the collection of garbage, any rest, and a stay for what their load took, which is chance."""
    if "tiny_dev" not in request.fixturenames:
        monkeypatch.setattr(registry_module, "release_memory", lambda: None)
        monkeypatch.setattr(registry_module, "_LETTING_GO", 0.0)
        monkeypatch.setattr(registry_module, "_STAY", 0.0)
        monkeypatch.setattr(registry_module, "_LEAST_REST", float("inf"))


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def registry(memory: Memory) -> ModelRegistry:
    return made(memory)


def made(memory: Memory) -> ModelRegistry:
    return ModelRegistry([describe(f"/models/{name}") for name in SIZES], memory.load, BUDGET, SIZES)


def test_a_model_tells_whether_it_is_loaded_and_why_it_cannot_be(memory: Memory) -> None:
    specs = [describe(f"/models/{name}") for name in SIZES]
    registry = ModelRegistry(specs, memory.load, BUDGET, SIZES, {"huge": "huge is damaged"})
    not_loaded, loaded = ModelState(LoadState.NOT_LOADED), ModelState(LoadState.LOADED, "", FakeEngine.capabilities)
    assert (registry.state("a"), registry.state("huge")) == (
        not_loaded,
        ModelState(LoadState.FAILED, "huge is damaged"),
    )
    for name in ("a", "b"):
        with registry.acquire(name):
            assert registry.state(name) == loaded
    with registry.acquire("c"):
        assert registry.state("a") == not_loaded  # it made room

    def fail(name: str) -> None:
        assert registry.state(name).state is LoadState.LOADING
        raise ModelUnavailable("a file is missing")

    memory.before = fail
    with pytest.raises(ModelUnavailable), registry.acquire("a"):
        pass
    assert registry.state("a") == ModelState(LoadState.FAILED, "a file is missing")
    memory.before = lambda _: None
    with registry.acquire("a"):
        assert registry.state("a") == loaded


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as executor:
        yield executor


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT
    while not true():
        assert time.monotonic() < end
        time.sleep(0.001)


def touch(registry: ModelRegistry, name: str) -> str:
    with registry.acquire(name, time.monotonic() + WAIT) as engine:
        return engine.name


def test_models_load_when_they_are_wanted_and_stay(registry: ModelRegistry, memory: Memory) -> None:
    assert registry.loaded == ()
    assert [touch(registry, name) for name in ("a", "b", "a", "b")] == ["a", "b", "a", "b"]
    assert memory.loads == ["a", "b"]


def test_the_least_recently_used_leaves(registry: ModelRegistry, memory: Memory) -> None:
    for name in ("a", "b", "a", "c"):
        touch(registry, name)
    assert registry.loaded == ("a", "c")
    assert memory.held == ["a", "c"]
    touch(registry, "small")
    assert registry.loaded == ("a", "c", "small")


def test_a_model_larger_than_the_budget_is_loaded_alone(registry: ModelRegistry, memory: Memory) -> None:
    for name in ("a", "b", "huge"):
        touch(registry, name)
    assert registry.loaded == ("huge",)
    touch(registry, "small")
    assert registry.loaded == ("small",)


def test_models_of_unknown_size_stay(memory: Memory) -> None:
    registry = ModelRegistry([describe("/models/a"), describe("/models/b")], memory.load, BUDGET, {"a": 0, "b": 0})
    for name in ("a", "b", "a"):
        touch(registry, name)
    assert memory.loads == ["a", "b"]


def test_a_model_in_use_stays_and_an_idle_one_leaves(registry: ModelRegistry, memory: Memory) -> None:
    with registry.acquire("a") as held:
        touch(registry, "b")
        touch(registry, "c")
        assert not held.stopped
        assert registry.loaded == ("a", "c")


def test_a_model_waits_for_room_until_running_requests_end(
    registry: ModelRegistry, memory: Memory, pool: ThreadPoolExecutor
) -> None:
    with registry.acquire("a") as a, registry.acquire("b"):
        waiting = pool.submit(touch, registry, "c")
        until(lambda: registry._queue == ["c"])
        a.load = (1, 0)  # nobody holds it any more, but it still draws
    touched = waiting.result(WAIT)
    assert touched == "c"
    assert registry.loaded == ("a", "c")
    with registry.acquire("c"):
        waiting = pool.submit(touch, registry, "b")
        until(lambda: registry._queue == ["b"])
        time.sleep(0.1)
        assert not waiting.done()
        a.load = (0, 0)
        waiting.result(WAIT)
    assert a.stopped


def test_who_waits_for_room_is_not_passed_over_for_ever(
    registry: ModelRegistry, memory: Memory, pool: ThreadPoolExecutor
) -> None:
    first = registry.acquire("huge")
    first.__enter__()
    waiting = pool.submit(touch, registry, "a")
    until(lambda: registry._queue == ["a"])
    late = pool.submit(touch, registry, "huge")
    until(late.running)
    first.__exit__(None, None, None)
    assert waiting.result(WAIT) == "a"
    assert late.result(WAIT) == "huge"
    assert memory.loads == ["huge", "a", "huge"]


def test_a_model_that_is_in_use_takes_new_requests_for_a_while_that_its_load_was_worth(
    registry: ModelRegistry, memory: Memory, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry_module, "_STAY", 1e9)
    with registry.acquire("huge"):
        waiting = pool.submit(touch, registry, "a")
        until(lambda: registry._queue == ["a"])
        assert [pool.submit(touch, registry, "huge").result(WAIT) for _ in range(5)] == ["huge"] * 5
        registry._loaded["huge"].stays_until = 0.0  # the while is over: the next request waits behind the other model
        late = pool.submit(touch, registry, "huge")
        until(late.running)
    assert [waiting.result(WAIT), late.result(WAIT)] == ["a", "huge"]
    assert memory.loads == ["huge", "a", "huge"]


def test_a_model_that_others_wait_for_is_held_by_few_at_a_time(
    registry: ModelRegistry, memory: Memory, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry_module, "_STAY", 1e9)
    monkeypatch.setattr(FakeEngine, "slots", 1)
    load, draw = threading.Event(), threading.Event()
    memory.before = lambda name: assert_set(load) if name == "huge" else None

    def work() -> None:
        with registry.acquire("huge", time.monotonic() + WAIT):
            assert_set(draw)

    drawing = [pool.submit(work) for _ in range(6)]
    until(lambda: bool(registry._loading) and registry._loading["huge"].waiting == 5)
    waiting = pool.submit(touch, registry, "a")
    until(lambda: registry._queue == ["a"])
    load.set()
    until(lambda: "huge" in registry.loaded)
    late = pool.submit(work)
    until(late.running)
    time.sleep(0.05)
    assert registry._loaded["huge"].users == 2  # what is drawn, and what follows: no more is drawn before it leaves
    registry._loaded["huge"].stays_until = 0.0
    draw.set()
    assert waiting.result(WAIT) == "a"
    for future in (*drawing, late):
        future.result(WAIT)
    assert memory.loads == ["huge", "a", "huge"]


def test_a_model_that_is_idle_leaves_at_once_however_long_its_load_took(
    registry: ModelRegistry, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry_module, "_STAY", 1e9)
    assert [touch(registry, name) for name in ("huge", "a", "huge")] == ["huge", "a", "huge"]


def test_requests_for_two_models_in_turn_do_not_load_one_for_each(
    registry: ModelRegistry, memory: Memory, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry_module, "_STAY", 1e9)  # ends where no thread is left for the model that is loaded
    turns, lock = iter(["huge", "a"] * 40), threading.Lock()
    drawn: list[str] = []

    def work() -> None:
        while True:
            with lock:
                name = next(turns, None)
            if name is None:
                return
            with registry.acquire(name, time.monotonic() + WAIT):
                time.sleep(0.001)
                drawn.append(name)

    for future in [pool.submit(work) for _ in range(8)]:
        future.result(WAIT)
    assert sorted(drawn) == sorted(["huge", "a"] * 40)
    assert len(memory.loads) <= 20


def test_a_small_model_does_not_overtake_one_that_waits_for_room(
    registry: ModelRegistry, memory: Memory, pool: ThreadPoolExecutor
) -> None:
    with registry.acquire("a"):
        first = pool.submit(touch, registry, "huge")
        until(lambda: registry._queue == ["huge"])
        second = pool.submit(touch, registry, "small")
        until(lambda: registry._queue == ["huge", "small"])
        time.sleep(0.1)
        assert not second.done()
    first.result(WAIT)
    second.result(WAIT)
    assert memory.loads == ["a", "huge", "small"]


def test_a_model_that_is_leaving_comes_back_only_when_it_is_gone(
    registry: ModelRegistry, memory: Memory, pool: ThreadPoolExecutor
) -> None:
    go = threading.Event()
    with registry.acquire("huge") as huge:
        stop = huge.stop
        huge.stop = lambda: (assert_set(go), stop())[1]  # type: ignore[method-assign]
    first = pool.submit(touch, registry, "a")
    until(lambda: registry._leaving == {"huge"})
    again = pool.submit(touch, registry, "huge")
    until(lambda: registry._queue == ["huge"])
    assert memory.loads == ["huge"]
    go.set()
    assert (first.result(WAIT), again.result(WAIT)) == ("a", "huge")
    assert memory.loads == ["huge", "a", "huge"]


def test_concurrent_first_requests_load_once(registry: ModelRegistry, memory: Memory, pool: ThreadPoolExecutor) -> None:
    go = threading.Event()
    memory.before = lambda _: assert_set(go)
    waiting = [pool.submit(touch, registry, "a") for _ in range(8)]
    until(lambda: bool(registry._loading) and registry._loading["a"].waiting == 7)
    go.set()
    assert [future.result(WAIT) for future in waiting] == ["a"] * 8
    assert memory.loads == ["a"]


def assert_set(event: threading.Event) -> None:
    assert event.wait(WAIT)


def test_a_load_has_a_thread_of_its_own_that_ends_with_it(registry: ModelRegistry, memory: Memory) -> None:
    request = ContextVar("request", default="none")
    seen: list[tuple[threading.Thread, str]] = []
    memory.before = lambda _: seen.append((threading.current_thread(), request.get()))
    request.set("one that wants a model")
    with registry.acquire("a"):
        ((thread, said),) = seen
    assert thread is not threading.current_thread()
    assert not thread.is_alive()
    assert said == "one that wants a model"  # as its lines in the log say


def test_two_models_that_fit_load_side_by_side(
    registry: ModelRegistry, memory: Memory, pool: ThreadPoolExecutor
) -> None:
    both = threading.Barrier(2)
    memory.before = lambda _: (both.wait(WAIT), None)[1]
    assert [future.result(WAIT) for future in [pool.submit(touch, registry, name) for name in "ab"]] == ["a", "b"]


def test_a_failed_load_fails_for_all_who_wait_and_is_tried_again(
    registry: ModelRegistry, memory: Memory, pool: ThreadPoolExecutor
) -> None:
    go = threading.Event()

    def broken(_: str) -> None:
        assert_set(go)
        raise OSError("the disk is full")

    memory.before = broken
    waiting = [pool.submit(touch, registry, "a") for _ in range(4)]
    until(lambda: bool(registry._loading) and registry._loading["a"].waiting == 3)
    go.set()
    for future in waiting:
        with pytest.raises(ModelUnavailable, match="a could not be loaded: the disk is full"):
            future.result(WAIT)
    assert memory.loads == ["a"]
    memory.before = lambda _: None
    assert touch(registry, "a") == "a"


def test_what_a_failed_load_had_in_memory_goes_though_the_reason_is_kept() -> None:
    class Part: ...

    parts: list[weakref.ref[Part]] = []

    def load(_: ModelSpec) -> ImageEngine:
        part = Part()
        parts.append(weakref.ref(part))
        try:
            raise OSError("the disk is gone")
        except OSError as error:
            raise ModelUnavailable("a could not be read") from error

    registry = ModelRegistry([describe("/models/a")], load, BUDGET, SIZES)
    with pytest.raises(ModelUnavailable, match="a could not be read") as failed, registry.acquire("a"):
        pass
    assert [part() for part in parts] == [None]
    assert isinstance(failed.value.__cause__, OSError)


def test_the_reason_that_the_loader_gives_is_kept(registry: ModelRegistry, memory: Memory) -> None:
    reason = ModelUnavailable("the folder /models/a is missing; set MODEL_PATH")

    def missing(_: str) -> None:
        raise reason

    memory.before = missing
    with pytest.raises(ModelUnavailable) as refusal:
        touch(registry, "a")
    assert refusal.value is reason


def test_an_unknown_model_is_refused_with_the_names_that_are_known(registry: ModelRegistry) -> None:
    with pytest.raises(ModelUnavailable, match="no model 'x'; choose one of a, b, c, small, huge"):
        touch(registry, "x")


def test_who_waits_too_long_gives_up_and_leaves_the_queue(
    registry: ModelRegistry, memory: Memory, pool: ThreadPoolExecutor
) -> None:
    with registry.acquire("huge"), pytest.raises(DeadlineExceeded), registry.acquire("a", time.monotonic() + 0.05):
        pass
    assert registry._queue == []
    go = threading.Event()
    memory.before = lambda _: assert_set(go)
    loading = pool.submit(touch, registry, "b")
    until(lambda: "b" in registry._loading)
    with pytest.raises(DeadlineExceeded), registry.acquire("b", time.monotonic() + 0.05):
        pass
    go.set()
    loading.result(WAIT)
    assert registry._loaded["b"].users == 0


def test_stopping_stops_all_and_refuses_the_rest(
    registry: ModelRegistry, memory: Memory, pool: ThreadPoolExecutor
) -> None:
    touch(registry, "small")
    go = threading.Event()
    with registry.acquire("a") as used:
        memory.before = lambda _: assert_set(go)
        loading = pool.submit(touch, registry, "b")
        until(lambda: "b" in registry._loading)
        waiting = [pool.submit(touch, registry, name) for name in ("b", "c")]
        until(lambda: registry._loading["b"].waiting == 1 and registry._queue == ["c"])
        registry.stop()
        assert used.stopped
        go.set()
        for future in (loading, *waiting):
            with pytest.raises(EngineStopped):
                future.result(WAIT)
    assert memory.held == []
    with pytest.raises(EngineStopped):
        touch(registry, "a")


def test_many_threads_get_what_they_ask_for(memory: Memory, pool: ThreadPoolExecutor) -> None:
    registry = made(memory)

    def work(seed: int) -> None:
        names = list(SIZES)
        for turn in range(8):
            name = names[(seed * 7 + turn * (seed + 1)) % len(names)]
            with registry.acquire(name, time.monotonic() + WAIT) as engine:
                assert engine.name == name
                time.sleep(0)
                assert not engine.stopped

    for future in [pool.submit(work, seed) for seed in range(6)]:
        future.result(WAIT)
    assert registry._queue == []
    assert registry._leaving == set()
    assert registry._memory() == sum(SIZES[name] for name in memory.held)


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


def test_a_model_that_does_not_stop_well_makes_room_all_the_same(registry: ModelRegistry, memory: Memory) -> None:
    with registry.acquire("huge") as huge:
        stop = huge.stop

    def broken() -> None:
        stop()
        raise OSError("a thread is lost")

    huge.stop = broken  # type: ignore[method-assign]
    assert touch(registry, "a") == "a"
    assert memory.held == ["a"]


class TestSchedules(Schedules.TestCase):  # type: ignore[name-defined, misc]
    settings = settings(max_examples=25, stateful_step_count=30, deadline=None)


def test_two_models_draw_each_its_own_and_leave_nothing_behind(tiny_dev: Path, tiny_schnell: Path) -> None:
    transformers: dict[str, weakref.ref[torch.nn.Module]] = {}

    def load(spec: ModelSpec) -> ImageEngine:
        pipeline = FluxPipeline.from_pretrained(spec.source)
        transformers[spec.name] = weakref.ref(pipeline.transformer)
        model = Flux1(pipeline, name=spec.name, device=torch.device("cpu"), max_tokens=64)
        engine = StepEngine(model, EngineLimits())
        engine.start()
        return engine

    specs = parse_models(f"dev={tiny_dev},fast={tiny_schnell}")
    registry = ModelRegistry(specs, load, 1, {"dev": 1, "fast": 1})

    def drawn(name: str) -> Bitmap:
        with registry.acquire(name) as engine:
            return engine.submit(DiffusionRequest("a fox", 64, 64, steps=2, seed=3)).result(WAIT)

    pictures = []
    for name, other in (("dev", "fast"), ("fast", "dev"), ("dev", "fast")):
        pictures.append(drawn(name))
        assert registry.loaded == (name,)
        assert other not in transformers or transformers[other]() is None
    registry.stop()
    assert (pictures[0] == pictures[2]).all()
    assert (pictures[0] != pictures[1]).any()


def test_the_counters_are_those_of_the_loaded_models(registry: ModelRegistry) -> None:
    assert registry.counters() == {}
    with registry.acquire("a") as engine:
        engine.counters.count_step(2, 0.1)
    assert {name: counters.sequence_steps for name, counters in registry.counters().items()} == {"a": 2}
    registry.stop()
    assert registry.counters() == {}


def test_who_is_not_wanted_any_more_waits_no_longer_and_loads_nothing(
    registry: ModelRegistry, memory: Memory, pool: ThreadPoolExecutor
) -> None:
    left = Cancellation()

    def wait_for(name: str) -> None:
        with registry.acquire(name, None, Watch(left)):
            pass

    go = threading.Event()
    memory.before = lambda name: None if name == "huge" else assert_set(go)
    with registry.acquire("huge"):
        for_room = [pool.submit(wait_for, "a") for _ in range(3)]
        until(lambda: registry._queue == ["a"] * 3)
        left.cancel()
        for future in for_room:
            with pytest.raises(WorkCancelled):
                future.result(WAIT)
        assert registry._queue == []
    assert memory.loads == ["huge"]
    left = Cancellation()
    loading = pool.submit(touch, registry, "b")
    until(lambda: "b" in registry._loading)
    for_load = pool.submit(wait_for, "b")
    until(lambda: registry._loading["b"].waiting == 1)
    left.cancel()
    with pytest.raises(WorkCancelled):
        for_load.result(WAIT)
    go.set()
    assert loading.result(WAIT) == "b"
    assert registry._loaded["b"].users == 0


def test_who_waits_lets_others_begin_once_and_is_no_work_that_hangs(
    registry: ModelRegistry, memory: Memory, pool: ThreadPoolExecutor
) -> None:
    told: list[str] = []

    def wait_for(name: str) -> None:
        watch = Watch(make_room=lambda: told.append("room"), beat=lambda: told.append("beat"))
        with registry.acquire(name, None, watch):
            told.append("has it")

    wait_for("huge")  # a load is waited for
    assert told == ["room", "has it"]
    told.clear()
    wait_for("huge")
    assert told == ["has it"]
    told.clear()
    with registry.acquire("huge"):
        waiting = pool.submit(wait_for, "a")
        until(lambda: told.count("beat") > 2)
        # A model that must leave takes no new requests; if it hangs, those that wait for it must not hide that.
        registry._loaded["huge"].stays_until = 0.0
        behind: list[str] = []
        watch = Watch(make_room=lambda: behind.append("room"), beat=lambda: behind.append("beat"))
        with pytest.raises(DeadlineExceeded), registry.acquire("huge", time.monotonic() + 0.1, watch):
            pass
        assert behind == ["room"]
    waiting.result(WAIT)
    assert told.count("room") == 1


def test_a_model_that_fails_drives_the_others_out_once_and_then_rests(
    registry: ModelRegistry, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(name: str) -> None:
        if name == "huge":
            raise ModelUnavailable("huge is damaged")

    monkeypatch.setattr(registry_module, "_LEAST_REST", 1.0)
    monkeypatch.setattr(registry_module, "_STAY", 2.0)
    memory.before = fail
    for name in ("a", "b"):
        touch(registry, name)
    registry._loaded["a"].cost = 1e6
    with pytest.raises(ModelUnavailable, match=r"^huge is damaged$"):
        touch(registry, "huge")
    touch(registry, "a")
    for _ in range(3):
        with pytest.raises(ModelUnavailable, match=r"^huge is damaged; it is tried again in \d+ s$"):
            touch(registry, "huge")
    assert registry.loaded == ("a",)
    assert memory.loads == ["a", "b", "huge", "a"]
    memory.before = lambda _: None
    registry._rests_until["huge"] = 0.0
    assert touch(registry, "huge") == "huge"
    assert registry.state("huge").problem == ""


def test_a_model_with_a_problem_is_looked_at_before_others_leave_for_it(memory: Memory) -> None:
    answers: list[ModelUnavailable | int] = [ModelUnavailable("a file is missing"), 5]

    def measure(spec: ModelSpec) -> int:
        assert spec.name == "small"
        answer = answers.pop(0)
        if isinstance(answer, ModelUnavailable):
            raise answer
        return answer

    specs, sizes = [describe(f"/models/{name}") for name in SIZES], {**SIZES, "small": 0}
    registry = ModelRegistry(specs, memory.load, BUDGET, sizes, {"small": "the folder is missing"}, measure)
    for name in ("a", "b"):
        touch(registry, name)
    with pytest.raises(ModelUnavailable, match="a file is missing"):
        touch(registry, "small")
    assert (registry.loaded, registry.state("small").problem) == (("a", "b"), "a file is missing")
    assert touch(registry, "small") == "small"  # and now its size is known
    assert registry.loaded == ("b", "small")


def test_a_model_of_the_start_is_freed_though_what_was_loaded_there_is_frozen() -> None:
    class Part:
        def __init__(self) -> None:
            self.itself = self

    before = gc.get_freeze_count()
    gone = weakref.ref(Part())
    gc.freeze()
    try:
        gc.collect()
        assert gone() is not None
        release_memory()
        assert gone() is None
        assert gc.get_freeze_count() > 0
    finally:
        if not before:
            gc.unfreeze()
