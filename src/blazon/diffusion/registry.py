"""The models that are loaded: on demand, least recently used out, never under a running request.

A model counts against the memory budget from before it is loaded until after it is stopped. One that
is larger than the whole budget is loaded alone. Who waits for room is served first come first
served. A model that must go for the first of them still takes new requests for a while that its load was worth, so
that requests for two models in turn do not load one for each; after that it takes none, so that nobody waits for ever.
"""

import gc
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

import structlog
import torch

from blazon.diffusion.catalogue.specs import Capabilities, ModelSpec, describe
from blazon.diffusion.counters import EngineCounters
from blazon.diffusion.image_engine import ImageEngine
from blazon.diffusion.loras.adapters import Adapters
from blazon.errors import BlazonError, DeadlineExceeded, EngineStopped, ModelUnavailable
from blazon.models import LoadState

log = structlog.get_logger(__name__)

# Engines do not tell when their last request ends; seconds between two looks while somebody waits for room.
_LOOK_AGAIN: Final = 0.02
# How long a model that is in use keeps others waiting: in times of what its load took, and at most, in seconds. So of
# the time under a steady load for two models, a third goes into loading.
_STAY: Final = 2.0
_LONGEST_STAY: Final = 60.0
_STOPPED: Final = "the models are being stopped; send the request again"


@dataclass(frozen=True, slots=True)
class ModelState:
    """Whether a model is loaded; why it cannot be; and what its engine can do, if it is."""

    state: LoadState
    problem: str = ""
    capabilities: Capabilities | None = None


@dataclass(eq=False, slots=True)
class _Loaded:
    """A model that is ready, and how many hold it; until a `time.monotonic()` moment it takes new ones in any case."""

    engine: ImageEngine
    users: int
    stays_until: float

    @property
    def idle(self) -> bool:
        return self.users == 0 and self.engine.load == (0, 0)


@dataclass(eq=False, slots=True)
class _Loading:
    """A load under way, for the one that began it and all who wait for it; first its room is made."""

    leaving: dict[str, ImageEngine]
    waiting: int = 0
    began: float = field(default_factory=time.monotonic)
    done: bool = False
    loaded: _Loaded | None = None
    error: BlazonError | None = None


class ModelRegistry:
    """Gives out running engines by name.

    Args:
        loader: returns the started engine of a model, or raises why it cannot be loaded. Called from the
            thread that asked first, outside any lock.
        budget_bytes: memory for all models together.
        sizes: what each model takes when loaded, in bytes, by name.
        problems: why models cannot be loaded as they are, by name, as far as that is known before they are.
    """

    def __init__(
        self,
        specs: Iterable[ModelSpec],
        loader: Callable[[ModelSpec], ImageEngine],
        budget_bytes: int,
        sizes: Mapping[str, int],
        problems: Mapping[str, str] | None = None,
    ) -> None:
        self.specs: Final = {spec.name: spec for spec in specs}
        self._loader = loader
        self._budget = budget_bytes
        self._sizes = {name: max(1, sizes[name]) for name in self.specs}  # what takes nothing could not make room
        self._problems = dict(problems or {})
        self._loaded: dict[str, _Loaded] = {}  # least recently used first
        self._loading: dict[str, _Loading] = {}
        self._leaving: set[str] = set()
        self._queue: list[str] = []  # what waits for room, first come first; one entry for each who waits
        self._changed = threading.Condition()
        self._stopped = False

    @property
    def loaded(self) -> tuple[str, ...]:
        """The models that are ready, least recently used first."""
        with self._changed:
            return tuple(self._loaded)

    @property
    def capacity(self) -> int:
        """How many models can be loaded together, whichever they are; at least one."""
        sizes = sorted(self._sizes.values(), reverse=True)
        return max(1, sum(together <= self._budget for together in accumulate(sizes)))

    def must_wait(self, name: str) -> bool:
        """Whether a request for a model waits while pictures of another one are drawn."""
        with self._changed:
            return name not in self._loaded and not all(held.idle for held in self._loaded.values())

    def state(self, name: str) -> ModelState:
        """Return whether a model is loaded, and if it could not be when that was tried last, why."""
        with self._changed:
            if name in self._loaded:
                return ModelState(LoadState.LOADED, capabilities=self._loaded[name].engine.capabilities)
            if name in self._loading:
                return ModelState(LoadState.LOADING)
            problem = self._problems.get(name, "")
            return ModelState(LoadState.FAILED if problem else LoadState.NOT_LOADED, problem)

    def counters(self) -> Mapping[str, EngineCounters]:
        """Return what the loaded models have done since they were loaded, by name."""
        with self._changed:
            return {name: held.engine.counters for name, held in self._loaded.items()}

    def adapters(self) -> Mapping[str, Adapters]:
        """Return the LoRAs of the loaded models, by the name of the model."""
        with self._changed:
            return {name: held.engine.adapters for name, held in self._loaded.items()}

    @contextmanager
    def acquire(self, name: str, deadline: float | None = None) -> Iterator[ImageEngine]:
        """Hold the running engine of a model, loading it if need be; it stays while it is held.

        Do not ask for a second model while holding one: the first may be what the second waits for.

        Args:
            deadline: a `time.monotonic()` moment after which nobody waits any more.

        Raises:
            ModelUnavailable: there is no such model, or it could not be loaded; the next request tries again.
            DeadlineExceeded: the model was not ready in time.
            EngineStopped: the registry was stopped.
        """
        if name not in self.specs:
            raise ModelUnavailable(f"there is no model {name!r}; choose one of {', '.join(self.specs)}")
        held = self._find(name, deadline) or self._load(name)
        try:
            yield held.engine
        finally:
            with self._changed:
                held.users -= 1
                self._changed.notify_all()

    def stop(self) -> None:
        """Stop all models, also those in use; what they have not finished fails with `EngineStopped`."""
        with self._changed:
            self._stopped = True
            engines = [held.engine for held in self._loaded.values()]
            self._loaded.clear()
            self._changed.notify_all()
        for engine in engines:
            engine.stop()

    def _find(self, name: str, deadline: float | None) -> _Loaded | None:
        """Wait for a model and return it with one more user; None once it is the caller's turn to load it."""
        with self._changed:
            waits = False
            try:
                while True:
                    self._check(deadline)
                    if name in self._loading:
                        return self._join(self._loading[name], deadline)
                    if name in self._loaded:
                        if not self._must_leave(name):
                            return self._use(name)
                    else:
                        if not waits:
                            self._queue.append(name)
                            waits = True
                        if self._reserve(name):
                            return None
                    self._wait(deadline, _LOOK_AGAIN)
            finally:
                if waits:
                    self._queue.remove(name)
                    self._changed.notify_all()

    def _use(self, name: str) -> _Loaded:
        held = self._loaded.pop(name)
        self._loaded[name] = held
        held.users += 1
        return held

    def _join(self, loading: _Loading, deadline: float | None) -> _Loaded:
        """Wait for somebody else's load; its model then counts this user already."""
        loading.waiting += 1
        while not loading.done:
            try:
                self._check(deadline)
            except BlazonError:
                loading.waiting -= 1
                raise
            self._wait(deadline)
        if loading.loaded is None:
            raise loading.error or EngineStopped(_STOPPED)
        return loading.loaded

    def _reserve(self, name: str) -> bool:
        """Begin a load if it is its turn and what must leave for it is idle."""
        if name != self._find_next():
            return False
        victims = self._choose_victims(name)
        if victims and self._leaving:
            return False  # what is leaving already may make room enough
        remaining = self._memory() - sum(self._sizes[victim] for victim in victims)
        if remaining and remaining + self._sizes[name] > self._budget:
            return False
        if not all(self._loaded[victim].idle for victim in victims):
            return False
        self._loading[name] = _Loading({victim: self._loaded.pop(victim).engine for victim in victims})
        self._leaving.update(victims)
        return True

    def _find_next(self) -> str | None:
        """Whose turn it is to be loaded."""
        return next((name for name in self._queue if name not in self._loading and name not in self._loaded), None)

    def _must_leave(self, name: str) -> bool:
        """Whether a model takes no new requests because it is to make room."""
        if time.monotonic() < self._loaded[name].stays_until:
            return False
        turn = self._find_next()
        return turn is not None and name in self._choose_victims(turn)

    def _choose_victims(self, name: str) -> list[str]:
        """Return which models must leave for another one to fit: idle ones first, least recently used first."""
        excess = self._memory() + self._sizes[name] - self._budget
        victims = []
        for victim in sorted(self._loaded, key=lambda other: not self._loaded[other].idle):
            if excess <= 0:
                break
            victims.append(victim)
            excess -= self._sizes[victim]
        return victims

    def _memory(self) -> int:
        return sum(self._sizes[name] for name in (*self._loaded, *self._loading, *self._leaving))

    def _load(self, name: str) -> _Loaded:
        """Load a model whose room is reserved, for the caller and all who wait for it."""
        spec, engine = self.specs[name], None
        error: BlazonError = ModelUnavailable(f"{name} was not loaded: the load was interrupted")
        try:
            self._make_room(self._loading[name].leaving)
            log.info("loading model", model=name, source=spec.source, licence=spec.licence)
            engine = self._loader(spec)
            if spec.commercial is None and not spec.is_folder:
                self.specs[name] = describe(spec.source, name)  # what was just fetched has a model card with it
        except BlazonError as reason:
            error = reason
            raise
        except Exception as reason:  # loaders raise domain errors: this one has a fault
            log.exception("a model could not be loaded", model=name)
            told = str(reason) if isinstance(reason, OSError) else f"internal error ({type(reason).__name__}: {reason})"
            error = ModelUnavailable(f"{name} could not be loaded: {told}; the log has the traceback")
            raise error from reason
        finally:
            held = self._settle(name, engine, error)
        if held is None:
            engine.stop()
            raise EngineStopped(_STOPPED)
        return held

    def _make_room(self, leaving: dict[str, ImageEngine]) -> None:
        """Stop models and let go of them, so that their memory is free before more is taken."""
        while leaving:
            name, engine = leaving.popitem()
            log.info("unloading model", model=name)
            try:
                engine.stop()
            except Exception:
                log.exception("a model did not stop well", model=name)
            del engine
            _release_memory()
            with self._changed:
                self._leaving.remove(name)
                self._changed.notify_all()

    def _settle(self, name: str, engine: ImageEngine | None, error: BlazonError) -> _Loaded | None:
        """End a load, well or not, and tell all who wait for it."""
        with self._changed:
            loading = self._loading.pop(name)
            if engine is not None and not self._stopped:
                now = time.monotonic()
                stay = min(_STAY * (now - loading.began), _LONGEST_STAY)
                loading.loaded = self._loaded[name] = _Loaded(engine, 1 + loading.waiting, now + stay)
                self._problems.pop(name, None)
            else:
                if engine is None:
                    self._problems[name] = str(error)
                loading.error = error if engine is None else EngineStopped(_STOPPED)
            loading.done = True
            self._changed.notify_all()
            return loading.loaded

    def _check(self, deadline: float | None) -> None:
        if self._stopped:
            raise EngineStopped(_STOPPED)
        if deadline is not None and time.monotonic() >= deadline:
            raise DeadlineExceeded("the model was not ready in the time that the request had")

    def _wait(self, deadline: float | None, at_most: float | None = None) -> None:
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        self._changed.wait(min((limit for limit in (left, at_most) if limit is not None), default=None))


def _release_memory() -> None:
    """Return the memory of models that nobody refers to any more to the device."""
    gc.collect()
    torch.cuda.empty_cache()  # does nothing where no GPU is in use
