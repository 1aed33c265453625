"""Who may come in: keys as the settings ask for them, how often each may come, and who else can reach the server."""

import ipaddress
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from blazon.errors import NotAllowed, NotAuthenticated, ShareExceeded
from blazon.models import ModelCard
from blazon.principal import ANONYMOUS, Principal
from blazon.settings import Settings
from blazon.store.keys import KeyStore
from blazon.store.rates import ROUNDING, RateStore

Mode = Literal["auto", "required", "off"]
_LOOK_EVERY: Final = 1.0  # seconds until a first key that another process made is asked for
_MINUTE: Final = 60.0


@dataclass(frozen=True, slots=True)
class RateLimit:
    """What is left of the rate of a key after a request.

    Args:
        limit: requests a minute.
        remaining: requests that may come at once.
        reset: seconds until all of `limit` may.
    """

    limit: int
    remaining: int
    reset: float


class RateExceeded(ShareExceeded):
    """The key asks too often."""

    def __init__(self, rate: RateLimit, wait: float) -> None:
        super().__init__(f"the key may be used {rate.limit} times a minute", retry_after=max(1, math.ceil(wait)))
        self.rate = rate


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
        if wait > ROUNDING * self._interval:
            return wait
        self._full_at = full_at
        return 0.0

    def full_in(self, now: float) -> float:
        """Return the seconds until it is as good as a new one, 0 if it is."""
        return max(0.0, self._full_at - now)


def count_remaining(per_minute: float, full_in: float) -> int:
    """Return how many requests a bucket would let through now that is full in so many seconds."""
    interval = _MINUTE / per_minute
    return max(0, math.floor((max(_MINUTE, interval) - full_in) / interval + ROUNDING))


class TokenBuckets:
    """The buckets of all keys. Those that are full are forgotten, so it holds no more than asked in the last minute."""

    def __init__(self) -> None:
        self._buckets: dict[str, tuple[float, TokenBucket]] = {}
        self._sweep_at = 0.0

    def __len__(self) -> int:
        return len(self._buckets)

    def bucket(self, key: str, per_minute: float, now: float) -> TokenBucket:
        """Return the bucket of a key: a full one for a key whose rate was changed."""
        self._sweep(now)
        rate, bucket = self._buckets.get(key, (0.0, None))
        if bucket is None or rate != per_minute:
            bucket = TokenBucket(per_minute)
            self._buckets[key] = per_minute, bucket
        return bucket

    def _sweep(self, now: float) -> None:
        if now < self._sweep_at:
            return
        self._sweep_at = now + _MINUTE
        self._buckets = {key: kept for key, kept in self._buckets.items() if kept[1].full_in(now) > 0}


class Authenticator:
    """Knows the clients by their keys. Threads may share it; what it does reads the database, so not for event loops.

    Args:
        mode: `auto` asks for keys as soon as one was made. It goes on to ask when the last one is revoked, because
            to take a key away must never open the door to everybody.
        rates: counts what keys ask for over all servers that share the database; None if this is the only one.
        clock: seconds, monotonic.
    """

    def __init__(
        self, keys: KeyStore, mode: Mode, rates: RateStore | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._keys = keys
        self._mode = mode
        self._rates = rates
        self._buckets = TokenBuckets()
        self._clock = clock
        self._lock = threading.Lock()
        self._asks = mode == "required"
        self._looked = -math.inf

    def asks(self) -> bool:
        """Whether a request needs a key now."""
        if self._mode == "auto" and not self._asks and self._clock() - self._looked >= _LOOK_EVERY:
            now = self._clock()
            if self._keys.any_made():
                self._asks = True
            self._looked = now  # only now: until there is an answer, and where none can be had, nobody is let in
        return self._asks

    def is_keyed(self) -> bool:
        """Whether a request needed a key when that was last looked at; never blocks."""
        return self._asks

    def is_open(self) -> bool:
        """Whether no key is asked for, as far as that is known without the database; never blocks."""
        looked = self._clock() - self._looked < _LOOK_EVERY
        return self._mode == "off" or (self._mode == "auto" and not self._asks and looked)

    def admit(self, sent: set[str]) -> tuple[Principal, RateLimit | None]:
        """Return the client that sent these keys, of which there may be one, and what is left of its rate.

        Where no keys are asked for that is `ANONYMOUS`, whatever was sent. A request that is let in is counted.

        Raises:
            NotAuthenticated: a key is needed and there is none, an unknown one, or more than one.
            RateExceeded: it asks too often.
        """
        if not self.asks():
            return ANONYMOUS, None
        if not sent:
            raise NotAuthenticated("an API key is needed: Authorization: Bearer KEY, or X-API-Key: KEY")
        if len(sent) > 1:
            raise NotAuthenticated("the headers carry different API keys; send one")
        principal = self._keys.authenticate(next(iter(sent)))
        if principal is None:
            raise NotAuthenticated("the API key is not known here, or no longer valid")
        return principal, self._count(principal)

    def _count(self, principal: Principal) -> RateLimit | None:
        limit = principal.requests_per_minute
        if limit is None:
            return None
        if self._rates is None:
            wait, full_in = self._count_here(principal.id, limit)
        else:
            interval = _MINUTE / limit
            wait, full_in = self._rates.take(principal.id, interval, max(_MINUTE, interval))
        rate = RateLimit(limit, count_remaining(limit, full_in), full_in)
        if wait > 0:
            raise RateExceeded(rate, wait)
        return rate

    def _count_here(self, key: str, limit: int) -> tuple[float, float]:
        now = self._clock()
        with self._lock:
            bucket = self._buckets.bucket(key, limit, now)
            return bucket.allow(now), bucket.full_in(now)


def check_model(principal: Principal, model: ModelCard) -> None:
    """Return if the client may use the model that will draw.

    Raises:
        NotAllowed: it may not.
    """
    if principal.models and not {model.name, model.identifier} & set(principal.models):
        allowed = ", ".join(principal.models)
        raise NotAllowed(f"the key may not use the model {model.name}; it may use {allowed}")


def exposure_problem(settings: Settings, keys_made: bool) -> str:
    """Say what is wrong if the server listens beyond this machine and asks for no keys; empty if nothing is.

    Args:
        keys_made: whether there is or was a key, which is what `API_KEYS=auto` goes by.
    """
    asked = settings.api_keys == "required" or (settings.api_keys == "auto" and keys_made)
    if asked or is_loopback(settings.host):
        return ""
    cause = "no API key was made" if settings.api_keys == "auto" else "API_KEYS=off"
    cure = "run `blazon keys create NAME`" + (" and set API_KEYS=auto" if settings.api_keys == "off" else "")
    return f"HOST={settings.host} and {cause}: anybody who reaches it can draw; {cure}, or set HOST=127.0.0.1"


def is_loopback(host: str) -> bool:
    """Whether only programs on this machine reach `host`. A name other than localhost may mean any address."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host.lower() == "localhost"
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback
