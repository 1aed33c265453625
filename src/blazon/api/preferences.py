"""Headers with which a client says how it wants to be served."""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from fastapi import Request

from blazon.errors import InvalidHeader
from blazon.store.generations import Claim

_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
_SECONDS: Final = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Preference:
    """The `Prefer` header (RFC 7240): whether to answer at once, or how many seconds to wait at most."""

    respond_async: bool = False
    wait: float | None = None

    @property
    def applied(self) -> str:
        """What `Preference-Applied` says of it; empty if nothing was asked for."""
        if self.respond_async:
            return "respond-async"
        return "" if self.wait is None else f"wait={self.wait:g}"


def preference(request: Request) -> Preference:
    """Read the `Prefer` header; preferences that are not known are ignored, as its definition asks."""
    words = ",".join(request.headers.getlist("prefer")).replace(";", ",").split(",")
    asked = {
        name.strip().lower(): value.strip().strip('"') for name, _, value in (word.partition("=") for word in words)
    }
    wait = asked.get("wait", "")
    return Preference("respond-async" in asked, float(wait) if _SECONDS.fullmatch(wait) else None)


async def claim(request: Request) -> Claim | None:
    """Read the `Idempotency-Key` header, with a digest of the request that it stands for.

    Raises:
        InvalidHeader: it is not 1 to 255 printable ASCII characters without spaces.
    """
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise InvalidHeader("Idempotency-Key", "must be 1 to 255 printable ASCII characters without spaces")
    digest = hashlib.sha256(f"{request.url.path}\n".encode() + await request.body())
    return Claim(key, digest.hexdigest())


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
    if not _SECONDS.fullmatch(given):
        raise InvalidHeader("Last-Event-ID", "must be the id of an event of this stream; leave it out to begin anew")
    return int(given)
