"""What a LoRA adds to one layer of a model: a change of its weights that is never written out.

- low rank: up · down (E. Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021)
- Kronecker: w1 ⊗ w2 (LoKr; S.-Y. Yeh et al., "Navigating Text-To-Image Customization", 2024)

The Hadamard product of two changes of low rank (LoHa, same source) is a change of low rank, too.
Everything is computed beside the layer, so that its own weights may be quantised, offloaded or compiled.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import torch
from torch import nn
from torch.nn import functional

Ranges = Sequence[tuple[int, int]]


class Change(Protocol):
    """A change of the weights of a layer."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the weights that it changes: (out, in), or (out, in, height, width) of a convolution."""

    def cut(self, ranges: Ranges) -> "Change":
        """Return the change of some rows of the weights only."""

    def to(self, device: torch.device, dtype: torch.dtype) -> "Change":
        """Return it on a device, in a precision."""

    def add(self, layer: Any, taken: torch.Tensor, scale: float) -> torch.Tensor:
        """Return what is added to the output of `layer` for the input `taken`."""


@dataclass(frozen=True, slots=True)
class LowRank:
    """down: (r, in) or (r, in, height, width). up: (out, r), scaled already."""

    down: torch.Tensor
    up: torch.Tensor

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(self.up), *self.down.shape[1:])

    def cut(self, ranges: Ranges) -> "LowRank":
        return replace(self, up=_cut_rows(self.up, ranges))

    def to(self, device: torch.device, dtype: torch.dtype) -> "LowRank":
        return LowRank(self.down.to(device, dtype), self.up.to(device, dtype))

    def add(self, layer: Any, taken: torch.Tensor, scale: float) -> torch.Tensor:
        down, up = _bring(self.down, taken), _bring(self.up, taken)
        if isinstance(layer, nn.Conv2d):
            down = down if down.ndim == 4 else down[:, :, None, None]
            inner = functional.conv2d(taken, down, None, layer.stride, layer.padding, layer.dilation)
            return functional.conv2d(inner * scale, up[:, :, None, None])
        return functional.linear(functional.linear(taken, down) * scale, up)


@dataclass(frozen=True, slots=True)
class Kronecker:
    """w1: (a, b), scaled already. w2: (c, d). The weights are (a c, b d); `ranges` are the rows of them that count."""

    w1: torch.Tensor
    w2: torch.Tensor
    ranges: tuple[tuple[int, int], ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        rows = sum(stop - start for start, stop in self.ranges) or self.w1.shape[0] * self.w2.shape[0]
        return rows, self.w1.shape[1] * self.w2.shape[1]

    def cut(self, ranges: Ranges) -> "Kronecker":
        return replace(self, ranges=tuple(ranges))

    def to(self, device: torch.device, dtype: torch.dtype) -> "Kronecker":
        return replace(self, w1=self.w1.to(device, dtype), w2=self.w2.to(device, dtype))

    def add(self, layer: Any, taken: torch.Tensor, scale: float) -> torch.Tensor:  # noqa: ARG002  a change of any layer
        w1, w2 = _bring(self.w1, taken), _bring(self.w2, taken)
        parts = functional.linear(taken.reshape(*taken.shape[:-1], w1.shape[1], w2.shape[1]), w2)
        made = torch.einsum("ab,...bc->...ac", w1, parts).flatten(-2) * scale
        return _cut_columns(made, self.ranges) if self.ranges else made


def combine_hadamard(
    first: tuple[torch.Tensor, torch.Tensor], second: tuple[torch.Tensor, torch.Tensor]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return down and up of the element-wise product of two products of up (out, r) and down (r, in), in this order."""
    (up, down), (other_up, other_down) = first, second
    made_down = (down[:, None] * other_down[None]).flatten(0, 1)
    return made_down, (up[:, :, None] * other_up[:, None]).flatten(1)


def _cut_rows(weights: torch.Tensor, ranges: Ranges) -> torch.Tensor:
    return torch.cat([weights[start:stop] for start, stop in ranges])


def _cut_columns(made: torch.Tensor, ranges: Ranges) -> torch.Tensor:
    return torch.cat([made[..., start:stop] for start, stop in ranges], dim=-1)


def _bring(weights: torch.Tensor, taken: torch.Tensor) -> torch.Tensor:
    """Return weights where and as wide as the input is; that is how they are kept, but for a pass in float32."""
    return weights.to(taken.device, taken.dtype)
