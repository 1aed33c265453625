"""What is optional, previews and listeners, fails without the pictures; a thread that ends leaves nobody waiting."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import FluxPipeline
from structlog.testing import capture_logs

from blazon.diffusion import decoder, engine_shell, generic, stepping
from blazon.diffusion.cpu_threads import CpuThreads
from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.families.flux1 import Flux1
from blazon.diffusion.generic import GenericEngine
from blazon.diffusion.sampling.previews import PreviewMap
from blazon.diffusion.sampling.sequence import DiffusionRequest, Progress, Ticket
from blazon.errors import EnginePoisoned, GenerationFailed, InvalidBrief

REQUEST = DiffusionRequest("a fox", 64, 64, steps=4, seed=5)
WAIT = 60
ERRORS = [
    torch.OutOfMemoryError("CUDA out of memory"),
    RuntimeError("shapes do not fit"),
    TypeError("a mistake"),
    np.linalg.LinAlgError("singular"),
]
THREADS = CpuThreads(torch.device("cpu"))
POISON = torch.AcceleratorError("CUDA error: an illegal memory access was encountered")


@pytest.fixture
def model(tiny_dev: Path) -> Flux1:
    """A model of its own: what fails may change it."""
    pipeline = FluxPipeline.from_pretrained(tiny_dev)
    pipeline.set_progress_bar_config(disable=True)
    return Flux1(pipeline, name="tiny", device=torch.device("cpu"), max_tokens=64)


@pytest.fixture(params=["step", "generic"])
def engine(request: pytest.FixtureRequest, model: Flux1) -> Iterator[StepEngine | GenericEngine]:
    started: StepEngine | GenericEngine
    if request.param == "step":
        started = StepEngine(model, EngineLimits(running=2, batch=2))
    else:
        started = GenericEngine(model.pipeline, name="tiny")
    started.start()
    yield started
    started.stop()


def fail(error: Exception) -> Any:
    def raise_it(*_: Any, **__: Any) -> Any:
        raise error

    return raise_it


@pytest.mark.parametrize("error", ERRORS, ids=repr)
@pytest.mark.parametrize("part", ["picture", "fit", "foresee"])
def test_a_preview_that_fails_fails_nothing_else(
    part: str, error: Exception, engine: StepEngine | GenericEngine, model: Flux1, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = engine.submit(REQUEST).result(WAIT)
    if part == "foresee":
        monkeypatch.setattr(stepping, "picture_so_far", fail(error))
        monkeypatch.setattr(generic.Foresight, "picture", fail(error))
    else:
        # The step engine has its map by now, as it is fitted first.
        monkeypatch.setattr(PreviewMap, part, fail(error))
    with capture_logs() as logs:
        for _ in range(2):
            seen: list[Progress] = []
            drawn = engine.submit(REQUEST, seen.append, previews=True).result(WAIT)
            assert np.abs(drawn.astype(int) - usual.astype(int)).max() <= 1
            assert [progress.step for progress in seen] == [1, 2, 3, 4]
            fitted = part == "fit" and isinstance(engine, StepEngine)
            assert fitted or all(progress.preview is None for progress in seen)
    assert not model.vae.use_tiling
    failures = [line for line in logs if "preview failed" in line["event"]]
    assert len(failures) == (0 if fitted else 1)
    assert all(line["log_level"] == "error" and line["exc_info"] for line in failures)


@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_a_model_whose_previews_cannot_be_fitted_draws_without(
    error: Exception, model: Flux1, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PreviewMap, "fit", fail(error))
    engine, seen = StepEngine(model, EngineLimits()), list[Progress]()
    with capture_logs() as logs:
        engine.start()
        engine.submit(REQUEST, seen.append, previews=True).result(WAIT)
        engine.stop()
    assert [(progress.step, progress.preview) for progress in seen] == [(step, None) for step in (1, 2, 3, 4)]
    assert [line["log_level"] for line in logs if line.get("exc_info")] == ["error"]


def test_a_preview_after_which_the_gpu_cannot_be_used_ends_the_engine(
    engine: StepEngine | GenericEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.submit(REQUEST).result(WAIT)
    monkeypatch.setattr(PreviewMap, "picture", fail(POISON))
    with pytest.raises(EnginePoisoned):
        engine.submit(replace(REQUEST, steps=100), lambda _: None, previews=True).result(WAIT)


def test_a_listener_that_fails_is_logged_once(engine: StepEngine | GenericEngine) -> None:
    with capture_logs() as logs:
        assert engine.submit(REQUEST, fail(ValueError("mine"))).result(WAIT).shape == (64, 64, 3)
    assert sum(line["event"] == "a progress listener failed" for line in logs) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("steps", 0),
        ("steps", -3),
        ("seed", -(2**63) - 1),
        ("seed", 2**64),
        ("guidance", float("nan")),
        ("guidance", float("inf")),
    ],
)
def test_numbers_that_no_model_can_draw_with_are_refused_at_once(
    field: str, value: float, engine: StepEngine | GenericEngine
) -> None:
    with pytest.raises(InvalidBrief) as refused:
        engine.submit(replace(REQUEST, **{field: value}))  # type: ignore[arg-type]
    assert refused.value.field == field
    assert engine.submit(replace(REQUEST, seed=2**64 - 1)).result(WAIT).shape == (64, 64, 3)


@pytest.mark.parametrize("name", ["bind_thread", "open_stream"])
def test_a_decoder_whose_thread_ends_fails_what_it_was_given(
    name: str, model: Flux1, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoder, name, fail(RuntimeError("no device")))
    told: list[EnginePoisoned] = []
    failing, ticket = decoder.Decoder(model, told.append, THREADS), Ticket(REQUEST)
    with capture_logs() as logs:
        failing.start()
        failing.decode([(ticket, torch.zeros(1, 64, 16))])
        with pytest.raises(EnginePoisoned, match="no device"):
            ticket.result(WAIT)
        failing.stop()
    assert len(told) == 1
    assert [line["log_level"] for line in logs if line.get("exc_info")] == ["error"]


def test_a_generic_engine_whose_thread_ends_leaves_nobody_waiting(
    model: Flux1, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_shell, "bind_thread", fail(RuntimeError("no device")))
    engine = GenericEngine(model.pipeline, name="tiny")
    engine._waiting.append(waiting := Ticket(REQUEST))
    with capture_logs() as logs:
        engine.start()
        with pytest.raises(EnginePoisoned, match="no device"):
            waiting.result(WAIT)
        with pytest.raises(EnginePoisoned, match="no device"):
            engine.submit(REQUEST)
    assert any(line.get("exc_info") for line in logs)


class Decoding:
    """Notes how many pictures each call decodes, and lets the first call wait until the others are queued."""

    def __init__(self, model: Flux1) -> None:
        self.usual, self.sizes = model.decode, list[int]()
        self.entered, self.open = threading.Event(), threading.Event()
        self.fits = 64
        model.decode = self  # type: ignore[assignment,method-assign]

    def __call__(self, latents: torch.Tensor, height: int, width: int) -> Any:
        self.entered.set()
        assert self.open.wait(WAIT)
        self.sizes.append(len(latents))
        if len(latents) > self.fits:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return self.usual(latents, height, width)


def decode_behind_one(model: Flux1, pixels: int, sides: list[int]) -> tuple[Decoding, list[Ticket]]:
    """Decode one picture, and meanwhile queue others of these sides; return how, and the tickets of those."""
    decoding, working = Decoding(model), decoder.Decoder(model, lambda _: None, THREADS, pixels)
    working.start()
    torch.manual_seed(1)
    tickets = [Ticket(replace(REQUEST, width=side, height=side)) for side in [32, *sides]]
    jobs = [(ticket, torch.randn(1, (ticket.request.width // 16) ** 2, 16)) for ticket in tickets]
    working.decode(jobs[:1])
    assert decoding.entered.wait(WAIT)
    for job in jobs[1:]:
        working.decode([job])
    decoding.open.set()
    pictures = [ticket.result(WAIT) for ticket in tickets]
    working.stop()
    for (ticket, latents), picture in zip(jobs, pictures, strict=True):
        (alone,) = decoding.usual(latents, ticket.request.height, ticket.request.width)
        assert alone is not None
        assert np.abs(alone.astype(int) - picture.astype(int)).max() <= 1
    return decoding, tickets[1:]


@pytest.mark.parametrize(
    ("pixels", "sides", "sizes"),
    [
        (64 * 64 * 8, [64] * 5, [1, 5]),
        (64 * 64 * 3, [64] * 5, [1, 3, 2]),
        (1, [64, 64], [1, 1, 1]),
        (64 * 64 * 8, [64, 32, 64, 32, 32], [1, 2, 3]),
    ],
)
def test_pictures_of_one_size_that_end_together_are_decoded_together_within_the_memory(
    model: Flux1, pixels: int, sides: list[int], sizes: list[int]
) -> None:
    decoding, _ = decode_behind_one(model, pixels, sides)
    assert decoding.sizes == sizes


def test_a_lack_of_memory_halves_what_is_decoded_together_and_is_remembered(model: Flux1) -> None:
    decoding = Decoding(model)
    decoding.fits = 1
    working = decoder.Decoder(model, lambda _: None, THREADS, 64 * 64 * 4)
    decoding.open.set()
    tickets = [Ticket(REQUEST) for _ in range(8)]
    working.decode([(ticket, torch.zeros(1, 16, 16)) for ticket in tickets])
    working.start()
    for ticket in tickets:
        assert ticket.result(WAIT).shape == (64, 64, 3)
    working.stop()
    assert decoding.sizes == [4, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1]
    assert not model.vae.use_tiling


def test_pixels_that_are_not_finite_are_decoded_again_in_higher_precision_or_are_an_error(model: Flux1) -> None:
    latents = torch.zeros(1, 16, 16)
    model.vae.to(torch.bfloat16).to(torch.float32)  # the same weights, rounded, in the arithmetic of the second time
    (usual,) = model.decode(latents, 64, 64)
    model.vae.to(torch.bfloat16)
    model.vae_dtype = torch.bfloat16
    decode_raw, fails = model.decode_raw, [torch.float32]

    def overflows(raw: torch.Tensor) -> torch.Tensor:
        pixels = decode_raw(raw)
        pixels[-1] *= torch.nan if raw.dtype is not fails[0] else 1.0
        return pixels

    model.decode_raw = overflows  # type: ignore[method-assign]
    working = decoder.Decoder(model, lambda _: None, THREADS)
    tickets = [Ticket(REQUEST), Ticket(REQUEST)]
    working.decode([(ticket, latents) for ticket in tickets])
    working.start()
    mended = tickets[1].result(WAIT)
    assert usual is not None
    assert mended.max() > 0
    assert np.abs(mended.astype(int) - usual.astype(int)).max() <= 2  # latents are rounded on their way to the VAE
    fails[0] = torch.float64
    lost = Ticket(REQUEST)
    working.decode([(lost, latents)])
    with pytest.raises(GenerationFailed, match="not finite"):
        lost.result(WAIT)
    working.stop()


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_no_engine_returns_a_picture_of_which_a_pixel_is_not_finite(
    number: float, engine: StepEngine | GenericEngine, model: Flux1
) -> None:
    forward = model.vae.decoder.forward

    def overflow(*given: Any, **named: Any) -> torch.Tensor:
        pixels: torch.Tensor = forward(*given, **named)
        pixels[:, :, 3, 5] = number
        return pixels

    model.vae.decoder.forward = overflow
    with pytest.raises(GenerationFailed, match="not finite"):
        engine.submit(REQUEST).result(WAIT)
    model.vae.decoder.forward = forward
    assert engine.submit(REQUEST).result(WAIT).shape == (64, 64, 3)
