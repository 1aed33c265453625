import asyncio
from dataclasses import replace
from typing import Any

from structlog.testing import capture_logs

from blazon.diffusion.counters import EngineCounters
from blazon.serve.telemetry.gauges import GaugeValues
from blazon.serve.telemetry.heartbeat import heartbeat

FLUX = GaugeValues(
    waiting=lambda: 3,
    running=lambda: 2,
    engine=lambda: "flux",
    model=lambda: "tiny",
    gpu=lambda: {"gpu_available": False, "device_type": "cpu"},
    engines=lambda: {"tiny": EngineCounters()},
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

        task = asyncio.create_task(heartbeat(replace(values, running=running), every=0.001))
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
