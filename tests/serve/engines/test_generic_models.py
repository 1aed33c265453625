"""Models of the generic engine at the start: what can draw is warmed up as it draws, what cannot is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from _tiny_others import save_tiny
from structlog.testing import capture_logs

from blazon.brief import Brief
from blazon.errors import ModelUnavailable
from blazon.serve.engines import flux
from blazon.settings import Settings
from blazon.watching import Watch


def open_flux(model: Path, **given: Any) -> Any:
    usual = {"torch_device": "cpu", "optimize": "off", "min_render_size": 64, "warmup_size": 64, "quantization": "none"}
    return flux.open_flux(Settings.load(None, **{"model_path": model, **usual, **given}), lambda _: None)


@pytest.mark.parametrize("warmup", [True, False])
def test_a_model_for_two_steps_is_warmed_up_and_draws_with_two(warmup: bool, tmp_path: Path) -> None:
    with capture_logs() as logs:
        studio = open_flux(save_tiny("sana-sprint", tmp_path / "sprint"), warmup_enabled=warmup)
    try:
        assert [line["steps"] for line in logs if line["event"] == "warmed up"] == [2]
        assert studio.models()[0].steps == 2
        assert studio.candidate(Brief("a fox", size=64, seed=1), 0, Watch()).content
        # Another number of steps is drawn too.
        assert studio.candidate(Brief("a fox", size=64, seed=1, steps=3), 0, Watch()).content
    finally:
        studio.close()


@pytest.mark.parametrize("kind", ["fill", "control", "kontext"])
def test_what_needs_a_picture_is_refused_before_it_is_loaded(kind: str, tmp_path: Path) -> None:
    folder = save_tiny(kind, tmp_path / kind)
    pipeline = json.loads((folder / "model_index.json").read_text())["_class_name"]
    with capture_logs() as logs, pytest.raises(ModelUnavailable) as refusal:
        open_flux(folder)
    assert f"{kind} is a {pipeline}, which needs a picture" in str(refusal.value)
    assert "choose a text-to-image model, such as black-forest-labs/FLUX.2-klein-4B" in str(refusal.value)
    assert "load progress" not in {line["event"] for line in logs}


def test_what_cannot_draw_though_its_class_does_not_tell_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flux, "find_demand", lambda _pipeline: "")
    with pytest.raises(ModelUnavailable, match="is a FluxFillPipeline that cannot draw a picture from text alone with"):
        open_flux(save_tiny("fill", tmp_path / "fill"))


def test_a_scheduler_that_a_pipeline_cannot_use_is_refused_by_its_name(tmp_path: Path) -> None:
    folder = save_tiny("sdxl", tmp_path / "sdxl")
    index = json.loads((folder / "model_index.json").read_text())
    (folder / "model_index.json").write_text(
        json.dumps({**index, "scheduler": ["diffusers", "DDPMWuerstchenScheduler"]})
    )
    (folder / "scheduler" / "scheduler_config.json").write_text(json.dumps({"_class_name": "DDPMWuerstchenScheduler"}))
    with pytest.raises(
        ModelUnavailable, match=r"its scheduler DDPMWuerstchenScheduler \(.*put back the scheduler_config.json"
    ):
        open_flux(folder)
