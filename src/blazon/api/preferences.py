"""How a client wants an answer: soon or whole (`Prefer`), and from which event on (`Last-Event-ID`)."""

import re
from dataclasses import dataclass
from typing import Final

from fastapi import Request

from blazon.errors import InvalidHeader

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

    def describe_applied(self, longest: float) -> str:
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
