"""What the models weigh that are known by name, so that a plan for them needs neither the files nor the network.

Counted on the networks that their published configurations describe, without weights (a test counts them again).
FLUX.2-klein-4B: `Klein4BParams` of github.com/black-forest-labs/flux2, with Qwen3-4B. Z-Image and Qwen-Image: the
defaults of diffusers, with Qwen3-4B and Qwen2.5-VL-7B. ERNIE-Image: `transformer/config.json` and
`text_encoder/config.json` of baidu/ERNIE-Image.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from blazon.diffusion.memory.footprint import FLUX_DEV, Component, ModelSize
from blazon.diffusion.memory.sizing import count_decoder_numbers, count_denoiser_numbers

_QWEN3_4B: Final = Component.of(4_022_468_096, linear=3_633_315_840)
_QWEN_VL_7B: Final = Component.of(8_292_166_656, linear=7_744_815_104)
_MINISTRAL_3B: Final = Component.of(3_429_006_336, linear=3_026_190_336)
# What ERNIE-Image's text encoder has beside: it can look at pictures too. From the configuration of Pixtral.
_PIXTRAL: Final = Component.of(420_000_000)
_NO_SMALL_ENCODER: Final = Component(0, 0, 0)
_VAE: Final = Component.of(83_819_683, linear=0)
_VAE_FLUX_2: Final = Component.of(84_046_115, linear=0)
_VAE_QWEN: Final = Component.of(126_892_531, linear=0)


def _make(name: str, kind: str, transformer: Component, encoder: Component, vae: Component, width: int) -> ModelSize:
    numbers = count_denoiser_numbers(kind)
    return ModelSize(name, transformer, encoder, _NO_SMALL_ENCODER, vae, width=width, denoiser_numbers=numbers)


def _add(*parts: Component) -> Component:
    return Component.of(sum(part.parameters for part in parts), linear=sum(part.linear for part in parts))


_SCHNELL: Final = replace(
    FLUX_DEV,
    name="black-forest-labs/FLUX.1-schnell",
    transformer=Component.of(11_891_178_560),
    text_tokens=256,
)
_KLEIN: Final = _make(
    "black-forest-labs/FLUX.2-klein-4B",
    "Flux2Transformer2DModel",
    Component.of(3_875_544_576, linear=3_875_536_896),
    _QWEN3_4B,
    _VAE_FLUX_2,
    3072,
)
_Z_TURBO: Final = _make(
    "Tongyi-MAI/Z-Image-Turbo",
    "ZImageTransformer2DModel",
    Component.of(6_154_908_736, linear=6_153_863_168),
    _QWEN3_4B,
    _VAE,
    3840,
)
_KLEIN_BASE: Final = replace(_KLEIN, rows=2)
_Z_BASE: Final = replace(_Z_TURBO, rows=2)
_QWEN: Final = replace(
    _make(
        "Qwen/Qwen-Image",
        "QwenImageTransformer2DModel",
        Component.of(20_430_401_088, linear=20_424_818_688),
        _QWEN_VL_7B,
        _VAE_QWEN,
        3072,
    ),
    decoder_width=96,
    decoder_numbers=count_decoder_numbers("AutoencoderKLQwenImage"),
    rows=2,
)
# With the language model that rewrites prompts, which its pipeline loads too.
_ERNIE_TURBO: Final = _make(
    "baidu/ERNIE-Image",
    "ErnieImageTransformer2DModel",
    Component.of(8_033_490_048, linear=8_032_616_448),
    _add(_MINISTRAL_3B, _PIXTRAL, _MINISTRAL_3B),
    _VAE_FLUX_2,
    4096,
)

_SAME: Final = {
    FLUX_DEV: ("black-forest-labs/FLUX.1-dev", "black-forest-labs/FLUX.1-Krea-dev"),
    _SCHNELL: ("black-forest-labs/FLUX.1-schnell",),
    _KLEIN: ("black-forest-labs/FLUX.2-klein-4B",),
    _KLEIN_BASE: ("black-forest-labs/FLUX.2-klein-base-4B",),
    _Z_TURBO: ("Tongyi-MAI/Z-Image-Turbo",),
    _Z_BASE: ("Tongyi-MAI/Z-Image",),
    _QWEN: ("Qwen/Qwen-Image-2512", "Qwen/Qwen-Image"),
    _ERNIE_TURBO: ("baidu/ERNIE-Image-Turbo",),
    replace(_ERNIE_TURBO, rows=2): ("baidu/ERNIE-Image",),
}
SIZES: Final[Mapping[str, ModelSize]] = {
    name: replace(size, name=name) for size, names in _SAME.items() for name in names
}
"""Sizes by the ids of the models on the hub."""
