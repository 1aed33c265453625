"""Speed switches: what each level of `OPTIMIZE` does to a loaded model.

- `off`: nothing.
- `lossless`: the same arithmetic, rounded elsewhere: compiled blocks, the fastest attention present,
  fused projections, a channels-last VAE, kept rotary embeddings.
- `fast`: also 8-bit matrix products, fp8 where the GPU has it.
- `max`: also the step cache.

Whatever cannot be done here is left out and named in one log line; the model always runs.
"""

import math
from typing import Final

import structlog
import torch
from torch import nn

from blazon.diffusion.engine import EngineLimits
from blazon.diffusion.families.base import StepModel
from blazon.diffusion.optimization import attention
from blazon.diffusion.optimization.compilation import Compiler, compile_blocks
from blazon.diffusion.optimization.eight_bits import is_plain, use_eight_bits
from blazon.diffusion.optimization.measures import Level, NotPossible, OptimizeReport
from blazon.diffusion.optimization.rotary import keep_rotary_embeddings
from blazon.diffusion.sampling.skipping import SkipPolicy

log = structlog.get_logger(__name__)

_REGISTER: Final = 16  # float32 numbers in a register of AVX-512


def optimize(
    model: StepModel, level: str, limits: EngineLimits, *, adapters: bool = False, backend: str | Compiler | None = None
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
    report: OptimizeReport, model: StepModel, limits: EngineLimits, adapters: bool, backend: str | Compiler | None
) -> None:
    """Take the measures of a level, in an order in which none undoes or misses another."""
    if not adapters:
        report.attempt("fused projections", lambda: _fuse(model))
    if report.level in (Level.FAST, Level.MAX):
        report.attempt("8-bit products", lambda: use_eight_bits(model))
    report.attempt("attention", lambda: _use_fastest_attention(model))
    report.attempt("channels-last VAE", lambda: _use_channels_last(model))
    report.attempt("rotary embeddings", lambda: keep_rotary_embeddings(model))
    report.attempt("TF32", lambda: _use_tf32(model))
    report.attempt("compiled blocks", lambda: compile_blocks(model, _find_most_rows(model, limits), backend))
    if report.level is Level.MAX:
        report.attempt("step cache", lambda: _cache_steps(model))


def _find_most_rows(model: StepModel, limits: EngineLimits) -> int:
    """Return the rows of the largest batch: a sequence that guidance gives a second one is drawn whatever the limit."""
    each = 2 if model.guides(math.inf) else 1
    return max(each, min(limits.batch, limits.running * each))


def _is_offloaded(model: StepModel) -> bool:
    """Say whether hooks of accelerate or diffusers bring weights to the device when a module is called."""
    return any(hasattr(module, "_hf_hook") or _is_hooked(module) for module in model.transformer.modules())


def _is_hooked(module: nn.Module) -> bool:
    """Say whether diffusers hooks a module; calling a pipeline leaves an empty register of hooks behind."""
    register = getattr(module, "_diffusers_hook", None)
    return register is not None and bool(register.hooks)


def _fuse(model: StepModel) -> str:
    """Compute query, key and value in one matrix product; the single matrices are let go."""
    if not model.fuses_projections:
        raise NotPossible(f"the attention of {type(model.transformer).__name__} reads each projection by itself")
    modules = [
        module
        for module in model.transformer.modules()
        # The single blocks of FLUX.2 have the method, and have been fused from the start.
        if hasattr(module, "fuse_projections") and hasattr(module, "to_q") and not module.fused_projections
    ]
    if not all(is_plain(module.to_q) for module in modules):
        raise NotPossible("the weights are quantised")
    for module in modules:
        module.fuse_projections()
        for name in ("to_q", "to_k", "to_v"):
            delattr(module, name)
        if hasattr(module, "to_added_qkv"):
            for name in ("add_q_proj", "add_k_proj", "add_v_proj"):
                delattr(module, name)
    return "fused projections"


def _use_fastest_attention(model: StepModel) -> str:
    if model.masks_texts:
        raise NotPossible("its texts are masked, which the plain attention alone computes everywhere")
    return f"{attention.use_fastest(model.transformer)} attention"


def _use_channels_last(model: StepModel) -> str:
    if any(weights.ndim > 4 for weights in model.vae.parameters()):
        raise NotPossible("its VAE is one of films")
    channels = max((len(weights) for weights in model.vae.parameters() if weights.ndim == 4), default=0)
    if model.device.type == "cpu" and channels < _REGISTER:
        raise NotPossible("its VAE has fewer channels than a CPU reads at once")
    model.vae.to(memory_format=torch.channels_last)
    return "channels-last VAE"


def _use_tf32(model: StepModel) -> str:
    """Let what is left in float32 beside a half-precision model use TF32, which is still the finer of the two."""
    if model.device.type != "cuda" or model.dtype is torch.float32:
        raise NotPossible("only beside half precision on CUDA")
    torch.set_float32_matmul_precision("high")
    return "TF32"


def _cache_steps(model: StepModel) -> str:
    if not model.caches_steps:
        raise NotPossible(f"it knows the ends of other transformers than {type(model.transformer).__name__}")
    model.skip_policy = SkipPolicy()
    return "step cache"
