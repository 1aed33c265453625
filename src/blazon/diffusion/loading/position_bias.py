"""The position bias of T5, kept from one text to the next.

The first layer adds a number to each pair of tokens that follows from their distance alone, and hands it to all others
(C. Raffel et al., "Exploring the Limits of Transfer Learning", 2020, section 2.1). On a CPU it takes as long as some
layers; since prompts are padded to one length, it is the same for all.
"""

from collections.abc import Iterable
from typing import Any

import torch

from blazon.diffusion.kept_results import KeptResults


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
            biased[0].compute_bias = KeptResults(biased[0].compute_bias)
