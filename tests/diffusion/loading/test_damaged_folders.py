import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import diffusers
import pytest
import torch
from _hub_server import WEIGHTS
from write_memory_table import FLUX_DEV

from blazon.diffusion.catalogue.inspection import ModelInfo, ModelSource, inspect_model
from blazon.diffusion.families.flux1 import Flux1
from blazon.diffusion.loading import pipelines as loading
from blazon.diffusion.loading.pipelines import load_pipeline, load_step_model
from blazon.diffusion.memory.footprint import GB, Form, Offload, Quantisation
from blazon.diffusion.memory.plan import MemoryBudget, MemoryPlan, plan
from blazon.errors import ModelUnavailable

CPU = torch.device("cpu")
PLAIN = Form("cpu", "float32")


def planned(form: Form = PLAIN, **changes: Any) -> MemoryPlan:
    return MemoryPlan("tiny", form, 2, 0, 0, **changes)


def local(folder: Path) -> ModelInfo:
    return inspect_model(ModelSource(folder))


def load(folder: Path, form: Form = PLAIN, **changes: Any) -> Flux1:
    return load_step_model(local(folder), planned(form, **changes), CPU)


@pytest.fixture(scope="module", autouse=True)
def few_threads() -> Iterator[None]:
    usual = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(usual)


@pytest.fixture
def copy(tiny_dev: Path, tmp_path: Path) -> Path:
    """A copy of the tiny FLUX, to be damaged."""
    return Path(shutil.copytree(tiny_dev, tmp_path / "copy"))


def refusal(folder: Path) -> str:
    with pytest.raises(ModelUnavailable) as caught:
        load_pipeline(local(folder), planned(), CPU)
    told = str(caught.value)
    assert "\n" not in told
    return told


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def edit(name: str, **changes: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / name
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return change


def rewrite(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(change((folder / name).read_bytes()))  # type: ignore[func-returns-value]


def unsafe(folder: Path) -> None:
    (folder / WEIGHTS).rename(folder / "transformer" / "diffusion_pytorch_model.bin")


def lost_shard(folder: Path) -> None:
    index = {"metadata": {}, "weight_map": {"a": "one-00001-of-00002.safetensors", "b": "two.safetensors"}}
    (folder / "transformer" / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps(index))
    (folder / WEIGHTS).rename(folder / "transformer" / "one-00001-of-00002.safetensors")


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (remove("model_index.json"), "there is no model_index.json; it must be a folder in the layout of diffusers"),
        (rewrite("model_index.json", lambda _: b"{"), "model_index.json is not JSON; it is damaged, fetch it again"),
        (rewrite("model_index.json", lambda _: b"[" * 200_000), "model_index.json is not JSON; it is damaged"),
        (rewrite("model_index.json", lambda _: b"[]"), "not what a model has in its place"),
        (edit("model_index.json", transformer=["my_code", "Model"]), "brings code of its own for its transformer"),
        (
            edit("model_index.json", vae=["wuerstchen", "PaellaVQModel"]),
            "its vae (PaellaVQModel) is of wuerstchen, pipelines that the installed diffusers no longer loads; choose",
        ),
        (edit("model_index.json", _class_name=["pipeline", "Mine"]), "brings code of its own for its pipeline"),
        (edit("model_index.json", _class_name="DiffusionPipeline"), "which is no class of a pipeline that draws; take"),
        (edit("model_index.json", _class_name="is_torch_available"), "names is_torch_available, which is no class"),
        (
            edit("model_index.json", _class_name="ZImagePipeline"),
            "its transformer (FluxTransformer2DModel) is none that a ZImagePipeline draws with",
        ),
        (
            edit("model_index.json", text_encoder_2=["transformers", "BertModel"]),
            "its text_encoder_2 (BertModel) does not fit",
        ),
        (remove(WEIGHTS), "transformer has no weights; fetch the model again"),
        (unsafe, "has no safetensors file, only formats that can carry code; convert the model"),
        (lost_shard, "transformer lacks two.safetensors, which its index names; fetch the model again"),
        (rewrite(WEIGHTS, lambda b: b[:-1000]), "is damaged: 320,048 bytes in place of 321,048; delete it and fetch"),
        (rewrite(WEIGHTS, lambda b: b[:100]), "is damaged: it is no safetensors file; delete it and fetch it again"),
        (rewrite(WEIGHTS, lambda b: b + b"\0"), "is damaged: 321,049 bytes in place of 321,048"),
        (rewrite(WEIGHTS, lambda _: b""), "is damaged: it is empty"),
        (rewrite(WEIGHTS, lambda _: b"version https://git-lfs.github.com/spec/v1\n"), "git lfs pull"),
        (rewrite(WEIGHTS, lambda b: b[:8] + b"x" * (len(b) - 8)), "is damaged: it is no safetensors file"),
        (rewrite("transformer/config.json", lambda _: b"no"), "config.json is not JSON"),
        (remove("tokenizer_2/tokenizer.json"), "tokenizer_2 has no vocabulary; fetch the model again"),
        (rewrite("tokenizer/tokenizer.json", lambda _: b"{}"), "cannot be loaded ("),
        (
            rewrite("scheduler/scheduler_config.json", lambda _: b"[]"),
            "scheduler_config.json is not what a model has in its place",
        ),
        (
            rewrite("tokenizer/tokenizer_config.json", lambda _: b"[]"),
            "tokenizer_config.json is not what a model has in its place",
        ),
        (rewrite("tokenizer/tokenizer.json", lambda _: b"[]"), "tokenizer.json is not what a model has in its place"),
        (remove("scheduler/scheduler_config.json"), "its scheduler (FlowMatchEulerDiscreteScheduler) is missing"),
        (edit("transformer/config.json", num_attention_heads=4), "is (32,) in its files and (64,) by its config.json"),
    ],
)
def test_a_damaged_folder_is_one_line(damage: Callable[[Path], None], told: str, copy: Path) -> None:
    damage(copy)
    assert told in refusal(copy)


@pytest.mark.parametrize("part", ["tokenizer", "tokenizer_2"])
@pytest.mark.parametrize("said", ["many", 0, -77, True, [77], float("nan")])
def test_a_tokenizer_that_takes_no_number_of_tokens_is_named(part: str, said: object, copy: Path) -> None:
    edit(f"{part}/tokenizer_config.json", model_max_length=said)(copy)
    with pytest.raises(ModelUnavailable) as caught:
        load_step_model(local(copy), planned(), CPU)
    told = f"the tokenizer_config.json of its {part} says that it takes {said!r} tokens (model_max_length)"
    assert told in str(caught.value)


def test_a_missing_folder_is_one_line(tmp_path: Path) -> None:
    told = refusal(tmp_path / "nowhere")
    assert told == f"MODEL_PATH={tmp_path / 'nowhere'}: there is no such folder; look at the path, or unset it"


def test_a_damaged_file_names_itself(copy: Path) -> None:
    rewrite(WEIGHTS, lambda b: b[:-1])(copy)
    assert refusal(copy).startswith(str((copy / WEIGHTS).resolve()))


def test_a_damaged_file_of_the_cache_is_named_behind_its_link(copy: Path, tmp_path: Path) -> None:
    blob = tmp_path / "blob"
    (copy / WEIGHTS).rename(blob)
    (copy / WEIGHTS).symlink_to(blob)
    rewrite(WEIGHTS, lambda b: b[:-1])(copy)
    assert refusal(copy).startswith(f"{blob.resolve()} is damaged")


def test_gguf_is_looked_at(copy: Path) -> None:
    (copy / WEIGHTS).rename(copy / "transformer" / "model.gguf")
    assert "is damaged: it is no GGUF file" in refusal(copy)
    (copy / "transformer" / "other.gguf").write_bytes(b"GGUF")
    assert "has several GGUF files" in refusal(copy)


@pytest.mark.parametrize(
    ("form", "package"),
    [
        (Form("cpu", "float32", Quantisation.NF4), "bitsandbytes"),
        (Form("cpu", "float32", Quantisation.GGUF), "gguf"),
        (Form("cpu", "float32", Quantisation.INT8), "torchao"),
        (Form("cpu", "float32", text_quantisation=Quantisation.INT8), "torchao"),
        (Form("cpu", "float32", offload=Offload.MODEL), "accelerate"),
    ],
)
def test_a_missing_package_is_named(form: Form, package: str, tiny_dev: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ModelUnavailable, match=f"the package {package}: pip install {package}"):
        load_step_model(local(tiny_dev), planned(form), CPU)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (torch.OutOfMemoryError("CUDA out of memory"), "host memory ran out while dev was loaded; free some"),
        (MemoryError(), "host memory ran out"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried 1 byte"), "host memory ran out"),
        (
            ValueError("two\nlines"),
            r"its vae \(AutoencoderKL\) cannot be loaded \(ValueError: two\); its",
        ),
    ],
)
def test_whatever_fails_while_loading_is_one_line(
    error: Exception, told: str, tiny_dev: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise error

    monkeypatch.setattr(diffusers.AutoencoderKL, "from_pretrained", fail)
    with pytest.raises(ModelUnavailable, match=told):
        load(tiny_dev)


def test_a_failed_load_lets_go_of_what_it_loaded(tiny_dev: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import weakref

    seen: list[weakref.ref[Any]] = []
    usual = diffusers.FluxTransformer2DModel.from_pretrained

    def noted(*args: Any, **kwargs: Any) -> Any:
        model, told = usual(*args, **kwargs)
        seen.append(weakref.ref(model))
        return model, told

    def fail(*args: object, **kwargs: object) -> None:
        raise torch.OutOfMemoryError("no room for the VAE")

    monkeypatch.setattr(diffusers.FluxTransformer2DModel, "from_pretrained", noted)
    monkeypatch.setattr(diffusers.AutoencoderKL, "from_pretrained", fail)
    kept: list[ModelUnavailable] = []
    try:
        load(tiny_dev)
    except ModelUnavailable as error:
        kept.append(error)  # as a server does, to answer with it
    assert kept
    assert seen[0]() is None


def test_what_does_not_fit_is_refused_before_loading(tiny_dev: Path) -> None:
    large = replace(local(tiny_dev), size=FLUX_DEV)
    with pytest.raises(ModelUnavailable, match="does not fit"):
        plan(large.size, MemoryBudget("cuda", int(4 * GB), int(8 * GB)))
