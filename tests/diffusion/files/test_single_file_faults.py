"""What is missing, broken, of another kind or lies in single files is told in one line."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from _tiny_drawing import CPU, PLAIN, load
from safetensors.torch import load_file, save_file

from blazon.diffusion.catalogue.inspection import ModelSource, inspect_model
from blazon.diffusion.catalogue.specs import describe
from blazon.diffusion.loading.pipelines import LoadProgress, load_pipeline
from blazon.diffusion.memory.plan import MemoryPlan
from blazon.errors import ModelUnavailable


def take_away(root: Path, place: str) -> None:
    shutil.rmtree(root / place)


def cut_short(root: Path, place: str) -> None:
    (path,) = (root / place).glob("*.safetensors")
    path.write_bytes(path.read_bytes()[:-9])


def take_a_tensor(root: Path, place: str) -> None:
    (path,) = (root / place).glob("*.safetensors")
    tensors = load_file(path)
    del tensors["model.diffusion_model.double_blocks.0.img_mlp.0.weight"]
    save_file(tensors, path)


def widen_encoder(root: Path, place: str) -> None:
    for path in (root / place).glob("t5*.safetensors"):
        tensors = load_file(path)
        tensors["shared.weight"] = torch.ones(100, 64)
        save_file(tensors, path)


@pytest.mark.parametrize(
    ("spoil", "place", "complaint"),
    [
        (take_away, "text_encoders", r"needs CLIP-L .* in .*text_encoders"),
        (take_away, "vae", r"needs VAE of FLUX\.1 .* in .*/vae"),
        (take_away, "tokenizer_2", "hf download black-forest-labs/FLUX.1-schnell --include 'tokenizer_2/"),
        (cut_short, "vae", "is damaged"),
        (cut_short, "diffusion_models", "is damaged"),
        (take_a_tensor, "diffusion_models", r"flux1-dev\.safetensors lacks 1 of .* tensors, transformer_blocks\.0\.ff"),
        (widen_encoder, "text_encoders", r"needs T5-XXL .*, 32 wide, .*t5xxl_fp16\.safetensors is of another width"),
    ],
)
def test_what_is_missing_or_broken_is_named(
    spoil: Callable[[Path, str], None],
    place: str,
    complaint: str,
    models: dict[str, tuple[Path, Path]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = tmp_path / "models"
    shutil.copytree(models["FLUX.1"][1].parent.parent, root)
    spoil(root, place)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelUnavailable, match=complaint):
        load(root / "diffusion_models" / "flux1-dev.safetensors")


@pytest.mark.parametrize(
    ("shapes", "complaint"),
    [
        ({"input_blocks.0.0.weight": (1, 4, 3, 3)}, "Stable Diffusion U-Net.; it is a U-Net without its text"),
        ({"input_blocks.0.0.weight": (1, 9, 3, 3)}, "inpainting model .* take the model that draws from a text"),
        ({"input_blocks.1.1.time_stack.0.x": (1,)}, "Stable Video Diffusion.; it makes films"),
        (
            {"label_emb.0.0.weight": (1, 2), "input_blocks.0.0.weight": (1, 4, 3, 3), "first_stage_model.x": (1,),
             "conditioner.embedders.0.model.token_embedding.weight": (1, 1)},
            "refiner of Stable Diffusion XL.; it goes on from a picture of another model",
        ),
        (
            {"input_blocks.0.0.weight": (1, 4, 3, 3), "cond_stage_model.model.ln_final.weight": (1,)},
            "Stable Diffusion 2.; whether it predicts noise",
        ),
        (
            {"img_in.weight": (1, 96), "final_layer.linear.weight": (16, 1), "double_blocks.0.x": (1,)},
            "Fill or Control model of FLUX.1.; it draws after a picture",
        ),
        ({"lora_unet_a.lora_down.weight": (1, 1)}, "is a LoRA .unknown.; name it in LORAS"),
        ({"encoder.block.0.layer.0.SelfAttention.q.weight": (1,)}, "is a text encoder .T5.; name the file of the"),
        ({"decoder.conv_in.weight": (1, 16, 3, 3)}, "is a VAE .16 channels .FLUX.1..; name the file of the denoiser"),
        ({"img_in.weight": (1, 1), "double_blocks.0.x": (1,)}, "its configuration cannot be told"),
        ({"double_blocks.0.x": (1,), "double_blocks.0.x.weight_scale_2": (1,)}, "packed in NVFP4, .* take the file in"),
        ({"a.weight.quant_state.bitsandbytes__nf4": (1,)}, "packed in NF4 of bitsandbytes"),
        ({"something": (1,)}, "is a unknown|not recognised"),
    ],
)  # fmt: skip
def test_a_file_of_another_kind_is_told(shapes: dict[str, tuple[int, ...]], complaint: str, tmp_path: Path) -> None:
    save_file({name: torch.ones(shape) for name, shape in shapes.items()}, tmp_path / "x.safetensors")
    with pytest.raises(ModelUnavailable, match=complaint):
        load(tmp_path / "x.safetensors")


def test_what_edits_pictures_is_told_by_its_name(models: dict[str, tuple[Path, Path]], tmp_path: Path) -> None:
    shutil.copy(models["Qwen-Image"][1], tmp_path / "qwen_image_edit_2509_bf16.safetensors")
    with pytest.raises(ModelUnavailable, match=r"is a Qwen-Image-Edit by its name; it draws after"):
        load(tmp_path / "qwen_image_edit_2509_bf16.safetensors")


def lie_about_shape(header: dict[str, Any], name: str) -> None:
    header[name]["shape"] = [1, *header[name]["shape"]]
    header[name]["dtype"] = "F64"


def lie_about_place(header: dict[str, Any], name: str) -> None:
    start, end = header[name]["data_offsets"]
    header[name]["data_offsets"] = [start + 4, end + 4]


@pytest.mark.parametrize("lie", [lie_about_shape, lie_about_place])
def test_a_header_that_lies_is_told_in_one_line(
    lie: Callable[[dict[str, Any], str], None], models: dict[str, tuple[Path, Path]], tmp_path: Path
) -> None:
    root = tmp_path / "models"
    shutil.copytree(models["Z-Image"][1].parent.parent, root)
    file = root / "diffusion_models" / "z_image_turbo_bf16.safetensors"
    content = file.read_bytes()
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    lie(header, next(name for name in header if "layers.0." in name))
    text = json.dumps(header).encode()
    file.write_bytes(len(text).to_bytes(8, "little") + text + content[8 + length :])
    with pytest.raises(ModelUnavailable) as caught:
        load(file)
    assert "\n" not in str(caught.value)
    assert "internal error" not in str(caught.value)
    assert "z_image_turbo_bf16" in str(caught.value)


def test_a_file_that_is_replaced_while_it_is_loaded_is_told(
    models: dict[str, tuple[Path, Path]], tmp_path: Path
) -> None:
    root = tmp_path / "models"
    shutil.copytree(models["Z-Image"][1].parent.parent, root)

    def replace_file(progress: LoadProgress) -> None:
        if progress.stage == "loading vae":
            content = (root / "vae" / "ae.safetensors").read_bytes()
            (root / "new").write_bytes(content)
            (root / "new").replace(root / "vae" / "ae.safetensors")

    with pytest.raises(ModelUnavailable, match=r"changed while it was loaded .vae/model"):
        load_pipeline(inspect_model(ModelSource(root)), MemoryPlan("tiny", PLAIN, 1, 0, 0), CPU, replace_file)


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("model.ckpt", b"PK", "is neither a safetensors nor a GGUF file"),
        (
            "unet/a.safetensors",
            b"",
            r"has neither a model_index.json nor the file of a denoiser.*; .*a.safetensors is",
        ),
        ("vae/readme.txt", b"", "there is no model_index.json"),
    ],
)
def test_a_path_without_a_denoiser_says_what_is_there(
    name: str, content: bytes, complaint: str, tmp_path: Path
) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelUnavailable, match=complaint):
        inspect_model(ModelSource(tmp_path / name if name.endswith(".ckpt") else tmp_path))


def test_paths_are_hidden_from_clients(tmp_path: Path) -> None:
    file = tmp_path / "models" / "unet" / "a.safetensors"
    spec = describe(str(file), "mine")
    told = spec.hide_folder(f"{file} needs the VAE in {tmp_path / 'models' / 'vae'}")
    assert told == "a.safetensors needs the VAE in models/vae"
