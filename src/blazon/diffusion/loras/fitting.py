"""Finding the layers of a model that a LoRA file changes, and whether all that it has fits."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import structlog
import torch
from torch import nn

from blazon.diffusion.files.original_names import Piece, find_originals
from blazon.diffusion.loras.families import guess_family, name_family
from blazon.diffusion.loras.files import LayerChange, LoraFile, read_lora
from blazon.diffusion.loras.layers import Change, Shape, Shift, Whole
from blazon.diffusion.loras.specs import LoraSpec, find_problem
from blazon.errors import ModelUnavailable

log = structlog.get_logger(__name__)

Changes = Mapping[str, tuple[Change, ...]]
"""What is changed of each layer, by its name in the denoiser."""


def fit_lora(denoiser: Any, spec: LoraSpec, device: torch.device | None = None) -> Changes:
    """Read a LoRA and return what it changes of the layers of a denoiser, all of which is checked to fit.

    Args:
        device: to keep it on, as wide as each layer computes; if not given, that of the denoiser.

    Raises:
        ModelUnavailable: the file is missing, damaged, no LoRA, or made for another model.
    """
    if problem := find_problem(spec):
        raise ModelUnavailable(problem)
    file = read_lora(spec.path)
    if not file.layers and not file.strange:
        raise ModelUnavailable(
            f"{spec.path} changes the text encoder only ({file.text_layers} layers), which Blazon leaves as it is"
        )
    changes = _place(denoiser, spec, file, device or denoiser.device)
    if file.text_layers:
        log.warning("the text encoder's part of a LoRA is left out", lora=spec.name, layers=file.text_layers)
    return changes


def _place(denoiser: Any, spec: LoraSpec, file: LoraFile, device: torch.device) -> Changes:
    layers = {name: module for name, module in denoiser.named_modules() if isinstance(module, nn.Linear | nn.Conv2d)}
    places = _list_places(layers)
    found: dict[str, dict[bool, Change]] = defaultdict(dict)
    unknown: list[str] = list(file.strange)
    misfits: list[str] = []
    # What names a layer itself comes first: some files have it a second time, by another name or among several in one.
    for layer in sorted(file.layers, key=lambda layer: _rank(layer, places)):
        pieces = places.get(_plain(layer.name), ())
        change = _fit_change(layer, pieces, layers) if pieces else None
        if not pieces:
            unknown.append(layer.name)
        elif change is None:
            misfits.append(_explain_misfit(layer, pieces, layers))
        else:
            change = _keep(change, layers[pieces[0].layer], denoiser.dtype, device, f"{spec.path}, layer {layer.name}")
            for piece in pieces:
                whole = len(pieces) == 1 and len(piece.ranges) == 1
                kind = isinstance(change, Shift)
                found[piece.layer].setdefault(kind, change if whole else change.cut(piece.ranges))
    if unknown or misfits:
        raise ModelUnavailable(_explain(denoiser, spec, file, unknown, misfits))
    return {name: tuple(changes.values()) for name, changes in found.items()}


def _rank(layer: LayerChange, places: Mapping[str, tuple[Piece, ...]]) -> tuple[int, bool]:
    pieces = places.get(_plain(layer.name), ())
    return len(pieces), bool(pieces) and _plain(pieces[0].layer) != _plain(layer.name)


def _fit_change(layer: LayerChange, pieces: tuple[Piece, ...], layers: Mapping[str, Any]) -> Change | None:
    """Return the change of a layer in the shape of what it changes; None if it has another."""
    first = layers[pieces[0].layer]
    if isinstance(first, nn.Conv2d) and first.groups > 1 and not isinstance(layer.change, Whole | Shift):
        return None
    return layer.change.fit(_get_common_shape(pieces, layers))


def _keep(change: Change, layer: nn.Module, usual: torch.dtype, device: torch.device, where: str) -> Change:
    """Return a change on a device, in the precision in which the layer computes.

    Raises:
        ModelUnavailable: its numbers are too large for that.
    """
    dtype = _find_dtype(layer, usual)
    kept = change.to(device, dtype)
    if not all(bool(numbers.isfinite().all()) for numbers in kept.numbers):
        raise ModelUnavailable(f"{where}, holds numbers too large for {str(dtype).removeprefix('torch.')}")
    return kept


def _find_dtype(layer: Any, usual: torch.dtype) -> torch.dtype:
    """Return the precision in which a layer computes, however its weights are kept."""
    told: list[torch.dtype | None] = [getattr(layer, "compute_dtype", None), layer.weight.dtype, usual]
    wide = (dtype for dtype in told if dtype is not None and dtype.is_floating_point and dtype.itemsize > 1)
    return next(wide, torch.bfloat16)


def _plain(name: str) -> str:
    """Return the name of a layer as all forms can write it."""
    return name.replace(".", "_")


def _list_places(layers: Mapping[str, Any]) -> dict[str, tuple[Piece, ...]]:
    rows = {name: _get_shape(module)[0] for name, module in layers.items()}
    places = {_plain(name): pieces for name, pieces in find_originals(rows).items()}
    return places | {_plain(name): (Piece(name, ((0, count),)),) for name, count in rows.items()}


def _get_shape(layer: Any) -> Shape:
    """Return the shape of the weights as they are before any quantisation."""
    if isinstance(layer, nn.Conv2d):
        inner, kernel = layer.in_channels // layer.groups, layer.kernel_size
        return (layer.out_channels, inner, *kernel) if kernel != (1, 1) else (layer.out_channels, inner)
    return (layer.out_features, layer.in_features)


def _get_common_shape(pieces: tuple[Piece, ...], layers: Mapping[str, Any]) -> Shape:
    return (sum(piece.rows for piece in pieces), *_get_shape(layers[pieces[0].layer])[1:])


def _explain_misfit(layer: LayerChange, pieces: tuple[Piece, ...], layers: Mapping[str, Any]) -> str:
    wanted, own = _get_common_shape(pieces, layers), layer.change.shape
    if layer.change.fit(wanted) is not None:
        return f"{layer.name} is a convolution by groups of channels, which a LoRA is not applied to"
    return f"{layer.name} is {own}, the model's is {wanted[:1] if isinstance(layer.change, Shift) else wanted}"


def _explain(denoiser: Any, spec: LoraSpec, file: LoraFile, unknown: list[str], misfits: list[str]) -> str:
    """Say why a file cannot be used with a model: with numbers, and with the family that it is for if that is known."""
    own = name_family(type(denoiser).__name__)
    names = {layer.name for layer in file.layers}
    if _is_control(file, misfits):
        return f"{spec.path} is a Control LoRA, which draws after a picture; Blazon draws from text alone"
    family = guess_family([layer.name for layer in file.layers] or file.strange, file.told_base)
    fitting = len(names - {*unknown} - {misfit.partition(" is ")[0] for misfit in misfits})
    example = misfits[0] if misfits else f"the model has no {unknown[0]}"
    numbers = f"{fitting} of its {len(names)} layers fit ({example})"
    if family and family != own:
        return f"{spec.path} is for {family}, this model is {own}: {numbers}"
    return f"{spec.path} was made for another model than this {own}: {numbers}"


def _is_control(file: LoraFile, misfits: list[str]) -> bool:
    """Say whether a LoRA is one of FLUX.1's Control ones: wider at the entrance, or with weights of normalisations."""
    widened = any(misfit.startswith(("x_embedder ", "img_in ")) for misfit in misfits)
    norms = any(name.endswith(("norm_q.weight", "norm_k.weight", "query_norm.scale", "key_norm.scale",
                               "norm_added_q.weight", "norm_added_k.weight", "lora_controlnet"))
                for name in file.strange)  # fmt: skip
    return widened or norms
