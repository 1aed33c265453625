from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from structlog.testing import capture_logs

from blazon.brief import Brief
from blazon.diffusion.families.flux1 import Flux1
from blazon.diffusion.image_engine import ImageEngine
from blazon.errors import ModelUnavailable
from blazon.painting import FluxStudio
from blazon.serve.engines import flux
from blazon.settings import Settings
from blazon.watching import Watch

SLICING = ("ENABLE_ATTENTION_SLICING", "ENABLE_VAE_SLICING")


@contextmanager
def opened(model: Path, **given: Any) -> Iterator[FluxStudio]:
    usual = {"torch_device": "cpu", "optimize": "off", "min_render_size": 64, "warmup_size": 64, "warmup_steps": 1}
    studio = flux.open_flux(Settings.load(None, **{"model_path": model, **usual, **given}), lambda _: None)
    yield studio
    studio.close()


def paint(studio: FluxStudio, seed: int = 1) -> bytes:
    return studio.candidate(Brief("a fox", size=64, steps=2, seed=seed), 0, Watch()).content


@pytest.mark.parametrize("switched", [SLICING, SLICING[:1], SLICING[1:], ()])
def test_switches_without_effect_say_so_once(switched: tuple[str, ...], tiny_flux: Path) -> None:
    given = {name.lower(): name in switched for name in SLICING}
    with capture_logs() as logs, opened(tiny_flux, **given) as studio:
        paint(studio)
    told = [line["event"] for line in logs if "SLICING" in line["event"]]
    assert [line.split(" has no effect: ")[0] for line in told] == list(switched)


def test_pictures_are_decoded_one_at_a_time(tiny_flux: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Why slices would change nothing: they cut a batch of pictures, and there is none."""
    batches: list[int] = []
    decode = Flux1.decode

    def count(model: Flux1, latents: torch.Tensor, height: int, width: int) -> Any:
        batches.append(len(latents))
        return decode(model, latents, height, width)

    monkeypatch.setattr(Flux1, "decode", count)
    with opened(tiny_flux, max_concurrent_jobs=4) as studio, ThreadPoolExecutor(4) as clients:
        list(clients.map(lambda seed: paint(studio, seed), range(4)))
    assert batches == [1] * len(batches)
    assert len(batches) >= 4


@pytest.mark.parametrize("error", [RuntimeError("no kernel"), torch.OutOfMemoryError("CUDA out of memory")], ids=repr)
def test_a_warm_up_that_fails_does_not_keep_the_model_from_painting(
    error: Exception, tiny_flux: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    velocity = Flux1.velocity
    monkeypatch.setattr(Flux1, "velocity", fail(error))
    with capture_logs() as logs, opened(tiny_flux) as studio:
        monkeypatch.setattr(Flux1, "velocity", velocity)
        assert paint(studio)
    if isinstance(error, torch.OutOfMemoryError):
        assert [line["size"] for line in logs if line["event"] == "no memory to warm up"] == [64]
    else:
        assert [line["log_level"] for line in logs if line.get("exc_info")] == ["error"]


def test_a_device_that_breaks_while_warming_up_is_told(tiny_flux: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    poison = RuntimeError("CUDA error: an illegal memory access was encountered")
    monkeypatch.setattr(Flux1, "velocity", fail(poison))
    with pytest.raises(ModelUnavailable, match="cannot use the GPU any more"), opened(tiny_flux):
        pass


@pytest.mark.parametrize("step", ["optimize", "warm_up", "StepEngine", "bind_thread"])
def test_a_fault_behind_the_loading_is_an_internal_error(
    step: str, tiny_flux: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flux, step, fail(TypeError("a mistake")))
    with (
        capture_logs() as logs,
        pytest.raises(ModelUnavailable, match=r"\(TypeError: a mistake\): internal error"),
        opened(tiny_flux),
    ):
        pass
    assert [line["log_level"] for line in logs if line.get("exc_info")] == ["error"]


def test_who_hears_how_far_the_loading_is_cannot_fail_it(tiny_flux: Path) -> None:
    settings = Settings.load(None, model_path=tiny_flux, torch_device="cpu", min_render_size=64, warmup_size=64)
    with capture_logs() as logs:
        studio = flux.open_flux(settings, fail(BrokenPipeError("nobody reads")))
    studio.close()
    assert any(line.get("exc_info") for line in logs)


def fail(error: Exception) -> Any:
    def raise_it(*_: Any, **__: Any) -> ImageEngine:
        raise error

    return raise_it


@pytest.mark.parametrize(("name", "level"), [("FLUX.1-dev", "warning"), ("FLUX.1-schnell", "info")])
def test_a_licence_is_told_at_the_start_and_one_that_forbids_commercial_use_is_a_warning(
    name: str, level: str, tiny_flux: Path, tmp_path: Path
) -> None:
    (tmp_path / name).symlink_to(tiny_flux)
    with capture_logs() as logs, opened(tmp_path / name):
        pass
    [told] = [line for line in logs if line["event"] == "model"]
    assert told["log_level"] == level
    assert ("no commercial use" in told["licence"]) == ("FLUX.1-schnell" in told.get("advice", "")) == (level != "info")
