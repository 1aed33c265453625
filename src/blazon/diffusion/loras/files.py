"""LoRA files in all the forms in which they are shared, as changes of layers by name (`keys` tells the names apart)."""

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch

from blazon.diffusion.loras.keys import parse_key
from blazon.diffusion.loras.layers import Change, Kronecker, LowRank, Shift, Whole, combine_hadamard
from blazon.errors import ModelUnavailable

Tensors = Mapping[str, torch.Tensor]

# Factors that cannot be applied beside a layer, and what a file with them is.
_REFUSED: Final = (
    (("dora_scale", "lora_magnitude_vector"), "a DoRA, which also changes the lengths of the weights"),
    (("oft_", "w_norm", "b_norm", "ia3_", "on_input"), "an adapter of another kind than LoRA, LoHa or LoKr"),
)
# What a file is of which no tensor, or not every one, is a factor; by how the names of such tensors begin or end.
_OTHER_KINDS: Final = (
    (r"image_proj(_model)?\.|ip_adapter(_proj_model)?\.|.*\.ip_adapter_", "an IP-Adapter, which draws after a picture"),
    (r"emb_params$|clip_[lg]$|string_to_param\.|<.*>$", "a textual inversion, which adds words to a text encoder"),
    (r"control_model\.|controlnet_|input_hint_block\.|.*lora_controlnet$", "a ControlNet, which draws after a picture"),
)  # fmt: skip


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
        key = parse_key(name)
        if key.text:
            text.add(key.layer)
        elif not key.factor:
            strange.append(key.layer)
        elif key.factor in factors[key.layer]:
            raise ModelUnavailable(f"{path} has two factors {key.factor!r} of its layer {key.layer}; keep one of them")
        else:
            factors[key.layer][key.factor] = tensor
    _refuse_other_kinds(path, factors, tensors)
    _refuse_doubles(path, factors)
    if not factors and not text:
        raise ModelUnavailable(f"{path} is no LoRA: none of its {len(tensors)} tensors is a factor of one")
    scaling = _Scaling(metadata)
    layers = tuple(
        LayerChange(name, change) for name, found in factors.items() for change in _combine(path, name, found, scaling)
    )
    return LoraFile(layers, len(text), tuple(strange), _find_base(metadata))


def _refuse_other_kinds(path: Path, factors: Mapping[str, Mapping[str, torch.Tensor]], tensors: Tensors) -> None:
    for pattern, what in _OTHER_KINDS:
        if any(re.match(pattern, name) for name in tensors):
            raise ModelUnavailable(f"{path} is no LoRA but {what}; take it out of LORAS")
    names = {factor for found in factors.values() for factor in found}
    for starts, what in _REFUSED:
        if any(name.startswith(starts) for name in names):
            raise ModelUnavailable(
                f"{path} is {what}; Blazon does not apply those: convert it to a LoRA, or leave it out"
            )


def _refuse_doubles(path: Path, names: Iterable[str]) -> None:
    seen: dict[str, str] = {}
    for name in names:
        earlier = seen.setdefault(name.replace(".", "_"), name)
        if earlier != name:
            raise ModelUnavailable(f"{path} changes one layer twice, as {earlier} and as {name}; keep one of them")


def _combine(path: Path, name: str, found: Mapping[str, torch.Tensor], scaling: "_Scaling") -> list[Change]:
    """Return the changes of the weights and of the bias of one layer from its factors, scaled."""
    for factor, tensor in found.items():
        if not (tensor.is_floating_point() and bool(tensor.float().isfinite().all())):
            raise ModelUnavailable(
                f"{path} holds numbers that are not finite, in its layer {name} ({factor}); fetch it again"
            )
    wide = {factor: tensor.float() for factor, tensor in found.items()}
    try:
        alpha = wide.pop("alpha").item() if "alpha" in wide else None
        changes = list(_make_changes(name, wide, alpha, scaling))
        if not changes:
            raise ValueError("nothing but a scale")
    except (KeyError, RuntimeError, ValueError, IndexError, ZeroDivisionError) as error:
        raise ModelUnavailable(f"{path} is damaged: the factors of its layer {name} do not belong together") from error
    return changes


def _make_changes(
    name: str, wide: dict[str, torch.Tensor], alpha: float | None, scaling: "_Scaling"
) -> Iterator[Change]:
    if "diff" in wide:
        yield Whole(wide["diff"])
    if "diff_b" in wide:
        yield Shift(_demand_vector(wide["diff_b"]))
    if "down" in wide or "up" in wide:
        scale = scaling.find(name, len(wide["down"]), alpha)
        yield _make_low_rank(wide["down"], wide["up"] * scale, wide.get("lora_mid.weight"))
        if "up_bias" in wide:
            yield Shift(_demand_vector(wide["up_bias"]) * scale)
    elif any(factor.startswith("hada_") for factor in wide):
        yield _make_hadamard(wide, alpha)
    elif any(factor.startswith("lokr_") for factor in wide):
        yield _make_kronecker(wide, alpha)
    elif wide.keys() - {"diff", "diff_b"}:
        raise ValueError("some factors of none")


def _demand_vector(bias: torch.Tensor) -> torch.Tensor:
    if bias.ndim != 1:
        raise ValueError("no bias")
    return bias


def _make_low_rank(down: torch.Tensor, up: torch.Tensor, middle: torch.Tensor | None) -> LowRank:
    if down.ndim not in (2, 4) or up[0, 0].numel() != 1:
        raise ValueError("no low rank")
    up = up.flatten(1)
    if middle is not None:  # (r, r, height, width) between the other two, which are of 1 x 1
        down = torch.einsum("nmhw,mi->nihw", middle, down.flatten(1))
    if len(down) != up.shape[1] or not len(down):
        raise ValueError("two ranks")
    return LowRank(down.flatten(1) if down.shape[2:] == (1, 1) else down, up)


def _make_hadamard(wide: Tensors, alpha: float | None) -> Change:
    pairs = [(wide[f"hada_w{number}_a"], wide[f"hada_w{number}_b"]) for number in (1, 2)]
    scale = 1.0 if alpha is None else alpha / len(pairs[0][1])
    if "hada_t1" in wide or "hada_t2" in wide:
        first, second = (
            torch.einsum("pqhw,qi,po->oihw", wide[f"hada_t{number}"], down, up)
            for number, (up, down) in enumerate(pairs, start=1)
        )
        return Whole(first * second * scale)
    (up, down), (other_up, other_down) = pairs
    rank, rows, columns = len(down) * len(other_down), len(up), down.shape[1]
    if rank * (rows + columns) >= rows * columns:
        return Whole((up @ down) * (other_up @ other_down) * scale)
    down, up = combine_hadamard(pairs[0], pairs[1])
    return LowRank(down, up * scale)


def _make_kronecker(wide: Tensors, alpha: float | None) -> Kronecker:
    rank: int | None = None
    sides = []
    for number in (1, 2):
        side = wide.get(f"lokr_w{number}")
        if side is None:
            first, second = wide[f"lokr_w{number}_a"], wide[f"lokr_w{number}_b"]
            rank = len(second)
            middle = wide.get("lokr_t2") if number == 2 else None
            if middle is not None:
                side = torch.einsum("pqhw,po,qi->oihw", middle, first, second)
            else:
                side = (first @ second.flatten(1)).reshape(-1, *second.shape[1:])
        sides.append(side)
    # LyCORIS scales by alpha only where one of the two is of low rank.
    scale = 1.0 if alpha is None or rank is None else alpha / rank
    if sides[0].numel() != math.prod(sides[0].shape[:2]) or sides[1].ndim not in (2, 4):
        raise ValueError("no Kronecker product")
    second = sides[1]
    return Kronecker(sides[0].flatten(1) * scale, second.flatten(1) if second.shape[2:] == (1, 1) else second)


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
