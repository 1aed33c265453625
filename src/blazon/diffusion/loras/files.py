"""LoRA files in all the forms in which they are shared, as changes of layers by name.

Forms differ in the names of the layers (`original_names`, and points or `_` between the parts), in what stands before
them, and in the names of the factors: diffusers and PEFT (`lora_A`), kohya's sd-scripts, OneTrainer and musubi
(`lora_down`, `alpha`), XLabs (`processor.qkv_lora1.down`), ai-toolkit, and LyCORIS (`lokr_w1`, `hada_w1_a`).
"""

import json
import math
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch

from blazon.diffusion.loras.layers import Change, Kronecker, LowRank, combine_hadamard
from blazon.errors import ModelUnavailable

Tensors = Mapping[str, torch.Tensor]

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
    r"(?P<other>alpha|dora_scale|lora_magnitude_vector(?:\.\w+)*|lora_mid\.weight|lora_B(?:\.[\w-]+)?\.bias|"
    r"lokr_w[12](?:_[ab])?|lokr_t2|hada_w[12]_[ab]|hada_t[12]|oft_\w+|diff|diff_b|w_norm|b_norm|"
    r"on_input|ia3_\w+)(?:\.weight)?)"
)
# The first training scripts of diffusers kept LoRAs in the processors of the attention.
_PROCESSOR: Final = re.compile(r"\.processor\.(to_[qkv]|to_out|add_[qkv]_proj|to_add_out)_lora$")

# Factors that cannot be applied beside a layer, and what a file with them is.
_REFUSED: Final = (
    (("dora_scale", "lora_magnitude_vector"), "a DoRA, which also changes the lengths of the weights"),
    (("oft_", "w_norm", "b_norm", "ia3_", "on_input"), "an adapter of another kind than LoRA, LoHa or LoKr"),
    (("lora_mid", "lokr_t2", "hada_t"), "a LoRA with Tucker factors of convolutions"),
    (("diff",), "a file with whole differences of weights"),
    (("lora_B",), "a LoRA that changes biases, too"),
)


@dataclass(frozen=True, slots=True)
class LayerChange:
    """A change of the layer that the file calls `name`, without what stands before it."""

    name: str
    change: Change


@dataclass(frozen=True, slots=True)
class LoraFile:
    """What is in a LoRA file.

    Args:
        layers: changes of the denoiser.
        text_layers: how many layers of text encoders it changes.
        strange: names of tensors of the denoiser that are no part of a LoRA.
        told_base: the model that it was trained for, as its header says; empty if it does not.
    """

    layers: tuple[LayerChange, ...]
    text_layers: int
    strange: tuple[str, ...]
    told_base: str


def read_lora(path: Path) -> LoraFile:
    """Read a LoRA file.

    Raises:
        ModelUnavailable: it is damaged, of a kind that is not applied, or no LoRA at all.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "pt") as file:
            metadata = dict(file.metadata() or {})
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  it is no dictionary
    except (SafetensorError, OSError) as error:
        raise ModelUnavailable(f"{path} cannot be read: {error}") from error
    return _parse(path, tensors, metadata)


def _parse(path: Path, tensors: Tensors, metadata: Mapping[str, str]) -> LoraFile:
    factors: dict[str, dict[str, torch.Tensor]] = defaultdict(dict)
    text: set[str] = set()
    strange: list[str] = []
    for name, tensor in tensors.items():
        match = _FACTOR.fullmatch(name)
        if _TEXT.match(name):
            text.add(match["layer"] if match else name)
        elif match is None:
            strange.append(_strip(name))
        else:
            factor = "down" if match["down"] else "up" if match["up"] else match["other"]
            factors[_strip(match["layer"])][factor] = tensor
    _refuse_other_kinds(path, factors)
    if not factors and not text:
        raise ModelUnavailable(f"{path} is no LoRA: none of its {len(tensors)} tensors is a factor of one")
    scaling = _Scaling(metadata)
    layers = tuple(LayerChange(name, _combine(path, name, found, scaling)) for name, found in factors.items())
    for layer in layers:
        _demand_finite(path, layer)
    return LoraFile(layers, len(text), tuple(strange), _find_base(metadata))


def _strip(name: str) -> str:
    """Return the name of a layer without what says that it is of the denoiser."""
    while match := _PREFIX.match(name):
        name = name[match.end() :]
    name = re.sub(r"^sformer_blocks\.", "transformer_blocks.", name)
    return _PROCESSOR.sub(lambda match: f".{match[1]}.0" if match[1] == "to_out" else f".{match[1]}", name)


def _refuse_other_kinds(path: Path, factors: Mapping[str, Mapping[str, torch.Tensor]]) -> None:
    names = {factor for found in factors.values() for factor in found}
    for starts, what in _REFUSED:
        if any(name.startswith(starts) for name in names):
            raise ModelUnavailable(
                f"{path} is {what}; Blazon does not apply those: convert it to a LoRA, or leave it out"
            )


def _combine(path: Path, name: str, found: Mapping[str, torch.Tensor], scaling: "_Scaling") -> Change:
    """Return the change of one layer from its factors, scaled."""
    wide = {factor: tensor.float() for factor, tensor in found.items()}
    alpha = wide["alpha"].item() if wide.get("alpha") is not None and wide["alpha"].numel() == 1 else None
    try:
        if "down" in wide:
            down, up = wide["down"], wide["up"]
            return _make_low_rank(down, up * scaling.find(name, len(down), alpha))
        if "hada_w1_a" in wide:
            scale = 1.0 if alpha is None else alpha / len(wide["hada_w1_b"])
            pairs = [(wide[f"hada_w{number}_a"], wide[f"hada_w{number}_b"]) for number in (1, 2)]
            down, up = combine_hadamard(pairs[0], pairs[1])
            return _make_low_rank(down, up * scale)
        return _make_kronecker(wide, alpha)
    except (KeyError, RuntimeError, ValueError, IndexError) as error:
        raise ModelUnavailable(f"{path} is damaged: the factors of its layer {name} do not belong together") from error


def _make_low_rank(down: torch.Tensor, up: torch.Tensor) -> LowRank:
    if down.ndim not in (2, 4) or len(down) != up.shape[1] or up[0, 0].numel() != 1:
        raise ValueError("no low rank")
    up = up.flatten(1)
    return LowRank(down.flatten(1) if down.shape[2:] == (1, 1) else down, up)


def _make_kronecker(wide: Tensors, alpha: float | None) -> Kronecker:
    rank: int | None = None
    sides = []
    for number in (1, 2):
        side = wide.get(f"lokr_w{number}")
        if side is None:
            first, second = wide[f"lokr_w{number}_a"], wide[f"lokr_w{number}_b"]
            side, rank = first @ second, len(second)
        if side.ndim != 2:
            raise ValueError("a convolution")
        sides.append(side)
    # LyCORIS scales by alpha only where one of the two is of low rank.
    scale = 1.0 if alpha is None or rank is None else alpha / rank
    return Kronecker(sides[0] * scale, sides[1])


def _demand_finite(path: Path, layer: LayerChange) -> None:
    change = layer.change
    parts = (change.down, change.up) if isinstance(change, LowRank) else (change.w1, change.w2)  # type: ignore[attr-defined]
    if not all(bool(part.isfinite().all()) for part in parts):
        raise ModelUnavailable(f"{path} holds numbers that are not finite, in its layer {layer.name}; fetch it again")


class _Scaling:
    """What a file says of its scale where it has no `alpha` beside its factors: PEFT's configuration in the header."""

    def __init__(self, metadata: Mapping[str, str]) -> None:
        told = _read_object(metadata.get("lora_adapter_metadata", ""))
        config = {
            key.partition(".")[2] if key.startswith(("transformer.", "unet.")) else key: told[key] for key in told
        }
        self._alpha = config.get("lora_alpha")
        self._patterns = config.get("alpha_pattern") or {}
        self._root = bool(config.get("use_rslora"))

    def find(self, name: str, rank: int, alpha: float | None) -> float:
        if alpha is None:
            matches = (value for key, value in self._patterns.items() if re.fullmatch(rf"(.*\.)?({key})", name))
            alpha = next(matches, self._alpha)
        if alpha is None:
            return 1.0
        return float(alpha) / (math.sqrt(rank) if self._root else rank)


def _read_object(text: str) -> dict[str, Any]:
    try:
        content = json.loads(text or "{}")
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _find_base(metadata: Mapping[str, str]) -> str:
    keys = ("modelspec.architecture", "ss_base_model_version")
    return next((metadata[key] for key in keys if metadata.get(key)), "")
