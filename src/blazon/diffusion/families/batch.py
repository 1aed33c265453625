"""What one forward pass of several sequences reads."""

from dataclasses import dataclass, replace

import torch

from blazon.diffusion.sampling.conditioning import Conditioning


@dataclass(frozen=True, slots=True)
class Batch:
    """Sequences of one picture size, each with its own noise level, guidance and text.

    Args:
        latents: (n, ...), in the form in which the family keeps them.
        sigmas: (n,) in float32, the share of noise in each.
        times: (n,) in float32, the same as the scheduler tells the transformer, in thousandths.
        guidance: (n,) in float32, the scales that were asked for.
        texts: of each row. negatives: what each row is guided away from by a second row, None if it is not.
        positions: of the image tokens, one for all rows; None where the transformer finds them by itself.
        height, width: of the pictures, in pixels.
    """

    latents: torch.Tensor
    sigmas: torch.Tensor
    times: torch.Tensor
    guidance: torch.Tensor
    texts: tuple[Conditioning, ...]
    negatives: tuple[Conditioning | None, ...]
    positions: torch.Tensor | None
    height: int
    width: int

    def __len__(self) -> int:
        return len(self.latents)

    def take_rows(self, indices: list[int]) -> "Batch":
        """Return the batch of some of its rows, in this order; one may come more than once."""
        if indices == list(range(len(self))):
            return self

        def pick(values: torch.Tensor) -> torch.Tensor:
            # Slices, because a list of indices would first have to be copied to the device.
            return torch.cat([values[index : index + 1] for index in indices])

        return replace(
            self,
            latents=pick(self.latents),
            sigmas=pick(self.sigmas),
            times=pick(self.times),
            guidance=pick(self.guidance),
            texts=tuple(self.texts[index] for index in indices),
            negatives=tuple(self.negatives[index] for index in indices),
        )

    def list_guided(self) -> list[int]:
        """Return which rows are guided by a second row."""
        return [index for index, negative in enumerate(self.negatives) if negative is not None]

    def add_negatives(self) -> "Batch":
        """Return n + g rows: these, and behind them each of the g guided ones once more with its negative text."""
        negatives = tuple(negative for negative in self.negatives if negative is not None)
        if not negatives:
            return self
        rows = self.take_rows([*range(len(self)), *self.list_guided()])
        return replace(rows, texts=self.texts + negatives, negatives=(None,) * len(rows))

    def stack_tokens(self) -> torch.Tensor:
        """Return the text of all rows (n, s, d), where each has the same number of tokens."""
        return torch.cat([text.tokens for text in self.texts])

    def stack_pooled(self) -> torch.Tensor:
        """Return the pooled text of all rows (n, p), where the family has one."""
        return torch.cat([text.pooled for text in self.texts if text.pooled is not None])
