"""The tools that change a logo: its design, other marks for it, and its history."""

import asyncio
import io
import json
from typing import Annotated, Any, Final, Literal

from mcp.server.mcpserver import Context, Image, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from PIL import Image as Pixels
from pydantic import Field

from blazon.agents.api_client import Api, name_design
from blazon.agents.pictures import show_revision
from blazon.agents.tools import DRAWS, READS, LogoId, LogoNumber
from blazon.brief import LayoutKind, PaletteMood
from blazon.design import FrameShape, LetterCase, Treatment
from blazon.export.raster import png_of

_SMALL: Final = 160  # side in pixels of a mark in a list
_MOST_MARKS: Final = 12
_MOST_REVISIONS: Final = 20
_TEXT: Final = {"type": "string"}
_TYPE: Final = {
    "type": "object",
    "description": "Type of the name.",
    "properties": {
        "family": {**_TEXT, "description": "A font family, such as Rubik or Playfair Display."},
        "weight": {"type": "integer", "description": "100 to 900."},
        "case": {"enum": [*LetterCase]},
        "tracking": {"type": "integer", "description": "Letter spacing in 1/1000 em, -200 to 1000; 0 is usual."},
    },
}
# The fields that are changed most; the API judges all of them.
_PATCH: Final[dict[str, Any]] = {
    "properties": {
        "palette": {**_TEXT, "description": f"All colours anew: {', '.join(PaletteMood)}; or '#0a4d68, navy'."},
        "colours": {
            "type": "object",
            "description": "Single colours by role, as #rrggbb or a CSS name.",
            "properties": dict.fromkeys(("mark", "accent", "tint", "name", "slogan", "paper"), _TEXT),
        },
        "name_type": _TYPE,
        "slogan_type": {**_TYPE, "description": "Type of the slogan."},
        "layout": {"enum": [*LayoutKind]},
        "treatment": {"enum": [*Treatment], "description": "What is done to the mark."},
        "frame": {"enum": [*FrameShape, None], "description": "The shape around the mark; null for none."},
        "mark": {"type": ["object", "null"], "description": "Take it from a patch of list_marks; null for none."},
        "brand_name": {"type": ["string", "null"], "maxLength": 80},
        "slogan": {"type": ["string", "null"], "maxLength": 60},
        "established": {"type": ["string", "null"], "description": "A date in a small line, such as Est. 1894."},
        "place": {"type": ["string", "null"], "description": "A place in a small line."},
    },
    "examples": [{"palette": "ocean", "name_type": {"weight": 700, "case": "upper"}}, {"slogan": None}],
}


def add_design_tools(server: MCPServer[Any], api: Api) -> None:
    """Add the tools that change designs to a server."""

    @server.tool(structured_output=False, annotations=DRAWS)
    async def change_design(
        context: Context[Any, Any],
        id: LogoId,  # noqa: A002 - clients read it
        patch: Annotated[
            dict[str, Any],
            Field(
                min_length=1,
                description="What to change: a JSON merge patch of the design. null takes a field away.",
                json_schema_extra=_PATCH,
            ),
        ],
        number: LogoNumber = 0,
        revision: Annotated[
            int | None,
            Field(ge=0, description="Change only if this is still the current revision; without it, whatever is."),
        ] = None,
    ) -> list[Any]:
        """Change something of a logo, and look at it; everything that the patch does not name stays.

        Answers with a JSON summary (the new revision, `changes`, `adapted`: what had to follow so that all fits,
        warnings) and its picture. get_design has the other fields that a patch may name. A logo that a model painted
        cannot be changed.
        """
        expected = {} if revision is None else {"If-Match": f'"r{revision}"'}
        made = await api.call(context, "PATCH", name_design(id, number), expected, json=patch)
        return await show_revision(api, context, made.json())

    @server.tool(structured_output=False, annotations=ToolAnnotations(read_only_hint=False, open_world_hint=False))
    async def go_to_revision(
        context: Context[Any, Any],
        id: LogoId,  # noqa: A002 - clients read it
        to: Annotated[
            Literal["undo", "redo"] | Annotated[int, Field(ge=0)],
            Field(description="undo, redo, or the number of a revision to restore; 0 is the logo as it was drawn."),
        ],
        number: LogoNumber = 0,
    ) -> list[Any]:
        """Undo or redo the last change of a logo, or restore an earlier revision as a new one; look at the result."""
        step = f"revisions/{to}/restore" if isinstance(to, int) else to
        made = await api.call(context, "POST", f"{name_design(id, number)}/{step}")
        return await show_revision(api, context, made.json())

    @server.tool(structured_output=False, annotations=READS)
    async def get_design(
        context: Context[Any, Any],
        id: LogoId,  # noqa: A002 - clients read it
        number: LogoNumber = 0,
        revision: Annotated[int | None, Field(ge=0, description="The current one if not given.")] = None,
    ) -> str:
        """Return the design of a logo as JSON: all fields that change_design may name, and the latest revisions."""
        asked = {} if revision is None else {"revision": revision}
        design = await api.call(context, "GET", name_design(id, number), params=asked)
        latest = {"limit": _MOST_REVISIONS}
        history = (await api.call(context, "GET", f"{name_design(id, number)}/revisions", params=latest)).json()
        told = [{name: one[name] for name in ("revision", "parent", "changes")} for one in history["data"]]
        return json.dumps({"current": history["current"], "design": design.json(), "revisions": told})

    @server.tool(structured_output=False, annotations=READS)
    async def list_marks(
        context: Context[Any, Any],
        id: LogoId,  # noqa: A002 - clients read it
        number: LogoNumber = 0,
        kind: Annotated[
            Literal["symbol", "letterform", "geometric"] | None, Field(description="Only marks of this kind.")
        ] = None,
        limit: Annotated[int, Field(ge=1, le=_MOST_MARKS, description="How many at most.")] = 6,
    ) -> list[Any]:
        """List other marks that fit a logo, the best first: what each shows, the patch that takes it, and a picture.

        Give a `patch` to change_design as it is. The pictures come in the order of the list.
        """
        asked: dict[str, Any] = {"limit": limit} | ({"kind": kind} if kind else {})
        found = (await api.call(context, "GET", f"{name_design(id, number)}/alternatives", params=asked)).json()
        marks = found["data"]
        told = [{name: one[name] for name in ("kind", "shows", "credits", "patch")} for one in marks]
        seen = {"revision": found["revision"]}
        design = (await api.call(context, "GET", name_design(id, number), params=seen)).json()
        pictures = [await asyncio.to_thread(_draw, one["svg"], design["colours"]["paper"]) for one in marks]
        return [json.dumps({"revision": found["revision"], "marks": told}), *pictures]


def _draw(svg: str, paper: str) -> Image:
    """Return a mark as a picture on the paper of its logo: a white one would not be seen on every ground.

    Raises:
        ToolError: what came is no SVG.
    """
    if not svg.startswith("<svg"):
        raise ToolError("the server sent a mark that is no SVG; is that Blazon?")
    with Pixels.open(io.BytesIO(png_of(svg, _SMALL))) as mark:
        drawn = Pixels.new("RGBA", mark.size, paper)
        drawn.alpha_composite(mark.convert("RGBA"))
    content = io.BytesIO()
    drawn.convert("RGB").save(content, "PNG")
    return Image(data=content.getvalue(), format="png")
