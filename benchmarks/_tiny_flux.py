"""A tiny random FLUX: the real architecture, under a megabyte, made from configurations in code.

It draws nothing that anybody wants to see, but it goes the whole way that a real model goes, from
`from_pretrained` to pixels, in a tenth of a second on a CPU: for tests, benchmarks and trying out.
"""

from pathlib import Path
from typing import Final

import torch

_PRINTABLE: Final = [chr(code) for code in range(33, 127)]


def save_tiny_flux(folder: Path, *, guidance: bool = True, dynamic_shift: bool = True, seed: int = 0) -> Path:
    """Write a tiny FLUX into `folder`, in the layout of a diffusers model, and return the folder.

    Args:
        guidance: take a guidance scale, as FLUX.1-dev does; FLUX.1-schnell does not.
        dynamic_shift: let the schedule depend on the size of the picture, as dev does.
        seed: of the random weights.
    """
    from diffusers import FluxPipeline

    torch.manual_seed(seed)
    FluxPipeline(
        scheduler=_make_scheduler(dynamic_shift),
        vae=make_vae(),
        text_encoder=make_clip(),
        tokenizer=make_clip_tokenizer(),
        text_encoder_2=make_t5(),
        tokenizer_2=make_t5_tokenizer(),
        transformer=make_transformer(guidance),
    ).save_pretrained(folder, safe_serialization=True)
    return folder


def _make_scheduler(dynamic_shift: bool) -> object:
    from diffusers import FlowMatchEulerDiscreteScheduler

    return FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=dynamic_shift, shift=3.0 if dynamic_shift else 1.0)


def make_transformer(guidance: bool, *, in_channels: int = 16) -> object:
    """Return a tiny transformer of FLUX; one that also reads a mask or a control picture has more channels in."""
    from diffusers import FluxTransformer2DModel

    return FluxTransformer2DModel(
        patch_size=1,
        in_channels=in_channels,
        out_channels=16,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=32,
        pooled_projection_dim=32,
        guidance_embeds=guidance,
        axes_dims_rope=(4, 4, 8),
    )


def make_vae() -> object:
    """Return a tiny VAE of the kind of FLUX.1: four channels of an eighth of the side."""
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(4, 4, 8, 8),
        latent_channels=4,
        norm_num_groups=4,
        sample_size=32,
        use_quant_conv=False,
        use_post_quant_conv=False,
        mid_block_add_attention=False,
        shift_factor=0.1159,
        scaling_factor=0.3611,
    )


def make_clip(*, projecting: bool = False) -> object:
    """Return a tiny CLIP text encoder; the second one of Stable Diffusion XL ends in a projection."""
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    tokens = len(_list_clip_tokens())
    config = CLIPTextConfig(
        vocab_size=tokens,
        hidden_size=32,
        intermediate_size=37,
        num_hidden_layers=2,
        num_attention_heads=4,
        projection_dim=32,
        bos_token_id=tokens - 2,
        eos_token_id=tokens - 1,
        pad_token_id=tokens - 1,
    )
    return CLIPTextModelWithProjection(config) if projecting else CLIPTextModel(config)


def make_clip_tokenizer() -> object:
    """Return CLIP's kind of tokenizer with single characters for words; the end of a text has the highest number."""
    from transformers import CLIPTokenizer

    return CLIPTokenizer(
        vocab={token: number for number, token in enumerate(_list_clip_tokens())}, merges=[], model_max_length=77
    )


def _list_clip_tokens() -> list[str]:
    return [*_PRINTABLE, *(f"{char}</w>" for char in _PRINTABLE), "<|startoftext|>", "<|endoftext|>"]


def make_t5(*, hidden: int = 32) -> object:
    """Return a tiny encoder of T5."""
    from transformers import T5Config, T5EncoderModel

    config = T5Config(
        vocab_size=len(_list_t5_pieces()),
        d_model=hidden,
        d_kv=8,
        d_ff=37,
        num_layers=2,
        num_heads=4,
        feed_forward_proj="gated-gelu",
    )
    return T5EncoderModel(config)


def make_t5_tokenizer() -> object:
    """Return T5's kind of tokenizer with single characters for pieces of words."""
    from transformers import T5TokenizerFast

    return T5TokenizerFast(vocab=_list_t5_pieces(), extra_ids=0, model_max_length=512)


def _list_t5_pieces() -> list[tuple[str, float]]:
    """Return pieces with their scores."""
    special = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", -10.0), ("\u2581", -2.0)]
    return [*special, *((char, -3.0) for char in _PRINTABLE)]
