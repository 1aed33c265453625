"""Speed switches: what each level of `OPTIMIZE` does to a loaded model.

- `off`: nothing.
- `lossless`: the same arithmetic, rounded elsewhere: compiled blocks, the fastest attention present,
  fused projections, a channels-last VAE.
- `fast`: also 8-bit matrix products, fp8 where the GPU has it.
- `max`: also the step cache.

Whatever cannot be done here is left out and named in one log line; the model always runs.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import structlog
import torch
from torch import nn

from blazon.diffusion import attention
from blazon.diffusion.buckets import Buckets
from blazon.diffusion.engine import EngineLimits
from blazon.diffusion.flux import FluxModel
from blazon.diffusion.stepcache import StepCache

log = structlog.get_logger(__name__)

# Compiled variants that torch may keep of one block: buckets x sizes x layouts of its inputs.
_VARIANTS: Final = 512


Compiler = Callable[..., Any]


class Level(StrEnum):
    """How far to go for speed; each level includes those before it."""

    OFF = "off"
    LOSSLESS = "lossless"
    FAST = "fast"
    MAX = "max"


class NotPossible(Exception):
    """A measure cannot be taken here; the message says why."""


@dataclass(slots=True)
class OptimizeReport:
    """What was done to a model.

    Args:
        applied: the measures in force, in the order in which they were taken.
        passed_over: measures that could not be taken, and why.
    """

    level: Level
    applied: list[str] = field(default_factory=list)
    passed_over: dict[str, str] = field(default_factory=dict)

    def attempt(self, measure: str, take: Callable[[], str]) -> None:
        """Take a measure; `take` returns how it is called in the report."""
        try:
            self.applied.append(take())
        except NotPossible as reason:
            self.passed_over[measure] = str(reason)
        except Exception as error:  # noqa: BLE001  # speed is optional: whatever a library raises, go on without
            self.passed_over[measure] = in_one_line(error)


def in_one_line(error: Exception) -> str:
    """Return a library's error as the end of a log line; those of compilers fill pages."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]


def optimize(
    model: FluxModel, level: str, limits: EngineLimits, *, adapters: bool = False, backend: str | Compiler | None = None
) -> OptimizeReport:
    """Make a loaded model faster, before its engine starts; follow with `warm_up`.

    Args:
        level: one of `Level`.
        limits: of the engine; its largest possible batch is the largest bucket.
        adapters: LoRA files will be loaded: projections stay apart, because the files name each of them.
        backend: of `torch.compile`; if not given, torch's own on CUDA, and none elsewhere.
    """
    report = OptimizeReport(Level(level))
    if report.level is Level.OFF:
        return report
    if _is_offloaded(model):
        report.passed_over["everything"] = "the model does not stay on the device"
    else:
        _take_measures(report, model, limits, adapters, backend)
    log.info("speed switches", level=report.level, applied=report.applied, passed_over=report.passed_over)
    return report


def _take_measures(
    report: OptimizeReport, model: FluxModel, limits: EngineLimits, adapters: bool, backend: str | Compiler | None
) -> None:
    """Take the measures of a level, in an order in which none undoes or misses another."""
    if not adapters:
        report.attempt("fused projections", lambda: _fuse(model))
    if report.level in (Level.FAST, Level.MAX):
        report.attempt("8-bit products", lambda: _quantize(model))
    report.attempt("attention", lambda: f"{attention.use_fastest(model.transformer)} attention")
    report.attempt("channels-last VAE", lambda: _channels_last(model))
    report.attempt("TF32", lambda: _tf32(model))
    report.attempt("compiled blocks", lambda: _compile(model, min(limits.batch, limits.running), backend))
    if report.level is Level.MAX:
        report.attempt("step cache", lambda: _cache_steps(model))


def _is_offloaded(model: FluxModel) -> bool:
    """Say whether hooks of accelerate or diffusers bring weights to the device when a module is called."""
    modules = model.transformer.modules()
    return any(hasattr(module, "_hf_hook") or hasattr(module, "_diffusers_hook") for module in modules)


def _fuse(model: FluxModel) -> str:
    """Compute query, key and value in one matrix product; the single matrices are let go."""
    modules = [
        module
        for module in model.transformer.modules()
        if hasattr(module, "fuse_projections") and not module.fused_projections
    ]
    if not all(_is_plain(module.to_q) for module in modules):
        raise NotPossible("the weights are quantised")
    for module in modules:
        module.fuse_projections()
        for name in ("to_q", "to_k", "to_v"):
            delattr(module, name)
        if hasattr(module, "to_added_qkv"):
            for name in ("add_q_proj", "add_k_proj", "add_v_proj"):
                delattr(module, name)
    return "fused projections"


def _is_plain(module: Any) -> bool:
    """Say whether a module is a linear layer whose weight is an ordinary tensor of numbers."""
    return (
        type(module) is nn.Linear and type(module.weight) is nn.Parameter and type(module.weight.data) is torch.Tensor
    )


def _quantize(model: FluxModel) -> str:
    """Multiply with 8-bit numbers in the blocks; what enters and leaves the transformer stays as it is.

    Scales are taken for each row, never for a whole batch: a picture must not depend on its batch mates.
    """
    from torchao.quantization import quantize_

    layers = [
        name
        for name, module in model.transformer.named_modules()
        if "transformer_blocks" in name and "norm" not in name and _is_plain(module) and _in_sixteens(module)
    ]
    if not layers:
        raise NotPossible("no layer of the model is unquantised and wide enough")
    wanted = frozenset(layers)
    name, config = _precision(model)
    quantize_(model.transformer, config, filter_fn=lambda _, layer: layer in wanted)
    return name


def _in_sixteens(layer: nn.Linear) -> bool:
    return layer.in_features % 16 == 0 and layer.out_features % 16 == 0


def _precision(model: FluxModel) -> tuple[str, Any]:
    from torchao.quantization import (
        Float8DynamicActivationFloat8WeightConfig,
        Int8DynamicActivationInt8WeightConfig,
        Int8WeightOnlyConfig,
        PerRow,
    )

    if model.device.type == "cuda" and model.dtype is torch.bfloat16:
        capability = torch.cuda.get_device_capability(model.device)
        if capability >= (8, 9):
            return "fp8 products", Float8DynamicActivationFloat8WeightConfig(granularity=PerRow())
        if capability >= (8, 0):
            return "int8 products", Int8DynamicActivationInt8WeightConfig()
    if model.device.type in ("cuda", "cpu"):
        return "int8 weights", Int8WeightOnlyConfig(set_inductor_config=False)
    raise NotPossible(f"not on {model.device.type}")


def _channels_last(model: FluxModel) -> str:
    model.vae.to(memory_format=torch.channels_last)
    return "channels-last VAE"


def _tf32(model: FluxModel) -> str:
    """Let what is left in float32 beside a half-precision model use TF32, which is still the finer of the two."""
    if model.device.type != "cuda" or model.dtype is torch.float32:
        raise NotPossible("only beside half precision on CUDA")
    torch.set_float32_matmul_precision("high")
    return "TF32"


def _compile(model: FluxModel, largest_batch: int, backend: str | Compiler | None) -> str:
    """Compile the repeated blocks, one kind once for all of them, for fixed batch buckets."""
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


def undo_compile(model: FluxModel) -> None:
    """Run the blocks as they were before they were compiled."""
    for module in model.transformer.modules():
        module._compiled_call_impl = None
    model.buckets = None


def _cache_steps(model: FluxModel) -> str:
    model.step_cache = StepCache()
    return "step cache"
