"""Look-alikes: known marks that a drawing resembles, whatever its size, place, turn, mirror image, colour and frame.

The known marks are those of npm `simple-icons` (CC0), compiled by `scripts/build_lookalikes.py` into
descriptors of their shapes. Each has its distinctness: how far it is from what everybody draws, such as
a plain S or a heart. The less distinct a mark is, the nearer a drawing must come to count as alike.

This is a courtesy, not a search of trade marks: it knows a few thousand marks, by their shape alone.
"""

import gzip
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from importlib import resources
from typing import Final

from pathops import Path

from blazon.quality.descriptors import BITS, PROFILE_BITS, Descriptor, describe, distance

GRID_BYTES: Final = BITS // 8
PROFILE_BYTES: Final = PROFILE_BITS // 8
DISTINCTNESS_BYTES: Final = 2

# Of the marks that are nearest by profile, so many are compared cell by cell, if their profiles differ by no more.
_COMPARED: Final = 32
_FAR: Final = 80

LIMIT: Final = 250
"""A drawing this far from a wholly distinct mark does not look like it; chosen with `benchmarks/lookalikes.py`."""


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
        profiles, grids = body[: count * PROFILE_BYTES], body[count * PROFILE_BYTES :]
        self._profiles = [
            int.from_bytes(profiles[at : at + PROFILE_BYTES], "little") for at in range(0, len(profiles), PROFILE_BYTES)
        ]
        self._grids, self._distinctness = grids[: count * GRID_BYTES], grids[count * GRID_BYTES :]

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
            for number, far in self._compare(descriptor):
                percent = 100 * far // self._limit_of(number)
                if percent < 100:
                    name = self._names[number]
                    found[name] = min(percent, found.get(name, percent))
        return tuple(LookAlike(name, far) for name, far in sorted(found.items(), key=lambda item: (item[1], item[0])))

    def _compare(self, descriptor: Descriptor) -> list[tuple[int, int]]:
        """Return the numbers and distances of the marks that are nearest by their profiles."""
        profile = descriptor.profile
        near = (
            (far, number) for number, one in enumerate(self._profiles) if (far := (one ^ profile).bit_count()) <= _FAR
        )
        chosen = nsmallest(_COMPARED, near)
        turns = descriptor.turns() if chosen else ()
        return [(number, distance(turns, self._grid(number))) for _, number in chosen]

    def _grid(self, number: int) -> int:
        return int.from_bytes(self._grids[number * GRID_BYTES : (number + 1) * GRID_BYTES], "little")

    def _limit_of(self, number: int) -> int:
        at = number * DISTINCTNESS_BYTES
        return self._limit * int.from_bytes(self._distinctness[at : at + DISTINCTNESS_BYTES], "little") // 1000
