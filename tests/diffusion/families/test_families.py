"""Every family draws what its own pipeline draws: alone, and in passes with others."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from _tiny_models import ALL, QWEN_IMAGE, Z_IMAGE, Tiny

from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.families.base import StepModel
from blazon.diffusion.sequence import Bitmap, DiffusionRequest, Progress, RequestCancelled, Sequence, Ticket
from blazon.diffusion.stepping import advance, start_sequence
from blazon.errors import GenerationFailed

WAIT = 60
REQUEST = DiffusionRequest("a fox", 64, 32, steps=4, guidance=3.0, seed=11)
# Of other lengths of text, steps, guidance and seeds; the second is not guided by Qwen-Image, the third by nobody.
MATES = (
    DiffusionRequest("a coffee roastery by the sea, in blue", 64, 32, steps=6, guidance=6.5, seed=1),
    DiffusionRequest("owl", 64, 32, steps=3, guidance=1.0, seed=2),
    DiffusionRequest("nine ships", 64, 32, steps=5, guidance=0.0, seed=3),
)

every_family = pytest.mark.parametrize("tiny", ALL, ids=lambda tiny: tiny.name)
guided_families = pytest.mark.parametrize("tiny", [tiny for tiny in ALL if tiny.guided], ids=lambda tiny: tiny.name)


def begin(model: StepModel, request: DiffusionRequest) -> Sequence:
    return start_sequence(model, Ticket(request), model.encode(model.list_prompts(request)))


def draw(model: StepModel, request: DiffusionRequest) -> torch.Tensor:
    sequence = begin(model, request)
    while not sequence.done:
        advance(model, [sequence])
    return sequence.latents


def apart(one: Bitmap, other: Any) -> int:
    return int(np.abs(one.astype(int) - (other if other.dtype == np.uint8 else (other * 255).round())).max())


Running = Callable[[StepModel], StepEngine]


@pytest.fixture
def running() -> Iterator[Running]:
    engines = []

    def run(model: StepModel) -> StepEngine:
        engines.append(StepEngine(model, EngineLimits(running=4, batch=4)))
        engines[-1].start()
        return engines[-1]

    yield run
    for engine in engines:
        engine.stop()


@every_family
@pytest.mark.parametrize(
    "request_",
    [
        REQUEST,
        replace(REQUEST, width=32, height=48, steps=7, guidance=1.0),
        replace(REQUEST, width=96, height=64, steps=2, guidance=0.0, prompt="a coffee roastery by the sea"),
    ],
    ids=["guided", "guidance of one", "unguided"],
)
def test_a_family_draws_what_its_pipeline_draws(tiny: Tiny, request_: DiffusionRequest, running: Running) -> None:
    model = tiny.model
    assert torch.allclose(draw(model, request_), tiny.call(request_, "latent"), atol=1e-4)
    picture = running(model).submit(request_).result(WAIT)
    assert picture.shape == (request_.height, request_.width, 3)
    assert apart(picture, tiny.call(request_, "np")) <= 1


@every_family
def test_one_step_makes_a_picture(tiny: Tiny) -> None:
    # The pipeline of Qwen-Image returns nothing finite here: its schedule is stretched over no distance at all.
    assert torch.isfinite(draw(tiny.model, replace(REQUEST, steps=1))).all()


@every_family
def test_batch_mates_of_other_steps_guidance_text_and_arrival_change_nothing(tiny: Tiny) -> None:
    model = tiny.model
    waiting = [begin(model, request) for request in (*MATES, REQUEST)]
    group, drawn = [waiting.pop(0)], {}
    while group:
        advance(model, group)
        drawn |= {sequence.request: sequence.latents for sequence in group if sequence.done}
        group = [sequence for sequence in group if not sequence.done] + waiting[:1]
        del waiting[:1]
    for request in (*MATES, REQUEST):
        assert torch.allclose(drawn[request], tiny.call(request, "latent"), atol=1e-4), request


@every_family
def test_texts_that_are_encoded_together_are_those_of_each_alone(tiny: Tiny) -> None:
    model = tiny.model
    texts = [mate.prompt for mate in MATES]
    for together, text in zip(model.encode(texts), texts, strict=True):
        (alone,) = model.encode([text])
        assert torch.allclose(together.tokens, alone.tokens, atol=1e-5)


@every_family
def test_seed_steps_and_text_have_an_effect(tiny: Tiny) -> None:
    model = tiny.model
    drawn = draw(model, REQUEST)
    for change in ({"seed": 12}, {"steps": 2}, {"prompt": "an owl"}):
        assert (draw(model, replace(REQUEST, **change)) - drawn).abs().max() > 1e-3, change


@every_family
def test_guidance_has_an_effect_where_the_model_says_so(tiny: Tiny) -> None:
    model = tiny.model
    same = torch.equal(draw(model, replace(REQUEST, guidance=9.0)), draw(model, REQUEST))
    assert model.takes_guidance == tiny.guided == (not same)


@every_family
def test_progress_comes_with_a_preview_after_every_step(tiny: Tiny, running: Running) -> None:
    seen: list[Progress] = []
    running(tiny.model).submit(REQUEST, seen.append, previews=True).result(WAIT)
    assert [progress.step for progress in seen] == [1, 2, 3, 4]
    shown = [progress.preview for progress in seen if progress.preview is not None]
    assert len(shown) == REQUEST.steps
    scale = tiny.model.vae_scale
    assert {picture.shape for picture in shown} == {(REQUEST.height // scale, REQUEST.width // scale, 3)}


@every_family
def test_cancelling_ends_a_request_within_one_step(tiny: Tiny, running: Running) -> None:
    model = tiny.model
    forward, passes, entered, go = model.forward, [], threading.Event(), threading.Event()

    def held(*args: Any) -> torch.Tensor:
        passes.append(args)
        entered.set()
        assert go.wait(WAIT)
        return forward(*args)

    model.forward = held  # type: ignore[method-assign]
    ticket = running(model).submit(replace(REQUEST, steps=50))
    assert entered.wait(WAIT)
    ticket.cancel()
    go.set()
    with pytest.raises(RequestCancelled):
        ticket.result(WAIT)
    assert len(passes) == 1


@every_family
@pytest.mark.parametrize("failures", [1, 2], ids=["once", "always"])
def test_numbers_that_are_not_finite_are_drawn_again_and_never_delivered(
    tiny: Tiny, failures: int, running: Running
) -> None:
    model, spoilt = tiny.model, []
    forward = model.forward

    def overflow(*args: Any) -> torch.Tensor:
        velocity = forward(*args)
        if len(spoilt) < failures * REQUEST.steps:
            spoilt.append(velocity)
            return velocity * torch.inf
        return velocity

    model.forward = overflow  # type: ignore[method-assign]
    ticket = running(model).submit(REQUEST)
    if failures == 1:
        assert apart(ticket.result(WAIT), tiny.call(REQUEST, "np")) <= 1
    else:
        with pytest.raises(GenerationFailed, match="not finite"):
            ticket.result(WAIT)


@every_family
def test_pixels_that_are_not_finite_are_never_delivered(tiny: Tiny, running: Running) -> None:
    model = tiny.model
    decode = model.decode_raw
    model.decode_raw = lambda raw: decode(raw) * torch.nan  # type: ignore[method-assign]
    with pytest.raises(GenerationFailed, match="not finite"):
        running(model).submit(REQUEST).result(WAIT)


@pytest.mark.parametrize(("tiny", "most"), [(Z_IMAGE, 0.0), (QWEN_IMAGE, 1.0)], ids=lambda value: str(value))
def test_a_scale_without_effect_costs_no_second_row(tiny: Tiny, most: float) -> None:
    model = tiny.model
    assert len(model.list_prompts(replace(REQUEST, guidance=most))) == 1
    assert model.list_prompts(replace(REQUEST, guidance=most + 0.5)) == (REQUEST.prompt, model.negative_prompt)
