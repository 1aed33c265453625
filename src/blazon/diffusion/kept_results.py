"""Results of a function that are kept, for what is asked for again and again while pictures are drawn."""

from collections.abc import Callable
from typing import Any

import torch


class KeptResults:
    """Computes what it is asked for, unless it was asked for the same lately. Threads may share it.

    Args:
        compute: returns a tensor or a tuple of tensors, which nobody changes, nor the tensors that are handed over.
        most: how many results are kept.
    """

    def __init__(self, compute: Callable[..., Any], most: int = 1) -> None:
        self._compute = compute
        self._most = most
        self._kept: tuple[tuple[dict[object, object], Any], ...] = ()

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        if torch.compiler.is_compiling():  # what is asked for has no numbers then
            return self._compute(*arguments, **options)
        asked = dict((*enumerate(arguments), *options.items()))
        for known, result in self._kept:
            if _are_equal(asked, known):
                return result
        result = _lay_out(self._compute(*arguments, **options))
        self._kept = ((asked, result), *self._kept[: self._most - 1])
        return result


def _are_equal(asked: dict[object, object], known: dict[object, object]) -> bool:
    return asked.keys() == known.keys() and all(_is_equal(value, known[name]) for name, value in asked.items())


def _is_equal(one: object, other: object) -> bool:
    if not (isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor)):
        return type(one) is type(other) and one == other
    return one.dtype == other.dtype and one.shape == other.shape and torch.equal(one, other)


def _lay_out(result: Any) -> Any:
    """Return tensors contiguous, as they are read: each who reads one would copy it otherwise."""
    return tuple(map(_lay_out, result)) if isinstance(result, tuple) else result.contiguous()
