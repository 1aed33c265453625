"""Models as single files draw the pictures of the same models in the layout of diffusers."""

import json
import os
import re
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import pytest
import torch
from _tiny_families import save_tiny_klein, save_tiny_qwen_image, save_tiny_z_image
from _tiny_flux import save_tiny_flux
from _tiny_others import save_tiny
from diffusers import (
    AutoencoderKLQwenImage,
    DiffusionPipeline,
    ErnieImageTransformer2DModel,
    Flux2Transformer2DModel,
    FluxTransformer2DModel,
    QwenImageTransformer2DModel,
    ZImageTransformer2DModel,
)
from diffusers.loaders import single_file_utils
from safetensors.torch import load_file, save_file
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

from blazon.diffusion.catalogue.inspection import ModelSource, inspect_model
from blazon.diffusion.catalogue.specs import Family, ModelSpec, describe
from blazon.diffusion.files.original_names import find_originals
from blazon.diffusion.files.single_file_configs import (
    Config,
    Shapes,
    configure_ernie_image,
    configure_flux1,
    configure_flux2,
    configure_qwen_image,
    configure_qwen_vae,
    configure_qwen_vl,
    configure_z_image,
)
from blazon.diffusion.files.single_files import assemble
from blazon.diffusion.generic import GenericEngine
from blazon.diffusion.image_engine import ImageEngine
from blazon.diffusion.loading.original_weights import rename_denoiser, widen_eight_bits
from blazon.diffusion.loading.pipelines import LoadProgress, load_pipeline
from blazon.diffusion.loras.adapters import load_loras
from blazon.diffusion.memory.footprint import Form, Quantisation
from blazon.diffusion.memory.plan import MemoryPlan
from blazon.diffusion.registry import ModelRegistry
from blazon.errors import ModelUnavailable

CPU = torch.device("cpu")
Tensors = dict[str, torch.Tensor]
# Folder of ComfyUI, name of the file, part of the pipeline.
PARTS = {
    "FLUX.1": (
        ("diffusion_models", "flux1-dev", "transformer"),
        ("text_encoders", "clip_l", "text_encoder"),
        ("text_encoders", "t5xxl_fp16", "text_encoder_2"),
        ("vae", "ae", "vae"),
    ),
    "FLUX.2": (
        ("diffusion_models", "flux-2-klein-4b", "transformer"),
        ("text_encoders", "qwen_3_4b", "text_encoder"),
        ("vae", "flux2-vae", "vae"),
    ),
    "Z-Image": (
        ("diffusion_models", "z_image_turbo_bf16", "transformer"),
        ("text_encoders", "qwen_3_4b", "text_encoder"),
        ("vae", "ae", "vae"),
    ),
    "Qwen-Image": (
        ("diffusion_models", "qwen_image_2512_bf16", "transformer"),
        ("text_encoders", "qwen_2.5_vl_7b", "text_encoder"),
        ("vae", "qwen_image_vae", "vae"),
    ),
    "ERNIE-Image": (
        ("diffusion_models", "ernie-image-turbo", "transformer"),
        ("text_encoders", "ministral-3-3b", "text_encoder"),
        ("vae", "flux2-vae", "vae"),
    ),
}
SAVERS: dict[str, Callable[[Path], Path]] = {
    "FLUX.1": save_tiny_flux,
    "FLUX.2": save_tiny_klein,
    "Z-Image": save_tiny_z_image,
    "Qwen-Image": save_tiny_qwen_image,
    "ERNIE-Image": lambda folder: save_tiny("ernie", folder),
}
# Families whose denoisers have the names of diffusers in all files.
AS_DIFFUSERS = ("Qwen-Image", "ERNIE-Image")


def rename_back(tensors: Tensors) -> Tensors:
    """Return the tensors of a transformer by the names of its makers, whose layers are several of diffusers in one."""
    rows = {name.rpartition(".")[0]: len(tensor) for name, tensor in tensors.items()}
    made, used = {}, set()
    for original, pieces in find_originals(rows).items():
        if "processor" in original:
            continue
        for leaf in ("weight", "bias"):
            names = [f"{piece.layer}.{leaf}" for piece in pieces]
            if not all(name in tensors for name in names):
                continue
            first = tensors[names[0]]
            whole = torch.empty(sum(piece.rows for piece in pieces), *first.shape[1:], device=first.device)
            for piece, name in zip(pieces, names, strict=True):
                whole[torch.cat([torch.arange(*bounds) for bounds in piece.ranges])] = tensors[name]
            end = "scale" if original.endswith(("query_norm", "key_norm")) else leaf
            made[f"{original}.{end}"] = whole
            used |= set(names)
    return made | {name: tensor for name, tensor in tensors.items() if name not in used}


def rename_vae_back(tensors: Tensors) -> Tensors:
    deep = 1 + max(int(match[1]) for name in tensors if (match := re.match(r"decoder\.up_blocks\.(\d+)", name)))
    made = {}
    for name, tensor in tensors.items():
        changed = re.sub(r"up_blocks\.(\d+)", lambda match: f"up.{deep - 1 - int(match[1])}", name)
        for old, new in (
            (r"down_blocks\.(\d+)", r"down.\1"),
            (r"mid_block\.resnets\.0", "mid.block_1"),
            (r"mid_block\.resnets\.1", "mid.block_2"),
            (r"\.resnets\.", ".block."),
            (r"\.downsamplers\.0\.", ".downsample."),
            (r"\.upsamplers\.0\.", ".upsample."),
            ("conv_norm_out", "norm_out"),
            ("conv_shortcut", "nin_shortcut"),
            (r"^quant_conv", "encoder.quant_conv"),
            (r"^post_quant_conv", "decoder.post_quant_conv"),
        ):
            changed = re.sub(old, new, changed)
        made[changed] = tensor
    return made


def rename_film_vae_back(tensors: Tensors) -> Tensors:
    """Return the tensors of a VAE of Qwen-Image by the names of Wan's makers."""
    layers = 1 + max(int(match[1]) for name in tensors if (match := re.match(r".*up_blocks\.0\.resnets\.(\d+)", name)))

    def flatten(match: re.Match[str]) -> str:
        place = layers if match[2] == "upsamplers" else int(match[3])
        return f"decoder.upsamples.{int(match[1]) * (layers + 1) + place}."

    made = {}
    for name, tensor in tensors.items():
        changed = re.sub(r"decoder\.up_blocks\.(\d+)\.(resnets|upsamplers)\.(\d+)\.", flatten, name)
        for old, new in (
            (r"^quant_conv", "conv1"),
            (r"^post_quant_conv", "conv2"),
            ("down_blocks", "downsamples"),
            (r"mid_block\.resnets\.0", "middle.0"),
            (r"mid_block\.attentions\.0", "middle.1"),
            (r"mid_block\.resnets\.1", "middle.2"),
            ("norm_out", "head.0"),
            ("conv_out", "head.2"),
            (r"coder\.conv_in", "coder.conv1"),
            (r"(upsamples|downsamples|middle)(\.\d+)\.norm1", r"\1\2.residual.0"),
            (r"(upsamples|downsamples|middle)(\.\d+)\.conv1", r"\1\2.residual.2"),
            (r"(upsamples|downsamples|middle)(\.\d+)\.norm2", r"\1\2.residual.3"),
            (r"(upsamples|downsamples|middle)(\.\d+)\.conv2", r"\1\2.residual.6"),
            ("conv_shortcut", "shortcut"),
        ):
            changed = re.sub(old, new, changed)
        made[changed] = tensor
    return made


def find_place(match: re.Match[str]) -> str:
    return "model." if match[1] == "language_model" else "visual."


def rename_encoder_back(part: str, family: str, tensors: Tensors) -> Tensors:
    if family == "ERNIE-Image":  # ComfyUI's file has no eyes
        kept = {name: tensor for name, tensor in tensors.items() if name.startswith("language_model.")}
        own = {re.sub(r"^language_model\.(model\.)?", "model.", name): tensor for name, tensor in kept.items()}
        return own | {"tekken_model": torch.zeros(3, dtype=torch.uint8)}
    if family == "Qwen-Image":
        pattern = re.compile(r"^model\.(language_model|visual)\.")
        return {pattern.sub(find_place, name): tensor for name, tensor in tensors.items()}
    if family == "FLUX.1":
        return {f"text_model.{name}": tensor for name, tensor in tensors.items()} if part == "text_encoder" else tensors
    return {
        name if name.startswith(("model.", "lm_head")) else f"model.{name}": tensor for name, tensor in tensors.items()
    }


def write_files(family: str, folder: Path, root: Path) -> Path:
    """Write a model of diffusers as single files, and return the denoiser's."""
    for place, name, part in PARTS[family]:
        (file,) = (folder / part).glob("*.safetensors")
        tensors = load_file(file)
        if part == "transformer":
            renamed = tensors if family in AS_DIFFUSERS else rename_back(tensors)
            tensors = {f"model.diffusion_model.{key}": tensor for key, tensor in renamed.items()}
        elif part == "vae":
            tensors = rename_film_vae_back(tensors) if family == "Qwen-Image" else rename_vae_back(tensors)
        else:
            tensors = rename_encoder_back(part, family, tensors)
        (root / place).mkdir(parents=True, exist_ok=True)
        save_file({key: tensor.contiguous() for key, tensor in tensors.items()}, root / place / f"{name}.safetensors")
    for tokenizer in folder.glob("tokenizer*"):
        shutil.copytree(tokenizer, root / tokenizer.name)
    # What tiny models have otherwise than the published ones, and no shape tells.
    for place, name, part in PARTS[family][1:]:
        if family not in ("FLUX.1", "Z-Image") or (family == "Z-Image" and part == "text_encoder"):
            shutil.copy(folder / part / "config.json", root / place / f"{name}.json")
    return root / PARTS[family][0][0] / f"{PARTS[family][0][1]}.safetensors"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    """The folder of diffusers and the file of the denoiser of each family."""
    made = {}
    for family, save in SAVERS.items():
        place = tmp_path_factory.mktemp("models")
        folder = save(place / "diffusers")
        made[family] = (folder, write_files(family, folder, place / "ComfyUI" / "models"))
    return made


PLAIN = Form("cpu", "float32")


def load(path: Path, form: Form = PLAIN) -> DiffusionPipeline:
    pipeline = load_pipeline(inspect_model(ModelSource(path)), MemoryPlan("tiny", form, 1, 0, 0), CPU)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def draw(pipeline: DiffusionPipeline) -> torch.Tensor:
    with warnings.catch_warnings():
        # ERNIE-Image hands a tensor to numpy in a way that is to end.
        warnings.simplefilter("ignore", DeprecationWarning)
        picture = pipeline(
            prompt="a fox",
            height=64,
            width=64,
            num_inference_steps=2,
            generator=torch.Generator().manual_seed(4),
            output_type="np",
        ).images[0]
    return torch.from_numpy(picture)


@pytest.mark.parametrize("family", SAVERS)
def test_single_files_draw_the_same_picture(family: str, models: dict[str, tuple[Path, Path]]) -> None:
    folder, file = models[family]
    whole, single = load(folder), load(file)
    assert type(single) is type(whole)
    theirs = {name: value for name, value in whole.scheduler.config.items() if not name.startswith("_")}
    assert {name: single.scheduler.config[name] for name in theirs} == theirs
    torch.testing.assert_close(draw(single), draw(whole), atol=1e-5, rtol=0)


def test_a_folder_as_comfyuis_is_a_model_path(models: dict[str, tuple[Path, Path]]) -> None:
    _, file = models["FLUX.1"]
    for path in (file.parent.parent, file.parent.parent.parent):
        assert inspect_model(ModelSource(path)).pipeline == "FluxPipeline"


@pytest.mark.parametrize("scaled", [False, True])
def test_weights_of_eight_bits_are_computed_in_the_precision_of_the_plan(
    scaled: bool, models: dict[str, tuple[Path, Path]], tmp_path: Path
) -> None:
    folder, file = models["FLUX.1"]
    root = tmp_path / "models"
    shutil.copytree(file.parent.parent, root)
    for path in (*root.glob("diffusion_models/*.safetensors"), root / "text_encoders" / "t5xxl_fp16.safetensors"):
        narrow: Tensors = {}
        for name, tensor in load_file(path).items():
            if tensor.ndim != 2 or "relative_attention_bias" in name:
                narrow[name] = tensor
                continue
            scale = tensor.abs().max() / 400 if scaled else torch.tensor(1.0)
            narrow[name] = (tensor / scale).to(torch.float8_e4m3fn)
            if scaled:
                narrow[name.replace(".weight", ".scale_weight")] = scale
        save_file(narrow, path)
    whole, single = load(folder), load(root)
    assert {weight.dtype for weight in single.transformer.parameters()} == {torch.float32}
    for ours, theirs in ((single.transformer, whole.transformer), (single.text_encoder_2, whole.text_encoder_2)):
        expected = dict(theirs.named_parameters())
        for name, weight in ours.named_parameters():
            torch.testing.assert_close(weight, expected[name], rtol=0.07, atol=0.01)
    assert (draw(single) - draw(whole)).abs().mean() < 0.1


@pytest.mark.parametrize("family", SAVERS)
def test_a_gguf_file_with_the_names_of_its_makers(
    family: str, models: dict[str, tuple[Path, Path]], tmp_path: Path
) -> None:
    folder, file = models[family]
    root = tmp_path / "models"
    shutil.copytree(file.parent.parent, root)
    own = root / "diffusion_models" / file.name
    # Architectures are made up by who converts: only the tensors tell the family.
    writer = gguf.GGUFWriter(str(own.with_suffix(".gguf")), "flux" if family.startswith("FLUX") else "pig")
    for name, tensor in load_file(own).items():
        numbers, kind = tensor.numpy(), gguf.GGMLQuantizationType.F32
        if name.endswith(".weight") and tensor.ndim == 2 and tensor.shape[1] % 32 == 0:
            kind = gguf.GGMLQuantizationType.Q8_0
        writer.add_tensor(
            name.removeprefix("model.diffusion_model."), gguf.quants.quantize(numbers, kind), raw_dtype=kind
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    own.unlink()
    info = inspect_model(ModelSource(root))
    assert info.size.gguf
    packed = load(root, Form("cpu", "float32", Quantisation.GGUF))
    assert (draw(packed) - draw(load(folder))).abs().mean() < 0.02
    whole = own.with_suffix(".gguf").read_bytes()
    own.with_suffix(".gguf").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelUnavailable, match=r"\.gguf is damaged"):
        inspect_model(ModelSource(own.with_suffix(".gguf")))


@pytest.mark.parametrize("quantisation", [Quantisation.INT8, Quantisation.NONE])
def test_single_files_are_kept_as_the_plan_says(
    quantisation: Quantisation, models: dict[str, tuple[Path, Path]]
) -> None:
    folder, file = models["FLUX.1"]
    form = Form("cpu", "bfloat16", quantisation)
    single, whole = load(file, form), load(folder, form)
    assert single.transformer.dtype is torch.bfloat16
    assert (draw(single) - draw(whole)).abs().mean() < 0.02


def test_steps_and_family_are_those_of_the_files(models: dict[str, tuple[Path, Path]], tmp_path: Path) -> None:
    found = {family: describe(str(file)) for family, (_, file) in models.items()}
    assert [found[family].family for family in SAVERS] == [
        Family.FLUX,
        Family.FLUX_2_KLEIN,
        Family.Z_IMAGE,
        Family.QWEN_IMAGE,
        Family.ERNIE_IMAGE,
    ]
    assert found["FLUX.2"].steps == 4
    assert found["FLUX.1"].steps == 28
    assert found["FLUX.1"].identifier == "flux1-dev.safetensors"
    assert describe(str(tmp_path / "gone.safetensors")).family is Family.OTHER


@pytest.mark.parametrize(
    ("kind", "config", "configure"),
    [
        (FluxTransformer2DModel, {"guidance_embeds": True}, configure_flux1),
        (
            Flux2Transformer2DModel,
            {"num_layers": 5, "num_single_layers": 20, "num_attention_heads": 24, "joint_attention_dim": 7680,
             "guidance_embeds": False},
            configure_flux2,
        ),
        (ZImageTransformer2DModel, {"axes_lens": [1536, 512, 512]}, configure_z_image),
    ],
)  # fmt: skip
def test_the_configuration_of_a_published_model_is_found_from_its_shapes(
    kind: Any, config: dict[str, Any], configure: Callable[[Shapes], Config]
) -> None:
    with torch.device("meta"):
        model = kind(**config)
        shapes = {name: tuple(tensor.shape) for name, tensor in rename_back(model.state_dict()).items()}
    for name, value in configure(shapes).items():
        assert json.dumps(value) == json.dumps(model.config[name]), name


@pytest.mark.parametrize(
    ("kind", "configure", "rename"),
    [
        (QwenImageTransformer2DModel, configure_qwen_image, dict),
        (ErnieImageTransformer2DModel, configure_ernie_image, dict),
        (AutoencoderKLQwenImage, configure_qwen_vae, rename_film_vae_back),
    ],
)
def test_the_defaults_of_diffusers_are_found_from_their_shapes(
    kind: Any, configure: Callable[[Shapes], Config], rename: Callable[[Tensors], Tensors]
) -> None:
    with torch.device("meta"):
        model = kind()
        shapes = {name: tuple(tensor.shape) for name, tensor in rename(model.state_dict()).items()}
    for name, value in configure(shapes).items():
        assert json.dumps(value) == json.dumps(model.config[name]), name


def test_the_configuration_of_qwen_2_5_vl_is_found_from_its_shapes() -> None:
    """The widths are those of Qwen2.5-VL-7B, with two layers each."""
    text = {
        "vocab_size": 152064,
        "hidden_size": 3584,
        "intermediate_size": 18944,
        "num_hidden_layers": 2,
        "num_attention_heads": 28,
        "num_key_value_heads": 4,
    }
    vision = {"depth": 2, "hidden_size": 1280, "intermediate_size": 3420, "num_heads": 16, "out_hidden_size": 3584}
    with torch.device("meta"):
        model = Qwen2_5_VLForConditionalGeneration(Qwen2_5_VLConfig(text_config=text, vision_config=vision))
    shapes = {
        re.sub(r"^model\.(language_model|visual)\.", find_place, name): tuple(tensor.shape)
        for name, tensor in model.state_dict().items()
    }
    found = configure_qwen_vl(shapes)
    assert {name: found["text_config"][name] for name in text} == text
    assert {name: found["vision_config"][name] for name in vision} == vision
    assert found["vision_config"]["fullatt_block_indexes"] == list(model.config.vision_config.fullatt_block_indexes)
    without_eyes = {name: shape for name, shape in shapes.items() if not name.startswith("visual.")}
    assert Qwen2_5_VLConfig(**configure_qwen_vl(without_eyes)).vision_config.depth == 0


def test_a_scale_for_each_row_counts() -> None:
    weight = torch.tensor([[1.0, 2.0], [4.0, 8.0]])
    tensors = {"a.weight": weight.to(torch.float8_e4m3fn), "a.weight_scale": torch.tensor([2.0, 3.0])}
    assert torch.equal(widen_eight_bits(tensors, torch.float32)["a.weight"], weight * torch.tensor([[2.0], [3.0]]))


@pytest.mark.parametrize(
    ("family", "convert"),
    [
        ("FLUX.2", single_file_utils.convert_flux2_transformer_checkpoint_to_diffusers),
        ("Z-Image", single_file_utils.convert_z_image_transformer_checkpoint_to_diffusers),
    ],
)
def test_names_are_those_that_diffusers_finds(
    family: str, convert: Callable[..., Tensors], models: dict[str, tuple[Path, Path]]
) -> None:
    folder, file = models[family]
    tensors = {name.removeprefix("model.diffusion_model."): tensor for name, tensor in load_file(file).items()}
    (own,) = (folder / "transformer").glob("*.safetensors")
    wanted = {name: tuple(tensor.shape) for name, tensor in load_file(own).items()}
    ours, theirs = rename_denoiser(tensors, wanted), convert(dict(tensors))
    assert ours.keys() == theirs.keys() == wanted.keys()
    for name, tensor in ours.items():
        assert torch.equal(tensor, theirs[name]), name


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


def lose(lost: str, folder: Path, root: Path) -> None:
    match lost:
        case "folder":
            shutil.rmtree(folder)
        case "link":
            next((folder / "vae").glob("*.safetensors")).unlink()
        case _:
            encoder = root / "text_encoders" / "qwen_3_4b.safetensors"
            save_file({name: tensor * 2 for name, tensor in load_file(encoder).items()}, encoder)


@pytest.mark.parametrize("lost", ["folder", "link", "encoder"])
def test_what_was_assembled_is_assembled_anew_where_something_of_it_is_gone(
    lost: str, models: dict[str, tuple[Path, Path]], tmp_path: Path
) -> None:
    root = tmp_path / "models"
    shutil.copytree(models["Z-Image"][1].parent.parent, root)
    loaded = []

    def start(spec: ModelSpec) -> ImageEngine:
        pipeline = load(Path(spec.source))
        loaded.append(pipeline)
        engine = GenericEngine(pipeline, name=spec.name, guidance=None, adapters=load_loras(pipeline, ()))
        engine.start()
        return engine

    specs = [describe(str(root), "one"), describe(str(models["FLUX.1"][0]), "two")]
    registry = ModelRegistry(specs, start, 1, {"one": 1, "two": 1})
    try:
        with registry.acquire("one"):
            first = assemble(root)
        assert assemble(root) == first
        with registry.acquire("two"):  # which "one" must leave for
            lose(lost, first, root)
        with registry.acquire("one"):
            pass
    finally:
        registry.stop()
    before, _, after = (pipeline.text_encoder.get_input_embeddings().weight for pipeline in loaded)
    assert torch.equal(after, before * (2 if lost == "encoder" else 1))


def test_what_was_assembled_is_removed_where_it_fails_and_at_the_end(
    models: dict[str, tuple[Path, Path]], tmp_path: Path
) -> None:
    root, temporary = tmp_path / "models", tmp_path / "temporary"
    temporary.mkdir()
    shutil.copytree(models["FLUX.1"][1].parent.parent, root)
    code = (
        "import tempfile; from pathlib import Path; from blazon.diffusion.files.single_files import assemble\n"
        f"found = assemble(Path({str(root / 'diffusion_models' / 'flux1-dev.safetensors')!r}))\n"
        "print((found / 'model_index.json').is_file(), len(list(Path(tempfile.gettempdir()).iterdir())))"
    )

    def run() -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "TMPDIR": str(temporary)}
        return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)

    assert run().stdout.split() == ["True", "1"]
    assert list(temporary.iterdir()) == []
    shutil.rmtree(root / "vae")
    failed = run()
    assert failed.returncode == 1
    assert "needs VAE of FLUX.1" in failed.stderr
    assert list(temporary.iterdir()) == []


def test_of_several_denoisers_one_must_be_named(models: dict[str, tuple[Path, Path]], tmp_path: Path) -> None:
    root = tmp_path / "models"
    shutil.copytree(models["FLUX.1"][1].parent.parent, root)
    (root / "checkpoints").mkdir()
    file = root / "diffusion_models" / "flux1-dev.safetensors"
    whole = load_file(file) | {"vae.decoder.conv_in.weight": torch.ones(1, 4, 3, 3)}
    save_file(whole, root / "checkpoints" / "other.safetensors")
    with pytest.raises(ModelUnavailable, match=r"has 2 denoisers .checkpoints/other.* diffusion_models/flux1"):
        load(root)
    assert load(file).transformer is not None


def test_names_loops_and_folders_called_like_files_do_no_harm(
    models: dict[str, tuple[Path, Path]], tmp_path: Path
) -> None:
    root = tmp_path / "Größe 1, 模型" / "models"
    shutil.copytree(models["Z-Image"][1].parent.parent, root)
    place = root / "diffusion_models"
    (place / "z_image_turbo_bf16.safetensors").rename(place / "zürich turbo größer.safetensors")
    (place / "folder.safetensors").mkdir()
    (place / "self.safetensors").symlink_to("self.safetensors")
    (place / "gone.safetensors").symlink_to("no/such/file")
    (place / "again").symlink_to(place, target_is_directory=True)
    (root / "vae" / "up").symlink_to(root, target_is_directory=True)
    assert inspect_model(ModelSource(root.parent)).pipeline == "ZImagePipeline"
    spec = describe(str(root.parent), "mine")
    assert spec.identifier == "zürich turbo größer.safetensors"
    assert load(place / "zürich turbo größer.safetensors").transformer is not None


def test_files_behind_links_of_folders_are_found_as_comfyui_finds_them(
    models: dict[str, tuple[Path, Path]], tmp_path: Path
) -> None:
    root = tmp_path / "models"
    for place in ("diffusion_models", "text_encoders", "vae"):
        (root / place).mkdir(parents=True)
        (root / place / "shared").symlink_to(models["Z-Image"][1].parent.parent / place, target_is_directory=True)
    shutil.copytree(models["Z-Image"][1].parent.parent / "tokenizer", root / "tokenizer")
    assert inspect_model(ModelSource(root)).pipeline == "ZImagePipeline"


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
