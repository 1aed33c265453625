"""FLUX.1 (dev, schnell, Krea): packed latents, CLIP and T5, guidance as a number that the transformer reads."""

from collections.abc import Sequence
from typing import Any

import torch

from blazon.diffusion.families.base import StepModel
from blazon.diffusion.families.batch import Batch
from blazon.diffusion.sampling.conditioning import Conditioning
from blazon.diffusion.sampling.flow_matching import image_ids, noise, pack, unpack


class Flux1(StepModel):
    """A loaded `FluxPipeline`. Latents are packed (n, t, 4 c)."""

    fuses_projections = True
    caches_steps = True

    @property
    def channels(self) -> int:
        """Channels of a latent before packing."""
        return int(self.transformer.config.in_channels) // 4

    @property
    def takes_guidance(self) -> bool:
        return bool(self.transformer.config.guidance_embeds)

    def positions(self, height: int, width: int) -> torch.Tensor:
        return image_ids(height, width, self.vae_scale).to(self.device, self.dtype)

    @torch.inference_mode()
    def encode(self, prompts: Sequence[str]) -> list[Conditioning]:
        # As `encode_prompt` of the pipeline does it, without its second look at every text, which is for a warning.
        clip, t5 = self.pipeline.text_encoder, self.pipeline.text_encoder_2
        pooled = clip(_tokenize(self.pipeline.tokenizer, prompts).to(clip.device)).pooler_output
        tokens = t5(_tokenize(self.pipeline.tokenizer_2, prompts, self.max_tokens).to(t5.device))[0]
        pooled, tokens = (part.to(self.device, self.dtype) for part in (pooled, tokens))
        ids = torch.zeros(tokens.shape[1], 3, device=self.device, dtype=self.dtype)
        return [
            Conditioning(tokens[row : row + 1], pooled[row : row + 1], token_ids=ids) for row in range(len(prompts))
        ]

    def draw_noise(self, generator: torch.Generator, height: int, width: int) -> torch.Tensor:
        return pack(noise(generator, self.channels, height, width, self.vae_scale))

    def forward(self, batch: Batch, dtype: torch.dtype) -> torch.Tensor:
        velocity: torch.Tensor = self.transformer(
            hidden_states=batch.latents.to(dtype),
            timestep=round_times(batch.times, dtype),
            guidance=batch.guidance if self.takes_guidance else None,
            pooled_projections=batch.stack_pooled().to(dtype),
            encoder_hidden_states=batch.stack_tokens().to(dtype),
            txt_ids=batch.texts[0].token_ids,
            img_ids=batch.positions,
            return_dict=False,
        )[0]
        return velocity

    def unpack(self, latents: torch.Tensor, height: int, width: int) -> torch.Tensor:
        config = self.vae.config
        spatial = unpack(latents, height, width, self.vae_scale).to(self.vae_dtype)
        raw: torch.Tensor = spatial / config.scaling_factor + (config.shift_factor or 0.0)
        return raw


def _tokenize(tokenizer: Any, prompts: Sequence[str], most: int | None = None) -> torch.Tensor:
    """Return the numbers of the tokens of each prompt (n, most), cut and filled up; of all that are read, if None."""
    most = most or tokenizer.model_max_length
    found = tokenizer(list(prompts), padding="max_length", max_length=most, truncation=True, return_tensors="pt")
    ids: torch.Tensor = found.input_ids
    return ids


def round_times(times: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """Return times (n,) in thousandths as the transformer reads them (n,): rounded before they are divided."""
    return times.to(dtype) / 1000
