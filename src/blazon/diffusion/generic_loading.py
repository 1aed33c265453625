"""Loading a pipeline of any family for the generic engine, as diffusers loads it."""

from typing import Any

import torch

from blazon.diffusion.devices import choose_half_precision
from blazon.diffusion.inspection import ModelInfo
from blazon.diffusion.load_errors import explain_load_errors
from blazon.diffusion.loading import ProgressCallback, fetch_model


def load_pipeline(
    info: ModelInfo, device: torch.device, *, half: bool = True, on_progress: ProgressCallback | None = None
) -> Any:
    """Return the pipeline of a model on its device, fetching it first if it is not here.

    Raises:
        ModelUnavailable: it cannot be loaded, one line says why.
    """
    from diffusers import DiffusionPipeline

    folder = fetch_model(info, on_progress)
    precision = choose_half_precision(device) if half else torch.float32
    with explain_load_errors(info.name, device):
        pipeline: Any = DiffusionPipeline.from_pretrained(
            folder, dtype=precision, use_safetensors=True, local_files_only=True, trust_remote_code=False
        )
        return pipeline.to(device)
