"""LoRA files: small changes to a model, loaded once beside its weights and chosen per request.

(E. Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021.) All of them stay in memory;
to choose some is to say which take part in the next forward pass, so nothing is loaded or merged.
"""

import warnings
from collections.abc import Iterable
from importlib.util import find_spec
from typing import Any, Final

import structlog

from blazon.diffusion.load_errors import explain_unforeseen
from blazon.diffusion.lora_specs import LARGEST_SCALE, LoraSpec
from blazon.errors import InvalidBrief, ModelUnavailable

log = structlog.get_logger(__name__)

Chosen = tuple[tuple[str, float], ...]
"""Names and scales of the LoRAs to draw with."""


class Adapters:
    """The LoRAs beside the weights of one transformer, of which some take part. Belongs to the engine's thread.

    Args:
        transformer: a diffusers model.
        names: the LoRAs that are loaded in it, none of them active.
    """

    def __init__(self, transformer: Any, names: Iterable[str] = ()) -> None:
        self._transformer = transformer
        self.names: Final = tuple(names)
        self._active: Chosen = ()

    def check(self, chosen: Chosen) -> None:
        """Refuse LoRAs that cannot be used; callable from any thread, before anything is drawn.

        Raises:
            InvalidBrief: a LoRA is not loaded, is named twice, or its scale is out of range.
        """
        names = [name for name, _ in chosen]
        for name, scale in chosen:
            if name not in self.names:
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
        if chosen:
            self._transformer.enable_adapters()
            self._transformer.set_adapters([name for name, _ in chosen], [scale for _, scale in chosen])
        else:
            self._transformer.disable_adapters()
        self._active = chosen


def load_loras(pipeline: Any, specs: Iterable[LoraSpec]) -> Adapters:
    """Load LoRA files into the transformer of a pipeline, none of them active.

    The part of a LoRA that changes a text encoder is left out: prompts are encoded once for all requests.

    Raises:
        ModelUnavailable: a file is missing, broken or made for another model, or peft is not installed.
    """
    specs = tuple(specs)
    if specs and find_spec("peft") is None:
        raise ModelUnavailable("LORAS needs the package peft; install blazon[gpu], or unset LORAS")
    with warnings.catch_warnings():
        # Several adapters in one model are wanted here, and none of them is ever merged into quantised weights.
        warnings.filterwarnings("ignore", message="Already found a `peft_config`")
        warnings.filterwarnings("ignore", message="TorchaoLoraLinear was instantiated")
        for spec in specs:
            _load(pipeline, spec)
    adapters = Adapters(pipeline.transformer, (spec.name for spec in specs))
    if specs:
        pipeline.transformer.disable_adapters()
        _leave_text_alone(pipeline, specs)
        log.info("LoRAs loaded", loras=list(adapters.names))
    return adapters


def _load(pipeline: Any, spec: LoraSpec) -> None:
    if not spec.path.is_file():
        raise ModelUnavailable(f"LoRA {spec.name!r}: there is no file {spec.path}; correct LORAS")
    try:
        pipeline.load_lora_weights(
            str(spec.path.parent),
            weight_name=spec.path.name,
            adapter_name=spec.name,
            local_files_only=True,
            use_safetensors=True,
        )
    except Exception as error:  # whatever a broken file makes the readers raise
        log.exception("a LoRA could not be loaded", lora=spec.name)
        raise ModelUnavailable(explain_unforeseen(f"LoRA {spec.name!r}: {spec.path}", _find_first(error))) from error
    if spec.name not in getattr(pipeline.transformer, "peft_config", {}):
        raise ModelUnavailable(f"LoRA {spec.name!r}: {spec.path} holds nothing for this model; it was made for another")


def _find_first(error: Exception) -> Exception:
    """Return what was wrong at first; diffusers may stumble over it once more while it cleans up."""
    while isinstance(error.__context__, Exception):
        error = error.__context__
    return error


def _leave_text_alone(pipeline: Any, specs: Iterable[LoraSpec]) -> None:
    changed = getattr(pipeline.text_encoder, "peft_config", {})
    ignored = [spec.name for spec in specs if spec.name in changed]
    if ignored:
        pipeline.text_encoder.disable_adapters()
        log.warning("the text encoder's part of LoRAs is left out", loras=ignored)
