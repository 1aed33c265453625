"""From where a request comes, where no key tells clients apart: by which name of the server, from which site's page.

A browser sends requests for any page to any address, this machine's own included. Two things tell a page that was
meant from one that was not: the header `Host`, against names that lead here behind our back (DNS rebinding), and
`Origin` (https://www.rfc-editor.org/rfc/rfc6454) or `Sec-Fetch-Site` (https://www.w3.org/TR/fetch-metadata/).
"""

import re
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from blazon.serve.authentication import is_loopback
from blazon.settings import Settings

_HOST: Final = re.compile(r"(\[[0-9a-f:.]+\]|[^\s:@/\[\]]+)(?::[0-9]{1,5})?")
_ANY: Final = "*"
_OTHER_SITES: Final = ("cross-site", "same-site")


def host_problem(headers: Headers, settings: Settings) -> str:
    """Say why a request to this `Host` is not served; empty if it is.

    Only clients on this machine reach a server on loopback, so whatever leads there by another name was not meant.
    """
    sent = headers.get("host", "")
    name = _name(sent)
    if not sent or is_loopback(name.strip("[]")) or _ANY in settings.allowed_hosts:
        return ""
    known = {settings.host.lower(), _name(urlsplit(settings.public_url).netloc), *settings.allowed_hosts} - {""}
    if name in known or not (settings.allowed_hosts or is_loopback(settings.host)):
        return ""
    return (
        f"this server does not go by the name {sent[:100]!r}; if clients reach it so, set ALLOWED_HOSTS to that name, "
        "or PUBLIC_URL to its address"
    )


def page_problem(headers: Headers, settings: Settings, *, any_page: bool) -> str:
    """Say why a request is not served because of the page that sent it; empty if it is.

    Args:
        any_page: whether pages of all sites may ask for this, as far as `CORS_ORIGINS` does not say otherwise.
    """
    origins = headers.getlist("origin")
    if not origins and headers.get("sec-fetch-site", "") not in _OTHER_SITES:
        return ""
    if any_page and _ANY in settings.cors_origins:
        return ""
    named = set(settings.cors_origins) - {_ANY}  # which is no origin that a page can have
    if origins and all(_is_own(origin, headers, settings) or origin in named for origin in origins):
        return ""
    return (
        "a page of another site asks for this, and the server asks for no key; name the page's origin in "
        "CORS_ORIGINS, or make a key with `blazon keys create`"
    )


def _is_own(origin: str, headers: Headers, settings: Settings) -> bool:
    """Whether a page of that origin came from this server, whatever stands in front of it."""
    netloc = origin.partition("://")[2]
    if not netloc:
        return False  # "null", of pages that have no origin
    own = {headers.get("host", "").lower(), *settings.allowed_hosts}
    public = urlsplit(settings.public_url)
    return netloc in own or (bool(settings.public_url) and origin == f"{public.scheme}://{public.netloc}".lower())


def _name(netloc: str) -> str:
    """Return the name in `Host`, without the port; empty if there is none."""
    match = _HOST.fullmatch(netloc.strip().lower())
    return match[1].rstrip(".") if match else ""
