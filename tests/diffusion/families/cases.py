"""The families on tiny models, and how their own pipelines are called for a request."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from inspect import signature
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import torch
from _tiny_families import SAVERS, save_tiny_chroma
from _tiny_flux import save_tiny_flux
from _tiny_others import save_tiny

from blazon.diffusion.families import find_family
from blazon.diffusion.families.base import StepModel
from blazon.diffusion.sampling.sequence import DiffusionRequest

CPU: Final = torch.device("cpu")


@dataclass(frozen=True)
class Case:
    """A family.

    Args:
        save: writes a tiny model of it.
        guidance: by which parameter its pipeline's call takes the scale. options: what the call needs besides.
        scale: the only one that the model is called with, where it takes none from requests.
        max_tokens: of a prompt; few, to be fast. None: only its tokenizer limits it.
    """

    save: Callable[[Path], Path]
    guidance: str = "guidance_scale"
    options: tuple[tuple[str, Any], ...] = ()
    scale: float | None = None
    max_tokens: int | None = 64


CASES: Final = {
    "flux-dev": Case(save_tiny_flux),
    "flux-schnell": Case(partial(save_tiny_flux, guidance=False, dynamic_shift=False)),
    "klein": Case(SAVERS["klein"]),
    "klein-base": Case(SAVERS["klein-base"]),
    "z-image": Case(SAVERS["z-image"]),
    "z-image-turbo": Case(SAVERS["z-image-turbo"], scale=0.0),
    # The template around a prompt alone takes 200 tokens of single bytes.
    "qwen-image": Case(SAVERS["qwen-image"], "true_cfg_scale", (("negative_prompt", " "),), max_tokens=300),
    "chroma": Case(save_tiny_chroma),
    "ernie": Case(partial(save_tiny, "ernie"), max_tokens=None),
}


@cache
def load_pipeline(name: str) -> Any:
    """Return the pipeline of a case, the same every time."""
    from diffusers import DiffusionPipeline

    with TemporaryDirectory() as folder, warnings.catch_warnings():
        # The Chroma of diffusers takes its positions from a place that is to end.
        warnings.filterwarnings("ignore", ".*FluxPosEmbed", FutureWarning)
        pipeline = DiffusionPipeline.from_pretrained(CASES[name].save(Path(folder)))
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def make_model(name: str, pipeline: Any | None = None) -> StepModel:
    pipeline = pipeline or load_pipeline(name)
    family = find_family(type(pipeline).__name__)
    assert family is not None
    return family(pipeline, name=name, device=CPU, max_tokens=CASES[name].max_tokens or 512)


def call_pipeline(
    name: str, request: DiffusionRequest, pipeline: Any | None = None, generator: torch.Generator | None = None
) -> torch.Tensor:
    """Return the pixels (h, w, 3) in 0..1 that the pipeline's own call draws for a request."""
    case, pipeline = CASES[name], pipeline or load_pipeline(name)
    generator = generator or torch.Generator().manual_seed(request.seed)
    with warnings.catch_warnings():
        # That of ERNIE-Image hands a tensor to numpy in a way that is to end.
        warnings.simplefilter("ignore", DeprecationWarning)
        output = pipeline(
            prompt=request.prompt,
            height=request.height,
            width=request.width,
            num_inference_steps=request.steps,
            generator=generator,
            output_type="np",
            **({"max_sequence_length": case.max_tokens} if case.max_tokens else {}),
            **{case.guidance: request.guidance if case.scale is None else case.scale},
            **dict(case.options) | _avoid(pipeline, request, case),
        )
    return torch.from_numpy(output.images[0])


def _avoid(pipeline: Any, request: DiffusionRequest, case: Case) -> dict[str, Any]:
    """Return how a pipeline's call is told of the negative prompt of a request: as it is, or encoded (klein)."""
    if not request.negative_prompt:
        return {}
    if "negative_prompt" in signature(pipeline.__call__).parameters:
        return {"negative_prompt": request.negative_prompt}
    limit = {"max_sequence_length": case.max_tokens} if case.max_tokens else {}
    return {"negative_prompt_embeds": pipeline.encode_prompt(request.negative_prompt, device=CPU, **limit)[0]}
