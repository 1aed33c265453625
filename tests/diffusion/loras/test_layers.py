"""A change beside a layer is what the change of its weights would be."""

import pytest
import torch
from torch import nn

from blazon.diffusion.loras.adapters import Adapters
from blazon.diffusion.loras.layers import Kronecker, LowRank


@pytest.mark.parametrize(
    ("kernel", "options"),
    [(1, {}), (3, {"padding": 1}), (3, {"stride": 2, "padding": 1}), (3, {"dilation": 2})],
)
def test_a_convolution_changes_as_with_merged_weights(kernel: int, options: dict[str, int]) -> None:
    torch.manual_seed(0)
    layer = nn.Conv2d(4, 6, kernel, **options)
    down, up = torch.randn(2, 4, kernel, kernel), torch.randn(6, 2)
    change = LowRank(down if kernel > 1 else down.flatten(1), up)
    taken = torch.randn(2, 4, 8, 8)
    plain = layer(taken)
    merged = nn.Conv2d(4, 6, kernel, **options)
    merged.load_state_dict(layer.state_dict())
    with torch.no_grad():
        merged.weight += 0.5 * torch.einsum("or,rihw->oihw", up, down)
    adapters = Adapters(nn.Sequential(layer))
    adapters.add("ink", {"0": (change,)})
    adapters.use((("ink", 0.5),))
    torch.testing.assert_close(layer(taken), merged(taken), atol=1e-5, rtol=1e-5)
    adapters.use(())
    assert torch.equal(layer(taken), plain)


def test_rows_of_a_kronecker_product_can_be_cut() -> None:
    torch.manual_seed(0)
    w1, w2 = torch.randn(3, 2), torch.randn(4, 5)
    rows, layer = ((7, 12), (0, 2)), nn.Linear(10, 7)
    change, taken = Kronecker(w1, w2).cut(rows), torch.randn(2, 3, 10)
    assert change.shape == (7, 10)
    weights = torch.kron(w1, w2)
    expected = taken @ torch.cat([weights[7:12], weights[0:2]]).T
    torch.testing.assert_close(change.add(layer, taken, 2.0), 2 * expected)


def test_several_loras_of_one_layer_add_up_and_float32_stays_wide() -> None:
    torch.manual_seed(0)
    layer = nn.Linear(4, 4).to(torch.bfloat16)
    adapters = Adapters(nn.Sequential(layer))
    ones = LowRank(torch.ones(1, 4), torch.ones(4, 1)).to(torch.device("cpu"), torch.bfloat16)
    adapters.add("a", {"0": (ones,)})
    adapters.add("b", {"0": (ones,)})
    adapters.use((("a", 1.0), ("b", -0.5)))
    taken = torch.ones(1, 4)
    difference = layer(taken.to(torch.bfloat16)).float()
    adapters.use(())
    assert torch.allclose(difference - layer(taken.to(torch.bfloat16)).float(), torch.full((1, 4), 2.0), atol=0.03)
    assert ones.add(layer, taken, 1.0).dtype is torch.float32
