"""How long to wait before a process that ended is replaced."""

from dataclasses import dataclass
from typing import Final

# Long enough for a file lock or the GPU memory of the dead process to be given back, short enough that clients
# whose connections wait do not notice.
FIRST: Final = 0.5
# An operator who mends something sees it within this time, and a process that cannot start costs next to nothing.
LONGEST: Final = 30.0
# Longer than most jobs: one that kills every process which takes it must not do so twice a second.
HEALTHY: Final = 60.0


@dataclass(slots=True)
class Backoff:
    """Seconds to wait, doubled from one failure to the next until a process served for a while.

    Args:
        first, longest: seconds.
        healthy: seconds of service after which a failure counts as the first one.
    """

    first: float = FIRST
    longest: float = LONGEST
    healthy: float = HEALTHY
    failures: int = 0

    def after(self, served: float) -> float:
        """Return how long to wait after the failure of a process that served for `served` seconds."""
        if served >= self.healthy:
            self.failures = 0
        delay = min(self.longest, self.first * 2.0 ** min(self.failures, 64))  # no float holds powers far beyond
        self.failures += 1
        return delay
