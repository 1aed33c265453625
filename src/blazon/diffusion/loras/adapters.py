"""LoRAs: small changes to a model, loaded once beside its weights and chosen per request.

All of them stay in memory; to choose some is to say which take part in the next forward pass, so nothing is loaded or
merged. They are hooks of the layers: a layer may be quantised, offloaded or compiled, and knows nothing of them.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import structlog

from blazon.diffusion.load_errors import explain_unforeseen
from blazon.diffusion.loras.fitting import Changes, fit_lora
from blazon.diffusion.loras.hooks import LayerHook, Switch
from blazon.diffusion.loras.specs import LARGEST_SCALE, LoraSpec
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
        self._changes: dict[str, Changes] = {}
        self._hooks: dict[str, LayerHook] = {}
        self._switch = Switch()
        self._active: Chosen = ()
        self.refused: Final = dict(refused or {})

    @property
    def names(self) -> tuple[str, ...]:
        """The LoRAs that can be chosen."""
        return tuple(self._changes)

    def add(self, name: str, changes: Changes) -> None:
        """Let a LoRA be chosen from now on."""
        for layer in changes:
            if layer not in self._hooks:
                module = self._denoiser.get_submodule(layer)
                self._hooks[layer] = LayerHook(module, self._switch)
                module.register_forward_hook(self._hooks[layer])
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
                (change, scale) for name, scale in chosen for change in self._changes[name].get(layer, ())
            )
        self._switch.on = bool(chosen)
        self._active = chosen


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
            adapters.add(spec.name, fit_lora(denoiser, spec, device))
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
