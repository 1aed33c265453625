"""The measures for speed and the precise pass, on every family: taken, or passed over with a reason."""

import copy
from dataclasses import replace
from typing import Any

import pytest
import torch

from blazon.diffusion.engine import EngineLimits
from blazon.diffusion.families.base import StepModel
from blazon.diffusion.optimization.measures import NotPossible
from blazon.diffusion.optimization.optimize import optimize
from blazon.diffusion.optimization.rotary import keep_rotary_embeddings
from blazon.diffusion.optimization.warmup import warm_up
from blazon.diffusion.sampling.sequence import DiffusionRequest, Sequence, Ticket
from blazon.diffusion.stepping import advance, gather_batch, start_sequence

from .cases import CASES, load_pipeline, make_model

REQUEST = DiffusionRequest("a fox", 32, 64, steps=3, guidance=4.0, seed=3)
LIMITS = EngineLimits(running=2, batch=2)
ROTARY = {"flux-dev", "flux-schnell", "klein", "klein-base", "chroma", "ernie"}  # find them by positions alone
families = pytest.mark.parametrize("name", CASES)


def copy_pipeline(name: str) -> Any:
    pipeline = copy.copy(load_pipeline(name))
    pipeline.transformer, pipeline.vae = copy.deepcopy(pipeline.transformer), copy.deepcopy(pipeline.vae)
    return pipeline


def start(model: StepModel, request: DiffusionRequest = REQUEST) -> list[Sequence]:
    requests = (request, replace(request, prompt="a coffee roastery", guidance=0.0, seed=5))
    return [start_sequence(model, Ticket(each), model.encode(model.list_prompts(each))) for each in requests]


def draw(model: StepModel, request: DiffusionRequest = REQUEST) -> torch.Tensor:
    group = start(model, request)
    with torch.inference_mode():
        while not group[0].done:
            advance(model, group)
    return torch.cat([sequence.latents for sequence in group]).float()


@families
def test_lossless_measures_change_nothing(name: str) -> None:
    plain, model = make_model(name), make_model(name, copy_pipeline(name))
    report = optimize(model, "lossless", LIMITS, backend="eager")
    assert not any("Error" in reason for reason in report.passed_over.values())
    assert "channels-last VAE" in report.applied or "channels-last VAE" in report.passed_over
    warmed = warm_up(model, [32], prompt="a", steps=1)
    assert warmed.problem is None
    torch.compiler.set_stance("default")
    assert torch.allclose(draw(model), draw(plain), atol=1e-4)


@families
def test_kept_rotary_embeddings_change_not_a_bit(name: str) -> None:
    plain, model = make_model(name), make_model(name, copy_pipeline(name))
    computed: list[torch.Tensor] = []
    try:
        keep_rotary_embeddings(model)
    except NotPossible:
        assert name not in ROTARY
        return
    assert name in ROTARY
    compute = model.transformer.pos_embed.forward._compute
    model.transformer.pos_embed.forward._compute = lambda ids: (computed.append(ids), compute(ids))[1]
    counts = []
    for width, height in ((32, 64), (64, 32), (32, 64)):
        assert torch.equal(*(draw(each, replace(REQUEST, width=width, height=height)) for each in (model, plain)))
        counts.append(len(computed))
    assert 0 < counts[0] < counts[1] == counts[2]


@families
def test_the_step_cache_is_taken_or_passed_over(name: str) -> None:
    model = make_model(name, copy_pipeline(name))
    report = optimize(model, "max", LIMITS)
    assert ("step cache" in report.applied) == model.caches_steps == (model.skip_policy is not None)
    assert not any("Error" in reason for reason in report.passed_over.values())
    assert torch.isfinite(draw(model)).all()


@families
def test_a_precise_pass_of_half_weights_is_one_in_float32(name: str) -> None:
    narrow = copy_pipeline(name)
    narrow.transformer.to(torch.bfloat16)
    wide = copy.copy(narrow)
    wide.transformer = copy.deepcopy(narrow.transformer).float()
    expected = make_model(name, wide)
    batch = gather_batch(start(expected))
    model = make_model(name, narrow)
    # Z-Image rounds the embedding of the time as its weights are, whatever they are used in.
    assert torch.allclose(model.velocity(batch, precise=True), expected.velocity(batch), atol=2e-3)
    assert model.transformer.dtype is torch.bfloat16
