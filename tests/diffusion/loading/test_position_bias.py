"""A kept position bias changes nothing but the time that a text takes."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
import torch
from _tiny_flux import make_t5
from transformers import UMT5Config, UMT5EncoderModel

from blazon.diffusion.loading.position_bias import keep_position_bias


def count_computations(encoder: Any) -> Callable[[], int]:
    """Let an encoder's first layer count how often it computes its position bias, and return how to ask for that."""
    attention = encoder.encoder.block[0].layer[0].SelfAttention
    compute, lengths = attention.compute_bias, []

    def counting(*asked: object, **options: object) -> torch.Tensor:
        lengths.append(asked)
        bias: torch.Tensor = compute(*asked, **options)
        return bias

    attention.compute_bias = counting
    return lambda: len(lengths)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_kept_bias_is_the_one_that_would_be_computed(dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    usual: Any = make_t5()
    usual.to(dtype).eval()
    kept = copy.deepcopy(usual)
    counted = count_computations(kept)
    keep_position_bias([torch.nn.Linear(2, 2), kept])
    texts = [torch.randint(0, 90, (rows, length)) for rows, length in ((1, 64), (3, 64), (1, 64), (1, 48), (2, 64))]
    masks = [None, None, torch.ones(1, 64, dtype=torch.long).index_fill(1, torch.arange(20, 64), 0), None, None]
    with torch.inference_mode():
        for text, mask in zip(texts, masks, strict=True):
            expected = usual(text, attention_mask=mask).last_hidden_state
            assert torch.equal(kept(text, attention_mask=mask).last_hidden_state, expected)
    assert counted() == 3  # 64, 48 and 64 tokens


def test_an_encoder_whose_layers_have_a_bias_each_keeps_none() -> None:
    encoder = UMT5EncoderModel(UMT5Config(vocab_size=90, d_model=16, d_kv=8, d_ff=16, num_layers=2, num_heads=2))
    before = [vars(layer).get("compute_bias") for layer in encoder.modules()]
    keep_position_bias([encoder])
    assert [vars(layer).get("compute_bias") for layer in encoder.modules()] == before


class OlderAttention(torch.nn.Module):
    """Is asked for its bias with the positions of the tokens, as in older releases of transformers."""

    has_relative_attention_bias = True
    computed = 0

    def compute_bias(self, length: int, *, positions: torch.Tensor) -> torch.Tensor:
        self.computed += 1
        return positions.expand(1, 2, length, len(positions)).clone()


def test_positions_that_come_as_a_tensor_are_compared_by_their_numbers() -> None:
    attention = OlderAttention()
    keep_position_bias([torch.nn.Sequential(attention)])
    for first, computed in ((0, 1), (0, 1), (3, 2), (0, 3)):
        positions = torch.arange(first, first + 4)
        assert torch.equal(attention.compute_bias(4, positions=positions), positions.expand(1, 2, 4, 4))
        assert attention.computed == computed
