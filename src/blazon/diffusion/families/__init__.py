"""The model families that the step engine draws with: which pipeline class belongs to which. Imports no torch."""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from blazon.diffusion.families.base import StepModel

_CLASSES: Final = {
    "ChromaPipeline": ("blazon.diffusion.families.chroma", "Chroma"),
    "FluxPipeline": ("blazon.diffusion.families.flux1", "Flux1"),
    "Flux2KleinPipeline": ("blazon.diffusion.families.flux2_klein", "Flux2Klein"),
    "ErnieImagePipeline": ("blazon.diffusion.families.ernie_image", "ErnieImage"),
    "QwenImagePipeline": ("blazon.diffusion.families.qwen_image", "QwenImage"),
    "ZImagePipeline": ("blazon.diffusion.families.z_image", "ZImage"),
}

STEPPED: Final = frozenset(_CLASSES)
"""The pipeline classes of diffusers, as `model_index.json` names them, that have a family here."""


def find_family(pipeline: str) -> "type[StepModel] | None":
    """Return the family of a pipeline class, None if only the generic engine can drive it. Imports torch."""
    if pipeline not in _CLASSES:
        return None
    module, name = _CLASSES[pipeline]
    family: type[StepModel] = getattr(import_module(module), name)
    return family
