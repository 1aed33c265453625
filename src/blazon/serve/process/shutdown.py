"""The end of the server process: it takes no new work, finishes what it has begun, and leaves the rest in the queue.

One `Shutdown` is made for the process. Who takes work asks `draining`; who does work says what is to happen
(`on_begin`, `on_limit`) and whether it is still at it (`busy_while`); whoever finds that the process must go calls
`begin` or `replace`; the server asks `over` every tenth of a second, and ends.
"""

import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Final

import structlog

from blazon.serve.process.exit import DEBOUNCE, REPLACE_ME, leave

log = structlog.stdlib.get_logger("blazon.serve")

# Clients whose work is given up are answered within this time, then the process ends whatever hangs in it.
_LAST_ANSWERS: Final = 5.0

Clock = Callable[[], float]


class Shutdown:
    """Whether the process is on its way out, and how far.

    Args:
        limit: seconds that running work is given after `begin`.
        supervised: whether a supervisor forces the end of this process when it takes too long.
        clock: tells seconds, for tests.
        debounce: seconds after a signal in which others are the same wish.
    """

    def __init__(
        self, limit: float, clock: Clock = time.monotonic, *, supervised: bool = False, debounce: float = DEBOUNCE
    ) -> None:
        self._limit = limit
        self._clock = clock
        self._supervised = supervised
        self._debounce = debounce
        self.draining = False
        """Whether no new work may be taken. True from the moment of the signal on."""
        self._began: float | None = None
        self._began_told = self._limit_told = False
        self._on_begin: list[Callable[[], None]] = []
        self._on_limit: list[Callable[[], None]] = []
        self._busy: list[Callable[[], bool]] = []
        self.exit_code = 0
        self.reason = ""

    def on_begin(self, callback: Callable[[], None]) -> None:
        """Have `callback` called by `over` once the drain began; it must not block."""
        self._on_begin.append(callback)

    def on_limit(self, callback: Callable[[], None]) -> None:
        """Have `callback` called by `over` when the time is up and something is still busy: it gives up what runs."""
        self._on_limit.append(callback)

    def busy_while(self, busy: Callable[[], bool]) -> None:
        """Let the drain last, within its limit, as long as `busy` says so."""
        self._busy.append(busy)

    def begin(self) -> None:
        """Take no more work. Safe in a signal handler: it takes no lock and calls nobody."""
        if self._began is None:
            self._began, self.draining = self._clock(), True

    def take_signal(self) -> None:
        """Begin; at a later signal end the process at once, unless a supervisor sees to that.

        For signal handlers: nothing here may wait for a lock, which the thread that was interrupted may hold.
        """
        if self._began is None:
            self.begin()
        elif not self._supervised and self._clock() - self._began >= self._debounce:
            leave(self.exit_code)

    def end(self) -> None:
        """End the server for good, as SIGTERM does; a supervisor, which would start another process, is told first."""
        if self._supervised:
            os.kill(os.getppid(), signal.SIGTERM)
        else:
            self.begin()

    def replace(self, reason: str) -> None:
        """Have this process replaced, because it cannot do its work any more. From any thread, more than once.

        What runs is given up at once, clients that wait are told so, and the process ends with `REPLACE_ME`, by force
        if it cannot do even that.
        """
        if self.exit_code == REPLACE_ME:
            return
        self.reason, self._limit, self.exit_code = reason, 0.0, REPLACE_ME
        force = threading.Timer(_LAST_ANSWERS, leave, (REPLACE_ME,))
        force.daemon = True
        force.start()
        self.begin()
        log.critical("this process cannot go on and is replaced", reason=reason)

    def over(self) -> bool:
        """Whether nothing is left to wait for; tells on the way who asked to be told. Called by the server, often."""
        if self._began is None:
            return False
        if not self._began_told:
            self._began_told = True
            log.info("draining", limit_s=self._limit, reason=self.reason or "asked to stop")
            _call(self._on_begin)
        if not any(busy() for busy in self._busy):
            return True
        if self._clock() - self._began < self._limit:
            return False
        if not self._limit_told:
            self._limit_told = True
            log.warning("what still runs is given up", limit_s=self._limit)
            _call(self._on_limit)
        return True


def _call(callbacks: list[Callable[[], None]]) -> None:
    for callback in callbacks:
        try:
            callback()
        except Exception:
            log.exception("a part of the server did not let go well")
