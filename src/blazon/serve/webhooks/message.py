"""The webhook that the end of a generation owes: where it goes, what it says and how it is signed.

By the Standard Webhooks specification (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/
standard-webhooks.md): what is signed is `id.timestamp.body`, by HMAC-SHA256, with a secret that is written as `whsec_`
and base64.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from blazon.errors import InvalidBrief, InvalidSetting
from blazon.generation import Generation
from blazon.principal import Principal
from blazon.serve.schemas import GenerationView
from blazon.serve.webhooks.address import check_url, find_receiver
from blazon.store.webhooks import WebhookDelivery

_PREFIX: Final = "whsec_"
_SECRET_BYTES: Final = 32
_SHORTEST, _LONGEST = 24, 64  # bytes; the specification asks for both


class WebhookSecrets:
    """What signs webhooks. Looked up for every attempt, so that a secret that was changed signs from then on.

    Args:
        of_key: returns the secret of a key, revoked or not, by its id; empty if there is no such key.
        default: signs for clients without a key (`WEBHOOK_SECRET`); empty if none is configured.

    Raises:
        InvalidSetting: `default` cannot sign.
    """

    def __init__(self, of_key: Callable[[str], str], default: str) -> None:
        if default:
            decode_secret(default)
        self._of_key = of_key
        self._default = default

    def find(self, owner: str) -> str:
        """Return the secret of an owner as it is now, empty if there is none. Reads the database.

        Raises:
            StorageUnavailable: it cannot be read now.
        """
        return self._of_key(owner) if owner else self._default

    def has_one(self, principal: Principal) -> bool:
        """Whether something signs for this client."""
        return bool(principal.webhook_secret if principal.id else self._default)


class WebhookMessages:
    """Checks the URLs of webhooks and builds what is delivered to them.

    Args:
        allow_private: whether URLs may lead to private addresses.
    """

    def __init__(self, secrets: WebhookSecrets, *, allow_private: bool) -> None:
        self._secrets = secrets
        self._allow_private = allow_private

    def check_url(self, url: str, principal: Principal) -> str:
        """Return a URL as it is stored, normalised.

        Raises:
            InvalidBrief: nothing can be posted there, or nothing is there to sign it with.
        """
        if not self._secrets.has_one(principal):
            raise InvalidBrief("webhook_url", "needs an API key, or WEBHOOK_SECRET on the server, to be signed with")
        return check_url(url, allow_private=self._allow_private)

    def build_delivery(self, generation: Generation) -> WebhookDelivery | None:
        """Return the webhook that a generation owes now, None if it owes none."""
        if not generation.webhook_url or not generation.status.ended:
            return None
        at = generation.finished_at or generation.created_at
        view = GenerationView.of(generation).model_dump(mode="json")
        return WebhookDelivery(
            id=f"msg_{generation.id}",
            generation=generation.id,
            owner=generation.owner,
            url=generation.webhook_url,
            receiver=find_receiver(generation.webhook_url),
            body=encode_event(f"generation.{generation.status}", at, view),
            created=at,
        )


def encode_event(kind: str, at: float, data: Mapping[str, object]) -> bytes:
    """Return an event as JSON with the three fields that the specification names: type, timestamp and data.

    Args:
        kind: what happened, such as `generation.succeeded`.
        at: when it happened, in epoch seconds.
    """
    moment = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    event = {"type": kind, "timestamp": moment, "data": data}
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def sign(identifier: str, timestamp: int, body: bytes, secret: str) -> dict[str, str]:
    """Return the three headers that sign one attempt.

    Args:
        identifier: of the event, the same on every attempt, so that a receiver can tell that it has it already.
        timestamp: of the attempt, in epoch seconds; receivers refuse what is minutes old.

    Raises:
        InvalidSetting: the secret is none.
    """
    content = f"{identifier}.{timestamp}.".encode() + body
    digest = hmac.new(decode_secret(secret), content, hashlib.sha256).digest()
    return {
        "webhook-id": identifier,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": "v1," + base64.b64encode(digest).decode("ascii"),
    }


def decode_secret(secret: str) -> bytes:
    """Return the bytes that a secret stands for.

    Raises:
        InvalidSetting: it is not `whsec_` and the base64 of 24 to 64 bytes. The message does not show it.
    """
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True) if secret.startswith(_PREFIX) else b""
    except (binascii.Error, ValueError):
        key = b""
    if not _SHORTEST <= len(key) <= _LONGEST:
        raise InvalidSetting(
            f"WEBHOOK_SECRET must be {_PREFIX} and the base64 of {_SHORTEST} to {_LONGEST} bytes;"
            f' make one with: echo "{_PREFIX}$(openssl rand -base64 {_SECRET_BYTES})"'
        )
    return key
