import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs

from blazon import __version__
from blazon.diffusion.counters import LARGEST_BATCH, EngineCounters
from blazon.serve.engines.calls import CallCounters, CallOutcome
from blazon.serve.telemetry.gauges import GaugeCollector, GaugeValues, log_work_periodically
from blazon.serve.telemetry.storage import Disk

VECTOR = GaugeValues(
    waiting=lambda: 3,
    running=lambda: 2,
    engine=lambda: "vector",
    model=lambda: "blazon/vector-1",
    gpu=lambda: {"gpu_available": False, "device_type": "cpu"},
    engines=dict,
    cluster=lambda: None,
    ready=lambda: True,
    writable=lambda: True,
    disks=dict,
    webhook_overdue=lambda: 0.0,
)
CUDA = {
    "gpu_available": True,
    "memory_allocated_gb": 23.8,
    "memory_reserved_gb": 24.0,
    "memory_total_gb": 85.0,
}


def page(values: GaugeValues) -> dict[str, dict[str, float]]:
    """Return what a scrape reads: name to the labels as text to value."""
    registry = CollectorRegistry()
    registry.register(GaugeCollector(values))
    found: dict[str, dict[str, float]] = {}
    for family in text_string_to_metric_families(generate_latest(registry).decode()):
        for sample in family.samples:
            found.setdefault(sample.name, {})[" ".join(sorted(sample.labels.values()))] = sample.value
    return found


def with_engines(engines: Mapping[str, EngineCounters]) -> GaugeValues:
    return replace(VECTOR, engines=lambda: engines)


def with_gpu(report: Mapping[str, Any]) -> GaugeValues:
    return replace(VECTOR, gpu=lambda: report)


def test_what_is_true_now_is_read_at_each_scrape() -> None:
    waiting = [3]
    values = replace(VECTOR, waiting=lambda: waiting[0])
    assert page(values)["blazon_queue_depth"] == {"": 3}
    waiting[0] = 0
    assert page(values)["blazon_queue_depth"] == {"": 0}
    assert page(values)["blazon_running"] == {"": 2}
    assert page(values)["blazon_build_info"] == {f"{__version__} blazon/vector-1 vector": 1}


def test_what_is_not_known_of_a_gpu_is_left_out() -> None:
    assert not [name for name in page(VECTOR) if "gpu" in name or "engine" in name]
    without = page(with_gpu(CUDA))
    assert without["blazon_gpu_memory_bytes"] == {"allocated": 23.8e9, "reserved": 24e9, "total": 85e9}
    assert "blazon_gpu_utilisation_ratio" not in without
    idle = page(with_gpu({**CUDA, "utilisation": 0.0}))
    assert idle["blazon_gpu_utilisation_ratio"] == {"": 0}


def test_whether_requests_should_come_here_and_what_is_left_to_write_on() -> None:
    found = page(VECTOR)
    assert (found["blazon_ready"], found["blazon_storage_writable"]) == ({"": 1}, {"": 1})
    assert [name for name in found if "disk" in name] == []
    full = replace(
        VECTOR,
        ready=lambda: False,
        writable=lambda: False,
        disks=lambda: {"database": Disk(5, 100), "pictures": Disk(7, 200)},
        webhook_overdue=lambda: 90.0,
    )
    found = page(full)
    assert (found["blazon_ready"], found["blazon_storage_writable"]) == ({"": 0}, {"": 0})
    assert found["blazon_disk_free_bytes"] == {"database": 5, "pictures": 7}
    assert found["blazon_disk_size_bytes"] == {"database": 100, "pictures": 200}
    assert found["blazon_webhook_overdue_seconds"] == {"": 90}


def test_each_model_has_its_own_series() -> None:
    one, other = EngineCounters(out_of_memory=1), EngineCounters(retried=2, cold_passes=3)
    one.count_step(4, 0.5)
    one.count_step(2, 0.25)
    found = page(with_engines({"dev": one, "schnell": other}))
    assert found["blazon_engine_steps_total"] == {"dev": 2, "schnell": 0}
    assert found["blazon_engine_sequence_steps_total"] == {"dev": 6, "schnell": 0}
    assert found["blazon_engine_busy_seconds_total"] == {"dev": 0.75, "schnell": 0}
    assert found["blazon_engine_out_of_memory_total"] == {"dev": 1, "schnell": 0}
    assert found["blazon_engine_retried_total"] == {"dev": 0, "schnell": 2}
    assert found["blazon_engine_cold_passes_total"] == {"dev": 0, "schnell": 3}


@given(st.lists(st.integers(1, LARGEST_BATCH), max_size=40))
def test_batch_sizes_are_a_histogram(sizes: list[int]) -> None:
    counters = EngineCounters()
    for size in sizes:
        counters.count_step(size, 0)
    found = page(with_engines({"dev": counters}))
    assert found["blazon_engine_batch_size_count"] == {"dev": len(sizes)}
    assert found["blazon_engine_batch_size_sum"] == {"dev": sum(sizes)}
    for labels, value in found["blazon_engine_batch_size_bucket"].items():
        limit = float(next(word for word in labels.split() if word != "dev"))
        assert value == sum(size <= limit for size in sizes)


def test_calls_for_replicas_are_told_of_where_replicas_draw() -> None:
    assert not [name for name in page(VECTOR) if "cluster" in name]
    counters = CallCounters()
    counters.note_replica("one")
    counters.end(CallOutcome.LOST)
    with counters.counting():
        found = page(replace(VECTOR, cluster=lambda: counters.report(reachable=False)))
    assert found["blazon_cluster_reachable"] == {"": 0}
    assert found["blazon_cluster_replicas"] == {"": 1}
    assert found["blazon_cluster_calls_running"] == {"": 1}
    assert found["blazon_cluster_calls_total"] == {outcome: outcome == "lost" for outcome in CallOutcome}


FLUX = GaugeValues(
    waiting=lambda: 3,
    running=lambda: 2,
    engine=lambda: "flux",
    model=lambda: "tiny",
    gpu=lambda: {"gpu_available": False, "device_type": "cpu"},
    engines=lambda: {"tiny": EngineCounters()},
    cluster=lambda: None,
    ready=lambda: True,
    writable=lambda: True,
    disks=dict,
    webhook_overdue=lambda: 0.0,
)


def lines_of(values: GaugeValues, beats: int = 3) -> list[dict[str, Any]]:
    """Return what was logged while the log asked `beats` times for what is true."""

    async def run() -> None:
        enough, left = asyncio.Event(), [beats]

        def running() -> int:
            left[0] -= 1
            if left[0] == 0:
                enough.set()
            return values.running()

        task = asyncio.create_task(log_work_periodically(replace(values, running=running), every=0.001))
        await enough.wait()
        await asyncio.sleep(0)
        task.cancel()

    with capture_logs() as lines:
        asyncio.run(run())
    return lines


def test_while_there_is_work_a_line_says_what_the_engine_is_at() -> None:
    counters = EngineCounters()

    def engines() -> dict[str, EngineCounters]:
        counters.count_step(4, 0.1)
        return {"tiny": counters}

    line = lines_of(replace(FLUX, engines=engines))[0]
    assert line["steps_per_second"] > 0
    assert (line["running"], line["waiting"]) == (2, 3)
    assert not [name for name in line if "memory" in name or name == "utilisation"]


def test_on_a_gpu_the_line_has_its_figures() -> None:
    report = {
        "gpu_available": True,
        "device_type": "cuda",
        "device_name": "H100",
        "memory_allocated_gb": 23.8,
        "memory_reserved_gb": 24.0,
        "memory_total_gb": 85.0,
        "utilisation": 0.97,
    }
    line = lines_of(replace(FLUX, gpu=lambda: report))[0]
    assert line["memory_allocated_gb"] == 23.8
    assert line["memory_total_gb"] == 85.0
    assert line["utilisation"] == 0.97


def test_nothing_is_said_while_nothing_is_drawn_or_vectors_are() -> None:
    assert lines_of(replace(FLUX, running=lambda: 0, waiting=lambda: 0)) == []
    assert lines_of(replace(FLUX, engines=dict)) == []


def test_a_model_that_was_unloaded_makes_no_negative_speed() -> None:
    loaded = [{"tiny": EngineCounters(sequence_steps=1000)}, {"tiny": EngineCounters()}]
    lines = lines_of(replace(FLUX, engines=lambda: loaded.pop(0) if len(loaded) > 1 else loaded[0]))
    assert min(line["steps_per_second"] for line in lines) == 0
