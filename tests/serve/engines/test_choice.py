from pathlib import Path

import pytest

from blazon.brief import Brief, Engine
from blazon.errors import EngineUnavailable, InvalidSetting, ModelUnavailable
from blazon.generation import Drawn
from blazon.painting import FluxStudio
from blazon.serve.engines import choice
from blazon.serve.engines.choice import choose_engine, load_engine
from blazon.settings import Settings
from blazon.studio import Studio
from blazon.watching import Watch


def settings(**given: object) -> Settings:
    return Settings.load(None, **{"torch_device": "cpu", "optimize": "off", **given})


def quiet(_: str) -> None:
    """Nobody listens to how far the loading is."""


def test_the_vector_engine_when_it_is_asked_for() -> None:
    assert choose_engine(settings(engine="vector")).engine is Engine.VECTOR


def test_flux_where_a_model_is_named(tmp_path: Path) -> None:
    assert choose_engine(settings(model_path=tmp_path)).engine is Engine.FLUX
    assert choose_engine(settings(models="a=owner/model")).reason == "MODELS names a model"


@pytest.mark.parametrize(("gpu", "engine"), [(True, Engine.FLUX), (False, Engine.VECTOR)])
def test_without_a_model_the_gpu_decides(gpu: bool, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "_has_gpu", lambda: gpu)
    assert choose_engine(settings()).engine is engine


def test_without_the_packages_flux_is_refused_and_auto_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "_PACKAGES", ("no_such_package",))
    chosen = choose_engine(settings())
    assert chosen.engine is Engine.VECTOR
    assert "pip install 'blazon[gpu]'" in chosen.reason
    with pytest.raises(EngineUnavailable, match="no_such_package"):
        choose_engine(settings(engine="flux"))


@pytest.mark.parametrize("given", [{"engine": "flux"}, {"models": "a=owner/model"}])
def test_with_replicas_that_paint_nothing_need_be_installed_here(
    given: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "_PACKAGES", ("no_such_package",))
    assert choose_engine(settings(cluster="http://127.0.0.1:8000", **given)).engine is Engine.FLUX


def test_a_folder_of_which_the_kind_cannot_be_told_here_is_refused_in_front_of_replicas(tmp_path: Path) -> None:
    def load(folder: Path) -> str:
        given = {"engine": "flux", "models": f"a={folder}", "cluster": "http://127.0.0.1:8000"}
        return load_engine(settings(**given), quiet).model

    with pytest.raises(InvalidSetting, match=r"model_index\.json"):
        load(tmp_path / "ours")
    assert load(tmp_path / "FLUX.1-schnell") == "FLUX.1-schnell"
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "model_index.json").write_text('{"_class_name": "FluxPipeline"}')
    assert load(tmp_path / "ours") == "ours"


def test_a_model_that_cannot_be_loaded_leaves_auto_with_the_vector_engine(tmp_path: Path) -> None:
    assert isinstance(load_engine(settings(model_path=tmp_path / "none"), quiet), Studio)
    with pytest.raises(ModelUnavailable):
        load_engine(settings(model_path=tmp_path / "none", engine="flux"), quiet)


def test_opening_flux_tells_how_far_it_is(tiny_flux: Path) -> None:
    said: list[str] = []
    studio = load_engine(settings(model_path=tiny_flux, min_render_size=64), said.append)
    assert isinstance(studio, FluxStudio)
    assert studio.model == "tiny-flux"
    assert any("transformer" in line for line in said)
    assert any("warming up" in line for line in said)


@pytest.mark.parametrize("enabled", [True, False])
def test_the_warm_up_draws_its_own_prompt(enabled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    draw = Studio.candidate

    def recorded(studio: Studio, brief: Brief, number: int, watch: Watch) -> Drawn:
        drawn.append(brief.prompt)
        return draw(studio, brief, number, watch)

    monkeypatch.setattr(Studio, "candidate", recorded)
    load_engine(settings(engine="vector", warmup_enabled=enabled, warmup_prompt="a warm stove"), quiet)
    assert drawn == ["a warm stove"] * enabled
