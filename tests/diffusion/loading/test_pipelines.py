import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import diffusers
import gguf
import numpy as np
import pytest
import torch
import transformers
from _hub_server import WEIGHTS

from blazon.diffusion.catalogue.inspection import ModelInfo, ModelSource, inspect_model
from blazon.diffusion.engine import EngineLimits, StepEngine
from blazon.diffusion.families.flux1 import Flux1
from blazon.diffusion.loading.pipelines import LoadProgress, load_step_model
from blazon.diffusion.memory.footprint import Form, Offload, Quantisation, TextEncoder
from blazon.diffusion.memory.plan import MemoryPlan
from blazon.diffusion.sampling.sequence import Bitmap, DiffusionRequest

CPU = torch.device("cpu")
PLAIN = Form("cpu", "float32")


def planned(form: Form = PLAIN, **changes: Any) -> MemoryPlan:
    return MemoryPlan("tiny", form, 2, 0, 0, **changes)


def local(folder: Path) -> ModelInfo:
    return inspect_model(ModelSource(folder))


def load(folder: Path, form: Form = PLAIN, **changes: Any) -> Flux1:
    return load_step_model(local(folder), planned(form, **changes), CPU)


def drawn(model: Flux1, size: int = 64) -> list[Bitmap]:
    """Return two pictures of different prompts, so that text encoder and transformer take turns."""
    engine = StepEngine(model, EngineLimits(running=2, batch=2))
    engine.start()
    try:
        prompts = ("a fox", "a lighthouse")
        return [engine.submit(DiffusionRequest(text, size, size, 3, 3.5, 7)).result(60) for text in prompts]
    finally:
        engine.stop()


def difference(some: list[Bitmap], others: list[Bitmap]) -> int:
    """Return the largest difference of a value; 1 where rounding went another way, as it may for weights elsewhere."""
    return max(int(np.abs(one.astype(int) - other).max()) for one, other in zip(some, others, strict=True))


@pytest.fixture(scope="module", autouse=True)
def few_threads() -> Iterator[None]:
    usual = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(usual)


@pytest.fixture(scope="module")
def plain_pictures(tiny_dev: Path) -> list[Bitmap]:
    return drawn(load(tiny_dev))


@pytest.fixture
def copy(tiny_dev: Path, tmp_path: Path) -> Path:
    """A copy of the tiny FLUX, to be damaged."""
    return Path(shutil.copytree(tiny_dev, tmp_path / "copy"))


# Looking without loading.


def test_a_folder_is_told_without_loading(tiny_dev: Path) -> None:
    info = local(tiny_dev)
    on_disk = sum(path.stat().st_size for path in tiny_dev.rglob("*.safetensors"))
    loaded = diffusers.FluxTransformer2DModel.from_pretrained(tiny_dev / "transformer")
    assert info.pipeline == "FluxPipeline"
    assert info.folder == tiny_dev
    assert info.takes_guidance
    assert info.max_tokens == 512
    assert info.size.stored_bytes == on_disk
    assert info.size.transformer.parameters == loaded.num_parameters()
    assert info.size.width == 32


def test_schnell_takes_no_guidance_and_fewer_tokens(tiny_schnell: Path) -> None:
    info = local(tiny_schnell)
    assert not info.takes_guidance
    assert info.max_tokens == 256


def test_embeddings_are_not_counted_as_linear(tiny_dev: Path) -> None:
    encoder = local(tiny_dev).size.text_encoder
    assert encoder.parameters - encoder.linear >= 98 * 32


def test_the_home_folder_is_understood(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(copy.parent))
    assert local(Path("~/copy")).folder == copy


# Loading.


def test_a_folder_is_loaded(tiny_dev: Path, plain_pictures: list[Bitmap]) -> None:
    pipeline = diffusers.FluxPipeline.from_pretrained(tiny_dev)
    pipeline.set_progress_bar_config(disable=True)
    usual = drawn(Flux1(pipeline, name="usual", device=CPU, max_tokens=512))
    assert difference(usual, plain_pictures) <= 1


def test_progress_goes_from_nothing_to_all(tiny_dev: Path) -> None:
    told: list[LoadProgress] = []
    load_step_model(local(tiny_dev), planned(), CPU, told.append)
    assert [progress.stage for progress in told] == [
        "checking files",
        "loading text encoder",
        "loading text encoder 2",
        "loading transformer",
        "loading vae",
        "ready",
    ]
    shares = [progress.done for progress in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)


def test_shards_are_loaded_in_parallel(
    tiny_dev: Path, copy: Path, plain_pictures: list[Bitmap], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(copy / "transformer")
    transformer = diffusers.FluxTransformer2DModel.from_pretrained(tiny_dev / "transformer")
    transformer.save_pretrained(copy / "transformer", max_shard_size="60KB")
    assert len(list((copy / "transformer").glob("*.safetensors"))) > 2
    pools: list[str] = []
    from diffusers.models import modeling_utils

    usual = modeling_utils._load_shard_files_with_threadpool

    def noted(*args: Any, **kwargs: Any) -> Any:
        pools.append("loaded")
        return usual(*args, **kwargs)

    monkeypatch.setattr(modeling_utils, "_load_shard_files_with_threadpool", noted)
    pictures = drawn(load(copy))
    assert pools
    assert not modeling_utils.HF_ENABLE_PARALLEL_LOADING
    assert difference(pictures, plain_pictures) <= 1


@pytest.mark.parametrize("quantisation", [Quantisation.INT8, Quantisation.FP8])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_eight_bits_draw_nearly_the_same(
    quantisation: Quantisation, precision: str, tiny_dev: Path, plain_pictures: list[Bitmap]
) -> None:
    form = Form("cpu", precision, quantisation, TextEncoder.QUANTISED, quantisation)
    model = load(tiny_dev, form)
    kept = model.transformer.transformer_blocks[0].attn.to_q.weight
    assert type(kept).__name__ == ("Int8Tensor" if quantisation is Quantisation.INT8 else "Float8Tensor")
    assert not torch._inductor.config.coordinate_descent_tuning  # as torchao would have it for all that is compiled
    assert model.dtype is getattr(torch, precision)
    pairs = zip(drawn(model), plain_pictures, strict=True)
    assert all(np.abs(one.astype(int) - other.astype(int)).mean() < 12 for one, other in pairs)


def test_half_precision_is_loaded_as_planned(tiny_dev: Path) -> None:
    model = load(tiny_dev, Form("cpu", "float16"))
    assert model.transformer.dtype is torch.float16
    assert model.vae.dtype is torch.float32


@pytest.mark.parametrize(
    "form",
    [replace(PLAIN, offload=Offload.MODEL), replace(PLAIN, text_encoder=TextEncoder.CPU, offload=Offload.SEQUENTIAL)],
)
def test_offload_draws_the_same(form: Form, tiny_dev: Path, plain_pictures: list[Bitmap]) -> None:
    assert difference(drawn(load(tiny_dev, form)), plain_pictures) <= 1


def test_offloaded_parts_take_turns_for_ever(tiny_dev: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = load(tiny_dev, replace(PLAIN, offload=Offload.MODEL))
    names = {id(part): name for name, part in model.pipeline.components.items()}
    moved: list[str] = []
    for kind in (diffusers.FluxTransformer2DModel, transformers.T5EncoderModel, diffusers.AutoencoderKL):
        usual = kind.to

        def to(part: Any, *args: Any, usual: Any = usual, **kwargs: Any) -> Any:
            moved.append(names[id(part)])
            return usual(part, *args, **kwargs)

        monkeypatch.setattr(kind, "to", to)
    drawn(model)
    turns = [name for name, before in zip(moved, [None, *moved], strict=False) if name != before]
    assert {"text_encoder_2", "transformer"} == set(turns)
    assert turns.count("transformer") >= 2


def test_decoding_is_cut_into_tiles_of_512(tiny_dev: Path) -> None:
    vae = load(tiny_dev, replace(PLAIN, vae_tiling=True)).vae
    assert vae.use_tiling
    assert (vae.tile_sample_min_size, vae.tile_latent_min_size) == (512, 64)
    assert not load(tiny_dev).vae.use_tiling


def test_prompts_are_bounded_by_the_tokenizer(copy: Path) -> None:
    config = copy / "tokenizer_2" / "tokenizer_config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"model_max_length": 77}))
    assert load(copy).max_tokens == 77


def test_gguf_weights_are_loaded(tiny_dev: Path, copy: Path, plain_pictures: list[Bitmap]) -> None:
    transformer = diffusers.FluxTransformer2DModel.from_pretrained(tiny_dev / "transformer")
    writer = gguf.GGUFWriter(str(copy / "transformer" / "tiny.gguf"), "flux")
    for name, tensor in transformer.state_dict().items():
        numbers = tensor.numpy()
        if numbers.ndim == 2 and numbers.shape[1] % 32 == 0:
            kind = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(name, gguf.quants.quantize(numbers, kind), raw_dtype=kind)
        else:
            writer.add_tensor(name, numbers)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    (copy / WEIGHTS).unlink()
    info = local(copy)
    assert info.size.gguf
    model = load(copy, Form("cpu", "float32", Quantisation.GGUF))
    pairs = zip(drawn(model), plain_pictures, strict=True)
    assert all(np.abs(one.astype(int) - other.astype(int)).mean() < 12 for one, other in pairs)
