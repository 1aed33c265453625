"""The server process: signals, logs, and the way out."""

import asyncio
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, Final, NoReturn

import structlog
import uvicorn
from fastapi import FastAPI

from blazon.api.app import create_app
from blazon.api.slow_clients import Patience, most_connections, patient_protocol
from blazon.logs import configure_logs
from blazon.serve import office
from blazon.serve.drain import Drain
from blazon.serve.draughtsman import Draughtsman
from blazon.serve.replacement import leave
from blazon.settings import Settings, misspelt
from blazon.store.database import sqlite_file
from blazon.store.tenancy import sole_server

log = structlog.stdlib.get_logger("blazon.server")

_LAST_ANSWERS: Final = 3  # seconds for the answers that are on their way when the drain is over

# Drawing threads hold the interpreter lock in turns of this length (5 ms by default) while the event
# loop waits; an answer needs a handful of turns.
_TURN: Final = 0.001


def serve(
    settings: Settings,
    listener: socket.socket,
    on_serving: Callable[[], None] = lambda: None,
    open_studio: Callable[[], Draughtsman] | None = None,
) -> NoReturn:
    """Serve HTTP on `listener` until SIGINT or SIGTERM, drain, and end the process.

    Args:
        on_serving: called once requests are answered.
        open_studio: opens another studio than that of the engine which the settings choose.

    Raises:
        BlazonError: something that the settings name cannot be opened; one line says which and what helps.
    """
    office.check(settings)
    configure_logs(settings.log_level, settings.log_format)
    for line in misspelt():
        log.warning(line)
    sys.setswitchinterval(_TURN)
    # uvicorn handles both signals while it runs; before, there is nothing to drain.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: leave(0))
    drain = Drain(settings.drain_timeout)
    with listener, sole_server(sqlite_file(settings.database_url, settings.data_dir)):
        host, port = listener.getsockname()[:2]
        log.info("listening", host=host, port=port)
        app = create_app(settings, open_studio, drain)
        http_server(app, settings, drain, on_serving).run(sockets=[listener])
    leave(drain.exit_code)


def http_server(
    app: FastAPI, settings: Settings, drain: Drain | None = None, on_serving: Callable[[], None] = lambda: None
) -> "DrainingServer":
    """Return a server for `app` that logs nothing of its own below a warning."""
    config = uvicorn.Config(
        app,
        http=patient_protocol(Patience(settings.header_timeout, connections=most_connections())),
        forwarded_allow_ips=settings.trusted_proxies,
        ws="none",
        workers=1,  # or uvicorn reads WEB_CONCURRENCY, which may be anything
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_LAST_ANSWERS,
    )
    return DrainingServer(config, drain or Drain(0), on_serving)


class DrainingServer(uvicorn.Server):
    """Goes on answering while `drain` lasts, and ends with it.

    uvicorn closes the listening socket at the first signal. Clients that come then would be refused, or,
    where a supervisor holds the socket too, wait in a backlog that nobody reads and be cut off when it ends. So
    the socket stays open as long as there is work: a load balancer sees that the server is not ready, new
    work gets a 503 with Retry-After from the application, and who polls for work under way still learns
    how it ended. A second signal ends it at once.
    """

    def __init__(self, config: uvicorn.Config, drain: Drain, on_serving: Callable[[], None]) -> None:
        super().__init__(config)
        self._drain = drain
        self._on_serving = on_serving
        self._begun_before: set[asyncio.Task[Any]] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._drain.busy_while(self._old_requests)
        self._on_serving()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - both signals mean the same
        """Take a signal. Nothing here may wait for a lock: the thread that was interrupted may hold it."""
        if self._drain.draining:
            leave(self._drain.exit_code)
        self._drain.begin()

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or self._drain.over()

    def _old_requests(self) -> bool:
        """Whether a request is under way that began before the drain; later ones were refused or ask for a state."""
        if self._begun_before is None:
            self._begun_before = set(self.server_state.tasks)
        return not self._begun_before.isdisjoint(self.server_state.tasks)
