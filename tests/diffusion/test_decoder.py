"""What is optional, previews and listeners, fails without the pictures; a thread that ends leaves nobody waiting."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import FluxPipeline
from structlog.testing import capture_logs

from blazon.diffusion import decoder, generic
from blazon.diffusion import engine as engine_module
from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.families.flux1 import Flux1
from blazon.diffusion.generic import GenericEngine
from blazon.diffusion.previews import PreviewMap
from blazon.diffusion.sequence import DiffusionRequest, Progress, Ticket
from blazon.errors import EnginePoisoned

REQUEST = DiffusionRequest("a fox", 64, 64, steps=4, seed=5)
WAIT = 60
ERRORS = [
    torch.OutOfMemoryError("CUDA out of memory"),
    RuntimeError("shapes do not fit"),
    TypeError("a mistake"),
    np.linalg.LinAlgError("singular"),
]
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
        monkeypatch.setattr(engine_module, "picture_so_far", fail(error))
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


@pytest.mark.parametrize("name", ["bind_thread", "stream"])
def test_a_decoder_whose_thread_ends_fails_what_it_was_given(
    name: str, model: Flux1, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "bind_thread":
        monkeypatch.setattr(decoder, name, fail(RuntimeError("no device")))
    else:
        monkeypatch.setattr(decoder.contextlib, "nullcontext", fail(RuntimeError("no device")))
    told: list[EnginePoisoned] = []
    failing, ticket = decoder.Decoder(model, told.append), Ticket(REQUEST)
    with capture_logs() as logs:
        failing.start()
        failing.decode(ticket, torch.zeros(1, 64, 16))
        with pytest.raises(EnginePoisoned, match="no device"):
            ticket.result(WAIT)
        failing.stop()
    assert len(told) == 1
    assert [line["log_level"] for line in logs if line.get("exc_info")] == ["error"]


def test_a_generic_engine_whose_thread_ends_leaves_nobody_waiting(
    model: Flux1, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generic, "bind_thread", fail(RuntimeError("no device")))
    engine = GenericEngine(model.pipeline, name="tiny")
    engine._waiting.append(waiting := Ticket(REQUEST))
    with capture_logs() as logs:
        engine.start()
        with pytest.raises(EnginePoisoned, match="no device"):
            waiting.result(WAIT)
        with pytest.raises(EnginePoisoned, match="no device"):
            engine.submit(REQUEST)
    assert any(line.get("exc_info") for line in logs)
