"""ERNIE-Image and its Turbo: latents of patches on their grid, text of any length from Ministral, the VAE of FLUX.2."""

from collections.abc import Sequence
from typing import Final

import torch

from blazon.diffusion.families.base import StepModel
from blazon.diffusion.families.batch import Batch
from blazon.diffusion.families.qwen_image import pad_texts
from blazon.diffusion.sampling.conditioning import Conditioning
from blazon.diffusion.sampling.flow_matching import PATCH

# Of the statistics that normalise latents; the pipeline does not read it from the VAE's configuration either.
_EPSILON: Final = 1e-5


class ErnieImage(StepModel):
    """A loaded `ErnieImagePipeline`. Latents are (n, 4 c, h, w), a patch of four for each place.

    Prompts are drawn as they are: the language model that rewrites them (`use_pe`) would do so differently each time.
    """

    masks_texts = True
    varies_texts = True
    reads_flow_sigmas = False

    @property
    def takes_guidance(self) -> bool:
        return True

    def count_tokens(self, latents: torch.Tensor) -> int:
        return latents.shape[-2] * latents.shape[-1]

    def shift(self, tokens: int, steps: int) -> None:
        """Return nothing: the pipeline has no schedule that depends on the size of the picture, and refuses one."""

    @torch.inference_mode()
    def encode(self, prompts: Sequence[str]) -> list[Conditioning]:
        texts = self.pipeline.encode_prompt(list(prompts), self.pipeline.text_encoder.device)
        return [Conditioning(tokens[None].to(self.device, self.dtype)) for tokens in texts]

    def draw_noise(self, generator: torch.Generator, height: int, width: int) -> torch.Tensor:
        side = self.vae_scale * PATCH
        shape = (1, int(self.transformer.config.in_channels), height // side, width // side)
        return torch.randn(shape, generator=generator, dtype=torch.float32)

    def guides(self, scale: float) -> bool:
        return scale > 1

    def forward(self, batch: Batch, dtype: torch.dtype) -> torch.Tensor:
        tokens, _ = pad_texts(batch.texts)
        # Filled on the device: numbers of the host would have to be copied there in every step.
        lengths = torch.cat([tokens.new_full((1,), text.tokens.shape[1], dtype=torch.long) for text in batch.texts])
        velocity: torch.Tensor = self.transformer(
            hidden_states=batch.latents.to(dtype),
            timestep=batch.times.to(dtype),
            text_bth=tokens.to(dtype),
            text_lens=lengths,
            return_dict=False,
        )[0]
        return velocity

    def unpack(self, latents: torch.Tensor, height: int, width: int) -> torch.Tensor:
        deviation = torch.sqrt(self.vae.bn.running_var + _EPSILON).to(latents).view(1, -1, 1, 1)
        mean = self.vae.bn.running_mean.to(latents).view(1, -1, 1, 1)
        # In each patch the channel comes first, then the row and the column in it: the order of `pixel_shuffle`.
        spatial = torch.nn.functional.pixel_shuffle(latents * deviation + mean, PATCH)
        return spatial[..., : height // self.vae_scale, : width // self.vae_scale]
