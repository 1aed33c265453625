"""Masks of pixels: grown, and parted into what hangs together."""

from typing import Any

import numpy as np

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Labels = np.ndarray[Any, np.dtype[np.int32]]


def grow(mask: Mask, by: int) -> Mask:
    """Return a mask grown by `by` pixels all around, in an octagon."""
    grown = mask.copy()
    for step in range(by):
        before = grown.copy()
        grown[1:] |= before[:-1]
        grown[:-1] |= before[1:]
        if step % 2:  # a square step and a diamond step in turn make an octagon
            before = grown.copy()
        grown[:, 1:] |= before[:, :-1]
        grown[:, :-1] |= before[:, 1:]
    return grown


def shrink(mask: Mask, by: int) -> Mask:
    """Return a mask without what is nearer than `by` pixels to its edge; the rim of the picture is no edge."""
    return ~grow(~mask, by)


def label_parts(mask: Mask) -> Labels:
    """Return the number of the part that each pixel is of, from 1 on; 0 outside the mask.

    Pixels beside and above each other hang together. Runs along rows are joined with those above them, all at once:
    each takes the lowest number that it touches, until nothing changes (Shiloach and Vishkin, 1982).
    """
    starts = mask.copy()
    starts[:, 1:] &= ~mask[:, :-1]
    runs = (np.cumsum(starts.ravel(), dtype=np.int32).reshape(mask.shape) * mask).astype(np.int32)
    touching = mask[:-1] & mask[1:]
    # One pair for each pair of runs, not for each pair of pixels.
    first = touching.copy()
    first[:, 1:] &= ~touching[:, :-1] | starts[:-1, 1:] | starts[1:, 1:]
    root = _join(runs[:-1][first], runs[1:][first], int(runs.max(initial=0)))
    _, numbers = np.unique(root, return_inverse=True)
    return np.asarray(numbers.astype(np.int32)[runs])


def _join(one: Labels, other: Labels, count: int) -> Labels:
    """Return the lowest number that each number from 0 to `count` is joined with by pairs."""
    root = np.arange(count + 1, dtype=np.int32)
    while len(one):
        a, b = root[one], root[other]
        apart = a != b
        if not apart.any():
            break
        one, other, a, b = one[apart], other[apart], a[apart], b[apart]
        np.minimum.at(root, np.maximum(a, b), np.minimum(a, b))
        while not np.array_equal(root, jumped := root[root]):
            root = jumped
    return root


def border_of(values: Any, share: int = 50) -> Any:
    """Return the outermost rows and columns, one after another: the `share`-th part of the height on each side."""
    deep = max(1, min(values.shape[:2]) // share)
    sides = values[:deep], values[-deep:], values[deep:-deep, :deep], values[deep:-deep, -deep:]
    return np.concatenate([side.reshape(-1, *values.shape[2:]) for side in sides])


def spread_index(mask: Mask, reach: int) -> Labels:
    """Return for each pixel the flat index of a pixel of the mask that is near, -1 where there is none in `reach`."""
    index = np.where(mask.ravel(), np.arange(mask.size, dtype=np.int32), -1).reshape(mask.shape).astype(np.int32)
    for _ in range(reach):
        before = index.copy()
        for into, out in (
            (index[1:], before[:-1]),
            (index[:-1], before[1:]),
            (index[:, 1:], before[:, :-1]),
            (index[:, :-1], before[:, 1:]),
        ):
            np.copyto(into, out, where=(into < 0) & (out >= 0))
    return index
