"""What a running server does now and then: take up what was put off, and remove what is past its time."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Final

import structlog

from blazon.errors import BlazonError
from blazon.serve.generations import GenerationService
from blazon.store.garbage_collection import Collected

log = structlog.stdlib.get_logger("blazon.serve")

_ROUND: Final = 30.0  # seconds between looks at what was put off
_COLLECTION: Final = 3600.0  # seconds between collections


async def keep_house(service: GenerationService, collect: Callable[[float], Collected]) -> None:
    """Keep house until cancelled; a disk or database that is out of order is tried again in the next round."""
    collected_at = 0.0
    while True:
        await asyncio.sleep(_ROUND)
        try:
            if service.ready:
                await service.resume()
            now = time.time()
            if now - collected_at >= _COLLECTION:
                collected_at = now
                log.info("collected", **asdict(await asyncio.to_thread(collect, now)))
        except BlazonError as error:
            log.error("housekeeping failed", reason=str(error))
