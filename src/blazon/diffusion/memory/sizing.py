"""From the parts of a pipeline and their configurations to its size, whatever family it is of. No torch."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from blazon.diffusion.memory.footprint import DEFAULT_WIDTH, Component, ModelSize

# Latent pixels of a picture of 1024 x 1024 at 8 pixels each: a U-Net has every one of them, a transformer a quarter.
_LATENT_PIXELS: Final = 128 * 128
_USUAL_RATIO: Final = 3.0
_CHECKERS: Final = ("safety_checker", "watermarker")
# Numbers alive at the peak of one forward pass, for each token and channel of the width: counted on the classes at full
# size without weights (fake tensors, torch's MemTracker), as in `footprint`; a test counts those of the step engine
# again. In bfloat16: what is computed in float32 in between counts twice. A U-Net's tokens are its latent pixels.
_DENOISER_NUMBERS: Final = {
    "FluxTransformer2DModel": 17.3,
    "ZImageTransformer2DModel": 15.9,
    # Behind the GELU of a picture's MLP: what goes in and comes out, each four times as wide, and seven tensors that
    # the block still names: its input, what each norm and its modulation made, what attention returned, and the sum.
    "QwenImageTransformer2DModel": 2 * 4 + 7.2,
    "ChromaTransformer2DModel": 17.9,
    "SD3Transformer2DModel": 12.5,
    "PixArtTransformer2DModel": 11.5,
    "AuraFlowTransformer2DModel": 13.1,
    "CogView4Transformer2DModel": 12.5,
    "SanaTransformer2DModel": 3.4,
    "UNet2DConditionModel": 26.0,
}
_MOST_DENOISER_NUMBERS: Final = 26.0
# Of those whose configuration chooses how wide the MLP is: (number, tensors of its inner width), joined as
# number + tensors x inner width / width.
# ERNIE-Image: gate, its GELU and the other half of the MLP, beside the six parts of the modulation, which are written
# out for every token, and eight tensors as in Qwen-Image. FLUX.2: a single block joins MLP and attention in one tensor.
_NUMBERS_BY_RATIO: Final = {"ErnieImageTransformer2DModel": (14.3, 3.0), "Flux2Transformer2DModel": (9.8, 4.0)}
# Below that, the rotation of query and key is the peak of FLUX.2.
_LEAST_DENOISER_NUMBERS: Final = 18.6
# The same of decoders, for each pixel and channel of the last block.
_DECODER_NUMBERS: Final = {
    "AutoencoderKL": 6.0,
    "AutoencoderKLFlux2": 6.0,
    "AutoencoderKLQwenImage": 18.0,
    "AutoencoderDC": 6.5,
}
_MOST_DECODER_NUMBERS: Final = 18.0
# A text encoder of so many parameters is worth being quantised, beside the largest one.
_LARGE: Final = 1_000_000_000


class Role(StrEnum):
    """What a part of a pipeline with weights is for, in the order of loading."""

    ENCODER = "text encoder"
    DENOISER = "denoiser"
    VAE = "VAE"
    CHECKER = "checker"


def find_role(part: str, kind: str) -> Role:
    """Return what a part is for, from its name and its class; what is nothing else reads the text."""
    if part in _CHECKERS:
        return Role.CHECKER
    if part.startswith(("vae", "movq", "vqgan", "vqvae")) or kind.startswith(("Autoencoder", "VQ")):
        return Role.VAE
    if "Transformer2D" in kind or "Transformer3D" in kind or "UNet" in kind:
        return Role.DENOISER
    return Role.DENOISER if part.startswith(("transformer", "unet")) else Role.ENCODER


def find_large_encoders(parts: Mapping[str, Component], kinds: Mapping[str, str]) -> frozenset[str]:
    """Return the names of the text encoders that are quantised where the plan says so: the largest, and all large."""
    encoders = [part for part in parts if find_role(part, kinds[part]) is Role.ENCODER]
    largest = max(encoders, key=lambda part: parts[part].parameters, default=None)
    return frozenset(part for part in encoders if part == largest or parts[part].parameters >= _LARGE)


def count_denoiser_numbers(kind: str, config: Mapping[str, Any] | None = None) -> float:
    """Return how many numbers are alive in one forward pass of a class, for each token and channel of its width.

    Attention has no part in it: it never holds its matrix.

    Args:
        config: of the denoiser; without one its MLP is three times as wide, as in FLUX.2 klein and ERNIE-Image.
    """
    if kind not in _NUMBERS_BY_RATIO:
        return _DENOISER_NUMBERS.get(kind, _MOST_DENOISER_NUMBERS)
    number, tensors = _NUMBERS_BY_RATIO[kind]
    return max(_LEAST_DENOISER_NUMBERS, number + tensors * _measure_ratio(config or {}))


def _measure_ratio(config: Mapping[str, Any]) -> float:
    """Return how many times as wide as a token the MLP of a transformer is."""
    ratio, inner, width = (config.get(key) for key in ("mlp_ratio", "ffn_hidden_size", "hidden_size"))
    if isinstance(inner, int) and isinstance(width, int) and width > 0:
        return inner / width
    return float(ratio) if isinstance(ratio, int | float) else _USUAL_RATIO


def count_decoder_numbers(kind: str) -> float:
    """Return how many numbers are alive in a VAE's decoder, for each pixel and channel of its last block."""
    return _DECODER_NUMBERS.get(kind, _MOST_DECODER_NUMBERS)


def make_size(
    name: str,
    parts: Mapping[str, Component],
    kinds: Mapping[str, str],
    configs: Mapping[str, Mapping[str, Any]],
    tokens: int,
    rows: int = 1,
    stays: bool = False,
) -> ModelSize:
    """Return the size of a model.

    Args:
        parts: those with weights.
        kinds: the class of each part.
        configs: what `config.json` of each part says, as far as there is one.
        tokens: most tokens of a prompt.
        rows, stays: see `ModelSize`.
    """
    roles = {part: find_role(part, kinds[part]) for part in parts}
    large = find_large_encoders(parts, kinds)
    denoisers = [part for part in parts if roles[part] is Role.DENOISER]
    small = [part for part in parts if roles[part] in (Role.ENCODER, Role.CHECKER) and part not in large]
    vaes = [part for part in parts if roles[part] is Role.VAE]
    main = max(denoisers, key=lambda part: parts[part].stored_bytes)
    convolutional = "UNet" in kinds[main]
    return ModelSize(
        name=name,
        transformer=_add_up(parts[part] for part in denoisers),
        text_encoder=_add_up(parts[part] for part in large),
        pooled_encoder=_add_up(parts[part] for part in small),
        vae=_add_up(parts[part] for part in vaes),
        width=measure_width(configs.get(main, {})),
        text_tokens=tokens,
        image_tokens=_LATENT_PIXELS if convolutional else _LATENT_PIXELS // 4,
        denoiser_numbers=count_denoiser_numbers(kinds[main], configs.get(main)),
        decoder_width=measure_decoder_width(configs.get(vaes[0], {}) if vaes else {}),
        decoder_numbers=count_decoder_numbers(kinds[vaes[0]]) if vaes else 0.0,
        gguf=parts[main].parameters == 0,
        rows=rows,
        stays=stays,
    )


def measure_width(config: Mapping[str, Any]) -> int:
    """Return the channels of a token in a transformer, or of the largest layers of a U-Net."""
    blocks = _read_numbers(config.get("block_out_channels"))
    if blocks:
        return blocks[0]
    heads, each = (_read_numbers(config.get(key)) for key in ("num_attention_heads", "attention_head_dim"))
    if heads and each:
        return max(heads) * max(each)
    widths = [_read_numbers(config.get(key)) for key in ("hidden_size", "dim", "inner_dim", "model_dim")]
    return next((max(found) for found in widths if found), DEFAULT_WIDTH)


def measure_decoder_width(config: Mapping[str, Any]) -> int:
    """Return the channels of a VAE's decoder at full resolution."""
    keys = ("decoder_block_out_channels", "block_out_channels", "base_dim", "decoder_base_dim")
    return next((found[0] for key in keys if (found := _read_numbers(config.get(key)))), 128)


def _read_numbers(value: Any) -> list[int]:
    """Return what a configuration has in a field: one number, or one for each block, or each layer of each block."""
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, int):
        return [value]
    return [number for each in value for number in _read_numbers(each)] if isinstance(value, list) else []


def _add_up(parts: Any) -> Component:
    listed = list(parts)
    return Component(
        sum(part.parameters for part in listed),
        sum(part.linear for part in listed),
        sum(part.stored_bytes for part in listed),
    )
