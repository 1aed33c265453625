"""FLUX.1 at full size with random weights, made on the device: nothing to download, and as fast as the real one."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import torch
from _tiny_flux import make_clip_tokenizer, make_t5_tokenizer
from diffusers import AutoencoderKL, FlowMatchEulerDiscreteScheduler, FluxPipeline, FluxTransformer2DModel
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel, T5Config, T5EncoderModel

from blazon.diffusion.families.flux1 import Flux1
from blazon.diffusion.sampling.conditioning import Conditioning

TEXT_TOKENS: Final = {"dev": 512, "schnell": 256}
_VAE: Final[dict[str, Any]] = {
    "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4,
    "block_out_channels": (128, 256, 512, 512),
    "layers_per_block": 2,
    "latent_channels": 16,
    "norm_num_groups": 32,
    "sample_size": 1024,
    "scaling_factor": 0.3611,
    "shift_factor": 0.1159,
    "use_quant_conv": False,
    "use_post_quant_conv": False,
}


def full_size(kind: str, device: torch.device) -> FluxPipeline:
    """Return a pipeline of FLUX.1 `dev` or `schnell` in bf16, with random weights and no text encoders."""
    dev = kind == "dev"
    scheduler: Any = FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=dev, shift=3.0 if dev else 1.0)
    with torch.device("meta"):
        # The defaults of diffusers are the sizes of FLUX.1: 19 and 38 blocks, 24 heads of 128, text of 4096.
        transformer: Any = FluxTransformer2DModel(guidance_embeds=dev)
        vae: Any = AutoencoderKL(**_VAE)
    pipeline = FluxPipeline(
        scheduler=scheduler,
        vae=_filled(vae, device),
        text_encoder=None,
        tokenizer=None,
        text_encoder_2=None,
        tokenizer_2=None,
        transformer=_filled(transformer, device),
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def save_full_size(kind: str, device: torch.device, folder: Path) -> Path:
    """Write FLUX.1 `dev` or `schnell` with random weights, text encoders among them, into a folder: 34 GB.

    The tokenizers know single characters only; texts are padded to the same length as ever.
    """
    pipeline, tokenizer = full_size(kind, device), make_clip_tokenizer()
    pipeline.register_modules(
        text_encoder=_filled(_make_clip(tokenizer), device),
        tokenizer=tokenizer,
        text_encoder_2=_filled(_make_t5(), device),
        tokenizer_2=make_t5_tokenizer(),
    )
    pipeline.text_encoder_2.tie_weights()
    pipeline.save_pretrained(folder, safe_serialization=True)
    return folder


def _make_clip(tokenizer: Any) -> nn.Module:
    """Return the text half of CLIP ViT-L/14, without weights."""
    with torch.device("meta"):
        config = CLIPTextConfig(
            hidden_size=768,
            intermediate_size=3072,
            num_hidden_layers=12,
            num_attention_heads=12,
            projection_dim=768,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
        return CLIPTextModel(config)


def _make_t5() -> nn.Module:
    """Return the encoder of T5 v1.1 XXL, without weights."""
    with torch.device("meta"):
        config = T5Config(
            vocab_size=32128,
            d_model=4096,
            d_kv=64,
            d_ff=10240,
            num_layers=24,
            num_heads=64,
            feed_forward_proj="gated-gelu",
            tie_word_embeddings=False,
        )
        return T5EncoderModel(config)


@torch.no_grad()
def _filled(module: nn.Module, device: torch.device) -> nn.Module:
    """Give a module without weights random ones that keep activations at about 1: zeros would multiply faster."""
    module = module.to(torch.bfloat16).to_empty(device=device).eval().requires_grad_(False)
    torch.manual_seed(0)
    for name, parameter in module.named_parameters():
        if parameter.ndim > 1:
            parameter.normal_(std=0.02)
        else:
            parameter.fill_(float(name.endswith("weight")))
    return module


class FullSizeFlux(Flux1):
    """A model whose prompts become random embeddings of the right shape."""

    def __init__(self, pipeline: FluxPipeline, kind: str, device: torch.device) -> None:
        super().__init__(pipeline, name=f"FLUX.1-{kind}, random", device=device, max_tokens=TEXT_TOKENS[kind])

    def encode(self, prompts: Sequence[str]) -> list[Conditioning]:
        return [self._make_up(prompt) for prompt in prompts]

    def _make_up(self, prompt: str) -> Conditioning:
        seed = int.from_bytes(hashlib.sha256(prompt.encode()).digest()[:6], "big")
        generator = torch.Generator().manual_seed(seed)
        config = self.transformer.config
        tokens = 0.2 * torch.randn((1, self.max_tokens, config.joint_attention_dim), generator=generator)
        pooled = torch.randn((1, config.pooled_projection_dim), generator=generator)
        ids = torch.zeros(self.max_tokens, 3)
        return Conditioning(*(part.to(self.device, self.dtype) for part in (tokens, pooled, ids)))


def flops(transformer: Any, image_tokens: int, text_tokens: int) -> float:
    """Return the floating-point operations of one forward pass of one sequence: its matrix products."""
    config = transformer.config
    width, tokens = config.num_attention_heads * config.attention_head_dim, image_tokens + text_tokens
    blocks = config.num_layers + config.num_single_layers
    # Query, key, value, output and the two layers of the feed-forward part: 12 squares of the width for each token.
    products = blocks * 12 * width**2 * tokens
    attention = blocks * 2 * width * tokens**2
    modulation = (12 * config.num_layers + 3 * config.num_single_layers) * width**2
    ends = width * (2 * image_tokens * config.in_channels + text_tokens * config.joint_attention_dim)
    return 2.0 * (products + attention + modulation + ends)
