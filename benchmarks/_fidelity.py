"""Fidelity: how far a model that was made faster is from the same model as it was loaded."""

import math
from dataclasses import dataclass

import numpy as np
import torch

from blazon.diffusion.families.base import StepModel
from blazon.diffusion.sampling.sequence import Bitmap, DiffusionRequest, Ticket
from blazon.diffusion.stepping import advance, start_sequence


@dataclass(frozen=True, slots=True)
class Deviation:
    """How far one drawing of a request is from another.

    Args:
        largest, mean: absolute difference of the latents, which are about 1 in size.
        psnr: peak signal-to-noise ratio of the pictures in dB; infinite if they are equal.
    """

    largest: float
    mean: float
    psnr: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """A request as a model drew it.

    Args:
        latents: (1, ...), clean, in float32 on the CPU.
        skipped: for each step whether the step cache skipped it; empty without one.
    """

    latents: torch.Tensor
    picture: Bitmap
    skipped: tuple[bool, ...] = ()


def draw(model: StepModel, request: DiffusionRequest) -> Drawing:
    """Draw one request alone, in the calling thread; nothing else may use the model meanwhile."""
    sequence = start_sequence(model, Ticket(request), model.encode(model.list_prompts(request)))
    while not sequence.done:
        advance(model, [sequence])
    (picture,) = model.decode(sequence.latents, request.height, request.width)
    return Drawing(sequence.latents.float().cpu(), picture, sequence.memory.skipped)


def deviation(reference: Drawing, other: Drawing) -> Deviation:
    """Return how far a drawing is from the reference of the same request."""
    apart = (reference.latents - other.latents).abs()
    square = float(np.mean((reference.picture.astype(np.float64) - other.picture) ** 2))
    psnr = 10 * math.log10(255**2 / square) if square else math.inf
    return Deviation(float(apart.max()), float(apart.mean()), psnr)


def measure_error(model_off: StepModel, model_level: StepModel, request: DiffusionRequest) -> Deviation:
    """Return how far a model at some level of `OPTIMIZE` is from the same weights at `off`."""
    return deviation(draw(model_off, request), draw(model_level, request))
