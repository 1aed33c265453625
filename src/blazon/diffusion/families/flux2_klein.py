"""FLUX.2 klein (4B and 9B, distilled and base): patchified latents, Qwen3, guidance of the base models by a second row.

Positions have four columns: time, row, column, and place in the text.
"""

from collections.abc import Sequence

import torch

from blazon.diffusion.families.base import StepModel
from blazon.diffusion.families.batch import Batch
from blazon.diffusion.families.flux1 import round_times
from blazon.diffusion.sampling.conditioning import Conditioning
from blazon.diffusion.sampling.flow_matching import PATCH


class Flux2Klein(StepModel):
    """A loaded `Flux2KleinPipeline`. Latents are rows of patches (n, t, 4 c), normalised for each number of a patch."""

    fuses_projections = True

    @property
    def takes_guidance(self) -> bool:
        return not self.pipeline.config.is_distilled

    def guides(self, scale: float) -> bool:
        return self.takes_guidance and scale > 1

    def shift(self, tokens: int, steps: int) -> float:
        from diffusers.pipelines.flux2.pipeline_flux2_klein import compute_empirical_mu

        return float(compute_empirical_mu(tokens, steps))

    def positions(self, height: int, width: int) -> torch.Tensor:
        rows, columns = self._count_patches(height, width)
        ids = torch.zeros(rows, columns, 4)
        ids[..., 1] += torch.arange(rows)[:, None]
        ids[..., 2] += torch.arange(columns)[None, :]
        return ids.reshape(rows * columns, 4).to(self.device)

    @torch.inference_mode()
    def encode(self, prompts: Sequence[str]) -> list[Conditioning]:
        encoder = self.pipeline.text_encoder.device
        tokens, ids = self.pipeline.encode_prompt(
            prompt=list(prompts), device=encoder, max_sequence_length=self.max_tokens
        )
        tokens, ids = tokens.to(self.device, self.dtype), ids[0].to(self.device)
        return [Conditioning(tokens[row : row + 1], token_ids=ids) for row in range(len(prompts))]

    def draw_noise(self, generator: torch.Generator, height: int, width: int) -> torch.Tensor:
        shape = (1, int(self.transformer.config.in_channels), *self._count_patches(height, width))
        return torch.randn(shape, generator=generator, dtype=torch.float32).flatten(2).transpose(1, 2)

    def forward(self, batch: Batch, dtype: torch.dtype) -> torch.Tensor:
        velocity: torch.Tensor = self.transformer(
            hidden_states=batch.latents.to(dtype),
            timestep=round_times(batch.times, dtype),
            guidance=None,
            encoder_hidden_states=batch.stack_tokens().to(dtype),
            txt_ids=batch.texts[0].token_ids,
            img_ids=batch.positions,
            return_dict=False,
        )[0]
        return velocity

    def unpack(self, latents: torch.Tensor, height: int, width: int) -> torch.Tensor:
        rows, columns = self._count_patches(height, width)
        statistics = self.vae.bn
        deviation = torch.sqrt(statistics.running_var + self.vae.config.batch_norm_eps)
        patches: torch.Tensor = latents * deviation.to(latents) + statistics.running_mean.to(latents)
        spatial: torch.Tensor = patches.view(len(latents), rows, columns, -1, PATCH, PATCH).permute(0, 3, 1, 4, 2, 5)
        return spatial.reshape(len(latents), -1, rows * PATCH, columns * PATCH)

    def _count_patches(self, height: int, width: int) -> tuple[int, int]:
        side = self.vae_scale * PATCH
        return height // side, width // side
