import numpy as np
import pytest
import torch
from diffusers import FluxPipeline

from blazon.diffusion.families.flux1 import Flux1
from blazon.diffusion.sampling.bitmaps import to_bitmap
from blazon.diffusion.sampling.previews import PreviewMap


class ColourVae:
    """A VAE whose latents are the mean colours of patches of 8 x 8, mixed: what real ones are close to."""

    device, dtype = torch.device("cpu"), torch.float32
    mix = torch.tensor([[1.0, 0.2, 0.0], [0.1, 1.0, 0.3], [0.0, 0.2, 1.0], [0.5, 0.5, 0.5]])

    def encode(self, pixels: torch.Tensor) -> "ColourVae":
        small = torch.nn.functional.avg_pool2d(pixels, 8)
        self.latents = torch.einsum("lc,nchw->nlhw", self.mix, small)
        return self

    @property
    def latent_dist(self) -> "ColourVae":
        return self

    def mode(self) -> torch.Tensor:
        return self.latents


def test_the_map_finds_the_colours_of_a_vae_that_is_linear_in_them() -> None:
    previews = PreviewMap.fit(lambda pixels: ColourVae().encode(pixels).mode(), ColourVae(), 8)
    colours = torch.rand(1, 3, 4, 6) * 2 - 1
    latents = torch.einsum("lc,nchw->nlhw", ColourVae.mix, colours)
    shown = previews.picture(latents)
    assert shown.shape == (4, 6, 3)
    assert np.abs(shown.astype(int) - to_bitmap(colours[0]).astype(int)).max() <= 2


def test_a_map_is_fitted_on_a_real_vae(dev_pipeline: FluxPipeline) -> None:
    model = Flux1(dev_pipeline, name="tiny", device=torch.device("cpu"), max_tokens=16)
    previews = PreviewMap.fit(model.encode_raw, model.vae, model.vae_scale)
    assert previews.weight.shape == (model.channels, 3)
    assert torch.isfinite(previews.weight).all()
    assert previews.picture(model.unpack(torch.zeros(1, 24, 16), 64, 96)).shape == (8, 12, 3)


@pytest.mark.parametrize(("value", "level"), [(-1.0, 0), (0.0, 128), (1.0, 255), (7.0, 255), (-7.0, 0)])
def test_pixels_become_levels(value: float, level: int) -> None:
    assert (to_bitmap(torch.full((3, 2, 2), value)) == level).all()
