"""Z-Image and Z-Image-Turbo: spatial latents in float32, text of any length from Qwen3, guidance by second rows."""

from collections.abc import Sequence
from typing import Final

import torch

from blazon.diffusion.families.base import StepModel
from blazon.diffusion.families.batch import Batch
from blazon.diffusion.sampling.conditioning import Conditioning
from blazon.diffusion.sampling.flow_matching import PATCH, noise

# Beside the name, their files differ in nothing else: the schedule of Turbo is shifted by 3, that of the base by 6.
_TURBO: Final = "turbo"
_TURBO_SCHEDULE: Final = ("FlowMatchEulerDiscreteScheduler", 3.0)


class ZImage(StepModel):
    """A loaded `ZImagePipeline`. Latents are (n, c, h, w), and stay in float32 between steps.

    Guidance is that of the pipeline's defaults: no norm is kept (`cfg_normalization`), and no step goes without
    (`cfg_truncation`). Turbo was distilled without guidance and gets none, as its page says.
    """

    reads_flow_sigmas = False
    masks_texts = True
    varies_texts = True

    @property
    def takes_guidance(self) -> bool:
        schedule = (type(self.scheduler).__name__, self.scheduler.config.get("shift"))
        return schedule != _TURBO_SCHEDULE and _TURBO not in self.name.lower()

    @property
    def latents_dtype(self) -> torch.dtype:
        return torch.float32

    def count_tokens(self, latents: torch.Tensor) -> int:
        return (latents.shape[-2] // PATCH) * (latents.shape[-1] // PATCH)

    @torch.inference_mode()
    def encode(self, prompts: Sequence[str]) -> list[Conditioning]:
        device = self.pipeline.text_encoder.device
        texts, _ = self.pipeline.encode_prompt(
            list(prompts), device, do_classifier_free_guidance=False, max_sequence_length=self.max_tokens
        )
        return [Conditioning(tokens[None].to(self.device, self.dtype)) for tokens in texts]

    def draw_noise(self, generator: torch.Generator, height: int, width: int) -> torch.Tensor:
        return noise(generator, self.transformer.in_channels, height, width, self.vae_scale)

    def guides(self, scale: float) -> bool:
        return self.takes_guidance and scale > 0

    def guide(self, positive: torch.Tensor, negative: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
        return positive + scales * (positive - negative)

    def forward(self, batch: Batch, dtype: torch.dtype) -> torch.Tensor:
        # Its transformer counts time from noise to picture, and returns the velocity in that direction.
        directions = self.transformer(
            list(batch.latents.to(dtype).unsqueeze(2).unbind()),
            (1000 - batch.times) / 1000,
            [text.tokens[0].to(dtype) for text in batch.texts],
            return_dict=False,
        )[0]
        return -torch.stack([direction.float() for direction in directions]).squeeze(2)

    def unpack(self, latents: torch.Tensor, height: int, width: int) -> torch.Tensor:  # noqa: ARG002
        config = self.vae.config
        raw: torch.Tensor = latents.to(self.vae_dtype) / config.scaling_factor + (config.shift_factor or 0.0)
        return raw
