"""Look-alikes: known marks that a drawing resembles, whatever its size, place, turn, mirror image, colour and frame.

The known marks are those of npm `simple-icons` (CC0), compiled by `scripts/build_lookalikes.py` into
descriptors of their shapes. Each has its distinctness: how far it is from what everybody draws, such as
a plain S or a heart. The less distinct a mark is, the nearer a drawing must come to count as alike.

This is a courtesy, not a search of trade marks: it knows a few thousand marks, by their shape alone.
"""

import gzip
import json
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from importlib import resources
from typing import Final

from pathops import Path

from blazon.quality.descriptors import BITS, PROFILE_BITS, Descriptor, compare, describe

GRID_BYTES: Final = BITS // 8
PROFILE_BYTES: Final = PROFILE_BITS // 8
NUMBERS: Final = struct.Struct("<HH")
"""Distinctness and length of the outline of a mark."""

# Of the marks that are nearest by profile, so many are compared cell by cell, if their profiles differ by no more.
_COMPARED: Final = 48
_FAR: Final = 80

# What each difference counts (logistic regression on the half of the labelled pairs and copies that may be looked at).
_SHAPE: Final = 20
_CHANCE: Final = 10
_TURN: Final = 8
_OUTLINE: Final = 3
_MOST_TURN: Final = 300
# What the distinctness of a mark adds to the limit.
_DISTINCT: Final = 24

LIMIT: Final = 1640
"""A drawing this far from a mark without distinctness does not look like it; chosen with `benchmarks/lookalikes.py`."""


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A known mark that a drawing resembles.

    Args:
        name: of the brand.
        distance: in percent of what would be far enough from that mark: 0 is the same shape, all are under 100.
    """

    name: str
    distance: int


class LookAlikes:
    """The known marks. Reading is thread-safe."""

    def __init__(self, data: bytes, limit: int = LIMIT) -> None:
        self._limit = limit
        head, _, body = gzip.decompress(data).partition(b"\n")
        self._names: Sequence[str] = json.loads(head)["names"]
        count = len(self._names)
        profiles, rest = body[: count * PROFILE_BYTES], body[count * PROFILE_BYTES :]
        self._profiles = [
            int.from_bytes(profiles[at : at + PROFILE_BYTES], "little") for at in range(0, len(profiles), PROFILE_BYTES)
        ]
        self._grids, self._numbers = rest[: count * GRID_BYTES], rest[count * GRID_BYTES :]

    @classmethod
    def open(cls, limit: int = LIMIT) -> "LookAlikes":
        """Open the marks that the package carries: a few milliseconds, a megabyte and a half of memory."""
        return cls((resources.files("blazon") / "data/lookalikes.gz").read_bytes(), limit)

    def __len__(self) -> int:
        return len(self._names)

    def find(self, outlines: Iterable[Path]) -> tuple[LookAlike, ...]:
        """Return the known marks that a drawing of these outlines resembles, the nearest first; mostly none.

        Give the outlines of the mark alone, without the name, those of all inks together, a frame with them.
        """
        found: dict[str, int] = {}
        for descriptor in describe(outlines):
            for number, percent in self._compare(descriptor):
                if percent < 100:
                    name = self._names[number]
                    found[name] = min(percent, found.get(name, percent))
        return tuple(LookAlike(name, far) for name, far in sorted(found.items(), key=lambda item: (item[1], item[0])))

    def _compare(self, descriptor: Descriptor) -> list[tuple[int, int]]:
        """Return the numbers of the marks that are nearest by their profiles, and how far each is in percent."""
        profile = descriptor.profile
        near = (
            (far, number) for number, one in enumerate(self._profiles) if (far := (one ^ profile).bit_count()) <= _FAR
        )
        chosen = nsmallest(_COMPARED, near)
        turns = descriptor.turns() if chosen else ()
        return [(number, self._measure(descriptor, turns, number)) for _, number in chosen]

    def _measure(self, descriptor: Descriptor, turns: Sequence[int], number: int) -> int:
        """Return how far a drawing is from a known mark, in percent of what is far enough.

        What is no nearer to the mark than everybody's drawings are is far enough in any case.
        """
        distinctness: int
        distinctness, outline = NUMBERS.unpack_from(self._numbers, number * NUMBERS.size)
        grid = int.from_bytes(self._grids[number * GRID_BYTES : (number + 1) * GRID_BYTES], "little")
        found = compare(descriptor, turns, Descriptor(grid, self._profiles[number], outline))
        far = (
            _SHAPE * found.shape
            + _CHANCE * found.chance
            + _TURN * min(found.turn, _MOST_TURN)
            + _OUTLINE * found.outline
        )
        return max(100 * far // (self._limit + _DISTINCT * distinctness), 100 * found.shape // distinctness)
