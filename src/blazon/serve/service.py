"""The studio under load: opened once off the event loop, drawn with by many requests."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import structlog
from PIL import Image

from blazon.brief import Brief, Engine
from blazon.cancellation import Cancellation
from blazon.diffusion.counters import EngineCounters
from blazon.errors import BlazonError, ServerBusy
from blazon.export.resample import resampled
from blazon.serve.pool import DrawingPool
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
    @property
    def engine(self) -> Engine: ...
    def draw(self, brief: Brief, cancellation: Cancellation | None = None) -> Iterator[Picture]: ...
    def gpu(self) -> dict[str, Any]: ...
    def engines(self) -> Mapping[str, EngineCounters]: ...


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


Tell = Callable[[str], None]
Opener = Callable[[Tell], Draughtsman]
"""Opens a studio; says on the way what it is doing."""


class LogoService:
    """Draws briefs in the threads of a pool, with a studio that is opened by `load`."""

    def __init__(self, settings: Settings, open_studio: Opener) -> None:
        self._settings = settings
        self._open_studio = open_studio
        self._pool = DrawingPool(settings.max_concurrent_jobs, settings.max_queued_jobs, settings.request_timeout)
        self._studio: Draughtsman | None = None
        self.state = State.LOADING
        self.problem = "the studio is being opened"
        self.draining = False

    @property
    def model(self) -> str:
        """The identifier of the model that is loaded, empty before that."""
        return self._studio.model if self._studio else ""

    @property
    def engine(self) -> str:
        """Who draws when a request names nobody, empty before that is known."""
        return self._studio.engine if self._studio else ""

    def engines(self) -> Mapping[str, EngineCounters]:
        """Return the counters of the loaded step engines, by the name of the model."""
        return self._studio.engines() if self._studio else {}

    @property
    def load_now(self) -> tuple[int, int]:
        """How many logos are being drawn, and how many wait."""
        return self._pool.load

    def gpu(self) -> dict[str, Any]:
        """Return the `gpu` block of `/health`, at once."""
        return self._studio.gpu() if self._studio else {"gpu_available": False, "device_type": "cpu"}

    async def load(self) -> None:
        """Open the studio in a thread; a failure is kept for `state` and `problem`, and logged."""
        start = time.perf_counter()
        try:
            studio = await asyncio.to_thread(self._open_studio, self._tell)
        except BlazonError as error:
            self.state, self.problem = State.FAILED, str(error)
            log.error("studio failed to open", reason=str(error))
            return
        except Exception:
            self.state, self.problem = State.FAILED, "the studio could not be opened; the log says why"
            log.exception("studio failed to open")
            return
        self._studio, self.state, self.problem = studio, State.READY, ""
        log.info("studio ready", model=studio.model, duration_ms=_since(start))

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

        def work(cancellation: Cancellation) -> Delivery:
            start = time.perf_counter()
            picture = next(studio.draw(brief, cancellation))
            cancellation.checkpoint()
            largest = picture.bitmap(max(sizes))
            cancellation.checkpoint()
            delivery = Delivery(picture.model, picture.credits, resampled(largest, sizes))
            log.info("logo drawn", model=picture.model, seed=brief.seed, sizes=list(sizes), duration_ms=_since(start))
            return delivery

        return await self._pool.run(work)

    def close(self) -> None:
        """Give up what waits in the queue."""
        self._pool.close()

    def _tell(self, what: str) -> None:
        self.problem = what


def _since(start: float) -> float:
    return round((time.perf_counter() - start) * 1000, 1)
