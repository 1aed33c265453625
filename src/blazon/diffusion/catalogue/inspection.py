"""A look at a model before it is loaded: what it is, what it weighs, whether its files are whole. No torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from blazon.diffusion.catalogue.specs import describe
from blazon.diffusion.files.modular_index import is_modular
from blazon.diffusion.files.pipeline_index import INDEX, PipelineIndex, read_index
from blazon.diffusion.files.single_files import assemble, find_file_name, is_single_file
from blazon.diffusion.files.weights import list_weight_files, measure, measure_folder, pick_files, read_json
from blazon.diffusion.hub.access import HubModel, pick_small_files
from blazon.diffusion.memory.footprint import Component, ModelSize
from blazon.diffusion.memory.sizing import Role, find_role, make_size
from blazon.errors import ModelUnavailable

_GUIDED_TOKENS: Final = 512
_UNGUIDED_TOKENS: Final = 256


@dataclass(frozen=True, slots=True)
class ModelSource:
    """Where a model comes from: the folder if there is one, else the hub.

    Args:
        path: of a folder in the layout of diffusers, or of a single file or folder as ComfyUI's (MODEL_PATH).
        name: on the hub, owner/model (MODEL_NAME).
        token: for gated models (HF_TOKEN).
    """

    path: Path | None = None
    name: str = ""
    token: str | None = field(default=None, repr=False)

    @property
    def hub(self) -> HubModel:
        return HubModel(self.name, self.token)


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What is known of a model without loading it.

    Args:
        folder: where it lies; None if it must be fetched first.
        pipeline: the class in diffusers that runs it.
        takes_guidance: whether a guidance scale has an effect inside the transformer (FLUX.1-dev).
        max_tokens: of a prompt, as the model was trained.
        parts: those with weights that are loaded, by name.
    """

    source: ModelSource
    name: str
    folder: Path | None
    pipeline: str
    size: ModelSize
    takes_guidance: bool
    max_tokens: int
    licence: str
    parts: Mapping[str, Component] = field(default_factory=dict)


def inspect_model(source: ModelSource) -> ModelInfo:
    """Look at a model. A folder or the hub's cache is looked at on disk; else the hub is asked, and little is fetched.

    Raises:
        ModelUnavailable: it is not there, not whole, or no model that can be loaded without running its own code.
    """
    if source.path is not None:
        path = source.path.expanduser()
        name = find_file_name(path) or path.resolve().name
        return _inspect_folder(source, assemble(path) if is_single_file(path) else path, name)
    cached = source.hub.find_cached_folder()
    if cached is not None and _is_whole(cached):
        return _inspect_folder(source, cached, source.name)
    return _inspect_hub(source)


def _inspect_folder(source: ModelSource, folder: Path, name: str) -> ModelInfo:
    if folder.is_file():
        raise ModelUnavailable(
            f"MODEL_PATH={folder} is neither a safetensors nor a GGUF file; other formats can carry code: "
            "take the model in one of these"
        )
    if not folder.is_dir():
        what = "file" if folder.suffix.lower() in (".safetensors", ".gguf") else "folder"
        raise ModelUnavailable(f"MODEL_PATH={folder}: there is no such {what}; look at the path, or unset it")
    if not (folder / INDEX).is_file() and not is_modular(folder):
        raise ModelUnavailable(
            f"MODEL_PATH={folder}: there is no model_index.json; it must be a folder in the layout of diffusers, "
            "with transformer, vae and the others as folders in it"
        )
    index = read_index(folder)
    parts = {part: measure_folder(folder / part) for part in index.weighty}
    return _make_info(source, name, folder, folder, index, parts)


def _is_whole(folder: Path) -> bool:
    """Say whether a cached model has all its files; a download may have been interrupted."""
    try:
        weighty = read_index(folder).weighty
        return all(path.exists() for part in weighty for path in list_weight_files(folder / part))
    except ModelUnavailable:
        return False


def _inspect_hub(source: ModelSource) -> ModelInfo:
    hub = source.hub
    folder, files = hub.fetch_index().parent, hub.files()
    index = read_index(folder, files)
    small = pick_small_files(files, index.parts)
    for path in small:
        hub.fetch(path)
    parts: dict[str, Component] = {}
    for part in index.weighty:
        names = {path.removeprefix(f"{part}/") for path in files if path.startswith(f"{part}/")}
        chosen = [f"{part}/{name}" for name in pick_files(folder / part, names)]
        parts[part] = measure(hub.read_header(path, files[path]) for path in chosen)
    return _make_info(source, source.name, None, folder, index, parts)


def _make_info(
    source: ModelSource,
    name: str,
    folder: Path | None,
    configs: Path,
    index: PipelineIndex,
    parts: dict[str, Component],
) -> ModelInfo:
    kinds = {part: index.parts[part].kind for part in parts}
    denoisers = [part for part in parts if find_role(part, kinds[part]) is Role.DENOISER]
    if not denoisers:
        absent = next((part for part in index.absent if part.startswith(("transformer", "unet"))), None)
        how = f"says null for {absent}" if absent else "does not name a transformer or a unet"
        raise ModelUnavailable(
            f"{name}: {INDEX} {how}, without which a {index.pipeline} cannot draw; "
            f"take {INDEX} from the model's page, or choose a text-to-image model"
        )
    settings = {part: _read_config(configs / part) for part in parts}
    modular, spec = is_modular(configs), describe(str(folder or source.name))
    # A modular pipeline guides by a pass of its own, one after the other.
    rows = 2 if spec.capabilities.negative_prompt and not modular else 1
    guided = bool(settings[denoisers[0]].get("guidance_embeds"))
    # Only FLUX.1-schnell was trained on shorter prompts; other models limit theirs by their own pipeline.
    tokens = _UNGUIDED_TOKENS if index.pipeline == "FluxPipeline" and not guided else _GUIDED_TOKENS
    return ModelInfo(
        source=source,
        name=name,
        folder=folder,
        pipeline=index.pipeline,
        size=make_size(name, parts, kinds, settings, tokens, rows, stays=modular),
        takes_guidance=guided,
        max_tokens=tokens,
        licence=spec.licence,
        parts=parts,
    )


def _read_config(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    return read_json(path) if path.is_file() else {}
