"""The engine of a running server: loaded once, off the event loop, and known to be ready or not."""

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

import structlog

from blazon.diffusion.counters import EngineCounters
from blazon.errors import BlazonError, ModelUnavailable, ServerBusy
from blazon.garbage import freeze_objects
from blazon.serve.engines.calls import ClusterReport
from blazon.serve.engines.protocol import DeviceEngine, EngineLoader, LogoEngine, RemoteEngine

log = structlog.stdlib.get_logger("blazon.serve")

_UNREADY_RETRY = 1
_LOOK_EVERY = 5.0  # seconds


class EngineState(StrEnum):
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


class EngineHost:
    """Holds the engine; `problem` says in one line why there is none."""

    def __init__(self, load_engine: EngineLoader) -> None:
        self._load_engine = load_engine
        self._engine: LogoEngine | None = None
        self.state = EngineState.LOADING
        self.problem = "the engine is being loaded"
        self.on_progress: Callable[[], None] = lambda: None  # called while a model is being loaded

    @property
    def engine(self) -> LogoEngine:
        """The loaded engine.

        Raises:
            ServerBusy: it is not loaded, or not fit to draw any more.
        """
        if self._engine is None or self.state is not EngineState.READY:
            raise ServerBusy(f"not ready: {self.problem}", retry_after=_UNREADY_RETRY)
        return self._engine

    @property
    def model(self) -> str:
        """The identifier of the model that is loaded, empty before that."""
        return self._engine.model if self._engine else ""

    @property
    def engine_kind(self) -> str:
        """Who draws when a brief does not say, empty before that is known."""
        return self._engine.engine if self._engine else ""

    def counters(self) -> Mapping[str, EngineCounters]:
        """Return what the loaded step engines have done, by the name of the model."""
        return self._engine.engines() if isinstance(self._engine, DeviceEngine) else {}

    def gpu(self) -> dict[str, Any]:
        """Return the `gpu` block of `/health`, at once."""
        if isinstance(self._engine, DeviceEngine):
            return self._engine.gpu()
        return {"gpu_available": False, "device_type": "cpu"}

    def find_problem(self) -> str:
        """Return why the engine that is loaded cannot draw now, empty if it can. May block for a second."""
        return self._engine.find_problem() if isinstance(self._engine, RemoteEngine) else ""

    def report_cluster(self) -> ClusterReport | None:
        """Return how the calls for replicas went, None if none are called; at once."""
        return self._engine.report() if isinstance(self._engine, RemoteEngine) else None

    async def look_periodically(self, every: float = _LOOK_EVERY) -> None:
        """Look now and then whether the engine can draw, so that metrics tell of it without waiting."""
        while True:
            await asyncio.to_thread(self.find_problem)
            await asyncio.sleep(every)

    async def load(self) -> bool:
        """Load the engine in a thread and say whether it is there; a failure is kept for `problem`, and logged."""
        start = time.perf_counter()
        try:
            engine = await asyncio.to_thread(self._load)
        except BlazonError as error:
            self.fail(error.public if isinstance(error, ModelUnavailable) else str(error))
            log.error("engine failed to load", reason=str(error))
            return False
        except Exception:
            self.fail("the engine could not be loaded; the log says why")
            log.exception("engine failed to load")
            return False
        self._engine, self.state, self.problem = engine, EngineState.READY, ""
        log.info("engine ready", model=engine.model, duration_ms=round((time.perf_counter() - start) * 1000, 1))
        return True

    def fail(self, problem: str) -> None:
        """Say that nothing can be drawn any more, and why."""
        self.state, self.problem = EngineState.FAILED, problem

    def close(self, patience: float) -> None:
        """Stop the engine, and wait for that up to `patience` seconds."""
        if isinstance(self._engine, DeviceEngine | RemoteEngine):
            stopping = threading.Thread(target=self._engine.close, name="close-engine", daemon=True)
            stopping.start()
            stopping.join(patience)

    def _load(self) -> LogoEngine:
        try:
            engine = self._load_engine(self._report)
        except Exception:
            raise
        except BaseException as panic:  # the Rust libraries panic with one, which no task would tell of
            raise RuntimeError(f"a library panicked: {panic}") from panic
        # What is loaded now stays: a full collection would look at all of it, which stops every thread for 66 ms.
        freeze_objects()
        return engine

    def _report(self, what: str) -> None:
        self.on_progress()
        if self.state is EngineState.LOADING:
            self.problem = what
