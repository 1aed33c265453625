"""Models at full size with random weights, made on the device: nothing to download, and as fast as the real ones."""

import functools
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import diffusers
import torch
from _tiny_families import make_qwen_tokenizer
from _tiny_flux import make_clip_tokenizer, make_t5_tokenizer
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    Qwen3Config,
    Qwen3ForCausalLM,
    Qwen3Model,
    T5Config,
    T5EncoderModel,
)

from blazon.diffusion.families import find_family
from blazon.diffusion.families.base import StepModel
from blazon.diffusion.sampling.conditioning import Conditioning
from blazon.diffusion.sampling.sequence import DiffusionRequest, Ticket
from blazon.diffusion.stepping import gather_batch, start_sequence

Parts = dict[str, Any]
"""Parts of a pipeline by their names."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A published model.

    Args:
        name: what people call it. steps, guidance: what it is drawn with.
        tokens, width: of the text that its transformer reads. pooled: width of the pooled text, if it reads one.
        make: returns its pipeline without text encoders and weights. encode: returns tokenizers, and text encoders
            without weights.
    """

    name: str
    steps: int
    guidance: float
    tokens: int
    width: int
    make: Callable[[], Any]
    encode: Callable[[], Parts]
    pooled: int = 0


_BLOCKS: Final[dict[str, Any]] = {
    "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4,
    "block_out_channels": (128, 256, 512, 512),
    "layers_per_block": 2,
    "norm_num_groups": 32,
    "sample_size": 1024,
}
_NO_TEXT: Final = {"text_encoder": None, "tokenizer": None}


def _make_flux1(*, dev: bool) -> Any:
    return diffusers.FluxPipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=dev, shift=3.0 if dev else 1.0),
        vae=_make_flux_vae(),
        # The defaults of diffusers are the sizes of FLUX.1: 19 and 38 blocks, 24 heads of 128, text of 4096.
        transformer=diffusers.FluxTransformer2DModel(guidance_embeds=dev),
        text_encoder_2=None,
        tokenizer_2=None,
        **_NO_TEXT,
    )


def _make_klein() -> Any:
    return diffusers.Flux2KleinPipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, shift=3.0),
        vae=diffusers.AutoencoderKLFlux2(**_BLOCKS, latent_channels=32),
        # `Klein4BParams` of github.com/black-forest-labs/flux2; the rest is as in the defaults of diffusers.
        transformer=diffusers.Flux2Transformer2DModel(
            num_layers=5,
            num_single_layers=20,
            num_attention_heads=24,
            joint_attention_dim=3 * 2560,
            guidance_embeds=False,
        ),
        is_distilled=True,
        **_NO_TEXT,
    )


def _make_z_image_turbo() -> Any:
    return diffusers.ZImagePipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0),
        vae=_make_flux_vae(),
        # `transformer/config.json` of Tongyi-MAI/Z-Image-Turbo: 30 and 2 + 2 blocks, 30 heads of 128, text of 2560,
        # which are the defaults of diffusers, but for the longest text.
        transformer=diffusers.ZImageTransformer2DModel(axes_lens=[1536, 512, 512]),
        **_NO_TEXT,
    )


def _make_flux_vae() -> Any:
    return diffusers.AutoencoderKL(
        **_BLOCKS,
        latent_channels=16,
        scaling_factor=0.3611,
        shift_factor=0.1159,
        use_quant_conv=False,
        use_post_quant_conv=False,
    )


def _make_clip_and_t5() -> Parts:
    """Return the text half of CLIP ViT-L/14, and the encoder of T5 v1.1 XXL."""
    tokenizer: Any = make_clip_tokenizer()
    clip = CLIPTextConfig(
        hidden_size=768,
        intermediate_size=3072,
        num_hidden_layers=12,
        num_attention_heads=12,
        projection_dim=768,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    t5 = T5Config(
        vocab_size=32128,
        d_model=4096,
        d_kv=64,
        d_ff=10240,
        num_layers=24,
        num_heads=64,
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
    )
    return {
        "text_encoder": CLIPTextModel(clip),
        "tokenizer": tokenizer,
        "text_encoder_2": T5EncoderModel(t5),
        "tokenizer_2": make_t5_tokenizer(),
    }


def _make_qwen3_4b(kind: type[nn.Module]) -> Parts:
    config = Qwen3Config(
        vocab_size=151936,
        hidden_size=2560,
        intermediate_size=9728,
        num_hidden_layers=36,
        num_attention_heads=32,
        num_key_value_heads=8,
        head_dim=128,
        max_position_embeddings=40960,
        tie_word_embeddings=True,
    )
    return {"text_encoder": kind(config), "tokenizer": make_qwen_tokenizer()}


KINDS: Final = {
    "dev": Kind(
        "FLUX.1-dev", 28, 3.5, 512, 4096, functools.partial(_make_flux1, dev=True), _make_clip_and_t5, pooled=768
    ),
    "schnell": Kind(
        "FLUX.1-schnell", 4, 0.0, 256, 4096, functools.partial(_make_flux1, dev=False), _make_clip_and_t5, pooled=768
    ),
    "klein": Kind(
        "FLUX.2-klein-4B", 4, 1.0, 512, 7680, _make_klein, functools.partial(_make_qwen3_4b, Qwen3ForCausalLM)
    ),
    # Its texts have any length: a prompt for a logo and the template around it take about so many tokens.
    "z-image-turbo": Kind(
        "Z-Image-Turbo", 8, 0.0, 96, 2560, _make_z_image_turbo, functools.partial(_make_qwen3_4b, Qwen3Model)
    ),
}
"""The models that can be made, by what the benchmarks call them."""


def make_pipeline(kind: str, device: torch.device) -> Any:
    """Return the pipeline of a kind in bf16, with random weights and no text encoders."""
    with torch.device("meta"):
        pipeline = KINDS[kind].make()
    for name in ("transformer", "vae"):
        pipeline.register_modules(**{name: _fill(getattr(pipeline, name), device)})
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def make_model(kind: str, device: torch.device) -> StepModel:
    """Return a model of a kind, whose prompts become random embeddings of the right shape."""
    pipeline = make_pipeline(kind, device)
    family = find_family(type(pipeline).__name__)
    if family is None:
        raise ValueError(f"{type(pipeline).__name__} has no family in the step engine")
    model = family(pipeline, name=f"{KINDS[kind].name}, random", device=device, max_tokens=KINDS[kind].tokens)
    model.encode = functools.partial(_make_up_texts, model, KINDS[kind])  # type: ignore[method-assign]
    return model


def save_full_size(kind: str, device: torch.device, folder: Path) -> Path:
    """Write a model with random weights, text encoders among them, into a folder: 34 GB for FLUX.1, 16 or 21 others.

    The tokenizers know single characters only; texts are padded to the same length as ever, where they are padded.
    """
    pipeline = make_pipeline(kind, device)
    with torch.device("meta"):
        parts = KINDS[kind].encode()
    for name, part in parts.items():
        if isinstance(part, nn.Module):
            parts[name] = _fill(part, device)
            parts[name].tie_weights()
    pipeline.register_modules(**parts)
    pipeline.save_pretrained(folder, safe_serialization=True)
    return folder


@torch.no_grad()
def _fill(module: nn.Module, device: torch.device) -> Any:
    """Give a module without weights random ones that keep activations at about 1: zeros would multiply faster."""
    module = module.to(torch.bfloat16).to_empty(device=device).eval().requires_grad_(False)
    torch.manual_seed(0)
    for name, parameter in module.named_parameters():
        if parameter.ndim > 1:
            parameter.normal_(std=0.02)
        else:
            parameter.fill_(float(name.endswith("weight")))
    for name, statistics in module.named_buffers():
        statistics.fill_(int(name.endswith("running_var")))  # by which FLUX.2 normalises its latents
    return module


def _make_up_texts(model: StepModel, kind: Kind, prompts: Sequence[str]) -> list[Conditioning]:
    return [_make_up_text(model, kind, prompt) for prompt in prompts]


def _make_up_text(model: StepModel, kind: Kind, prompt: str) -> Conditioning:
    seed = int.from_bytes(hashlib.sha256(prompt.encode()).digest()[:6], "big")
    generator = torch.Generator().manual_seed(seed)
    tokens = 0.2 * torch.randn((1, kind.tokens, kind.width), generator=generator)
    pooled = torch.randn((1, kind.pooled), generator=generator) if kind.pooled else None
    columns = len(getattr(model.transformer.config, "axes_dims_rope", ()))
    ids = torch.zeros(kind.tokens, columns) if columns else None
    if columns == 4:  # FLUX.2 counts the places of the text
        ids = torch.cartesian_prod(torch.arange(1), torch.arange(1), torch.arange(1), torch.arange(kind.tokens))
    parts = ((tokens, model.dtype), (pooled, model.dtype), (ids, None))
    return Conditioning(*(part if part is None else part.to(model.device, dtype) for part, dtype in parts))


def make_call(model: StepModel, text: Conditioning, guidance: float) -> dict[str, Any]:
    """Return what the pipeline's own call takes in place of a prompt that is encoded already."""
    given: dict[str, Any] = {"guidance_scale": guidance}
    if model.masks_texts:
        return given | {"prompt_embeds": [text.tokens[0]]}
    given["prompt_embeds"] = text.tokens
    return given if text.pooled is None else given | {"pooled_prompt_embeds": text.pooled}


def count_flops(model: StepModel, size: int) -> float:
    """Return the floating-point operations of one forward pass of one picture: its products and its attention.

    Count before anything is compiled: what the compiler makes is not seen.
    """
    request = DiffusionRequest("a", size, size, steps=4, guidance=0.0)
    sequence = start_sequence(model, Ticket(request), model.encode(model.list_prompts(request)))
    # Of the plain attention the two products are seen, on every device.
    with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH):
        model.velocity(gather_batch([sequence]))
    return float(counter.get_total_flops())
