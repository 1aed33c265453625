"""Headers with which a client says how it wants to be served."""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Final

from fastapi import Request

from blazon.errors import InvalidHeader
from blazon.store.generations import Claim

_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
_SECONDS: Final = re.compile(r"[0-9]{1,9}")
_EVENT: Final = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Preference:
    """The `Prefer` header (RFC 7240): whether not to be waited for, and how many seconds to wait at most."""

    respond_async: bool = False
    wait: float | None = None

    def patience(self, longest: float) -> float:
        """Return how many seconds to wait where `longest` is the most, and what is waited if nothing was asked for."""
        usual = 0.0 if self.respond_async else longest
        return min(longest, usual if self.wait is None else self.wait)

    def applied(self, longest: float) -> str:
        """Return what `Preference-Applied` says of it; empty if nothing was asked for."""
        words = ["respond-async"] if self.respond_async else []
        return ", ".join(words if self.wait is None else [*words, f"wait={self.patience(longest):g}"])


def preference(request: Request) -> Preference:
    """Read the `Prefer` header; preferences that are not known are ignored, as its definition asks."""
    words = ",".join(request.headers.getlist("prefer")).replace(";", ",").split(",")
    asked = {
        name.strip().lower(): value.strip().strip('"') for name, _, value in (word.partition("=") for word in words)
    }
    wait = asked.get("wait", "")
    return Preference("respond-async" in asked, float(wait) if _SECONDS.fullmatch(wait) else None)


async def claim(request: Request) -> Claim | None:
    """Read the `Idempotency-Key` header, with a digest of what the request that it stands for says.

    Raises:
        InvalidHeader: it is not 1 to 255 printable ASCII characters without spaces.
    """
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise InvalidHeader("Idempotency-Key", "must be 1 to 255 printable ASCII characters without spaces")
    digest = hashlib.sha256(f"{request.scope['route'].path}\n".encode() + canonicalize(await request.body()))
    return Claim(key, digest.hexdigest())


def canonicalize(body: bytes) -> bytes:
    """Return bytes that are the same for bodies that say the same: JSON, whatever its order, spaces and escapes.

    Numbers are equal as numbers are, and a field that is null is one that is left out, as in all requests here. What is
    not JSON stands for itself.
    """
    try:
        content = json.loads(body, parse_float=_read_number)
    except (ValueError, RecursionError):
        return body
    if isinstance(content, dict):
        content = {name: value for name, value in content.items() if value is not None}
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def _read_number(text: str) -> float | int:
    number = float(text)
    return int(number) if number.is_integer() else number


def uses_cache(request: Request) -> bool:
    """Whether a stored result may serve: unless `Cache-Control` says `no-cache` or `no-store`."""
    directives = {word.strip().lower() for word in request.headers.get("cache-control", "").split(",")}
    return not directives & {"no-cache", "no-store"}


def last_event(request: Request) -> int:
    """Read the `Last-Event-ID` header, 0 if there is none.

    Raises:
        InvalidHeader: it is not the id of an event of ours.
    """
    given = request.headers.get("last-event-id", "").strip()
    if not given:
        return 0
    if not _EVENT.fullmatch(given):
        raise InvalidHeader("Last-Event-ID", "must be the id of an event of this stream; leave it out to begin anew")
    return int(given)
