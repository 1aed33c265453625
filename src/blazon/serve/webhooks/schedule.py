"""When to try again: what an attempt came to decides between delivered, later and never. Pure."""

from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

# Seconds before the second attempt, the third and so on. Short first, for a receiver that restarts; then long
# enough for somebody to notice and mend it, over a night and a day: 31 hours in all. Near the example of the
# Standard Webhooks specification.
DELAYS: Final = (5.0, 30.0, 120.0, 600.0, 3600.0, 21_600.0, 86_400.0)
# Only ever later than the table says, so that what failed together is not sent again together.
JITTER: Final = 0.2
LONGEST_RETRY_AFTER: Final = 86_400.0  # a receiver may ask for no longer a wait than our own longest

_GONE: Final = 410
_ASKS_TO_WAIT: Final = (429, 503)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver answered; `retry_after` is in seconds, None if it named no time."""

    status: int
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """There was no answer, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """The receiver has the event."""


@dataclass(frozen=True, slots=True)
class Later:
    """The attempt failed and another will be made in `delay` seconds."""

    delay: float
    error: str


@dataclass(frozen=True, slots=True)
class Never:
    """The attempt failed and was the last."""

    error: str


def judge(result: Answer | Silence, attempt: int, chance: float) -> Delivered | Later | Never:
    """Return what follows from an attempt.

    Args:
        attempt: its number, 1 for the first.
        chance: a random number from 0 to 1, decides on the jitter.
    """
    if isinstance(result, Answer) and 200 <= result.status < 300:
        return Delivered()
    error = _error(result)
    if isinstance(result, Answer) and result.status == _GONE:
        return Never(f"{error}: the receiver wants no more")
    if attempt > len(DELAYS):
        return Never(f"{error}; given up after {attempt} attempts")
    delay = DELAYS[attempt - 1]
    if isinstance(result, Answer) and result.status in _ASKS_TO_WAIT and result.retry_after is not None:
        delay = max(delay, min(result.retry_after, LONGEST_RETRY_AFTER))
    return Later(delay * (1 + JITTER * chance), error)


def _error(result: Answer | Silence) -> str:
    if isinstance(result, Silence):
        return result.reason
    return f"answered {result.status}" + ("; redirects are not followed" if 300 <= result.status < 400 else "")


def retry_after(value: str | None, now: float) -> float | None:
    """Return the seconds that a `Retry-After` header asks for (RFC 9110, 10.2.3: seconds or a date), None if none."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now)
