"""The watchdog: finds work that makes no progress, such as a call to the GPU that never returns."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

log = structlog.stdlib.get_logger("blazon.serve")

Clock = Callable[[], float]


@dataclass(slots=True)
class _Watched:
    """How many pieces of work are under way under a name, and when the last of them showed a sign of life."""

    count: int
    last: float
    reported: bool = False


class Watchdog:
    """Watches what is under way, by name. Any thread may begin, beat and end.

    Work under one name counts as one: whatever of it makes progress speaks for all of it. So requests
    that wait for their turn in an engine are watched under the name of the engine, and work that waits for
    nobody under a name of its own.

    Args:
        limit: seconds without a sign of life after which work counts as hung.
        on_hung: called from the watchdog's thread with the name and the seconds, once until all work of the
            name has ended.
        clock: tells seconds, for tests.
    """

    def __init__(self, limit: float, on_hung: Callable[[str, float], None], clock: Clock = time.monotonic) -> None:
        self._limit = limit
        self._on_hung = on_hung
        self._clock = clock
        self._watched: dict[str, _Watched] = {}
        self._changed = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="blazon-watchdog", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Watch no more."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()

    def begin(self, name: str) -> None:
        """Work under `name` begins, beside what is under way under it already."""
        with self._changed:
            found = self._watched.setdefault(name, _Watched(0, 0.0))
            found.count += 1
            found.last = self._clock()
            self._changed.notify()  # the thread sleeps without limit while there is nothing to watch

    def beat(self, name: str) -> None:
        """Work under `name` made progress; after its end this says nothing."""
        with self._changed:
            if name in self._watched:
                self._watched[name].last = self._clock()

    def beat_all(self) -> None:
        """All work made progress, or waits for what does: a model that is being loaded."""
        with self._changed:
            for found in self._watched.values():
                found.last = self._clock()

    def end(self, name: str) -> None:
        """A piece of work under `name` ended, well or not."""
        with self._changed:
            found = self._watched.get(name)
            if found is None:
                return
            found.count -= 1
            found.last = self._clock()
            if found.count <= 0:
                del self._watched[name]

    def look(self) -> float | None:
        """Report what hangs now; return in how many seconds something else may, None if nothing can."""
        with self._changed:
            now = self._clock()
            hung = []
            for name, found in self._watched.items():
                if not found.reported and now - found.last >= self._limit:
                    found.reported = True
                    hung.append((name, now - found.last))
            dues = [found.last + self._limit for found in self._watched.values() if not found.reported]
        for name, seconds in hung:
            self._tell(name, seconds)
        return max(0.0, min(dues) - now) if dues else None

    def _tell(self, name: str, seconds: float) -> None:
        try:
            self._on_hung(name, seconds)
        except Exception:
            log.exception("what was to be done about hung work failed", work=name)

    def _run(self) -> None:
        while not self._stopped:
            left = self.look()
            with self._changed:
                # What began since that look has its own moment, which only another look can tell.
                if not self._stopped and (left is not None or not self._watchable):
                    self._changed.wait(left)

    @property
    def _watchable(self) -> bool:
        return any(not found.reported for found in self._watched.values())
