"""The configurations that single files lack, from the shapes of their tensors.

A file of weights alone tells the widths and the number of layers of a model, but for few numbers, which are those that
the families' makers publish (`config.json` of their models on the hub). Where a model has others, a file of the same
name that ends with `.json` beside it is its configuration.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

Shapes = Mapping[str, tuple[int, ...]]
Config = dict[str, Any]

_HEAD: Final = "double_blocks.0.img_attn.norm.query_norm.scale"  # as wide as one head of attention
_FLUX_SCHEDULE: Final = {
    "base_shift": 0.5,
    "max_shift": 1.15,
    "base_image_seq_len": 256,
    "max_image_seq_len": 4096,
}
FLOW_SCHEDULERS: Final[Mapping[str, Config]] = {
    "flux-dev": {**_FLUX_SCHEDULE, "shift": 3.0, "use_dynamic_shifting": True},
    "flux-schnell": {**_FLUX_SCHEDULE, "shift": 1.0, "use_dynamic_shifting": False},
    "klein": {**_FLUX_SCHEDULE, "shift": 3.0, "use_dynamic_shifting": True},
    "z-image-turbo": {"shift": 3.0, "use_dynamic_shifting": False},
    "z-image": {"shift": 6.0, "use_dynamic_shifting": False},
    "ernie-image": {"shift": 4.0, "use_dynamic_shifting": False},
    "qwen-image": {
        "base_shift": 0.5,
        "max_shift": 0.9,
        "base_image_seq_len": 256,
        "max_image_seq_len": 8192,
        "shift": 1.0,
        "shift_terminal": 0.02,
        "use_dynamic_shifting": True,
    },
}


def count_layers(shapes: Shapes, start: str) -> int:
    """Return how many layers are numbered behind `start`, such as `double_blocks.`."""
    pattern = re.compile(re.escape(start) + r"(\d+)\.")
    return 1 + max((int(match[1]) for name in shapes if (match := pattern.match(name))), default=-1)


def _configure_streams(shapes: Shapes) -> Config:
    """Return what FLUX.1 and FLUX.2 have in common: layers of two streams, then of one."""
    width, channels = shapes["img_in.weight"]
    head = shapes[_HEAD][0]
    return {
        "patch_size": 1,
        "in_channels": channels,
        "num_layers": count_layers(shapes, "double_blocks."),
        "num_single_layers": count_layers(shapes, "single_blocks."),
        "attention_head_dim": head,
        "num_attention_heads": width // head,
        "joint_attention_dim": shapes["txt_in.weight"][1],
        "guidance_embeds": "guidance_in.in_layer.weight" in shapes,
    }


def configure_flux1(shapes: Shapes) -> Config:
    """Return the configuration of a FLUX.1, from the names of Black Forest Labs."""
    head = shapes[_HEAD][0]
    return {
        **_configure_streams(shapes),
        "pooled_projection_dim": shapes["vector_in.in_layer.weight"][1],
        "axes_dims_rope": [16, 56, 56] if head == 128 else [head // 4, head // 4, head // 2],
    }


def configure_flux2(shapes: Shapes) -> Config:
    """Return the configuration of a FLUX.2, from the names of Black Forest Labs."""
    width, head = shapes["img_in.weight"][0], shapes[_HEAD][0]
    return {
        **_configure_streams(shapes),
        "timestep_guidance_channels": shapes["time_in.in_layer.weight"][1],
        "mlp_ratio": shapes["double_blocks.0.img_mlp.2.weight"][1] / width,
        "axes_dims_rope": [head // 4] * 4,
        "rope_theta": 2000,
    }


def configure_z_image(shapes: Shapes) -> Config:
    """Return the configuration of a Z-Image, from the names of its makers."""
    width, patch = shapes["x_embedder.weight"]
    head = shapes["layers.0.attention.q_norm.weight"][0]
    return {
        "all_patch_size": [2],
        "all_f_patch_size": [1],
        "in_channels": patch // 4,
        "dim": width,
        "n_layers": count_layers(shapes, "layers."),
        "n_refiner_layers": count_layers(shapes, "noise_refiner."),
        "n_heads": width // head,
        "n_kv_heads": width // head,
        "cap_feat_dim": shapes["cap_embedder.1.weight"][1],
        "axes_dims": [32, 48, 48] if head == 128 else [head // 2, head // 4, head // 4],
        "axes_lens": [1536, 512, 512],
    }


def configure_qwen_image(shapes: Shapes) -> Config:
    """Return the configuration of a Qwen-Image, whose names are those of diffusers."""
    width, channels = shapes["img_in.weight"]
    head = shapes["transformer_blocks.0.attn.norm_q.weight"][0]
    return {
        "in_channels": channels,
        "out_channels": shapes["proj_out.weight"][0] // 4,
        "num_layers": count_layers(shapes, "transformer_blocks."),
        "attention_head_dim": head,
        "num_attention_heads": width // head,
        "joint_attention_dim": shapes["txt_in.weight"][1],
        "axes_dims_rope": [16, 56, 56] if head == 128 else [head // 2, head // 4, head // 4],
        "guidance_embeds": False,
    }


def configure_ernie_image(shapes: Shapes) -> Config:
    """Return the configuration of an ERNIE-Image, whose names are those of diffusers."""
    width, channels, patch, _ = shapes["x_embedder.proj.weight"]
    head = shapes["layers.0.self_attention.norm_q.weight"][0]
    return {
        "hidden_size": width,
        "num_attention_heads": width // head,
        "num_layers": count_layers(shapes, "layers."),
        "ffn_hidden_size": shapes["layers.0.mlp.gate_proj.weight"][0],
        "in_channels": channels,
        "out_channels": shapes["final_linear.weight"][0] // patch**2,
        "patch_size": patch,
        "text_in_dim": shapes["text_proj.weight"][1] if "text_proj.weight" in shapes else width,
        "rope_axes_dim": [32, 48, 48] if head == 128 else [head // 2, head // 4, head // 4],
    }


def configure_t5(shapes: Shapes) -> Config:
    """Return the configuration of a T5 encoder (v1.1)."""
    buckets, heads = shapes["encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"]
    words, width = shapes.get("shared.weight") or shapes["encoder.embed_tokens.weight"]
    return {
        "model_type": "t5",
        "architectures": ["T5EncoderModel"],
        "vocab_size": words,
        "d_model": width,
        "d_kv": shapes["encoder.block.0.layer.0.SelfAttention.q.weight"][0] // heads,
        "d_ff": shapes["encoder.block.0.layer.1.DenseReluDense.wo.weight"][1],
        "num_layers": count_layers(shapes, "encoder.block."),
        "num_heads": heads,
        "relative_attention_num_buckets": buckets,
        "feed_forward_proj": "gated-gelu",
        "is_encoder_decoder": False,
        "use_cache": False,
    }


def configure_clip(shapes: Shapes) -> Config:
    """Return the configuration of the text model of CLIP."""
    words, width = shapes["text_model.embeddings.token_embedding.weight"]
    return {
        "model_type": "clip_text_model",
        "architectures": ["CLIPTextModel"],
        "vocab_size": words,
        "hidden_size": width,
        "intermediate_size": shapes["text_model.encoder.layers.0.mlp.fc1.weight"][0],
        "num_hidden_layers": count_layers(shapes, "text_model.encoder.layers."),
        "num_attention_heads": width // 64 if width % 64 == 0 else width // 8,
        "max_position_embeddings": shapes["text_model.embeddings.position_embedding.weight"][0],
        "projection_dim": width,
        "hidden_act": "quick_gelu" if width < 1280 else "gelu",
        "bos_token_id": words - 2,
        "eos_token_id": words - 1,
        "pad_token_id": words - 1,
    }


def configure_qwen3(shapes: Shapes) -> Config:
    """Return the configuration of a Qwen3 language model."""
    head = shapes["model.layers.0.self_attn.q_norm.weight"][0]
    return {
        "model_type": "qwen3",
        "architectures": ["Qwen3ForCausalLM"],
        **_configure_language_model(shapes, head),
        "head_dim": head,
        "max_position_embeddings": 40960,
        "rms_norm_eps": 1e-6,
        "rope_theta": 1e6,
        "tie_word_embeddings": "lm_head.weight" not in shapes,
    }


def _configure_language_model(shapes: Shapes, head: int) -> Config:
    words, width = shapes["model.embed_tokens.weight"]
    return {
        "vocab_size": words,
        "hidden_size": width,
        "intermediate_size": shapes["model.layers.0.mlp.gate_proj.weight"][0],
        "num_hidden_layers": count_layers(shapes, "model.layers."),
        "num_attention_heads": shapes["model.layers.0.self_attn.q_proj.weight"][0] // head,
        "num_key_value_heads": shapes["model.layers.0.self_attn.k_proj.weight"][0] // head,
    }


def configure_qwen_vl(shapes: Shapes) -> Config:
    """Return the configuration of a Qwen2.5-VL, whose eyes a file may lack: only texts are read."""
    text = _configure_language_model(shapes, 128)
    text |= {
        "max_position_embeddings": 128000,
        "rms_norm_eps": 1e-6,
        "rope_parameters": {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [16, 24, 24]},
        "bos_token_id": 151643,
        "eos_token_id": 151645,
    }
    vision: Config = {"depth": count_layers(shapes, "visual.blocks."), "out_hidden_size": text["hidden_size"]}
    if vision["depth"]:
        vision |= {
            "hidden_size": shapes["visual.blocks.0.norm1.weight"][0],
            "intermediate_size": shapes["visual.blocks.0.mlp.gate_proj.weight"][0],
            "num_heads": 16,
            "window_size": 112,
            "fullatt_block_indexes": [7, 15, 23, 31],
        }
    else:
        vision |= {"hidden_size": 16, "intermediate_size": 16, "num_heads": 1}
    return {
        "model_type": "qwen2_5_vl",
        "architectures": ["Qwen2_5_VLForConditionalGeneration"],
        "text_config": text,
        "vision_config": vision,
        "tie_word_embeddings": "lm_head.weight" not in shapes,
    }


def configure_ministral(shapes: Shapes) -> Config:
    """Return the configuration of the language model of a Ministral 3 (3B), as a model whose eyes are not there."""
    text = {
        "model_type": "ministral3",
        **_configure_language_model(shapes, 128),
        "head_dim": 128,
        "tie_word_embeddings": True,
    }
    return {
        "model_type": "mistral3",
        "architectures": ["Mistral3Model"],
        "text_config": text,
        "vision_config": {
            "model_type": "pixtral",
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_hidden_layers": 1,
            "num_attention_heads": 1,
        },
    }


def configure_qwen_vae(shapes: Shapes) -> Config:
    """Return the configuration of the VAE of Qwen-Image, from the names of Wan's makers.

    Its blocks are numbered through: those of a level, and between two levels one that halves the sides, and the number
    of frames where it has a `time_conv`.
    """
    widths: list[list[int]] = [[]]
    halves_time: list[bool] = []
    for place in range(count_layers(shapes, "encoder.downsamples.")):
        start = f"encoder.downsamples.{place}."
        if f"{start}resample.1.weight" in shapes:
            widths.append([])
            halves_time.append(f"{start}time_conv.weight" in shapes)
        else:
            widths[-1].append(shapes[f"{start}residual.6.weight"][0])
    base = shapes["encoder.conv1.weight"][0]
    return {
        "base_dim": base,
        "z_dim": shapes["decoder.conv1.weight"][1],
        "dim_mult": [level[-1] // base for level in widths],
        "num_res_blocks": len(widths[0]),
        "attn_scales": [],
        "temperal_downsample": halves_time,
    }


def configure_vae(shapes: Shapes) -> Config:
    """Return the configuration of the VAE of FLUX.1, which Z-Image has too; in either form of names."""
    original = "encoder.down.0.block.0.conv1.weight" in shapes
    block = "encoder.down.{}.block.0.conv1.weight" if original else "encoder.down_blocks.{}.resnets.0.conv1.weight"
    deep = count_layers(shapes, "encoder.down." if original else "encoder.down_blocks.")
    widths = [shapes[block.format(place)][0] for place in range(deep)]
    first = "encoder.down.0.block." if original else "encoder.down_blocks.0.resnets."
    attention = "decoder.mid.attn_1.q.weight" if original else "decoder.mid_block.attentions.0.to_q.weight"
    return {
        "down_block_types": ["DownEncoderBlock2D"] * deep,
        "up_block_types": ["UpDecoderBlock2D"] * deep,
        "block_out_channels": widths,
        "layers_per_block": count_layers(shapes, first),
        "latent_channels": shapes["decoder.conv_in.weight"][1],
        "norm_num_groups": min(32, *widths),
        "sample_size": 1024,
        "use_quant_conv": not {"quant_conv.weight", "encoder.quant_conv.weight"}.isdisjoint(shapes),
        "use_post_quant_conv": not {"post_quant_conv.weight", "decoder.post_quant_conv.weight"}.isdisjoint(shapes),
        "mid_block_add_attention": attention in shapes,
        "scaling_factor": 0.3611,
        "shift_factor": 0.1159,
        "force_upcast": True,
    }


def configure_flux2_vae(shapes: Shapes) -> Config:
    """Return the configuration of the VAE of FLUX.2."""
    same = configure_vae(shapes)
    for option in ("scaling_factor", "shift_factor"):
        del same[option]
    return same
