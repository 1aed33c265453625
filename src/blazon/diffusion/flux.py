"""FLUX in the parts that the step engine calls: encode a prompt, predict a velocity, decode latents."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from blazon.diffusion.buckets import Buckets
from blazon.diffusion.conditioning import Conditioning
from blazon.diffusion.loras import Adapters, Chosen
from blazon.diffusion.precision import WIDE, widen
from blazon.diffusion.sampling import image_ids, unpack
from blazon.diffusion.sequence import Bitmap
from blazon.diffusion.skipping import SkipPolicy


@dataclass(frozen=True, slots=True)
class Batch:
    """What one forward pass of n sequences of one shape reads.

    Args:
        latents: (n, t, c). sigmas, guidance: (n,) in float32. tokens: (n, s, d). pooled: (n, p).
        image_ids: (t, 3). token_ids: (s, 3).
    """

    latents: torch.Tensor
    sigmas: torch.Tensor
    guidance: torch.Tensor
    tokens: torch.Tensor
    pooled: torch.Tensor
    image_ids: torch.Tensor
    token_ids: torch.Tensor

    def rows(self, indices: list[int]) -> "Batch":
        """Return the batch of some of its sequences, in this order; one may come more than once."""
        if indices == list(range(len(self.latents))):
            return self

        def pick(field: torch.Tensor) -> torch.Tensor:
            # Slices, because a list of indices would first have to be copied to the device.
            return torch.cat([field[index : index + 1] for index in indices])

        return replace(
            self,
            latents=pick(self.latents),
            sigmas=pick(self.sigmas),
            guidance=pick(self.guidance),
            tokens=pick(self.tokens),
            pooled=pick(self.pooled),
        )


class FluxModel:
    """The components of a loaded `FluxPipeline`; its `__call__` is never used.

    The transformer and the text encoders belong to the engine's thread, the VAE to the decoder's.
    """

    def __init__(self, pipeline: Any, *, name: str, device: torch.device, max_tokens: int) -> None:
        self.name = name
        self.device = device
        self.scheduler = pipeline.scheduler
        self.transformer = pipeline.transformer
        self.vae = pipeline.vae
        # The precision that latents are kept in. Asked for once: diffusers looks at every module to tell it, which at
        # full size takes 1.7 ms, and a GPU has nothing to do meanwhile.
        self.dtype: torch.dtype = pipeline.transformer.dtype
        # Replaced by what `blazon.diffusion.loras.load_loras` returns, if LoRAs are loaded.
        self.adapters = Adapters(pipeline.transformer)
        # Set by `blazon.diffusion.optimize`.
        self.buckets: Buckets | None = None
        self.skip_policy: SkipPolicy | None = None
        self.pipeline = pipeline
        self._max_tokens = max_tokens

    @property
    def channels(self) -> int:
        """Channels of a latent before packing."""
        return int(self.transformer.config.in_channels) // 4

    @property
    def vae_scale(self) -> int:
        """Pixels of a picture for each pixel of its latent, along one side."""
        return int(2 ** (len(self.vae.config.block_out_channels) - 1))

    @property
    def takes_guidance(self) -> bool:
        return bool(self.transformer.config.guidance_embeds)

    def positions(self, height: int, width: int) -> torch.Tensor:
        return image_ids(height, width, self.vae_scale).to(self.device, self.dtype)

    @torch.inference_mode()
    def encode(self, prompt: str) -> Conditioning:
        """Return the conditioning of a prompt, on the device of the transformer."""
        encoder = self.pipeline.text_encoder_2.device
        tokens, pooled, ids = self.pipeline.encode_prompt(
            prompt=prompt, prompt_2=None, device=encoder, max_sequence_length=self._max_tokens
        )
        return Conditioning(
            tokens.to(self.device, self.dtype), pooled.to(self.device, self.dtype), ids.to(self.device, self.dtype)
        )

    def activate(self, loras: Chosen) -> None:
        """Let exactly these LoRAs take part in the forward passes from now on."""
        self.adapters.use(loras)

    @torch.inference_mode()
    def velocity(self, batch: Batch, *, precise: bool = False) -> torch.Tensor:
        """Return the velocity (n, t, c) of a batch: one forward pass of the transformer.

        Args:
            precise: compute in float32, uncompiled and slowly, whatever the weights are kept in.
        """
        if precise:
            with widen(self.transformer):
                return self._forward(batch, WIDE)
        count = len(batch.latents)
        if self.buckets is not None:
            size = self.buckets.fit(count, (batch.latents.shape[1], batch.tokens.shape[1]))
            batch = batch.rows([min(index, count - 1) for index in range(size)])
        return self._forward(batch, self.dtype)[:count]

    def _forward(self, batch: Batch, dtype: torch.dtype) -> torch.Tensor:
        velocity: torch.Tensor = self.transformer(
            hidden_states=batch.latents.to(dtype),
            timestep=self.timesteps(batch.sigmas, dtype),
            guidance=batch.guidance if self.takes_guidance else None,
            pooled_projections=batch.pooled.to(dtype),
            encoder_hidden_states=batch.tokens.to(dtype),
            txt_ids=batch.token_ids,
            img_ids=batch.image_ids,
            return_dict=False,
        )[0]
        return velocity

    @staticmethod
    def timesteps(sigmas: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
        """Return sigmas (n,) as the transformer's times (n,): rounded as thousandths, as in the pipeline."""
        return (sigmas * 1000).to(dtype) / 1000

    @torch.inference_mode()
    def decode(self, latents: torch.Tensor, height: int, width: int) -> Bitmap:
        """Return the picture of one packed latent (1, t, c)."""
        config = self.vae.config
        spatial = unpack(latents, height, width, self.vae_scale).to(self.vae.dtype)
        spatial = spatial / config.scaling_factor + config.shift_factor
        return to_bitmap(self.vae.decode(spatial, return_dict=False)[0][0])


def to_bitmap(pixels: torch.Tensor) -> Bitmap:
    """Return pixels (3, h, w) in -1..1 as a bitmap."""
    unit = (pixels.float() / 2 + 0.5).clamp(0, 1)
    return np.asarray((unit * 255).round().to(torch.uint8).permute(1, 2, 0).cpu().numpy())
