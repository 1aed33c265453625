"""Tiny random pipelines that the generic engine draws with, or that Blazon must refuse: real classes, made in code."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import torch
from _tiny_families import fill_parameters, make_qwen3_vl_config, make_qwen_tokenizer, make_qwen_vae
from _tiny_flux import make_clip, make_clip_tokenizer, make_t5, make_t5_tokenizer, make_transformer, make_vae


def save_tiny(name: str, folder: Path, *, seed: int = 0) -> Path:
    """Write the tiny pipeline of a name in `MAKERS` in the layout of diffusers, and return the folder."""
    torch.manual_seed(seed)
    MAKERS[name]().save_pretrained(folder, safe_serialization=True)
    return folder


def make_tiny_sd15() -> Any:
    """Return a tiny Stable Diffusion 1.5: a U-Net that predicts noise, and a scheduler of DDIM's kind."""
    from diffusers import PNDMScheduler, StableDiffusionPipeline

    return StableDiffusionPipeline(
        vae=_make_plain_vae(),
        text_encoder=make_clip(),
        tokenizer=make_clip_tokenizer(),
        unet=_make_unet(),
        scheduler=PNDMScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1, skip_prk_steps=True
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def make_tiny_sdxl() -> Any:
    """Return a tiny Stable Diffusion XL: two text encoders, and the size of the picture among its inputs."""
    from diffusers import EulerDiscreteScheduler, StableDiffusionXLPipeline

    return StableDiffusionXLPipeline(
        vae=_make_plain_vae(),
        text_encoder=make_clip(),
        text_encoder_2=make_clip(projecting=True),
        tokenizer=make_clip_tokenizer(),
        tokenizer_2=make_clip_tokenizer(),
        unet=_make_unet(
            cross_attention_dim=64,
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=6 * 8 + 32,
            # As in its published config: a list for each level, where SD 1.5 has one number.
            attention_head_dim=[2, 4],
            transformer_layers_per_block=[1, 1],
            use_linear_projection=True,
        ),
        scheduler=EulerDiscreteScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear"),
    )


def _make_unet(**config: Any) -> Any:
    from diffusers import UNet2DConditionModel

    config = {"cross_attention_dim": 32, "attention_head_dim": 2, **config}
    return UNet2DConditionModel(
        block_out_channels=(8, 16),
        layers_per_block=1,
        sample_size=32,
        in_channels=4,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        norm_num_groups=4,
        **config,
    )


def _make_plain_vae() -> Any:
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(4, 4, 8, 8),
        latent_channels=4,
        norm_num_groups=4,
        sample_size=32,
    )


def make_tiny_sd3() -> Any:
    """Return a tiny Stable Diffusion 3: three text encoders."""
    from diffusers import FlowMatchEulerDiscreteScheduler, SD3Transformer2DModel, StableDiffusion3Pipeline

    transformer = SD3Transformer2DModel(
        sample_size=32,
        patch_size=2,
        in_channels=4,
        out_channels=4,
        num_layers=1,
        attention_head_dim=8,
        num_attention_heads=4,
        joint_attention_dim=64,
        caption_projection_dim=32,
        pooled_projection_dim=64,
    )
    return StableDiffusion3Pipeline(
        transformer=transformer,
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
        vae=make_vae(),
        text_encoder=make_clip(projecting=True),
        tokenizer=make_clip_tokenizer(),
        text_encoder_2=make_clip(projecting=True),
        tokenizer_2=make_clip_tokenizer(),
        text_encoder_3=make_t5(hidden=64),
        tokenizer_3=make_t5_tokenizer(),
    )


def make_tiny_pixart() -> Any:
    """Return a tiny PixArt-Sigma: a transformer that predicts noise and its variance."""
    from diffusers import DPMSolverMultistepScheduler, PixArtSigmaPipeline, PixArtTransformer2DModel

    transformer = PixArtTransformer2DModel(
        sample_size=32,  # of 256 pixels, the smallest that the pipeline knows
        num_layers=1,
        patch_size=2,
        attention_head_dim=8,
        num_attention_heads=4,
        caption_channels=32,
        in_channels=4,
        cross_attention_dim=32,
        out_channels=8,
        use_additional_conditions=False,
        norm_num_groups=4,
    )
    return PixArtSigmaPipeline(
        tokenizer=make_t5_tokenizer(),
        text_encoder=make_t5(),
        vae=_make_plain_vae(),
        transformer=transformer,
        scheduler=DPMSolverMultistepScheduler(),
    )


def make_tiny_sana_sprint() -> Any:
    """Return a tiny SANA-Sprint: distilled to two steps, and its call takes no other number by default."""
    from diffusers import AutoencoderDC, SanaSprintPipeline, SanaTransformer2DModel, SCMScheduler

    transformer = SanaTransformer2DModel(
        in_channels=4,
        out_channels=4,
        num_layers=1,
        num_attention_heads=2,
        attention_head_dim=8,
        num_cross_attention_heads=2,
        cross_attention_head_dim=8,
        cross_attention_dim=16,
        caption_channels=16,
        sample_size=32,  # of 1024 pixels, the only one that the pipeline knows
        patch_size=1,
        qk_norm="rms_norm_across_heads",
        guidance_embeds=True,
        timestep_scale=1000.0,
    )
    levels = 6
    vae = AutoencoderDC(
        latent_channels=4,
        encoder_block_out_channels=(8,) * levels,
        decoder_block_out_channels=(8,) * levels,
        encoder_layers_per_block=(1,) * levels,
        decoder_layers_per_block=(1,) * levels,
        encoder_qkv_multiscales=((),) * levels,
        decoder_qkv_multiscales=((),) * levels,
        downsample_block_type="conv",
        upsample_block_type="interpolate",
        decoder_conv_act_fn="silu",
        scaling_factor=0.41407,
    )
    return SanaSprintPipeline(
        tokenizer=make_qwen_tokenizer(),
        text_encoder=_make_gemma(),
        vae=vae,
        transformer=transformer,
        scheduler=SCMScheduler(),
    )


def make_tiny_lumina2() -> Any:
    """Return a tiny Lumina Image 2.0."""
    from diffusers import FlowMatchEulerDiscreteScheduler, Lumina2Pipeline, Lumina2Transformer2DModel

    transformer = Lumina2Transformer2DModel(
        sample_size=4,
        patch_size=2,
        in_channels=4,
        hidden_size=16,
        num_layers=1,
        num_refiner_layers=1,
        num_attention_heads=2,
        num_kv_heads=1,
        multiple_of=16,
        axes_dim_rope=(4, 2, 2),
        axes_lens=(512, 64, 64),
        cap_feat_dim=16,
    )
    return Lumina2Pipeline(
        transformer=transformer,
        scheduler=FlowMatchEulerDiscreteScheduler(shift=6.0),
        vae=make_vae(),
        text_encoder=_make_gemma(),
        tokenizer=make_qwen_tokenizer(),
    )


def _make_gemma() -> Any:
    from transformers import Gemma2Config, Gemma2Model

    config = Gemma2Config(
        vocab_size=300,
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=8,
    )
    return Gemma2Model(config)


def make_tiny_krea2() -> Any:
    """Return a tiny Krea 2, whose `model_index.json` holds a list that is no component."""
    from diffusers import FlowMatchEulerDiscreteScheduler, Krea2Pipeline, Krea2Transformer2DModel
    from transformers import Qwen3VLModel

    transformer = Krea2Transformer2DModel(
        in_channels=16,
        num_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        num_key_value_heads=1,
        intermediate_size=32,
        timestep_embed_dim=16,
        text_hidden_dim=16,
        num_text_layers=2,
        text_num_attention_heads=2,
        text_num_key_value_heads=2,
        text_intermediate_size=16,
        num_layerwise_text_blocks=1,
        num_refiner_text_blocks=1,
        axes_dims_rope=(4, 6, 6),
    )
    return Krea2Pipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, max_image_seq_len=6400),
        vae=make_qwen_vae(),
        text_encoder=Qwen3VLModel(make_qwen3_vl_config(2)),
        tokenizer=make_qwen_tokenizer(),
        transformer=fill_parameters(transformer),
        text_encoder_select_layers=[1, 2],
    )


def make_tiny_ernie() -> Any:
    """Return a tiny ERNIE-Image, without the model that rewrites prompts."""
    from _tiny_families import make_flux2_vae
    from diffusers import ErnieImagePipeline, ErnieImageTransformer2DModel, FlowMatchEulerDiscreteScheduler
    from transformers import Mistral3Config, Mistral3Model

    text = {
        "model_type": "ministral3",
        "vocab_size": 300,
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "head_dim": 8,
    }
    vision = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    transformer = ErnieImageTransformer2DModel(
        hidden_size=32,
        num_attention_heads=2,
        num_layers=1,
        ffn_hidden_size=32,
        in_channels=16,
        out_channels=16,
        text_in_dim=16,
        rope_axes_dim=(8, 4, 4),
    )
    return ErnieImagePipeline(
        transformer=fill_parameters(transformer),
        vae=make_flux2_vae(),
        text_encoder=Mistral3Model(Mistral3Config(text_config=text, vision_config=vision)),
        tokenizer=make_qwen_tokenizer(),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=4.0),
        pe=None,
        pe_tokenizer=None,
    )


def make_tiny_flux_of(kind: str) -> Any:
    """Return a tiny FLUX.1 of another pipeline: Fill and Control cannot draw from text alone, Kontext can."""
    import diffusers

    channels = {"FluxFillPipeline": 16 + 16 + 64 * 4, "FluxControlPipeline": 16 + 16}.get(kind, 16)
    return getattr(diffusers, kind)(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, shift=3.0),
        vae=make_vae(),
        text_encoder=make_clip(),
        tokenizer=make_clip_tokenizer(),
        text_encoder_2=make_t5(),
        tokenizer_2=make_t5_tokenizer(),
        transformer=make_transformer(guidance=True, in_channels=channels),
    )


MAKERS: Final[dict[str, Callable[[], Any]]] = {
    "sd15": make_tiny_sd15,
    "sdxl": make_tiny_sdxl,
    "sd3": make_tiny_sd3,
    "pixart": make_tiny_pixart,
    "sana-sprint": make_tiny_sana_sprint,
    "lumina2": make_tiny_lumina2,
    "krea2": make_tiny_krea2,
    "ernie": make_tiny_ernie,
    "fill": lambda: make_tiny_flux_of("FluxFillPipeline"),
    "control": lambda: make_tiny_flux_of("FluxControlPipeline"),
    "kontext": lambda: make_tiny_flux_of("FluxKontextPipeline"),
}
"""What makes a tiny pipeline, by the name of its model."""
