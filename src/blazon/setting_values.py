"""Values of settings: what is done to a text before its type is checked, and texts with a form of their own."""

import ipaddress
import re
import unicodedata
from typing import Final
from urllib.parse import urlsplit

# A list may be broken into lines; nothing else holds a line break.
_LISTS: Final = frozenset({"allowed_hosts", "cors_origins", "trusted_proxies", "models", "loras"})
_NEVER: Final = frozenset({"Cc", "Cs"})  # control characters, and bytes of the environment that are no UTF-8

# What conda calls a platform: `x86_64-conda-linux-gnu`, `arm64-apple-darwin20.0.0`.
_PLATFORM: Final = re.compile(r"(x86_64|i\d86|aarch64|arm64|powerpc64le|ppc64le|s390x|riscv64)-\w+-(linux|darwin|w)\S*")
_NAME: Final = re.compile(r"[\w.-]{1,253}")
_ORIGIN: Final = re.compile(r"\*|[a-z][a-z0-9+.-]*://[^\s/?#,]+")
_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+.-]*:/[^\s]*")
_ENTRY: Final = re.compile(r"\s*[\w.-]+\s*=\s*[^,\s][^,]*")


def clean(name: str, value: object) -> object:
    """Return a text without white space at its ends.

    Raises:
        ValueError: it holds characters that no setting has.
    """
    if not isinstance(value, str):
        return value
    text = " ".join(value.split("\n")).replace("\r", " ").replace("\t", " ") if name in _LISTS else value
    text = text.strip()
    if any(unicodedata.category(char) in _NEVER for char in text):
        raise ValueError("characters that cannot be printed")
    return text


def fold(value: object) -> object:
    """Return a text in small letters."""
    return value.lower() if isinstance(value, str) else value


def capitalise(value: object) -> object:
    """Return a text in capitals."""
    return value.upper() if isinstance(value, str) else value


def read_host(value: object) -> object:
    """Take an address or the name of a host.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(value, str):
        if ":" in value:
            ipaddress.IPv6Address(value)
        elif not _NAME.fullmatch(value) or _PLATFORM.fullmatch(value):
            raise ValueError("not a host")
    return value


def read_origins(value: object) -> object:
    """Split a comma-separated list; browsers compare origins letter by letter, so a stray path can never match.

    Raises:
        ValueError: one of them is no origin.
    """
    if not isinstance(value, str):
        return value
    origins = tuple(word for word in re.split(r"[\s,]+", value.lower()) if word and word != "none")
    if not all(_ORIGIN.fullmatch(origin) for origin in origins):
        raise ValueError("not a list of origins")
    return origins


_HOST = re.compile(r"\*|[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]")


def read_hosts(value: object) -> object:
    """Split a comma-separated list of host names, as they stand in the header `Host` without the port."""
    if not isinstance(value, str):
        return value
    hosts = tuple(word for word in re.split(r"[\s,]+", value.lower()) if word and word != "none")
    if not all(_HOST.fullmatch(host) for host in hosts):
        raise ValueError("not a list of host names")
    return hosts


def read_proxies(value: object) -> object:
    """Take `*`, `none`, or a list of addresses, networks and sockets. uvicorn believes nobody it cannot understand.

    Raises:
        ValueError: one of them is none of that.
    """
    if not isinstance(value, str):
        return value
    words = [word for word in re.split(r"[\s,]+", value) if word]
    if [word.lower() for word in words] not in (["*"], ["none"]):
        for word in words:
            if not word.startswith(("/", "unix:")):
                ipaddress.ip_network(word.partition("%")[0])
    return ",".join(words)


def read_url(value: object) -> object:
    """Take a URL, or nothing.

    Raises:
        ValueError: it has no scheme, or holds white space.
    """
    if isinstance(value, str) and value and not _URL.fullmatch(value):
        raise ValueError("not a URL")
    return value


def read_http_url(value: object) -> object:
    """Take an address of HTTP without a query, or nothing.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, str) and value:
        parts = urlsplit(value)  # raises for brackets that hold no address, its port for a number that is none
        wrong = parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0
        if wrong or any(char in value for char in " ?#\\"):
            raise ValueError("not an address of HTTP")
    return value


def read_entries(value: object) -> object:
    """Take entries `name=value` with commas between, or nothing.

    Raises:
        ValueError: one has no name or no value.
    """
    if isinstance(value, str) and value and not all(map(_ENTRY.fullmatch, value.split(","))):
        raise ValueError("not a list of entries")
    return value


def read_paths(value: object) -> object:
    """Take paths with commas between; `none` is none."""
    if not isinstance(value, str):
        return value
    return tuple(word for word in map(str.strip, value.split(",")) if word and word.lower() != "none")


def read_token(value: object) -> object:
    """Take what can be sent in a header.

    Raises:
        ValueError: it holds white space, or letters beyond ASCII.
    """
    if isinstance(value, str) and not (value.isascii() and value.isprintable() and " " not in value):
        raise ValueError("not a token")
    return value


def guess_cause(name: str, value: object) -> str:
    """Say what probably set a value that cannot be understood, and what to do; empty if there is no guess."""
    text = str(value)
    if name == "host" and _PLATFORM.fullmatch(text):
        return "conda sets HOST to its platform: unset HOST, or name the address with blazon serve --host"
    if text.startswith(("tcp://", "udp://")):
        return f"Kubernetes sets such variables for services: set enableServiceLinks: false, or {name.upper()} itself"
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return "leave the quotes out: docker --env-file keeps them"
    return ""
