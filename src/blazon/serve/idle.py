"""Ending a server that nobody asks for anything: a rented machine then stops to cost money."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

log = structlog.stdlib.get_logger("blazon.serve")

_LOOK_EVERY: Final = 1.0  # seconds
_ASK_EVERY: Final = 30.0  # seconds; it is the database that is asked

Clock = Callable[[], float]


async def stop_when_idle(
    limit: float,
    last_work: Callable[[], float],
    owes_work: Callable[[], Awaitable[bool]],
    stop: Callable[[], None],
    every: float = _LOOK_EVERY,
    ask_every: float = _ASK_EVERY,
    clock: Clock = time.monotonic,
) -> None:
    """Call `stop` once nothing was done for `limit` seconds and nothing is owed; then wait until cancelled.

    Args:
        last_work: returns by `clock` when there was work last: now, while there is some.
        owes_work: says whether something that was accepted is put off, and waits to be taken up again.
        every: seconds between two looks at `last_work`.
        ask_every: seconds between two questions to `owes_work`.

    Raises:
        BlazonError: what `owes_work` raises; who cannot know what is owed does not stop.
    """
    while True:
        while (idle := clock() - last_work()) < limit:
            await asyncio.sleep(min(every, limit - idle))
        if not await owes_work():
            break
        await asyncio.sleep(ask_every)
    log.warning("nothing was asked for, the server stops", idle_s=round(idle), setting="IDLE_SHUTDOWN")
    stop()
    await asyncio.Event().wait()
