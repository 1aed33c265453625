"""How often a key may ask: a bucket of tokens for each, filled at a steady rate."""

from typing import Final

_MINUTE: Final = 60.0


class TokenBucket:
    """Lets `per_minute` requests through at once, and then one every `60 / per_minute` seconds.

    So no minute sees more than twice `per_minute`, and no longer time more than `per_minute` a minute and
    `per_minute` besides. Kept as one number, the time at which the bucket will be full (the form of the ATM
    Forum's generic cell rate algorithm), so that nothing has to be filled while nobody asks.

    Args:
        per_minute: requests, above 0.
    """

    __slots__ = ("_full_at", "_interval")

    def __init__(self, per_minute: float) -> None:
        if per_minute <= 0:
            raise ValueError("a bucket needs a rate above 0")
        self._interval = _MINUTE / per_minute
        self._full_at = 0.0

    def allow(self, now: float) -> float:
        """Return 0 and take a token, or return the seconds until there is one and take none.

        Args:
            now: seconds of a clock that does not go back.
        """
        full_at = max(self._full_at, now) + self._interval
        # A rate under one a minute still lets single requests through.
        wait = full_at - now - max(_MINUTE, self._interval)
        if wait > _ROUNDING * self._interval:
            return wait
        self._full_at = full_at
        return 0.0

    def is_full(self, now: float) -> bool:
        """Whether it is as good as a new one."""
        return self._full_at <= now


_ROUNDING: Final = 1e-6  # of an interval: who waits exactly as long as told is let through


class Rates:
    """The buckets of all keys. Those that are full are forgotten, so it holds no more than asked in the last minute."""

    def __init__(self) -> None:
        self._buckets: dict[str, tuple[float, TokenBucket]] = {}
        self._sweep_at = 0.0

    def __len__(self) -> int:
        return len(self._buckets)

    def allow(self, key: str, per_minute: float, now: float) -> float:
        """Return 0 if a request of `key` is within its rate, or else the seconds until one is.

        A key whose rate was changed starts with a full bucket.
        """
        self._sweep(now)
        rate, bucket = self._buckets.get(key, (0.0, None))
        if bucket is None or rate != per_minute:
            bucket = TokenBucket(per_minute)
            self._buckets[key] = per_minute, bucket
        return bucket.allow(now)

    def _sweep(self, now: float) -> None:
        if now < self._sweep_at:
            return
        self._sweep_at = now + _MINUTE
        self._buckets = {key: kept for key, kept in self._buckets.items() if not kept[1].is_full(now)}
