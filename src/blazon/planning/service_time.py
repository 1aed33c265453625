"""How long a forward pass of the step engine takes, by how many pictures share it. Pure arithmetic."""

import math
from dataclasses import dataclass, field
from typing import Final

from blazon.errors import InvalidSetting

_SHORTEST_STEP: Final = 1e-5  # seconds; much shorter ones are lost in the rounding of the moments of a long simulation


@dataclass(frozen=True, slots=True)
class ServiceTime:
    """The time model of one engine.

    A pass over b pictures takes `step` x (1 - growth + growth x bucket(b)). With growth 1, pictures in one pass cost
    as much as one after the other, as on a GPU that a single one fills; with growth 0 they cost nothing.

    Args:
        steps: passes for each picture.
        step: seconds of a pass over one picture.
        growth: share of a pass that grows with the pictures in it, 0 to 1.
        slots: pictures that are painted at the same time (`MAX_CONCURRENT_JOBS`), all in one pass.
        buckets: whether passes are filled up to powers of two, as compiled models are.

    Raises:
        InvalidSetting: one of them is no number that can be.
    """

    steps: int
    step: float
    growth: float = 1.0
    slots: int = 1
    buckets: bool = False
    passes: tuple[float, ...] = field(init=False, repr=False, compare=False)
    """Seconds of a pass by how many pictures are in it."""

    def __post_init__(self) -> None:
        if self.steps < 1 or self.slots < 1:
            raise InvalidSetting("steps and pictures at a time must be at least 1")
        if not 0 < self.step < math.inf:
            raise InvalidSetting("the seconds of a picture must be above 0")
        if self.step < _SHORTEST_STEP:
            raise InvalidSetting(f"a picture must take at least {1000 * _SHORTEST_STEP:g} ms for each step")
        if not 0 <= self.growth <= 1:
            raise InvalidSetting("the growth of a pass must be from 0 to 1")
        passes = (0.0, *(self._time_pass(count) for count in range(1, self.slots + 1)))
        object.__setattr__(self, "passes", passes)

    def _time_pass(self, count: int) -> float:
        filled = min(self.slots, 1 << (count - 1).bit_length()) if self.buckets else count
        return self.step * (1 - self.growth + self.growth * filled)

    @property
    def alone(self) -> float:
        """Seconds of one picture that shares no pass."""
        return self.steps * self.step

    @property
    def capacity(self) -> float:
        """Pictures a second of one engine that is never idle and always full."""
        return max(count / (self.steps * self.passes[count]) for count in range(1, self.slots + 1))
