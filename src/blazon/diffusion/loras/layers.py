"""What a LoRA adds to one layer of a model: a change of its weights that is never written out.

- low rank: up · down (E. Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021)
- Kronecker: w1 ⊗ w2 (LoKr; S.-Y. Yeh et al., "Navigating Text-To-Image Customization", 2024)
- whole: all its numbers; and a shift: those of the bias

The Hadamard product of two changes of low rank (LoHa, same source) is a change of low rank, too.
Everything is computed beside the layer, so that its own weights may be quantised, offloaded or compiled.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import torch
from torch import nn
from torch.nn import functional

Ranges = Sequence[tuple[int, int]]
Shape = tuple[int, ...]


class Change(Protocol):
    """A change of the weights of a layer, or of its bias."""

    @property
    def shape(self) -> Shape:
        """Of what it changes: weights (out, in), those of a convolution (out, in, height, width), or a bias (out)."""

    @property
    def numbers(self) -> tuple[torch.Tensor, ...]:
        """What it is made of."""

    def fit(self, shape: Shape) -> "Change | None":
        """Return it for weights of a shape, as files may hold those of convolutions flat; None if it has another."""

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
    def shape(self) -> Shape:
        return (len(self.up), *self.down.shape[1:])

    @property
    def numbers(self) -> tuple[torch.Tensor, ...]:
        return self.down, self.up

    def fit(self, shape: Shape) -> "LowRank | None":
        if not _is_flat(self.shape, shape):
            return None
        return replace(self, down=self.down.reshape(-1, *shape[1:]))

    def cut(self, ranges: Ranges) -> "LowRank":
        return replace(self, up=_cut_rows(self.up, ranges))

    def to(self, device: torch.device, dtype: torch.dtype) -> "LowRank":
        return LowRank(self.down.to(device, dtype), self.up.to(device, dtype))

    def add(self, layer: Any, taken: torch.Tensor, scale: float) -> torch.Tensor:
        down, up = _bring(self.down, taken), _bring(self.up, taken)
        if isinstance(layer, nn.Conv2d):
            return functional.conv2d(_convolve(layer, taken, down) * scale, up[:, :, None, None])
        return functional.linear(functional.linear(taken, down) * scale, up)


@dataclass(frozen=True, slots=True)
class Whole:
    """weights: (out, in) or (out, in, height, width)."""

    weights: torch.Tensor

    @property
    def shape(self) -> Shape:
        return tuple(self.weights.shape)

    @property
    def numbers(self) -> tuple[torch.Tensor, ...]:
        return (self.weights,)

    def fit(self, shape: Shape) -> "Whole | None":
        return Whole(self.weights.reshape(shape)) if _is_flat(self.shape, shape) else None

    def cut(self, ranges: Ranges) -> "Whole":
        return Whole(_cut_rows(self.weights, ranges))

    def to(self, device: torch.device, dtype: torch.dtype) -> "Whole":
        return Whole(self.weights.to(device, dtype))

    def add(self, layer: Any, taken: torch.Tensor, scale: float) -> torch.Tensor:
        weights = _bring(self.weights, taken)
        if isinstance(layer, nn.Conv2d):
            return _convolve(layer, taken, weights, layer.groups) * scale
        return functional.linear(taken, weights) * scale


@dataclass(frozen=True, slots=True)
class Shift:
    """bias: (out), scaled already."""

    bias: torch.Tensor

    @property
    def shape(self) -> Shape:
        return tuple(self.bias.shape)

    @property
    def numbers(self) -> tuple[torch.Tensor, ...]:
        return (self.bias,)

    def fit(self, shape: Shape) -> "Shift | None":
        return self if self.shape == shape[:1] else None

    def cut(self, ranges: Ranges) -> "Shift":
        return Shift(_cut_rows(self.bias, ranges))

    def to(self, device: torch.device, dtype: torch.dtype) -> "Shift":
        return Shift(self.bias.to(device, dtype))

    def add(self, layer: Any, taken: torch.Tensor, scale: float) -> torch.Tensor:
        bias = _bring(self.bias, taken) * scale
        return bias[:, None, None] if isinstance(layer, nn.Conv2d) else bias


@dataclass(frozen=True, slots=True)
class Kronecker:
    """The weights are those of (a c, b d); `ranges` are the rows of them that count.

    Args:
        w1: (a, b), scaled already.
        w2: (c, d), or (c, d, height, width) of a convolution.
    """

    w1: torch.Tensor
    w2: torch.Tensor
    ranges: tuple[tuple[int, int], ...] = ()

    @property
    def shape(self) -> Shape:
        rows = sum(stop - start for start, stop in self.ranges) or self.w1.shape[0] * self.w2.shape[0]
        return rows, self.w1.shape[1] * self.w2.shape[1], *self.w2.shape[2:]

    @property
    def numbers(self) -> tuple[torch.Tensor, ...]:
        return self.w1, self.w2

    def fit(self, shape: Shape) -> "Kronecker | None":
        if not _is_flat(self.shape, shape) or shape[1] % self.w1.shape[1]:
            return None
        return replace(self, w2=self.w2.reshape(len(self.w2), shape[1] // self.w1.shape[1], *shape[2:]))

    def cut(self, ranges: Ranges) -> "Kronecker":
        return replace(self, ranges=tuple(ranges))

    def to(self, device: torch.device, dtype: torch.dtype) -> "Kronecker":
        return replace(self, w1=self.w1.to(device, dtype), w2=self.w2.to(device, dtype))

    def add(self, layer: Any, taken: torch.Tensor, scale: float) -> torch.Tensor:
        w1, w2 = _bring(self.w1, taken), _bring(self.w2, taken)
        if isinstance(layer, nn.Conv2d):
            # Each of the b groups of d channels by itself, as if they were so many pictures.
            parts = _convolve(layer, taken.reshape(-1, w2.shape[1], *taken.shape[2:]), w2)
            parts = parts.reshape(len(taken), w1.shape[1], *parts.shape[1:])
            return torch.einsum("ab,nbchw->nachw", w1, parts).flatten(1, 2) * scale
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


def _is_flat(shape: Shape, wanted: Shape) -> bool:
    """Say whether weights have the wanted shape, or as many columns as rows of it have numbers."""
    return shape[0] == wanted[0] and (
        shape == wanted or (shape[1] == math.prod(wanted[1:]) and math.prod(shape[2:]) == 1)
    )


def _convolve(layer: nn.Conv2d, taken: torch.Tensor, weights: torch.Tensor, groups: int = 1) -> torch.Tensor:
    """Return a convolution as a layer does it, with other weights: (out, in) of one of 1 x 1, or four dimensions."""
    weights = weights if weights.ndim == 4 else weights[:, :, None, None]
    if layer.padding_mode != "zeros":
        taken = functional.pad(taken, layer._reversed_padding_repeated_twice, layer.padding_mode)
        return functional.conv2d(taken, weights, None, layer.stride, 0, layer.dilation, groups)
    return functional.conv2d(taken, weights, None, layer.stride, layer.padding, layer.dilation, groups)


def _cut_rows(weights: torch.Tensor, ranges: Ranges) -> torch.Tensor:
    if len(ranges) == 1:  # a view, which shares its memory
        return weights[slice(*ranges[0])]
    return torch.cat([weights[start:stop] for start, stop in ranges])


def _cut_columns(made: torch.Tensor, ranges: Ranges) -> torch.Tensor:
    return torch.cat([made[..., start:stop] for start, stop in ranges], dim=-1)


def _bring(weights: torch.Tensor, taken: torch.Tensor) -> torch.Tensor:
    """Return weights where and as wide as the input is; that is how they are kept, but for a pass in float32."""
    return weights.to(taken.device, taken.dtype)
