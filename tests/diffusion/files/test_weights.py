"""Which files hold a part's weights: the plain ones, or those of a variant such as fp16."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from _tiny_flux import save_tiny_flux
from safetensors.torch import load_file, save_file

from blazon.diffusion.catalogue.inspection import ModelSource, inspect_model
from blazon.diffusion.files.weights import find_variant, pick_files
from blazon.diffusion.loading.pipelines import load_pipeline
from blazon.diffusion.memory.footprint import Form
from blazon.diffusion.memory.plan import MemoryPlan
from blazon.errors import ModelUnavailable

PARTS = ("transformer", "text_encoder", "text_encoder_2", "vae")


def make_variants(folder: Path, *, keep: bool) -> None:
    """Write the weights of each part as fp16 beside the plain ones, or in their place."""
    for part in PARTS:
        (plain,) = (folder / part).glob("*.safetensors")
        tensors = {name: tensor.half() for name, tensor in load_file(plain).items()}
        save_file(tensors, plain.with_name(plain.name.replace(".safetensors", ".fp16.safetensors")), {"format": "pt"})
        if not keep:
            plain.unlink()


def split(folder: Path, *, keep: bool) -> None:
    """Write the transformer as shards of fp16, as diffusers names them; the index of plain shards lies there too."""
    place = folder / "transformer"
    plain = place / "diffusion_pytorch_model.safetensors"
    tensors = {name: tensor.half() for name, tensor in load_file(plain).items()}
    names = sorted(tensors)
    placed = {}
    for number, chosen in enumerate((names[::2], names[1::2]), 1):
        shard = f"diffusion_pytorch_model.fp16-0000{number}-of-00002.safetensors"
        save_file({name: tensors[name] for name in chosen}, place / shard, {"format": "pt"})
        placed |= dict.fromkeys(chosen, shard)
    index = {"metadata": {"total_size": 1}, "weight_map": placed}
    (place / "diffusion_pytorch_model.safetensors.index.fp16.json").write_text(json.dumps(index))
    if not keep:
        plain.unlink()
        gone = {"weight_map": {name: name_of.replace(".fp16", "") for name, name_of in placed.items()}}
        (place / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps(gone))


@pytest.mark.parametrize("write", [make_variants, split])
def test_a_variant_is_loaded_where_the_plain_weights_are_not(write: Callable[..., None], tmp_path: Path) -> None:
    folder = save_tiny_flux(tmp_path)
    expected = load_file(folder / "transformer" / "diffusion_pytorch_model.safetensors")
    write(folder, keep=False)
    assert find_variant(folder / "transformer") == "fp16"
    info = inspect_model(ModelSource(folder))
    pipeline = load_pipeline(info, MemoryPlan("tiny", Form("cpu", "float32"), 1, 0, 0), torch.device("cpu"))
    for name, tensor in pipeline.transformer.state_dict().items():
        assert torch.equal(tensor, expected[name].half().float()), name


@pytest.mark.parametrize("write", [make_variants, split])
def test_what_lies_beside_the_plain_weights_counts_not(write: Callable[..., None], tmp_path: Path) -> None:
    folder = save_tiny_flux(tmp_path)
    before = inspect_model(ModelSource(folder)).size
    write(folder, keep=True)
    assert find_variant(folder / "transformer") is None
    assert inspect_model(ModelSource(folder)).size == before


def test_of_several_variants_the_better_one_is_taken() -> None:
    names = [f"model.{variant}.safetensors" for variant in ("non_ema", "fp16", "bf16")]
    assert pick_files(Path("part"), names) == ("model.bf16.safetensors",)
    with pytest.raises(ModelUnavailable, match="has no weights"):
        pick_files(Path("part"), names[:1])
