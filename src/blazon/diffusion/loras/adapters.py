"""LoRAs: small changes to a model, loaded once beside its weights and chosen per request.

All of them stay in memory; to choose some is to say which take part in the next forward pass, so nothing is loaded or
merged. They are hooks of the layers: a layer may be quantised, offloaded or compiled, and knows nothing of them.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import structlog
import torch
from torch import nn

from blazon.diffusion.files.original_names import Piece, find_originals
from blazon.diffusion.load_errors import explain_unforeseen
from blazon.diffusion.loras.families import guess_family, name_family
from blazon.diffusion.loras.files import LayerChange, LoraFile, read_lora
from blazon.diffusion.loras.layers import Change, Kronecker
from blazon.diffusion.loras.specs import LARGEST_SCALE, LoraSpec, find_problem
from blazon.errors import InvalidBrief, ModelUnavailable

log = structlog.get_logger(__name__)

Chosen = tuple[tuple[str, float], ...]
"""Names and scales of the LoRAs to draw with."""


class Adapters:
    """The LoRAs beside the weights of one denoiser, of which some take part. Belongs to the engine's thread.

    Args:
        denoiser: a transformer or U-Net of diffusers.
        refused: why LoRAs that are configured cannot be used with it, by name.
    """

    def __init__(self, denoiser: Any, refused: Mapping[str, str] | None = None) -> None:
        self._denoiser = denoiser
        self._changes: dict[str, Mapping[str, Change]] = {}
        self._hooks: dict[str, _Hook] = {}
        self._active: Chosen = ()
        self.refused: Final = dict(refused or {})

    @property
    def names(self) -> tuple[str, ...]:
        """The LoRAs that can be chosen."""
        return tuple(self._changes)

    def add(self, name: str, changes: Mapping[str, Change]) -> None:
        """Let a LoRA be chosen from now on; `changes` are those of each layer, by its name in the denoiser."""
        for layer in changes:
            if layer not in self._hooks:
                self._hooks[layer] = _Hook()
                self._denoiser.get_submodule(layer).register_forward_hook(self._hooks[layer])
        self._changes[name] = changes

    def check(self, chosen: Chosen) -> None:
        """Refuse LoRAs that cannot be used; callable from any thread, before anything is drawn.

        Raises:
            InvalidBrief: a LoRA is not loaded, is named twice, or its scale is out of range.
        """
        names = [name for name, _ in chosen]
        for name, scale in chosen:
            if name in self.refused:
                raise InvalidBrief("loras", f"{name!r} cannot be used: {self.refused[name]}")
            if name not in self._changes:
                known = ", ".join(self.names) or "none; set LORAS to load some"
                raise InvalidBrief("loras", f"there is no LoRA {name!r}; loaded are: {known}")
            if names.count(name) > 1:
                raise InvalidBrief("loras", f"{name!r} is named twice")
            if not abs(scale) <= LARGEST_SCALE:
                raise InvalidBrief(
                    "loras", f"the scale of {name!r} must be from -{LARGEST_SCALE:g} to {LARGEST_SCALE:g}"
                )

    def use(self, chosen: Chosen) -> None:
        """Let exactly these take part in the forward passes from now on; does nothing if they already do."""
        if chosen == self._active:
            return
        for layer, hook in self._hooks.items():
            hook.active = tuple(
                (self._changes[name][layer], scale) for name, scale in chosen if layer in self._changes[name]
            )
        self._active = chosen


class _Hook:
    """Adds the changes that take part to the output of a layer."""

    def __init__(self) -> None:
        self.active: tuple[tuple[Change, float], ...] = ()

    def __call__(self, layer: nn.Module, inputs: tuple[Any, ...], output: torch.Tensor) -> torch.Tensor:
        if not self.active:
            return output
        taken = inputs[0].to(output.device)
        for change, scale in self.active:
            output = output + change.add(layer, taken, scale).to(output.dtype)
        return output


def load_loras(pipeline: Any, specs: Iterable[LoraSpec]) -> Adapters:
    """Load LoRA files beside the denoiser of a pipeline, none of them active.

    A file that cannot be used is told in the log, and to whoever asks for it; the others are loaded all the same.
    The part of a LoRA that changes a text encoder is left out: prompts are encoded once for all requests.
    """
    denoiser = getattr(pipeline, "transformer", None) or getattr(pipeline, "unet", None)
    adapters = Adapters(denoiser)
    if denoiser is None:
        adapters.refused.update((spec.name, f"a {type(pipeline).__name__} takes no LoRAs") for spec in specs)
        return adapters
    device = getattr(pipeline, "_execution_device", denoiser.device)
    for spec in specs:
        try:
            changes = fit_lora(denoiser, spec)
            adapters.add(spec.name, {layer: change.to(device, denoiser.dtype) for layer, change in changes.items()})
        except ModelUnavailable as error:
            adapters.refused[spec.name] = _leave_out_folder(str(error), spec)
            log.warning("a LoRA cannot be used; the model draws without it", lora=spec.name, reason=str(error))
        except Exception as error:  # a fault in here must not take the model, which draws without LoRAs, too
            adapters.refused[spec.name] = explain_unforeseen(spec.path.name, error, device)
            log.exception("a LoRA could not be loaded; the model draws without it", lora=spec.name)
    if adapters.names:
        log.info("LoRAs loaded", loras=list(adapters.names))
    return adapters


def _leave_out_folder(told: str, spec: LoraSpec) -> str:
    """Return what clients may read of a reason: the file's name without where it lies."""
    return told.replace(str(spec.path.resolve()), spec.path.name).replace(str(spec.path), spec.path.name)


def fit_lora(denoiser: Any, spec: LoraSpec) -> dict[str, Change]:
    """Read a LoRA and return what it changes, by the names of the layers of a denoiser; every layer is checked to fit.

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
    changes = _place(denoiser, spec, file)
    if file.text_layers:
        log.warning("the text encoder's part of a LoRA is left out", lora=spec.name, layers=file.text_layers)
    return changes


def _place(denoiser: Any, spec: LoraSpec, file: LoraFile) -> dict[str, Change]:
    layers = {name: module for name, module in denoiser.named_modules() if isinstance(module, nn.Linear | nn.Conv2d)}
    places = _list_places(layers)
    found: dict[str, Change] = {}
    unknown: list[str] = list(file.strange)
    misfits: list[str] = []
    # What names a layer itself comes first: some files have it a second time, as a part of several in one.
    for layer in sorted(file.layers, key=lambda layer: len(places.get(_plain(layer.name), ()))):
        pieces = places.get(_plain(layer.name), ())
        misfit = _find_misfit(layer, pieces, layers)
        if not pieces:
            unknown.append(layer.name)
        elif misfit:
            misfits.append(misfit)
        else:
            for piece in pieces:
                whole = len(pieces) == 1 and len(piece.ranges) == 1
                found.setdefault(piece.layer, layer.change if whole else layer.change.cut(piece.ranges))
    if unknown or misfits:
        raise ModelUnavailable(_explain(denoiser, spec, file, unknown, misfits))
    return found


def _plain(name: str) -> str:
    """Return the name of a layer as all forms can write it."""
    return name.replace(".", "_")


def _list_places(layers: Mapping[str, Any]) -> dict[str, tuple[Piece, ...]]:
    rows = {name: _get_shape(module)[0] for name, module in layers.items()}
    places = {_plain(name): pieces for name, pieces in find_originals(rows).items()}
    return places | {_plain(name): (Piece(name, ((0, count),)),) for name, count in rows.items()}


def _get_shape(layer: Any) -> tuple[int, ...]:
    """Return the shape of the weights as they are before any quantisation."""
    if isinstance(layer, nn.Conv2d):
        inner, kernel = layer.in_channels // layer.groups, layer.kernel_size
        return (layer.out_channels, inner, *kernel) if kernel != (1, 1) else (layer.out_channels, inner)
    return (layer.out_features, layer.in_features)


def _find_misfit(layer: LayerChange, pieces: tuple[Piece, ...], layers: Mapping[str, Any]) -> str:
    """Say how the shape of a change differs from that of what it changes; empty if it does not."""
    if not pieces:
        return ""
    first = layers[pieces[0].layer]
    if isinstance(first, nn.Conv2d) and isinstance(layer.change, Kronecker):
        return f"{layer.name} is a convolution, which a LoKr is not applied to"
    wanted = (sum(piece.rows for piece in pieces), *_get_shape(first)[1:])
    return "" if layer.change.shape == wanted else f"{layer.name} is {layer.change.shape}, the model's is {wanted}"


def _explain(denoiser: Any, spec: LoraSpec, file: LoraFile, unknown: list[str], misfits: list[str]) -> str:
    """Say why a file cannot be used with a model: with numbers, and with the family that it is for if that is known."""
    own, count = name_family(type(denoiser).__name__), len(file.layers)
    if _is_control(file, misfits):
        return f"{spec.path} is a Control LoRA, which draws after a picture; Blazon draws from text alone"
    family = guess_family([layer.name for layer in file.layers] or file.strange, file.told_base)
    fitting = count - len(misfits) - (len(unknown) - len(file.strange))
    example = misfits[0] if misfits else f"the model has no {unknown[0]}"
    numbers = f"{fitting} of its {count} layers fit ({example})"
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
