"""What the benchmarks of one GPU share: their options, the model that they draw with, and how they take the time.

`--rehearse` runs the same code on a CPU with a tiny model, for nothing but to see that it runs.
"""

import argparse
import copy
import functools
import gc
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import torch
from _flux import MAX_TOKENS, quiet
from _full_size import KINDS, make_model
from _report import options
from _tiny_families import SAVERS
from _tiny_flux import save_tiny_flux
from diffusers import DiffusionPipeline

from blazon.diffusion.families import find_family
from blazon.diffusion.families.base import StepModel

PROMPT: Final = "a mark for a coffee roastery by the sea"
TINY: Final[dict[str, Callable[[Path], Path]]] = {
    "dev": save_tiny_flux,
    "schnell": functools.partial(save_tiny_flux, guidance=False, dynamic_shift=False),
    **SAVERS,
}
"""What writes a tiny model of each kind into a folder."""


def gpu_options(doc: str | None) -> argparse.ArgumentParser:
    """Return a parser with the options that every benchmark of a GPU takes."""
    parser = options(doc)
    names = ", ".join(kind.name for kind in KINDS.values())
    parser.add_argument("--kind", nargs="+", choices=list(KINDS), default=["dev"], help=f"one after the other: {names}")
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
    elif refusal := _explain_refusal(arguments.device, gigabytes * 1e9):
        print(refusal)
        raise SystemExit(2)
    return arguments


def take_each_kind(arguments: argparse.Namespace) -> Iterator[argparse.Namespace]:
    """Yield the arguments for one kind after the other; what the one before left behind is gone."""
    for kind in arguments.kind:
        release()
        torch._dynamo.reset()
        torch.compiler.set_stance("default")
        each = copy.copy(arguments)
        each.kind = kind
        yield each


def _explain_refusal(device: str, needed: float) -> str:
    if not torch.cuda.is_available():
        return f"This benchmark needs a CUDA GPU with {needed / 1e9:.0f} GB of free memory; there is none here."
    free, total = torch.cuda.mem_get_info(device)
    if free < needed:
        have = f"{free / 1e9:.0f} of {total / 1e9:.0f} GB are free here."
        return f"This benchmark needs {needed / 1e9:.0f} GB of free GPU memory; {have}"
    return ""


def build(arguments: argparse.Namespace) -> StepModel:
    """Return the model of the arguments, with random weights, on its device."""
    if arguments.rehearse:
        return load_tiny(arguments.kind, torch.device("cpu"), torch.bfloat16)
    return make_model(arguments.kind, torch.device(arguments.device))


def load_tiny(kind: str, device: torch.device, dtype: torch.dtype) -> StepModel:
    """Return a tiny model of a kind, loaded from disk as a real one is."""
    with tempfile.TemporaryDirectory() as folder:
        pipeline: Any = DiffusionPipeline.from_pretrained(TINY[kind](Path(folder)))
    pipeline.set_progress_bar_config(disable=True)
    family = find_family(type(pipeline).__name__)
    if family is None:
        raise ValueError(f"{type(pipeline).__name__} has no family in the step engine")
    return family(pipeline.to(device, dtype), name=f"tiny {kind}", device=device, max_tokens=MAX_TOKENS)


def title(arguments: argparse.Namespace) -> str:
    """Return what is measured, for the head of a table."""
    name = KINDS[arguments.kind].name
    model = f"tiny {name}, a rehearsal" if arguments.rehearse else f"{name}, random weights"
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
