"""One attempt: a signed POST to an address that was checked, and to no other.

The name is resolved here and the connection goes to the very address that was looked at, so that a name cannot
point elsewhere between the two. `Host` and the certificate are still those of the name. No redirect is followed
and no proxy of the environment is used: either would lead to an address that nobody checked.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from datetime import UTC
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from threading import Thread
from typing import Any, Final

import httpcore
import httpx

from blazon import __version__
from blazon.errors import BlazonError, InvalidBrief, InvalidSetting
from blazon.serve.webhooks.address import check_url, is_public
from blazon.serve.webhooks.message import WebhookSecrets, sign
from blazon.serve.webhooks.worker import ASKS_TO_WAIT, LONGEST_WAIT, NoResponse, Response, Result, Unsendable
from blazon.store.webhooks import WebhookDelivery

TIMEOUT: Final = 10.0  # seconds for all of an attempt; a receiver should answer first and work afterwards
CONNECT_TIMEOUT: Final = 4.0  # seconds until there is a connection, with the look-up; again as many for TLS
MAX_ANSWER: Final = 4096  # bytes that are read of an answer, so that a small one is not cut off; none is kept
_ANSWER_TIMEOUT: Final = 1.0  # seconds for those
_SHORTEST_CONNECT: Final = 1.0  # seconds that each address of a name gets at least
_MAX_REASON: Final = 200
_LONGEST_DATE: Final = 60  # characters; a proper one has 29

# A status line, after any interim responses with their headers.
_STATUS: Final = re.compile(
    rb"(?:HTTP/1\.[01] 1\d\d[^\n]*\n(?:[^\r\n][^\n]*\n)*\r?\n)*HTTP/1\.[01] ([2-9]\d\d)(?:[ \r][^\n]*)?\n"
)
_SECONDS: Final = re.compile(r"[0-9]+")

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Returns the addresses of a host; raises OSError or UnicodeError if it has none."""


class AddressRefused(BlazonError):
    """A name leads to an address that is not public."""


async def resolve_host(host: str, port: int) -> list[str]:
    """Return the addresses of a host in the order in which the system would try them.

    In a thread of its own: a look-up that hangs cannot be broken off, and in the threads that the server shares, some
    of them would hold up everything else, and the exit too. The system ends it within its own time limit.
    """
    found: Future[list[str]] = Future()
    found.set_running_or_notify_cancel()

    def look_up() -> None:
        try:
            addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.set_result(list(dict.fromkeys(str(address[0]) for *_, address in addresses)))
        except Exception as error:  # noqa: BLE001  # it is raised where the result is awaited
            found.set_exception(error)

    Thread(target=look_up, name="webhook look-up", daemon=True).start()
    return await asyncio.wrap_future(found)


class CheckedNetwork(httpcore.AsyncNetworkBackend):
    """Connects only to addresses that it has checked itself, and keeps the beginning of what comes from there."""

    def __init__(self, resolve: Resolve, *, allow_private: bool) -> None:
        self._resolve = resolve
        self._allow_private = allow_private
        self._network = httpcore.AnyIOBackend()
        self._opened: list[httpcore.AsyncNetworkStream] = []
        self.received = bytearray()

    async def close(self) -> None:
        """Close what is open still: httpcore forgets a connection whose TLS handshake is broken off."""
        for stream in self._opened:
            await stream.aclose()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of a host that takes the connection.

        Raises:
            AddressRefused: one of its addresses is not public.
            httpcore.ConnectError, httpcore.ConnectTimeout: none can be reached.
        """
        try:
            async with asyncio.timeout(timeout):
                return await self._connect(host, port, timeout, local_address, socket_options)
        except TimeoutError:
            raise httpcore.ConnectTimeout(f"{host} cannot be reached within {timeout:g} s") from None

    async def _connect(
        self,
        host: str,
        port: int,
        timeout: float | None,
        local_address: str | None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self._look_up(host, port)
        share = None if timeout is None else max(_SHORTEST_CONNECT, timeout / len(addresses))
        failure: Exception = httpcore.ConnectError(f"{host} cannot be reached")
        for address in addresses:
            try:
                stream = await self._network.connect_tcp(address, port, share, local_address, socket_options)
                self._opened.append(stream)
                return _RecordingStream(stream, self.received)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def _look_up(self, host: str, port: int) -> list[str]:
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} cannot be resolved: {error}") from None
        for address in addresses:
            if not self._allow_private and not is_public(ip_address(address)):
                raise AddressRefused(f"{host} leads to {address}, which is not public; see WEBHOOK_ALLOW_PRIVATE")
        if not addresses:
            raise httpcore.ConnectError(f"{host} has no address")
        return addresses


class _RecordingStream(httpcore.AsyncNetworkStream):
    """A connection that keeps the beginning of what is read; httpcore tells no status of a response that is faulty."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, received: bytearray) -> None:
        self._stream = stream
        self._received = received

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = await self._stream.read(max_bytes, timeout)
        self._received += data[: MAX_ANSWER - len(self._received)]
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        secure = await self._stream.start_tls(ssl_context, server_hostname, timeout)
        return _RecordingStream(secure, self._received)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class WebhookClient:
    """Makes attempts.

    Args:
        secrets: what signs them.
        tls: how certificates are checked; as the system and `SSL_CERT_FILE` say when None.
        timeout: seconds for all of an attempt.
    """

    def __init__(
        self,
        secrets: WebhookSecrets,
        *,
        allow_private: bool,
        resolve: Resolve = resolve_host,
        tls: ssl.SSLContext | None = None,
        timeout: float = TIMEOUT,
        connect_timeout: float = CONNECT_TIMEOUT,
    ) -> None:
        self._secrets = secrets
        self._allow_private = allow_private
        self._resolve = resolve
        self._tls = tls or httpx.create_ssl_context()
        self._timeout = timeout
        self._connect_timeout = connect_timeout

    async def send(self, delivery: WebhookDelivery, now: float) -> Result:
        """Sign and send a delivery once, at `now` in epoch seconds.

        Raises:
            StorageUnavailable: the secret that signs it cannot be looked up now.
        """
        try:
            check_url(delivery.url, allow_private=True)  # what is private is refused when it is connected to
        except InvalidBrief as error:
            return Unsendable(_clean(f"the URL {error.problem}"))
        secret = await asyncio.to_thread(self._secrets.find, delivery.owner)
        if not secret:
            return NoResponse("not sent: nothing is there to sign it with; see WEBHOOK_SECRET")
        try:
            headers = sign(delivery.id, int(now), delivery.body, secret)
        except InvalidSetting as error:
            return NoResponse(str(error))
        return await self._exchange(delivery, headers, now)

    async def _exchange(self, delivery: WebhookDelivery, headers: dict[str, str], now: float) -> Result:
        network = CheckedNetwork(self._resolve, allow_private=self._allow_private)
        try:
            async with asyncio.timeout(self._timeout):
                return await self._post(network, delivery, headers, now)
        except TimeoutError:
            reason = f"no answer within {self._timeout:g} s"
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, AddressRefused) as error:
            reason = _clean(str(error) or type(error).__name__)
        finally:
            await network.close()
        # Whatever is wrong after the status: the receiver has the event, and said so or said otherwise.
        status = _STATUS.match(network.received)
        return Response(int(status[1])) if status else NoResponse(reason)

    async def _post(
        self, network: CheckedNetwork, delivery: WebhookDelivery, headers: dict[str, str], now: float
    ) -> Response:
        url = httpx.URL(delivery.url)
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        named = {"content-type": "application/json", "user-agent": f"Blazon/{__version__}", **headers}
        # A pool for each attempt: a connection that is kept would be used again without a check.
        async with httpcore.AsyncConnectionPool(
            ssl_context=self._tls, max_connections=1, network_backend=network
        ) as pool:
            request = pool.stream(
                "POST",
                target,
                headers=list(named.items()),
                content=delivery.body,
                extensions={"timeout": {"connect": self._connect_timeout}},
            )
            async with request as response:
                await _read_some(response.aiter_stream())
                waits = _header(response, b"retry-after") if response.status in ASKS_TO_WAIT else None
                return Response(response.status, parse_retry_after(waits, now))


def parse_retry_after(value: str | None, now: float) -> float | None:
    """Return the seconds that a `Retry-After` header asks for, no more than a day; None if it asks for none.

    RFC 9110, 10.2.3: whole seconds or a date.
    """
    if value is None:
        return None
    if _SECONDS.fullmatch(value.strip()):
        return min(float(value), LONGEST_WAIT)
    if len(value) > _LONGEST_DATE:
        return None
    try:
        date = parsedate_to_datetime(value)
        seconds = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now
    except (ValueError, OverflowError):
        return None
    return min(max(0.0, seconds), LONGEST_WAIT)


def _header(response: httpcore.Response, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in response.headers if key.lower() == name), None)


async def _read_some(stream: AsyncIterator[bytes]) -> None:
    """Read a little of an answer. That more never comes, or is no HTTP, changes nothing: its status is known."""
    read = 0
    with suppress(TimeoutError, httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException):
        async with asyncio.timeout(_ANSWER_TIMEOUT):
            async for chunk in stream:
                read += len(chunk)
                if read >= MAX_ANSWER:
                    return


def _clean(text: str) -> str:
    """Return a text as it may be logged and kept: what a receiver sent may be part of it."""
    shown = "".join(character if character.isprintable() else "?" for character in text[: _MAX_REASON + 1])
    return shown if len(shown) <= _MAX_REASON else f"{shown[:_MAX_REASON]}..."
