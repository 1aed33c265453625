"""Pipelines of any class through the real loader: each draws, or is refused in one line that says what helps."""

import importlib.util
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
import transformers
from _tiny_families import SAVERS
from _tiny_loading import MAKERS as MORE
from _tiny_others import MAKERS as OTHERS
from safetensors.torch import load_file, save_file
from structlog.testing import capture_logs

from blazon.brief import Brief
from blazon.diffusion.catalogue.inspection import ModelSource, inspect_model
from blazon.diffusion.catalogue.specs import describe
from blazon.diffusion.files.part_classes import PartSite
from blazon.diffusion.files.pipeline_index import read_index
from blazon.diffusion.generic import GenericEngine
from blazon.diffusion.loading.part_loading import load_weightless
from blazon.diffusion.loading.pipelines import load_pipeline
from blazon.diffusion.loading.placement import compute_on_host
from blazon.diffusion.memory.footprint import Form, Offload, TextEncoder
from blazon.diffusion.memory.plan import MemoryPlan
from blazon.diffusion.sampling.sequence import DiffusionRequest
from blazon.errors import ModelUnavailable
from blazon.serve.engines.flux import ModelLoader, explain, open_flux
from blazon.settings import Settings
from blazon.watching import Watch

# What diffusers uses of numpy and of itself is not ours to change.
pytestmark = [pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")]

CPU = torch.device("cpu")
DRAWING = [*SAVERS, "sd15", "sdxl", "sd3", "pixart", "sana-sprint", "lumina2", "krea2", "ernie", *MORE]
SIDES = {"sana-sprint": 1024, "sana": 64}


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    usual = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(usual)


def save(name: str, folder: Path) -> Path:
    if name in SAVERS:
        return SAVERS[name](folder)
    torch.manual_seed(0)
    make: Callable[[], object] = {**OTHERS, **MORE}[name]
    make().save_pretrained(folder, safe_serialization=True)  # type: ignore[attr-defined]
    return folder


def make_loader(**given: object) -> ModelLoader:
    usual = {"torch_device": "cpu", "optimize": "off", "warmup_enabled": False}
    return ModelLoader(Settings.load(None, **{**usual, **given}), CPU, (), lambda _: None)


@pytest.mark.parametrize("name", DRAWING)
def test_a_pipeline_of_any_class_is_loaded_and_draws(name: str, tmp_path: Path) -> None:
    engine = make_loader().load(describe(str(save(name, tmp_path / name))))
    side = SIDES.get(name, 64)
    try:
        picture = engine.submit(DiffusionRequest("a fox", side, side, steps=2, guidance=2.0, seed=1)).result(60)
    finally:
        engine.stop()
    assert picture.shape == (side, side, 3)
    assert picture.dtype == np.uint8
    assert picture.std() > 0


# What is wrong with a folder: each part damaged in each way is named, with a remedy that is true.


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("whole")
    return {name: save(name, root / name) for name in ("sdxl", "z-image")}


def refuse(folder: Path) -> str:
    with capture_logs(), pytest.raises(ModelUnavailable) as caught:
        make_loader().load(describe(str(folder))).stop()
    told = str(caught.value)
    assert "\n" not in told
    assert "internal error" not in told
    return told


def edit(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def find_weights(folder: Path, part: str) -> Path:
    [path] = (folder / part).glob("*.safetensors")
    return path


def remove_part(folder: Path, part: str) -> str:
    shutil.rmtree(folder / part)
    return "fetch the model again"


def null_part(folder: Path, part: str) -> str:
    edit(folder / "model_index.json", **{part: [None, None]})
    return "says null for"


def forget_part(folder: Path, part: str) -> str:
    index = json.loads((folder / "model_index.json").read_text())
    index.pop(part)
    (folder / "model_index.json").write_text(json.dumps(index))
    return "does not name"


def cut_weights(folder: Path, part: str) -> str:
    path = find_weights(folder, part)
    path.write_bytes(path.read_bytes()[:-100])
    return "delete it and fetch it again"


def remove_weights(folder: Path, part: str) -> str:
    find_weights(folder, part).unlink()
    return "has no weights; fetch the model again"


def reshape_weights(folder: Path, part: str) -> str:
    path = find_weights(folder, part)
    tensors = load_file(path)
    name = max(tensors, key=lambda key: tensors[key].numel())
    tensors[name] = torch.zeros(*(2 * side for side in tensors[name].shape))
    save_file(tensors, path, metadata={"format": "pt"})
    return "in its files and"


def lose_tensors(folder: Path, part: str) -> str:
    path = find_weights(folder, part)
    tensors = load_file(path)
    save_file(dict(list(tensors.items())[1:]), path, metadata={"format": "pt"})
    return "its files lack"


def spoil_config(folder: Path, part: str) -> str:
    (folder / part / "config.json").write_text("{")
    return "is not JSON; it is damaged, fetch it again"


def remove_config(folder: Path, part: str) -> str:
    (folder / part / "config.json").unlink()
    return "config.json"


def exchange_class(folder: Path, part: str) -> str:
    kinds = {"vae": ["diffusers", "VQModel"], "text_encoder": ["transformers", "BertModel"]}
    edit(folder / "model_index.json", **{part: kinds.get(part, ["diffusers", "FluxTransformer2DModel"])})
    return "from the model's page" if part in kinds else "take both from one model's page"


def invent_class(folder: Path, part: str) -> str:
    edit(folder / "model_index.json", **{part: ["diffusers", "Teapot2DModel"]})
    return "does not have; pip install --upgrade diffusers, or look at model_index.json"


DAMAGES = [
    remove_part,
    null_part,
    forget_part,
    cut_weights,
    remove_weights,
    reshape_weights,
    lose_tensors,
    spoil_config,
    remove_config,
    exchange_class,
    invent_class,
]
PARTS = [("sdxl", "unet"), ("z-image", "transformer"), ("z-image", "text_encoder"), ("z-image", "vae")]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize(("name", "part"), PARTS)
def test_a_part_that_is_damaged_is_named_with_what_helps(
    name: str, part: str, damage: Callable[[Path, str], str], models: dict[str, Path], tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(models[name], tmp_path / name))
    remedy = damage(folder, part)
    told = refuse(folder)
    assert part in told
    assert remedy in told


@pytest.mark.parametrize("damage", [remove_part, null_part, forget_part])
@pytest.mark.parametrize("part", ["tokenizer", "scheduler"])
def test_a_part_without_weights_that_is_damaged_is_named_with_what_helps(
    part: str, damage: Callable[[Path, str], str], models: dict[str, Path], tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(models["z-image"], tmp_path / "copy"))
    remedy = damage(folder, part)
    told = refuse(folder)
    assert part in told
    assert remedy in told


def test_a_scheduler_that_does_not_take_the_usual_steps_refuses_the_model(
    models: dict[str, Path], tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(models["sdxl"], tmp_path / "copy"))
    edit(folder / "model_index.json", scheduler=["diffusers", "LCMScheduler"])
    edit(folder / "scheduler" / "scheduler_config.json", _class_name="LCMScheduler", original_inference_steps=4)
    told = refuse(folder)
    assert "with its scheduler LCMScheduler (" in told
    assert "50" in told
    assert "put back the scheduler_config.json" in told


def test_a_scheduler_whose_settings_are_of_another_one_is_told_of(models: dict[str, Path], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(models["sdxl"] / "scheduler", tmp_path / "scheduler"))
    edit(folder / "scheduler_config.json", _class_name="DDIMScheduler")
    for kind, told in ((diffusers.EulerDiscreteScheduler, ["DDIMScheduler"]), (diffusers.DDIMScheduler, [])):
        with capture_logs() as logs:
            assert type(load_weightless(PartSite("tiny", "scheduler", kind, folder))) is kind
        assert [line["other"] for line in logs] == told


def test_a_package_that_a_part_needs_is_named(models: dict[str, Path], tmp_path: Path) -> None:
    """As FLUX.2-dev's processor does, whose stand-in says nothing that helps."""
    folder = Path(shutil.copytree(models["z-image"], tmp_path / "copy"))
    edit(folder / "model_index.json", tokenizer=["transformers", "PixtralProcessor"])
    kind = getattr(transformers, "PixtralProcessor")  # noqa: B009 - it may be a stand-in
    if importlib.util.find_spec("torchvision") is None:
        assert "its tokenizer (PixtralProcessor) needs the package torchvision: pip install torchvision" in refuse(
            folder
        )
    else:
        assert kind.__name__ == "PixtralProcessor"


@pytest.mark.parametrize("backends", [["torch", "sparkle_glue"], ["sparkle_glue"]], ids=["one of two", "the only one"])
def test_a_stand_in_of_a_library_names_what_it_stands_in_for(
    backends: list[str], models: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from diffusers.utils.import_utils import DummyObject

    stand_in = DummyObject("ZImagePipeline", (), {"_backends": backends})
    monkeypatch.setattr(diffusers, "ZImagePipeline", stand_in, raising=False)
    assert "its pipeline (ZImagePipeline) needs the package sparkle_glue: pip install" in refuse(models["z-image"])


def test_lists_of_an_index_that_are_no_parts_are_options(models: dict[str, Path], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(models["z-image"], tmp_path / "copy"))
    edit(folder / "model_index.json", layers=[1, 2], words=["a", "b"], flags=[True, False], nothing=None, one=["x"])
    index = read_index(folder)
    assert sorted(index.parts) == ["scheduler", "text_encoder", "tokenizer", "transformer", "vae"]
    assert index.absent == ("nothing",)


def test_parts_of_a_pipelines_own_package_are_known(models: dict[str, Path], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(models["sdxl"], tmp_path / "copy"))
    edit(folder / "model_index.json", safety_checker=["stable_diffusion", "StableDiffusionSafetyChecker"])
    assert read_index(folder).parts["safety_checker"].kind == "StableDiffusionSafetyChecker"


def test_a_tokenizer_of_bytes_needs_no_vocabulary(tmp_path: Path) -> None:
    transformers.ByT5Tokenizer().save_pretrained(tmp_path)
    site = PartSite("tiny", "tokenizer_2", transformers.ByT5Tokenizer, tmp_path)
    assert load_weightless(site)("fox").input_ids == [105, 114, 123, 1]


def test_an_image_encoder_is_neither_needed_nor_loaded(models: dict[str, Path], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(models["sdxl"], tmp_path / "copy"))
    edit(folder / "model_index.json", image_encoder=["transformers", "CLIPVisionModelWithProjection"])
    engine = make_loader().load(describe(str(folder)))
    engine.stop()
    assert engine.pipeline.image_encoder is None  # type: ignore[attr-defined]


# A plan for all of them.


@pytest.mark.parametrize("quantisation", ["int8", "fp8"])
@pytest.mark.parametrize(("name", "part"), [("sdxl", "unet"), ("pixart", "transformer")])
def test_quantization_is_heeded_by_pipelines_of_any_class(
    name: str, part: str, quantisation: str, tmp_path: Path
) -> None:
    engine = make_loader(quantization=quantisation).load(describe(str(save(name, tmp_path / name))))
    try:
        assert engine.submit(DiffusionRequest("a fox", 64, 64, steps=2, guidance=2.0, seed=1)).result(60).std() > 0
    finally:
        engine.stop()
    kinds = {type(module.weight).__name__ for module in _list_linear(getattr(engine.pipeline, part))}  # type: ignore[attr-defined]
    assert kinds == {"Int8Tensor" if quantisation == "int8" else "Float8Tensor"}


def _list_linear(model: torch.nn.Module) -> list[torch.nn.Linear]:
    return [module for module in model.modules() if isinstance(module, torch.nn.Linear)]


@pytest.mark.parametrize("offload", [Offload.MODEL, Offload.SEQUENTIAL])
@pytest.mark.parametrize("name", ["sdxl", "z-image"])
def test_offload_draws_the_same_for_pipelines_of_any_class(
    name: str, offload: Offload, models: dict[str, Path]
) -> None:
    request = DiffusionRequest("a fox", 64, 64, steps=2, guidance=2.0, seed=1)
    info = inspect_model(ModelSource(models[name]))
    encoder = TextEncoder.CPU if offload is Offload.SEQUENTIAL else TextEncoder.DEVICE
    pictures = []
    for form in (Form("cpu", "float32"), Form("cpu", "float32", text_encoder=encoder, offload=offload)):
        engine = GenericEngine(load_pipeline(info, MemoryPlan("tiny", form, 1, 0, 0), CPU), name="tiny")
        engine.start()
        pictures += [engine.submit(request).result(60) for _ in range(2)]
        engine.stop()
    assert all(np.abs(picture.astype(int) - pictures[0]).max() <= 1 for picture in pictures)


def test_an_encoder_in_host_memory_answers_on_the_device() -> None:
    encoder = torch.nn.Linear(4, 4)
    compute_on_host([encoder], torch.device("meta"))
    assert encoder(torch.zeros(1, 4)).device.type == "meta"


def test_a_few_tensors_too_many_are_passed_over_and_many_are_refused(models: dict[str, Path], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(models["sdxl"], tmp_path / "copy"))
    path = find_weights(folder, "unet")
    weights = load_file(path)
    save_file({**weights, "extra.scale": torch.zeros(1)}, path, {"format": "pt"})
    with capture_logs() as logs:
        make_loader().load(describe(str(folder))).stop()
    assert any(line["event"] == "tensors of a part are not used" and line["tensors"] == 1 for line in logs)
    save_file({**weights, **{f"extra.{k}": torch.zeros(1) for k in range(len(weights))}}, path, {"format": "pt"})
    assert "its files hold extra.0" in refuse(folder)


def test_a_folder_that_changes_while_it_is_loaded_is_refused(
    models: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(models["sdxl"], tmp_path / "copy"))
    usual = diffusers.AutoencoderKL.from_pretrained

    def exchange(*args: Any, **kwargs: Any) -> Any:
        copied = folder / "unet" / "new"
        shutil.copy(find_weights(folder, "unet"), copied)
        copied.replace(find_weights(folder, "unet"))
        return usual(*args, **kwargs)

    monkeypatch.setattr(diffusers.AutoencoderKL, "from_pretrained", exchange)
    assert "changed while it was loaded (unet/diffusion_pytorch_model.safetensors); wait until" in refuse(folder)
    monkeypatch.undo()
    make_loader().load(describe(str(folder))).stop()


def test_a_model_that_cannot_be_planned_leaves_the_others(models: dict[str, Path], tmp_path: Path) -> None:
    broken = Path(shutil.copytree(models["z-image"], tmp_path / "broken"))
    edit(broken / "transformer" / "config.json", dim="wide")
    shutil.rmtree(broken / "vae")
    listed = f"broken={broken},good={models['sdxl']}"
    settings = Settings.load(None, models=listed, torch_device="cpu", min_render_size=64, warmup_enabled=False)
    with capture_logs() as logs:
        studio = open_flux(settings, lambda _: None)
    try:
        cards = {card.name: card for card in studio.models()}
        assert "vae is missing" in cards["broken"].problem
        assert cards["good"].problem == ""
        assert studio.model == "sdxl"
        assert studio.candidate(Brief("a fox", size=64, steps=2, seed=1), 0, Watch()).content
        with pytest.raises(ModelUnavailable, match="vae is missing"):
            studio.candidate(Brief("a fox", size=64, steps=2, model="broken"), 0, Watch())
    finally:
        studio.close()
    assert any(line["event"] == "another model is the default one now" for line in logs)
    plans = list(explain(settings))
    assert "vae is missing" in plans[0][1]
    assert plans[1][0].startswith("sdxl: ")
