"""Who may come in: keys as the settings ask for them, and how often each may come."""

import math
import threading
import time
from collections.abc import Callable
from typing import Final, Literal

from blazon.errors import NotAllowed, NotAuthenticated, ShareExceeded
from blazon.models import ModelCard
from blazon.principal import ANONYMOUS, Principal
from blazon.serve.rates import Rates
from blazon.store.keys import KeyStore

Mode = Literal["auto", "required", "off"]
_LOOK_EVERY: Final = 1.0  # seconds until a first key that another process made is asked for


class Authenticator:
    """Knows the clients by their keys. Threads may share it; what it does reads the database, so not for event loops.

    Args:
        mode: `auto` asks for keys as soon as one was made. It goes on to ask when the last one is revoked, because
            to take a key away must never open the door to everybody.
        clock: seconds, monotonic.
    """

    def __init__(self, keys: KeyStore, mode: Mode, rates: Rates, clock: Callable[[], float] = time.monotonic) -> None:
        self._keys = keys
        self._mode = mode
        self._rates = rates
        self._clock = clock
        self._lock = threading.Lock()
        self._asks = mode == "required"
        self._looked = -math.inf

    @property
    def asks(self) -> bool:
        """Whether a request needs a key now."""
        if self._mode == "auto" and not self._asks and self._clock() - self._looked >= _LOOK_EVERY:
            self._looked = self._clock()
            self._asks = self._keys.any_made()
        return self._asks

    def asks_now(self) -> bool:
        """The same as a function, for those who must not know the rest."""
        return self.asks

    def admit(self, sent: str) -> Principal:
        """Return the client that sent this key, and count its request; anybody where no keys are asked for.

        Raises:
            NotAuthenticated: a key is needed and this is none; `sent` is empty for a request without one.
            ShareExceeded: it asks too often.
        """
        if not self.asks:
            return ANONYMOUS
        if not sent:
            raise NotAuthenticated("an API key is needed: Authorization: Bearer KEY, or X-API-Key: KEY")
        principal = self._keys.authenticate(sent)
        if principal is None:
            raise NotAuthenticated("the API key is not known here, or no longer valid")
        self._count(principal)
        return principal

    def _count(self, principal: Principal) -> None:
        limit = principal.requests_per_minute
        if limit is None:
            return
        with self._lock:
            wait = self._rates.allow(principal.id, limit, self._clock())
        if wait > 0:
            raise ShareExceeded(f"the key may be used {limit} times a minute", retry_after=max(1, math.ceil(wait)))


def check_model(principal: Principal, model: ModelCard) -> None:
    """Return if the client may use the model that will draw.

    Raises:
        NotAllowed: it may not.
    """
    if principal.models and not {model.name, model.identifier} & set(principal.models):
        allowed = ", ".join(principal.models)
        raise NotAllowed(f"the key may not use the model {model.name}; it may use {allowed}")
