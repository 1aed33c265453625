"""The models that `make gpu` builds: as large as the published ones, of the same layers, and as much work."""

import pytest
import torch
from _full_size import KINDS, count_flops, make_model
from measure_gpu import KINDS as MEASURED

from blazon.diffusion.memory.known_sizes import SIZES

NOWHERE = torch.device("meta")
PUBLISHED = {
    "dev": "black-forest-labs/FLUX.1-dev",
    "schnell": "black-forest-labs/FLUX.1-schnell",
    "klein": "black-forest-labs/FLUX.2-klein-4B",
    "z-image-turbo": "Tongyi-MAI/Z-Image-Turbo",
}


def count(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize("kind", MEASURED)
def test_a_model_is_as_large_as_the_published_one_and_takes_its_texts(kind: str) -> None:
    assert list(MEASURED) == list(KINDS)
    model, size = make_model(kind, NOWHERE), SIZES[PUBLISHED[kind]]
    assert count(model.transformer) == size.transformer.parameters
    assert count(model.vae) == size.vae.parameters
    assert count_flops(model, 1024) > 0
