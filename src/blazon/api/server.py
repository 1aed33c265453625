"""The server process: signals, logs, and the way out."""

import asyncio
import signal
import socket
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, Final, NoReturn

import structlog
import uvicorn
from fastapi import FastAPI

from blazon.api.app import create_app
from blazon.api.slow_clients import ConnectionLimits, compute_max_connections, make_protocol
from blazon.logs import configure_logs
from blazon.serve.application import check_settings
from blazon.serve.engines.protocol import LogoEngine
from blazon.serve.process.exit import leave, stop_signals
from blazon.serve.process.launch import BACKLOG
from blazon.serve.process.shutdown import Shutdown
from blazon.settings import Settings, misspelt
from blazon.store.database_location import locate_database
from blazon.store.server_lock import hold_server_lock

log = structlog.stdlib.get_logger("blazon.server")

_LAST_ANSWERS: Final = 3  # seconds for the answers that are on their way when the drain is over

# Drawing threads hold the interpreter lock in turns of this length (5 ms by default) while the event
# loop waits; an answer needs a handful of turns.
_TURN: Final = 0.001

# Connections that are accepted in one turn of the event loop; two thousand at once would stop it for half a second.
_ACCEPTED: Final = 4


def serve(
    settings: Settings,
    listener: socket.socket,
    on_serving: Callable[[], None] = lambda: None,
    open_engine: Callable[[], LogoEngine] | None = None,
    *,
    supervised: bool = False,
) -> NoReturn:
    """Serve HTTP on `listener` until SIGINT, SIGTERM or SIGHUP, drain, and end the process.

    Args:
        on_serving: called once requests are answered.
        open_engine: opens another engine than that which the settings choose.
        supervised: whether a supervisor forces the end of this process when it takes too long.

    Raises:
        BlazonError: something that the settings name cannot be opened; one line says which and what helps.
    """
    configure_logs(settings.log_level, settings.log_format)
    for line in misspelt():
        log.warning(line)
    sys.setswitchinterval(_TURN)
    # Once it runs, uvicorn hands signals on; before, there is nothing to drain.
    for number in stop_signals():
        signal.signal(number, lambda *_: leave(0))
    shutdown = Shutdown(settings.drain_timeout, supervised=supervised)
    with listener, hold_server_lock(locate_database(settings.database_url, settings.data_dir)):
        check_settings(settings)
        host, port = listener.getsockname()[:2]
        log.info("listening", host=host, port=port)
        app = create_app(settings, open_engine, shutdown)
        http_server(app, settings, shutdown, on_serving).run(sockets=[listener])
    leave(shutdown.exit_code)


def http_server(
    app: FastAPI, settings: Settings, shutdown: Shutdown | None = None, on_serving: Callable[[], None] = lambda: None
) -> "DrainingServer":
    """Return a server for `app` that logs nothing of its own below a warning."""
    limits = ConnectionLimits(settings.header_timeout, connections=compute_max_connections(settings.max_queued_jobs))
    config = uvicorn.Config(
        app,
        http=make_protocol(limits),
        timeout_keep_alive=settings.keep_alive_timeout,
        forwarded_allow_ips=settings.trusted_proxies,
        ws="none",
        loop="asyncio",  # not another one because a package brought it
        workers=1,  # or uvicorn reads WEB_CONCURRENCY, which may be anything
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_LAST_ANSWERS,
        backlog=_ACCEPTED,
    )
    return DrainingServer(config, shutdown or Shutdown(0), on_serving)


class DrainingServer(uvicorn.Server):
    """Goes on answering while the shutdown lasts, and ends with it.

    uvicorn closes the listening socket at the first signal. Clients that come then would be refused, or,
    where a supervisor holds the socket too, wait in a backlog that nobody reads and be cut off when it ends. So
    the socket stays open as long as there is work: a load balancer sees that the server is not ready, new
    work gets a 503 with Retry-After from the application, and who polls for work under way still learns
    how it ended.
    """

    def __init__(self, config: uvicorn.Config, shutdown: Shutdown, on_serving: Callable[[], None]) -> None:
        super().__init__(config)
        self._shutdown = shutdown
        self._on_serving = on_serving
        self._old_requests: set[asyncio.Task[Any]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._shutdown.on_begin(self._note_requests)
        self._shutdown.busy_while(self._answers_old_requests)
        if threading.current_thread() is threading.main_thread():
            for number in stop_signals():  # uvicorn takes all but SIGHUP itself
                signal.signal(number, self.handle_exit)
        for listener in sockets or ():
            listener.listen(BACKLOG)  # asyncio has one number for those that wait and those that it accepts in a turn
        self._on_serving()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - all signals mean the same
        self._shutdown.take_signal()

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or self._shutdown.over()

    def _note_requests(self) -> None:
        """Remember what is under way as the drain begins; later requests are refused or ask for a state."""
        self._old_requests = set(self.server_state.tasks)

    def _answers_old_requests(self) -> bool:
        return not self._old_requests.isdisjoint(self.server_state.tasks)
