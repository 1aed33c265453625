"""What a running server does in the background, and how that is kept running."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any, Final

import structlog

from blazon.errors import BlazonError
from blazon.serve.process.supervisor import Backoff
from blazon.serve.service import GenerationService
from blazon.store.garbage_collection import Collected

log = structlog.stdlib.get_logger("blazon.serve")

_RESUME_EVERY: Final = 30.0  # seconds
_COLLECT_EVERY: Final = 3600.0  # seconds
_ENDS: Final = (asyncio.CancelledError, GeneratorExit, KeyboardInterrupt, SystemExit)

Work = Callable[[], Coroutine[Any, Any, None]]


@asynccontextmanager
async def running_in_background(works: Mapping[str, Work]) -> AsyncIterator[None]:
    """Keep works running, each in a task of its own, until the context ends."""
    tasks = [asyncio.create_task(keep_running(name, work), name=name) for name, work in works.items()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def keep_running(name: str, work: Work, backoff: Backoff | None = None) -> None:
    """Run work that has no end of its own until cancelled: one that ends all the same is logged and started again."""
    pauses = backoff or Backoff()
    while True:
        start = time.monotonic()
        try:
            await work()
        except BlazonError as error:
            log.error("background task failed", task=name, reason=str(error))
        except _ENDS:
            raise
        except BaseException:  # the Rust libraries panic with one that is no Exception
            log.exception("background task failed", task=name)
        else:
            log.error("background task ended", task=name)
        pause = pauses.after(time.monotonic() - start)
        log.warning("background task starts again", task=name, delay_s=pause)
        await asyncio.sleep(pause)


async def resume_periodically(service: GenerationService, every: float = _RESUME_EVERY) -> None:
    """Take up what was put off, such as by a full disk; what is out of order is tried again in the next round."""
    while True:
        await asyncio.sleep(every)
        if service.ready:
            await service.resume()


async def collect_periodically(collect: Callable[[], Collected | None], every: float = _COLLECT_EVERY) -> None:
    """Remove what is past its time, soon after the start and then now and then; None says that another server does."""
    await asyncio.sleep(min(every, _RESUME_EVERY))
    while True:
        collected = await asyncio.to_thread(collect)
        if collected is not None:
            log.info("collected", **asdict(collected))
        await asyncio.sleep(every)
