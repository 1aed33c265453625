"""The tools: a brief to candidates with pictures, and one candidate as a file.

Each is a call or two of the HTTP API, and knows nothing else; what the API gets next, such as changing a design and the
kit, becomes a tool beside these in `add_tools`.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

import httpx
from mcp.server.mcpserver import Context, Image, MCPServer
from pydantic import Field

from blazon.agents.api_client import call
from blazon.brief import MAX_SIZE, LayoutKind, MarkKind, PaletteMood, Style
from blazon.export.delivery import SMALLEST_FILE

_PICTURE: Final = 384  # side in pixels of what an agent looks at
_MOST: Final = 8  # candidates in one call: each is a picture in the context of a model
_KEYS: Final = ("authorization", "x-api-key")
_TOLD: Final = ("number", "seed", "model", "shows", "why", "warnings", "credits", "painted")


def add_tools(server: MCPServer[Any], client: httpx.AsyncClient, key: str) -> None:
    """Add the tools to a server.

    Args:
        client: of the HTTP API.
        key: of this process; a request that comes over HTTP brings its own.
    """

    @server.tool(structured_output=False)
    async def draw_logos(
        context: Context[Any, Any],
        prompt: Annotated[str, Field(description="What the brand does and how it should feel, 3 to 500 characters.")],
        brand_name: Annotated[
            str | None, Field(description="The name, set in real type; without it, a symbol.")
        ] = None,
        slogan: Annotated[str | None, Field(description="A small second line; needs a brand_name.")] = None,
        style: Style | None = None,
        palette: Annotated[
            str | None, Field(description=f"{', '.join(PaletteMood)}; or up to five colours: '#0a4d68, navy'.")
        ] = None,
        layout: LayoutKind | None = None,
        mark: MarkKind | None = None,
        show: Annotated[list[str] | None, Field(description="Things that must be seen.")] = None,
        avoid: Annotated[list[str] | None, Field(description="Things that must not be seen.")] = None,
        own_mark_svg: Annotated[
            str | None, Field(description="An SVG of the user's own mark, to set the name by.")
        ] = None,
        count: Annotated[int, Field(ge=1, le=_MOST, description="How many candidates.")] = 4,
        seed: Annotated[
            int | None, Field(description="The same request with the same seed gives the same logos.")
        ] = None,
    ) -> list[Any]:
        """Draw logo candidates for a brief and look at them. Fetch one as a file with get_logo."""
        headers = _headers(context, key)
        wish: dict[str, Any] = {
            "prompt": prompt,
            "brand_name": brand_name,
            "slogan": slogan,
            "style": style,
            "palette": palette,
            "layout": layout,
            "mark": mark,
            "show": show,
            "avoid": avoid,
            "n": count,
            "seed": seed,
        }
        if own_mark_svg is not None:
            found = await call(client, "POST", "/v1/marks", headers, content=own_mark_svg.encode())
            wish["own_mark"] = found.json()["mark"]
        wish = {name: value for name, value in wish.items() if value is not None}
        generation = (await call(client, "POST", "/v1/logos", headers, json=wish)).json()
        candidates = generation["candidates"]
        told = [{name: one[name] for name in _TOLD if name in one} for one in candidates]
        summary = {"id": generation["id"], "status": generation["status"], "candidates": told}
        pictures = []
        for one in candidates:
            place = f"/v1/logos/{generation['id']}/{one['number']}.png"
            png = await call(client, "GET", place, headers, params={"size": _PICTURE, "metadata": "origin"})
            pictures.append(Image(data=png.content, format="png"))
        return [json.dumps(summary), *pictures]

    @server.tool(structured_output=False)
    async def get_logo(
        context: Context[Any, Any],
        id: Annotated[str, Field(description="The id that draw_logos gave.")],  # noqa: A002 - clients read it
        number: Annotated[int, Field(ge=0, description="Which candidate, counted from 0.")] = 0,
        format: Literal["svg", "png", "webp", "jpeg"] = "svg",  # noqa: A002 - as the API calls it
        size: Annotated[int, Field(ge=SMALLEST_FILE, le=MAX_SIZE, description="Side in pixels.")] = 1024,
        background: Literal["opaque", "transparent"] = "opaque",
        padding: Annotated[int, Field(ge=0, le=40, description="Per cent to leave free at each edge.")] = 0,
        metadata: Annotated[
            Literal["all", "origin", "none"], Field(description="What the file says; only `all` has the prompt.")
        ] = "origin",
    ) -> Any:
        """Return one candidate as a file: SVG as text, other formats as a picture."""
        asked = {"size": size, "background": background, "padding": padding, "metadata": metadata}
        answer = await call(client, "GET", f"/v1/logos/{id}/{number}.{format}", _headers(context, key), params=asked)
        return answer.text if format == "svg" else Image(data=answer.content, format=format)


def _headers(context: Context[Any, Any], key: str) -> Mapping[str, str]:
    """Return the key of whoever calls: over HTTP the client's own, else that of this process."""
    if (given := context.headers) is not None:
        return {name: value for name, value in given.items() if name.lower() in _KEYS}
    return {"Authorization": f"Bearer {key}"} if key else {}
