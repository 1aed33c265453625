"""Batch buckets: the few batch sizes that a compiled model is ever called with.

Every new batch size would be compiled anew, in the middle of somebody's picture. So a batch is filled
up to the next bucket with copies of its last sequence, whose results are thrown away.
"""

from collections.abc import Hashable


def list_bucket_sizes(largest: int) -> tuple[int, ...]:
    """Return the powers of two up to `largest`, and `largest` itself."""
    powers = [1 << exponent for exponent in range(largest.bit_length()) if 1 << exponent < largest]
    return (*powers, largest)


class Buckets:
    """The batch sizes of one model, and which shapes were compiled for them. For the engine's thread.

    Args:
        largest: sequences in the largest batch.
    """

    def __init__(self, largest: int) -> None:
        self.sizes = list_bucket_sizes(largest)
        self.cold_passes = 0
        self._warm: set[tuple[int, Hashable]] = set()
        self._sealed = False

    def fit(self, count: int, shape: Hashable) -> int:
        """Return the batch size for `count` sequences of a shape, and take note of a shape that was not warmed up."""
        size = next((size for size in self.sizes if size >= count), count)
        if not self._sealed:
            self._warm.add((size, shape))
        elif (size, shape) not in self._warm:
            self.cold_passes += 1
            return count
        return size

    def unseal(self) -> None:
        """Warm-up begins: what is run now will be compiled."""
        self._sealed = False

    def seal(self) -> None:
        """Warm-up is over: a shape that was not seen until now runs uncompiled, and is counted."""
        self._sealed = True
