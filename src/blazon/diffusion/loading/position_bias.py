"""The position bias of T5, kept from one text to the next.

The first layer adds a number to each pair of tokens that follows from their distance alone, and hands it to all others
(C. Raffel et al., "Exploring the Limits of Transfer Learning", 2020, section 2.1). On a CPU it takes as long as some
layers; since prompts are padded to one length, it is the same for all.
"""

from collections.abc import Callable, Iterable
from typing import Any

import torch


def keep_position_bias(encoders: Iterable[torch.nn.Module]) -> None:
    """Let each encoder that has one position bias for all of its layers compute it once for texts of one length.

    For encoders that stay on one device. For 512 tokens and 64 heads it takes 64 MB in float32. Those whose 24 layers
    have one each, as UMT5's, are left alone.
    """
    for encoder in encoders:
        biased: list[Any] = [
            layer for layer in encoder.modules() if getattr(layer, "has_relative_attention_bias", False)
        ]
        if len(biased) == 1 and hasattr(biased[0], "compute_bias"):
            biased[0].compute_bias = _KeptBias(biased[0].compute_bias)


class _KeptBias:
    """Computes what it is asked for, unless it was asked for the same the last time."""

    def __init__(self, compute: Callable[..., torch.Tensor]) -> None:
        self._compute = compute
        self._last: tuple[dict[object, object], torch.Tensor] | None = None

    def __call__(self, *lengths: Any, **options: Any) -> torch.Tensor:
        asked = {name: _compare_by(value) for name, value in (*enumerate(lengths), *options.items())}
        last = self._last
        if last is None or last[0] != asked:
            # Contiguous, as every layer reads it: transposed it would be copied each time.
            last = self._last = (asked, self._compute(*lengths, **options).contiguous())
        return last[1]


def _compare_by(value: object) -> object:
    """Return what two arguments are compared by: older releases of transformers hand over a tensor."""
    return value.tolist() if isinstance(value, torch.Tensor) else value
