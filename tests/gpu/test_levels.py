"""Every level of OPTIMIZE on the GPU, with tiny models: the same pictures, and nothing compiled in service."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pytest
import torch
from _fidelity import deviation, draw
from _gpu import load_tiny

from blazon.diffusion.devices import resolve_device
from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.families.base import StepModel
from blazon.diffusion.optimization.compilation import count_compiled_graphs
from blazon.diffusion.optimization.measures import Level
from blazon.diffusion.optimization.optimize import optimize
from blazon.diffusion.optimization.warmup import warm_up
from blazon.diffusion.sampling.sequence import DiffusionRequest

LIMITS: Final = EngineLimits(running=2, batch=2)
REQUEST: Final = DiffusionRequest("a coffee roastery by the sea", 128, 128, 14, seed=3)
# In dB: rounding in half precision, 8-bit products, skipped steps.
LEAST: Final = {Level.LOSSLESS: 40, Level.FAST: 32, Level.MAX: 28}
FP8: Final = (8, 9)  # compute capability


@pytest.fixture(autouse=True)
def fresh_compiler() -> Iterator[None]:
    """What is compiled, and what may still be, is one state of the whole process."""
    torch._dynamo.reset()
    yield
    torch.compiler.set_stance("default")


@pytest.mark.parametrize("kind", ["dev", "klein", "z-image-turbo"])
@pytest.mark.parametrize("level", LEAST)
def test_a_level_draws_the_same_picture_and_compiles_nothing_in_service(level: Level, kind: str, device: str) -> None:
    reference = draw(load_tiny(kind, resolve_device(device), torch.bfloat16), REQUEST)
    model = load_tiny(kind, resolve_device(device), torch.bfloat16)
    done = optimize(model, level, LIMITS)
    warmed = warm_up(model, [REQUEST.width], prompt="warm")
    print(f"{level}: {done.applied}, {warmed.graphs} pieces compiled in {warmed.seconds:.0f} s")
    assert warmed.problem is None
    assert set(done.applied) >= _list_needed(level, model), done.passed_over
    found = deviation(reference, draw(model, REQUEST))
    print(f"{level}: {found}")
    assert found.psnr >= LEAST[level]
    graphs = count_compiled_graphs()
    pictures, counters = _served(model)
    assert (count_compiled_graphs() - graphs, counters) == (0, 0)
    assert np.abs(pictures[0].astype(int) - pictures[1]).mean() < 4  # the same seed, alone or with another


def _list_needed(level: Level, model: StepModel) -> set[str]:
    """Return the measures that the family has at a level, and every CUDA GPU can take.

    Where a compiler or torchao is missing or broken, the service is only slower.
    """
    needed = {"step cache"} if level is Level.MAX and model.caches_steps else set()
    if model.device.type != "cuda":
        return needed
    if level is not Level.LOSSLESS and torch.cuda.get_device_capability(model.device) >= FP8:
        needed.add("fp8 products")
    if model.fuses_projections:
        needed.add("fused projections")
    if not model.masks_texts:
        needed.add("compiled blocks")
    return needed | {"channels-last VAE"}


def _served(model: StepModel) -> tuple[list[Any], int]:
    """Return the picture alone and beside another one, and how many forward passes ran uncompiled."""
    engine = StepEngine(model, LIMITS)
    engine.start()
    try:
        alone = engine.submit(REQUEST).result(120)
        other = DiffusionRequest("a fox", 128, 128, 9, seed=8)
        together, _ = [engine.submit(request) for request in (REQUEST, other)]
        return [alone, together.result(120)], engine.counters.cold_passes
    finally:
        engine.stop()
