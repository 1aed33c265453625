"""A look at a model before it is loaded: what it is, what it weighs, whether its files are whole. No torch."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from blazon.diffusion.catalogue import describe
from blazon.diffusion.footprint import Component, ModelSize
from blazon.diffusion.hub import HubModel, pick_small_files
from blazon.diffusion.modular_index import is_modular, read_modular_index
from blazon.diffusion.weights import list_weight_files, measure, measure_folder, pick_files, read_json
from blazon.errors import ModelUnavailable

_LIBRARIES: Final = ("diffusers", "transformers")
# Parts of a pipeline without weights, by how the names of their classes end.
_WEIGHTLESS: Final = ("Tokenizer", "TokenizerFast", "Scheduler", "Processor", "FeatureExtractor")
_GUIDED_TOKENS: Final = 512
_UNGUIDED_TOKENS: Final = 256


@dataclass(frozen=True, slots=True)
class ModelSource:
    """Where a model comes from: the folder if there is one, else the hub.

    Args:
        path: of a folder in the layout of diffusers (MODEL_PATH).
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
    """

    source: ModelSource
    name: str
    folder: Path | None
    pipeline: str
    size: ModelSize
    takes_guidance: bool
    max_tokens: int
    licence: str


def inspect_model(source: ModelSource) -> ModelInfo:
    """Look at a model. A folder or the hub's cache is looked at on disk; else the hub is asked, and little is fetched.

    Raises:
        ModelUnavailable: it is not there, not whole, or no model that can be loaded without running its own code.
    """
    if source.path is not None:
        return _inspect_folder(source, source.path.expanduser(), source.path.expanduser().resolve().name)
    cached = source.hub.find_cached_folder()
    if cached is not None and _is_whole(cached):
        return _inspect_folder(source, cached, source.name)
    return _inspect_hub(source)


def read_components(folder: Path) -> tuple[str, dict[str, str]]:
    """Return the pipeline's class and the class of each of its components, from `model_index.json`.

    Raises:
        ModelUnavailable: a class is not one of diffusers or transformers: it would be code of the model's own.
    """
    if is_modular(folder):
        modular = read_modular_index(folder)
        return modular.pipeline, {name: part.kind for name, part in modular.parts.items()}
    index = read_json(folder / "model_index.json")
    pipeline = index.get("_class_name")
    parts = {name: entry for name, entry in index.items() if not name.startswith("_") and isinstance(entry, list)}
    foreign = [name for name, entry in parts.items() if entry[0] not in (*_LIBRARIES, None)]
    if not isinstance(pipeline, str) or foreign:
        what = f"its {foreign[0]}" if foreign else "its pipeline"
        raise ModelUnavailable(f"{folder} brings code of its own for {what}, which is never run; choose another model")
    return pipeline, {name: str(entry[1]) for name, entry in parts.items() if entry[0] is not None}


def list_weighty(parts: dict[str, str]) -> list[str]:
    """Return the names of the components that have weights."""
    return [name for name, kind in parts.items() if not kind.endswith(_WEIGHTLESS)]


def _inspect_folder(source: ModelSource, folder: Path, name: str) -> ModelInfo:
    if not folder.is_dir():
        raise ModelUnavailable(f"MODEL_PATH={folder}: there is no such folder; look at the path, or unset it")
    if not (folder / "model_index.json").is_file() and not is_modular(folder):
        raise ModelUnavailable(
            f"MODEL_PATH={folder}: there is no model_index.json; it must be a folder in the layout of diffusers, "
            "with transformer, vae and the others as folders in it"
        )
    pipeline, parts = read_components(folder)
    sizes = {part: measure_folder(folder / part) for part in list_weighty(parts)}
    return _make_info(source, name, folder, folder, pipeline, sizes)


def _is_whole(folder: Path) -> bool:
    """Say whether a cached model has all its files; a download may have been interrupted."""
    try:
        _, parts = read_components(folder)
        return all(path.exists() for part in list_weighty(parts) for path in list_weight_files(folder / part))
    except ModelUnavailable:
        return False


def _inspect_hub(source: ModelSource) -> ModelInfo:
    hub = source.hub
    index = hub.fetch("model_index.json")
    folder, files = index.parent, hub.files()
    pipeline, parts = read_components(folder)
    small = pick_small_files(files, parts)
    for path in small:
        hub.fetch(path)
    sizes: dict[str, Component] = {}
    for part in list_weighty(parts):
        names = {path.removeprefix(f"{part}/") for path in files if path.startswith(f"{part}/")}
        chosen = [f"{part}/{name}" for name in pick_files(folder / part, names)]
        sizes[part] = measure(hub.read_header(path, files[path]) for path in chosen)
    return _make_info(source, source.name, None, folder, pipeline, sizes)


def _make_info(
    source: ModelSource,
    name: str,
    folder: Path | None,
    configs: Path,
    pipeline: str,
    sizes: dict[str, Component],
) -> ModelInfo:
    denoiser = "transformer" if "transformer" in sizes else "unet"
    if denoiser not in sizes:
        raise ModelUnavailable(f"{name} is a {pipeline} without a transformer or U-Net; choose a text-to-image model")
    config = _read_config(configs / denoiser)
    guided = bool(config.get("guidance_embeds"))
    # Only FLUX.1-schnell was trained on shorter prompts; other models limit theirs by their own pipeline.
    tokens = _UNGUIDED_TOKENS if pipeline == "FluxPipeline" and not guided else _GUIDED_TOKENS
    return ModelInfo(
        source=source,
        name=name,
        folder=folder,
        pipeline=pipeline,
        size=_make_size(name, sizes, denoiser, configs, tokens),
        takes_guidance=guided,
        max_tokens=tokens,
        licence=describe(str(folder or source.name)).licence,
    )


def _make_size(name: str, sizes: dict[str, Component], denoiser: str, configs: Path, tokens: int) -> ModelSize:
    encoders = [sizes[part] for part in sizes if part.startswith("text_encoder")]
    encoders.sort(key=lambda part: part.parameters)
    nothing = Component(0, 0, 0)
    config, vae = _read_config(configs / denoiser), _read_config(configs / "vae")
    width = int(config.get("num_attention_heads", 24)) * int(config.get("attention_head_dim", 128))
    return ModelSize(
        name=name,
        transformer=sizes[denoiser],
        text_encoder=encoders[-1] if encoders else nothing,
        pooled_encoder=_add_up(encoders[:-1]),
        vae=sizes.get("vae", nothing),
        width=width,
        text_tokens=tokens,
        decoder_width=int(vae.get("block_out_channels", [vae.get("base_dim", 128)])[0]),
        gguf=sizes[denoiser].parameters == 0,
    )


def _add_up(parts: list[Component]) -> Component:
    return Component(
        sum(part.parameters for part in parts),
        sum(part.linear for part in parts),
        sum(part.stored_bytes for part in parts),
    )


def _read_config(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    return read_json(path) if path.is_file() else {}
