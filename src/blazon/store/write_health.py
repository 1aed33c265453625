"""Whether something can be written now: what the readiness of the server asks, without a write for each question."""

import math
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from blazon.errors import StorageFull, StorageUnavailable

LEAST_FREE: Final = 32_000_000  # bytes; a request for many paintings takes as much
_LOOK_EVERY: Final = 5.0  # seconds
_FULL_FOR: Final = 10.0  # seconds that a store counts as full after a write found no room: a small one may find some


class WriteHealth:
    """Remembers how writing went, and tries it where that is not known. Threads may share it.

    Args:
        what: is to be written, for people.
        probe: tries a write, and raises StorageUnavailable if that fails; its argument: whether the last one failed.
        folder: where it is written, if that is a disk of this machine.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        what: str,
        probe: Callable[[bool], None],
        folder: Path | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._what = what
        self._probe = probe
        self._folder = folder
        self._clock = clock
        self._looking = threading.Lock()
        self._answer = ""
        self._looked = -math.inf
        self._written = -math.inf  # the moments of the last write that went well, and of the last that found no room
        self._full = -math.inf
        self._failed = False

    def note_success(self) -> None:
        """Take note of a write that went well."""
        self._written, self._failed = self._clock(), False

    def note_failure(self, problem: StorageUnavailable) -> None:
        """Take note of a write that failed: the next question is answered by a new look."""
        if isinstance(problem, StorageFull):
            self._full = self._clock()
        self._failed = True
        self._looked = -math.inf

    @property
    def failed(self) -> bool:
        """Whether the last write failed, and no look since then went well."""
        return self._failed

    def problem(self) -> str:
        """Return why nothing can be written now, empty if it can. May take a second; at most one caller waits."""
        if self._clock() - self._looked >= _LOOK_EVERY and self._looking.acquire(blocking=False):
            try:
                self._looked = self._clock()
                self._answer = self._look()
            finally:
                self._looking.release()
        return self._answer

    def _look(self) -> str:
        if scarce := self._scarce():
            return scarce
        if self._clock() - self._full < _FULL_FOR:
            return f"no disk space is left for {self._what}"
        try:
            self._probe(self._failed)
        except StorageUnavailable as problem:
            busy = self._clock() - self._written < _LOOK_EVERY and not isinstance(problem, StorageFull)
            return "" if busy else str(problem)
        self._failed = False
        return ""

    def _scarce(self) -> str:
        if self._folder is None:
            return ""
        try:
            free = shutil.disk_usage(self._folder).free
        except OSError as error:
            return f"{self._what} cannot be written: {error.strerror}"
        return f"only {free // 1_000_000} MB of disk space are left for {self._what}" if free < LEAST_FREE else ""
