"""The child's end of the connection to its supervisor: says that it serves, and ends with the supervisor."""

import os
import socket
import threading
from contextlib import suppress
from typing import Final

# Nobody reads the exit code of a process whose parent is gone; only the kernel's books see it.
_ORPHANED: Final = 1


class SupervisorLink:
    """Ends this process as soon as the other end of a socket pair is closed, by whatever ended its owner."""

    def __init__(self, descriptor: int) -> None:
        os.set_inheritable(descriptor, False)
        self._end = socket.socket(fileno=descriptor)
        threading.Thread(target=self._watch, name="blazon-supervisor_link", daemon=True).start()

    def serving(self) -> None:
        """Tell the supervisor that this process answers requests."""
        with suppress(OSError):  # nobody is there to be told: the thread ends the process
            self._end.send(b"+")

    def _watch(self) -> None:
        with suppress(OSError):
            while self._end.recv(1):
                pass
        os._exit(_ORPHANED)
