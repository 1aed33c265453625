"""sRGB to OKLab (Björn Ottosson, "A perceptual color space for image processing", 2020), for arrays."""

from functools import cache
from typing import Any, Final

import numpy as np

Pixels = np.ndarray[Any, np.dtype[Any]]

_TO_CONES: Final = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_TO_LAB: Final = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)


def oklab_of(colours: Pixels) -> Pixels:
    """Return colours in OKLab, lightness 0 to 1: of bytes, or of floats where 1 is full."""
    linear = _linear_bytes()[colours] if colours.dtype == np.uint8 else _linearise(colours)
    cones = np.asarray(linear, dtype=np.float32) @ np.array(_TO_CONES, dtype=np.float32).T
    return np.asarray(np.cbrt(cones) @ np.array(_TO_LAB, dtype=np.float32).T)


@cache
def _linear_bytes() -> Pixels:
    return _linearise(np.arange(256) / 255).astype(np.float32)


def _linearise(values: Pixels) -> Pixels:
    clipped = np.clip(values, 0, 1)
    return np.where(clipped <= 0.04045, clipped / 12.92, ((clipped + 0.055) / 1.055) ** 2.4)
