"""Ending a server that nobody asks for anything: a rented machine then stops to cost money."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

import structlog

log = structlog.stdlib.get_logger("blazon.serve")

_LOOK_EVERY: Final = 1.0  # seconds

Clock = Callable[[], float]


async def stop_when_idle(
    limit: float,
    last_work: Callable[[], float],
    stop: Callable[[], None],
    every: float = _LOOK_EVERY,
    clock: Clock = time.monotonic,
) -> None:
    """Call `stop` once nothing was done for `limit` seconds; then wait until cancelled.

    Args:
        last_work: returns by `clock` when there was work last: now, while there is some.
        every: seconds between two looks.
    """
    while (idle := clock() - last_work()) < limit:
        await asyncio.sleep(min(every, limit - idle))
    log.warning("nothing was asked for, the server stops", idle_s=round(idle), setting="IDLE_SHUTDOWN")
    stop()
    await asyncio.Event().wait()
