"""Tiny random modular pipelines: blocks of diffusers with the parts of a tiny model, made in code."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from _tiny_families import (
    fill_parameters,
    make_flux2_vae,
    make_qwen3_vl_config,
    make_qwen_tokenizer,
    make_tiny_z_image,
)

_LAYERS = 32  # the blocks of FLUX.3 read eight of them, the last one included


def save_tiny_modular(folder: Path) -> Path:
    """Write a tiny Z-Image as a modular pipeline, without a `model_index.json`, and return the folder."""
    from diffusers import ZImageModularPipeline

    whole = make_tiny_z_image(turbo=False)
    pipeline = ZImageModularPipeline()
    parts = ("vae", "text_encoder", "tokenizer", "transformer", "scheduler")
    pipeline.update_components(**{name: getattr(whole, name) for name in parts})
    pipeline.save_pretrained(str(folder), safe_serialization=True, overwrite_modular_index=True)
    return folder


def make_tiny_flux3(*, distilled: bool = True, seed: int = 0) -> Any:
    """Return the modular pipeline of a tiny FLUX.3 klein, without the model that rewrites prompts.

    In memory only: its processor, of pictures too, needs torchvision, so that a tokenizer alone stands in for it.
    """
    import diffusers
    from transformers import Qwen3VLForConditionalGeneration

    torch.manual_seed(seed)
    kind = "Distilled" if distilled else ""
    blocks = getattr(diffusers, f"Flux3{kind}AutoBlocks")()
    blocks.sub_blocks.pop("prompt_upsampler")
    pipeline = getattr(diffusers, f"Flux3{kind}ModularPipeline")(blocks=blocks.get_workflow("text2image"))
    tokenizer: Any = make_qwen_tokenizer()
    transformer = diffusers.Flux3Transformer2DModel(
        in_channels=16,
        cond_in_channels=16,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=8 * 16,
        timestep_channels=16,
        axes_dims_rope=(4, 4, 4, 4),
        flow_map=distilled,
    )
    pipeline.update_components(
        vae=make_flux2_vae(),
        text_encoder=Qwen3VLForConditionalGeneration(make_qwen3_vl_config(_LAYERS)),
        transformer=fill_parameters(transformer),
    )
    pipeline.tokenizer = SimpleNamespace(tokenizer=tokenizer, apply_chat_template=tokenizer.apply_chat_template)
    return pipeline
