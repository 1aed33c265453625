"""A log line a minute while there is work: what the GPU and the engines are at."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any, Final

import structlog

from blazon.diffusion.counters import EngineCounters
from blazon.serve.telemetry.gauges import GaugeValues

log = structlog.stdlib.get_logger("blazon.serve")

EVERY: Final = 60.0
_OF_GPU: Final = ("memory_allocated_gb", "memory_reserved_gb", "memory_total_gb", "utilisation")


async def heartbeat(values: GaugeValues, every: float = EVERY) -> None:
    """Log a line every `every` seconds in which there is work for a step engine or a GPU, until it is cancelled."""
    steps, since = _steps(values.engines()), time.monotonic()
    while True:
        await asyncio.sleep(every)
        before, then = steps, since
        gpu, engines = values.gpu(), values.engines()
        steps, since = _steps(engines), time.monotonic()
        running, waiting = values.running(), values.waiting()
        if (running or waiting) and (engines or gpu.get("gpu_available")):
            # A model that was unloaded took its steps along.
            speed = max(0, steps - before) / (since - then)
            log.info("work", running=running, waiting=waiting, steps_per_second=round(speed, 2), **_select_known(gpu))


def _steps(engines: Mapping[str, EngineCounters]) -> int:
    return sum(counters.sequence_steps for counters in engines.values())


def _select_known(gpu: Mapping[str, Any]) -> dict[str, Any]:
    return {name: gpu[name] for name in _OF_GPU if gpu.get(name) is not None}
