"""Text conditioning: prompts to embeddings, each prompt encoded once while it is remembered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from cachetools import LRUCache


@dataclass(frozen=True, slots=True)
class Conditioning:
    """What the transformer needs to know of a prompt. Each family fills in what its transformer reads.

    Args:
        tokens: (1, n, d), one for each position; without padding, where the family has texts of any length.
        pooled: (1, p), for the whole prompt.
        token_ids: (n, k), positions of the text.
        mask: (1, n), what the transformer makes its attention mask of, where it wants one for padded texts.
    """

    tokens: torch.Tensor
    pooled: torch.Tensor | None = None
    token_ids: torch.Tensor | None = None
    mask: torch.Tensor | None = None


class ConditioningCache:
    """The last `capacity` conditionings, least recently used first out. For one thread.

    A conditioning of FLUX takes 4 MB (512 tokens of 4096 bf16 numbers).
    """

    def __init__(self, encode: Callable[[Sequence[str]], list[Conditioning]], capacity: int) -> None:
        self._encode = encode
        self._known: LRUCache[str, Conditioning] = LRUCache(capacity)
        self.hits = 0
        self.misses = 0

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, prompt: str) -> bool:
        return prompt in self._known

    def get(self, prompt: str) -> Conditioning:
        """Return the conditioning of a prompt, encoding it if it is not remembered."""
        known = self._known.get(prompt)
        if known is not None:
            self.hits += 1
            return known
        self.misses += 1
        (conditioning,) = self._encode([prompt])
        if self._known.maxsize > 0:
            self._known[prompt] = conditioning
        return conditioning

    def remember(self, prompts: Sequence[str], together: int) -> None:
        """Encode prompts that are not remembered, up to `together` in one call; as many as there is room for."""
        unknown = [prompt for prompt in dict.fromkeys(prompts) if prompt not in self._known]
        unknown = unknown[: int(self._known.maxsize)]
        for first in range(0, len(unknown), together):
            batch = unknown[first : first + together]
            self.misses += len(batch)
            for prompt, conditioning in zip(batch, self._encode(batch), strict=True):
                self._known[prompt] = conditioning
