"""The models that are loaded: on demand, least recently used out, never under a running request.

A model counts against the memory budget from before it is loaded until after it is stopped. One that
is larger than the whole budget is loaded alone. Who waits for room is served first come first
served. A model that must go for the first of them still takes new requests for a while that its load was worth, so
that requests for two models in turn do not load one for each; after that it takes none, so that nobody waits for ever.
In that while it takes few at a time, as all that it holds then is still drawn before it goes.
One that could not be loaded though others had left for it rests, so that it does not drive them out once a request.
"""

import math
import threading
import time
import traceback
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

import structlog

from blazon.diffusion.catalogue.specs import Capabilities, ModelSpec, describe
from blazon.diffusion.counters import EngineCounters
from blazon.diffusion.devices import release_memory
from blazon.diffusion.error_chain import walk_chain
from blazon.diffusion.image_engine import ImageEngine
from blazon.diffusion.loras.adapters import Adapters
from blazon.diffusion.model_loads import LoadedModel, ModelLoad, ModelWait
from blazon.errors import BlazonError, DeadlineExceeded, EngineStopped, ModelUnavailable
from blazon.models import LoadState
from blazon.watching import Watch

log = structlog.get_logger(__name__)

# Engines do not tell when their last request ends; seconds between two looks while somebody waits for room.
_LOOK_AGAIN: Final = 0.02
# How long a model that is in use keeps others waiting: in times of what its load took, and at most, in seconds. So of
# the time under a steady load for two models, a third goes into loading.
_STAY: Final = 2.0
_LONGEST_STAY: Final = 60.0
_LEAST_REST: Final = 1.0  # of one that failed, in seconds: what costs less may be tried at once
# Seconds between two looks of all others who wait: they are told of what changes, but not that nobody wants them.
_LOOK_UP: Final = 0.2
# While somebody waits for room, a model has so many users for each that it draws at a time: those that are drawn, and
# as many that follow.
_USERS_PER_SLOT: Final = 2
# Seconds in which a thread that drew with an engine returns from there.
_LETTING_GO: Final = 0.02
_STOPPED: Final = "the models are being stopped; send the request again"


@dataclass(frozen=True, slots=True)
class ModelState:
    """Whether a model is loaded; why it cannot be; and what its engine can do, if it is."""

    state: LoadState
    problem: str = ""
    capabilities: Capabilities | None = None


class ModelRegistry:
    """Gives out running engines by name.

    Args:
        loader: returns the started engine of a model, or raises why it cannot be loaded. Called in a thread of its
            own, outside any lock.
        budget_bytes: memory for all models together.
        sizes: what each model takes when loaded, in bytes, by name.
        problems: why models cannot be loaded as they are, by name, as far as that is known before they are.
        measure: returns what a model would take if it were alone, in bytes, or raises why it cannot be loaded. Asked
            for those with a problem, before any other leaves for them.
    """

    def __init__(
        self,
        specs: Iterable[ModelSpec],
        loader: Callable[[ModelSpec], ImageEngine],
        budget_bytes: int,
        sizes: Mapping[str, int],
        problems: Mapping[str, str] | None = None,
        measure: Callable[[ModelSpec], int] | None = None,
    ) -> None:
        self.specs: Final = {spec.name: spec for spec in specs}
        self._loader = loader
        self._budget = budget_bytes
        self._sizes = {name: max(1, sizes[name]) for name in self.specs}  # what takes nothing could not make room
        self._problems = dict(problems or {})
        self._measure = measure
        self._rests_until: dict[str, float] = {}  # `time.monotonic()` moments of models that failed
        self._loaded: dict[str, LoadedModel] = {}  # least recently used first
        self._loading: dict[str, ModelLoad] = {}
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
    def acquire(self, name: str, deadline: float | None = None, watch: Watch | None = None) -> Iterator[ImageEngine]:
        """Hold the running engine of a model, loading it if need be; it stays while it is held.

        Do not ask for a second model while holding one: the first may be what the second waits for.

        Args:
            deadline: a `time.monotonic()` moment after which nobody waits any more.
            watch: is asked whether the model is still wanted, and told to make room where it cannot be had at once,
                as other work need not wait behind it.

        Raises:
            ModelUnavailable: there is no such model, or it could not be loaded; a later request tries again.
            WorkCancelled: nobody wants it any more.
            DeadlineExceeded: the model was not ready in time.
            EngineStopped: the registry was stopped.
        """
        if name not in self.specs:
            raise ModelUnavailable(f"there is no model {name!r}; choose one of {', '.join(self.specs)}")
        wait = ModelWait(deadline, watch or Watch())
        self._look_at_problem(name)
        held = self._find(name, wait) or self._load(name)
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

    def _look_at_problem(self, name: str) -> None:
        """Refuse a model that is still as it could not be loaded before, rather than have others leave for it."""
        with self._changed:
            if self._measure is None or name not in self._problems or name in self._loading:
                return
        try:
            size = max(1, self._measure(self.specs[name]))
        except ModelUnavailable as error:
            with self._changed:
                self._problems[name] = str(error)
            raise
        with self._changed:
            if name not in self._loaded and name not in self._loading:
                self._sizes[name] = size

    def _find(self, name: str, wait: ModelWait) -> LoadedModel | None:
        """Wait for a model and return it with one more user; None once it is the caller's turn to load it."""
        with self._changed:
            queued = False
            try:
                while True:
                    self._check(wait)
                    if (held := self._take(name, wait)) is not None:
                        return held
                    if name not in self._loaded:
                        self._refuse_while_resting(name)
                        if not queued:
                            self._queue.append(name)
                            queued = True
                        wait.make_room()
                        if self._reserve(name):
                            return None
                        wait.watch.beat()  # others are drawn, or loaded; who waits behind its own model says nothing
                    self._wait(wait, _LOOK_AGAIN if name == self._find_next() else _LOOK_UP)
            finally:
                if queued:
                    self._queue.remove(name)
                    self._changed.notify_all()

    def _take(self, name: str, wait: ModelWait) -> LoadedModel | None:
        """Return a model that is loaded, or will be, with one more user; None if it cannot be had now."""
        if name in self._loading and (joined := self._join(self._loading[name], wait)) is not None:
            return joined
        return self._use(name) if name in self._loaded and not self._must_leave(name) else None

    def _use(self, name: str) -> LoadedModel:
        held = self._loaded.pop(name)
        self._loaded[name] = held
        held.users += 1
        return held

    def _join(self, loading: ModelLoad, wait: ModelWait) -> LoadedModel | None:
        """Wait for somebody else's load and return its model, which counts this user already; None if that has enough.

        The first of those who wait are counted before anybody can have it leave again.
        """
        loading.waiting += 1
        while not loading.done:
            try:
                self._check(wait)
            except Exception:
                loading.waiting -= 1
                raise
            self._wait(wait, _LOOK_UP)
        if loading.loaded is None:
            raise loading.error or EngineStopped(_STOPPED)
        if not loading.places:
            return None
        loading.places -= 1
        return loading.loaded

    def _refuse_while_resting(self, name: str) -> None:
        left = self._rests_until.get(name, 0.0) - time.monotonic()
        if left > 0:
            raise ModelUnavailable(f"{self._problems[name]}; it is tried again in {math.ceil(left)} s")

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
        left = {victim: self._loaded.pop(victim) for victim in victims}
        cost = sum(model.cost for model in left.values())
        self._loading[name] = ModelLoad({victim: model.engine for victim, model in left.items()}, cost)
        self._leaving.update(victims)
        return True

    def _find_next(self) -> str | None:
        """Whose turn it is to be loaded."""
        return next((name for name in self._queue if name not in self._loading and name not in self._loaded), None)

    def _must_leave(self, name: str) -> bool:
        """Whether a model takes no new requests because it is to make room."""
        held = self._loaded[name]
        if held.users < _count_users(held.engine) and time.monotonic() < held.stays_until:
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

    def _load(self, name: str) -> LoadedModel:
        """Load a model whose room is reserved, for the caller and all who wait for it."""
        spec, engine = self.specs[name], None
        error: BlazonError = ModelUnavailable(f"{name} was not loaded: the load was interrupted")
        try:
            self._make_room(self._loading[name].leaving)
            log.info("loading model", model=name, source=spec.source, licence=spec.licence)
            engine = self._call_loader(spec)
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

    def _call_loader(self, spec: ModelSpec) -> ImageEngine:
        """Load in a thread of its own: what the libraries keep for each thread that computed ends with it.

        That is scratch memory, in proportion to the model. The threads that ask for models are many, and stay.
        """
        loaded: Future[ImageEngine] = Future()

        def load() -> None:
            try:
                loaded.set_result(self._loader(spec))
            except BaseException as error:  # noqa: BLE001 - the caller raises it
                for link in walk_chain(error):  # the parts that the calls held would stay as long as the error
                    traceback.clear_frames(link.__traceback__)
                loaded.set_exception(error)

        thread = threading.Thread(target=copy_context().run, args=(load,), name="blazon-load", daemon=True)
        thread.start()
        thread.join()
        return loaded.result()

    def _make_room(self, leaving: dict[str, ImageEngine]) -> None:
        """Stop models and let go of them, so that their memory is free before more is taken."""
        while leaving:
            name, engine = leaving.popitem()
            log.info("unloading model", model=name)
            try:
                engine.stop()
            except Exception:
                log.exception("a model did not stop well", model=name)
            gone = weakref.ref(engine)
            del engine
            release_memory()
            if gone() is not None:  # a thread that has just got its picture lets go of it any moment
                time.sleep(_LETTING_GO)
                release_memory()
            with self._changed:
                self._leaving.remove(name)
                self._changed.notify_all()

    def _settle(self, name: str, engine: ImageEngine | None, error: BlazonError) -> LoadedModel | None:
        """End a load, well or not, and tell all who wait for it."""
        with self._changed:
            loading, now = self._loading.pop(name), time.monotonic()
            took = now - loading.began
            stay = min(_STAY * took, _LONGEST_STAY)
            if engine is not None and not self._stopped:
                loading.places = min(loading.waiting, _count_users(engine) - 1)
                loading.loaded = self._loaded[name] = LoadedModel(engine, 1 + loading.places, now + stay, took)
                self._problems.pop(name, None)
                self._rests_until.pop(name, None)
            else:
                if engine is None:
                    self._problems[name] = str(error)
                    rest = min(_STAY * (took + loading.cost), _LONGEST_STAY) if loading.cost else 0.0
                    self._rests_until[name] = now + rest if rest > _LEAST_REST else now
                loading.error = error if engine is None else EngineStopped(_STOPPED)
            loading.done = True
            self._changed.notify_all()
            return loading.loaded

    def _check(self, wait: ModelWait) -> None:
        if self._stopped:
            raise EngineStopped(_STOPPED)
        wait.watch.cancellation.checkpoint()
        if wait.deadline is not None and time.monotonic() >= wait.deadline:
            raise DeadlineExceeded("the model was not ready in the time that the request had")

    def _wait(self, wait: ModelWait, at_most: float) -> None:
        wait.make_room()
        left = at_most if wait.deadline is None else max(0.0, wait.deadline - time.monotonic())
        self._changed.wait(min(left, at_most))


def _count_users(engine: ImageEngine) -> int:
    """Return how many may hold a model while somebody waits for room."""
    return _USERS_PER_SLOT * engine.slots
