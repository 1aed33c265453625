"""Ports for servers that must be told one before they start."""

import random
import socket
from typing import Final

# The system gives ports from 32768 on (49152 elsewhere) to connections: one that was free a moment ago may be taken by
# a client when the server comes to listen. And Ray gives those below 20,000 to its workers. Each is tried once in a
# process, and processes that are seeded alike do not try the same.
_PORTS: Final = range(20_000, 32_000)
_UNTRIED: Final = iter(random.SystemRandom().sample(_PORTS, len(_PORTS)))


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens, and which is given to no connection meanwhile."""
    for port in _UNTRIED:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise OSError("no port is free")
