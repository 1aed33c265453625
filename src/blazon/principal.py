"""Who asks: a client with an API key, or anybody where no keys are asked for."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Scope(StrEnum):
    """What a key opens: drawing, reading what it drew, or, with `admin`, everything including the metrics."""

    GENERATE = "generate"
    READ = "read"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Principal:
    """The client of a request.

    Args:
        id: of its key, empty for a client without one; what it owns carries this.
        weight: its share of the server against that of others.
        requests_per_minute, daily_quota: None for no limit; the quota counts logos.
        models: names of those that it may ask for, empty for all.
        webhook_secret: signs the webhooks that it is owed.
    """

    id: str = ""
    name: str = ""
    scopes: frozenset[Scope] = field(default=frozenset(Scope))
    weight: float = 1.0
    requests_per_minute: int | None = None
    daily_quota: int | None = None
    models: tuple[str, ...] = ()
    webhook_secret: str = field(default="", repr=False)


ANONYMOUS: Final = Principal()
