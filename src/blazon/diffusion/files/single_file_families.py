"""The families whose models are loaded from single files: what each consists of, and how its parts are found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from blazon.diffusion.files import single_file_configs as configs
from blazon.diffusion.files import unet_config
from blazon.diffusion.files.recognition import ModelFile
from blazon.diffusion.files.single_file_configs import Config, Shapes

Configure = Callable[[Shapes], Config]


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that a denoiser's file tells: an axis of a tensor, divided by what that is a multiple of.

    Args:
        otherwise: the tensor whose first axis tells it, where there is no such tensor.
    """

    tensor: str
    axis: int
    multiple: int = 1
    otherwise: str = ""

    def read(self, shapes: Shapes) -> int:
        if self.tensor not in shapes and self.otherwise:
            return shapes[self.otherwise][0]
        return shapes[self.tensor][self.axis] // self.multiple


@dataclass(frozen=True, slots=True)
class Encoder:
    """A text encoder that a family needs.

    Args:
        part: in the pipeline; its tokenizer is `tokenizer` with the same number.
        kinds: as `recognise` tells them.
        width: of it; None where only a checkpoint has it, which fits together.
        tokenizers: repositories of the hub, and the folder in each.
    """

    part: str
    kinds: tuple[str, ...]
    label: str
    library_class: str
    tokenizer_class: str
    width: Measure | None
    configure: Configure
    tokenizers: tuple[tuple[str, str], ...]

    @property
    def tokenizer(self) -> str:
        return self.part.replace("text_encoder", "tokenizer")


@dataclass(frozen=True, slots=True)
class SingleFileFamily:
    """What a model of a family consists of.

    Args:
        channels: of the latents, by which its VAE is chosen.
        films: whether its VAE is one of films.
        options: of the pipeline, beside its parts.
        denoiser: the name of that part.
    """

    pipeline: str
    transformer: str
    configure: Configure
    encoders: tuple[Encoder, ...]
    vae: str
    vae_label: str
    configure_vae: Configure
    channels: Measure
    films: bool = False
    denoiser: str = "transformer"
    options: Mapping[str, Any] = field(default_factory=dict)


_FLUX_REPOSITORIES: Final = ("black-forest-labs/FLUX.1-schnell", "black-forest-labs/FLUX.1-dev")
_CLIP: Final = Encoder(
    "text_encoder", ("CLIP-L", "CLIP"), "CLIP-L (clip_l.safetensors)", "CLIPTextModel", "CLIPTokenizer",
    Measure("vector_in.in_layer.weight", 1), configs.configure_clip,
    (*((name, "tokenizer") for name in _FLUX_REPOSITORIES), ("openai/clip-vit-large-patch14", "")),
)  # fmt: skip
_T5: Final = Encoder(
    "text_encoder_2", ("T5",), "T5-XXL (t5xxl_fp16.safetensors)", "T5EncoderModel", "T5TokenizerFast",
    Measure("txt_in.weight", 1), configs.configure_t5,
    (*((name, "tokenizer_2") for name in _FLUX_REPOSITORIES), ("google/t5-v1_1-xxl", "")),
)  # fmt: skip
_KLEIN_QWEN: Final = Encoder(
    "text_encoder", ("Qwen3",), "Qwen3-4B or, for the 9B, Qwen3-8B", "Qwen3ForCausalLM", "Qwen2TokenizerFast",
    Measure("txt_in.weight", 1, 3), configs.configure_qwen3,
    (("black-forest-labs/FLUX.2-klein-4B", "tokenizer"), ("Qwen/Qwen3-4B", ""), ("Qwen/Qwen3-8B", "")),
)  # fmt: skip
_Z_QWEN: Final = Encoder(
    "text_encoder", ("Qwen3",), "Qwen3-4B (qwen_3_4b.safetensors)", "Qwen3Model", "Qwen2Tokenizer",
    Measure("cap_embedder.1.weight", 1), configs.configure_qwen3,
    (("Tongyi-MAI/Z-Image-Turbo", "tokenizer"), ("Qwen/Qwen3-4B", "")),
)  # fmt: skip
_QWEN_VL: Final = Encoder(
    "text_encoder", ("Qwen2.5-VL",), "Qwen2.5-VL-7B (qwen_2.5_vl_7b.safetensors)",
    "Qwen2_5_VLForConditionalGeneration", "Qwen2Tokenizer",
    Measure("txt_in.weight", 1), configs.configure_qwen_vl,
    (("Qwen/Qwen-Image", "tokenizer"), ("Qwen/Qwen-Image-2512", "tokenizer"), ("Qwen/Qwen2.5-VL-7B-Instruct", "")),
)  # fmt: skip
_MINISTRAL: Final = Encoder(
    "text_encoder", ("language model",), "Ministral-3-3B (ministral-3-3b.safetensors)", "Mistral3Model",
    "PreTrainedTokenizerFast",
    Measure("text_proj.weight", 1, otherwise="x_embedder.proj.weight"), configs.configure_ministral,
    (("baidu/ERNIE-Image-Turbo", "tokenizer"), ("baidu/ERNIE-Image", "tokenizer")),
)  # fmt: skip
_SD_CLIP: Final = Encoder(
    "text_encoder", ("CLIP-L", "CLIP"), "CLIP-L", "CLIPTextModel", "CLIPTokenizer", None, configs.configure_clip,
    (("openai/clip-vit-large-patch14", ""), ("stabilityai/stable-diffusion-xl-base-1.0", "tokenizer"),
     ("stable-diffusion-v1-5/stable-diffusion-v1-5", "tokenizer"),
     *((name, "tokenizer") for name in _FLUX_REPOSITORIES)),
)  # fmt: skip
_SD_OPEN_CLIP: Final = Encoder(
    "text_encoder_2", ("OpenCLIP",), "OpenCLIP bigG", "CLIPTextModelWithProjection", "CLIPTokenizer", None,
    unet_config.configure_open_clip,
    (("stabilityai/stable-diffusion-xl-base-1.0", "tokenizer_2"), ("laion/CLIP-ViT-bigG-14-laion2B-39B-b160k", "")),
)  # fmt: skip
_UNET_CHANNELS: Final = Measure("input_blocks.0.0.weight", 1)
FAMILIES: Final[Mapping[str, SingleFileFamily]] = {
    "FLUX.1": SingleFileFamily(
        "FluxPipeline", "FluxTransformer2DModel", configs.configure_flux1, (_CLIP, _T5),
        "AutoencoderKL", "VAE of FLUX.1 (ae.safetensors)", configs.configure_vae, Measure("img_in.weight", 1, 4),
    ),
    "FLUX.2": SingleFileFamily(
        "Flux2KleinPipeline", "Flux2Transformer2DModel", configs.configure_flux2, (_KLEIN_QWEN,),
        "AutoencoderKLFlux2", "VAE of FLUX.2 (flux2-vae.safetensors)", configs.configure_flux2_vae,
        Measure("img_in.weight", 1, 4),
    ),
    "Z-Image": SingleFileFamily(
        "ZImagePipeline", "ZImageTransformer2DModel", configs.configure_z_image, (_Z_QWEN,),
        "AutoencoderKL", "VAE of FLUX.1 (ae.safetensors)", configs.configure_vae, Measure("x_embedder.weight", 1, 4),
    ),
    "Qwen-Image": SingleFileFamily(
        "QwenImagePipeline", "QwenImageTransformer2DModel", configs.configure_qwen_image, (_QWEN_VL,),
        "AutoencoderKLQwenImage", "VAE of Qwen-Image (qwen_image_vae.safetensors)", configs.configure_qwen_vae,
        Measure("img_in.weight", 1, 4), films=True,
    ),
    "ERNIE-Image": SingleFileFamily(
        "ErnieImagePipeline", "ErnieImageTransformer2DModel", configs.configure_ernie_image, (_MINISTRAL,),
        "AutoencoderKLFlux2", "VAE of FLUX.2 (flux2-vae.safetensors)", configs.configure_flux2_vae,
        Measure("x_embedder.proj.weight", 1, 4), options={"pe": [None, None], "pe_tokenizer": [None, None]},
    ),
    "Stable Diffusion XL": SingleFileFamily(
        "StableDiffusionXLPipeline", "UNet2DConditionModel", unet_config.configure_unet, (_SD_CLIP, _SD_OPEN_CLIP),
        "AutoencoderKL", "VAE of Stable Diffusion XL (sdxl_vae.safetensors)", unet_config.configure_sdxl_vae,
        _UNET_CHANNELS, denoiser="unet", options={"force_zeros_for_empty_prompt": True},
    ),
    "Stable Diffusion 1": SingleFileFamily(
        "StableDiffusionPipeline", "UNet2DConditionModel", unet_config.configure_unet, (_SD_CLIP,),
        "AutoencoderKL", "VAE of Stable Diffusion 1 (vae-ft-mse-840000)", unet_config.configure_sd_vae,
        _UNET_CHANNELS, denoiser="unet",
        options={"safety_checker": [None, None], "feature_extractor": [None, None], "requires_safety_checker": False},
    ),
}  # fmt: skip
"""By the start of the kind that `recognise` tells."""


def find_family(file: ModelFile) -> str:
    """Return the family of a denoiser's file, empty if single files of it are not loaded."""
    return next((family for family in FAMILIES if file.kind.startswith(family)), "")


def find_variant(file: ModelFile) -> str:
    """Return what of its family a denoiser's file is: one of the names of schedules."""
    name = file.path.name.lower()
    match find_family(file):
        case "FLUX.1":
            return "flux-schnell" if "schnell" in file.kind or "schnell" in name else "flux-dev"
        case "FLUX.2":
            return "klein"
        case "Z-Image":
            return "z-image-turbo" if "turbo" in name else "z-image"
        case "Stable Diffusion XL":
            return next((f"sdxl-{kind}" for kind in ("turbo", "lightning") if kind in name), "sdxl")
        case "Stable Diffusion 1":
            return "sd"
        case family:
            return family.lower()


def is_distilled(file: ModelFile) -> bool:
    """Say whether a FLUX.2 klein draws in four steps; its base models are told by their name only."""
    return "base" not in file.path.name.lower()
