"""The server of the Model Context Protocol, over stdio and over HTTP."""

import hashlib
from collections.abc import MutableMapping
from http import HTTPStatus
from typing import Any, Final

import httpx
import uvicorn
from cachetools import TTLCache
from mcp.server.mcpserver import MCPServer
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from blazon import __version__
from blazon.agents.api_client import open_api
from blazon.agents.tools import add_tools
from blazon.errors import InvalidSetting

PATH: Final = "/mcp"
_INSTRUCTIONS: Final = (
    "Blazon draws logos. draw_logos turns a brief into candidates, with pictures to look at; get_logo fetches one as "
    "SVG or as a picture. Names are set in real type and SVG files hold outlines only."
)
# Seconds for which a key that was let in is not asked about again; each call of a tool is checked anyway.
_KNOWN_FOR: Final = 30
_MOST_KNOWN: Final = 1000
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


def make_server(client: httpx.AsyncClient, key: str = "") -> MCPServer[Any]:
    """Return a server with its tools over a client of the HTTP API, see `tools.add_tools`."""
    server: MCPServer[Any] = MCPServer("blazon", title="Blazon", instructions=_INSTRUCTIONS, version=__version__)
    add_tools(server, client, key)
    return server


async def serve_stdio(url: str | None, key: str) -> None:
    """Serve whoever started this process, until it closes stdin.

    Args:
        url: of the Blazon server; None draws in this process.
        key: for that server; empty where it asks for none.
    """
    async with open_api(url) as client:
        await make_server(client, key).run_stdio_async()


async def serve_http(url: str, host: str, port: int) -> None:
    """Serve streamable HTTP at `PATH`. Clients bring keys of the Blazon server at `url`, which judges them.

    Raises:
        InvalidSetting: that server asks for no keys, and `host` opens this one to others than this machine.
    """
    async with open_api(url) as client:
        await refuse_open(client, host)
        app = make_server(client).streamable_http_app(
            streamable_http_path=PATH, json_response=True, stateless_http=True, host=host
        )
        await uvicorn.Server(uvicorn.Config(KeyCheck(app, client), host=host, port=port, log_level="warning")).serve()


async def refuse_open(client: httpx.AsyncClient, host: str) -> None:
    """Return if nobody beyond this machine may ask without a key.

    On loopback the library refuses pages of other sites, by their `Origin`, and other names, by `Host`.

    Raises:
        InvalidSetting: anybody may.
    """
    if host in _LOOPBACK:
        return
    try:
        asks = (await client.get("/v1/models")).status_code == HTTPStatus.UNAUTHORIZED
    except httpx.HTTPError as error:
        raise InvalidSetting(f"--url: Blazon does not answer at {client.base_url}: {error}") from None
    if not asks:
        raise InvalidSetting(
            f"--host {host} opens it to the network, and the server at {client.base_url} asks for no keys; "
            "make one with: blazon keys create NAME"
        )


class KeyCheck:
    """Lets in whom the API lets in, before anything else is done for a request."""

    def __init__(self, app: ASGIApp, client: httpx.AsyncClient) -> None:
        self._app = app
        self._client = client
        self._known: MutableMapping[bytes, bool] = TTLCache(_MOST_KNOWN, _KNOWN_FOR)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (refusal := await self._refuse(Headers(scope=scope))) is not None:
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _refuse(self, headers: Headers) -> Response | None:
        """Return the answer of the API to whom it does not let in, None for all others."""
        given = {name: headers[name] for name in ("authorization", "x-api-key") if name in headers}
        digest = hashlib.sha256(repr(sorted(given.items())).encode()).digest()
        if digest in self._known:
            return None
        try:
            answer = await self._client.get("/v1/models", headers=given)
        except httpx.HTTPError:
            return Response("the Blazon server does not answer", 503, {"Retry-After": "5"}, "text/plain")
        if answer.is_success:
            self._known[digest] = True
            return None
        kept = {name: answer.headers[name] for name in ("www-authenticate", "retry-after") if name in answer.headers}
        return Response(answer.content, answer.status_code, kept, answer.headers.get("content-type"))
