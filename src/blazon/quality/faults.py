"""What can be wrong with a drawing, and how bad that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """The kinds of fault that a gate looks for."""

    THIN = "thin strokes"
    NARROW = "narrow gaps"
    CLOGGED = "clogged counters"
    INTRICATE = "too many points"
    CRUMBS = "crumbs"
    RADII = "near-equal radii"
    ANGLES = "near-equal angles"
    LEANING = "off its optical centre"
    CONTRAST = "little contrast"
    EDGE = "ink at the edge"
    SMALL_TYPE = "type too small"
    OVERLAP = "type over the mark"
    MISALIGNED = "mark not level with the type"
    LOOK_ALIKE = "like another's mark"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a drawing.

    Args:
        weight: how bad it is: 100 for what nobody should see, less for what others may be worse than.
        words: what to tell whoever uses the logo; empty where that helps nobody.
    """

    kind: FaultKind
    weight: int
    words: str = ""


def weigh(faults: Sequence[Fault]) -> int:
    """Return how bad some faults are together; 0 for none."""
    return sum(fault.weight for fault in faults)
