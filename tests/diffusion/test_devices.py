import os
import platform
import threading
from pathlib import Path

import pytest
import torch
from structlog.testing import capture_logs

from blazon.diffusion import devices
from blazon.diffusion.devices import (
    DeviceMonitor,
    bind_thread,
    choose_half_precision,
    list_quantisations,
    occupy,
    read_device_memory,
    read_host_memory,
    read_memory_budget,
    release_memory,
    report_device,
    resolve_device,
)
from blazon.diffusion.memory.footprint import Quantisation
from blazon.errors import InvalidSetting, ModelUnavailable

CPU = torch.device("cpu")
GIB = 1 << 30


class FakeCuda:
    """What `torch.cuda` answers on a machine with some GPUs; remembers which device it was asked about."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, count: int, capability: tuple[int, int] = (8, 0)) -> None:
        self.asked: list[object] = []
        self.fractions: list[tuple[float, object]] = []
        answers = {
            "is_available": lambda: count > 0,
            "device_count": lambda: count,
            "get_device_capability": self._on(capability),
            "mem_get_info": self._on((20 * GIB, 24 * GIB)),
            "get_device_properties": self._on(_Properties()),
            "memory_allocated": self._on(3_000_000_000),
            "memory_reserved": self._on(4_000_000_000),
            "set_device": self._on(None),
            "set_per_process_memory_fraction": lambda fraction, device: self.fractions.append((fraction, device)),
        }
        for name, answer in answers.items():
            monkeypatch.setattr(torch.cuda, name, answer)

    def _on(self, answer: object) -> object:
        def call(device: object = "current device") -> object:
            self.asked.append(device)
            return answer

        return call


class _Properties:
    name = "NVIDIA Test"
    total_memory = 25_757_220_864


def no_mps(monkeypatch: pytest.MonkeyPatch, there: bool = False) -> None:
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: there)


@pytest.mark.parametrize(
    ("gpus", "mps", "asked", "expected"),
    [
        (2, False, "auto", "cuda:0"),
        (2, True, "cuda", "cuda:0"),
        (2, False, "cuda:1", "cuda:1"),
        (0, True, "auto", "mps"),
        (0, False, "auto", "cpu"),
        (2, True, "cpu", "cpu"),
        (2, True, "mps", "mps"),
    ],
)
def test_device_is_resolved(gpus: int, mps: bool, asked: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    FakeCuda(monkeypatch, gpus)
    no_mps(monkeypatch, mps)
    assert str(resolve_device(asked)) == expected


@pytest.mark.parametrize(
    ("gpus", "cuda", "asked", "told"),
    [
        (2, "13.0", "cuda:2", "this machine has cuda:0 to cuda:1"),
        (1, "13.0", "cuda:1", "this machine has cuda:0"),
        (0, "13.0", "cuda", "finds no NVIDIA GPU"),
        (0, None, "cuda:1", "built without CUDA"),
        (0, None, "mps", "no Apple GPU"),
    ],
)
def test_missing_device_names_the_variable(
    gpus: int, cuda: str | None, asked: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeCuda(monkeypatch, gpus)
    no_mps(monkeypatch)
    monkeypatch.setattr(torch.version, "cuda", cuda)
    with pytest.raises(InvalidSetting, match=f"^TORCH_DEVICE={asked}: .*{told}"):
        resolve_device(asked)


def test_nothing_asks_about_another_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    cuda = FakeCuda(monkeypatch, 2)
    device = resolve_device("cuda:1")
    occupy(device, 0.5)
    choose_half_precision(device)
    read_memory_budget(device)
    report_device(device)
    bind_thread(device)
    assert set(cuda.asked) == {device}
    assert cuda.fractions == [(0.5, device)]


def test_a_whole_gpu_is_not_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    cuda = FakeCuda(monkeypatch, 1)
    occupy(torch.device("cuda", 0))
    assert cuda.fractions == []


@pytest.mark.parametrize(("capability", "expected"), [((8, 0), torch.bfloat16), ((7, 5), torch.float16)])
def test_half_precision_follows_the_gpu(
    capability: tuple[int, int], expected: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeCuda(monkeypatch, 1, capability)
    assert choose_half_precision(torch.device("cuda", 0)) is expected
    assert choose_half_precision(CPU) is torch.float32


def test_budget_leaves_the_share_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    FakeCuda(monkeypatch, 1)
    device = torch.device("cuda", 0)
    kept, used = 4_000_000_000, 3_000_000_000
    assert read_memory_budget(device).device_bytes == 20 * GIB + kept - used
    assert read_memory_budget(device, fraction=0.5).device_bytes == 12 * GIB - used
    assert read_memory_budget(device, fraction=0.1).device_bytes == 0
    assert read_memory_budget(device).half == "bfloat16"


def test_a_gpu_that_cannot_be_opened_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(device: object) -> None:
        raise RuntimeError("CUDA error: out of memory\nmany more lines")

    monkeypatch.setattr(torch.cuda, "mem_get_info", refuse)
    with pytest.raises(ModelUnavailable, match=r"^cuda:1 cannot be opened \(CUDA error: out of memory\); see with"):
        read_device_memory(torch.device("cuda", 1))


def test_quantisations_are_those_that_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices.importlib.util, "find_spec", lambda name: None if name == "gguf" else object())
    assert list_quantisations(torch.device("cuda", 0)) == {Quantisation.INT8, Quantisation.FP8, Quantisation.NF4}
    assert list_quantisations(CPU) == {Quantisation.INT8, Quantisation.FP8}
    assert list_quantisations(torch.device("mps")) == set()


def system(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


MEMINFO = {"proc/meminfo": "MemTotal:       32000000 kB\nMemFree: 1 kB\nMemAvailable:   24000000 kB\n"}


def test_host_memory_is_what_linux_says_is_available(tmp_path: Path) -> None:
    memory = read_host_memory(system(tmp_path, MEMINFO))
    assert (memory.free, memory.total) == (24_000_000 * 1024, 32_000_000 * 1024)


def test_a_container_may_have_less(tmp_path: Path) -> None:
    group = {
        "sys/fs/cgroup/memory.max": f"{8 * GIB}\n",
        "sys/fs/cgroup/memory.current": f"{6 * GIB}\n",
        "sys/fs/cgroup/memory.stat": f"anon 1\ninactive_file {1 * GIB}\n",
    }
    memory = read_host_memory(system(tmp_path, MEMINFO | group))
    assert (memory.free, memory.total) == (3 * GIB, 8 * GIB)


def test_the_tightest_of_nested_groups_counts(tmp_path: Path) -> None:
    groups = {"proc/self/cgroup": "0::/system.slice/blazon.service\n"}
    for name, limit in (("system.slice", "max"), ("system.slice/blazon.service", str(4 * GIB))):
        folder = f"sys/fs/cgroup/{name}"
        groups |= {f"{folder}/memory.max": limit, f"{folder}/memory.current": str(GIB), f"{folder}/memory.stat": ""}
    assert read_host_memory(system(tmp_path, MEMINFO | groups)).free == 3 * GIB


def test_version_one_groups_count_too(tmp_path: Path) -> None:
    group = {
        "sys/fs/cgroup/memory/memory.limit_in_bytes": str(2 * GIB),
        "sys/fs/cgroup/memory/memory.usage_in_bytes": str(GIB),
        "sys/fs/cgroup/memory/memory.stat": "total_inactive_file 0\n",
    }
    assert read_host_memory(system(tmp_path, MEMINFO | group)).free == GIB


def test_without_proc_half_of_all_memory_counts_as_free(tmp_path: Path) -> None:
    memory = read_host_memory(tmp_path)
    assert memory.free == memory.total // 2 > 0


def test_report_is_the_block_of_the_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    FakeCuda(monkeypatch, 1)
    assert report_device(torch.device("cuda", 0)) == {
        "gpu_available": True,
        "device_type": "cuda",
        "device_name": "NVIDIA Test",
        "memory_allocated_gb": 3.0,
        "memory_reserved_gb": 4.0,
        "memory_total_gb": 25.757,
    }
    assert report_device(CPU) == {"gpu_available": False, "device_type": "cpu"}
    assert report_device(torch.device("mps")) == {"gpu_available": True, "device_type": "mps"}


def test_monitor_answers_while_the_gpu_is_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    unlocked, number = threading.Event(), [1]

    def read(device: torch.device) -> dict[str, object]:
        if number[0] > 1:
            unlocked.wait(10)
        return {"number": number[0]}

    monkeypatch.setattr(devices, "report_device", read)
    monitor = DeviceMonitor(CPU, patience=0.001, lifetime=-1)
    number[0] = 2
    assert monitor.report() == {"number": 1}
    unlocked.set()
    patient = DeviceMonitor(CPU, patience=10, lifetime=-1)
    assert patient.report() == {"number": 2}
    monitor.close()
    patient.close()


def test_the_monitor_tells_the_utilisation_where_the_driver_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "report_device", lambda _: {"gpu_available": True})
    monkeypatch.setattr(torch.cuda, "utilization", lambda device: 97 if device.index == 1 else 0)
    assert DeviceMonitor(torch.device("cuda", 1)).report() == {"gpu_available": True, "utilisation": 0.97}
    assert DeviceMonitor(CPU).report() == {"gpu_available": True}


@pytest.mark.parametrize("error", [RuntimeError("CUDA error: device-side assert triggered"), TypeError("a mistake")])
def test_a_gpu_that_cannot_be_asked_keeps_its_last_numbers(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: torch.device) -> dict[str, object]:
        raise error

    monkeypatch.setattr(devices, "report_device", lambda _: {"number": 1})
    monitor = DeviceMonitor(CPU, patience=10, lifetime=-1)
    monkeypatch.setattr(devices, "report_device", broken)
    with capture_logs() as logs:
        assert [monitor.report() for _ in range(3)] == [{"number": 1}] * 3
    assert [line["log_level"] for line in logs if line.get("exc_info")] == ["error"]
    monitor.close()


def test_a_driver_that_tells_nothing_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def missing(device: object) -> int:
        asked.append(device)
        raise ModuleNotFoundError("nvidia-ml-py does not seem to be installed")

    monkeypatch.setattr(devices, "report_device", lambda _: {"gpu_available": True})
    monkeypatch.setattr(torch.cuda, "utilization", missing)
    monitor = DeviceMonitor(torch.device("cuda", 0), patience=10, lifetime=-1)
    assert [monitor.report() for _ in range(2)] == [{"gpu_available": True}] * 2
    assert len(asked) == 1
    monitor.close()


def _read_resident_memory() -> int:
    """Return the bytes of this process that are in memory (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library keeps its heap in another way")
def test_memory_of_what_is_gone_is_given_back_to_the_system_from_between_what_stays() -> None:
    model = [torch.ones(16 * 1024) for _ in range(2048)]  # so small that each comes from the heap, 128 MiB in all
    stays = model[::64]
    with_model = _read_resident_memory()
    del model
    release_memory()
    assert with_model - _read_resident_memory() > 100 * 2**20
    assert all(bool((part == 1).all()) for part in stays)
