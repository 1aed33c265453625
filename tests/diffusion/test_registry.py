"""Models are loaded when they are wanted, told of, counted, and gone without a trace."""

import gc
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from pathlib import Path

import pytest
import torch
from diffusers import FluxPipeline

from blazon.diffusion.catalogue.specs import ModelSpec, describe, parse_models
from blazon.diffusion.devices import release_memory
from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.families.flux1 import Flux1
from blazon.diffusion.image_engine import ImageEngine
from blazon.diffusion.registry import ModelRegistry, ModelState
from blazon.diffusion.sampling.sequence import Bitmap, DiffusionRequest
from blazon.errors import EngineStopped, ModelUnavailable
from blazon.models import LoadState

from .fake_models import BUDGET, SIZES, WAIT, FakeEngine, Memory, assert_set, made, touch, until

pytestmark = pytest.mark.usefixtures("nothing_to_collect")


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


def test_concurrent_first_requests_load_once(registry: ModelRegistry, memory: Memory, pool: ThreadPoolExecutor) -> None:
    go = threading.Event()
    memory.before = lambda _: assert_set(go)
    waiting = [pool.submit(touch, registry, "a") for _ in range(8)]
    until(lambda: bool(registry._loading) and registry._loading["a"].waiting == 7)
    go.set()
    assert [future.result(WAIT) for future in waiting] == ["a"] * 8
    assert memory.loads == ["a"]


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


def test_a_model_that_does_not_stop_well_makes_room_all_the_same(registry: ModelRegistry, memory: Memory) -> None:
    with registry.acquire("huge") as huge:
        stop = huge.stop

    def broken() -> None:
        stop()
        raise OSError("a thread is lost")

    huge.stop = broken  # type: ignore[method-assign]
    assert touch(registry, "a") == "a"
    assert memory.held == ["a"]


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
