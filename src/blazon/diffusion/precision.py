"""Higher precision for one forward pass: every layer of a transformer computes in float32, wherever its weights are.

A layer's weights are widened for its own work only, and what was there before is put back. So the pass needs memory
for one wide layer and not for a wide model, nothing is rounded on the way back, and a pass that ends early, for
instance because memory runs out, leaves the weights as they were.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

import torch
from torch import nn

WIDE: Final = torch.float32


@contextmanager
def widen(transformer: Any) -> Iterator[None]:
    """Let a transformer compute in float32 while this lasts; what enters it must be float32 too.

    Quantised weights (torchao) are unpacked to float32, layers that unpack theirs by themselves (GGUF, bitsandbytes)
    are told the type. Nothing that was compiled runs meanwhile, and attention is the plain one: the others are made
    for half precision.
    """
    with ExitStack() as stack:
        for module in list(transformer.modules()):
            _set(stack, module, "_compiled_call_impl", None)
            _set(stack, getattr(module, "processor", None), "_attention_backend", _plain_attention())
            if hasattr(module, "compute_dtype"):
                _set(stack, module, "compute_dtype", WIDE)
            elif any(_is_narrow(parameter) for parameter in module.parameters(recurse=False)):
                _widen_during_calls(stack, module)
        yield


def _set(stack: ExitStack, owner: Any, name: str, value: Any) -> None:
    """Set an attribute that is there, until the stack is closed."""
    if hasattr(owner, name) and getattr(owner, name) is not value:
        stack.callback(setattr, owner, name, getattr(owner, name))
        setattr(owner, name, value)


def _plain_attention() -> Any:
    from diffusers.models.attention_dispatch import AttentionBackendName

    return AttentionBackendName.NATIVE


def _widen_during_calls(stack: ExitStack, module: nn.Module) -> None:
    usual: dict[str, nn.Parameter] = {}

    def widen_weights(_: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        usual.update(module.named_parameters(recurse=False))
        for name, parameter in usual.items():
            setattr(module, name, nn.Parameter(_to_wide(parameter), requires_grad=False))
        # Some models (Z-Image's embedding of the time) make numbers as narrow as the weights that they find.
        return tuple(_widen_input(value) for value in inputs)

    def put_back(*_: Any) -> None:
        for name, parameter in usual.items():
            setattr(module, name, parameter)
        usual.clear()

    stack.callback(put_back)  # where widening itself failed, no hook behind the call is run
    stack.callback(module.register_forward_pre_hook(widen_weights).remove)
    stack.callback(module.register_forward_hook(put_back, always_call=True).remove)


def _widen_input(value: Any) -> Any:
    return value.to(WIDE) if isinstance(value, torch.Tensor) and value.is_floating_point() else value


def _is_narrow(weights: torch.Tensor) -> bool:
    return weights.is_floating_point() and (weights.dtype is not WIDE or is_packed(weights))


def _to_wide(weights: torch.Tensor) -> torch.Tensor:
    if not weights.is_floating_point():
        return weights
    return weights.dequantize(WIDE) if is_packed(weights) else weights.to(WIDE)  # type: ignore[call-arg]


def is_packed(weights: torch.Tensor) -> bool:
    """Say whether weights are of a class that packs them (torchao's), and so has an unpacking of its own."""
    return type(weights).dequantize is not torch.Tensor.dequantize
