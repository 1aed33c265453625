"""What is ordered of the service, and what it says when it accepts."""

from concurrent.futures import Future
from dataclasses import dataclass

from blazon.brief import Brief
from blazon.generation import Generation, Priority
from blazon.serve.jobs import Outcome
from blazon.store.generations import Claim


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """What a client asks for, beside the brief.

    Args:
        waited_for: whether the client waits on its connection, and cancels by leaving.
        patience: seconds until the generation expires; None for never.
        use_cache: whether an equal generation, finished or under way, may serve.
        previews: whether pictures of unfinished work will be looked at.
    """

    brief: Brief
    priority: Priority = Priority.NORMAL
    waited_for: bool = True
    patience: float | None = None
    webhook_url: str = ""
    claim: Claim | None = None
    use_cache: bool = True
    previews: bool = False

    @property
    def ends_with_client(self) -> bool:
        """Whether a client that leaves cancels: not if it looks again later, or has a key to ask again with."""
        return self.waited_for and self.claim is None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """An order that was accepted.

    Args:
        hit: whether the result was taken from the cache.
        again: whether the same order was accepted before, under its idempotency key.
        estimated_wait: seconds until it is probably begun.
        outcome: how it ends; None if nobody carries it.
    """

    generation: Generation
    hit: bool = False
    again: bool = False
    estimated_wait: float = 0.0
    outcome: "Future[Outcome] | None" = None
