"""The configurations of Stable Diffusion 1 and XL, from the shapes of a checkpoint's tensors.

The names are those of CompVis (https://github.com/CompVis/stable-diffusion, `openaimodel.py`): the blocks on the way
down are numbered through, and each level but the last ends with one that halves the sides.
"""

from collections.abc import Mapping
from itertools import count
from typing import Any, Final

from blazon.diffusion.files.single_file_configs import Config, Shapes, configure_vae, count_layers

_HEADS: Final = 8
"""Of the attention of Stable Diffusion 1, at every width."""
_HEAD: Final = 64
"""As wide is a head of Stable Diffusion XL."""
_TIME_CHANNELS: Final = 256
"""Of each of the six numbers that Stable Diffusion XL is told about the size of a picture."""
_NOISE: Final = {
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "steps_offset": 1,
    "timestep_spacing": "leading",
}
SCHEDULERS: Final[Mapping[str, tuple[str, Config]]] = {
    "sd": ("PNDMScheduler", {**_NOISE, "skip_prk_steps": True, "set_alpha_to_one": False}),
    "sdxl": ("EulerDiscreteScheduler", _NOISE),
    "sdxl-turbo": ("EulerAncestralDiscreteScheduler", {**_NOISE, "timestep_spacing": "trailing"}),
    "sdxl-lightning": ("EulerDiscreteScheduler", {**_NOISE, "timestep_spacing": "trailing"}),
}
"""By variant: the class of the scheduler and its configuration, as the published models have them."""


def configure_unet(shapes: Shapes) -> Config:
    """Return the configuration of the U-Net of Stable Diffusion 1 or XL."""
    widths, depths, layers = _read_levels(shapes)
    sdxl = "label_emb.0.0.weight" in shapes
    config: dict[str, Any] = {
        "in_channels": shapes["input_blocks.0.0.weight"][1],
        "out_channels": shapes["out.2.weight"][0],
        "block_out_channels": widths,
        "layers_per_block": layers,
        "down_block_types": ["CrossAttnDownBlock2D" if depth else "DownBlock2D" for depth in depths],
        "up_block_types": ["CrossAttnUpBlock2D" if depth else "UpBlock2D" for depth in reversed(depths)],
        "transformer_layers_per_block": [depth or 1 for depth in depths],
        "cross_attention_dim": next(shape[1] for name, shape in shapes.items() if name.endswith(".attn2.to_k.weight")),
        "attention_head_dim": [width // _HEAD for width in widths] if sdxl else _HEADS,
        "use_linear_projection": sdxl,
        "sample_size": 128 if sdxl else 64,
    }
    if sdxl:
        config |= {
            "addition_embed_type": "text_time",
            "addition_time_embed_dim": _TIME_CHANNELS,
            "projection_class_embeddings_input_dim": shapes["label_emb.0.0.weight"][1],
        }
    return config


def _read_levels(shapes: Shapes) -> tuple[list[int], list[int], int]:
    """Return for each level its width and the depth of its transformers; and the layers of a level."""
    levels: list[list[tuple[int, int]]] = [[]]
    for place in count(1):
        if f"input_blocks.{place}.0.op.weight" in shapes:
            levels.append([])
            continue
        layer = shapes.get(f"input_blocks.{place}.0.out_layers.3.weight")
        if layer is None:
            break
        levels[-1].append((layer[0], count_layers(shapes, f"input_blocks.{place}.1.transformer_blocks.")))
    return [level[-1][0] for level in levels], [level[-1][1] for level in levels], len(levels[0])


def configure_sd_vae(shapes: Shapes) -> Config:
    """Return the configuration of the VAE of Stable Diffusion 1."""
    return {**_strip_shift(configure_vae(shapes)), "scaling_factor": 0.18215, "sample_size": 512}


def configure_sdxl_vae(shapes: Shapes) -> Config:
    """Return the configuration of the VAE of Stable Diffusion XL."""
    return {**_strip_shift(configure_vae(shapes)), "scaling_factor": 0.13025}


def _strip_shift(config: Config) -> Config:
    return {name: value for name, value in config.items() if name != "shift_factor"}


def configure_open_clip(shapes: Shapes) -> Config:
    """Return the configuration of the second text encoder of Stable Diffusion XL, from the names of OpenCLIP."""
    words, width = shapes["token_embedding.weight"]
    return {
        "model_type": "clip_text_model",
        "architectures": ["CLIPTextModelWithProjection"],
        "vocab_size": words,
        "hidden_size": width,
        "intermediate_size": shapes["transformer.resblocks.0.mlp.c_fc.weight"][0],
        "num_hidden_layers": count_layers(shapes, "transformer.resblocks."),
        "num_attention_heads": width // 64 if width % 64 == 0 else width // 8,
        "max_position_embeddings": shapes["positional_embedding"][0],
        "projection_dim": shapes["text_projection"][1],
        "hidden_act": "gelu",
        "bos_token_id": words - 2,
        "eos_token_id": words - 1,
        "pad_token_id": words - 1,
    }
