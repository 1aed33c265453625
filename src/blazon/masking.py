"""Secrets inside URLs, for text that is shown or logged."""

import re
from typing import Final

MASK: Final = "********"

# Up to the last @: a password may hold one that should have been escaped. Without a scheme, only `user:password@` is
# taken for a secret, as an address of mail is none.
_USER: Final = re.compile(r"(?<=://)[^\s/?#\"'<>][^\s\"'<>]*@|(?<![^\s\"'=])[^\s\"'<>:/@]+:[^\s\"'<>/]+@")
_PARAMETER: Final = re.compile(
    r"([?&;][^\s=&;#\"'<>]*(?:pass|pwd|secret|token|key|sig|auth|cred)[^\s=&;#\"'<>]*=)[^\s&;#\"'<>]+", re.IGNORECASE
)


def mask_secrets(text: str) -> str:
    """Return `text` with user and password of each URL masked, and parameters named like a secret."""
    if "@" not in text and "=" not in text:
        return text
    return _PARAMETER.sub(rf"\1{MASK}", _USER.sub(f"{MASK}@", text))
