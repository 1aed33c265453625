import json
import logging
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from _tiny_modular import make_tiny_flux3, save_tiny_modular

from blazon.diffusion.catalogue.inspection import ModelSource, inspect_model
from blazon.diffusion.files.modular_index import MODULAR_INDEX, is_modular
from blazon.diffusion.generic import GenericEngine
from blazon.diffusion.loading.modular import ModularCall, wrap_modular
from blazon.diffusion.loading.pipelines import load_pipeline
from blazon.diffusion.memory.footprint import Form, Quantisation, TextEncoder
from blazon.diffusion.memory.plan import MemoryPlan
from blazon.diffusion.sampling.sequence import DiffusionRequest, Progress, RequestCancelled
from blazon.errors import ModelUnavailable

REQUEST = DiffusionRequest("a fox", 64, 32, steps=4, guidance=3.0, seed=11)
CPU = torch.device("cpu")
WAIT = 60


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_modular(tmp_path_factory.mktemp("models") / "modular")


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    """A copy, to be spoilt."""
    return shutil.copytree(saved, tmp_path / "modular")


@pytest.fixture(scope="module", params=["z-image", "flux3", "flux3-distilled"])
def pipeline(request: pytest.FixtureRequest) -> ModularCall:
    if request.param == "z-image":
        return load(request.getfixturevalue("saved"))
    return wrap_modular(make_tiny_flux3(distilled=request.param == "flux3-distilled"))


@pytest.fixture
def running() -> Iterator[Callable[[Any], GenericEngine]]:
    engines = []

    def run(pipeline: Any) -> GenericEngine:
        engines.append(GenericEngine(pipeline, name="tiny"))
        engines[-1].start()
        return engines[-1]

    yield run
    for engine in engines:
        engine.stop()


Running = Callable[[Any], GenericEngine]


def load(folder: Path, form: Form | None = None) -> ModularCall:
    made: ModularCall = load_pipeline(
        inspect_model(ModelSource(folder)), MemoryPlan("tiny", form or Form("cpu", "float32"), 1, 0, 0), CPU
    )
    return made


def change_index(folder: Path, **entries: Any) -> None:
    path = folder / MODULAR_INDEX
    path.write_text(json.dumps(json.loads(path.read_text()) | entries))


def test_the_engine_draws_what_the_blocks_draw(pipeline: ModularCall, running: Running) -> None:
    engine = running(pipeline)
    drawn = engine.submit(REQUEST).result(WAIT)
    own = pipeline.pipeline
    if engine.capabilities.guidance:
        own.guider.guidance_scale = REQUEST.guidance
    expected = own(
        prompt=REQUEST.prompt,
        height=REQUEST.height,
        width=REQUEST.width,
        num_inference_steps=REQUEST.steps,
        generator=torch.Generator().manual_seed(REQUEST.seed),
        output_type="np",
        output="images",
    )[0]
    assert np.array_equal(drawn, (expected * 255).round())
    changes: list[dict[str, Any]] = [{"seed": 12}, {"steps": 2}, {"prompt": "an owl"}]
    for change in [*changes, *([{"guidance": 9.0}] if engine.capabilities.guidance else [])]:
        assert not np.array_equal(engine.submit(replace(REQUEST, **change)).result(WAIT), drawn), change


def test_guidance_is_offered_where_a_second_pass_guides(saved: Path) -> None:
    # The blocks of Z-Image have a guider, but it is switched off.
    loaded = (
        load(saved),
        *(wrap_modular(make_tiny_flux3(distilled=d)) for d in (True, False)),
    )
    assert [GenericEngine(pipeline, name="tiny").capabilities.guidance for pipeline in loaded] == [False, False, True]


def test_progress_comes_for_every_step(pipeline: ModularCall, running: Running) -> None:
    seen: list[Progress] = []
    engine = running(pipeline)
    assert engine.capabilities.cancel
    engine.submit(REQUEST, seen.append).result(WAIT)
    assert [progress.step for progress in seen] == [1, 2, 3, 4]


def test_a_cancelled_request_ends_within_one_step_and_leaves_no_error_in_the_log(
    pipeline: ModularCall, running: Running, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("diffusers"), "propagate", True)
    entered, go, seen = threading.Event(), threading.Event(), []

    def hold(progress: Progress) -> None:
        seen.append(progress)
        entered.set()
        assert go.wait(WAIT)

    engine = running(pipeline)
    ticket = engine.submit(replace(REQUEST, steps=50), hold)
    assert entered.wait(WAIT)
    ticket.cancel()
    go.set()
    with pytest.raises(RequestCancelled):
        ticket.result(WAIT)
    assert len(seen) == 1
    assert "Error in block" not in caplog.text
    assert engine.submit(REQUEST).result(WAIT).shape == (32, 64, 3)


def test_a_folder_is_looked_at_and_loaded_as_any_other(saved: Path, running: Running) -> None:
    info = inspect_model(ModelSource(saved))
    assert info.pipeline == "ZImageModularPipeline"
    assert info.size.transformer.parameters > 0 < info.size.text_encoder.parameters
    # Its guider has one pass after the other, and not two rows in one.
    assert (info.size.rows, info.size.stays) == (1, True)
    assert running(load(saved)).submit(REQUEST).result(WAIT).shape == (32, 64, 3)


def test_parts_are_kept_as_planned(saved: Path, running: Running) -> None:
    eight = Form("cpu", "float32", Quantisation.INT8, TextEncoder.QUANTISED, Quantisation.INT8, vae_tiling=True)
    plain, made = load(saved), load(saved, eight)
    for part in (made.transformer, made.text_encoder):
        kept = {type(layer.weight.data).__name__ for layer in part.modules() if isinstance(layer, torch.nn.Linear)}
        assert "Int8Tensor" in kept, kept
    assert made.vae.use_tiling
    assert not plain.vae.use_tiling
    pictures = [running(pipeline).submit(REQUEST).result(WAIT).astype(int) for pipeline in (plain, made)]
    assert 0 < abs(pictures[0] - pictures[1]).mean() < 20
    half = load(saved, Form("cpu", "float16"))
    assert (half.transformer.dtype, half.vae.dtype) == (torch.float16, torch.float32)


@pytest.mark.parametrize("part", ["text_encoder", "transformer", "vae"])
def test_a_damaged_part_is_named(part: str, folder: Path) -> None:
    (file,) = (folder / part).glob("*.safetensors")
    file.write_bytes(file.read_bytes()[:-64])
    with pytest.raises(ModelUnavailable, match=part):
        load(folder)


def test_a_folder_is_modular_if_it_has_no_other_index(folder: Path) -> None:
    assert is_modular(folder)
    (folder / "model_index.json").write_text("{}")
    assert not is_modular(folder)


@pytest.mark.parametrize("name", ["modular_config.json", "config.json"])
def test_blocks_of_a_models_own_are_refused_and_never_run(name: str, folder: Path) -> None:
    (folder / name).write_text(json.dumps({"auto_map": {"ModularPipelineBlocks": "block.Own"}}))
    (folder / "block.py").write_text("raise SystemExit('this code was run')")
    with pytest.raises(ModelUnavailable, match="code that is never run"):
        load(folder)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"_class_name": "PipelineOfTomorrow"}, "pip install --upgrade diffusers"),
        ({"_blocks_class_name": "BlocksOfMyOwn"}, "pip install --upgrade diffusers"),
        ({"_class_name": None}, "fetch the model again"),
        ({"vae": ["my_code", "Vae", {"subfolder": "vae"}]}, "code of its own for its vae"),
        ({"vae": ["diffusers", "AutoencoderKL", {"subfolder": "../vae"}]}, "vae does not lie in a folder of the model"),
        ({"_class_name": "FluxModularPipeline", "_blocks_class_name": "FluxAutoBlocks"}, "lacks its .*text_encoder_2"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else value[:12],
)
def test_an_index_that_cannot_be_loaded_is_refused_with_its_remedy(
    entries: dict[str, Any], message: str, folder: Path
) -> None:
    change_index(folder, **entries)
    with pytest.raises(ModelUnavailable, match=message):
        load(folder)


def test_a_part_that_is_not_in_the_folder_is_named(folder: Path) -> None:
    shutil.rmtree(folder / "text_encoder")
    with pytest.raises(ModelUnavailable, match="lacks its text_encoder"):
        load(folder)
