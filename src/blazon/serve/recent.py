"""Files that were delivered lately, in memory: least recently used out."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Final

_BYTES: Final = 4_000_000  # enough for a client that asks again; more would be memory that only grows


class RecentFiles:
    """Maps keys to the files of one answer. For one event loop.

    Args:
        size: bytes that the files may have together.
    """

    def __init__(self, size: int = _BYTES) -> None:
        self._size = size
        self._taken = 0
        self._files: OrderedDict[Hashable, tuple[bytes, ...]] = OrderedDict()

    def get(self, key: Hashable) -> tuple[bytes, ...] | None:
        """Return the files of a key, None if they are not here."""
        if key in self._files:
            self._files.move_to_end(key)
        return self._files.get(key)

    def keep(self, key: Hashable, files: tuple[bytes, ...]) -> None:
        """Keep files, and let go of those that were asked for the longest time ago."""
        self._taken += _total(files) - _total(self._files.pop(key, ()))
        self._files[key] = files
        while self._taken > self._size:
            _, oldest = self._files.popitem(last=False)
            self._taken -= _total(oldest)


def _total(files: tuple[bytes, ...]) -> int:
    return sum(map(len, files))
