"""Where the time of a device goes: what ran on it, of which kind, and when nothing did."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch.autograd import DeviceType
from torch.overrides import TorchFunctionMode
from torch.profiler import ProfilerActivity, profile

REST: Final = "the rest: norms, modulation, activations"
# Kinds of work by the names of kernels on CUDA, and of operators on a CPU; the first that fits counts.
KINDS: Final = {
    REST: r"^triton_(poi|red|per)_",  # named for all that is fused in them, products before them included
    "attention": r"flash|fmha|attention|sdpa",
    "convolutions": r"conv|implicit_gemm|winograd|dgrad|wgrad",
    "products": r"gemm|nvjet|cutlass|cublas|xmma|matmul|(^|[:_])(add)?(b)?mm(_|$)|linear",
    "copies": r"memcpy|memset|copy_$",
}


@dataclass(frozen=True, slots=True)
class Kernel:
    """A piece of work on the device, in seconds from any zero."""

    name: str
    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start

    @property
    def kind(self) -> str:
        return next((kind for kind, names in KINDS.items() if re.search(names, self.name, re.IGNORECASE)), REST)


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that ran on the device, by the time at which it began."""

    kernels: tuple[Kernel, ...]

    @property
    def span(self) -> float:
        """Seconds from the first to the last."""
        return max(kernel.end for kernel in self.kernels) - self.kernels[0].start if self.kernels else 0.0

    @property
    def busy(self) -> float:
        """Seconds in which at least one ran."""
        return self.span - sum(gap for gap, _ in self.gaps())

    def gaps(self) -> list[tuple[float, str]]:
        """Return the seconds in which nothing ran, each with what ended it."""
        found, reached = [], self.kernels[0].end if self.kernels else 0.0
        for kernel in self.kernels[1:]:
            if kernel.start > reached:
                found.append((kernel.start - reached, kernel.name))
            reached = max(reached, kernel.end)
        return found

    def by_kind(self) -> dict[str, float]:
        """Return the seconds of each kind of work; what ran at the same time counts twice."""
        return _summed((kernel.kind, kernel.seconds) for kernel in self.kernels)

    def by_name(self) -> dict[str, float]:
        return _summed((kernel.name, kernel.seconds) for kernel in self.kernels)

    def gaps_by_end(self) -> dict[str, float]:
        """Return the seconds in which the device waited for each kernel to begin."""
        return _summed((name, gap) for gap, name in self.gaps())


class Attentions(TorchFunctionMode):
    """Notes heads, tokens and width of each call of plain attention while it is entered."""

    def __init__(self) -> None:
        super().__init__()
        self.shapes: list[tuple[int, int, int]] = []

    def __torch_function__(self, function: Any, types: Any, arguments: Any = (), options: Any = None) -> Any:
        options = options or {}
        if function is torch.nn.functional.scaled_dot_product_attention:
            query = arguments[0] if arguments else options["query"]
            self.shapes.append(tuple(query.shape[-3:]))
        return function(*arguments, **options)


def record(work: Callable[[], object], device: torch.device) -> Timeline:
    """Run some work and return what it had the device do."""
    cuda = device.type == "cuda"
    activity = ProfilerActivity.CUDA if cuda else ProfilerActivity.CPU
    # Of a GPU all is recorded anyway; operators on a CPU only of the threads that are asked for.
    everywhere = None if cuda else torch._C._profiler._ExperimentalConfig(profile_all_threads=True)
    with profile(activities=[activity], experimental_config=everywhere) as recorder:
        work()
        if cuda:
            torch.cuda.synchronize(device)
    kernels = [
        Kernel(event.name, event.time_range.start / 1e6, event.time_range.end / 1e6)
        for event in recorder.events()
        if _is_work(event, cuda)
    ]
    return Timeline(tuple(sorted(kernels, key=lambda kernel: kernel.start)))


def _is_work(event: Any, cuda: bool) -> bool:
    """Say whether an event is a kernel or copy on the device, or on a CPU an operator that calls no other."""
    if cuda:
        return event.device_type == DeviceType.CUDA and not event.is_user_annotation
    return event.name.startswith("aten::") and not event.cpu_children


def _summed(pairs: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Return the sums of what has one name, the largest first."""
    sums: dict[str, float] = defaultdict(float)
    for name, seconds in pairs:
        sums[name] += seconds
    return dict(sorted(sums.items(), key=lambda item: -item[1]))
