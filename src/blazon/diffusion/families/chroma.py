"""Chroma: FLUX.1 without CLIP and without guidance as a number; T5 under a mask, guidance by second rows."""

from collections.abc import Sequence

import torch

from blazon.diffusion.families.batch import Batch
from blazon.diffusion.families.flux1 import Flux1, round_times
from blazon.diffusion.sampling.conditioning import Conditioning


class Chroma(Flux1):
    """A loaded `ChromaPipeline`. Latents are packed (n, t, 4 c)."""

    masks_texts = True
    caches_steps = False
    reads_flow_sigmas = False

    @property
    def takes_guidance(self) -> bool:
        return True

    def guides(self, scale: float) -> bool:
        return scale > 1

    @torch.inference_mode()
    def encode(self, prompts: Sequence[str]) -> list[Conditioning]:
        tokens, ids, mask, *_ = self.pipeline.encode_prompt(
            prompt=list(prompts),
            device=self.pipeline.text_encoder.device,
            do_classifier_free_guidance=False,
            max_sequence_length=self.max_tokens,
        )
        tokens, ids, mask = (part.to(self.device, self.dtype) for part in (tokens, ids, mask))
        return [
            Conditioning(tokens[row : row + 1], token_ids=ids, mask=mask[row : row + 1]) for row in range(len(prompts))
        ]

    def forward(self, batch: Batch, dtype: torch.dtype) -> torch.Tensor:
        # Numbers and not a choice: the transformer adds them to its attention, so that padding has a say.
        mask = torch.cat([text.mask for text in batch.texts if text.mask is not None]).to(dtype)
        velocity: torch.Tensor = self.transformer(
            hidden_states=batch.latents.to(dtype),
            timestep=round_times(batch.times, dtype),
            encoder_hidden_states=batch.stack_tokens().to(dtype),
            txt_ids=batch.texts[0].token_ids,
            img_ids=batch.positions,
            attention_mask=torch.cat([mask, mask.new_ones(batch.latents.shape[:2])], dim=1),
            return_dict=False,
        )[0]
        return velocity
