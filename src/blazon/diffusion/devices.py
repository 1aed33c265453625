"""Devices: which one runs the model, what memory is free, and how a server keeps to its own GPU.

Nothing here opens a CUDA context on a device other than the one that it is given: a second server on
the same machine must not find half a gigabyte of the first one on its GPU.
"""

import ctypes
import importlib.util
import os
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog
import torch

from blazon.diffusion.cpu_threads import count_cores, use_cores
from blazon.diffusion.memory.footprint import Quantisation
from blazon.diffusion.memory.plan import MemoryBudget
from blazon.errors import InvalidSetting, ModelUnavailable
from blazon.garbage import collect_all

log = structlog.get_logger(__name__)

_GB: Final = 1e9
_PACKAGES: Final = {
    Quantisation.INT8: "torchao",
    Quantisation.FP8: "torchao",
    Quantisation.NF4: "bitsandbytes",
    Quantisation.GGUF: "gguf",
}


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes free now and in all."""

    free: int
    total: int


def resolve_device(asked: str) -> torch.device:
    """Return the device that TORCH_DEVICE names; `auto` is CUDA, then MPS, then the CPU.

    A CUDA device always carries its number, so that no code falls back on "the current one".

    Raises:
        InvalidSetting: there is no such device; says which there are.
    """
    if asked == "auto":
        return _choose_device()
    device = torch.device(asked)
    if device.type == "cuda":
        return _resolve_cuda(asked, device.index or 0)
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise InvalidSetting("TORCH_DEVICE=mps: this machine has no Apple GPU that PyTorch can use; use auto or cpu")
    return device


def _choose_device() -> torch.device:
    if torch.cuda.is_available():
        return torch.device("cuda", 0)
    return torch.device("mps") if torch.backends.mps.is_available() else torch.device("cpu")


def _resolve_cuda(asked: str, index: int) -> torch.device:
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if index < count:
        return torch.device("cuda", index)
    if count:
        there = "cuda:0" if count == 1 else f"cuda:0 to cuda:{count - 1}"
        raise InvalidSetting(f"TORCH_DEVICE={asked}: there is no such GPU; this machine has {there}")
    if torch.version.cuda is None and torch.version.hip is None:
        raise InvalidSetting(f"TORCH_DEVICE={asked}: the installed PyTorch is built without CUDA; use auto or cpu")
    raise InvalidSetting(f"TORCH_DEVICE={asked}: PyTorch finds no NVIDIA GPU; look at nvidia-smi, or use auto or cpu")


def bind_thread(device: torch.device) -> None:
    """Make `device` the current one of the calling thread.

    CUDA's current device belongs to a thread and starts as 0: without this, a stream or an event made in a
    new thread lies on GPU 0 and opens a context there. A CPU's cores belong to a thread as well, and start as those
    that another one was told to use. To be called first in each thread that computes.
    """
    if device.type == "cuda":
        torch.cuda.set_device(device)
    elif device.type == "cpu":
        use_cores(count_cores())


def open_stream(device: torch.device) -> AbstractContextManager[object]:
    """Return what lets the calling thread's work on a GPU run beside that of other threads: a stream of its own."""
    return torch.cuda.stream(torch.cuda.Stream(device)) if device.type == "cuda" else nullcontext()  # type: ignore[no-untyped-call]


def await_device(device: torch.device) -> None:
    """Wait until the GPU has done what the calling thread gave it."""
    if device.type == "cuda":
        torch.cuda.current_stream(device).synchronize()


def free_cache(device: torch.device) -> None:
    """Give back memory of a GPU that torch keeps for later, so that pieces of it do not lack to a whole."""
    if device.type == "cuda":
        torch.cuda.empty_cache()


def occupy(device: torch.device, fraction: float = 1.0) -> None:
    """Bind the calling thread and keep PyTorch to a share of the GPU's memory, once before anything is loaded.

    Args:
        fraction: of the GPU's whole memory, 0 to 1; PyTorch raises out of memory above it.
    """
    bind_thread(device)
    if fraction >= 1:
        return
    if device.type == "cuda":
        torch.cuda.set_per_process_memory_fraction(fraction, device)
    elif device.type == "mps":
        torch.mps.set_per_process_memory_fraction(fraction)
    else:
        log.info("GPU_MEMORY_FRACTION has no effect on a CPU")


def choose_half_precision(device: torch.device) -> torch.dtype:
    """Return bf16 where the device computes it natively, else fp16; float32 on a CPU."""
    if device.type == "cuda":
        # By capability: `torch.cuda.is_bf16_supported` asks the current device and accepts emulation.
        native = torch.version.hip is not None or torch.cuda.get_device_capability(device) >= (8, 0)
        return torch.bfloat16 if native else torch.float16
    if device.type == "mps":
        return torch.bfloat16 if torch.backends.mps.is_macos_or_newer(14, 0) else torch.float16
    return torch.float32


def read_device_memory(device: torch.device, root: Path = Path("/")) -> Memory:
    """Return the memory of a device; that of the host if it is the CPU.

    Raises:
        ModelUnavailable: the GPU cannot be opened.
    """
    if device.type == "cuda":
        try:
            return Memory(*torch.cuda.mem_get_info(device))
        except RuntimeError as error:
            reason = str(error).splitlines()[0]
            raise ModelUnavailable(f"{device} cannot be opened ({reason}); see with nvidia-smi who uses it") from error
    if device.type == "mps":
        total = torch.mps.recommended_max_memory()
        return Memory(max(0, total - torch.mps.driver_allocated_memory()), total)
    return read_host_memory(root)


def read_host_memory(root: Path = Path("/")) -> Memory:
    """Return the memory of the host, or of the container if that allows less.

    Args:
        root: of the file system in which `proc` and `sys` lie.
    """
    memory = _read_system_memory(root)
    for limit, used in _read_cgroup_limits(root):
        memory = Memory(min(memory.free, max(0, limit - used)), min(memory.total, limit))
    return memory


def _read_system_memory(root: Path) -> Memory:
    try:
        lines = (root / "proc/meminfo").read_text().splitlines()
        values = {key: int(rest.split()[0]) * 1024 for key, _, rest in (line.partition(":") for line in lines)}
        return Memory(values["MemAvailable"], values["MemTotal"])
    except (OSError, KeyError, ValueError, IndexError):
        # Not Linux: what is available is not told. Half of all is what a desktop usually leaves.
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return Memory(total // 2, total)


def _read_cgroup_limits(root: Path) -> list[tuple[int, int]]:
    """Return limit and use of each control group around this process that has a limit, versions 2 and 1."""
    base = root / "sys/fs/cgroup"
    second = (_read_limit(group, "memory.max", "memory.current", "inactive_file") for group in _list_groups(root, base))
    first = _read_limit(base / "memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
    return [pair for pair in (*second, first) if pair is not None]


def _list_groups(root: Path, base: Path) -> list[Path]:
    """Return the version 2 group of this process and all those around it."""
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.removeprefix("0::").strip("/") for line in lines if line.startswith("0::")]
    own = Path(names[0]) if names else Path()
    return [base / group for group in (own, *own.parents)]


def _read_limit(group: Path, limit: str, used: str, reclaimable: str) -> tuple[int, int] | None:
    try:
        text = (group / limit).read_text().strip()
        if not text.isdigit():  # "max"
            return None
        # Cached file pages count as used, though they are given back when memory is asked for.
        fields = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
        return int(text), max(0, int((group / used).read_text()) - int(fields.get(reclaimable, "0")))
    except (OSError, ValueError):
        return None


def list_quantisations(device: torch.device) -> frozenset[Quantisation]:
    """Return the quantisations whose packages are installed and that run on this kind of device."""
    wanted = dict(_PACKAGES)
    if device.type == "mps":
        wanted = {Quantisation.GGUF: "gguf"}
    elif device.type == "cpu":
        wanted.pop(Quantisation.NF4)  # packed by a kernel of the GPU
    return frozenset(kind for kind, package in wanted.items() if importlib.util.find_spec(package) is not None)


def release_memory() -> None:
    """Free models that nobody refers to any more, and give their memory back to the GPU and to the system."""
    collect_all()  # with what a server has loaded at its start, which is frozen
    torch.cuda.empty_cache()  # does nothing where no GPU is in use
    _trim_heap()


def _trim_heap() -> None:
    """Give freed pages of the heap back to the system, where the C library has `malloc_trim`; it is glibc's.

    That keeps a heap for each of many threads, and gives of each back only what lies at its end: of a model that one
    thread loaded, up to all stays in the process, where the next model, loaded by another thread, cannot use it.
    """
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)) is not None:
        trim(ctypes.c_size_t(0))


def read_memory_budget(device: torch.device, *, fraction: float = 1.0) -> MemoryBudget:
    """Return what a plan may spend now on this device, if all models together may take `fraction` of a GPU.

    Raises:
        ModelUnavailable: the GPU cannot be opened.
    """
    memory, host = read_device_memory(device), read_host_memory()
    return MemoryBudget(
        device=device.type,
        device_bytes=_compute_spendable(device, memory, fraction),
        host_bytes=host.free,
        half=str(choose_half_precision(device)).removeprefix("torch."),
        quantisations=list_quantisations(device),
    )


def _compute_spendable(device: torch.device, memory: Memory, fraction: float) -> int:
    if device.type == "cpu":
        return memory.free
    if device.type == "mps":
        return max(0, min(memory.free, int(memory.total * fraction) - (memory.total - memory.free)))
    used, kept = torch.cuda.memory_allocated(device), torch.cuda.memory_reserved(device)
    # What PyTorch keeps of models that have gone is not free for others, but for us.
    return max(0, min(memory.free + kept - used, int(memory.total * fraction) - used))


def report_device(device: torch.device) -> dict[str, Any]:
    """Return the `gpu` block of `/health`: counters of PyTorch, no question to the GPU; gigabytes are 1e9 bytes."""
    if device.type == "cuda":
        properties = torch.cuda.get_device_properties(device)
        return {
            "gpu_available": True,
            "device_type": "cuda",
            "device_name": properties.name,
            "memory_allocated_gb": round(torch.cuda.memory_allocated(device) / _GB, 3),
            "memory_reserved_gb": round(torch.cuda.memory_reserved(device) / _GB, 3),
            "memory_total_gb": round(properties.total_memory / _GB, 3),
        }
    if device.type == "mps":
        return {"gpu_available": True, "device_type": "mps"}
    return {"gpu_available": False, "device_type": "cpu"}


class DeviceMonitor:
    """The latest `device_report`, without ever waiting for the GPU. Usable from any thread.

    The counters lie behind the allocator's lock, which is held while memory is given back and the device
    drains; so a thread of the monitor's own reads them, and who asks meanwhile is told the last numbers.
    """

    def __init__(self, device: torch.device, *, patience: float = 0.02, lifetime: float = 0.5) -> None:
        """Start with a first report.

        Args:
            patience: longest wait for new numbers, in seconds.
            lifetime: how long numbers count as new, in seconds.
        """
        self._device = device
        self._patience, self._lifetime = patience, lifetime
        self._blind = device.type != "cuda"
        self._failed = False
        self._latest: dict[str, Any] = {}
        self._read()
        self._lock = threading.Lock()
        self._pending: Future[None] | None = None
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="blazon-device")

    def report(self) -> dict[str, Any]:
        """Return the `gpu` block of `/health`, at most `lifetime` old unless the GPU keeps its lock.

        `utilisation`, the share of the last moment in which the GPU computed (0 to 1), is in it where that is known.
        """
        if time.monotonic() - self._read_at > self._lifetime:
            with self._lock:
                if self._pending is None or self._pending.done():
                    self._pending = self._reader.submit(self._try_to_read)
                pending = self._pending
            try:
                pending.result(self._patience)
            except NotYet:
                log.debug("the GPU is busy: /health shows its last numbers")
        return dict(self._latest)

    def close(self) -> None:
        self._reader.shutdown(wait=False)

    def _try_to_read(self) -> None:
        """Keep the last numbers where there are no new ones: health is asked for most when something is wrong."""
        try:
            self._read()
        except Exception:
            self._read_at = time.monotonic()
            if not self._failed:
                self._failed = True
                log.exception("the GPU cannot be asked: /health shows its last numbers")

    def _read(self) -> None:
        utilisation = self._read_utilisation()
        known = {} if utilisation is None else {"utilisation": utilisation}
        self._latest = report_device(self._device) | known
        self._read_at = time.monotonic()

    def _read_utilisation(self) -> float | None:
        """Ask the driver; PyTorch does so through `nvidia-ml-py`, which it does not bring."""
        if self._blind:
            return None
        try:
            return torch.cuda.utilization(self._device) / 100
        except ModuleNotFoundError as error:
            self._blind = True
            log.info("the utilisation of the GPU is not known", reason=str(error))
        except Exception:  # NVML raises kinds of its own; a GPU draws without being measured
            self._blind = True
            log.exception("the utilisation of the GPU is not known")
        return None
