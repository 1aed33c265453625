"""Where webhooks may go: a URL is checked when it is accepted, its addresses whenever it is called.

A name can point anywhere, and elsewhere a minute later. So `check_url` refuses what is wrong on its face, and
the addresses that a name resolves to are checked by `is_public` right before one of them is connected to.
"""

import re
import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

import httpx

from blazon.errors import InvalidBrief

MAX_URL: Final = 2000

Address = IPv4Address | IPv6Address

# The special-purpose registries of IANA (RFC 6890 and its updates), with multicast. Written out, because what the
# standard library calls global differs between its patch releases.
_CLOSED_IPV4: Final = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network, the unspecified address
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # behind carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, metadata services of clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
# Outside of this lie loopback, link-local, unique local, multicast, and IPv4 in disguise (::ffff:0:0/96, 64:ff9b::/96).
_GLOBAL_IPV6: Final = IPv6Network("2000::/3")
_CLOSED_IPV6: Final = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, Teredo
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: IPv4 in disguise
        "3fff::/20",  # documentation
    )
)


def is_public(address: Address) -> bool:
    """Whether an address is one of a machine on the internet, and not of this machine or its surroundings."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _CLOSED_IPV4)
    if address.scope_id is not None:  # a zone: it is one of an interface of this machine
        return False
    return address in _GLOBAL_IPV6 and not any(address in network for network in _CLOSED_IPV6)


def check_url(url: str, *, allow_private: bool) -> str:
    """Return the URL as it will be called, if it can be.

    Args:
        allow_private: whether addresses that are not public are allowed (`WEBHOOK_ALLOW_PRIVATE`), and any port.

    Raises:
        InvalidBrief: it cannot be called; the message says what to change.
    """
    parsed = _parse(url)
    host = parsed.raw_host.decode("ascii").lower()
    faults = (
        (parsed.scheme not in ("http", "https"), "must begin with https:// or http://"),
        (bool(parsed.userinfo), "must not hold a user name or password; check the signature instead"),
        (not _names_host(host), "names no host that can be looked up; write it like https://example.com/hook"),
        ("#" in url, "must not hold a fragment; leave out the # and what follows it"),
        (parsed.port is not None and not 1 <= parsed.port <= 65_535, "has no port from 1 to 65535; leave it out"),
        (not allow_private and _is_private(host), _PRIVATE),
        (not allow_private and not _is_web_port(parsed.port), _NO_WEB),
        (len(str(parsed)) > MAX_URL, f"is longer than {MAX_URL} characters when it is percent-encoded; shorten it"),
    )
    for wrong, problem in faults:
        if wrong:
            raise _refusal(problem)
    return str(parsed)


def find_receiver(url: str) -> str:
    """Return scheme, host and port of a checked URL: who is called, without the path, which may hold a secret."""
    parsed = httpx.URL(url)
    return f"{parsed.scheme}://{parsed.netloc.decode('ascii')}"


_NAME: Final = re.compile(r"([a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?")  # RFC 1035, and the underscores that there are
_PRIVATE: Final = (
    "must lead to a public address; for one in your own network, whoever runs the server sets"
    " WEBHOOK_ALLOW_PRIVATE=true"
)
_NO_WEB: Final = (
    "must not name a port of another service, such as mail; those for the web are 80, 443 and all from 1024 on;"
    " whoever runs the server allows others with WEBHOOK_ALLOW_PRIVATE=true"
)


def _refusal(problem: str) -> InvalidBrief:
    return InvalidBrief("webhook_url", problem)


def _parse(url: str) -> httpx.URL:
    if len(url) > MAX_URL:
        raise _refusal(f"has {len(url)} characters; {MAX_URL} are the most")
    try:
        # Twice: the first time, the default port is kept behind a scheme in capitals.
        return httpx.URL(str(httpx.URL(url.strip())))
    except (httpx.InvalidURL, ValueError) as error:  # ValueError: half of a surrogate pair
        raise _refusal(f"is not a URL ({error}); write it like https://example.com/hook") from None


def _names_host(host: str) -> bool:
    return len(host) <= 253 and (_NAME.fullmatch(host) is not None or _literal(host) is not None)


def _is_web_port(port: int | None) -> bool:
    # What strangers make the server send to a mail server comes from the server's address, and is mail.
    return port is None or port in (80, 443) or port >= 1024


def _is_private(host: str) -> bool:
    host = host.rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761: always loopback
        return True
    address = _literal(host)
    return address is not None and not is_public(address)


def _literal(host: str) -> Address | None:
    """Return the address that a host is written as, in the old ways (`127.1`, `0x7f000001`) too; None for a name."""
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        return None
