"""The studio under load: opened once off the event loop, drawn with by many requests."""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import structlog
from PIL import Image

from blazon.brief import Brief, Engine
from blazon.errors import EngineUnavailable, ServerBusy
from blazon.export.resample import resampled
from blazon.serve.pool import Checkpoint, DrawingPool
from blazon.settings import Settings

log = structlog.stdlib.get_logger("blazon.serve")


class Picture(Protocol):
    """What the service needs of a candidate."""

    @property
    def model(self) -> str: ...
    @property
    def credits(self) -> tuple[str, ...]: ...
    def bitmap(self, size: int) -> Image.Image: ...


class Draughtsman(Protocol):
    """What the service needs of a studio."""

    @property
    def model(self) -> str: ...
    def draw(self, brief: Brief) -> Iterator[Picture]: ...


class State(StrEnum):
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One logo as PNG in each size, the model that drew it, and the credits that must be shown with it."""

    model: str
    credits: tuple[str, ...]
    pngs: dict[int, bytes]


def check_engine(settings: Settings) -> None:
    """Find out before anything is opened whether the engine of the settings can run at all.

    Raises:
        EngineUnavailable: it cannot.
    """
    if settings.engine is Engine.FLUX:
        raise EngineUnavailable("ENGINE=flux: the FLUX engine is not part of this version; set ENGINE=auto or vector")


class LogoService:
    """Draws briefs in the threads of a pool, with a studio that is opened by `load`."""

    def __init__(self, settings: Settings, open_studio: Callable[[], Draughtsman]) -> None:
        self._settings = settings
        self._open_studio = open_studio
        self._pool = DrawingPool(settings.max_concurrent_jobs, settings.max_queued_jobs, settings.request_timeout)
        self._studio: Draughtsman | None = None
        self.state = State.LOADING
        self.problem = "the studio is being opened"

    @property
    def model(self) -> str:
        """The identifier of the model that is loaded, empty before that."""
        return self._studio.model if self._studio else ""

    async def load(self) -> None:
        """Open the studio in a thread and warm it up; a failure is kept for `state` and `problem`, and logged."""
        start = time.perf_counter()
        try:
            studio = await asyncio.to_thread(self._opened)
        except Exception:
            self.state, self.problem = State.FAILED, "the studio could not be opened; the log says why"
            log.exception("studio failed to open")
            return
        self._studio, self.state, self.problem = studio, State.READY, ""
        reason = "asked for by ENGINE" if self._settings.engine is Engine.VECTOR else "FLUX is not part of this version"
        log.info("studio ready", engine="vector", reason=reason, model=studio.model, duration_ms=_since(start))

    async def draw(self, brief: Brief, sizes: tuple[int, ...]) -> Delivery:
        """Draw the first candidate of `brief` once, for the largest of `sizes`, and resample it to all of them.

        Raises:
            ServerBusy: the studio is not open yet, or the queue is full.
            DeadlineExceeded: `REQUEST_TIMEOUT` ran out.
            InvalidBrief, EngineUnavailable: the brief cannot be drawn.
        """
        studio = self._studio
        if studio is None:
            raise ServerBusy(f"not ready: {self.problem}", retry_after=1)

        def work(checkpoint: Checkpoint) -> Delivery:
            start = time.perf_counter()
            picture = next(studio.draw(brief))
            checkpoint()
            largest = picture.bitmap(max(sizes))
            checkpoint()
            delivery = Delivery(picture.model, picture.credits, resampled(largest, sizes))
            log.info("logo drawn", model=picture.model, seed=brief.seed, sizes=list(sizes), duration_ms=_since(start))
            return delivery

        return await self._pool.run(work)

    def close(self) -> None:
        """Give up what waits in the queue."""
        self._pool.close()

    def _opened(self) -> Draughtsman:
        studio = self._open_studio()
        if self._settings.warmup_enabled:
            next(studio.draw(Brief(self._settings.warmup_prompt, count=1))).bitmap(self._settings.warmup_size)
        return studio


def _since(start: float) -> float:
    return round((time.perf_counter() - start) * 1000, 1)
