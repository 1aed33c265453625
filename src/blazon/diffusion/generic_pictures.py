"""What the call of a pipeline returns, as the bitmap that a request asks for."""

from typing import Any, Final

import numpy as np
from PIL import Image, ImageOps

from blazon.diffusion.sampling.sequence import Bitmap, DiffusionRequest
from blazon.errors import GenerationFailed

NOT_FINITE: Final = (
    "the model returned numbers that are not finite; a wider precision helps (USE_FP16=false on GPUs without bf16)"
)


def find_picture(output: Any) -> Any:
    """Return the picture in what a pipeline's call returns.

    Raises:
        GenerationFailed: there is none in it.
    """
    pictures = getattr(output, "images", None)
    pictures = getattr(output, "image", None) if pictures is None else pictures  # as Kandinsky 5 calls it
    if pictures is None:
        raise GenerationFailed(f"the model returns a {type(output).__name__} and no picture")
    return pictures[0]


def to_finite_bitmap(picture: Any) -> Bitmap:
    """Return a picture (h, w, 3), or (h, w, 4) with its opacity, of numbers in 0..1 as a bitmap on white paper.

    Raises:
        GenerationFailed: not every number is finite, so that the bitmap would be black.
    """
    pixels = np.asarray(picture, dtype=np.float32)
    if not np.isfinite(pixels).all():
        raise GenerationFailed(NOT_FINITE)
    if pixels.shape[-1] == 4:  # as of Qwen-Image 2.1; what is cut out is so later, in one way for all models
        pixels = 1 - pixels[..., 3:] * (1 - pixels[..., :3])
    return np.asarray((pixels * 255).round().clip(0, 255), dtype=np.uint8)


def fit_picture(picture: Bitmap, request: DiffusionRequest) -> Bitmap:
    """Return a picture in the size that is asked for: some pipelines know a few sizes and draw the nearest of them.

    Raises:
        GenerationFailed: it is smaller than that.
    """
    height, width, _ = picture.shape
    if (width, height) == (request.width, request.height):
        return picture
    if width < request.width or height < request.height:
        asked = f"{request.width} x {request.height}"
        raise GenerationFailed(f"the model draws {width} x {height} pixels where {asked} are asked for")
    fitted = ImageOps.fit(Image.fromarray(picture), (request.width, request.height), Image.Resampling.LANCZOS)
    return np.asarray(fitted)
