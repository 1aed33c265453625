"""For which family of models a LoRA is, from the names of its layers and what its header tells."""

import re
from collections.abc import Iterable
from typing import Final

# What the names of layers begin with in the families' files, the points as `_`; the first that fits is taken.
_SIGNS: Final = (
    ("FLUX.2", r"single_transformer_blocks_\d+_attn_to_(qkv_mlp_proj|out)$|(transformer_blocks|double)_.*ff_linear_in"
               r"|(double|single)_stream_modulation"),
    ("HunyuanVideo", r"double_blocks_\d+_(img|txt)_attn_(qkv|proj)_?.*(lora|fc)|double_blocks_\d+_img_attn_qkv_fc"),
    ("FLUX.1", r"(double|single)_blocks_\d+_|single_transformer_blocks_\d+_|transformer_blocks_\d+_norm1_context"),
    ("Qwen-Image", r"transformer_blocks_\d+_(img|txt)_(mlp|mod)|transformer_blocks_\d+_attn_add_[qkv]_proj"),
    ("Z-Image", r"(layers|noise_refiner|context_refiner)_\d+_(attention|feed_forward|adaLN_modulation)"),
    ("ERNIE-Image", r"layers_\d+_self_attention_|layers_\d+_mlp_linear_fc2"),
    ("Stable Diffusion 3", r"joint_blocks_\d+_"),
    ("Stable Diffusion XL", r"(input|output)_blocks_\d+_|middle_block_\d+_"
                            r"|(down|up)_blocks_\d+_attentions_\d+_transformer_blocks_[1-9]"),
    ("Stable Diffusion", r"(down|up)_blocks_\d+_|mid_block_"),
    ("Wan", r"blocks_\d+_(self_attn|cross_attn|ffn)|blocks_\d+_attn[12]"),
    ("FLUX.1", r"transformer_blocks_\d+_(attn|ff)_"),
)  # fmt: skip
_TOLD: Final = (
    ("FLUX.2", r"flux[-_ .]?2"),
    ("FLUX.1", r"flux"),
    ("Chroma", r"chroma"),
    ("ERNIE-Image", r"ernie"),
    ("Qwen-Image", r"qwen"),
    ("Z-Image", r"z[-_ ]?image"),
    ("Stable Diffusion XL", r"sdxl|stable-diffusion-xl"),
    ("Stable Diffusion 3", r"sd3|stable-diffusion-3"),
    ("Stable Diffusion", r"sd_?[12]|stable-diffusion"),
    ("Wan", r"wan"),
    ("HunyuanVideo", r"hunyuan"),
)


def guess_family(names: Iterable[str], told_base: str = "") -> str:
    """Return the family that a LoRA is for; empty if that cannot be told."""
    for family, pattern in _TOLD:
        if re.search(pattern, told_base, re.IGNORECASE):
            return family
    plain = [name.replace(".", "_") for name in names]
    for family, pattern in _SIGNS:
        if any(re.match(pattern, name) for name in plain):
            return family
    return ""


def name_family(transformer: str) -> str:
    """Return the family of a denoiser by its class in diffusers; the class itself if it is another."""
    families = {
        "FluxTransformer2DModel": "FLUX.1",
        "Flux2Transformer2DModel": "FLUX.2",
        "QwenImageTransformer2DModel": "Qwen-Image",
        "ZImageTransformer2DModel": "Z-Image",
        "ErnieImageTransformer2DModel": "ERNIE-Image",
        "ChromaTransformer2DModel": "Chroma",
        "SD3Transformer2DModel": "Stable Diffusion 3",
    }
    return families.get(transformer, transformer)
