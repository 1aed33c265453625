"""The HTTP API as tools call it: that of a server, or one in this process."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

import httpx
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError

# Longer than any request is waited for: the server's own limits end it before.
_PATIENCE: Final = httpx.Timeout(700, connect=10)
_LOOK: Final = 0.1
_MOST_FAULTS: Final = 5
_KEYS: Final = ("authorization", "x-api-key")
_NONE: Final[Mapping[str, str]] = MappingProxyType({})
_ADVICE: Final = {
    401: "the user gives a key of that server in BLAZON_API_KEY, or in the header Authorization of this connection",
    404: "ids are those that draw_logos and more_like_this gave; numbers count from 0; get_design lists revisions",
    412: "it was changed meanwhile: look with get_design, then change it again with the revision that it tells",
    413: "send less",
}


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


def name_logo(identity: str, number: int | str) -> str:
    """Return the path of a candidate; what an agent makes up cannot lead elsewhere."""
    return f"/v1/logos/{quote(identity, safe='')}/{quote(str(number), safe='')}"


def name_design(identity: str, number: int) -> str:
    """Return the path of the design of a candidate."""
    return f"{name_logo(identity, number)}/design"


@dataclass(frozen=True)
class Api:
    """The HTTP API with the key of whoever asks.

    Args:
        client: of the server.
        key: of this process; a request that comes over HTTP brings its own.
    """

    client: httpx.AsyncClient
    key: str = ""

    async def call(
        self, context: Context[Any, Any], method: str, path: str, headers: Mapping[str, str] = _NONE, **options: Any
    ) -> httpx.Response:
        """Return the answer to a request for a call of a tool.

        Raises:
            ToolError: it was refused, and why, and what to do; or there is no server.
        """
        sent = {**self._read_key(context), **headers}
        try:
            answer = await self.client.request(method, path, headers=sent, **options)
        except httpx.HTTPError as error:
            what = error or type(error).__name__
            raise ToolError(f"Blazon does not answer at {self.client.base_url}: {what}") from None
        if answer.is_success:
            return answer
        raise ToolError(f"{answer.status_code}: {_explain(answer)}{_advise(answer)}")

    def _read_key(self, context: Context[Any, Any]) -> Mapping[str, str]:
        """Return the key of whoever calls: over HTTP the client's own, else that of this process."""
        if (given := context.headers) is not None:
            return {name: value for name, value in given.items() if name.lower() in _KEYS}
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}


def _explain(answer: httpx.Response) -> str:
    try:
        body = answer.json()
    except ValueError:
        return answer.text[:200]
    detail = body.get("detail") or body.get("message") or body.get("error") or ""
    if isinstance(detail, list):
        return "; ".join(f"{_name_place(fault['loc'])}: {fault['msg']}" for fault in detail[:_MOST_FAULTS])
    return str(detail)


def _name_place(loc: Sequence[str | int]) -> str:
    """Return the path to what is wrong: without whether it came in the path, the query or the body."""
    return ".".join(map(str, loc[1:] or loc))


def _advise(answer: httpx.Response) -> str:
    """Return what to do where the API does not say it for agents."""
    if "Retry-After" in answer.headers:
        return f" (ask again in {answer.headers['Retry-After']} seconds)"
    advice = _ADVICE.get(answer.status_code, "")
    return f" ({advice})" if advice else ""
