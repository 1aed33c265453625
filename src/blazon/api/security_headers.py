"""Headers that tell browsers what an answer may do.

Two that are often found are missing on purpose. `Strict-Transport-Security` belongs to whoever has the
certificate. Browsers ignore `Cross-Origin-Opener-Policy` over plain HTTP, and say so in the console of each page;
what ours keep for a tab, a key, no other site can read without it.
"""

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from typing import Final

from starlette.datastructures import MutableHeaders

ALWAYS: Final[tuple[tuple[bytes, bytes], ...]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"cross-origin"),  # logos are there to be shown on the pages of others
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
_POLICY: Final = "content-security-policy"

# An SVG that is opened by itself is a document. Painted marks are pictures within it.
_SVG_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"


def complete(headers: MutableHeaders) -> None:
    """Add the headers that an answer does not set itself.

    Answers that say nothing about caching are not stored, unless they have a validator (`ETag`), as files do.
    """
    if headers.get("content-type", "").startswith("image/svg+xml"):
        headers.setdefault(_POLICY, _SVG_POLICY)
    for name, value in ALWAYS:
        headers.setdefault(name.decode(), value.decode())
    if "etag" not in headers:
        headers.setdefault("cache-control", "no-store")


@cache
def page_policy(page: str) -> dict[str, str]:
    """Return the header that lets an HTML page run exactly its own scripts and styles.

    Inline ones are named by their hashes, files and requests may only go to the server that the page came
    from. Pictures may also be `data:` and `blob:`, which is how scripts show what they fetched.
    """
    policy = {
        "default-src": "'none'",
        "script-src": f"'self'{_hashes('script', page)}",
        "style-src": f"'self'{_hashes('style', page)}",
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return {"Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items())}


def _hashes(element: str, page: str) -> str:
    """Return the sources of the inline elements, as in https://www.w3.org/TR/CSP3/#grammardef-hash-source."""
    inline = re.findall(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)
    return "".join(f" 'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in inline)
