"""Eight-bit products: the linear layers of the blocks multiply fp8 or int8 numbers, whichever the device has."""

from typing import Any, Final

import torch
from torch import nn

from blazon.diffusion.families.base import StepModel
from blazon.diffusion.optimization.measures import NotPossible

_KEPT: Final = ("norm", "mod", "adaLN")


def use_eight_bits(model: StepModel) -> str:
    """Multiply with 8-bit numbers in the blocks, and return which; what enters and leaves the transformer stays.

    Scales are taken for each row, never for a whole batch: a picture must not depend on its batch mates.

    Raises:
        NotPossible: no layer can be, or the device cannot.
    """
    from torchao.quantization import quantize_

    wanted = frozenset(list_suited_layers(model))
    if not wanted:
        raise NotPossible("no layer of the model is unquantised and wide enough")
    name, config = choose_arithmetic(model)
    quantize_(model.transformer, config, filter_fn=lambda _, layer: layer in wanted)
    return name


def list_suited_layers(model: StepModel) -> list[str]:
    """Return the names of the layers that can multiply in 8 bits: those of the blocks that are still plain.

    What makes shifts and scales of the time stays: it is small, and everything behind it is multiplied by it.
    """
    kinds = set(model.transformer._repeated_blocks)
    blocks = [name for name, module in model.transformer.named_modules() if type(module).__name__ in kinds]
    return [
        f"{block}.{name}"
        for block in blocks
        for name, module in model.transformer.get_submodule(block).named_modules()
        if not any(part in name for part in _KEPT) and is_plain(module) and _fits_sixteens(module)
    ]


def is_plain(module: Any) -> bool:
    """Say whether a module is a linear layer whose weight is an ordinary tensor of numbers."""
    return (
        type(module) is nn.Linear and type(module.weight) is nn.Parameter and type(module.weight.data) is torch.Tensor
    )


def choose_arithmetic(model: StepModel) -> tuple[str, Any]:
    """Return the 8-bit arithmetic that the device is best at, and torchao's configuration of it.

    Raises:
        NotPossible: it has none.
    """
    from torchao.quantization import (
        Float8DynamicActivationFloat8WeightConfig,
        Int8DynamicActivationInt8WeightConfig,
        Int8WeightOnlyConfig,
        PerRow,
    )

    # Or torchao has everything that is compiled in this process from then on tuned kernel by kernel, for minutes.
    own = {"set_inductor_config": False}
    if model.device.type == "cuda" and model.dtype is torch.bfloat16:
        capability = torch.cuda.get_device_capability(model.device)
        if capability >= (8, 9):
            return "fp8 products", Float8DynamicActivationFloat8WeightConfig(granularity=PerRow(), **own)
        if capability >= (8, 0):
            return "int8 products", Int8DynamicActivationInt8WeightConfig(**own)
    if model.device.type in ("cuda", "cpu"):
        return "int8 weights", Int8WeightOnlyConfig(**own)
    raise NotPossible(f"not on {model.device.type}")


def _fits_sixteens(layer: nn.Linear) -> bool:
    return layer.in_features % 16 == 0 and layer.out_features % 16 == 0
