"""Where the parts of a pipeline compute and wait: on the device, in host memory, or there until their turn comes.

The VAE is never moved: it may belong to a thread of its own, which decodes beside the steps. The chain of diffusers
(`enable_model_cpu_offload`) would also take the denoiser away from under a running step.
"""

from collections.abc import Iterable
from typing import Any

import torch

HOST = torch.device("cpu")


def offload_model(encoders: Iterable[Any], denoisers: Iterable[Any], device: torch.device) -> None:
    """Let the text encoders and what denoises take turns on the device: who is called comes, and the others go."""
    readers, drawers = list(encoders), list(denoisers)
    _come_when_called(readers, drawers, device)
    _come_when_called(drawers, readers, device)


def offload_sequentially(denoisers: Iterable[Any], device: torch.device) -> None:
    """Fetch each layer of what denoises to the device for its own work alone: slow, but needs hardly any memory."""
    from accelerate import cpu_offload  # type: ignore[import-untyped]

    for model in denoisers:
        cpu_offload(model, execution_device=device)


def compute_on_host(encoders: Iterable[Any], device: torch.device) -> None:
    """Let text encoders compute in host memory, as if they were on the device for who calls them."""
    for model in encoders:
        model.register_forward_pre_hook(
            lambda _, args, kwargs: (_send(args, HOST), _send(kwargs, HOST)), with_kwargs=True
        )
        model.register_forward_hook(lambda _, __, output: _send(output, device))


def pin_device(pipeline: Any, device: torch.device) -> None:
    """Let a pipeline prepare its inputs on the device wherever its parts wait: it goes by the first one of them."""
    kind = type(pipeline)
    told = {"device": property(lambda _: device), "_execution_device": property(lambda _: device)}
    pipeline.__class__ = type(kind.__name__, (kind,), {**told, "__module__": kind.__module__})


def accept_any_precision(vae: Any) -> None:
    """Let a VAE decode latents of another precision than its own."""
    usual = vae.decode

    def decode(latents: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        return usual(latents.to(vae.dtype), *args, **kwargs)

    vae.decode = decode


def _come_when_called(models: list[Any], others: list[Any], device: torch.device) -> None:
    def bring(model: Any, args: Any, kwargs: Any) -> Any:
        for other in others:
            other.to(HOST)
        model.to(device)
        return _send(args, device), _send(kwargs, device)

    for model in models:
        model.register_forward_pre_hook(bring, with_kwargs=True)


def _send(values: Any, device: torch.device) -> Any:
    from accelerate.utils import send_to_device  # type: ignore[import-untyped]

    return send_to_device(values, device)
