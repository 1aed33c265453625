"""The studio of a running server: opened once, off the event loop, and known to be ready or not."""

import asyncio
import gc
import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

import structlog

from blazon.diffusion.counters import EngineCounters
from blazon.errors import BlazonError, ServerBusy
from blazon.serve.draughtsman import Draughtsman, Opener

log = structlog.stdlib.get_logger("blazon.serve")

_UNREADY_RETRY = 1


class State(StrEnum):
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


class StudioHost:
    """Holds the studio; `problem` says in one line why there is none."""

    def __init__(self, open_studio: Opener) -> None:
        self._open_studio = open_studio
        self._studio: Draughtsman | None = None
        self.state = State.LOADING
        self.problem = "the studio is being opened"
        self.on_progress: Callable[[], None] = lambda: None  # called while a model is being loaded

    @property
    def model(self) -> str:
        """The identifier of the model that is loaded, empty before that."""
        return self._studio.model if self._studio else ""

    @property
    def studio(self) -> Draughtsman:
        """The open studio.

        Raises:
            ServerBusy: it is not open, or not fit to draw any more.
        """
        if self._studio is None or self.state is not State.READY:
            raise ServerBusy(f"not ready: {self.problem}", retry_after=_UNREADY_RETRY)
        return self._studio

    @property
    def engine(self) -> str:
        """Who draws when a brief does not say, empty before that is known."""
        return self._studio.engine if self._studio else ""

    def engines(self) -> Mapping[str, EngineCounters]:
        """Return what the loaded step engines have done, by the name of the model."""
        return self._studio.engines() if self._studio else {}

    def gpu(self) -> dict[str, Any]:
        """Return the `gpu` block of `/health`, at once."""
        return self._studio.gpu() if self._studio else {"gpu_available": False, "device_type": "cpu"}

    async def load(self) -> bool:
        """Open the studio in a thread and say whether it is there; a failure is kept for `problem`, and logged."""
        start = time.perf_counter()
        try:
            studio = await asyncio.to_thread(self._opened)
        except BlazonError as error:
            self.fail(str(error))
            log.error("studio failed to open", reason=str(error))
            return False
        except Exception:
            self.fail("the studio could not be opened; the log says why")
            log.exception("studio failed to open")
            return False
        self._studio, self.state, self.problem = studio, State.READY, ""
        log.info("studio ready", model=studio.model, duration_ms=round((time.perf_counter() - start) * 1000, 1))
        return True

    def _opened(self) -> Draughtsman:
        studio = self._open_studio(self._tell)
        # What is loaded now stays: a full collection would look at all of it, which stops every thread for 66 ms.
        gc.collect()
        gc.freeze()
        return studio

    def fail(self, problem: str) -> None:
        """Say that nothing can be drawn any more, and why."""
        self.state, self.problem = State.FAILED, problem

    def _tell(self, what: str) -> None:
        self.on_progress()
        if self.state is State.LOADING:
            self.problem = what
