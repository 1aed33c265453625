"""Attention: which of the implementations present computes FLUX's attention fastest on this device.

Only installed libraries are considered, never kernels from a hub: those are code of others, fetched
when the server starts.
"""

import importlib.util
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import structlog
import torch

from blazon.diffusion.optimization.measures import in_one_line

log = structlog.get_logger(__name__)

# As diffusers names them, with the Python module that each needs besides torch.
_CANDIDATES: Final = {"_flash_3": "flash_attn_interface", "_native_cudnn": None, "flash": "flash_attn"}
_PLAIN: Final = "native"
# A picture of 1024 x 1024 and its prompt.
_TOKENS: Final = 4096 + 512
_REPEATS: Final = 5
# The mean of thousands of random values is about 0.02, and bf16 rounds the largest of them by 0.0005.
_TOLERANCE: Final = 0.005


def use_fastest(transformer: Any) -> str:
    """Set the fastest attention on a transformer whose weights are in place, and return its name.

    Each candidate must give what plain attention gives; one that fails or differs is passed over.
    """
    name = find_fastest(transformer.device, transformer.dtype, *_read_heads(transformer))
    with _silence_warning():
        transformer.set_attention_backend(name)  # also the plain one: another may have been set before
    return name.lstrip("_")


def find_fastest(device: torch.device, dtype: torch.dtype, heads: int, width: int) -> str:
    """Return diffusers' name of the fastest attention for so many heads of so many channels."""
    if device.type != "cuda" or dtype not in (torch.bfloat16, torch.float16):
        return _PLAIN
    found = times(device, dtype, heads, width)
    return min(found, key=lambda name: found[name])


def times(device: torch.device, dtype: torch.dtype, heads: int, width: int, tokens: int = _TOKENS) -> dict[str, float]:
    """Return the seconds of every attention present that gives what plain attention gives, by diffusers' name."""
    with torch.inference_mode():
        shape = (1, tokens, heads, width)
        inputs = tuple(torch.randn(shape, device=device, dtype=dtype) for _ in range(3))
        expected = _attend(_PLAIN, inputs)
        found = {_PLAIN: _measure_seconds(_PLAIN, inputs)}
        for name in _list_present(device):
            try:
                if torch.allclose(_attend(name, inputs), expected, atol=_TOLERANCE):
                    found[name] = _measure_seconds(name, inputs)
            except (RuntimeError, ImportError, ValueError) as error:  # how kernels say that this is no place for them
                log.info("attention passed over", name=name, reason=in_one_line(error))
            except Exception:  # whatever else a foreign kernel raises, there is another
                log.exception("attention passed over", name=name)
    return found


def _list_present(device: torch.device) -> Iterator[str]:
    if device.type != "cuda":
        return
    capability = torch.cuda.get_device_capability(device)
    for name, module in _CANDIDATES.items():
        if name == "_flash_3" and capability[0] != 9:  # written for Hopper
            continue
        if module is None or importlib.util.find_spec(module) is not None:
            yield name


def _attend(name: str, inputs: tuple[torch.Tensor, ...]) -> torch.Tensor:
    from diffusers.models.attention_dispatch import AttentionBackendName, dispatch_attention_fn

    query, key, value = inputs
    output: torch.Tensor = dispatch_attention_fn(query, key, value, backend=AttentionBackendName(name))
    return output


def _measure_seconds(name: str, inputs: tuple[torch.Tensor, ...]) -> float:
    device = inputs[0].device
    _attend(name, inputs)
    _settle(device)
    started = time.perf_counter()
    for _ in range(_REPEATS):
        _attend(name, inputs)
    _settle(device)
    return (time.perf_counter() - started) / _REPEATS


def _settle(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _read_heads(transformer: Any) -> tuple[int, int]:
    return int(transformer.config.num_attention_heads), int(transformer.config.attention_head_dim)


@contextmanager
def _silence_warning() -> Iterator[None]:
    """Keep diffusers from warning that its switch may change its name one day."""
    logger = logging.getLogger("diffusers.models.modeling_utils")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
