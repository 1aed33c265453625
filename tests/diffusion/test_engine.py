import threading
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from diffusers import FluxPipeline

from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.families.batch import Batch
from blazon.diffusion.families.flux1 import Flux1
from blazon.diffusion.sampling.conditioning import Conditioning
from blazon.diffusion.sampling.sequence import Bitmap, DiffusionRequest, Progress, RequestCancelled
from blazon.errors import DeadlineExceeded, EngineStopped, GenerationFailed

REQUEST = DiffusionRequest("a coffee roastery by the sea", 64, 96, steps=5, guidance=3.5, seed=11)
WAIT = 60
# Bitmaps are rounded to 1/255: equal pictures differ by one level at most.
ONE_LEVEL = 1


def apart(one: Bitmap, other: Bitmap) -> int:
    return int(np.abs(one.astype(int) - other.astype(int)).max())


class Gate:
    """Holds the model before a forward pass, so that a test decides when the engine steps."""

    def __init__(self, model: Flux1) -> None:
        self.model, self.velocity = model, model.velocity
        self.entered, self.open = threading.Semaphore(0), threading.Semaphore(0)
        self.sizes: list[int] = []
        model.velocity = self._held  # type: ignore[method-assign]

    def _held(self, batch: Batch, *, precise: bool = False) -> torch.Tensor:
        self.sizes.append(len(batch.latents))
        self.entered.release()
        assert self.open.acquire(timeout=WAIT)
        return self.velocity(batch, precise=precise)

    def step(self, times: int = 1) -> None:
        for _ in range(times):
            assert self.entered.acquire(timeout=WAIT)
            self.open.release()


@pytest.mark.parametrize("kind", ["dev_pipeline", "schnell_pipeline"])
@pytest.mark.parametrize(
    ("height", "width", "steps", "guidance"), [(64, 64, 4, 3.5), (96, 64, 7, 1.0), (64, 128, 1, 7.0)]
)
def test_the_engine_draws_what_the_pipeline_draws(
    kind: str, height: int, width: int, steps: int, guidance: float, request: pytest.FixtureRequest
) -> None:
    pipeline: FluxPipeline = request.getfixturevalue(kind)
    latents: list[torch.Tensor] = []
    model = Flux1(pipeline, name="tiny", device=torch.device("cpu"), max_tokens=64)
    decode = model.decode
    model.decode = lambda tokens, *size: (latents.append(tokens), decode(tokens, *size))[1]  # type: ignore[method-assign]
    engine = StepEngine(model, EngineLimits())
    engine.start()
    drawn = engine.submit(DiffusionRequest("a fox", width, height, steps, guidance, seed=3)).result(WAIT)
    engine.stop()
    call = {
        "prompt": "a fox",
        "height": height,
        "width": width,
        "num_inference_steps": steps,
        "guidance_scale": guidance,
        "max_sequence_length": 64,
    }
    expected = pipeline(**call, generator=torch.Generator().manual_seed(3), output_type="latent").images
    assert torch.allclose(latents[0], expected, atol=1e-4)
    picture = pipeline(**call, generator=torch.Generator().manual_seed(3), output_type="np").images[0]
    assert apart(drawn, (picture * 255).round()) <= ONE_LEVEL


def test_a_picture_does_not_depend_on_its_batch_mates_or_on_when_it_joined(engine: StepEngine) -> None:
    alone = engine.submit(REQUEST).result(WAIT)
    mates = [replace(REQUEST, seed=seed, steps=steps, guidance=seed) for seed, steps in ((1, 9), (2, 3), (3, 6))]
    gate = Gate(engine.model)
    tickets = [engine.submit(mate) for mate in mates]
    gate.step(2)
    late = engine.submit(REQUEST)
    tickets[0].cancel()
    for _ in range(40):
        if late.settled:
            break
        gate.open.release()
        time.sleep(0.01)
    assert apart(late.result(WAIT), alone) <= ONE_LEVEL
    assert max(gate.sizes) >= 3


def test_requests_of_one_shape_share_forward_passes_and_others_take_turns(engine: StepEngine) -> None:
    gate = Gate(engine.model)
    tickets = [engine.submit(replace(REQUEST, seed=seed, width=width)) for seed, width in ((1, 64), (2, 64), (3, 96))]
    for _ in range(30):
        gate.open.release()
    for ticket in tickets:
        ticket.result(WAIT)
    assert 2 in gate.sizes
    # The lone shape is never passed over for long: its turn comes at least every second step.
    assert "2222" not in "".join(map(str, gate.sizes[2:10]))


def test_a_guided_sequence_counts_as_the_two_rows_that_it_takes(engine: StepEngine) -> None:
    rows: list[int] = []
    model, largest = engine.model, engine.limits.batch
    forward = model.forward
    model.forward = lambda batch, dtype: (rows.append(len(batch)), forward(batch, dtype))[1]  # type: ignore[method-assign]
    model.guides = lambda scale: scale > 1  # type: ignore[method-assign]
    scales = (5.0, 5.0, 5.0, 1.0, 1.0, 5.0, 1.0, 5.0)
    wishes = [replace(REQUEST, seed=seed, steps=20, guidance=scale) for seed, scale in enumerate(scales)]
    for ticket in [engine.submit(wish) for wish in wishes]:
        ticket.result(WAIT)
    assert max(rows) == largest


def test_what_is_guided_alone_is_drawn_even_if_it_is_more_than_a_batch(dev_pipeline: FluxPipeline) -> None:
    model = Flux1(dev_pipeline, name="tiny", device=torch.device("cpu"), max_tokens=64)
    model.guides = lambda _: True  # type: ignore[method-assign]
    engine = StepEngine(model, EngineLimits(batch=1))
    engine.start()
    engine.submit(REQUEST).result(WAIT)
    engine.stop()


def test_a_short_request_overtakes_a_long_one(engine: StepEngine) -> None:
    long = engine.submit(replace(REQUEST, steps=600))
    short = engine.submit(replace(REQUEST, steps=2, seed=5))
    short.result(WAIT)
    assert not long.settled
    long.cancel()
    with pytest.raises(RequestCancelled):
        long.result(WAIT)


def test_cancelling_frees_the_place_within_one_step(engine: StepEngine) -> None:
    gate = Gate(engine.model)
    ticket = engine.submit(replace(REQUEST, steps=50))
    gate.step(2)
    ticket.cancel()
    # The step that may be under way ends; there is no other.
    gate.open.release()
    with pytest.raises(RequestCancelled):
        ticket.result(WAIT)
    assert len(gate.sizes) <= 3
    assert engine.load == (0, 0)


def test_a_request_whose_time_is_over_stops(engine: StepEngine) -> None:
    ticket = engine.submit(replace(REQUEST, steps=100, deadline=time.monotonic() + 0.02))
    with pytest.raises(DeadlineExceeded):
        ticket.result(WAIT)
    waiting = engine.submit(replace(REQUEST, deadline=time.monotonic() - 1))
    with pytest.raises(DeadlineExceeded):
        waiting.result(WAIT)


def test_progress_and_previews_come_for_every_step(engine: StepEngine) -> None:
    seen: list[Progress] = []
    engine.submit(REQUEST, seen.append).result(WAIT)
    assert [progress.step for progress in seen] == [1, 2, 3, 4, 5]
    shown: list[Progress] = []
    engine.submit(REQUEST, shown.append, previews=True).result(WAIT)
    assert [progress.preview is not None and progress.preview.shape for progress in shown] == [(12, 8, 3)] * 5


def test_a_listener_that_fails_does_not_end_the_drawing(engine: StepEngine) -> None:
    def broken(_: Progress) -> None:
        raise ValueError("mine")

    assert engine.submit(REQUEST, broken).result(WAIT).shape == (96, 64, 3)


def test_out_of_memory_halves_the_batch_and_loses_nothing(engine: StepEngine) -> None:
    velocity = engine.model.velocity

    def small_memory(batch: Batch, *, precise: bool = False) -> torch.Tensor:
        if len(batch.latents) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return velocity(batch, precise=precise)

    gate = Gate(engine.model)
    tickets = [engine.submit(replace(REQUEST, seed=seed)) for seed in range(4)]
    gate.velocity = small_memory
    for _ in range(60):
        gate.open.release()
    pictures = [ticket.result(WAIT) for ticket in tickets]
    assert len(pictures) == 4
    assert engine.counters.out_of_memory >= 1
    assert set(gate.sizes[-4:]) == {1}


def test_a_picture_too_large_for_the_memory_fails_and_the_next_one_is_drawn(engine: StepEngine) -> None:
    velocity = engine.model.velocity

    def full(batch: Batch, *, precise: bool = False) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory")

    engine.model.velocity = full  # type: ignore[method-assign]
    with pytest.raises(GenerationFailed, match="memory"):
        engine.submit(REQUEST).result(WAIT)
    engine.model.velocity = velocity  # type: ignore[method-assign]
    assert engine.submit(REQUEST).result(WAIT).shape == (96, 64, 3)


def test_numbers_that_overflow_are_drawn_again_in_higher_precision(engine: StepEngine) -> None:
    velocity, alone = engine.model.velocity, engine.submit(REQUEST).result(WAIT)
    precise_calls = []

    def overflows(batch: Batch, *, precise: bool = False) -> torch.Tensor:
        precise_calls.append(precise)
        return velocity(batch, precise=precise) * (1.0 if precise else torch.nan)

    engine.model.velocity = overflows  # type: ignore[method-assign]
    assert apart(engine.submit(REQUEST).result(WAIT), alone) <= ONE_LEVEL
    assert engine.counters.retried == 1
    assert precise_calls == [False] * 5 + [True] * 5
    engine.model.velocity = lambda batch, **how: velocity(batch, **how) * torch.nan  # type: ignore[method-assign]
    with pytest.raises(GenerationFailed, match="not finite"):
        engine.submit(REQUEST).result(WAIT)


def test_a_prompt_is_encoded_once(engine: StepEngine) -> None:
    for seed in range(3):
        engine.submit(replace(REQUEST, seed=seed)).result(WAIT)
    assert engine._encoder._conditioning.misses == 1
    assert engine._encoder._conditioning.hits == 2


def test_stopping_settles_everything(engine: StepEngine) -> None:
    tickets = [engine.submit(replace(REQUEST, steps=100, seed=seed)) for seed in range(8)]
    engine.stop()
    for ticket in tickets:
        with pytest.raises(EngineStopped):
            ticket.result(WAIT)
    with pytest.raises(EngineStopped):
        engine.submit(REQUEST)


def test_the_engine_tells_of_what_a_drawing_consisted(engine: StepEngine) -> None:
    before = time.perf_counter()
    gate = Gate(engine.model)
    tickets = [engine.submit(replace(REQUEST, prompt="a fox nobody has drawn", seed=seed)) for seed in (1, 2)]
    gate.open.release(2 * REQUEST.steps)  # at most: the second may join later
    for ticket in tickets:
        ticket.result(WAIT)
        text, denoise, decode = ticket.parts
        assert [part.name for part in ticket.parts] == ["text", "denoise", "decode"]
        assert (text.steps, denoise.steps, decode.steps) == (0, REQUEST.steps, 0)
        assert min(part.seconds for part in ticket.parts) >= 0
        assert before <= text.began <= text.began + text.seconds <= denoise.began
        assert denoise.began + denoise.seconds <= decode.began
        assert decode.began + decode.seconds <= time.perf_counter()
    counters = engine.counters
    assert sum(counters.batch_sizes) == counters.steps
    assert sum(size * count for size, count in enumerate(counters.batch_sizes)) == counters.sequence_steps == 10
    assert {size for size, count in enumerate(counters.batch_sizes) if count} == set(gate.sizes)


class HeldTexts:
    """Holds the text encoders until a test lets them go, and notes how many texts come together."""

    def __init__(self, engine: StepEngine, most: int = 100) -> None:
        self.sizes: list[int] = []
        self.entered, self.open = threading.Event(), threading.Event()
        self._encode, self._most = engine._encoder._conditioning._encode, most
        engine._encoder._conditioning._encode = self._held

    def _held(self, prompts: Sequence[str]) -> list[Conditioning]:
        self.sizes.append(len(prompts))
        self.entered.set()
        assert self.open.wait(WAIT)
        if len(prompts) > self._most:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return self._encode(prompts)


def test_texts_that_wait_together_are_encoded_together(engine: StepEngine) -> None:
    texts = HeldTexts(engine)
    first = engine.submit(REQUEST)
    assert texts.entered.wait(WAIT)
    tickets = [engine.submit(replace(REQUEST, prompt=f"fox {number}", steps=1)) for number in range(6)]
    texts.open.set()
    pictures = [ticket.result(WAIT) for ticket in (first, *tickets)]
    # Four at most; three, if the first one still waited for the engine's thread.
    assert texts.sizes[0] == 1
    assert texts.sizes[1] in (3, 4)
    assert sum(texts.sizes) == 7
    for ticket, picture in zip(tickets, pictures[1:], strict=True):
        assert apart(engine.submit(ticket.request).result(WAIT), picture) <= ONE_LEVEL


def test_texts_for_which_memory_lacks_together_are_encoded_in_smaller_batches(engine: StepEngine) -> None:
    texts = HeldTexts(engine, most=2)
    first = engine.submit(REQUEST)
    assert texts.entered.wait(WAIT)
    tickets = [engine.submit(replace(REQUEST, prompt=f"fox {number}")) for number in range(3)]
    texts.open.set()
    for ticket in (first, *tickets):
        assert ticket.result(WAIT).shape == (96, 64, 3)
    assert texts.sizes == [1, 3, 2, 1]


def test_a_text_that_cannot_be_encoded_fails_its_own_request_only(engine: StepEngine) -> None:
    encode, gate = engine._encoder._conditioning._encode, Gate(engine.model)

    def refuses(prompts: Sequence[str]) -> list[Conditioning]:
        if "bad" in prompts:
            raise ValueError("cannot be read")
        return encode(prompts)

    engine._encoder._conditioning._encode = refuses
    first = engine.submit(REQUEST)
    assert gate.entered.acquire(timeout=WAIT)
    bad, good = engine.submit(replace(REQUEST, prompt="bad")), engine.submit(replace(REQUEST, prompt="good"))
    gate.open.release(60)
    with pytest.raises(GenerationFailed, match="cannot be read"):
        bad.result(WAIT)
    assert [ticket.result(WAIT).shape for ticket in (first, good)] == [(96, 64, 3)] * 2
