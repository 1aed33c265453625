"""Pixels as a decoder returns them to pictures of eight bits."""

import numpy as np
import torch

from blazon.diffusion.sampling.sequence import Bitmap


def to_bitmap(pixels: torch.Tensor) -> Bitmap:
    """Return pixels (3, h, w) in -1..1 as a bitmap."""
    unit = (pixels.float() / 2 + 0.5).clamp(0, 1)
    return np.asarray((unit * 255).round().to(torch.uint8).permute(1, 2, 0).cpu().numpy())


def to_bitmaps(pixels: torch.Tensor) -> list[Bitmap | None]:
    """Return pixels (n, 3, h, w) as bitmaps; None for each whose numbers are not finite, which would be black."""
    finite = torch.isfinite(pixels).flatten(1).all(dim=1).tolist()
    return [to_bitmap(picture) if good else None for picture, good in zip(pixels, finite, strict=True)]
