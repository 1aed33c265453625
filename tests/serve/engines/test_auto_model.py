from pathlib import Path

import pytest
from _tiny_families import save_tiny_klein
from structlog.testing import capture_logs

from blazon.brief import Engine
from blazon.diffusion import devices
from blazon.diffusion.memory.footprint import GB
from blazon.diffusion.memory.plan import MemoryBudget
from blazon.doctor import examine
from blazon.errors import InvalidSetting, ModelUnavailable
from blazon.serve.engines import flux
from blazon.serve.engines.auto_model import resolve_auto
from blazon.serve.engines.front import open_front
from blazon.settings import Settings

COMMIT = "c0ffee" + "0" * 34


@pytest.fixture
def hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the hub with nothing in it, and no network."""
    from huggingface_hub import constants

    cache = tmp_path / "hub"
    cache.mkdir()
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    return cache


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> None:
    """16 GB free on a GPU, which no test has."""
    memory = MemoryBudget("cuda", int(16 * GB), int(64 * GB))
    monkeypatch.setattr(devices, "read_memory_budget", lambda _device, **_fraction: memory)


def read(**given: object) -> Settings:
    return Settings.load(None, **{"model_name": "auto", "engine": "flux", "torch_device": "cpu", **given})


def put_in_cache(cache: Path, name: str) -> None:
    folder = cache / f"models--{name.replace('/', '--')}"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text(COMMIT)
    save_tiny_klein(folder / "snapshots" / COMMIT)


def test_auto_takes_what_the_card_has_room_for(hub_cache: Path, card: None) -> None:
    settings, choice = resolve_auto(read(model_name="AUTO"))
    assert settings.model_name == "Tongyi-MAI/Z-Image-Turbo"
    assert choice is not None
    assert choice.explain() == (
        "Tongyi-MAI/Z-Image-Turbo (Apache-2.0) in int8 (bfloat16), text encoder in int8 for 16 GB free on cuda"
    )


@pytest.mark.parametrize("given", [{"model_path": "/models/mine"}, {"models": "a=owner/a"}, {"model_name": "owner/a"}])
def test_a_model_that_is_named_wins(given: dict[str, object], hub_cache: Path, card: None) -> None:
    settings = read(**given)
    assert resolve_auto(settings) == (settings, None)


def test_a_model_in_the_cache_is_loaded_and_the_choice_told(hub_cache: Path, card: None) -> None:
    put_in_cache(hub_cache, "black-forest-labs/FLUX.2-klein-4B")
    with capture_logs() as logs:
        studio = flux.open_flux(read(optimize="off", min_render_size=64, warmup_size=64), lambda _: None)
    try:
        (reason,) = (line["reason"] for line in logs if line["event"] == "model chosen")
        assert reason.endswith("because it is in the cache")
        assert studio.model == "black-forest-labs/FLUX.2-klein-4B"
        assert studio.models()[0].commercial
    finally:
        studio.close()


def test_auto_without_room_or_network_says_what_is_missing(hub_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = MemoryBudget("cuda", int(1 * GB), int(64 * GB))
    monkeypatch.setattr(devices, "read_memory_budget", lambda _device, **_fraction: memory)
    with pytest.raises(ModelUnavailable, match="does not fit: it needs"):
        resolve_auto(read())


def test_in_front_of_replicas_nobody_can_choose() -> None:
    with pytest.raises(InvalidSetting, match="MODEL_NAME=auto chooses by the GPU of the machine that paints"):
        open_front(read(cluster="http://127.0.0.1:1"), Engine.FLUX)


def test_doctor_tells_the_choice_and_each_model(hub_cache: Path, card: None, tmp_path: Path) -> None:
    base = {"data_dir": tmp_path / "data", "port": 0}
    told = {finding.topic: finding for finding in examine(read(**base))}
    assert told["recommended"].found.startswith("MODEL_NAME=auto takes Tongyi-MAI/Z-Image-Turbo (Apache-2.0) in int8")
    assert told["model"].found.endswith("commercial use allowed; Z-Image, 8 steps, no guidance")
    named = examine(read(**base, models=f"a=black-forest-labs/FLUX.2-klein-4B,b={tmp_path / 'nothing'}"))
    (recommended,) = (finding for finding in named if finding.topic == "recommended")
    assert recommended.found.startswith("with MODEL_NAME=auto it would be Tongyi-MAI/Z-Image-Turbo")
    (missing,) = (
        finding.problem for finding in named if finding.topic == "memory plan" and "nothing" in finding.problem
    )
    assert "there is no such folder" in missing
