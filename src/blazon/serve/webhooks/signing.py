"""Signatures of webhooks, by the Standard Webhooks specification.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md: what is signed is
`id.timestamp.body`, by HMAC-SHA256, with a secret that is written as `whsec_` and base64.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from blazon.errors import InvalidSetting

_PREFIX: Final = "whsec_"
_SECRET_BYTES: Final = 32
_SHORTEST, _LONGEST = 24, 64  # bytes; the specification asks for both


def new_secret() -> str:
    """Return a fresh secret, 32 random bytes as `whsec_<base64>`."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode("ascii")


def signing_key(secret: str) -> bytes:
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


def signed_headers(identifier: str, timestamp: int, body: bytes, secret: str) -> dict[str, str]:
    """Return the three headers that sign one attempt.

    Args:
        identifier: of the event, the same on every attempt, so that a receiver can tell that it has it already.
        timestamp: of the attempt, in epoch seconds; receivers refuse what is minutes old.

    Raises:
        InvalidSetting: the secret is none.
    """
    content = f"{identifier}.{timestamp}.".encode() + body
    digest = hmac.new(signing_key(secret), content, hashlib.sha256).digest()
    return {
        "webhook-id": identifier,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": "v1," + base64.b64encode(digest).decode("ascii"),
    }


def event_body(kind: str, at: float, data: Mapping[str, object]) -> bytes:
    """Return an event as JSON with the three fields that the specification names: type, timestamp and data.

    Args:
        kind: what happened, such as `generation.succeeded`.
        at: when it happened, in epoch seconds.
    """
    moment = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    event = {"type": kind, "timestamp": moment, "data": data}
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
