"""The HTTP API as tools call it: that of a server, or one in this process."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
from mcp.server.mcpserver.exceptions import ToolError

# Longer than any request is waited for: the server's own limits end it before.
_PATIENCE: Final = httpx.Timeout(700, connect=10)
_LOOK: Final = 0.1
_MOST_FAULTS: Final = 5


@asynccontextmanager
async def open_api(url: str | None) -> AsyncIterator[httpx.AsyncClient]:
    """Open a client of the server at `url`; without one, of an API in this process, which forgets what it drew."""
    if url is not None:
        async with httpx.AsyncClient(base_url=url, timeout=_PATIENCE) as client:
            yield client
        return
    # Not where it is not needed: all of the server comes with it.
    from blazon.api.app import create_app
    from blazon.settings import Settings

    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            Settings.load(data_dir=folder, database_url="", storage_url="", api_keys="off", host="127.0.0.1")
        )
        async with app.router.lifespan_context(app) as state:

            async def serve(scope: Any, receive: Any, send: Any) -> None:
                await app({**scope, "state": dict(state or {})}, receive, send)

            transport = httpx.ASGITransport(app=serve)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=_PATIENCE) as client:
                while (await client.get("/health")).json().get("status") == "loading":
                    await asyncio.sleep(_LOOK)
                yield client


async def call(
    client: httpx.AsyncClient, method: str, path: str, headers: Mapping[str, str], **options: Any
) -> httpx.Response:
    """Return the answer of the API.

    Raises:
        ToolError: it refused, and says why; or there is no server.
    """
    try:
        answer = await client.request(method, path, headers=dict(headers), **options)
    except httpx.HTTPError as error:
        raise ToolError(f"Blazon does not answer at {client.base_url}: {error or type(error).__name__}") from None
    if answer.is_success:
        return answer
    raise ToolError(f"{answer.status_code}: {_explain(answer)}")


def _explain(answer: httpx.Response) -> str:
    try:
        body = answer.json()
    except ValueError:
        return answer.text[:200]
    detail = body.get("detail") or body.get("message") or body.get("error") or ""
    if isinstance(detail, list):
        return "; ".join(f"{fault['loc'][-1]}: {fault['msg']}" for fault in detail[:_MOST_FAULTS])
    return str(detail)
