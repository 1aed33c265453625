"""What is known of the models: family, licence, defaults and what their engine can do. Imports no torch.

Licences and defaults are those on the models' own pages; what is not known is said to be unknown.
"""

import json
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from blazon.errors import InvalidSetting


class Family(StrEnum):
    """Models of one architecture. All but `OTHER` go through the step engine, others through the generic one."""

    FLUX = "FLUX.1"
    FLUX_2_KLEIN = "FLUX.2 klein"
    Z_IMAGE = "Z-Image"
    QWEN_IMAGE = "Qwen-Image"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine can do with its model.

    Args:
        mixed_batching: requests join and leave between steps and share forward passes.
        previews: small pictures while a request is drawn.
        cancel: a request stops within one step, by cancelling or by its deadline; and progress is told.
        guidance: the guidance scale of a request has an effect.
        loras: LoRA files can be chosen per request.
    """

    mixed_batching: bool
    previews: bool
    cancel: bool
    guidance: bool
    loras: bool


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model as configured.

    Args:
        name: what requests call it.
        source: a folder or an id on the Hugging Face hub.
        licence: its name, as its owner calls it.
        commercial: whether the licence allows commercial use of the model; None if that is not known.
        steps, guidance: what it draws best with; without the guidance capability, the only value it takes.
        capabilities: what its engine can do, as far as known before it is loaded; LoRAs only once some are loaded.
    """

    name: str
    source: str
    family: Family
    licence: str
    commercial: bool | None
    steps: int
    guidance: float
    capabilities: Capabilities

    @property
    def is_folder(self) -> bool:
        return is_folder(self.source)

    @property
    def identifier(self) -> str:
        """How answers call the model: its hub id, or the name of its folder, as paths are nobody's business."""
        return Path(self.source).name if self.is_folder else self.source

    @property
    def licence_line(self) -> str:
        """The licence in one line, for the log and `blazon doctor`."""
        use = {True: "commercial use allowed", False: "no commercial use", None: "commercial use not known"}
        return f"{self.name} ({self.source}): {self.licence}; {use[self.commercial]}"

    @property
    def licence_advice(self) -> str:
        """What to do about the licence, in one line; empty if nothing is known against it."""
        return f"for commercial work take {COMMERCIAL} (Apache-2.0)" if self.commercial is False else ""


UNKNOWN_LICENCE: Final = "unknown, see the model's page"

_NATIVE: Final = Capabilities(mixed_batching=True, previews=True, cancel=True, guidance=True, loras=True)
_UNGUIDED: Final = replace(_NATIVE, guidance=False)
_GENERIC: Final = Capabilities(mixed_batching=False, previews=False, cancel=True, guidance=True, loras=False)

_DEV: Final = ModelSpec("", "", Family.FLUX, "FLUX.1 [dev] Non-Commercial", False, 28, 3.5, _NATIVE)
_SCHNELL: Final = ModelSpec("", "", Family.FLUX, "Apache-2.0", True, 4, 0.0, _UNGUIDED)
# The distilled models take no guidance: 1.0 is what their pages say to pass. The base models do.
_KLEIN: Final = ModelSpec("", "", Family.FLUX_2_KLEIN, "Apache-2.0", True, 4, 1.0, _UNGUIDED)
_KLEIN_9B: Final = replace(_KLEIN, licence="FLUX Non-Commercial", commercial=False)
_KLEIN_BASE: Final = replace(_KLEIN, steps=50, guidance=4.0, capabilities=_NATIVE)
_KLEIN_BASE_9B: Final = replace(_KLEIN_BASE, licence="FLUX Non-Commercial", commercial=False)
_Z_TURBO: Final = ModelSpec("", "", Family.Z_IMAGE, "Apache-2.0", True, 8, 0.0, _UNGUIDED)
_QWEN: Final = ModelSpec("", "", Family.QWEN_IMAGE, "Apache-2.0", True, 50, 4.0, _NATIVE)
_OTHER: Final = ModelSpec("", "", Family.OTHER, UNKNOWN_LICENCE, None, 28, 3.5, _GENERIC)

KNOWN: Final = {
    "black-forest-labs/FLUX.1-dev": _DEV,
    "black-forest-labs/FLUX.1-Krea-dev": _DEV,
    "black-forest-labs/FLUX.1-schnell": _SCHNELL,
    "black-forest-labs/FLUX.2-klein-4B": _KLEIN,
    "black-forest-labs/FLUX.2-klein-9B": _KLEIN_9B,
    "black-forest-labs/FLUX.2-klein-base-4B": _KLEIN_BASE,
    "black-forest-labs/FLUX.2-klein-base-9B": _KLEIN_BASE_9B,
    "Tongyi-MAI/Z-Image-Turbo": _Z_TURBO,
    "Qwen/Qwen-Image": _QWEN,
    "Qwen/Qwen-Image-2512": _QWEN,
}
"""Models that are known by name, by their ids on the hub."""
_BY_NAME: Final = {name.lower(): spec for name, spec in KNOWN.items()}
COMMERCIAL: Final = "black-forest-labs/FLUX.1-schnell"
"""What to paint with where the licence of a model forbids commercial use: Apache-2.0, and the same engine."""
_PIPELINES: Final = {
    "FluxPipeline": _DEV,
    "Flux2KleinPipeline": _KLEIN_BASE,
    "ZImagePipeline": _Z_TURBO,
    "QwenImagePipeline": _QWEN,
}

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
_HUB_ID: Final = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_FOLDER: Final = re.compile(r"[/\\.~]|[A-Za-z]:[/\\]")


def is_folder(source: str) -> bool:
    """Whether a source names a folder (`/models/dev`, `./dev`, `~/dev`) and not a model on the hub (`owner/model`)."""
    return _FOLDER.match(source) is not None


def describe(source: str, name: str | None = None) -> ModelSpec:
    """Return what is known of a model, from its hub id, the name of its folder or the files in it; never fails.

    A licence is only told for a model that is recognised by name: a folder of the same architecture
    may hold somebody's own.
    """
    called = name or Path(source.rstrip("/\\")).name
    known = _find_by_name(source)
    if known is None:
        known = replace(_find_by_files(source), licence=UNKNOWN_LICENCE, commercial=None)
    return replace(known, name=called, source=source)


def parse_models(text: str) -> tuple[ModelSpec, ...]:
    """Read the setting `MODELS`: `name=folder or hub id`, several with commas between; the first is the default.

    Raises:
        InvalidSetting: an entry cannot be understood, or two have one name.
    """
    specs: dict[str, ModelSpec] = {}
    for entry in (part.strip() for part in text.split(",")):
        name, source = _parse_entry(entry)
        if name in specs:
            raise InvalidSetting(f"MODELS names two models {name!r}; every name can be used once")
        specs[name] = describe(source, name)
    return tuple(specs.values())


def _parse_entry(entry: str) -> tuple[str, str]:
    name, equals, source = (part.strip() for part in entry.partition("="))
    if not (name and equals and source):
        raise InvalidSetting(
            f"MODELS={entry[:60]!r} cannot be understood; it takes name=folder or name=owner/model, "
            "several with commas between"
        )
    if not _NAME.fullmatch(name.lower()):
        raise InvalidSetting(f"MODELS: {name[:60]!r} is no name; up to 32 letters, digits and . _ - can be used")
    if not is_folder(source) and not _HUB_ID.fullmatch(source):
        raise InvalidSetting(
            f"MODELS: {source[:60]!r} is neither a folder (/models/dev or ./dev) nor a model on the hub (owner/model)"
        )
    return name.lower(), source


def _find_by_name(source: str) -> ModelSpec | None:
    if not is_folder(source):
        return _BY_NAME.get(source.lower())
    path = Path(source.lower())
    # The hub's cache keeps a model below `models--owner--name`; copies are mostly called as the model is.
    names = {path.name, *(part for part in path.parts if part.startswith("models--"))}
    found = (
        spec for known, spec in _BY_NAME.items() if names & {Path(known).name, f"models--{known}".replace("/", "--")}
    )
    return next(found, None)


def _find_by_files(source: str) -> ModelSpec:
    if not is_folder(source):
        return _OTHER
    folder = Path(source).expanduser()
    index = _read_json(folder / "model_index.json")
    spec = _PIPELINES.get(str(index.get("_class_name")), _OTHER)
    if spec is _DEV and _read_json(folder / "transformer" / "config.json").get("guidance_embeds") is False:
        return _SCHNELL
    if spec is _KLEIN_BASE and index.get("is_distilled"):
        return _KLEIN
    return spec


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # loading the model says what is wrong with it
    return content if isinstance(content, dict) else {}
