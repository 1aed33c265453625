"""Cancellation: how work in one thread learns that nobody waits for it any more."""

import threading
from collections.abc import Callable


class WorkCancelled(Exception):  # what happened, not a fault
    """Raised at a checkpoint after the work was given up."""


class Cancellation:
    """Set once, from any thread; looked at between the steps of the work, or told to whoever works elsewhere."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._listeners: list[Callable[[], None]] = []
        self._lock = threading.Lock()

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Give the work up; what was registered with `add_listener` is called once, in this thread."""
        with self._lock:
            self._cancelled.set()
            listeners, self._listeners = self._listeners, []
        for listener in listeners:
            listener()

    def add_listener(self, listener: Callable[[], None]) -> None:
        """Call `listener` when the work is given up, at once if it has been."""
        with self._lock:
            if not self._cancelled.is_set():
                self._listeners.append(listener)
                return
        listener()

    def remove_listener(self, listener: Callable[[], None]) -> None:
        """Call `listener` no more: if the work is not given up by now, it never will be called."""
        with self._lock:
            if listener in self._listeners:
                self._listeners.remove(listener)

    def checkpoint(self) -> None:
        """Go on only if the work is still wanted.

        Raises:
            WorkCancelled: it is not.
        """
        if self._cancelled.is_set():
            raise WorkCancelled
