"""The start of the server: checks what can be checked at once, listens, hands over to the supervisor.

What stops the start does so here, in the process that was started and in one line. Little is imported for it.
"""

import socket
import sys
from typing import Final, NoReturn

from blazon.brief import Engine
from blazon.serve.process.listener import announcement, listen
from blazon.serve.process.supervisor import SupervisorConfig, exec_supervisor, python
from blazon.settings import Settings

# Windows passes no descriptors on to a child and replaces no program in a process: there the server runs unsupervised.
SUPERVISED: Final = sys.platform != "win32"

# Beyond the time that it has to drain, the server needs this long to answer its last requests and to close what it has
# open; then it hangs.
_CLOSING: Final = 10.0


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
