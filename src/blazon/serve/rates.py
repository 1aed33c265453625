"""How often a client may ask."""


class TokenBucket:
    """A bucket that fills by `per_minute` tokens up to `burst`, full at first; each request takes one."""

    def __init__(self, per_minute: int, burst: int) -> None:
        self._per_second = per_minute / 60
        self._burst = float(burst)
        self._tokens = self._burst
        self._filled_at: float | None = None

    def take(self, now: float) -> float:
        """Take a token at `now` seconds if there is one; return the seconds until there is, 0.0 if it was taken."""
        passed = 0.0 if self._filled_at is None else max(0.0, now - self._filled_at)
        self._tokens = min(self._burst, self._tokens + passed * self._per_second)
        self._filled_at = now
        if self._tokens < 1:
            return (1 - self._tokens) / self._per_second
        self._tokens -= 1
        return 0.0
