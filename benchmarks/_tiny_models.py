"""The tiny models of the step engine, one or two of each family, and what each one's own pipeline draws."""

import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch
from _tiny_families import make_tiny_qwen_image, make_tiny_z_image
from _tiny_flux import save_tiny_flux
from diffusers import FluxPipeline

from blazon.diffusion.families import find_family
from blazon.diffusion.families.base import StepModel
from blazon.diffusion.sequence import DiffusionRequest


@dataclass(frozen=True)
class Tiny:
    """A tiny model.

    Args:
        guidance: by which parameter its pipeline's call takes the guidance. guided: whether that has an effect.
        max_tokens: of a prompt, as the model and the pipeline are told; few, to be fast.
    """

    name: str
    guidance: str = "guidance_scale"
    guided: bool = True
    max_tokens: int = 96

    @property
    def pipeline(self) -> Any:
        return _make_pipeline(self.name)

    @property
    def model(self) -> StepModel:
        """A model of its own: tests may change it."""
        family = find_family(type(self.pipeline).__name__)
        assert family is not None
        return family(self.pipeline, name=self.name, device=torch.device("cpu"), max_tokens=self.max_tokens)

    def call(self, request: DiffusionRequest, output: str) -> Any:
        """Return what the pipeline itself returns for a request: `latent` (1, ...) or `np` (h, w, 3) in 0..1."""
        call = {self.guidance: request.guidance if self.guided else 0.0}
        if self.guidance == "true_cfg_scale":
            call["negative_prompt"] = " "
        images = self.pipeline(
            prompt=request.prompt,
            height=request.height,
            width=request.width,
            num_inference_steps=request.steps,
            generator=torch.Generator("cpu").manual_seed(request.seed),
            max_sequence_length=self.max_tokens,
            output_type=output,
            **call,
        ).images
        return images if output == "latent" else images[0]


FLUX = Tiny("flux")
Z_IMAGE = Tiny("z-image")
Z_IMAGE_TURBO = Tiny("z-image-turbo", guided=False)
QWEN_IMAGE = Tiny("qwen-image", "true_cfg_scale", max_tokens=512)  # its template alone takes 200
ALL = (FLUX, Z_IMAGE, Z_IMAGE_TURBO, QWEN_IMAGE)


@cache
def _make_pipeline(name: str) -> Any:
    makers = {
        "flux": _load_flux,
        "z-image": lambda: make_tiny_z_image(turbo=False),
        "z-image-turbo": make_tiny_z_image,
        "qwen-image": make_tiny_qwen_image,
    }
    pipeline = makers[name]()
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def _load_flux() -> Any:
    with tempfile.TemporaryDirectory() as folder:
        return FluxPipeline.from_pretrained(save_tiny_flux(Path(folder)))
