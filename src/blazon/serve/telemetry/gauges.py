"""What is true at the moment: read when Prometheus or the log asks, so that nothing has to keep it up to date."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from blazon import __version__
from blazon.diffusion.counters import EngineCounters
from blazon.serve.engines.calls import ClusterReport
from blazon.serve.telemetry.storage import Disk

log = structlog.stdlib.get_logger("blazon.serve")

EVERY: Final = 60.0
_OF_GPU: Final = ("memory_allocated_gb", "memory_reserved_gb", "memory_total_gb", "utilisation")
_BATCHES: Final = (1, 2, 4, 8, 16, 32, 64)
_GB: Final = 1e9
_MEMORY: Final = ("allocated", "reserved", "total")


@dataclass(frozen=True, slots=True)
class GaugeValues:
    """How to read what is true now. Each function is called from any thread and must answer at once.

    Args:
        waiting, running: candidates in the queue, and those being drawn.
        engine, model: who draws when a request names none; empty until that is known.
        gpu: the `gpu` block of `/health`, with `utilisation` (0 to 1) where that is known.
        engines: the counters of the loaded step engines, by the name of the model; empty if there are none.
        cluster: how the calls for replicas went, None if none are called.
        ready: whether requests should come here.
        writable: whether anything can be written down.
        disks: of this machine, by what is kept on them.
        webhook_overdue: seconds that the webhook which is due longest has waited for its attempt; 0 if none is due.
    """

    waiting: Callable[[], int]
    running: Callable[[], int]
    engine: Callable[[], str]
    model: Callable[[], str]
    gpu: Callable[[], Mapping[str, Any]]
    engines: Callable[[], Mapping[str, EngineCounters]]
    cluster: Callable[[], ClusterReport | None]
    ready: Callable[[], bool]
    writable: Callable[[], bool]
    disks: Callable[[], Mapping[str, Disk]]
    webhook_overdue: Callable[[], float]


class GaugeCollector(Collector):
    """Makes metrics of what is true now, whenever they are asked for."""

    def __init__(self, values: GaugeValues) -> None:
        self._gauge_values = values

    def collect(self) -> Iterable[Metric]:
        values = self._gauge_values
        build = GaugeMetricFamily("blazon_build_info", "Always 1.", labels=("version", "engine", "model"))
        build.add_metric((__version__, values.engine(), values.model()), 1)
        yield build
        yield GaugeMetricFamily("blazon_queue_depth", "Candidates that wait to be drawn.", values.waiting())
        yield GaugeMetricFamily("blazon_running", "Candidates that are being drawn.", values.running())
        yield GaugeMetricFamily("blazon_ready", "1 if requests should come here, 0 if not.", values.ready())
        yield GaugeMetricFamily(
            "blazon_storage_writable", "1 if anything can be written down, 0 if not.", values.writable()
        )
        yield from _disks(values.disks())
        yield GaugeMetricFamily(
            "blazon_webhook_overdue_seconds",
            "How long the webhook that is due longest has waited for its attempt.",
            values.webhook_overdue(),
        )
        yield from _gpu(values.gpu())
        yield from _engines(values.engines())
        if (report := values.cluster()) is not None:
            yield from _cluster(report)


def _disks(disks: Mapping[str, Disk]) -> Iterable[Metric]:
    """Yield the disks of this machine. Two servers on one disk both tell all of it: these are never added up."""
    free = GaugeMetricFamily("blazon_disk_free_bytes", "Bytes that can still be written.", labels=("store",))
    size = GaugeMetricFamily("blazon_disk_size_bytes", "Bytes of the disk in all.", labels=("store",))
    for what, disk in disks.items():
        free.add_metric((what,), disk.free)
        size.add_metric((what,), disk.size)
    return (free, size) if disks else ()


def _gpu(report: Mapping[str, Any]) -> Iterable[Metric]:
    """Yield what is known of the GPU; what is not known is left out, because 0 would be a lie."""
    memory = GaugeMetricFamily("blazon_gpu_memory_bytes", "Memory of the GPU, as PyTorch counts it.", labels=("kind",))
    for kind in _MEMORY:
        if (gigabytes := report.get(f"memory_{kind}_gb")) is not None:
            memory.add_metric((kind,), gigabytes * _GB)
    if memory.samples:
        yield memory
    if (utilisation := report.get("utilisation")) is not None:
        yield GaugeMetricFamily(
            "blazon_gpu_utilisation_ratio", "Share of the last moment in which the GPU computed.", utilisation
        )


def _engines(engines: Mapping[str, EngineCounters]) -> Iterable[Metric]:
    """Yield the figures of step engines. By model: one that is unloaded takes its own series along and no other's."""
    figures: dict[str, tuple[str, Callable[[EngineCounters], float]]] = {
        "blazon_engine_steps": ("Forward passes of the model.", lambda counters: counters.steps),
        "blazon_engine_sequence_steps": ("Denoising steps of pictures.", lambda counters: counters.sequence_steps),
        "blazon_engine_busy_seconds": ("Time in forward passes.", lambda counters: counters.busy_seconds),
        "blazon_engine_out_of_memory": (
            "Forward passes that found no memory.",
            lambda counters: counters.out_of_memory,
        ),
        "blazon_engine_cold_passes": (
            "Forward passes of a shape that was not warmed up.",
            lambda counters: counters.cold_passes,
        ),
        "blazon_engine_retried": ("Pictures drawn again in higher precision.", lambda counters: counters.retried),
    }
    if not engines:
        return
    for name, (meaning, value) in figures.items():
        family = CounterMetricFamily(name, meaning, labels=("model",))
        for model, counters in engines.items():
            family.add_metric((model,), value(counters))
        yield family
    sizes = HistogramMetricFamily("blazon_engine_batch_size", "Pictures in one forward pass.", labels=("model",))
    for model, counters in engines.items():
        buckets, total = _batches(tuple(counters.batch_sizes))
        sizes.add_metric((model,), buckets, total)
    yield sizes


def _cluster(report: ClusterReport) -> Iterable[Metric]:
    """Yield what this process knows of its replicas. Calls of several servers add up; they share the replicas."""
    yield GaugeMetricFamily(
        "blazon_cluster_reachable", "1 if the cluster of replicas takes calls, 0 if not.", report.reachable
    )
    yield GaugeMetricFamily(
        "blazon_cluster_replicas", "Replicas that began with a call in the last five minutes.", report.replicas
    )
    yield GaugeMetricFamily("blazon_cluster_calls_running", "Calls for replicas under way.", report.calls)
    calls = CounterMetricFamily(
        "blazon_cluster_calls", "Calls for replicas, by what they came to.", labels=("outcome",)
    )
    for outcome, count in report.ended.items():
        calls.add_metric((outcome,), count)
    yield calls


def _batches(sizes: tuple[int, ...]) -> tuple[list[tuple[str, float]], float]:
    """Return cumulative buckets and the sum of a histogram from counts by size, read once so that they agree."""
    buckets = [(f"{limit:.1f}", float(sum(sizes[: limit + 1]))) for limit in _BATCHES]
    return [*buckets, ("+Inf", float(sum(sizes)))], float(sum(size * count for size, count in enumerate(sizes)))


async def log_work_periodically(values: GaugeValues, every: float = EVERY) -> None:
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
