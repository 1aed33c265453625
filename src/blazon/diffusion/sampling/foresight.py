"""Previews for pipelines that only show their latents after each step: the picture as now foreseen.

In a rectified flow two latents in a row tell the velocity between them, and so where it leads
(compare `sampling.picture_so_far`, which is given the velocity).
"""

from dataclasses import dataclass
from typing import Any

import torch

from blazon.diffusion.sampling.flow_matching import PATCH, unpack
from blazon.diffusion.sampling.previews import PreviewMap
from blazon.diffusion.sampling.sequence import Bitmap


@dataclass(slots=True)
class Foresight:
    """Makes previews of one pipeline's calls, one call after the other. For one thread."""

    pipeline: Any
    _map: PreviewMap | None = None
    _before: torch.Tensor | None = None

    @classmethod
    def of(cls, pipeline: Any) -> "Foresight | None":
        """Return the previews of a pipeline, None if its latents cannot be read: no rectified flow, no plain VAE."""
        from diffusers import AutoencoderKL, FlowMatchEulerDiscreteScheduler

        vae: Any = getattr(pipeline, "vae", None)
        plain = isinstance(vae, AutoencoderKL)
        flow = isinstance(pipeline.scheduler, FlowMatchEulerDiscreteScheduler)
        shown = "latents" in getattr(pipeline, "_callback_tensor_inputs", ())
        return cls(pipeline) if plain and flow and shown else None

    def forget(self) -> None:
        """Begin a new picture."""
        self._before = None

    def picture(self, latents: torch.Tensor, step: int, height: int, width: int) -> Bitmap | None:
        """Return a small picture of what the latents after a step lead to; None after the first one.

        Args:
            latents: packed (1, t, 4 c) as FLUX has them, or spatial (1, c, h, w).
            step: from 0.
            height, width: of the whole picture, in pixels.
        """
        before, self._before = self._before, latents
        sigma, following = (float(value) for value in self.pipeline.scheduler.sigmas[step : step + 2])
        if following == 0:
            return self._shown(latents, height, width)
        if before is None:
            return None
        velocity = (latents.float() - before.float()) / (following - sigma)
        return self._shown(latents.float() - following * velocity, height, width)

    def _shown(self, latents: torch.Tensor, height: int, width: int) -> Bitmap | None:
        vae, scale = self.pipeline.vae, self.pipeline.vae_scale_factor
        config = vae.config
        if latents.ndim == 3 and latents.shape[-1] == PATCH * PATCH * config.latent_channels:
            latents = unpack(latents, height, width, scale)
        if latents.ndim != 4 or latents.shape[1] != config.latent_channels:
            return None
        if self._map is None:
            self._map = PreviewMap.fit(lambda pixels: vae.encode(pixels).latent_dist.mode(), vae, scale)
        return self._map.picture(latents / config.scaling_factor + (config.shift_factor or 0.0))
