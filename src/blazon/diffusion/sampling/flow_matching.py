"""The sampling of FLUX as pure functions, in the order in which a picture goes through them.

Shapes: a latent of a picture of H x W pixels has C channels of h x w = H/8 x W/8; packed it is a row
of h/2 * w/2 tokens of 4 C numbers each. FLUX is a rectified flow: the model predicts the velocity from
the picture to the noise, and sampling follows it back with Euler steps (X. Liu et al., "Flow
Straight and Fast", 2022).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import torch

PATCH: Final = 2
# The least common multiple of pixels: the VAE halves the picture three times, packing once more.
MULTIPLE: Final = 16


def render_size(size: int, smallest: int, largest: int) -> int:
    """Return the side in pixels at which a square of `size` is rendered: a multiple of 16 within the model's range.

    A smaller picture is rendered larger and resampled, because the model draws mush below its
    training range; a larger one is rendered at the largest side.
    """
    nearest = math.ceil(size / MULTIPLE) * MULTIPLE
    low, high = math.ceil(smallest / MULTIPLE) * MULTIPLE, largest // MULTIPLE * MULTIPLE
    return max(low, min(nearest, high))


def render_sides(width: int, height: int, smallest: int, largest: int) -> tuple[int, int]:
    """Return the sides at which a picture is rendered: the longer by `render_size`, the other in proportion."""
    longer = max(width, height)
    side = render_size(longer, smallest, largest)

    def rendered(part: int) -> int:
        return max(MULTIPLE, round(side * part / longer / MULTIPLE) * MULTIPLE)

    return rendered(width), rendered(height)


def noise(generator: torch.Generator, channels: int, height: int, width: int, scale: int = 8) -> torch.Tensor:
    """Return initial noise (1, channels, height/scale, width/scale), in float32 on the CPU.

    A CPU generator gives the same numbers whatever the device that samples.
    """
    shape = (1, channels, PATCH * (height // (scale * PATCH)), PATCH * (width // (scale * PATCH)))
    return torch.randn(shape, generator=generator, dtype=torch.float32)


def pack(latents: torch.Tensor) -> torch.Tensor:
    """Return latents (n, c, h, w) as tokens (n, h/2 * w/2, 4 c): each 2 x 2 patch becomes one token."""
    n, c, h, w = latents.shape
    patches = latents.view(n, c, h // PATCH, PATCH, w // PATCH, PATCH).permute(0, 2, 4, 1, 3, 5)
    return patches.reshape(n, (h // PATCH) * (w // PATCH), c * PATCH * PATCH)


def unpack(tokens: torch.Tensor, height: int, width: int, scale: int = 8) -> torch.Tensor:
    """Return tokens (n, h/2 * w/2, 4 c) as latents (n, c, h, w) of a picture of `height` x `width` pixels."""
    n, _, c = tokens.shape
    h, w = height // (scale * PATCH), width // (scale * PATCH)
    patches = tokens.view(n, h, w, c // (PATCH * PATCH), PATCH, PATCH).permute(0, 3, 1, 4, 2, 5)
    return patches.reshape(n, c // (PATCH * PATCH), h * PATCH, w * PATCH)


def image_ids(height: int, width: int, scale: int = 8) -> torch.Tensor:
    """Return the position (0, row, column) of every token (h/2 * w/2, 3), from which its rotary embedding follows."""
    h, w = height // (scale * PATCH), width // (scale * PATCH)
    ids = torch.zeros(h, w, 3)
    ids[..., 1] += torch.arange(h)[:, None]
    ids[..., 2] += torch.arange(w)[None, :]
    return ids.reshape(h * w, 3)


def shift_of(tokens: int, config: Mapping[str, Any]) -> float:
    """Return mu, by which the schedule of a picture of so many tokens leans towards noise.

    Linear between the two sizes in the scheduler's configuration; larger pictures need more noise
    (P. Esser et al., "Scaling Rectified Flow Transformers", 2024, section 5.3.2).
    """
    low, high = config.get("base_image_seq_len", 256), config.get("max_image_seq_len", 4096)
    base, most = config.get("base_shift", 0.5), config.get("max_shift", 1.15)
    return float(base + (most - base) * (tokens - low) / (high - low))


@dataclass(frozen=True, slots=True)
class Schedule:
    """The steps of a request.

    Args:
        sigmas: (n + 1,) in float32, the share of noise before each of n passes, and behind the last.
        times: (n,) in float32, what the transformer is told at each pass, in thousandths.
        clean: the sigma at which there is no noise.
    """

    sigmas: torch.Tensor
    times: torch.Tensor
    clean: float = 0.0

    def to(self, device: torch.device) -> "Schedule":
        return replace(self, sigmas=self.sigmas.to(device), times=self.times.to(device))


def set_steps(scheduler: Any, steps: int, mu: float | None, *, own_sigmas: bool = False) -> Any:
    """Return a copy of a scheduler of diffusers, set to the steps of a request as pipelines of flow models do it.

    Args:
        mu: by which the schedule leans towards noise, if it does.
        own_sigmas: let the scheduler choose its sigmas; else they fall evenly from 1.
    """
    # `shift_terminal` stretches a schedule by the distance between its ends, which a single step has not.
    unstretched = {"shift_terminal": None} if steps == 1 and scheduler.config.get("shift_terminal") else {}
    own = type(scheduler).from_config(scheduler.config, **unstretched)
    if own_sigmas:
        own.set_timesteps(steps, mu=mu)
    else:
        own.set_timesteps(sigmas=np.linspace(1.0, 1 / steps, steps), mu=mu)
    own.set_begin_index(0)
    return own


def read_schedule(scheduler: Any) -> Schedule:
    """Return the schedule of a scheduler that is set to its steps."""
    times = torch.as_tensor(scheduler.timesteps).float()
    sigmas = torch.as_tensor(scheduler.sigmas, dtype=torch.float32)
    if len(sigmas) <= len(times):
        raise ValueError("it has fewer sigmas than steps")
    return Schedule(sigmas, times, clean=float(bool(scheduler.config.get("invert_sigmas"))))


def euler(latents: torch.Tensor, velocity: torch.Tensor, sigma: torch.Tensor, following: torch.Tensor) -> torch.Tensor:
    """Advance each of n latents (n, ...) from its own sigma (n,) to its own next one, computed in float32."""
    step = _spread(following - sigma, latents)
    return (latents.float() + step * velocity).to(velocity.dtype)


def picture_so_far(
    latents: torch.Tensor, velocity: torch.Tensor, sigma: torch.Tensor, clean: float = 0.0
) -> torch.Tensor:
    """Return what the latents would become if the velocity stayed as it is: the clean picture as now foreseen.

    Args:
        clean: the sigma at which there is no noise.
    """
    return latents.float() + _spread(clean - sigma, latents) * velocity.float()


def _spread(values: torch.Tensor, latents: torch.Tensor) -> torch.Tensor:
    """Return one value for each of n latents (n,) in a shape that is multiplied with them (n, 1, ...)."""
    return values.view(-1, *(1,) * (latents.ndim - 1))
