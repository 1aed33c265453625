"""What the benchmarks of the step engine share: the tiny FLUX and the PNG work that follows every picture."""

import io
import logging
import tempfile
import warnings
from pathlib import Path

import numpy as np
import structlog
import torch
from _tiny_flux import save_tiny_flux
from diffusers import FluxPipeline
from diffusers.utils import logging as diffusers_logging
from PIL import Image
from transformers.utils import logging as transformers_logging

from blazon.diffusion.families.flux1 import Flux1
from blazon.diffusion.sampling.sequence import Bitmap

MAX_TOKENS = 64


def quiet() -> None:
    """Keep the libraries' progress bars and notes out of the table."""
    warnings.simplefilter("ignore")
    diffusers_logging.disable_progress_bar()
    transformers_logging.disable_progress_bar()
    diffusers_logging.set_verbosity_error()
    transformers_logging.set_verbosity_error()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


def tiny_pipeline() -> FluxPipeline:
    """Return the tiny FLUX of the tests, loaded from disk as a real model is."""
    with tempfile.TemporaryDirectory() as folder:
        pipeline = FluxPipeline.from_pretrained(save_tiny_flux(Path(folder)))
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def as_model(pipeline: FluxPipeline, device: str = "cpu", max_tokens: int = MAX_TOKENS) -> Flux1:
    return Flux1(pipeline, name="tiny", device=torch.device(device), max_tokens=max_tokens)


def png(picture: Bitmap) -> bytes:
    """Return a bitmap as a PNG, as a server does with every picture."""
    buffer = io.BytesIO()
    Image.fromarray(np.asarray(picture)).save(buffer, "PNG")
    return buffer.getvalue()


def call_pipeline(
    pipeline: FluxPipeline, prompts: list[str], seeds: list[int], *, size: int, steps: int, tokens: int = MAX_TOKENS
) -> list[Bitmap]:
    """Call the pipeline as its documentation says; return the pictures."""
    with torch.inference_mode():
        images = pipeline(
            prompt=prompts,
            height=size,
            width=size,
            num_inference_steps=steps,
            guidance_scale=3.5,
            max_sequence_length=tokens,
            generator=[torch.Generator().manual_seed(seed) for seed in seeds],
            output_type="np",
        ).images
    return [(image * 255).round().astype("uint8") for image in images]
