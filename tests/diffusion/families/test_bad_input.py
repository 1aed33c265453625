"""What cannot be drawn is refused before anything is drawn; what is only long can be cancelled."""

import threading
from dataclasses import replace

import pytest
import torch

from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.families.flux1 import Flux1
from blazon.diffusion.sampling.sequence import DiffusionRequest, Progress, RequestCancelled
from blazon.errors import InvalidBrief

from .cases import CASES, call_pipeline, load_pipeline, make_model

REQUEST = DiffusionRequest("a fox", 32, 32, steps=2)
WAIT = 60


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(
    ("field", "value"),
    [("steps", 0), ("steps", -3), ("seed", 2**64), ("seed", -(2**63) - 1), ("width", 33), ("height", 0)],
)
def test_what_cannot_be_drawn_is_refused_by_name(name: str, field: str, value: int) -> None:
    engine = StepEngine(make_model(name), EngineLimits())
    engine.start()
    with pytest.raises(InvalidBrief) as refusal:
        engine.submit(replace(REQUEST, **{field: value}))
    assert refusal.value.field == field
    assert engine.submit(REQUEST).result(WAIT).shape == (32, 32, 3)
    engine.stop()


@pytest.mark.parametrize("seed", [0, 2**63 - 1, 2**63 + 5, 2**64 - 1, -1])
def test_every_seed_that_torch_takes_draws_what_the_pipeline_draws(seed: int) -> None:
    engine = StepEngine(make_model("flux-dev"), EngineLimits())
    engine.start()
    request = replace(REQUEST, seed=seed)
    drawn = torch.from_numpy(engine.submit(request).result(WAIT)).float()
    engine.stop()
    assert (drawn / 255 - call_pipeline("flux-dev", request)).abs().max() <= 1 / 255


@pytest.mark.parametrize("name", CASES)
def test_ten_thousand_steps_begin_and_can_be_cancelled(name: str) -> None:
    engine = StepEngine(make_model(name), EngineLimits())
    engine.start()
    under_way, told = threading.Event(), []

    def listen(progress: Progress) -> None:
        told.append(progress)
        if progress.step == 3:
            under_way.set()

    ticket = engine.submit(replace(REQUEST, steps=10_000), listen)
    assert under_way.wait(WAIT)
    ticket.cancel()
    with pytest.raises(RequestCancelled):
        ticket.result(WAIT)
    assert engine.load == (0, 0)
    engine.stop()
    assert [(each.step, each.steps) for each in told[:3]] == [(1, 10_000), (2, 10_000), (3, 10_000)]


@pytest.mark.parametrize("name", ["flux-schnell", "klein"])
def test_guidance_without_effect_changes_nothing(name: str) -> None:
    model = make_model(name)
    assert not model.takes_guidance
    engine = StepEngine(model, EngineLimits())
    engine.start()
    plain, guided = (
        torch.from_numpy(engine.submit(replace(REQUEST, guidance=scale)).result(WAIT)) for scale in (0.0, 9.0)
    )
    engine.stop()
    assert torch.equal(plain, guided)


def test_a_vae_without_a_shift_shifts_by_nothing() -> None:
    pipeline = load_pipeline("flux-dev")
    model = Flux1(pipeline, name="tiny", device=torch.device("cpu"), max_tokens=16)
    latents, shift = torch.randn(1, 4, 16), pipeline.vae.config.shift_factor
    shifted = model.unpack(latents, 32, 32)
    pipeline.vae.register_to_config(shift_factor=None)
    try:
        assert torch.allclose(model.unpack(latents, 32, 32) + shift, shifted, atol=1e-6)
    finally:
        pipeline.vae.register_to_config(shift_factor=shift)
