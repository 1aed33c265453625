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
    clip_tokenizer, clip = _clip()
    t5_tokenizer, t5 = _t5()
    FluxPipeline(
        scheduler=_scheduler(dynamic_shift),
        vae=_vae(),
        text_encoder=clip,
        tokenizer=clip_tokenizer,
        text_encoder_2=t5,
        tokenizer_2=t5_tokenizer,
        transformer=_transformer(guidance),
    ).save_pretrained(folder, safe_serialization=True)
    return folder


def _scheduler(dynamic_shift: bool) -> object:
    from diffusers import FlowMatchEulerDiscreteScheduler

    return FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=dynamic_shift, shift=3.0 if dynamic_shift else 1.0)


def _transformer(guidance: bool) -> object:
    from diffusers import FluxTransformer2DModel

    return FluxTransformer2DModel(
        patch_size=1,
        in_channels=16,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=32,
        pooled_projection_dim=32,
        guidance_embeds=guidance,
        axes_dims_rope=(4, 4, 8),
    )


def _vae() -> object:
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


def _clip() -> tuple[object, object]:
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

    tokens = [*_PRINTABLE, *(f"{char}</w>" for char in _PRINTABLE), "<|startoftext|>", "<|endoftext|>"]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    start, end = len(tokens) - 2, len(tokens) - 1
    config = CLIPTextConfig(
        vocab_size=len(tokens),
        hidden_size=32,
        intermediate_size=37,
        num_hidden_layers=2,
        num_attention_heads=4,
        projection_dim=32,
        bos_token_id=start,
        eos_token_id=end,
        pad_token_id=end,
    )
    return CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=77), CLIPTextModel(config)


def _t5() -> tuple[object, object]:
    from transformers import T5Config, T5EncoderModel, T5TokenizerFast

    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", -10.0), ("\u2581", -2.0), *((char, -3.0) for char in _PRINTABLE)]
    config = T5Config(
        vocab_size=len(pieces), d_model=32, d_kv=8, d_ff=37, num_layers=2, num_heads=4, feed_forward_proj="gated-gelu"
    )
    return T5TokenizerFast(vocab=pieces, extra_ids=0, model_max_length=512), T5EncoderModel(config)
