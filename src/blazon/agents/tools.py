"""The tools that draw: a brief to candidates with pictures, and more of one of them.

Each tool is a call or two of the HTTP API, and knows nothing else.
"""

from typing import Annotated, Any, Final

from mcp.server.mcpserver import Context, MCPServer
from mcp_types import ToolAnnotations
from pydantic import Field

from blazon.agents.api_client import Api, name_logo
from blazon.agents.pictures import show_candidates
from blazon.brief import LayoutKind, MarkKind, PaletteMood, Style
from blazon.direction.variations import Part

MOST: Final = 8
"""Candidates in one call: each is a picture in the context of a model."""
DRAWS: Final = ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=False)
READS: Final = ToolAnnotations(read_only_hint=True, open_world_hint=False)

LogoId = Annotated[str, Field(description="The id that draw_logos or more_like_this gave.")]
LogoNumber = Annotated[int, Field(ge=0, description="Which candidate of that id, counted from 0.")]
Count = Annotated[int, Field(ge=1, le=MOST, description="How many candidates.")]
Seed = Annotated[int | None, Field(description="The same request with the same seed gives the same logos.")]


def add_drawing_tools(server: MCPServer[Any], api: Api) -> None:
    """Add the tools that draw candidates to a server."""

    @server.tool(structured_output=False, annotations=DRAWS)
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
            str | None, Field(description="An SVG of the user's own mark, to set the name by; up to 1 MB.")
        ] = None,
        count: Count = 4,
        seed: Seed = None,
    ) -> list[Any]:
        """Draw logo candidates for a brief and look at them.

        Answers with a JSON summary (id, and for each candidate its number, what it shows, why, and warnings; `unmet`
        names wishes that could not be met) and one picture for each candidate, in their order. Then change one with
        change_design, see others like it with more_like_this, or take it with get_logo and get_kit.
        """
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
            found = await api.call(context, "POST", "/v1/marks", content=own_mark_svg.encode())
            wish["own_mark"] = found.json()["mark"]
        wish = {name: value for name, value in wish.items() if value is not None}
        return await show_candidates(api, context, (await api.call(context, "POST", "/v1/logos", json=wish)).json())

    @server.tool(structured_output=False, annotations=DRAWS)
    async def more_like_this(
        context: Context[Any, Any],
        id: LogoId,  # noqa: A002 - clients read it
        keep: Annotated[
            list[Part], Field(min_length=1, max_length=2, description="What stays as it is; the rest varies.")
        ],
        number: LogoNumber = 0,
        count: Count = 4,
        seed: Seed = None,
        revision: Annotated[int | None, Field(ge=0, description="Of its design; the current one if not given.")] = None,
    ) -> list[Any]:
        """Draw variations of a logo that keep its mark, its type or its colours, or two of these.

        Answers as draw_logos does, with a new id. A logo that a model painted has none.
        """
        wish = {"keep": keep, "n": count, "seed": seed, "revision": revision}
        wish = {name: value for name, value in wish.items() if value is not None}
        made = await api.call(context, "POST", f"{name_logo(id, number)}/variations", json=wish)
        return await show_candidates(api, context, made.json())
