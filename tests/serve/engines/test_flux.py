import math
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from _tiny_others import save_tiny
from safetensors.torch import load_file, save_file
from structlog.testing import capture_logs

from blazon.brief import Brief
from blazon.diffusion.catalogue.specs import COMMERCIAL
from blazon.diffusion.engine import EngineLimits
from blazon.diffusion.families.flux1 import Flux1
from blazon.diffusion.image_engine import ImageEngine
from blazon.diffusion.memory.footprint import FLUX_DEV, GB, Offload, TextEncoder
from blazon.diffusion.memory.plan import MemoryBudget, plan
from blazon.errors import ModelUnavailable
from blazon.painting import FluxStudio
from blazon.serve.engines import flux
from blazon.serve.engines.flux import choose_limits
from blazon.settings import Settings
from blazon.watching import Watch


@contextmanager
def opened(model: Path, **given: Any) -> Iterator[FluxStudio]:
    usual = {"torch_device": "cpu", "optimize": "off", "min_render_size": 64, "warmup_size": 64, "warmup_steps": 1}
    studio = flux.open_flux(Settings.load(None, **{"model_path": model, **usual, **given}), lambda _: None)
    yield studio
    studio.close()


def paint(studio: FluxStudio, seed: int = 1) -> bytes:
    return studio.candidate(Brief("a fox", size=64, steps=2, seed=seed), 0, Watch()).content


@pytest.mark.parametrize("switched", [True, False])
def test_a_switch_without_effect_says_so_once(switched: bool, tiny_flux: Path) -> None:
    with capture_logs() as logs, opened(tiny_flux, enable_attention_slicing=switched) as studio:
        paint(studio)
    told = [line["event"] for line in logs if "SLICING" in line["event"]]
    assert [line.split(" has no effect: ")[0] for line in told] == ["ENABLE_ATTENTION_SLICING"] * switched


PLAN = plan(FLUX_DEV, MemoryBudget("cuda", int(80 * GB), int(200 * GB)))


@pytest.mark.parametrize(
    ("given", "form", "limits"),
    [
        ({}, {}, EngineLimits(running=8, batch=8, decoded_pixels=1024**2)),
        ({"max_concurrent_jobs": 2}, {}, EngineLimits(running=2, batch=8, decoded_pixels=1024**2)),
        ({"max_concurrent_jobs": 12}, {}, EngineLimits(running=12, batch=8, decoded_pixels=1024**2)),
        ({}, {"vae_tiling": True}, EngineLimits(running=8, batch=8, decoded_pixels=512**2)),
        ({}, {"text_encoder": TextEncoder.CPU}, EngineLimits(running=8, batch=8, texts=1, decoded_pixels=1024**2)),
        ({"enable_vae_slicing": True}, {}, EngineLimits(running=8, batch=8, decoded_pixels=1)),
        ({}, {"offload": Offload.MODEL}, EngineLimits(running=8, batch=8, texts_beside=False, decoded_pixels=1024**2)),
        ({}, {"device": "cpu"}, EngineLimits(running=8, batch=8, decoded_pixels=2 * 256**2)),
    ],
)
def test_the_engine_takes_on_what_the_plan_allows_unless_the_settings_ask_for_less(
    given: dict[str, Any], form: dict[str, Any], limits: EngineLimits
) -> None:
    settings = Settings.load(None, **given)
    assert choose_limits(settings, replace(PLAN, form=replace(PLAN.form, **form))) == limits


def test_the_engine_takes_as_many_rows_as_the_plan_has_pictures_with_those_that_guide_them() -> None:
    limits = choose_limits(Settings.load(None), replace(PLAN, batch=3, rows=2, texts=2))
    assert limits == EngineLimits(running=3, batch=6, texts=2, decoded_pixels=1024**2)


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


@pytest.mark.parametrize("warmup", [True, False])
@pytest.mark.parametrize(("kind", "part"), [("flux", "transformer"), ("sdxl", "unet")])
def test_a_model_whose_weights_are_no_numbers_is_refused_and_the_others_paint(
    kind: str, part: str, warmup: bool, tiny_flux: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad"
    if kind == "flux":
        shutil.copytree(tiny_flux, bad)
    else:
        save_tiny(kind, bad)
    file = bad / part / "diffusion_pytorch_model.safetensors"
    save_file({name: tensor * math.nan for name, tensor in load_file(file).items()}, file, {"format": "pt"})
    models = f"bad={bad},good={tiny_flux}"
    with capture_logs() as logs, opened(tiny_flux, models=models, model_path=None, warmup_enabled=warmup) as studio:
        assert paint(studio)
    [told] = [line["reason"] for line in logs if line["event"] == "model cannot be used"]
    assert f"bad gives no finite picture: its {part} is damaged (" in told


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
    assert ("no commercial use" in told["licence"]) == (COMMERCIAL in told.get("advice", "")) == (level != "info")
