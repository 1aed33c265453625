"""Connections to one server that are kept between calls: a call over a kept one is spared the way there and back."""

import selectors
import socket
import threading
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

_KEPT: Final = 64  # as many as a server may draw candidates at a time
_REST: Final = 0.5  # seconds for the end of an answer, which follows its content at once


class ConnectionPool:
    """Opens connections to one server and keeps some of them. Threads may share it.

    Args:
        url: of the server; its path is not looked at.
        kept: connections that wait for the next call, at most.
    """

    def __init__(self, url: str, kept: int = _KEPT) -> None:
        self._parts = urlsplit(url)
        self._limit = kept
        self._kept: list[tuple[HTTPConnection, HTTPResponse]] = []
        self._closed = False
        self._lock = threading.Lock()

    def open(self, patience: float) -> HTTPConnection:
        """Return a new connection.

        Args:
            patience: seconds for it, and for each answer until another time is set.

        Raises:
            OSError: nobody answers.
        """
        parts = self._parts
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=patience)
        connection.connect()
        return connection

    def take(self) -> HTTPConnection | None:
        """Return the connection that was kept last and can be used, None if there is none.

        The other side may close it all the same before it has read the next request.
        """
        while True:
            with self._lock:
                if not self._kept:
                    return None
                connection, answer = self._kept.pop()
            if _finish(connection, answer):
                return connection
            connection.close()

    def keep(self, connection: HTTPConnection, answer: HTTPResponse) -> None:
        """Keep a connection for another call.

        Args:
            answer: the last one; its end is read when the connection is taken, so that nobody waits for it now.
        """
        with self._lock:
            if not self._closed:
                self._kept.append((connection, answer))
            surplus = self._kept[: -self._limit] if not self._closed else [(connection, answer)]
            del self._kept[: -self._limit]
        for old, _ in surplus:
            old.close()

    def close(self) -> None:
        """Close what is kept, and keep nothing any more."""
        with self._lock:
            self._closed = True
            kept, self._kept = self._kept, []
        for connection, _ in kept:
            connection.close()


def is_readable(way: socket.socket, patience: float) -> bool:
    """Wait up to `patience` seconds until something was sent, or the other side closed the connection."""
    with selectors.DefaultSelector() as selector:
        selector.register(way, selectors.EVENT_READ)
        return bool(selector.select(patience))


def _finish(connection: HTTPConnection, answer: HTTPResponse) -> bool:
    """Read the end of the last answer; say whether another request may follow."""
    with suppress(OSError, HTTPException, ValueError):
        connection.sock.settimeout(_REST)
        answer.read()
        # What can be read now belongs to no answer: most likely it is the end of the connection.
        return connection.sock is not None and not is_readable(connection.sock, 0)
    return False
