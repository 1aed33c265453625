"""The server process: address, signals, logs."""

import errno
import os
import signal
import socket
import sys
from types import FrameType
from typing import Final, NoReturn

import structlog
import uvicorn
from fastapi import FastAPI

from blazon import __version__
from blazon.api.app import create_app
from blazon.api.slow_clients import Patience, most_connections, patient_protocol
from blazon.errors import AddressUnavailable
from blazon.logs import configure_logs
from blazon.serve.engines import choose_engine
from blazon.serve.tracing import check_tracing
from blazon.settings import Settings, misspelt

log = structlog.stdlib.get_logger("blazon.server")

_BACKLOG: Final = 2048
_LAST_ANSWERS: Final = 10  # seconds that requests in progress are given at the end

# Drawing threads hold the interpreter lock in turns of this length (5 ms by default) while the event
# loop waits; an answer needs a handful of turns.
_TURN: Final = 0.001


def serve(settings: Settings) -> None:
    """Serve HTTP until SIGINT or SIGTERM, then let requests in progress end.

    Raises:
        EngineUnavailable: the engine of the settings cannot run.
        AddressUnavailable: `HOST` and `PORT` cannot be listened on.
        InvalidSetting: traces cannot be sent as the settings say.
    """
    choose_engine(settings)
    check_tracing(settings)
    listener = listen(settings.host, settings.port)
    configure_logs(settings.log_level, settings.log_format)
    for line in misspelt():
        log.warning(line)
    sys.setswitchinterval(_TURN)
    _announce(listener)
    # uvicorn handles both signals while it runs and raises them again when it is done.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    with listener:
        http_server(create_app(settings), settings).run(sockets=[listener])


def http_server(app: FastAPI, settings: Settings) -> uvicorn.Server:
    """Return a server for `app` that logs nothing of its own below a warning."""
    config = uvicorn.Config(
        app,
        http=patient_protocol(Patience(settings.header_timeout, connections=most_connections())),
        forwarded_allow_ips=settings.trusted_proxies,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_LAST_ANSWERS,
    )
    return uvicorn.Server(config)


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


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} on {host} is taken by another program; stop it, or choose another PORT (0 takes a free one)"
        )
    if error.errno == errno.EACCES:
        return f"port {port} on {host} needs rights that this user has not; choose a PORT from 1024 on"
    return f"cannot listen on HOST={host}: {error.strerror}; 127.0.0.1 is this machine, 0.0.0.0 the whole network"


def _announce(listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "localhost", "::": "localhost", "127.0.0.1": "localhost"}.get(host, host)  # noqa: S104
    url = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"
    print(  # noqa: T201
        f"Blazon {__version__}\n  try it   {url}\n  the API  {url}/docs\nCtrl-C stops it.", flush=True
    )
    log.info("listening", host=host, port=port)


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    # A model that is being loaded in a thread would hold an orderly exit up until it is there.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
