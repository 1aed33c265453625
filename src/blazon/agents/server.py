"""The server of the Model Context Protocol, over stdio and over HTTP."""

import hashlib
from collections.abc import MutableMapping
from http import HTTPStatus
from typing import Any, Final

import httpx
import uvicorn
from cachetools import TTLCache
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, InputRequiredResult, Tool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from blazon import __version__
from blazon.agents.api_client import Api, open_api
from blazon.agents.design_tools import add_design_tools
from blazon.agents.file_tools import add_file_tools
from blazon.agents.tools import add_drawing_tools
from blazon.errors import InvalidSetting

PATH: Final = "/mcp"
_INSTRUCTIONS: Final = (
    "Blazon draws logos. draw_logos turns a brief into candidates, with pictures to look at. more_like_this draws "
    "variations of one; change_design changes a detail of it (colours, type, layout, words, mark; list_marks has other "
    "marks), go_to_revision undoes that, get_design shows all of it. get_logo fetches one as SVG or as a picture, "
    "get_kit all files with the brand book. Names are set in real type and SVG files hold outlines only. Logos go by "
    "their id, their number and, once changed, their revision."
)
# Seconds for which a key that was let in is not asked about again; each call of a tool is checked anyway.
_KNOWN_FOR: Final = 30
_MOST_KNOWN: Final = 1000
_LONGEST: Final = 60
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


class AgentServer(MCPServer[Any]):
    """A server whose tools refuse arguments that they do not have, which the library would pass over."""

    async def list_tools(self) -> list[Tool]:
        """Return the tools, whose schemas say so."""
        tools = await super().list_tools()
        return [
            tool.model_copy(update={"input_schema": {**tool.input_schema, "additionalProperties": False}})
            for tool in tools
        ]

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool.

        Raises:
            ToolError: as the library does, and for an argument that there is not.
        """
        for tool in await self.list_tools():
            known = tool.input_schema["properties"]
            if tool.name == name and (unknown := [one for one in arguments if one not in known]):
                raise ToolError(f"{unknown[0][:_LONGEST]}: is not an argument of {name}; there are {', '.join(known)}")
        return await super().call_tool(name, arguments, context)


def make_server(api: Api, *, local: bool) -> AgentServer:
    """Return a server with its tools over the HTTP API.

    Args:
        local: whether it runs on the machine of whoever asks, and may write files there.
    """
    server = AgentServer("blazon", title="Blazon", instructions=_INSTRUCTIONS, version=__version__)
    add_drawing_tools(server, api)
    add_design_tools(server, api)
    add_file_tools(server, api, local=local)
    return server


async def serve_stdio(url: str | None, key: str) -> None:
    """Serve whoever started this process, until it closes stdin.

    Args:
        url: of the Blazon server; None draws in this process.
        key: for that server; empty where it asks for none.
    """
    async with open_api(url) as client:
        await make_server(Api(client, key), local=True).run_stdio_async()


async def serve_http(url: str, host: str, port: int) -> None:
    """Serve streamable HTTP at `PATH`. Clients bring keys of the Blazon server at `url`, which judges them.

    Raises:
        InvalidSetting: that server asks for no keys, and `host` opens this one to others than this machine.
    """
    async with open_api(url) as client:
        await refuse_open(client, host)
        # No `json_response`: with it the library does not see that a client left, and goes on drawing for nobody.
        app = make_server(Api(client), local=False).streamable_http_app(
            streamable_http_path=PATH, stateless_http=True, host=host
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
