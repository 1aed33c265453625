"""One attempt: a signed POST to an address that was checked, and to no other.

The name is resolved here and the connection goes to the very address that was looked at, so that a name cannot
point elsewhere between the two. `Host` and the certificate are still those of the name. No redirect is followed
and no proxy of the environment is used: either would lead to an address that nobody checked.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from ipaddress import ip_address
from typing import Final

import httpcore
import httpx

from blazon import __version__
from blazon.errors import BlazonError, InvalidSetting
from blazon.serve.webhooks.address import is_public
from blazon.serve.webhooks.schedule import Answer, Silence, retry_after
from blazon.serve.webhooks.signing import signed_headers
from blazon.store.outbox import Delivery

TIMEOUT: Final = 10.0  # seconds for all of an attempt; a receiver should answer first and work afterwards
MAX_ANSWER: Final = 4096  # bytes that are read of an answer, so that a small one is not cut off; none is kept
_SHORTEST_CONNECT: Final = 1.0  # seconds that each address of a name gets at least

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Returns the addresses of a host; raises OSError or UnicodeError if it has none."""


class AddressRefused(BlazonError):
    """A name leads to an address that is not public."""


async def system_resolver(host: str, port: int) -> list[str]:
    """Return the addresses of a host in the order in which the system would try them."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class CheckedNetwork(httpcore.AsyncNetworkBackend):
    """Connects only to addresses that it has checked itself."""

    def __init__(self, resolve: Resolve, *, allow_private: bool) -> None:
        self._resolve = resolve
        self._allow_private = allow_private
        self._network = httpcore.AnyIOBackend()

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
        addresses = await self._checked(host, port)
        share = None if timeout is None else max(_SHORTEST_CONNECT, timeout / len(addresses))
        failure: Exception = httpcore.ConnectError(f"{host} cannot be reached")
        for address in addresses:
            try:
                return await self._network.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def _checked(self, host: str, port: int) -> list[str]:
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


class Post:
    """Makes attempts.

    Args:
        tls: how certificates are checked; as the system and `SSL_CERT_FILE` say when None.
    """

    def __init__(
        self,
        *,
        allow_private: bool,
        resolve: Resolve = system_resolver,
        tls: ssl.SSLContext | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        self._network = CheckedNetwork(resolve, allow_private=allow_private)
        self._tls = tls or httpx.create_ssl_context()
        self._timeout = timeout

    async def send(self, delivery: Delivery, now: float) -> Answer | Silence:
        """Sign and send a delivery once, at `now` in epoch seconds."""
        try:
            headers = signed_headers(delivery.id, int(now), delivery.body, delivery.secret)
        except InvalidSetting as error:
            return Silence(str(error))
        return await self._exchange(delivery, headers, now)

    async def _exchange(self, delivery: Delivery, headers: dict[str, str], now: float) -> Answer | Silence:
        url = httpx.URL(delivery.url)
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        named = {"content-type": "application/json", "user-agent": f"Blazon/{__version__}", **headers}
        answer: Answer | None = None
        try:
            # A pool for each attempt: a connection that is kept would be used again without a check.
            async with asyncio.timeout(self._timeout), self._pool() as pool:
                request = pool.stream(
                    "POST",
                    target,
                    headers=list(named.items()),
                    content=delivery.body,
                    extensions={"timeout": {"connect": self._timeout}},
                )
                async with request as response:
                    answer = Answer(response.status, retry_after(_header(response, b"retry-after"), now))
                    await _read_some(response.aiter_stream())
        except TimeoutError:
            return answer or Silence(f"no answer within {self._timeout:g} s")
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, AddressRefused) as error:
            return answer or Silence(str(error) or type(error).__name__)
        return answer

    def _pool(self) -> httpcore.AsyncConnectionPool:
        return httpcore.AsyncConnectionPool(ssl_context=self._tls, max_connections=1, network_backend=self._network)


def _header(response: httpcore.Response, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in response.headers if key.lower() == name), None)


async def _read_some(stream: AsyncIterator[bytes]) -> None:
    read = 0
    async for chunk in stream:
        read += len(chunk)
        if read >= MAX_ANSWER:
            return
