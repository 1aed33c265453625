"""What the end of a generation owes to the one who asked for it."""

from collections.abc import Callable

from blazon.errors import InvalidBrief
from blazon.generation import Generation
from blazon.principal import Principal
from blazon.serve.schemas import GenerationView
from blazon.serve.webhooks.address import check_url, receiver
from blazon.serve.webhooks.signing import event_body
from blazon.store.outbox import Delivery


class Clerk:
    """Accepts URLs of webhooks and writes what is owed to them.

    Args:
        secret_of: the signing secret of an owner's key, empty if there is none.
        secret: signs for clients without a key; empty if none is configured.
        allow_private: whether URLs may lead to private addresses.
    """

    def __init__(self, secret_of: Callable[[str], str], secret: str, *, allow_private: bool) -> None:
        self._secret_of = secret_of
        self._secret = secret
        self._allow_private = allow_private

    def accepted(self, url: str, principal: Principal) -> str:
        """Return a URL as it is stored, normalised.

        Raises:
            InvalidBrief: nothing can be posted there, or nothing is there to sign it with.
        """
        if not url:
            return ""
        if not (principal.webhook_secret or self._secret):
            raise InvalidBrief("webhook_url", "needs an API key, or WEBHOOK_SECRET on the server, to be signed with")
        return check_url(url, allow_private=self._allow_private)

    def owed(self, generation: Generation) -> Delivery | None:
        """Return what a generation that ended owes, None if it owes nothing."""
        if not generation.webhook_url or not generation.status.ended:
            return None
        secret = self._secret_of(generation.owner) if generation.owner else self._secret
        at = generation.finished_at or generation.created_at
        seen = GenerationView.of(generation).model_dump(mode="json")
        return Delivery(
            id=f"msg_{generation.id}",
            generation=generation.id,
            url=generation.webhook_url,
            receiver=receiver(generation.webhook_url),
            secret=secret,
            body=event_body(f"generation.{generation.status}", at, seen),
            created=at,
        )
