"""The models that an installation knows: those of its settings, of the hub's cache, and those known by name."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from blazon.diffusion.catalogue.inspection import ModelSource, inspect_model
from blazon.diffusion.catalogue.pipeline_calls import find_demand
from blazon.diffusion.catalogue.specs import KNOWN, ModelSpec, describe, parse_models
from blazon.diffusion.files.pipeline_index import read_index
from blazon.diffusion.files.single_files import assemble, is_single_file
from blazon.diffusion.hub.installed import CachedModel, find_gap, list_cached
from blazon.diffusion.memory.footprint import GB, ModelSize, Offload, estimate_device_bytes
from blazon.diffusion.memory.known_sizes import SIZES
from blazon.diffusion.memory.plan import MemoryBudget, Wishes, describe_weights, list_forms
from blazon.errors import ModelUnavailable
from blazon.settings import Settings

_ENDLESS: Final = 1 << 60
_SIZES: Final = {name.lower(): size for name, size in SIZES.items()}


@dataclass(frozen=True, slots=True)
class MemoryNeed:
    """What one picture of 1024 x 1024 at a time takes of a GPU, in bytes, in the best and in the smallest form."""

    best_bytes: int
    best: str
    least_bytes: int
    least: str

    def explain(self) -> str:
        best = f"{self.best_bytes / GB:.0f} GB in {self.best}"
        return best if self.best == self.least else f"{best}, {self.least_bytes / GB:.0f} GB in {self.least}"


@dataclass(frozen=True, slots=True)
class ListedModel:
    """A model and whether it is here.

    Args:
        configured: whether the settings name it.
        folder: where it lies; None if it is not here.
        stored_bytes: on disk, or expected on disk; None if that is not known without asking the hub.
        memory: None if its size is not known.
        problem: why it cannot be loaded as it lies there.
    """

    spec: ModelSpec
    configured: bool
    folder: Path | None = None
    stored_bytes: int | None = None
    memory: MemoryNeed | None = None
    problem: str = ""


def read_configured(settings: Settings) -> tuple[ModelSpec, ...]:
    """Return the models of the settings, the default one first.

    Raises:
        InvalidSetting: `MODELS` cannot be understood.
    """
    if settings.models:
        return parse_models(settings.models)
    return (describe(str(settings.model_path or settings.model_name)),)


def list_models(settings: Settings, cache: Path) -> list[ListedModel]:
    """Return all models, those of the settings first. Asks nobody over the network.

    Raises:
        InvalidSetting: `MODELS` cannot be understood.
    """
    cached = {model.name.lower(): model for model in list_cached(cache)}
    configured = read_configured(settings)
    asked = {spec.source.lower() for spec in configured}
    others = [describe(model.name) for key, model in cached.items() if key not in asked]
    asked |= {spec.source.lower() for spec in others}
    known = [describe(name) for name in KNOWN if name.lower() not in asked]
    return [
        *(_look_at(spec, cached, configured=True) for spec in configured),
        *(_look_at(spec, cached, configured=False) for spec in (*others, *known)),
    ]


def _look_at(spec: ModelSpec, cached: dict[str, CachedModel], *, configured: bool) -> ListedModel:
    if spec.is_folder:
        return _look_at_folder(ListedModel(spec, configured), Path(spec.source).expanduser())
    model = cached.get(spec.source.lower())
    if model is None:
        size = _SIZES.get(spec.source.lower())
        if size is None:
            return ListedModel(spec, configured)
        return ListedModel(spec, configured, stored_bytes=size.stored_bytes, memory=compute_need(size))
    problem = model.problem or _find_demand(model.folder)
    found = ListedModel(spec, configured, model.folder, model.stored_bytes, problem=problem)
    return found if problem else replace(found, memory=_measure(model.folder)[1])


def _look_at_folder(model: ListedModel, folder: Path) -> ListedModel:
    if is_single_file(folder):
        return _look_at_file(model, folder)
    if not folder.is_dir():
        what = "file" if folder.suffix.lower() in (".safetensors", ".gguf") else "folder"
        return replace(model, problem=f"there is no {what} {folder}")
    problem = find_gap(folder) or _find_demand(folder)
    if problem:
        return replace(model, folder=folder, problem=problem)
    stored, need = _measure(folder)
    return replace(model, folder=folder, stored_bytes=stored, memory=need)


def _look_at_file(model: ListedModel, path: Path) -> ListedModel:
    """Look at a denoiser's file, or a folder as ComfyUI's, with what it needs beside it."""
    try:
        stored, need = _measure(assemble(path))
    except ModelUnavailable as error:
        return replace(model, folder=path, problem=str(error))
    return replace(model, folder=path, stored_bytes=stored, memory=need)


def _find_demand(folder: Path) -> str:
    pipeline = read_index(folder).pipeline
    demand = find_demand(pipeline)
    return f"a {pipeline} needs {demand} beside a text" if demand else ""


def _measure(folder: Path) -> tuple[int | None, MemoryNeed | None]:
    try:
        size = inspect_model(ModelSource(folder)).size
    except ModelUnavailable:  # a file is damaged: `verify` says which
        return None, None
    return size.stored_bytes, compute_need(size)


def compute_need(size: ModelSize) -> MemoryNeed:
    """Return what a model takes of a CUDA device, left out what fetches layers one by one, which is very slow."""
    budget = MemoryBudget("cuda", _ENDLESS, _ENDLESS)
    forms = [form for form in list_forms(size, budget, Wishes()) if form.offload is Offload.NONE]
    needs = [(estimate_device_bytes(form, size, 1), form) for form in forms]
    (best_bytes, best), (least_bytes, least) = needs[0], min(needs, key=lambda need: need[0])
    return MemoryNeed(best_bytes, describe_weights(best), least_bytes, describe_weights(least))
