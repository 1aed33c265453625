"""From settings to what answers for an engine whose replicas draw elsewhere. Imports no torch."""

from pathlib import Path
from typing import Final

from blazon.brief import Engine
from blazon.diffusion.catalogue.specs import Family, ModelSpec, describe, parse_models
from blazon.diffusion.loras.specs import LoraSpec, parse_loras
from blazon.draw.font_files import FontSources
from blazon.errors import InvalidSetting
from blazon.flux_front import FluxFront, PaintOptions
from blazon.serve.engines.protocol import EngineFront
from blazon.settings import Settings
from blazon.studio import Studio

AUTO: Final = "auto"
"""The `MODEL_NAME` that leaves the choice of a model to the memory of the GPU."""


def open_front(settings: Settings, engine: Engine) -> EngineFront:
    """Return what checks briefs as the replicas would, with the same settings, and loads no model.

    Raises:
        InvalidSetting: `MODELS` cannot be used, or what kind of model they name cannot be told here.
    """
    own_fonts = FontSources.configured(settings)
    if engine is not Engine.FLUX:
        return Studio.open(own_fonts)
    specs = read_model_specs(settings)
    for spec in specs:
        _demand_kind(spec)
    options = read_paint_options(settings, parse_loras(settings.loras) if settings.loras else ())
    return FluxFront({spec.name: spec for spec in specs}, specs[0].name, options, own_fonts)


def _demand_kind(spec: ModelSpec) -> None:
    """Refuse a folder that is on the machines of the replicas only, if its name does not tell what is in it."""
    if spec.is_folder and spec.family is Family.OTHER and not Path(spec.source).expanduser().exists():
        raise InvalidSetting(
            f"what kind of model is in {spec.source} cannot be told here, where the folder is not; copy its "
            "model_index.json and transformer/config.json to the same path, or call the folder as its model is called"
        )


def is_auto(settings: Settings) -> bool:
    """Whether the model is to be chosen by the memory of the GPU: `MODEL_NAME=auto`, and nothing names another."""
    return not settings.models and settings.model_path is None and settings.model_name.lower() == AUTO


def read_model_specs(settings: Settings) -> tuple[ModelSpec, ...]:
    """Return the configured models, the default first.

    Raises:
        InvalidSetting: `MODELS` cannot be understood, or `MODEL_NAME=auto` has nobody to choose for it.
    """
    if settings.models:
        return parse_models(settings.models)
    if is_auto(settings):
        raise InvalidSetting(
            "MODEL_NAME=auto chooses by the GPU of the machine that paints, which is not this one; name the model"
        )
    source = str(settings.model_path.absolute()) if settings.model_path else settings.model_name
    return (describe(source, "default"),)


def read_paint_options(settings: Settings, loras: tuple[LoraSpec, ...] = ()) -> PaintOptions:
    """Return how pictures are painted; steps and guidance only if they were set, as each model has its own best."""
    if settings.min_render_size > settings.max_render_size:
        raise InvalidSetting("MIN_RENDER_SIZE is larger than MAX_RENDER_SIZE")
    given = settings.model_fields_set
    return PaintOptions(
        smallest=settings.min_render_size,
        largest=settings.max_render_size,
        steps=settings.default_inference_steps if "default_inference_steps" in given else None,
        guidance=settings.default_guidance_scale if "default_guidance_scale" in given else None,
        loras=tuple((lora.name, lora.scale) for lora in loras if not lora.problem),
        patience=settings.request_timeout,
        numerics=f"{settings.optimize} {settings.quantization} {settings.use_fp16} {settings.loras}",
    )
