"""The head of a request, request line and headers, within bounds."""

import re
from typing import Final

import h11

MAX_HEAD: Final = 16 * 1024  # bytes
MAX_HEADERS: Final = 100

_QUOTE = re.compile(r": (?:bytearray\()?b['\"]")  # where h11 goes on with what the client sent


class BoundedConnection(h11.Connection):
    """The server's side of a connection; refuses heads of more than `MAX_HEAD` bytes or `MAX_HEADERS` headers.

    h11 itself bounds only what is still incomplete: a large head that arrives at once would pass.
    """

    def __init__(self) -> None:
        super().__init__(h11.SERVER, MAX_HEAD)
        self.refusal = (400, "malformed HTTP request")  # status and reason of the last error

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        """Return the next event.

        Raises:
            h11.RemoteProtocolError: what was sent is not HTTP, or too much; `refusal` says it in words.
        """
        try:
            event = super().next_event()
            if isinstance(event, h11.Request):
                _bound(event)
        except h11.RemoteProtocolError as error:
            self.refusal = (error.error_status_hint, _in_words(error))
            raise
        return event

    def holds_partial_head(self) -> bool:
        return self.their_state is h11.IDLE and bool(self.trailing_data[0])


def _bound(request: h11.Request) -> None:
    size = (
        len(request.method) + len(request.target) + sum(len(name) + len(value) + 4 for name, value in request.headers)
    )
    if size > MAX_HEAD:
        raise h11.RemoteProtocolError("too long", error_status_hint=431)
    if len(request.headers) > MAX_HEADERS:
        raise h11.RemoteProtocolError(f"more than {MAX_HEADERS} headers", error_status_hint=431)


def _in_words(error: h11.RemoteProtocolError) -> str:
    reason = _QUOTE.split(str(error), maxsplit=1)[0]
    if error.error_status_hint == 431 and "headers" not in reason:
        reason = f"its head, address and headers together, has more than {MAX_HEAD} bytes"
    return f"the HTTP request cannot be served: {reason}"
