"""`MODEL_NAME=auto`: the model for the memory of this machine. Imports torch only where it is asked for."""

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from blazon.errors import EngineUnavailable
from blazon.serve.engines.front import is_auto
from blazon.settings import Settings

if TYPE_CHECKING:
    from blazon.diffusion.catalogue.recommendation import Recommendation


def resolve_auto(settings: Settings) -> tuple[Settings, "Recommendation | None"]:
    """Return the settings with a model in place of `auto`, and the choice; as they are where a model is named.

    Raises:
        EngineUnavailable: the packages that paint are not installed, or nothing fits the memory.
        InvalidSetting: `TORCH_DEVICE` cannot be used.
    """
    if not is_auto(settings):
        return settings, None
    choice = recommend_model(settings)
    return settings.model_copy(update={"model_name": choice.name}), choice


def recommend_model(settings: Settings) -> "Recommendation":
    """Return what to paint with in the memory of this machine, and with what is in the hub's cache.

    Raises:
        EngineUnavailable, InvalidSetting: as `resolve_auto`.
    """
    missing = [package for package in ("torch", "huggingface_hub") if importlib.util.find_spec(package) is None]
    if missing:
        raise EngineUnavailable(f"MODEL_NAME=auto needs {missing[0]} to see the GPU; pip install 'blazon[gpu]'")
    from huggingface_hub import constants

    from blazon.diffusion.catalogue.recommendation import recommend
    from blazon.diffusion.devices import read_memory_budget, resolve_device
    from blazon.diffusion.hub.installed import list_cached
    from blazon.diffusion.memory.wishes import read_wishes

    memory = read_memory_budget(resolve_device(settings.torch_device), fraction=settings.gpu_memory_fraction)
    whole = [model.name for model in list_cached(Path(constants.HF_HUB_CACHE)) if not model.problem]
    return recommend(memory, whole, read_wishes(settings))
