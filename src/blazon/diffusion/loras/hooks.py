"""Hooks that add what LoRAs change to the output of layers, in compiled code too.

What is compiled must not depend on which LoRAs take part nor on their scales: every choice would be compiled by itself.
So compiled code calls an operator that the compiler does not look into. Operators take tensors and numbers, and a
number would be compiled into the code of one layer; so each hook is found by a number in a tensor of its own.
"""

from itertools import count
from typing import Any, Final
from weakref import WeakValueDictionary, ref

import torch
from torch import nn

from blazon.diffusion.loras.layers import Change

# Of the whole process, as the operators of torch are.
_HOOKS: Final[WeakValueDictionary[int, "LayerHook"]] = WeakValueDictionary()
_NUMBERS: Final = count()


class Switch:
    """Whether any LoRA takes part in the next forward passes: the one thing that code is compiled twice for."""

    def __init__(self) -> None:
        self.on = False


class LayerHook:
    """A forward hook that adds the changes that take part to the output of a layer.

    Args:
        switch: of all hooks of the model.
    """

    def __init__(self, layer: nn.Module, switch: Switch) -> None:
        self.active: tuple[tuple[Change, float], ...] = ()
        self._layer = ref(layer)  # which refers to its hooks: a model that goes leaves no circle behind
        self._switch = switch
        number = next(_NUMBERS)
        self._number = torch.tensor([number])
        _HOOKS[number] = self

    def __call__(self, _: nn.Module, inputs: tuple[Any, ...], output: torch.Tensor) -> torch.Tensor:
        if not self._switch.on:
            return output
        if torch.compiler.is_compiling():
            added: torch.Tensor = _add_changes(output, inputs[0], self._number)
            return added
        return self.add(inputs[0], output)

    def add(self, taken: torch.Tensor, output: torch.Tensor) -> torch.Tensor:
        """Return the output of the layer for the input `taken`, with what takes part added."""
        layer, taken = self._layer(), taken.to(output.device)
        for change, scale in self.active:
            output = output + change.add(layer, taken, scale).to(output.dtype)
        return output


@torch.library.custom_op("blazon::add_loras", mutates_args=())
def _add_changes(output: torch.Tensor, taken: torch.Tensor, number: torch.Tensor) -> torch.Tensor:
    hook = _HOOKS[int(number)]
    return hook.add(taken, output) if hook.active else output.clone()  # which must be another tensor than it takes


@_add_changes.register_fake
def _(output: torch.Tensor, taken: torch.Tensor, number: torch.Tensor) -> torch.Tensor:  # noqa: ARG001
    return torch.empty_like(output)
