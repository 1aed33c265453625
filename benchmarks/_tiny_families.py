"""Tiny random pipelines of the families of the step engine: real classes, under a megabyte, made in code.

Like `_tiny_flux` they draw nothing that anybody wants to see, but go the whole way from `from_pretrained` to
pixels in a fraction of a second on a CPU. Their schedulers are configured as the published models' are.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import torch

_SPECIAL: Final = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
_CHAT: Final = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_BYTES: Final = 256
_VOCABULARY: Final = _BYTES + len(_SPECIAL)


def save_tiny_klein(folder: Path, *, distilled: bool = True, seed: int = 0) -> Path:
    """Write a tiny FLUX.2 klein in the layout of diffusers, and return the folder."""
    return _save(make_tiny_klein(distilled=distilled, seed=seed), folder)


def save_tiny_z_image(folder: Path, *, turbo: bool = True, seed: int = 0) -> Path:
    """Write a tiny Z-Image in the layout of diffusers, and return the folder."""
    return _save(make_tiny_z_image(turbo=turbo, seed=seed), folder)


def save_tiny_qwen_image(folder: Path, *, seed: int = 0) -> Path:
    """Write a tiny Qwen-Image in the layout of diffusers, and return the folder."""
    return _save(make_tiny_qwen_image(seed=seed), folder)


SAVERS: Final[dict[str, Callable[[Path], Path]]] = {
    "klein": save_tiny_klein,
    "klein-base": lambda folder: save_tiny_klein(folder, distilled=False),
    "z-image": lambda folder: save_tiny_z_image(folder, turbo=False),
    "z-image-turbo": save_tiny_z_image,
    "qwen-image": save_tiny_qwen_image,
}
"""What writes a tiny model into a folder, by the name of the model."""


def save_tiny_chroma(folder: Path, *, seed: int = 0) -> Path:
    """Write a tiny Chroma in the layout of diffusers, and return the folder."""
    return _save(make_tiny_chroma(seed=seed), folder)


def _save(pipeline: Any, folder: Path) -> Path:
    pipeline.save_pretrained(folder, safe_serialization=True)
    return folder


def make_tiny_klein(*, distilled: bool = True, seed: int = 0) -> Any:
    """Return a tiny FLUX.2 klein; the base model is guided by a second pass, the distilled one is not."""
    from diffusers import Flux2KleinPipeline, Flux2Transformer2DModel
    from transformers import Qwen3ForCausalLM

    torch.manual_seed(seed)
    return Flux2KleinPipeline(
        scheduler=_make_scheduler(use_dynamic_shifting=True, shift=3.0),
        vae=make_flux2_vae(),
        text_encoder=Qwen3ForCausalLM(make_qwen3_config(28)),  # the pipeline reads the layers 9, 18 and 27
        tokenizer=make_qwen_tokenizer(),
        transformer=Flux2Transformer2DModel(
            in_channels=16,
            num_layers=1,
            num_single_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=3 * 16,
            axes_dims_rope=(4, 4, 4, 4),
            guidance_embeds=False,
        ),
        is_distilled=distilled,
    )


def make_tiny_z_image(*, turbo: bool = True, seed: int = 0) -> Any:
    """Return a tiny Z-Image; Turbo and the base model differ by the shift of their schedule, and by weights."""
    from diffusers import ZImagePipeline, ZImageTransformer2DModel
    from transformers import Qwen3Model

    torch.manual_seed(seed)
    transformer = ZImageTransformer2DModel(
        in_channels=4,
        dim=32,
        n_layers=1,
        n_refiner_layers=1,
        n_heads=2,
        n_kv_heads=2,
        cap_feat_dim=16,
        axes_dims=[8, 4, 4],
        axes_lens=[1024, 64, 64],
    )
    return ZImagePipeline(
        scheduler=_make_scheduler(shift=3.0 if turbo else 6.0),
        vae=make_flux_vae(),
        text_encoder=Qwen3Model(make_qwen3_config(2)),
        tokenizer=make_qwen_tokenizer(),
        transformer=fill_parameters(transformer),
    )


def make_tiny_qwen_image(*, seed: int = 0) -> Any:
    """Return a tiny Qwen-Image."""
    from diffusers import QwenImagePipeline, QwenImageTransformer2DModel

    torch.manual_seed(seed)
    return QwenImagePipeline(
        scheduler=_make_scheduler(
            use_dynamic_shifting=True, base_shift=0.5, max_shift=0.9, max_image_seq_len=8192, shift_terminal=0.02
        ),
        vae=make_qwen_vae(),
        text_encoder=_make_qwen_vl(),
        tokenizer=make_qwen_tokenizer(),
        transformer=QwenImageTransformer2DModel(
            in_channels=16,
            out_channels=4,
            num_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=16,
            axes_dims_rope=(8, 4, 4),
        ),
    )


def make_tiny_chroma(*, seed: int = 0) -> Any:
    """Return a tiny Chroma, whose prompts are padded to one length with a mask."""
    from _tiny_flux import make_t5, make_t5_tokenizer
    from diffusers import ChromaPipeline, ChromaTransformer2DModel

    torch.manual_seed(seed)
    transformer = ChromaTransformer2DModel(
        in_channels=16,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=32,
        axes_dims_rope=(4, 4, 8),
        approximator_num_channels=8,
        approximator_hidden_dim=16,
        approximator_layers=1,
    )
    return ChromaPipeline(
        scheduler=_make_scheduler(shift=1.0),
        vae=make_flux_vae(),
        text_encoder=make_t5(),
        tokenizer=make_t5_tokenizer(),
        transformer=fill_parameters(transformer, spread=0.2),
    )


def _make_scheduler(**config: Any) -> Any:
    from diffusers import FlowMatchEulerDiscreteScheduler

    return FlowMatchEulerDiscreteScheduler(**config)


def make_flux_vae() -> Any:
    """Return a tiny VAE of the kind of FLUX.1, which Z-Image has too: four channels, half as many pixels a side."""
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        block_out_channels=(4, 4),
        latent_channels=4,
        norm_num_groups=4,
        use_quant_conv=False,
        use_post_quant_conv=False,
        mid_block_add_attention=False,
        shift_factor=0.1159,
        scaling_factor=0.3611,
    )


def make_flux2_vae() -> Any:
    """Return a tiny VAE of the kind of FLUX.2, which ERNIE-Image has too."""
    from diffusers import AutoencoderKLFlux2

    vae = AutoencoderKLFlux2(
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        block_out_channels=(4, 4),
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=1,
        mid_block_add_attention=False,
    )
    # Its latents are normalised by running statistics, which have no value of their own before training.
    vae.bn.running_mean.uniform_(-0.5, 0.5)
    vae.bn.running_var.uniform_(0.5, 2.0)
    return vae


def make_qwen_vae() -> Any:
    """Return a tiny VAE of the kind of Qwen-Image: of films, of which a picture is the first frame."""
    from diffusers import AutoencoderKLQwenImage

    return AutoencoderKLQwenImage(
        base_dim=8,
        z_dim=4,
        dim_mult=[1, 2, 4],
        num_res_blocks=1,
        temperal_downsample=[False, True],
        latents_mean=[-0.75, 0.5, 0.25, -0.125],
        latents_std=[2.0, 1.5, 3.0, 1.25],
    )


def make_qwen_tokenizer() -> Any:
    """Return a tokenizer of Qwen that knows single bytes only, and its chat template."""
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import Qwen2Tokenizer

    made = Qwen2Tokenizer(vocab={char: number for number, char in enumerate(sorted(ByteLevel.alphabet()))}, merges=[])
    made.add_special_tokens({"additional_special_tokens": _SPECIAL, "pad_token": _SPECIAL[0]})
    made.chat_template = _CHAT
    return made


def make_qwen3_config(layers: int) -> Any:
    from transformers import Qwen3Config

    return Qwen3Config(
        vocab_size=_VOCABULARY,
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=layers,
        num_attention_heads=2,
        num_key_value_heads=2,
        head_dim=8,
        max_position_embeddings=1024,
    )


def make_qwen3_vl_config(layers: int) -> Any:
    """Return the configuration of a tiny Qwen3-VL of so many layers of text."""
    from transformers import Qwen3VLConfig

    text = {
        "vocab_size": _VOCABULARY,
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": layers,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
        "head_dim": 8,
        "max_position_embeddings": 1024,
        "rope_parameters": {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [2, 1, 1]},
    }
    vision = {
        "depth": 1,
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_heads": 2,
        "out_hidden_size": 16,
        "deepstack_visual_indexes": [0],
    }
    return Qwen3VLConfig(text_config=text, vision_config=vision)


def _make_qwen_vl() -> Any:
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    text = {
        "vocab_size": _VOCABULARY,
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
        "max_position_embeddings": 2048,
        "bos_token_id": _BYTES,
        "eos_token_id": _BYTES,
        "rope_parameters": {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [1, 1, 2]},
    }
    vision = {"depth": 1, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2, "out_hidden_size": 16}
    return Qwen2_5_VLForConditionalGeneration(Qwen2_5_VLConfig(text_config=text, vision_config=vision))


def fill_parameters(model: Any, *, spread: float = 0.1) -> Any:
    """Give a model random parameters: some leave theirs as they lie in memory, to be overwritten by a checkpoint."""
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=spread)
    return model
