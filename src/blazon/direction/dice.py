"""Choices by seed that stay the same on every machine and Python version.

The standard generators change how they shuffle between Python versions, and share one stream: one
more draw in one place changes every draw after it. Here each choice has a label and hashes it, so
that asking for another palette does not change the type.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Dice:
    """A seeded source of choices; equal keys choose alike."""

    key: str

    def number(self, label: str, below: int) -> int:
        """Return a whole number from 0 to `below` - 1."""
        digest = hashlib.blake2b(f"{self.key}\0{label}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") % below

    def choice(self, label: str, items: Sequence[_Item]) -> _Item:
        return items[self.number(label, len(items))]

    def shuffle(self, label: str, items: Sequence[_Item]) -> list[_Item]:
        """Return all items in an order that depends on the label."""
        order = sorted(range(len(items)), key=lambda index: (self.number(f"{label}/{index}", 2**32), index))
        return [items[index] for index in order]

    def by_weight(self, label: str, items: Sequence[_Item], keep: int) -> list[_Item]:
        """Return the items slightly reordered: each may move back by fewer than `keep` places."""
        order = sorted(range(len(items)), key=lambda index: (index + self.number(f"{label}/{index}", keep), index))
        return [items[index] for index in order]
