"""What requests can expect of a family: each of their wishes has an effect, or the model says that it has none."""

import math
from copy import copy
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from diffusers import FlowMatchEulerDiscreteScheduler

from blazon.diffusion.catalogue.inspection import ModelSource, inspect_model
from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.families import find_family
from blazon.diffusion.families.base import StepModel
from blazon.diffusion.sampling.sequence import DiffusionRequest, Ticket
from blazon.diffusion.stepping import advance, start_sequence
from blazon.errors import InvalidBrief

from .cases import CASES, load_pipeline, make_model

REQUEST = DiffusionRequest("a fox", 64, 32, steps=4, guidance=3.0, seed=11)
families = pytest.mark.parametrize("name", CASES)


def draw(model: StepModel, request: DiffusionRequest) -> torch.Tensor:
    sequence = start_sequence(model, Ticket(request), model.encode(model.list_prompts(request)))
    while not sequence.done:
        advance(model, [sequence])
    return sequence.latents


@families
def test_seed_steps_and_text_have_an_effect(name: str) -> None:
    model = make_model(name)
    drawn = draw(model, REQUEST)
    for change in ({"seed": 12}, {"steps": 2}, {"prompt": "an owl"}):
        # Ten times what two ways to the same picture may differ by.
        assert (draw(model, replace(REQUEST, **change)) - drawn).abs().max() > 1e-3, change


@families
def test_guidance_has_an_effect_where_the_model_says_so(name: str) -> None:
    model = make_model(name)
    same = torch.equal(draw(model, replace(REQUEST, guidance=9.0)), draw(model, REQUEST))
    assert model.takes_guidance != same


@families
def test_a_negative_prompt_has_an_effect_or_is_refused(name: str) -> None:
    model = make_model(name)
    avoiding = replace(REQUEST, negative_prompt="an owl")
    engine = StepEngine(model, EngineLimits())
    assert engine.capabilities.negative_prompt == (name in {"klein-base", "z-image", "qwen-image", "chroma", "ernie"})
    if engine.capabilities.negative_prompt:
        assert (draw(model, avoiding) - draw(model, REQUEST)).abs().max() > 1e-3
        complaint = f"has no effect on {name} with guidance 0; leave it out or raise guidance"
    else:
        complaint = f"cannot be told to {name}"
    with pytest.raises(InvalidBrief, match=complaint):
        engine.submit(replace(avoiding, guidance=0.0))


@families
def test_one_step_makes_a_picture(name: str) -> None:
    # The pipeline of Qwen-Image returns nothing finite here: its schedule is stretched over no distance at all.
    assert torch.isfinite(draw(make_model(name), replace(REQUEST, steps=1))).all()


@pytest.mark.parametrize(("name", "most"), [("klein-base", 1.0), ("z-image", 0.0), ("qwen-image", 1.0)])
def test_a_scale_without_effect_costs_no_second_row(name: str, most: float) -> None:
    model = make_model(name)
    assert len(model.list_prompts(replace(REQUEST, guidance=most))) == 1
    assert model.list_prompts(replace(REQUEST, guidance=most + 0.5)) == (REQUEST.prompt, model.negative_prompt)


@pytest.mark.parametrize(("name", "swapped"), [("z-image", False), ("z-image-turbo", True)])
def test_turbo_is_known_by_its_name_where_its_scheduler_was_swapped(name: str, swapped: bool) -> None:
    pipeline = copy(load_pipeline("z-image-turbo"))
    family = find_family(type(pipeline).__name__)
    assert family is not None
    if swapped:
        pipeline.scheduler = FlowMatchEulerDiscreteScheduler(shift=5.0)
    assert not family(pipeline, name=name, device=torch.device("cpu")).takes_guidance


@pytest.mark.filterwarnings("ignore:.*FluxPosEmbed:FutureWarning")
@pytest.mark.parametrize("name", CASES)
def test_the_plan_has_two_rows_for_what_can_be_guided_by_a_second_one(name: str, tmp_path: Path) -> None:
    info = inspect_model(ModelSource(CASES[name].save(tmp_path / name)))
    assert (info.size.rows == 2) == make_model(name).guides(math.inf)
