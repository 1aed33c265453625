"""Where things are kept, looked at now and then in a thread: a disk may hang, and a scrape may not."""

import asyncio
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_EVERY: Final = 15.0  # seconds; as often as Prometheus usually asks
_HANGS_AFTER: Final = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class Disk:
    """Bytes that the user of the server may still write, and bytes in all."""

    free: int
    size: int


class StorageWatch:
    """What is known of the folders and of whether anything can be written there. Readable from any thread.

    Args:
        folders: that lie on disks of this machine, by what is kept in them.
        find_problem: returns why nothing can be written now, empty if it can; may block.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        folders: Mapping[str, Path],
        find_problem: Callable[[], str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folders = folders
        self._find_problem = find_problem
        self._clock = clock
        self._looking_since: float | None = None
        self._problem = ""
        self.disks: Mapping[str, Disk] = {}

    @property
    def writable(self) -> bool:
        """Whether something could be written at the last look; False as well while a look hangs."""
        since = self._looking_since
        return not self._problem and (since is None or self._clock() - since < _HANGS_AFTER)

    async def run(self, every: float = _EVERY) -> None:
        """Look every `every` seconds, until cancelled."""
        while True:
            await asyncio.to_thread(self.look)
            await asyncio.sleep(every)

    def look(self) -> None:
        """Look now. May block."""
        self._looking_since = self._clock()
        try:
            self._problem = self._find_problem()
            self.disks = {what: disk for what, folder in self._folders.items() if (disk := _measure(folder))}
        finally:
            self._looking_since = None


def _measure(folder: Path) -> Disk | None:
    """Return the disk of a folder; None if it cannot be read now, which the problem then tells."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return None
    return Disk(usage.free, usage.total)
