"""Models that draw nothing, and a memory that watches which of them are in it together."""

import threading
import time
from collections.abc import Callable

from blazon.diffusion.catalogue.specs import Capabilities, ModelSpec, describe
from blazon.diffusion.counters import EngineCounters
from blazon.diffusion.registry import ModelRegistry
from blazon.diffusion.sampling.sequence import DiffusionRequest, ProgressListener, Ticket

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


def made(memory: Memory) -> ModelRegistry:
    return ModelRegistry([describe(f"/models/{name}") for name in SIZES], memory.load, BUDGET, SIZES)


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT
    while not true():
        assert time.monotonic() < end
        time.sleep(0.001)


def touch(registry: ModelRegistry, name: str) -> str:
    with registry.acquire(name, time.monotonic() + WAIT) as engine:
        return engine.name


def assert_set(event: threading.Event) -> None:
    assert event.wait(WAIT)
