"""Modular pipelines of diffusers, driven like any other by the generic engine.

A modular pipeline is a list of blocks and has neither a call of its own nor a callback at the end of a step. Here it
gets both: each step ends with one of its scheduler's, and there progress is told and a drawing is left.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import structlog
import torch

from blazon.diffusion.files.modular_index import MODULAR_INDEX, ModularIndex, ModularPart, read_modular_index
from blazon.diffusion.files.part_classes import PartSite
from blazon.diffusion.sampling.step_watch import watch_steps
from blazon.errors import ModelUnavailable

log = structlog.get_logger(__name__)

_WORKFLOW: Final = "text2image"
_UPSAMPLER: Final = "prompt_upsampler"
"""The block with which FLUX.3 rewrites a prompt by a language model; it lies in a repository of its own."""
_NEEDED: Final = ("prompt", "height", "width", "num_inference_steps", "generator", "output_type")
_GIVEN: Final = "from_config"

StepCallback = Callable[[Any, int, Any, Mapping[str, torch.Tensor]], Any]


def load_modular(name: str, folder: Path, load: Callable[[PartSite], Any]) -> "ModularCall":
    """Return the modular pipeline in a folder as one with a call.

    Args:
        name: of the model, for errors.
        load: returns a part in its precision and place.

    Raises:
        ModelUnavailable: it brings code of its own, lacks a part, or cannot draw from a text alone.
    """
    index = read_modular_index(folder)
    blocks = _choose_blocks(folder, index)
    wanted = [spec.name for spec in blocks.expected_components if spec.default_creation_method != _GIVEN]
    missing = [name for name in wanted if name not in index.parts]
    if missing:
        raise ModelUnavailable(f"{folder} lacks its {', '.join(missing)}: fetch the model again, with all its folders")
    pipeline = _find_class(folder, "diffusers", index.pipeline)(blocks=blocks)
    # What has a default, such as a scheduler, is the model's own where its folder has one.
    used = [spec.name for spec in blocks.expected_components if spec.name in index.parts]
    sites = [_find_site(name, folder, part, index.parts[part]) for part in used]
    pipeline.update_components(**{site.part: load(site) for site in sites})
    return wrap_modular(pipeline)


def wrap_modular(pipeline: Any) -> "ModularCall":
    """Return a modular pipeline, whose parts are loaded, as one with a call.

    Raises:
        ModelUnavailable: it cannot draw from a text alone, or has no scheduler to follow it by.
    """
    takes = {parameter.name: parameter for parameter in pipeline.blocks.inputs if parameter.name}
    missing = [name for name in _NEEDED if name not in takes]
    asked = [name for name, parameter in takes.items() if parameter.required and name != "prompt"]
    if missing or asked:
        what = f"takes no {', '.join(missing)}" if missing else f"needs {', '.join(asked)} beside a text"
        raise ModelUnavailable(f"{type(pipeline).__name__} cannot draw from a text alone: it {what}")
    if getattr(pipeline, "scheduler", None) is None:
        raise ModelUnavailable(f"{type(pipeline).__name__} has no scheduler, by which Blazon follows its steps")
    guider = getattr(pipeline, "guider", None)
    guided = hasattr(guider, "guidance_scale") and getattr(guider, "_enabled", True)
    return (GuidedModularCall if guided else ModularCall)(pipeline)


class ModularCall:
    """A modular pipeline as the generic engine knows pipelines; what is not here is asked of the pipeline itself."""

    _callback_tensor_inputs = ("latents",)

    def __init__(self, pipeline: Any) -> None:
        from diffusers.utils import logging

        self.pipeline = pipeline
        # Each block on the way logs an error with its traceback, also for a request that is cancelled. Engines tell.
        logging.get_logger("diffusers.modular_pipelines.modular_pipeline").setLevel(logging.CRITICAL)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["pipeline"], name)

    def __call__(
        self,
        prompt: str,
        height: int,
        width: int,
        num_inference_steps: int,
        generator: torch.Generator,
        output_type: str = "np",
        callback_on_step_end: StepCallback | None = None,
    ) -> SimpleNamespace:
        """Return the pictures (1, height, width, 3) in 0..1 as `images`."""

        def tell(step: int, latents: torch.Tensor) -> None:
            if callback_on_step_end is not None:
                callback_on_step_end(self, step, None, {"latents": latents})

        with watch_steps(self.pipeline.scheduler, tell):
            images = self.pipeline(
                prompt=prompt,
                height=height,
                width=width,
                num_inference_steps=num_inference_steps,
                generator=generator,
                output_type=output_type,
                output="images",
            )
        return SimpleNamespace(images=images)

    def set_progress_bar_config(self, **config: Any) -> None:
        for block in _list_blocks(self.pipeline.blocks):
            if hasattr(block, "set_progress_bar_config"):
                block.set_progress_bar_config(**config)

    def maybe_free_model_hooks(self) -> None:
        """Do nothing: modular pipelines have no offload of their own."""


class GuidedModularCall(ModularCall):
    """One that is guided by a second pass, of which a component called `guider` knows the scale."""

    def __call__(
        self,
        prompt: str,
        height: int,
        width: int,
        num_inference_steps: int,
        generator: torch.Generator,
        output_type: str = "np",
        callback_on_step_end: StepCallback | None = None,
        guidance_scale: float = 4.0,
    ) -> SimpleNamespace:
        self.pipeline.guider.guidance_scale = guidance_scale
        return super().__call__(
            prompt, height, width, num_inference_steps, generator, output_type, callback_on_step_end
        )


def _choose_blocks(folder: Path, index: ModularIndex) -> Any:
    """Return the blocks that draw a picture from a text with the parts that are there."""
    blocks = _find_class(folder, "diffusers", index.blocks)()
    upsampler = blocks.sub_blocks.get(_UPSAMPLER)
    if upsampler is not None and any(spec.name not in index.parts for spec in upsampler.expected_components):
        log.info("prompts are drawn as they are: the model that rewrites them is not in the folder", model=folder.name)
        blocks.sub_blocks.pop(_UPSAMPLER)
    return blocks.get_workflow(_WORKFLOW) if _WORKFLOW in (blocks.available_workflows or ()) else blocks


def _find_class(folder: Path, library: str, name: str) -> Any:
    import diffusers
    import transformers

    package: Any = diffusers if library == "diffusers" else transformers
    found = getattr(package, name, None)
    if found is None:
        raise ModelUnavailable(
            f"{folder / MODULAR_INDEX} names {name}, which {library} {package.__version__} does not have; "
            f"pip install --upgrade {library}"
        )
    return found


def _find_site(name: str, folder: Path, part: str, entry: ModularPart) -> PartSite:
    return PartSite(name, part, _find_class(folder, entry.library, entry.kind), entry.folder)


def _list_blocks(block: Any) -> Iterator[Any]:
    """Return a block and all that it consists of."""
    yield block
    for inner in (getattr(block, "sub_blocks", None) or {}).values():
        yield from _list_blocks(inner)
