"""The names of tensors in LoRA files: which part of a model, which layer of it, and which factor. Imports no torch.

Forms differ in the names of the layers (`original_names`, and points or `_` between the parts), in what stands before
them, and in the names of the factors: diffusers and PEFT (`lora_A`), kohya's sd-scripts, OneTrainer and musubi
(`lora_down`, `alpha`), XLabs (`processor.qkv_lora1.down`), ai-toolkit, and LyCORIS (`lokr_w1`, `hada_w1_a`).
"""

import re
from dataclasses import dataclass
from typing import Final

_PREFIX: Final = re.compile(
    r"base_model\.model\.|model\.diffusion_model\.|diffusion_model\.|transformer\.|unet\.|"
    r"lora_transformer_|lora_unet_|lycoris_"
)
_TEXT: Final = re.compile(
    r"(base_model\.model\.)?(lora_te\d?_|lora_llm_|lora_qwen|text_encoder|te\d?\.|clip_[lg]\.|t5(xxl)?\.|text_model\.|"
    r"cond_stage_model\.|conditioner\.|llm_adapter\.|bundle_emb\.)"
)
_FACTOR: Final = re.compile(
    r"(?P<layer>.+?)\.(?:"
    r"(?P<down>lora_A(?:\.[\w-]+)?\.weight|lora_A|lora_down\.weight|lora\.down\.weight|down\.weight)|"
    r"(?P<up>lora_B(?:\.[\w-]+)?\.weight|lora_B|lora_up\.weight|lora\.up\.weight|up\.weight)|"
    r"(?P<up_bias>lora_B(?:\.[\w-]+)?\.bias|lora_up\.bias|lora\.up\.bias)|"
    r"(?P<other>alpha|dora_scale|lora_magnitude_vector(?:\.\w+)*|lora_mid\.weight|"
    r"lokr_w[12](?:_[ab])?|lokr_t2|hada_w[12]_[ab]|hada_t[12]|oft_\w+|diff|diff_b|w_norm|b_norm|"
    r"on_input|ia3_\w+)(?:\.weight)?)"
)
# The first training scripts of diffusers kept LoRAs in the processors of the attention.
_PROCESSOR: Final = re.compile(r"\.processor\.(to_[qkv]|to_out|add_[qkv]_proj|to_add_out)_lora$")


@dataclass(frozen=True, slots=True)
class Key:
    """What the name of a tensor says.

    Args:
        layer: the name of the layer as the file has it, without what stands before it; that of the tensor if it is no
            factor.
        factor: down, up, up_bias, alpha, or as LyCORIS calls it; empty if the tensor is no part of a LoRA.
        text: it belongs to a text encoder.
    """

    layer: str
    factor: str
    text: bool = False


def parse_key(name: str) -> Key:
    """Tell what a tensor is by its name."""
    match = _FACTOR.fullmatch(name)
    if match is None:
        return Key(name if _TEXT.match(name) else _strip(name), "", bool(_TEXT.match(name)))
    factor = next((part for part in ("down", "up", "up_bias") if match[part]), "") or match["other"]
    if _TEXT.match(name):
        return Key(match["layer"], factor, text=True)
    return Key(_strip(match["layer"]), factor)


def _strip(name: str) -> str:
    """Return the name of a layer without what says that it is of the denoiser."""
    while match := _PREFIX.match(name):
        name = name[match.end() :]
    name = re.sub(r"^sformer_blocks\.", "transformer_blocks.", name)
    return _PROCESSOR.sub(lambda match: f".{match[1]}.0" if match[1] == "to_out" else f".{match[1]}", name)
