"""The footprint of a model: how many bytes a form of it takes on the device and on the host. No torch.

A form says how the weights are kept and where. The numbers beside the weights are estimates, see below.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

GB: Final = 1e9


class Quantisation(StrEnum):
    """How the weights of linear layers are kept; the arithmetic stays in the plan's precision.

    INT8 and FP8 are weight-only by torchao, NF4 is 4-bit by bitsandbytes, GGUF is what the file has.
    """

    NONE = "none"
    INT8 = "int8"
    FP8 = "fp8"
    NF4 = "nf4"
    GGUF = "gguf"


class TextEncoder(StrEnum):
    """Where the text encoders are kept; QUANTISED is on the device, the large one in fewer bits."""

    DEVICE = "gpu"
    QUANTISED = "quantised"
    CPU = "cpu"


class Offload(StrEnum):
    """MODEL moves text encoder and transformer to the GPU in turn, SEQUENTIAL each layer for its own work."""

    NONE = "none"
    MODEL = "model"
    SEQUENTIAL = "sequential"


PRECISION_BYTES: Final = {"float32": 4, "bfloat16": 2, "float16": 2}

# Bytes for each weight of a linear layer. 8-bit: one scale a row. NF4 with double quantisation: 4 bits, an 8-bit
# scale for 64 weights and a float32 for 256 of those (T. Dettmers et al., "QLoRA", 2023, section 3).
_QUANTISED_BYTES: Final = {Quantisation.INT8: 1.002, Quantisation.FP8: 1.002, Quantisation.NF4: 0.516}

# Peaks of the tensors alive in one forward pass, counted on the full-size FLUX.1 without weights (fake tensors,
# torch's MemTracker): the transformer keeps 17.3 numbers for each token and channel of its width (0.49 GB for
# 4096 + 512 tokens in bf16, in proportion to the batch), the VAE's decoder 6.0 for each pixel and channel of its
# last block (1.61 GB at 1024 x 1024 in bf16, 0.40 GB in tiles of 512), T5-XXL 0.33 GB for 512 tokens in bf16.
# A quarter is added for workspaces of the kernels and gaps between blocks of memory.
_SLACK: Final = 1.25
_FLUX_NUMBERS: Final = 17.3
_FLUX_DECODER_NUMBERS: Final = 6.0
DEFAULT_WIDTH: Final = 3072
# What a LoRA adds to a layer and the sum of both are as wide as the widest layer: four times the width each.
_LORA_NUMBERS: Final = 8.0
_ENCODER_PEAK: Final = 0.33 * GB * _SLACK

IMAGE_SIDE: Final = 1024
IMAGE_TOKENS: Final = 4096
TILE_SIDE: Final = 512
# cuBLAS and cuDNN workspaces, compiled code, previews; the CUDA context itself is not in what is free.
_RESERVE: Final = int(0.3 * GB)
# The process itself: the interpreter with torch and diffusers, pictures on their way out.
_PROCESS: Final = int(1.0 * GB)
# The output layers of T5-XXL are 0.21 of its parameters, which then take twice the space.
_FP16_ENCODER: Final = 1.22
# The share of a transformer that sequential offload holds on the device at a time.
_LAYER_SHARE: Final = 0.03


@dataclass(frozen=True, slots=True)
class Component:
    """One network.

    Args:
        parameters: numbers in all.
        linear: those in linear layers, which can be quantised.
        stored_bytes: size on disk.
    """

    parameters: int
    linear: int
    stored_bytes: int

    @classmethod
    def of(cls, parameters: int, *, linear: int | None = None, width: int = 2) -> "Component":
        """Return a component by its number of parameters, stored in `width` bytes each."""
        return cls(parameters, parameters if linear is None else linear, parameters * width)

    def size(self, precision: str, quantisation: Quantisation = Quantisation.NONE) -> int:
        """Return the bytes of the loaded weights."""
        each = PRECISION_BYTES[precision]
        if quantisation is Quantisation.GGUF:
            return self.stored_bytes
        if quantisation is Quantisation.NONE:
            return self.parameters * each
        return int((self.parameters - self.linear) * each + self.linear * _QUANTISED_BYTES[quantisation])


@dataclass(frozen=True, slots=True)
class ModelSize:
    """What a text-to-image model weighs, and how wide it is.

    Args:
        transformer: what denoises, a U-Net too; several of them together.
        text_encoder: the large text encoders (T5, Qwen3), which can be quantised.
        pooled_encoder: the small ones (CLIP), and what looks at the picture afterwards.
        width: channels of a token in the transformer, or of the largest layers of a U-Net.
        text_tokens: most tokens of a prompt.
        decoder_width: channels of the VAE's decoder at full resolution.
        gguf: the transformer is stored as GGUF, quantised already.
        image_tokens: of a picture of 1024 x 1024.
        denoiser_numbers, decoder_numbers: alive at the peak, for each token or pixel and channel of the width.
        rows: of a forward pass that a picture takes at most: two, where it can be guided by a second one.
        stays: no part of it can be kept or wait on the host, as its pipeline is one of blocks (`loading/modular.py`).
        loras: what lies beside the transformer on the device, all of them together, whichever take part.
    """

    name: str
    transformer: Component
    text_encoder: Component
    pooled_encoder: Component
    vae: Component
    width: int = DEFAULT_WIDTH
    text_tokens: int = 512
    decoder_width: int = 128
    gguf: bool = False
    image_tokens: int = IMAGE_TOKENS
    denoiser_numbers: float = _FLUX_NUMBERS
    decoder_numbers: float = _FLUX_DECODER_NUMBERS
    rows: int = 1
    stays: bool = False
    loras: Component = Component(0, 0, 0)

    @property
    def stored_bytes(self) -> int:
        parts = (self.transformer, self.text_encoder, self.pooled_encoder, self.vae)
        return sum(part.stored_bytes for part in parts)


FLUX_DEV: Final = ModelSize(
    "black-forest-labs/FLUX.1-dev",
    transformer=Component.of(11_901_408_320),
    text_encoder=Component.of(4_762_310_656, linear=4_630_511_616),
    pooled_encoder=Component.of(123_060_480),
    vae=Component.of(83_819_683, linear=0),
)
"""FLUX.1 [dev]; [schnell] is 0.1 % smaller."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a model is kept.

    Args:
        device: "cuda", "mps" or "cpu"; the last two share one memory with the host.
        precision: of the arithmetic and of what is not quantised, as torch names it.
        text_quantisation: of the large text encoder, where that is QUANTISED.
        vae_tiling: decode pictures above 512 x 512 in tiles.
    """

    device: str
    precision: str
    quantisation: Quantisation = Quantisation.NONE
    text_encoder: TextEncoder = TextEncoder.DEVICE
    text_quantisation: Quantisation = Quantisation.NONE
    vae_tiling: bool = False
    offload: Offload = Offload.NONE

    @property
    def vae_precision(self) -> str:
        """Of the VAE: never fp16, in which its decoder overflows on some latents and the picture is black."""
        return "float32" if self.precision == "float16" else self.precision

    @property
    def text_precision(self) -> str:
        """Of the text encoders: never fp16 on a CPU, which has hardly any arithmetic for it."""
        return "bfloat16" if self.precision == "float16" and self.text_encoder is TextEncoder.CPU else self.precision


def estimate_device_bytes(form: Form, model: ModelSize, batch: int, texts: int = 1) -> int:
    """Return the bytes on the device while `batch` pictures of 1024 x 1024 are drawn and one is decoded.

    Beside them so many texts are encoded in one call, unless text encoders and transformer take turns.

    Drawing keeps, for each row of the pass, (image tokens + text tokens) x width x `denoiser_numbers`, where attention
    never holds its matrix: it grows with the tokens, not with their square (T. Dao et al., "FlashAttention", 2022).
    Where the numbers come from is said in `sizing`. What is drawn is there before what is decoded has gone.
    """
    each = PRECISION_BYTES[form.precision]
    transformer = model.transformer.size(form.precision, form.quantisation)
    encoders = _size_of_encoders(form, model) if _has_encoders_on_device(form) else 0
    numbers = model.denoiser_numbers + (_LORA_NUMBERS if model.loras.parameters else 0.0)
    alive = (model.image_tokens + model.text_tokens) * model.width * numbers * _SLACK
    drawing = int(batch * model.rows * alive * each)
    side = TILE_SIDE if form.vae_tiling else IMAGE_SIDE
    decoded = side * side * model.decoder_width * model.decoder_numbers * _SLACK
    decoding = int(decoded * PRECISION_BYTES[form.vae_precision])
    # A small encoder needs less than T5-XXL, surely less than it weighs.
    reading = int(texts * min(_ENCODER_PEAK * each / 2, encoders))
    common = model.vae.size(form.vae_precision) + model.loras.size(form.precision) + decoding + _RESERVE
    match form.offload:
        case Offload.MODEL:
            return common + max(transformer + drawing, encoders + reading)
        case Offload.SEQUENTIAL:
            return common + int(transformer * _LAYER_SHARE) + drawing
        case _:
            return common + max(transformer + encoders + drawing + reading, _size_before_quantising(form, model))


def _size_before_quantising(form: Form, model: ModelSize) -> int:
    """Return the bytes of the text encoder before torchao makes it small: on the device, the transformer not there."""
    eight_bits = form.text_quantisation in (Quantisation.INT8, Quantisation.FP8)
    return _size_of_encoders(replace(form, text_quantisation=Quantisation.NONE), model) if eight_bits else 0


def estimate_host_bytes(form: Form, model: ModelSize) -> int:
    """Return the bytes in host memory while the model is loaded and after, file pages that can go again left out."""
    if form.device != "cuda":
        return _PROCESS + _size_of_conversion(form, model)
    transformer = model.transformer.size(form.precision, form.quantisation)
    kept = 0 if _has_encoders_on_device(form) and form.offload is Offload.NONE else _size_of_encoders(form, model)
    match form.offload:
        case Offload.NONE:
            return _PROCESS + kept + _size_of_conversion(form, model)
        case _:
            return _PROCESS + kept + max(transformer, _size_of_conversion(form, model))


def _size_of_conversion(form: Form, model: ModelSize) -> int:
    """Return the bytes of the transformer before it is quantised: none if the file's pages serve as they are."""
    part = model.transformer
    plain = part.size(form.precision)
    mapped = abs(plain - part.stored_bytes) < 0.01 * plain  # but for the header, as large as the file
    quantised_here = form.quantisation in (Quantisation.INT8, Quantisation.FP8)
    return plain if quantised_here and not mapped else 0


def _size_of_encoders(form: Form, model: ModelSize) -> int:
    large = model.text_encoder.size(form.text_precision, form.text_quantisation)
    return _add_wide_layers(large, form) + model.pooled_encoder.size(form.text_precision)


def _add_wide_layers(size: int, form: Form) -> int:
    """Return the bytes of T5, of which transformers keeps the last layer of each block in float32 when all is fp16."""
    plain = form.text_precision == "float16" and form.text_quantisation is Quantisation.NONE
    return int(size * _FP16_ENCODER) if plain else size


def _has_encoders_on_device(form: Form) -> bool:
    return form.text_encoder is not TextEncoder.CPU
