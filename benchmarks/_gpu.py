"""What the benchmarks of one GPU share: their options, the model that they draw with, and how they take the time.

`--rehearse` runs the same code on a CPU with a tiny model, for nothing but to see that it runs.
"""

import argparse
import gc
import statistics
import time
from collections.abc import Callable
from typing import Final

import torch
from _flux import as_model, quiet, tiny_pipeline
from _full_size import FullSizeFlux, full_size
from _report import options

from blazon.diffusion.families.flux1 import Flux1

PROMPT: Final = "a mark for a coffee roastery by the sea"
STEPS: Final = {"dev": 28, "schnell": 4}


def gpu_options(doc: str | None) -> argparse.ArgumentParser:
    """Return a parser with the options that every benchmark of a GPU takes."""
    parser = options(doc)
    parser.add_argument("--kind", choices=list(STEPS), default="dev", help="FLUX.1-dev or FLUX.1-schnell")
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--rehearse", action="store_true", help="a tiny model on the CPU: to see that it runs")
    return parser


def parsed(parser: argparse.ArgumentParser, gigabytes: float) -> argparse.Namespace:
    """Return the arguments; end with status 2 and one line if the device is not there or has not so much memory free.

    Chosen for a rehearsal: the CPU. What is measured there means nothing.
    """
    arguments = parser.parse_args()
    quiet()
    if arguments.rehearse:
        arguments.device = "cpu"
        torch.set_num_threads(1)  # it is a tiny model
    elif refusal := _refusal(arguments.device, gigabytes * 1e9):
        print(refusal)
        raise SystemExit(2)
    return arguments


def _refusal(device: str, needed: float) -> str:
    if not torch.cuda.is_available():
        return f"This benchmark needs a CUDA GPU with {needed / 1e9:.0f} GB of free memory; there is none here."
    free, total = torch.cuda.mem_get_info(device)
    if free < needed:
        have = f"{free / 1e9:.0f} of {total / 1e9:.0f} GB are free here."
        return f"This benchmark needs {needed / 1e9:.0f} GB of free GPU memory; {have}"
    return ""


def build(arguments: argparse.Namespace) -> Flux1:
    """Return the model of the arguments, with random weights, on its device."""
    if arguments.rehearse:
        return as_model(tiny_pipeline().to(torch.bfloat16))
    device = torch.device(arguments.device)
    return FullSizeFlux(full_size(arguments.kind, device), arguments.kind, device)


def title(arguments: argparse.Namespace) -> str:
    """Return what is measured, for the head of a table."""
    model = "tiny FLUX, a rehearsal" if arguments.rehearse else f"FLUX.1-{arguments.kind}, random weights"
    return f"{model}, {device_name(arguments)}, torch {torch.__version__}"


def device_name(arguments: argparse.Namespace) -> str:
    return "CPU" if arguments.rehearse else torch.cuda.get_device_name(arguments.device)


def end(device: torch.device) -> None:
    """Wait until the device has done all that it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def release() -> None:
    """Give back memory that nothing refers to any more."""
    gc.collect()
    torch.cuda.empty_cache()


def timed(work: Callable[[], object], device: torch.device | None = None) -> float:
    """Return the seconds that some work takes, until the device is done with it."""
    started = time.perf_counter()
    work()
    if device is not None:
        end(device)
    return time.perf_counter() - started


def seconds_each(work: Callable[[], object], device: torch.device, *, rounds: int = 5, repeats: int = 10) -> float:
    """Return the seconds of one piece of work among many in a row: the median of a few rounds, after a warm-up."""
    for _ in range(2):
        work()
    end(device)

    def many() -> None:
        for _ in range(repeats):
            work()

    return statistics.median(timed(many, device) / repeats for _ in range(rounds))


def matmul_peak(device: torch.device, dtype: torch.dtype) -> float:
    """Return the floating-point operations a second of a large matrix product, of random numbers: zeros are faster."""
    side = 8192 if device.type == "cuda" else 256
    one, other = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))
    return 2 * side**3 / seconds_each(lambda: one @ other, device)
