"""Which steps may be skipped, and what a sequence remembers for that. The skipping itself is in `stepcache`.

Between two steps the input of the first block changes by an amount from which the change of the
output can be foretold. As long as the changes foretold since the last full step add up to less than a
threshold, steps are skipped (F. Liu et al., "Timestep Embedding Tells: It's Time to Cache for Video Diffusion
Model", 2024).
"""

from collections.abc import Sequence as Many
from dataclasses import dataclass
from typing import Final

import torch

# From the relative change of the first block's input to that of the output, highest power first, as
# fitted by the authors of the paper on FLUX.1-dev.
FLUX_FIT: Final = (498.651651, -283.781631, 55.8554382, -3.82021401, 0.264230861)


@dataclass(frozen=True, slots=True)
class SkipPolicy:
    """When a step may be skipped.

    Args:
        threshold: sum of foretold relative changes up to which steps are skipped.
        fewest_steps: shorter schedules take steps too large to be foretold, and skip none.
        fit: polynomial from the change of the input to that of the output, highest power first.
    """

    threshold: float = 0.6
    fewest_steps: int = 12
    fit: tuple[float, ...] = FLUX_FIT

    def foretell(self, change: float) -> float:
        """Return the relative change of the output that goes with one of the input."""
        value = 0.0
        for coefficient in self.fit:
            value = value * change + coefficient
        return max(value, 0.0)

    def judge(self, drift: float, change: float, step: int, steps: int) -> tuple[bool, float]:
        """Return whether a step (0-based, of `steps`) is skipped, and the drift after it.

        The first step has nothing to reuse, and the last one settles the details.
        """
        drift += self.foretell(change)
        skips = steps >= self.fewest_steps and 0 < step < steps - 1 and drift < self.threshold
        return skips, drift if skips else 0.0

    def schedule(self, changes: Many[float]) -> list[bool]:
        """Return for each step whether it is skipped, given the change at each step (that of step 0 is ignored)."""
        drift, schedule = 0.0, []
        for step, change in enumerate(changes):
            skips, drift = self.judge(drift, change, step, len(changes))
            schedule.append(skips)
        return schedule


@dataclass(frozen=True, slots=True)
class StepMemory:
    """What a sequence remembers between steps.

    Args:
        signal: (1, t, d), the modulated input of the first block at the last step.
        contribution: (1, t, d), what all blocks together added at the last full step.
        drift: sum of the foretold changes since then.
        changes: relative change of the signal at each step so far; 0 at the first.
        skipped: for each step so far, whether it was skipped.
    """

    signal: torch.Tensor | None = None
    contribution: torch.Tensor | None = None
    drift: float = 0.0
    changes: tuple[float, ...] = ()
    skipped: tuple[bool, ...] = ()
