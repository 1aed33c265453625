"""LoRA files: small changes to a model, loaded once beside its weights and chosen per request.

(E. Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021.) All of them stay in memory;
to choose some is to say which take part in the next forward pass, so nothing is loaded or merged.
"""

import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import structlog

from blazon.diffusion.load_errors import explain_unforeseen
from blazon.errors import InvalidBrief, InvalidSetting, ModelUnavailable

log = structlog.get_logger(__name__)

Chosen = tuple[tuple[str, float], ...]
"""Names and scales of the LoRAs to draw with."""

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")  # no dot: it becomes the name of a module
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")
_LARGEST_SCALE: Final = 10.0


@dataclass(frozen=True, slots=True)
class LoraSpec:
    """A LoRA as configured; `scale` is the one to draw with if a request names none."""

    name: str
    path: Path
    scale: float = 1.0


def parse_loras(text: str) -> tuple[LoraSpec, ...]:
    """Read the setting `LORAS`: `name=path:scale`, several with commas between; without a scale it is 1.

    Raises:
        InvalidSetting: an entry cannot be understood, or two have one name.
    """
    specs: dict[str, LoraSpec] = {}
    for entry in (part.strip() for part in text.split(",")):
        spec = _parse_entry(entry)
        if spec.name in specs:
            raise InvalidSetting(f"LORAS names two files {spec.name!r}; every name can be used once")
        specs[spec.name] = spec
    return tuple(specs.values())


def _parse_entry(entry: str) -> LoraSpec:
    name, equals, rest = (part.strip() for part in entry.partition("="))
    if not (name and equals and rest):
        raise InvalidSetting(
            f"LORAS={entry[:60]!r} cannot be understood; it takes name=path:scale, several with commas between"
        )
    if not _NAME.fullmatch(name.lower()):
        raise InvalidSetting(f"LORAS: {name[:60]!r} is no name; up to 32 letters, digits and _ - can be used")
    path, colon, number = rest.rpartition(":")
    if not colon or rest.lower().endswith(".safetensors"):
        path, number = rest, "1"
    if not _NUMBER.fullmatch(number) or abs(float(number)) > _LARGEST_SCALE:
        raise InvalidSetting(
            f"LORAS: {number[:60]!r} is no scale of {name!r}; -{_LARGEST_SCALE:g} to {_LARGEST_SCALE:g} are"
        )
    if not path.lower().endswith(".safetensors"):
        raise InvalidSetting(f"LORAS: {path[-60:]!r} is not a .safetensors file; no other kind is loaded")
    return LoraSpec(name.lower(), Path(path).expanduser(), float(number))


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
            if not abs(scale) <= _LARGEST_SCALE:
                raise InvalidBrief(
                    "loras", f"the scale of {name!r} must be from -{_LARGEST_SCALE:g} to {_LARGEST_SCALE:g}"
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
