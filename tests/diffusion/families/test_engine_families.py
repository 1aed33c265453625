"""Every family through the real engine: it draws what its pipeline's own call draws, alone and among others."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
import torch

from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.families.base import StepModel
from blazon.diffusion.families.batch import Batch
from blazon.diffusion.sampling.sequence import Bitmap, DiffusionRequest, Progress, RequestCancelled
from blazon.errors import GenerationFailed

from .cases import CASES, call_pipeline, make_model

REQUEST = DiffusionRequest("a fox", 64, 32, steps=4, guidance=3.0, seed=3)
MATES = (
    REQUEST,
    replace(REQUEST, prompt="a coffee roastery by the sea", steps=7, guidance=1.0, seed=4),
    replace(REQUEST, prompt="owl", steps=2, guidance=7.0, seed=5, negative_prompt="blurred letters and frames"),
    replace(REQUEST, prompt="", steps=5, guidance=0.0, seed=6),
)
WAIT = 60
CLOSE = 1e-4
ONE_LEVEL = 1

families = pytest.mark.parametrize("name", CASES)


class Pixels:
    """Keeps what the engine's decoder makes of latents, before it is rounded to eight bits."""

    def __init__(self, model: StepModel) -> None:
        self.seen: list[torch.Tensor] = []
        self._decode_raw = model.decode_raw
        model.decode_raw = self._keep  # type: ignore[method-assign]

    def _keep(self, raw: torch.Tensor) -> torch.Tensor:
        pixels = self._decode_raw(raw)
        self.seen += [(row / 2 + 0.5).clamp(0, 1).permute(1, 2, 0) for row in pixels]
        return pixels

    def distance(self, wanted: torch.Tensor) -> float:
        """Return how far the nearest picture is from one."""
        return min(float((seen - wanted).abs().max()) for seen in self.seen if seen.shape == wanted.shape)


@contextmanager
def run(model: StepModel, *, running: int = 4) -> Iterator[StepEngine]:
    engine = StepEngine(model, EngineLimits(running=running, batch=running))
    engine.start()
    try:
        yield engine
    finally:
        engine.stop()


def measure_distance(one: Bitmap, other: Bitmap) -> int:
    return int(np.abs(one.astype(int) - other.astype(int)).max())


@families
@pytest.mark.parametrize("guidance", [0.0, 1.0, 3.5])
def test_a_picture_is_what_the_pipeline_draws(name: str, guidance: float) -> None:
    model = make_model(name)
    pixels = Pixels(model)
    request = replace(REQUEST, guidance=guidance)
    with run(model) as engine:
        drawn = engine.submit(request).result(WAIT)
    expected = call_pipeline(name, request)
    assert expected.std() > 0.005  # a picture that is not flat, so that a wrong one would differ
    assert pixels.distance(expected) <= CLOSE
    assert measure_distance(drawn, (expected * 255).round().numpy()) <= ONE_LEVEL


@families
def test_mates_of_other_steps_guidance_texts_and_arrival_change_nothing(name: str) -> None:
    model = make_model(name)
    pixels = Pixels(model)
    arrived = threading.Event()
    late = replace(REQUEST, prompt="a late guest", seed=9, guidance=2.0, negative_prompt="snow")
    tickets = []
    if not model.takes_negative_prompt:
        late = replace(late, negative_prompt="")
    mates = [replace(mate, negative_prompt=mate.negative_prompt * model.takes_negative_prompt) for mate in MATES]

    def bring_another(progress: Progress) -> None:
        if progress.step == 2 and not arrived.is_set():
            tickets.append(engine.submit(late))
            arrived.set()

    with run(model, running=5) as engine:
        tickets += [engine.submit(mate, bring_another) for mate in mates]
        assert arrived.wait(WAIT)
        for ticket in tickets:
            ticket.result(WAIT)
        assert sum(engine.counters.batch_sizes[3:]) > 0
    for request in (*mates, late):
        assert pixels.distance(call_pipeline(name, request)) <= CLOSE


@families
def test_progress_and_previews_come_for_every_step(name: str) -> None:
    shown: list[Progress] = []
    model = make_model(name)
    with run(model) as engine:
        engine.submit(REQUEST, shown.append, previews=True).result(WAIT)
    scale = model.vae_scale
    size = (REQUEST.height // scale, REQUEST.width // scale, 3)
    assert [(each.step, each.preview is not None and each.preview.shape) for each in shown] == [
        (step, size) for step in (1, 2, 3, 4)
    ]


@families
def test_cancelling_costs_one_step_at_most(name: str) -> None:
    model = make_model(name)
    velocity, passes = model.velocity, 0

    def cancel_at_the_third(batch: Batch, *, precise: bool = False) -> torch.Tensor:
        nonlocal passes
        passes += 1
        if passes == 3:
            ticket.cancel()
        return velocity(batch, precise=precise)

    model.velocity = cancel_at_the_third  # type: ignore[method-assign]
    with run(model) as engine:
        ticket = engine.submit(replace(REQUEST, steps=50))
        with pytest.raises(RequestCancelled):
            ticket.result(WAIT)
        assert engine.load == (0, 0)
    assert passes == 3


@families
def test_numbers_that_overflow_are_drawn_again_in_higher_precision(name: str) -> None:
    model = make_model(name)
    pixels, forward = Pixels(model), model.forward

    def overflow_once(batch: Batch, dtype: torch.dtype) -> torch.Tensor:
        model.forward = forward  # type: ignore[method-assign]
        return forward(batch, dtype) * torch.nan

    model.forward = overflow_once  # type: ignore[method-assign]
    with run(model) as engine:
        engine.submit(REQUEST).result(WAIT)
        assert engine.counters.retried == 1
    assert pixels.distance(call_pipeline(name, REQUEST)) <= CLOSE


@families
def test_a_decoder_that_overflows_gives_no_black_picture(name: str) -> None:
    model = make_model(name)
    decode_raw = model.decode_raw
    model.decode_raw = lambda raw: decode_raw(raw) * torch.nan  # type: ignore[method-assign]
    with run(model) as engine, pytest.raises(GenerationFailed, match="not finite"):
        engine.submit(REQUEST).result(WAIT)


@families
def test_prompts_together_are_encoded_as_they_are_alone(name: str) -> None:
    model = make_model(name)
    prompts = ["a fox", "", "a coffee roastery by the sea"]
    for prompt, together in zip(prompts, model.encode(prompts), strict=True):
        (alone,) = model.encode([prompt])
        assert torch.allclose(together.tokens, alone.tokens, atol=1e-5)
        assert together.pooled is None or torch.allclose(together.pooled, alone.pooled, atol=1e-5)
