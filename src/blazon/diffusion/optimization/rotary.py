"""Rotary embeddings, kept from one forward pass to the next.

They follow from the positions of the tokens alone, so from the size of a picture and the length of its text (J. Su et
al., "RoFormer: Enhanced Transformer with Rotary Position Embedding", 2021, section 3.2). On a CPU a pass of a small
picture asks for an eighth of its operators to compute them again.
"""

import inspect
from typing import Final

from blazon.diffusion.families.base import StepModel
from blazon.diffusion.kept_results import KeptResults
from blazon.diffusion.optimization.measures import NotPossible

# Sizes and lengths of text. For a picture of 1024 x 1024 and 512 tokens of text, FLUX.1 has 4.7 MB of them.
_MOST: Final = 8


def keep_rotary_embeddings(model: StepModel) -> str:
    """Let the transformer compute its rotary embeddings once for tokens at the same positions.

    Raises:
        NotPossible: on another device, which would wait for positions to be compared; or it finds them in another way.
    """
    if model.device.type != "cpu":
        raise NotPossible("only on a CPU")
    embedding = getattr(model.transformer, "pos_embed", None)
    if embedding is None or list(inspect.signature(embedding.forward).parameters) != ["ids"]:
        raise NotPossible(f"{type(model.transformer).__name__} computes them from something else than positions")
    if any(True for _ in (*embedding.parameters(), *embedding.buffers())):
        raise NotPossible("they have weights")
    embedding.forward = KeptResults(embedding.forward, _MOST)
    return "kept rotary embeddings"
