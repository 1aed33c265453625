"""The address of the server: a socket that listens, and the lines that say where."""

import errno
import os
import socket
from typing import Final

from blazon import __version__
from blazon.errors import AddressUnavailable

_BACKLOG: Final = 2048


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on `host` and `port`.

    Raises:
        AddressUnavailable: another program has the port, it needs rights, or the address is not of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP, flags=socket.AI_PASSIVE
        )[0]
        # With the protocol named: asyncio sends small answers without delay (TCP_NODELAY, 40 ms) only then.
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise AddressUnavailable(_why_not(error, host, port)) from None
    try:
        if os.name == "posix":  # take the port again at once after a restart; elsewhere the option shares ports
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise AddressUnavailable(_why_not(error, host, port)) from None
    return listener


def inherit_listener(descriptor: int) -> socket.socket:
    """Return the listening socket that a parent process left open as `descriptor`; no child of this process gets it."""
    os.set_inheritable(descriptor, False)
    found = socket.socket(fileno=descriptor)
    # The protocol cannot be asked of a socket everywhere; it must be named, see `listen`.
    return socket.socket(found.family, found.type, socket.IPPROTO_TCP, fileno=found.detach())


def announcement(listener: socket.socket) -> str:
    """Return what a person who started the server needs to know."""
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "localhost", "::": "localhost", "127.0.0.1": "localhost"}.get(host, host)  # noqa: S104
    url = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"
    return f"Blazon {__version__}\n  try it   {url}\n  the API  {url}/docs\nCtrl-C stops it."


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} on {host} is taken by another program; stop it, or choose another PORT (0 takes a free one)"
        )
    if error.errno == errno.EACCES:
        return f"port {port} on {host} needs rights that this user has not; choose a PORT from 1024 on"
    return f"cannot listen on HOST={host}: {error.strerror}; 127.0.0.1 is this machine, 0.0.0.0 the whole network"
