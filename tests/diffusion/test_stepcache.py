from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from _fidelity import Drawing, deviation, draw
from diffusers import FluxPipeline

from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.families.batch import Batch
from blazon.diffusion.families.flux1 import Flux1
from blazon.diffusion.sampling.flow_matching import Schedule
from blazon.diffusion.sampling.sequence import DiffusionRequest, Sequence, Ticket
from blazon.diffusion.sampling.skipping import FLUX_FIT, SkipPolicy
from blazon.diffusion.stepping import advance, start_sequence

STEPS = 16
REQUEST = DiffusionRequest("a coffee roastery by the sea", 64, 96, steps=STEPS, seed=11)
PLAIN = SkipPolicy(threshold=0.25, fit=(1.0, 0.0))
WAIT = 60


@pytest.fixture
def model(dev_pipeline: FluxPipeline) -> Flux1:
    model = Flux1(dev_pipeline, name="tiny", device=torch.device("cpu"), max_tokens=64)
    model.skip_policy = SkipPolicy()
    return model


def sequence(model: Flux1, request: DiffusionRequest) -> Sequence:
    return start_sequence(model, Ticket(request), model.encode([request.prompt]))


class Passes:
    """Records how many sequences each forward pass has."""

    def __init__(self, model: Flux1) -> None:
        self.sizes: list[int] = []
        self._velocity = model.velocity
        model.velocity = self._record  # type: ignore[method-assign]

    def _record(self, batch: Batch, *, precise: bool = False) -> torch.Tensor:
        self.sizes.append(len(batch.latents))
        return self._velocity(batch, precise=precise)


def test_steps_are_skipped_until_the_changes_add_up_to_the_threshold() -> None:
    assert PLAIN.schedule([0.1] * 12) == [False, True, True] * 3 + [False, True, False]
    assert not any(PLAIN.schedule([0.3] * 12))


@pytest.mark.parametrize("steps", [12, 13, 28, 50])
def test_the_first_and_the_last_step_are_never_skipped(steps: int) -> None:
    skipped = PLAIN.schedule([0.0] * steps)
    assert skipped == [False, *[True] * (steps - 2), False]


def test_short_schedules_skip_nothing() -> None:
    assert not any(SkipPolicy().schedule([0.0] * 11))


def test_a_full_step_starts_the_sum_anew() -> None:
    assert PLAIN.judge(0.2, 0.04, 5, 20) == (True, pytest.approx(0.24))
    assert PLAIN.judge(0.2, 0.05, 5, 20) == (False, 0.0)


@pytest.mark.parametrize("change", [0.0, 0.03, 0.1, 0.4])
def test_the_foretold_change_is_the_polynomial_of_the_fit(change: float) -> None:
    assert SkipPolicy().foretell(change) == pytest.approx(np.polyval(FLUX_FIT, change))
    assert SkipPolicy(fit=(-1.0, 0.0)).foretell(change) == 0


def test_the_schedule_of_28_steps_is_the_one_in_the_documentation() -> None:
    skipped = SkipPolicy().schedule([0.06] * 28)
    full = [step for step, skips in enumerate(skipped) if not skips]
    assert full == [0, 4, 8, 12, 16, 20, 24, 27]


def test_without_anything_to_skip_the_picture_is_the_same(model: Flux1) -> None:
    model.skip_policy = None
    plain = draw(model, REQUEST)
    model.skip_policy = SkipPolicy(threshold=0)
    cached = draw(model, REQUEST)
    assert not any(cached.skipped)
    assert deviation(plain, cached).largest == 0


def test_skipping_saves_passes_and_stays_near_the_full_picture(model: Flux1) -> None:
    model.skip_policy = None
    plain = draw(model, REQUEST)
    model.skip_policy = SkipPolicy()
    passes = Passes(model)
    cached = draw(model, REQUEST)
    assert len(passes.sizes) == STEPS - sum(cached.skipped) < STEPS / 2
    # Latents are about 1 in size.
    assert deviation(plain, cached).mean < 0.05


def test_a_skipped_step_is_exact_when_nothing_changes(model: Flux1) -> None:
    drawn = sequence(model, REQUEST)
    first = advance(model, [drawn]).velocity
    # The same latents at the same time again: what the blocks added the last time is what they would add.
    again = sequence(model, REQUEST)
    again.memory, again.step = drawn.memory, 1
    plan = again.schedule
    again.schedule = Schedule(torch.cat([plan.sigmas[:1], plan.sigmas]), torch.cat([plan.times[:1], plan.times]))
    passes = Passes(model)
    second = advance(model, [again]).velocity
    assert passes.sizes == []
    assert torch.allclose(first, second, atol=1e-6)


def test_sequences_that_skip_leave_the_batch(model: Flux1) -> None:
    early, late = sequence(model, REQUEST), sequence(model, replace(REQUEST, seed=4))
    advance(model, [early])
    passes = Passes(model)
    advance(model, [early, late])
    assert early.memory.skipped == (False, True)
    assert late.memory.skipped == (False,)
    assert passes.sizes == [1]


def test_a_picture_does_not_depend_on_who_skips_beside_it(model: Flux1) -> None:
    alone = draw(model, REQUEST)
    drawn = sequence(model, REQUEST)
    mates = [
        sequence(model, replace(REQUEST, seed=seed, steps=steps, guidance=seed)) for seed, steps in ((1, 30), (2, 12))
    ]
    for _ in range(3):
        advance(model, mates)
    while not drawn.done:
        advance(model, [mate for mate in mates if not mate.done][:1] + [drawn] + mates[1:2] * (not mates[1].done))
    assert drawn.memory.skipped == alone.skipped
    (picture,) = model.decode(drawn.latents, REQUEST.height, REQUEST.width)
    assert picture is not None
    assert deviation(alone, Drawing(drawn.latents, picture)).largest < 1e-5


def test_running_out_of_memory_changes_no_decision(model: Flux1) -> None:
    alone = draw(model, REQUEST)
    drawn, velocity = sequence(model, REQUEST), model.velocity

    def full(batch: Batch, *, precise: bool = False) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory")

    while not drawn.done:
        model.velocity = full  # type: ignore[method-assign]
        before = drawn.memory
        try:
            advance(model, [drawn])
        except torch.OutOfMemoryError:
            assert drawn.memory is before
            model.velocity = velocity  # type: ignore[method-assign]
            advance(model, [drawn])
    assert drawn.memory.skipped == alone.skipped


@pytest.fixture
def engine(model: Flux1) -> Iterator[StepEngine]:
    engine = StepEngine(model, EngineLimits(running=4, batch=4))
    engine.start()
    yield engine
    engine.stop()


def test_the_engine_draws_with_it(engine: StepEngine) -> None:
    passes = Passes(engine.model)
    tickets = [engine.submit(replace(REQUEST, seed=seed)) for seed in range(4)]
    assert all(ticket.result(WAIT).shape == (96, 64, 3) for ticket in tickets)
    assert sum(passes.sizes) < 4 * STEPS / 2
