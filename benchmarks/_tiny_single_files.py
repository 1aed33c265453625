"""Tiny models as single files in folders like ComfyUI's, with the names of tensors that their makers gave them."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import torch
from _tiny_families import save_tiny_klein, save_tiny_qwen_image, save_tiny_z_image
from _tiny_flux import save_tiny_flux
from _tiny_others import save_tiny
from safetensors.torch import load_file, save_file

from blazon.diffusion.files.original_names import find_originals

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
