"""A way to a server that can go silent: connections stay open, new ones are accepted, and no byte passes."""

import socket
import threading
from contextlib import suppress


class SilentProxy:
    """Passes bytes on between a port of its own and another one.

    Args:
        target: the port behind it.
    """

    def __init__(self, target: int) -> None:
        self.silent = threading.Event()
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._ends: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self) -> "SilentProxy":
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self.silent.clear()
        for end in (self._listener, *self._ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for end in (self._listener, *self._ends):
            end.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                self._ends += [near, far]
                for one, other in ((near, far), (far, near)):
                    self._threads.append(threading.Thread(target=self._pass_on, args=(one, other)))
                    self._threads[-1].start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while chunk := one.recv(1 << 16):
                while self.silent.is_set():
                    threading.Event().wait(0.02)
                other.sendall(chunk)
            other.shutdown(socket.SHUT_RDWR)
