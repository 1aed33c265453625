"""Connections end when their client is too slow: in sending a head, in taking an answer, in leaving.

uvicorn times nothing but idle connections; a client that sends a byte now and then would keep one for ever.
Bodies are timed by `BodyLimit`, work by `REQUEST_TIMEOUT`; a stream may be silent as long as it likes.

Nor does a client that is quick get more than its turn: what it sends is read in small pieces, with a turn of the event
loop after each, so that nothing that fits into one (a thousand headers, chunks of one byte) takes long to parse.
"""

import asyncio
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final, cast

import h11
import structlog
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol

from blazon.api.request_head import BoundedConnection
from blazon.api.security_headers import ALWAYS

log = structlog.stdlib.get_logger("blazon.api")

_LINGER: Final = 2.0  # seconds in which a refused client may read why, while what it still sends is dropped
_TURN: Final = 4 * 1024  # bytes that are read at a time; what costs most of them, tiny chunks, takes 4 ms
_SPARE: Final = 500  # connections for other requests than those that wait for their turn
_CLOSE_NOW: Final = (h11.IDLE, h11.DONE, h11.MUST_CLOSE, h11.CLOSED)


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Seconds that a client is given, and how many connections there may be at a time."""

    head: float = 10
    answer: float = 30
    connections: int = 1000


def make_protocol(limits: ConnectionLimits) -> type[H11Protocol]:
    """Return the protocol class for `uvicorn.Config(http=...)`, which makes one for each connection."""

    class Limited(_LimitedProtocol):
        _limits = limits
        _fresh: ClassVar[dict[_LimitedProtocol, None]] = {}
        _served: ClassVar[dict[_LimitedProtocol, None]] = {}

    return Limited


def compute_max_connections(waiting: int) -> int:
    """Return how many connections there may be where `waiting` requests may wait for their turn.

    They leave a quarter of the files that this process may open to all else. Nor are they so many that to close all of
    them at once, at 50 microseconds each, would hold up the others.
    """
    most = _SPARE + 2 * waiting
    try:
        import resource
    except ImportError:  # Windows, whose sockets are no files
        return most
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return most if soft == resource.RLIM_INFINITY else min(soft * 3 // 4, most)


class _LimitedProtocol(H11Protocol, asyncio.BufferedProtocol):
    """uvicorn's protocol with limits.

    When there are too many connections, one gives way that has no request at work: of those that have had none yet,
    `_fresh`, or of those that have, `_served`, whichever are more, the one that has waited longest. So neither a flood
    of silent connections nor one of idle ones costs the other kind its places.
    """

    _limits: ClassVar[ConnectionLimits]
    _fresh: ClassVar[dict["_LimitedProtocol", None]]
    _served: ClassVar[dict["_LimitedProtocol", None]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conn = self._heads = BoundedConnection()
        # One runs while the client owes us a head, or the end of a body, the other while it owes us its attention.
        self._sending = _Timer(self.loop, self._limits.head)
        self._taking = _Timer(self.loop, self._limits.answer)
        self._untaken = 0
        self._leaving = False
        self._buffer = bytearray(_TURN)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._bare = transport
        self.transport = cast("asyncio.Transport", _Closing(transport, self))
        transport.set_write_buffer_limits(high=0)  # `pause_writing` as soon as the client lags at all
        if len(self.connections) > self._limits.connections and not self._evict_longest_waiting():
            self._refuse(503, "too many connections; try again later", [(b"retry-after", b"1")])
        else:
            self._sending.start(self._end_slow_sender)
            self._fresh[self] = None

    def _evict_longest_waiting(self) -> bool:
        """Close the connection that has waited longest for its next request, if there is one."""
        larger = self._fresh if len(self._fresh) > len(self._served) else self._served
        other = next(iter(larger), None)
        if other is None:
            return False
        other._stop_waiting()
        log.info("connection ended", reason="too many connections, and it waited longest for a request")
        other._bare.close()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self._sending.stop()
        self._taking.stop()
        super().connection_lost(exc)
        self._unset_keepalive_if_required()  # which uvicorn leaves where the client resets the connection
        # Let go of what leads back here, so that all of it is freed now: with thousands of connections their garbage
        # takes the collector, and so every thread, 70 ms.
        self.transport, self.cycle = self._bare, None  # type: ignore[assignment]

    def _stop_waiting(self) -> None:
        self._fresh.pop(self, None)
        self._served.pop(self, None)

    def get_buffer(self, sizehint: int) -> bytearray:  # noqa: ARG002 - the signature is asyncio's
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self.data_received(bytes(self._buffer[:nbytes]))

    def data_received(self, data: bytes) -> None:
        if not self._leaving:
            super().data_received(data)

    def handle_events(self) -> None:
        super().handle_events()
        self._update_state()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._update_state()

    def _update_state(self) -> None:
        """Start or stop the timer of what the client has begun to send; note whether a request is awaited."""
        if self.is_leaving():
            self._stop_waiting()
            return
        answered = self.cycle is not None and self.cycle.response_complete
        rest_of_body = answered and self.conn.their_state is h11.SEND_BODY
        if rest_of_body or (self.cycle is not None and not answered):
            self._stop_waiting()
        else:
            (self._fresh if self.cycle is None else self._served).setdefault(self)
        if rest_of_body or self.cycle is None or self._heads.holds_partial_head():
            self._sending.start(self._end_slow_sender)
            return
        self._sending.stop()
        if answered and self.timeout_keep_alive_task is None and self.conn.their_state is h11.IDLE:
            # uvicorn forgets its timer where the end of a body comes after the answer.
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def _end_slow_sender(self) -> None:
        if self._heads.holds_partial_head():
            self._refuse(408, f"the head of the request was not complete within {self._limits.head:g} s")
        else:
            self._bare.close()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._untaken = self._bare.get_write_buffer_size()
        self._taking.start(self._check_progress)

    def resume_writing(self) -> None:
        self._taking.stop()
        super().resume_writing()

    def _check_progress(self) -> None:
        untaken = self._bare.get_write_buffer_size()
        if untaken < self._untaken:  # slowly, but on it goes
            self._untaken = untaken
            self._taking.start(self._check_progress)
            return
        log.info("connection ended", reason=f"nothing of the answer taken for {self._limits.answer:g} s")
        self._bare.abort()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the signature is uvicorn's
        self._refuse(*self._heads.refusal)

    def _refuse(self, status: int, detail: str, headers: list[tuple[bytes, bytes]] | None = None) -> None:
        """Answer what no application gets to see, and close the connection."""
        log.info("connection refused", status=status, reason=detail)
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self._answer(status, detail, headers or [])
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True  # a fault within a body: the application has its request already
            self.cycle.message_event.set()
        self._linger()

    def _answer(self, status: int, detail: str, headers: list[tuple[bytes, bytes]]) -> None:
        body = json.dumps({"detail": detail}).encode()
        headers = [
            *self.server_state.default_headers,
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
            (b"cache-control", b"no-store"),
            (b"x-request-id", uuid.uuid4().hex.encode()),
            *ALWAYS,
            *headers,
        ]
        response = h11.Response(status_code=status, headers=headers, reason=STATUS_PHRASES[status])
        for event in (response, h11.Data(data=body), h11.EndOfMessage()):
            self._bare.write(self.conn.send(event) or b"")

    def close(self) -> None:
        """Close the connection, as the application or uvicorn ask."""
        if self.is_leaving() or self.conn.their_state in _CLOSE_NOW:
            self._bare.close()
        else:
            self._linger()

    def _linger(self) -> None:
        """Close for writing only, and for reading a little later.

        Closing both while the client still sends is a reset on the wire, and would cost it the answer.
        """
        self._leaving = True
        self._stop_waiting()
        self._sending.stop()
        self.flow.resume_reading()
        if self._bare.can_write_eof():
            self._bare.write_eof()
        self.loop.call_later(_LINGER, self._bare.close)

    def is_leaving(self) -> bool:
        return self._leaving or self._bare.is_closing()


class _Closing:
    """A transport that is closed in its protocol's own manner."""

    def __init__(self, transport: asyncio.Transport, protocol: _LimitedProtocol) -> None:
        self._transport = transport
        self._protocol = protocol

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def close(self) -> None:
        self._protocol.close()

    def is_closing(self) -> bool:
        return self._protocol.is_leaving()


class _Timer:
    """Calls what it is given once, unless it is stopped before."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        self._loop = loop
        self._seconds = seconds
        self._handle: asyncio.TimerHandle | None = None

    def start(self, late: Callable[[], None]) -> None:
        """Start, unless it runs already: more of the same does not prolong the time."""
        if self._handle is None:
            self._handle = self._loop.call_later(self._seconds, self._end, late)

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _end(self, late: Callable[[], None]) -> None:
        self._handle = None
        late()
