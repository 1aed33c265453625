"""Every scheduler of diffusers in a model's folder: drawn with as the pipeline's own call does, or refused at load."""

from copy import copy
from dataclasses import replace
from functools import partial
from typing import Any, Final

import diffusers.schedulers
import pytest
import torch
from diffusers import FlowMatchEulerDiscreteScheduler
from diffusers.schedulers.scheduling_utils import SchedulerMixin

from blazon.diffusion.families.base import StepModel
from blazon.diffusion.sampling.sequence import DiffusionRequest, Ticket
from blazon.diffusion.stepping import advance, start_sequence
from blazon.errors import ModelUnavailable

from .cases import CASES, call_pipeline, load_pipeline, make_model

REQUEST = DiffusionRequest("a fox", 32, 64, steps=4, guidance=0.0, seed=3)
CLOSE = 1e-4
EULER: Final[tuple[dict[str, Any], ...]] = (
    {"use_karras_sigmas": True},
    {"use_exponential_sigmas": True},
    {"use_dynamic_shifting": True, "time_shift_type": "linear"},
    {"use_dynamic_shifting": True, "shift_terminal": 0.02},
    {"shift": 6.0, "num_train_timesteps": 500},
    {"invert_sigmas": True},
    {"stochastic_sampling": True},
)
WITHOUT_MU: Final = {"ernie"}  # whose pipelines cannot draw by a schedule that depends on the size of the picture
USABLE: Final = {
    "FlowMatchEulerDiscreteScheduler",
    "FlowMatchLCMScheduler",
    "UniPCMultistepScheduler",
    "DPMSolverMultistepScheduler",
    "DPMSolverSinglestepScheduler",
    "DEISMultistepScheduler",
}
FLOW: Final = {
    "use_flow_sigmas": True,
    "prediction_type": "flow_prediction",
    "use_dynamic_shifting": True,
    "time_shift_type": "exponential",
}
NEEDED: Final = {
    "AmusedScheduler": {"mask_token_id": 1},
    "VQDiffusionScheduler": {"num_vec_classes": 4},
}


def list_scheduler_classes() -> list[str]:
    found = (getattr(diffusers.schedulers, name, None) for name in dir(diffusers.schedulers))
    classes = {
        each.__name__
        for each in found
        if isinstance(each, type) and issubclass(each, SchedulerMixin) and each is not SchedulerMixin
    }
    return sorted(classes - {"RFD4ProteinaScheduler"})  # of molecules: it cannot be made without knowing them


def with_scheduler(name: str, scheduler: Any) -> Any:
    pipeline = copy(load_pipeline(name))
    pipeline.scheduler = scheduler
    return pipeline


def draw_together(model: StepModel) -> list[torch.Tensor]:
    """Return the pixels (h, w, 3) in 0..1 of the request, and of a mate of more steps that joins after its first."""
    first, mate = (
        start_sequence(model, Ticket(request), model.encode(model.list_prompts(request)))
        for request in (REQUEST, replace(REQUEST, steps=6, seed=5))
    )
    with torch.inference_mode():
        advance(model, [first])
        while not (first.done and mate.done):
            advance(model, [sequence for sequence in (first, mate) if not sequence.done])
        raw = [model.unpack(each.latents, REQUEST.height, REQUEST.width) for each in (first, mate)]
        return [(model.decode_raw(each)[0] / 2 + 0.5).clamp(0, 1).permute(1, 2, 0) for each in raw]


def draw_by_call(name: str, scheduler: Any) -> list[torch.Tensor]:
    """Return what the pipeline's own call draws; noise of the scheduler comes from the generator of the first noise."""
    pictures = []
    for request in (REQUEST, replace(REQUEST, steps=6, seed=5)):
        fresh = type(scheduler).from_config(scheduler.config)
        pipeline, randn = with_scheduler(name, fresh), torch.Generator().manual_seed(request.seed)
        if "generator" in fresh.step.__code__.co_varnames:
            fresh.step = partial(fresh.step, generator=randn)
        pictures.append(call_pipeline(name, request, pipeline, generator=randn))
    return pictures


def check(name: str, scheduler: Any) -> bool:
    """Draw with a scheduler both ways; return whether it was refused. Never may the two differ."""
    try:
        expected = draw_by_call(name, scheduler)
    except Exception:  # noqa: BLE001 - whatever the pipeline's own call raises
        expected = []
    if not expected:
        with pytest.raises(ModelUnavailable, match=type(scheduler).__name__):
            make_model(name, with_scheduler(name, scheduler))
        return True
    for drawn, wanted in zip(draw_together(make_model(name, with_scheduler(name, scheduler))), expected, strict=True):
        assert torch.allclose(drawn, wanted, atol=CLOSE, equal_nan=True)
    return False


@pytest.mark.filterwarnings("ignore:__array:DeprecationWarning")
@pytest.mark.parametrize("kind", list_scheduler_classes())
def test_a_scheduler_is_honoured_or_refused_with_its_name(kind: str) -> None:
    made, needed = getattr(diffusers.schedulers, kind), NEEDED.get(kind, {})
    refused = [check("flux-dev", made.from_config({**needed, **config})) for config in ({}, FLOW)]
    assert kind not in USABLE or not all(refused)


@pytest.mark.parametrize("config", EULER, ids=lambda config: "-".join(config))
def test_every_configuration_of_flow_match_euler_is_honoured(config: dict[str, Any]) -> None:
    assert not check("flux-dev", FlowMatchEulerDiscreteScheduler(**config))


@pytest.mark.parametrize("name", CASES)
def test_every_family_honours_schedulers_that_remember_or_draw_noise(name: str) -> None:
    from diffusers import FlowMatchLCMScheduler, UniPCMultistepScheduler

    assert not check(name, FlowMatchEulerDiscreteScheduler(stochastic_sampling=True, shift=5.0))
    assert not check(name, FlowMatchLCMScheduler())
    # The pipeline of Z-Image hands UniPC a list, which that cannot shift; the engine draws with it all the same.
    if not name.startswith("z-image"):
        assert check(name, UniPCMultistepScheduler(**FLOW)) is (name in WITHOUT_MU)


@pytest.mark.filterwarnings("ignore:.*encountered in divide:RuntimeWarning")
def test_a_schedule_that_is_not_finite_is_blamed_on_the_scheduler_and_not_on_weights() -> None:
    with pytest.raises(ModelUnavailable, match=r"FlowMatchEulerDiscreteScheduler \(its sigmas are not finite"):
        make_model("z-image", with_scheduler("z-image", FlowMatchEulerDiscreteScheduler(shift=0.0)))
