"""Whether strangers can reach the server without a key."""

import ipaddress

from blazon.settings import Settings


def exposure_problem(settings: Settings, keys_made: bool) -> str:
    """Say what is wrong if the server listens beyond this machine and asks for no keys; empty if nothing is.

    Args:
        keys_made: whether there is or was a key, which is what `API_KEYS=auto` goes by.
    """
    asked = settings.api_keys == "required" or (settings.api_keys == "auto" and keys_made)
    if asked or is_loopback(settings.host):
        return ""
    cause = "no API key was made" if settings.api_keys == "auto" else "API_KEYS=off"
    cure = "run `blazon keys create NAME`" + (" and set API_KEYS=auto" if settings.api_keys == "off" else "")
    return f"HOST={settings.host} and {cause}: anybody who reaches it can draw; {cure}, or set HOST=127.0.0.1"


def is_loopback(host: str) -> bool:
    """Whether only programs on this machine reach `host`. A name other than localhost may mean any address."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host.lower() == "localhost"
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback
