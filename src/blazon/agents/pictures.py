"""What tools answer with: a summary as JSON, and pictures to look at."""

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from mcp.server.mcpserver import Context, Image

from blazon.agents.api_client import Api

PICTURE: Final = 384
"""Side in pixels of a logo that an agent looks at."""
_TOLD: Final = ("number", "seed", "model", "shows", "why", "warnings", "credits", "painted")
_TOLD_ONCE: Final = ("id", "status", "understood", "ignored", "unmet")
_CHANGED: Final = ("revision", "parent", "changes", "adapted", "shows", "warnings", "credits")


async def show_candidates(api: Api, context: Context[Any, Any], generation: Mapping[str, Any]) -> list[Any]:
    """Return what there is to know of the candidates of a generation, and a picture of each."""
    candidates = generation["candidates"]
    told = [{name: one[name] for name in _TOLD if name in one} for one in candidates]
    summary = {name: generation[name] for name in _TOLD_ONCE if generation.get(name)} | {"candidates": told}
    return [json.dumps(summary), *[await fetch_picture(api, context, one["png"]) for one in candidates]]


async def show_revision(api: Api, context: Context[Any, Any], revision: Mapping[str, Any]) -> list[Any]:
    """Return what there is to know of a revision of a design, and its picture."""
    summary = {name: revision[name] for name in _CHANGED}
    return [json.dumps(summary), await fetch_picture(api, context, revision["png"])]


async def fetch_picture(api: Api, context: Context[Any, Any], place: str) -> Image:
    """Return a candidate or a revision as a picture of `PICTURE` pixels, without the prompt in it."""
    path, _, query = place.partition("?")
    asked = {**dict(parse_qsl(query)), "size": str(PICTURE), "metadata": "origin"}
    png = await api.call(context, "GET", path, params=asked)
    return Image(data=png.content, format="png")
