"""The start of the server: checks what can be checked at once, listens, hands over to the supervisor.

What stops the start does so here, in the process that was started and in one line. Little is imported for it.
"""

import errno
import os
import socket
import sys
from typing import Final, NoReturn

from blazon import __version__
from blazon.brief import Engine
from blazon.errors import AddressUnavailable
from blazon.interpreter import python
from blazon.serve.process.supervisor import SupervisorConfig, exec_supervisor
from blazon.settings import Settings

# Windows passes no descriptors on to a child and replaces no program in a process: there the server runs unsupervised.
SUPERVISED: Final = sys.platform != "win32"

# Beyond the time that it has to drain, the server needs this long to answer its last requests and to close what it has
# open; then it hangs.
_CLOSING: Final = 10.0
BACKLOG: Final = 2048


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
        listener.listen(BACKLOG)
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


def open_address(settings: Settings) -> socket.socket:
    """Return the socket that the server of these settings listens on.

    Raises:
        EngineUnavailable: the engine of the settings cannot run.
        AddressUnavailable: `HOST` and `PORT` cannot be listened on.
    """
    if settings.engine is Engine.FLUX:
        # The only choice that may have to be refused; to import what makes it takes as long as all the rest.
        from blazon.serve.engines.choice import choose_engine

        choose_engine(settings)
    return listen(settings.host, settings.port)


def launch(settings: Settings, *options: str) -> NoReturn:
    """Turn this process into the supervisor of a server that is started with these options of `blazon serve`.

    Raises:
        EngineUnavailable, AddressUnavailable: as `open_address`.
    """
    listener = open_address(settings)
    config = SupervisorConfig(
        command=python("-m", "blazon", "serve", *options, "--worker"),
        listener=listener.fileno(),
        patience=settings.drain_timeout + _CLOSING,
        log_level=settings.log_level,
        log_format=settings.log_format,
    )
    exec_supervisor(config, announcement(listener))
