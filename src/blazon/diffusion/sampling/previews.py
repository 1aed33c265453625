"""Previews: a linear map from latents to colours, fitted on the loaded VAE, for a picture after every step.

Latents of a VAE are close to linear in the colours of the patch that they stand for, so that a
regression over a few pictures gives a recognisable thumbnail at almost no cost and without weights.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import structlog
import torch

from blazon.diffusion.poison import is_poisoned
from blazon.diffusion.sampling.bitmaps import to_bitmap
from blazon.diffusion.sampling.sequence import Bitmap

log = structlog.get_logger(__name__)

_PICTURES: Final = 24
_LATENT_SIDE: Final = 16
_SEED: Final = 20240801


@dataclass(frozen=True, slots=True)
class PreviewMap:
    """Colours (3) of a latent pixel (c): weight (c, 3) and bias (3), for latents as the VAE decodes them."""

    weight: torch.Tensor
    bias: torch.Tensor

    @classmethod
    @torch.inference_mode()
    def fit(cls, encode: Callable[[torch.Tensor], torch.Tensor], vae: Any, scale: int) -> "PreviewMap":
        """Fit the map by least squares on smooth random pictures, encoded by the VAE itself.

        Args:
            encode: returns pixels (n, 3, height, width) in -1..1 as the VAE's latents (n, c, h, w).
            scale: pixels of a picture for each latent pixel, along one side.
        """
        colours = _make_colour_fields(_PICTURES, _LATENT_SIDE * scale).to(vae.device, vae.dtype)
        latents = encode(colours)
        small = torch.nn.functional.interpolate(colours.float(), size=latents.shape[-2:], mode="area")
        inputs = latents.float().permute(0, 2, 3, 1).reshape(-1, latents.shape[1])
        targets = small.permute(0, 2, 3, 1).reshape(-1, 3)
        with_bias = torch.cat([inputs, torch.ones_like(inputs[:, :1])], dim=1).cpu()
        # Solved on the CPU by the normal equations, ridged: it is a few dozen unknowns.
        gram = with_bias.T @ with_bias + 1e-4 * torch.eye(with_bias.shape[1])
        solution = torch.linalg.solve(gram, with_bias.T @ targets.cpu()).to(vae.device)
        return cls(solution[:-1], solution[-1])

    @torch.inference_mode()
    def picture(self, latents: torch.Tensor) -> Bitmap:
        """Return clean latents (1, c, h, w), as the VAE decodes them, as a bitmap of h x w pixels."""
        spatial = latents[0].float().permute(1, 2, 0)
        return to_bitmap((spatial @ self.weight + self.bias).permute(2, 0, 1))


class OptionalPreviews:
    """Lets previews of one model fail without failing pictures. For one thread.

    Previews come with every step, so that only the first failure is logged.
    """

    def __init__(self, model: str) -> None:
        self._model = model
        self._logged = False

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Go on after whatever a preview raises, but for an error after which the process cannot draw at all."""
        try:
            yield
        except Exception as error:
            if is_poisoned(error):
                raise
            if not self._logged:
                self._logged = True
                log.exception("a preview failed; pictures go on without it", model=self._model)


def _make_colour_fields(count: int, side: int) -> torch.Tensor:
    """Return pictures (count, 3, side, side) in -1..1 of soft blobs over the whole range of colours."""
    generator = torch.Generator("cpu").manual_seed(_SEED)
    coarse = torch.rand((count, 3, 4, 4), generator=generator) * 2.6 - 1.3
    return torch.nn.functional.interpolate(coarse, size=(side, side), mode="bicubic", align_corners=True).clamp(-1, 1)
