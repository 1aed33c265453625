"""Offload: parts of a model that wait in host memory until their turn on the GPU comes.

The VAE is never moved: it belongs to the decoder's thread, which works beside the engine's, and the
usual chain of diffusers would take the transformer away from under a running step.
"""

from typing import Any

import torch


def offload_model(pipeline: Any, device: torch.device) -> None:
    """Let the large text encoder and the transformer take turns on the device; each comes when it is called."""
    from accelerate import cpu_offload_with_hook  # type: ignore[import-untyped]

    cpu_offload_with_hook(pipeline.text_encoder, device)
    _, encoder = cpu_offload_with_hook(pipeline.text_encoder_2, device)
    _, transformer = cpu_offload_with_hook(pipeline.transformer, device, prev_module_hook=encoder)
    # The chain goes round: a new prompt may come at any time.
    encoder.hook.prev_module_hook = transformer


def offload_sequentially(pipeline: Any, device: torch.device) -> None:
    """Fetch each layer of the transformer to the device for its own work alone: slow, but needs hardly any memory."""
    from accelerate import cpu_offload

    cpu_offload(pipeline.transformer, execution_device=device)
