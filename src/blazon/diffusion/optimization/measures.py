"""The measures that make a model faster: how far to go, what was done, and what could not be done and why."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

import structlog

from blazon.diffusion.poison import is_poisoned

log = structlog.get_logger(__name__)


class Level(StrEnum):
    """How far to go for speed; each level includes those before it."""

    OFF = "off"
    LOSSLESS = "lossless"
    FAST = "fast"
    MAX = "max"


class NotPossible(Exception):
    """A measure cannot be taken here; the message says why."""


@dataclass(slots=True)
class OptimizeReport:
    """What was done to a model.

    Args:
        applied: the measures in force, in the order in which they were taken.
        passed_over: measures that could not be taken, and why.
    """

    level: Level
    applied: list[str] = field(default_factory=list)
    passed_over: dict[str, str] = field(default_factory=dict)

    def attempt(self, measure: str, take: Callable[[], str]) -> None:
        """Take a measure; `take` returns how it is called in the report."""
        try:
            self.applied.append(take())
        except NotPossible as reason:
            self.passed_over[measure] = str(reason)
        except Exception as error:  # speed is optional: whatever a library raises, go on without
            if is_poisoned(error):
                raise
            log.exception("a measure for speed failed", measure=measure)
            self.passed_over[measure] = in_one_line(error)


def in_one_line(error: Exception) -> str:
    """Return a library's error as the end of a log line; those of compilers fill pages."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
