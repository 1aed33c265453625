"""What a connection may send, at the level of HTTP: heads within bounds, in the forms that RFC 9112 asks for."""

import re
from typing import Final

import h11

MAX_HEAD: Final = 16 * 1024  # bytes of request line and headers
MAX_HEADERS: Final = 100
MAX_PATH: Final = 1024  # bytes as sent; the time that routing takes grows with the square of them
MAX_QUERY: Final = 4096
MAX_CHUNKS: Final = 1000  # of a body; each costs as much as a kilobyte of it, however small it is

_MANY: Final = f"more than {MAX_HEADERS} headers"
_QUOTE = re.compile(r": (?:bytearray\()?b['\"]")  # where h11 goes on with what the client sent
_ABSOLUTE = re.compile(rb"https?://([^/?#@]+)((?:[/?][^#]*)?)", re.IGNORECASE)


class BoundedConnection(h11.Connection):
    """The server's side of a connection, within the bounds above.

    h11 itself bounds only what is still incomplete: a large head that arrives at once would pass. Neither does it
    know requests in absolute form (RFC 9112, 3.2.2), nor skip an empty line in front of one (2.2).
    """

    def __init__(self) -> None:
        super().__init__(h11.SERVER, MAX_HEAD)
        self.refusal = (400, "malformed HTTP request")  # status and reason of the last error
        self._chunks = 0
        self._skipped_line = False

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        """Return the next event.

        Raises:
            h11.RemoteProtocolError: what was sent is not HTTP, or too much; `refusal` says it in words.
        """
        try:
            if self.their_state is h11.IDLE and self._skips_empty_line():
                return h11.NEED_DATA
            if self.their_state is h11.IDLE:
                self._count_lines()
            event = super().next_event()
            if isinstance(event, h11.Request):
                self._chunks, self._skipped_line = 0, False
                return _check_head(event)
            if isinstance(event, h11.Data) and event.chunk_start:
                self._count_chunk()
        except h11.RemoteProtocolError as error:
            self.refusal = (error.error_status_hint, _describe(error))
            raise
        return event

    def holds_partial_head(self) -> bool:
        return self.their_state is h11.IDLE and bool(self.trailing_data[0])

    def _skips_empty_line(self) -> bool:
        """Drop one empty line in front of a request, and tell whether half of one is all that has come."""
        if self._skipped_line:
            return False
        begin = bytes(self._receive_buffer)[:2]
        if begin == b"\r\n":
            self._receive_buffer.maybe_extract_at_most(2)
            self._skipped_line = True
        return begin == b"\r"

    def _count_lines(self) -> None:
        """Refuse a head of too many lines before it is taken apart, which takes longest."""
        head, _, _ = bytes(self._receive_buffer).partition(b"\r\n\r\n")
        if head.count(b"\n") > MAX_HEADERS:
            raise h11.RemoteProtocolError(_MANY, error_status_hint=431)

    def _count_chunk(self) -> None:
        self._chunks += 1
        if self._chunks > MAX_CHUNKS:
            raise h11.RemoteProtocolError(f"its body comes in more than {MAX_CHUNKS} chunks; send larger ones")


def _check_head(request: h11.Request) -> h11.Request:
    """Return a request with its target in origin form.

    Raises:
        h11.RemoteProtocolError: its head is too large, or cannot be understood in one way only.
    """
    size = (
        len(request.method) + len(request.target) + sum(len(name) + len(value) + 4 for name, value in request.headers)
    )
    if size > MAX_HEAD:
        raise h11.RemoteProtocolError("too long", error_status_hint=431)
    if len(request.headers) > MAX_HEADERS:
        raise h11.RemoteProtocolError(_MANY, error_status_hint=431)
    if {b"content-length", b"transfer-encoding"} <= {name for name, _ in request.headers}:
        # RFC 9112, 6.1: who relays such a request may have read another body than we would.
        raise h11.RemoteProtocolError("it has both Content-Length and Transfer-Encoding; send one of them")
    request = _in_origin_form(request)
    path, _, query = request.target.partition(b"?")
    for what, part, most in (("path", path, MAX_PATH), ("query", query, MAX_QUERY)):
        if len(part) > most:
            raise h11.RemoteProtocolError(f"its {what} has more than {most} bytes", error_status_hint=414)
    return request


def _in_origin_form(request: h11.Request) -> h11.Request:
    """Return the request as it would be without a proxy; its host is that of the target, whatever `Host` says."""
    if request.target.startswith(b"/") or request.target == b"*":
        return request
    absolute = _ABSOLUTE.fullmatch(request.target)
    if absolute is None:
        raise h11.RemoteProtocolError("its target is neither a path that begins with / nor an http:// address")
    host, rest = absolute.groups()
    target = rest if rest.startswith(b"/") else b"/" + rest
    headers = [(b"host", host), *((name, value) for name, value in request.headers if name != b"host")]
    return h11.Request(method=request.method, target=target, headers=headers, http_version=request.http_version)


def _describe(error: h11.RemoteProtocolError) -> str:
    reason = _QUOTE.split(str(error), maxsplit=1)[0]
    if error.error_status_hint == 431 and "headers" not in reason:
        reason = f"its head, address and headers together, has more than {MAX_HEAD} bytes"
    return f"the HTTP request cannot be served: {reason}"
