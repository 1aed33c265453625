"""Tiny random pipelines that only the tests of loading need: real classes, made in code."""

from collections.abc import Callable
from typing import Any, Final

from _tiny_families import fill_parameters, make_flux2_vae, make_qwen3_vl_config, make_qwen_tokenizer
from _tiny_flux import make_t5, make_t5_tokenizer, make_vae
from _tiny_others import MAKERS as OTHERS


def make_tiny_chroma() -> Any:
    """Return a tiny Chroma: FLUX.1 with one text encoder, and guidance by a second row."""
    from diffusers import ChromaPipeline, ChromaTransformer2DModel, FlowMatchEulerDiscreteScheduler

    transformer = ChromaTransformer2DModel(
        in_channels=16,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=32,
        axes_dims_rope=(4, 4, 8),
        approximator_num_channels=16,
        approximator_hidden_dim=16,
        approximator_layers=1,
    )
    return ChromaPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=make_vae(),
        text_encoder=make_t5(),
        tokenizer=make_t5_tokenizer(),
        transformer=transformer,
    )


def make_tiny_sana() -> Any:
    """Return a tiny SANA: a linear transformer with few tokens, and a VAE that makes a picture 32 times smaller."""
    from diffusers import DPMSolverMultistepScheduler, SanaPipeline, SanaTransformer2DModel

    sprint = OTHERS["sana-sprint"]()
    unguided = {"guidance_embeds": False, "qk_norm": None, "timestep_scale": 1.0, "sample_size": 32}
    config = {key: value for key, value in sprint.transformer.config.items() if not key.startswith("_")}
    return SanaPipeline(
        tokenizer=sprint.tokenizer,
        text_encoder=sprint.text_encoder,
        vae=sprint.vae,
        transformer=SanaTransformer2DModel(**{**config, **unguided}),
        scheduler=DPMSolverMultistepScheduler(flow_shift=3.0, prediction_type="flow_prediction", use_flow_sigmas=True),
    )


def make_tiny_auraflow() -> Any:
    """Return a tiny AuraFlow, whose text encoder is a T5 of several languages."""
    from diffusers import AuraFlowPipeline, AuraFlowTransformer2DModel, FlowMatchEulerDiscreteScheduler
    from transformers import UMT5Config, UMT5EncoderModel

    config = UMT5Config(vocab_size=300, d_model=32, d_kv=8, d_ff=37, num_layers=2, num_heads=4)
    return AuraFlowPipeline(
        tokenizer=make_t5_tokenizer(),
        text_encoder=UMT5EncoderModel(config),
        vae=make_vae(),
        transformer=AuraFlowTransformer2DModel(
            sample_size=32,
            in_channels=4,
            out_channels=4,
            num_mmdit_layers=1,
            num_single_dit_layers=1,
            attention_head_dim=8,
            num_attention_heads=4,
            joint_attention_dim=32,
            caption_projection_dim=32,
            pos_embed_max_size=4096,
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=1.73),
    )


def make_tiny_cogview4() -> Any:
    """Return a tiny CogView4, whose text encoder is a GLM."""
    from diffusers import CogView4Pipeline, CogView4Transformer2DModel, FlowMatchEulerDiscreteScheduler
    from transformers import GlmConfig, GlmModel

    config = GlmConfig(
        vocab_size=300,
        hidden_size=32,
        intermediate_size=8,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        pad_token_id=0,
    )
    return CogView4Pipeline(
        tokenizer=make_t5_tokenizer(),  # like its own one it makes a token of no text
        text_encoder=GlmModel(config),
        vae=make_vae(),
        transformer=CogView4Transformer2DModel(
            in_channels=4,
            out_channels=4,
            num_layers=1,
            attention_head_dim=8,
            num_attention_heads=4,
            text_embed_dim=32,
            time_embed_dim=8,
            condition_dim=4,
            rope_axes_dim=(256, 256),
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(
            base_shift=0.25, max_shift=0.75, base_image_seq_len=256, use_dynamic_shifting=True, time_shift_type="linear"
        ),
    )


def make_tiny_ideogram4() -> Any:
    """Return a tiny Ideogram 4, which has a transformer of its own for what it is guided away from."""
    from diffusers import FlowMatchEulerDiscreteScheduler, Ideogram4Pipeline, Ideogram4Transformer2DModel
    from transformers import Qwen3VLModel

    transformer, other = (
        Ideogram4Transformer2DModel(
            in_channels=16,
            num_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            intermediate_size=16,
            adaln_dim=16,
            llm_features_dim=13 * 16,
            mrope_section=(4, 2, 2),
        )
        for _ in range(2)
    )
    return Ideogram4Pipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=make_flux2_vae(),
        text_encoder=Qwen3VLModel(make_qwen3_vl_config(36)),  # the pipeline reads 13 layers, of which the last is 35
        tokenizer=make_qwen_tokenizer(),
        transformer=fill_parameters(transformer, spread=0.2),
        unconditional_transformer=fill_parameters(other, spread=0.2),
    )


MAKERS: Final[dict[str, Callable[[], Any]]] = {
    "chroma": make_tiny_chroma,
    "sana": make_tiny_sana,
    "auraflow": make_tiny_auraflow,
    "cogview4": make_tiny_cogview4,
}
"""What makes a tiny pipeline, by the name of its model."""
