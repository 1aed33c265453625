"""Qwen-Image: packed latents, text of any length from Qwen2.5-VL, guidance by second rows, a VAE of films."""

from collections.abc import Sequence

import torch
from torch.nn.functional import pad

from blazon.diffusion.families.base import StepModel
from blazon.diffusion.families.batch import Batch
from blazon.diffusion.families.flux1 import round_times
from blazon.diffusion.sampling.conditioning import Conditioning
from blazon.diffusion.sampling.flow_matching import PATCH, noise, pack, unpack


class QwenImage(StepModel):
    """A loaded `QwenImagePipeline`. Latents are packed (n, t, 4 c)."""

    # The pipeline guides only away from a text: this one, on the model's page, stands for none.
    negative_prompt = " "

    reads_flow_sigmas = False
    masks_texts = True
    varies_texts = True

    @property
    def takes_guidance(self) -> bool:
        return True

    @property
    def vae_scale(self) -> int:
        return int(2 ** len(self.vae.temperal_downsample))

    @torch.inference_mode()
    def encode(self, prompts: Sequence[str]) -> list[Conditioning]:
        tokens, mask = self.pipeline.encode_prompt(
            list(prompts), self.pipeline.text_encoder.device, max_sequence_length=self.max_tokens
        )
        lengths = [tokens.shape[1]] * len(prompts) if mask is None else mask.sum(dim=1).tolist()
        return [
            Conditioning(tokens[row : row + 1, :length].to(self.device, self.dtype))
            for row, length in enumerate(lengths)
        ]

    def draw_noise(self, generator: torch.Generator, height: int, width: int) -> torch.Tensor:
        channels = int(self.transformer.config.in_channels) // PATCH**2
        return pack(noise(generator, channels, height, width, self.vae_scale))

    def guides(self, scale: float) -> bool:
        return scale > 1

    def guide(self, positive: torch.Tensor, negative: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
        """Return the guided velocity, each token of it as long as without guidance."""
        guided = negative + scales * (positive - negative)
        length: torch.Tensor = torch.linalg.vector_norm(positive, dim=-1, keepdim=True)
        reached: torch.Tensor = torch.linalg.vector_norm(guided, dim=-1, keepdim=True)
        return guided * (length / reached)

    def forward(self, batch: Batch, dtype: torch.dtype) -> torch.Tensor:
        tokens, mask = pad_texts(batch.texts)
        patch = self.vae_scale * PATCH
        velocity: torch.Tensor = self.transformer(
            hidden_states=batch.latents.to(dtype),
            timestep=round_times(batch.times, dtype),
            encoder_hidden_states=tokens.to(dtype),
            encoder_hidden_states_mask=mask,
            img_shapes=[[(1, batch.height // patch, batch.width // patch)]] * len(batch),
            return_dict=False,
        )[0]
        return velocity

    def unpack(self, latents: torch.Tensor, height: int, width: int) -> torch.Tensor:
        spatial = unpack(latents, height, width, self.vae_scale).to(self.vae_dtype)
        mean, deviation = (
            torch.tensor(numbers, dtype=spatial.dtype, device=spatial.device).view(1, -1, 1, 1)
            for numbers in (self.vae.config.latents_mean, self.vae.config.latents_std)
        )
        return spatial * deviation + mean

    def decode_raw(self, raw: torch.Tensor) -> torch.Tensor:
        # A picture is a film of one frame.
        return super().decode_raw(raw.unsqueeze(2))[:, :, 0]

    def encode_raw(self, pixels: torch.Tensor) -> torch.Tensor:
        return super().encode_raw(pixels.unsqueeze(2))[:, :, 0]


def pad_texts(texts: Sequence[Conditioning]) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Return texts of any length as one tensor (n, s, d), and where there are tokens (n, s); None if everywhere."""
    lengths = [text.tokens.shape[1] for text in texts]
    longest = max(lengths)
    if min(lengths) == longest:
        return torch.cat([text.tokens for text in texts]), None
    # Filled on the device: a mask made from numbers of the host would have to be copied there in every step.
    ones = [text.tokens.new_ones((1, length), dtype=torch.bool) for text, length in zip(texts, lengths, strict=True)]
    mask = torch.cat([pad(row, (0, longest - row.shape[1])) for row in ones])
    return torch.cat([pad(text.tokens, (0, 0, 0, longest - text.tokens.shape[1])) for text in texts]), mask
