"""What is known of the models: family, licence, defaults and what their engine can do. Imports no torch.

Where steps and guidance come from, the first that tells: the model's own page, for a model known by name; the example
in the model card in its folder; what its files say (`is_distilled`, `guidance_embeds`, the shift or the spacing of its
schedule); the defaults of its pipeline's call. The licence is that of the page and of the card, and the stricter where
they differ.
"""

import json
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from blazon.diffusion.catalogue import licences
from blazon.diffusion.catalogue.model_card import CardFacts, read_card
from blazon.diffusion.catalogue.pipeline_calls import UNGUIDED, PipelineCall, read_call
from blazon.diffusion.families import STEPPED
from blazon.diffusion.files.single_files import find_file_name, find_layout, find_root
from blazon.errors import InvalidSetting


class Family(StrEnum):
    """Models of one architecture."""

    FLUX = "FLUX.1"
    FLUX_2 = "FLUX.2"
    FLUX_2_KLEIN = "FLUX.2 klein"
    Z_IMAGE = "Z-Image"
    QWEN_IMAGE = "Qwen-Image"
    ERNIE_IMAGE = "ERNIE-Image"
    CHROMA = "Chroma"
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
        negative_prompt: guidance leads away from a text of the request.
    """

    mixed_batching: bool
    previews: bool
    cancel: bool
    guidance: bool
    loras: bool
    negative_prompt: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Those that it has, as clients are told of them."""
        told = {"batching": self.mixed_batching, "previews": self.previews, "cancel": self.cancel}
        told |= {"guidance": self.guidance, "negative_prompt": self.negative_prompt, "loras": self.loras}
        return tuple(name for name, able in told.items() if able)

    def limited_by(self, known: "Capabilities") -> "Capabilities":
        """Return what an engine can do, without the guidance that is known to do no good to its model: that a model was
        distilled, its pipeline does not tell.
        """
        return replace(
            self,
            guidance=self.guidance and known.guidance,
            negative_prompt=self.negative_prompt and known.negative_prompt,
        )


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model as configured.

    Args:
        name: what requests call it.
        source: a folder or an id on the Hugging Face hub.
        licence: its name, as its owner calls it.
        commercial: whether the licence allows commercial use of the model; None if that is not known.
        steps, guidance: what it draws best with; without the guidance capability, the only value it takes. None where
            that cannot be told here, as for the class of a model where diffusers is not installed.
        capabilities: what its engine can do, as far as known before it is loaded; LoRAs only once some are loaded.
        file: what the denoiser's file is called, where the source is a folder as ComfyUI's.
        unguided: the largest guidance scale that leads away from no text.
    """

    name: str
    source: str
    family: Family
    licence: str
    commercial: bool | None
    steps: int | None
    guidance: float | None
    capabilities: Capabilities
    file: str = ""
    unguided: float = UNGUIDED

    @property
    def usual_steps(self) -> int:
        """What a request that names no steps is drawn in."""
        return USUAL_STEPS if self.steps is None else self.steps

    @property
    def usual_guidance(self) -> float:
        """The scale of a request that names none."""
        return USUAL_GUIDANCE if self.guidance is None else self.guidance

    @property
    def is_folder(self) -> bool:
        return is_folder(self.source)

    @property
    def identifier(self) -> str:
        """How answers call the model: its hub id, or the name of its folder or file, as paths are nobody's business."""
        return (self.file or Path(self.source).name) if self.is_folder else self.source

    def hide_folder(self, text: str) -> str:
        """Return what is told of the model with names in place of the paths of its folder, or of its files."""
        if not self.is_folder:
            return text
        path = Path(self.source).expanduser()
        places = [path] if path.is_dir() else [path, path.parent, find_root(path)]
        for place in places:
            name = place.resolve().name  # empty at the root of the disk, which is told of nothing
            for form in (
                str(place.resolve()),
                str(place.absolute()),
                *((self.source, str(path)) if place is path else ()),
            ):
                text = text.replace(form, name) if name else text
        return text

    @property
    def licence_line(self) -> str:
        """The licence in one line, for the log and `blazon doctor`."""
        use = {True: "commercial use allowed", False: "no commercial use", None: "commercial use not known"}
        return f"{self.name} ({self.source}): {self.licence}; {use[self.commercial]}"

    @property
    def licence_advice(self) -> str:
        """What to do about the licence, in one line; empty if nothing is known against it."""
        return f"for commercial work take {COMMERCIAL} (Apache-2.0)" if self.commercial is False else ""


USUAL_STEPS: Final = 28
USUAL_GUIDANCE: Final = 3.5
"""What a model is drawn with of which neither is known, when it comes to drawing."""
UNKNOWN_LICENCE: Final = licences.UNKNOWN.name

_NATIVE: Final = Capabilities(mixed_batching=True, previews=True, cancel=True, guidance=True, loras=True)
_UNGUIDED: Final = replace(_NATIVE, guidance=False)
# Guided by a second row, and not by a number that the transformer reads.
_TWO_ROWS: Final = replace(_NATIVE, negative_prompt=True)
_GENERIC: Final = Capabilities(mixed_batching=False, previews=False, cancel=True, guidance=True, loras=False)
_GENERIC_TWO_ROWS: Final = replace(_GENERIC, negative_prompt=True)

# What the models' own pages and repositories say. FLUX.1: the cards on the hub. FLUX.2: the table in the README of
# github.com/black-forest-labs/flux2 (4 steps distilled, 50 base; 4B is Apache-2.0, the others are not). Z-Image: the
# README of github.com/Tongyi-MAI/Z-Image (Turbo 8 evaluations without guidance; the base 50 steps, guidance 4).
# Qwen-Image and -2512: the README of github.com/QwenLM/Qwen-Image (50 steps, true_cfg_scale 4). ERNIE-Image: diffusers'
# page of its pipeline (Turbo: 8 evaluations), with the defaults of its call for the one that is not distilled.
_DEV: Final = ModelSpec("", "", Family.FLUX, "FLUX.1 [dev] Non-Commercial", False, 28, 3.5, _NATIVE)
_SCHNELL: Final = ModelSpec("", "", Family.FLUX, "Apache-2.0", True, 4, 0.0, _UNGUIDED)
_FLUX_2: Final = ModelSpec("", "", Family.FLUX_2, "FLUX Non-Commercial", False, 50, 4.0, _GENERIC)
# The distilled models take no guidance: 1.0 is what their pages say to pass. The base models do.
_KLEIN: Final = ModelSpec("", "", Family.FLUX_2_KLEIN, "Apache-2.0", True, 4, 1.0, _UNGUIDED)
_KLEIN_9B: Final = replace(_KLEIN, licence="FLUX Non-Commercial", commercial=False)
_KLEIN_BASE: Final = replace(_KLEIN, steps=50, guidance=4.0, capabilities=_TWO_ROWS)
_KLEIN_BASE_9B: Final = replace(_KLEIN_BASE, licence="FLUX Non-Commercial", commercial=False)
_Z_IMAGE: Final = ModelSpec("", "", Family.Z_IMAGE, "Apache-2.0", True, 50, 4.0, _TWO_ROWS, unguided=0.0)
_Z_TURBO: Final = replace(_Z_IMAGE, steps=8, guidance=0.0, capabilities=_UNGUIDED)
_QWEN: Final = ModelSpec("", "", Family.QWEN_IMAGE, "Apache-2.0", True, 50, 4.0, _TWO_ROWS)
_ERNIE: Final = ModelSpec("", "", Family.ERNIE_IMAGE, "Apache-2.0", True, 50, 4.0, _GENERIC_TWO_ROWS)
_ERNIE_TURBO: Final = replace(_ERNIE, steps=8, guidance=1.0, capabilities=replace(_GENERIC, guidance=False))
# The defaults of its call: the versions of Chroma differ, and their cards say more.
_CHROMA: Final = ModelSpec("", "", Family.CHROMA, "Apache-2.0", True, 35, 5.0, _TWO_ROWS)
# Most take a negative prompt; one that does not says so once it is loaded.
_OTHER: Final = ModelSpec("", "", Family.OTHER, UNKNOWN_LICENCE, None, None, None, _GENERIC_TWO_ROWS)

KNOWN: Final = {
    "black-forest-labs/FLUX.1-dev": _DEV,
    "black-forest-labs/FLUX.1-Krea-dev": _DEV,
    "black-forest-labs/FLUX.1-schnell": _SCHNELL,
    "black-forest-labs/FLUX.2-dev": _FLUX_2,
    "black-forest-labs/FLUX.2-klein-4B": _KLEIN,
    "black-forest-labs/FLUX.2-klein-9B": _KLEIN_9B,
    "black-forest-labs/FLUX.2-klein-base-4B": _KLEIN_BASE,
    "black-forest-labs/FLUX.2-klein-base-9B": _KLEIN_BASE_9B,
    "Tongyi-MAI/Z-Image": _Z_IMAGE,
    "Tongyi-MAI/Z-Image-Turbo": _Z_TURBO,
    "Qwen/Qwen-Image": _QWEN,
    "Qwen/Qwen-Image-2512": _QWEN,
    "baidu/ERNIE-Image": _ERNIE,
    "baidu/ERNIE-Image-Turbo": _ERNIE_TURBO,
}
"""Models that are known by name, by their ids on the hub."""
_BY_NAME: Final = {name.lower(): spec for name, spec in KNOWN.items()}
COMMERCIAL: Final = "black-forest-labs/FLUX.2-klein-4B"
"""What to paint with where the licence of a model forbids commercial use: Apache-2.0, and it fits small cards."""
_PIPELINES: Final = {
    "FluxPipeline": _DEV,
    "Flux2Pipeline": _FLUX_2,
    "Flux2KleinPipeline": _KLEIN_BASE,
    "ZImagePipeline": _Z_IMAGE,
    "QwenImagePipeline": _QWEN,
    "ErnieImagePipeline": _ERNIE,
    "ChromaPipeline": _CHROMA,
}
_STEP_FAMILIES: Final = frozenset(spec.family for pipeline, spec in _PIPELINES.items() if pipeline in STEPPED)
# Stable Diffusion in 1 to 4 steps (SDXL Turbo, SD Turbo, Lightning) has the architecture of the one that it was
# distilled from. diffusers' page of SDXL Turbo and the card of SDXL-Lightning: timesteps `trailing`, guidance 0. The
# originals have others; what is tuned down to no signal is `trailing` too, and rescales its betas.
_STABLE_DIFFUSION: Final = frozenset({"StableDiffusionPipeline", "StableDiffusionXLPipeline"})
_FEW_STEPS: Final = 4
# The schedule of Z-Image-Turbo is shifted by 3, that of the base by 6.
_TURBO_SHIFT: Final = 3.0

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
_HUB_ID: Final = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_FOLDER: Final = re.compile(r"[/\\.~]|[A-Za-z]:[/\\]")


def is_folder(source: str) -> bool:
    """Whether a source names a folder (`/models/dev`, `./dev`, `~/dev`) and not a model on the hub (`owner/model`)."""
    return _FOLDER.match(source) is not None


def describe(source: str, name: str | None = None) -> ModelSpec:
    """Return what is known of a model, from its hub id, the name of its folder or the files in it; never fails.

    A licence is only told for a model that is recognised by name or has a model card: a folder of the same
    architecture may hold somebody's own. A model of the hub that is not known by name is looked up in the hub's cache.
    """
    called = name or Path(source.rstrip("/\\")).name
    known = _find_by_name(source)
    path = Path(source).expanduser()
    folder = find_layout(path) if is_folder(source) else None if known else _find_cached(source)
    card = read_card(folder, _find_own_name(source)) if folder else CardFacts(licences.UNKNOWN, None, {})
    spec = known or _find_by_files(folder, card)
    stated = licences.Licence(spec.licence, spec.commercial) if known else licences.UNKNOWN
    licence = licences.choose_strict(stated, card.licence)
    return replace(
        spec,
        name=called,
        source=source,
        licence=licence.name,
        commercial=licence.commercial,
        capabilities=_add_stepping(spec),
        file=find_file_name(path) if is_folder(source) else "",
    )


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
            f"MODELS: {source[:60]!r} is neither a path (/models/dev) nor a model on the hub (owner/model)"
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


def _add_stepping(spec: ModelSpec) -> Capabilities:
    """Return what a model can do, with what the step engine adds where it draws with the family."""
    stepped = spec.family in _STEP_FAMILIES
    return replace(spec.capabilities, mixed_batching=True, previews=True) if stepped else spec.capabilities


def _find_own_name(source: str) -> str:
    """Return what a model is called on the hub, where its folder tells that."""
    cached = next((part for part in Path(source).parts if part.startswith("models--")), "")
    return cached.rpartition("--")[2] or Path(source).name


def _find_cached(source: str) -> Path | None:
    """Return the folder of a model in the hub's cache; None if it is not there, or nothing can be there."""
    try:
        from huggingface_hub import try_to_load_from_cache

        found = try_to_load_from_cache(source, "model_index.json")
    except (ImportError, OSError, ValueError):  # what is wrong with the name or the cache, loading the model says
        return None
    return Path(found).parent if isinstance(found, str) else None


def _find_by_files(folder: Path | None, card: CardFacts) -> ModelSpec:
    """Return what the files in a folder tell of a model's steps, guidance and family."""
    if folder is None:
        return _OTHER
    index = _read_json(folder / "model_index.json")
    pipeline = str(index.get("_class_name"))
    call = read_call(pipeline)
    spec = _distinguish(pipeline, index, folder, card)
    if spec is _OTHER and call is not None:
        guided, told = call.guidance_parameter is not None, call.takes_negative_prompt
        spec = replace(
            spec,
            steps=call.steps,
            guidance=call.guidance,
            capabilities=replace(spec.capabilities, guidance=guided, negative_prompt=told),
            unguided=call.unguided,
        )
    if pipeline in _STABLE_DIFFUSION and _takes_few_steps(folder):
        spec = replace(spec, steps=_FEW_STEPS, guidance=0.0)
    return _follow_card(spec, card, call)


def _distinguish(pipeline: str, index: dict[str, Any], folder: Path, card: CardFacts) -> ModelSpec:
    """Return which model of its architecture a folder holds: distilled ones take few steps and no guidance."""
    spec = _PIPELINES.get(pipeline, _OTHER)
    if spec is _DEV and _read_json(folder / "transformer" / "config.json").get("guidance_embeds") is False:
        return _SCHNELL
    if spec is _KLEIN_BASE and index.get("is_distilled"):
        return _KLEIN
    if spec is _Z_IMAGE:
        shift = _read_json(folder / "scheduler" / "scheduler_config.json").get("shift")
        scale = card.scales.get("guidance_scale")
        return _Z_TURBO if (shift == _TURBO_SHIFT if scale is None else scale <= 1) else _Z_IMAGE
    if spec is _ERNIE and card.scales.get("guidance_scale", spec.usual_guidance) <= 1:
        return _ERNIE_TURBO
    return spec


def _takes_few_steps(folder: Path) -> bool:
    """Whether the schedule of a Stable Diffusion is that of one that was distilled to a few steps."""
    schedule = _read_json(folder / "scheduler" / "scheduler_config.json")
    plain = schedule.get("prediction_type", "epsilon") == "epsilon" and not schedule.get("rescale_betas_zero_snr")
    return schedule.get("timestep_spacing") == "trailing" and plain


def _follow_card(spec: ModelSpec, card: CardFacts, call: PipelineCall | None) -> ModelSpec:
    """Return a model with steps and guidance of the example in its card; the guidance only where it has an effect."""
    parameter = call.guidance_parameter if call else "guidance_scale"
    scale = card.scales.get(parameter or "") if spec.capabilities.guidance else None
    return replace(spec, steps=card.steps or spec.steps, guidance=spec.guidance if scale is None else scale)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}  # loading the model says what is wrong with it
    return content if isinstance(content, dict) else {}
