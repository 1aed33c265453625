"""Compilation: the blocks of a transformer as fused kernels, made during warm-up and never in service."""

import os
import shutil
from collections.abc import Callable
from typing import Any, Final

import torch
from torch._dynamo.utils import counters

from blazon.diffusion.buckets import Buckets
from blazon.diffusion.families.base import StepModel
from blazon.diffusion.optimization.measures import NotPossible

Compiler = Callable[..., Any]

# Compiled variants that torch may keep of one block: buckets x sizes x layouts of its inputs.
_VARIANTS: Final = 512


def compile_blocks(model: StepModel, largest_batch: int, backend: str | Compiler | None) -> str:
    """Compile the repeated blocks, one kind once for all of them, for fixed batch buckets; return the measure's name.

    Args:
        largest_batch: of the engine; the largest bucket.
        backend: of `torch.compile`; if not given, torch's own on CUDA, and none elsewhere.

    Raises:
        NotPossible: nothing can be compiled here, or it would not pay.
    """
    if model.varies_texts:
        raise NotPossible("its texts have any length, and each would be compiled by itself")
    if backend is None and model.device.type == "cpu":
        # Measured on the tiny model: a minute at the start, and no more pictures a second.
        raise NotPossible("on a CPU compiling takes longer than it saves")
    backend = backend or "inductor"
    if backend == "inductor":
        _demand_compiler(model.device)
    torch._dynamo.config.recompile_limit = max(torch._dynamo.config.recompile_limit, _VARIANTS)
    torch._dynamo.config.accumulated_recompile_limit = max(
        torch._dynamo.config.accumulated_recompile_limit, 4 * _VARIANTS
    )
    model.transformer.compile_repeated_blocks(fullgraph=True, dynamic=False, backend=backend)
    model.buckets = Buckets(largest_batch)
    return "compiled blocks"


def _demand_compiler(device: torch.device) -> None:
    if device.type not in ("cuda", "cpu"):
        raise NotPossible(f"not on {device.type}")
    # Inductor writes C++ for a CPU; for CUDA, Triton builds its launcher in C.
    language, variable, names = (
        ("C++", "CXX", ("g++", "clang++")) if device.type == "cpu" else ("C", "CC", ("gcc", "clang"))
    )
    if not any(name and shutil.which(name) for name in (os.environ.get(variable), *names)):
        raise NotPossible(f"no {language} compiler is installed")
    if device.type == "cuda" and not torch.utils._triton.has_triton():
        raise NotPossible("Triton is not installed")


def undo_compile(model: StepModel) -> None:
    """Run the blocks as they were before they were compiled."""
    for module in model.transformer.modules():
        module._compiled_call_impl = None
    model.buckets = None


def count_compiled_graphs() -> int:
    """Return how many pieces of code `torch.compile` has compiled in this process; must stand still in service."""
    return int(counters["stats"]["unique_graphs"])
