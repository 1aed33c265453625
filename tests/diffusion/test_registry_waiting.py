"""Who waits for room, who leaves for whom, and for how long; nobody waits for ever and nobody for nothing."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from blazon.cancellation import Cancellation, WorkCancelled
from blazon.diffusion import registry as registry_module
from blazon.diffusion.catalogue.specs import ModelSpec, describe
from blazon.diffusion.registry import ModelRegistry
from blazon.errors import DeadlineExceeded, ModelUnavailable
from blazon.watching import Watch

from .fake_models import BUDGET, SIZES, WAIT, FakeEngine, Memory, assert_set, touch, until

pytestmark = pytest.mark.usefixtures("nothing_to_collect")


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
