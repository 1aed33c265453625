"""The names of VAEs in files of their makers, and what diffusers calls the same tensors.

FLUX and Stable Diffusion: https://github.com/CompVis/latent-diffusion (`model.py`). Qwen-Image has the names of Wan's
(https://github.com/Wan-Video/Wan2.1, `vae.py`), whose blocks are numbered through.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

import torch

Tensors = dict[str, torch.Tensor]

_VAE: Final[tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...]] = (
    (r"^(encoder|decoder)\.mid\.block_1\.", r"\1.mid_block.resnets.0."),
    (r"^(encoder|decoder)\.mid\.block_2\.", r"\1.mid_block.resnets.1."),
    (r"^(encoder|decoder)\.mid\.attn_1\.norm\.", r"\1.mid_block.attentions.0.group_norm."),
    (r"^(encoder|decoder)\.mid\.attn_1\.proj_out\.", r"\1.mid_block.attentions.0.to_out.0."),
    (r"^(encoder|decoder)\.mid\.attn_1\.([qkv])\.", r"\1.mid_block.attentions.0.to_\2."),
    (r"^encoder\.down\.(\d+)\.block\.", r"encoder.down_blocks.\1.resnets."),
    (r"^encoder\.down\.(\d+)\.downsample\.", r"encoder.down_blocks.\1.downsamplers.0."),
    (r"^decoder\.up\.(\d+)\.block\.", r"decoder.up_blocks.\1.resnets."),
    (r"^decoder\.up\.(\d+)\.upsample\.", r"decoder.up_blocks.\1.upsamplers.0."),
    (r"^(encoder|decoder)\.norm_out\.", r"\1.conv_norm_out."),
    (r"\.nin_shortcut\.", ".conv_shortcut."),
    (r"^(?:encoder\.quant|decoder\.post_quant)_conv\.", lambda match: match[0].partition(".")[2]),  # FLUX.2
)
_FILMS: Final[tuple[tuple[str, str], ...]] = (
    (r"^(encoder|decoder)\.conv1\.", r"\1.conv_in."),
    (r"^conv1\.", "quant_conv."),
    (r"^conv2\.", "post_quant_conv."),
    (r"^(encoder|decoder)\.head\.0\.", r"\1.norm_out."),
    (r"^(encoder|decoder)\.head\.2\.", r"\1.conv_out."),
    (r"^(encoder|decoder)\.middle\.0\.", r"\1.mid_block.resnets.0."),
    (r"^(encoder|decoder)\.middle\.1\.", r"\1.mid_block.attentions.0."),
    (r"^(encoder|decoder)\.middle\.2\.", r"\1.mid_block.resnets.1."),
    (r"^encoder\.downsamples\.", "encoder.down_blocks."),
    (r"\.residual\.0\.", ".norm1."),
    (r"\.residual\.2\.", ".conv1."),
    (r"\.residual\.3\.", ".norm2."),
    (r"\.residual\.6\.", ".conv2."),
    (r"\.shortcut\.", ".conv_shortcut."),
)
_UPSAMPLE: Final = re.compile(r"^decoder\.upsamples\.(\d+)\.")


def rename_vae(tensors: Mapping[str, torch.Tensor], wanted: Mapping[str, tuple[int, ...]]) -> Tensors:
    """Return the tensors of a VAE by the names of diffusers, which counts the blocks of the decoder the other way."""
    deep = 1 + max((int(match[1]) for name in tensors if (match := re.match(r"decoder\.up\.(\d+)\.", name))), default=0)
    made: Tensors = {}
    for name, tensor in tensors.items():
        renamed = name
        for pattern, put in _VAE:
            renamed = re.sub(pattern, put, renamed)
        if renamed != name and renamed.startswith("decoder.up_blocks."):
            place = renamed.split(".")[2]
            renamed = renamed.replace(f"up_blocks.{place}.", f"up_blocks.{deep - 1 - int(place)}.", 1)
        shape = wanted.get(renamed)
        # The attention of the original is convolutions of one pixel.
        made[renamed] = tensor.reshape(shape) if shape and tensor.ndim > len(shape) else tensor
    return made


def rename_film_vae(tensors: Mapping[str, torch.Tensor], wanted: Mapping[str, tuple[int, ...]]) -> Tensors:
    """Return the tensors of the VAE of Qwen-Image by the names of diffusers, where the decoder's levels are nested."""
    layers = {match[1] for name in wanted if (match := re.match(r"decoder\.up_blocks\.0\.resnets\.(\d+)\.", name))}
    level = len(layers) + 1  # and what doubles the sides
    made: Tensors = {}
    for name, tensor in tensors.items():
        renamed = _UPSAMPLE.sub(lambda match: _nest(int(match[1]), level), name)
        for pattern, put in _FILMS:
            renamed = re.sub(pattern, put, renamed)
        made[renamed] = tensor
    return made


def _nest(place: int, level: int) -> str:
    block, within = divmod(place, level)
    inner = "upsamplers.0" if within == level - 1 else f"resnets.{within}"
    return f"decoder.up_blocks.{block}.{inner}."
