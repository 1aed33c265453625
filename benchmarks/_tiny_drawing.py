"""Loads tiny models as a plan says, and draws with them by their own call."""

import warnings
from pathlib import Path

import torch
from diffusers import DiffusionPipeline

from blazon.diffusion.catalogue.inspection import ModelSource, inspect_model
from blazon.diffusion.loading.pipelines import load_pipeline
from blazon.diffusion.memory.footprint import Form
from blazon.diffusion.memory.plan import MemoryPlan

CPU = torch.device("cpu")
PLAIN = Form("cpu", "float32")


def load(path: Path, form: Form = PLAIN) -> DiffusionPipeline:
    """Return a model kept as a form says, on the CPU."""
    pipeline = load_pipeline(inspect_model(ModelSource(path)), MemoryPlan("tiny", form, 1, 0, 0), CPU)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def draw(pipeline: DiffusionPipeline) -> torch.Tensor:
    """Return a picture (64, 64, 3) of numbers in 0..1: two steps from a seed."""
    with warnings.catch_warnings():
        # ERNIE-Image hands a tensor to numpy in a way that is to end.
        warnings.simplefilter("ignore", DeprecationWarning)
        picture = pipeline(
            prompt="a fox",
            height=64,
            width=64,
            num_inference_steps=2,
            generator=torch.Generator().manual_seed(4),
            output_type="np",
        ).images[0]
    return torch.from_numpy(picture)
