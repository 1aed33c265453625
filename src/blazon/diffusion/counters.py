"""What an engine counts while it draws. Imported without torch, because `/metrics` reads it."""

from dataclasses import dataclass, field
from typing import Final

LARGEST_BATCH: Final = 64  # as `MAX_BATCH` allows


@dataclass(slots=True)
class EngineCounters:
    """What the engine has done since its start; written by its thread, read by the metrics from any other.

    Args:
        steps: forward passes.
        sequence_steps: steps of pictures; a forward pass of four pictures is four.
        busy_seconds: time in forward passes.
        out_of_memory: forward passes that found no memory.
        cold_passes: forward passes of a shape that was not warmed up, and so ran uncompiled.
        retried: pictures drawn again in higher precision.
        batch_sizes: forward passes by the number of pictures in them.
    """

    steps: int = 0
    sequence_steps: int = 0
    busy_seconds: float = 0.0
    out_of_memory: int = 0
    cold_passes: int = 0
    retried: int = 0
    batch_sizes: list[int] = field(default_factory=lambda: [0] * (LARGEST_BATCH + 1))

    def count_step(self, pictures: int, seconds: float) -> None:
        """Count one forward pass."""
        self.steps += 1
        self.sequence_steps += pictures
        self.busy_seconds += seconds
        self.batch_sizes[min(pictures, LARGEST_BATCH)] += 1
