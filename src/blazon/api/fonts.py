"""`/v1/fonts`: the fonts that clients bring along, the file as the body."""

import asyncio
import json
from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from blazon.api.authentication import ClientRoute
from blazon.api.connection import while_connected
from blazon.api.dependencies import Deadline, Fonts, GenerateClient, KnownClient, RendererGiven
from blazon.api.reference import MISSING, REFUSED, answers
from blazon.brief import MAX_BRAND_NAME
from blazon.imports.uploads import make_font
from blazon.principal import Principal
from blazon.serve.rendering.font_samples import FontSample, draw_samples
from blazon.serve.rendering.renderer import Purpose, Renderer
from blazon.store.fonts import KeptFont

router = APIRouter(route_class=ClientRoute)

_SAMPLE_COST: Final = 0.05
_FONT: Final = {"schema": {"type": "string", "format": "binary"}}
# What it is, its bytes tell.
_TYPES: Final = ("font/ttf", "font/otf", "font/woff2", "application/octet-stream")
_BODY: Final = {"requestBody": {"required": True, "content": dict.fromkeys(_TYPES, _FONT)}}
SampleText = Annotated[
    str, Query(max_length=MAX_BRAND_NAME, description="What is to be set in it as a sample, such as your name.")
]


class FontView(BaseModel):
    """A font of your own."""

    id: str
    font: str = Field(description="What `own_font` of `POST /v1/logos` and `family` of a design take.")
    family: str = Field(description="Its own name.")
    embedding: str = Field(description="What its licence flag (fsType) allows: `installable`, `editable` or `preview`.")
    licence: str = Field(description="What it says of its licence; empty if it says nothing.")
    in_kit: bool = Field(description="Whether kits have it: only where its licence lets it be passed on.")
    warnings: list[str] = Field(description="What you should know of it, a sentence each.")
    svg: str = Field(description="The `text` in it, a small SVG document; empty without one, and if it lacks letters.")
    missing: list[str] = Field(description="The characters of `text` that it lacks.")

    @classmethod
    def of(cls, kept: KeptFont, sample: FontSample) -> "FontView":
        notes: Mapping[str, Any] = kept.notes
        return cls(
            id=kept.font.identity,
            font=kept.font.name,
            family=kept.font.title,
            embedding=notes["embedding"],
            licence=notes["licence"],
            in_kit=bool(notes["licence_text"]),
            warnings=list(notes["warnings"]),
            svg=sample.svg,
            missing=list(sample.missing),
        )


class FontList(BaseModel):
    """Your fonts, the newest first."""

    data: list[FontView]


@router.post(
    "/v1/fonts",
    tags=["logos"],
    summary="Bring a font of your own",
    status_code=201,
    responses=answers(REFUSED),
    openapi_extra=_BODY,
)
async def add_font(
    request: Request,
    fonts: Fonts,
    renderer: RendererGiven,
    client: GenerateClient,
    deadline: Deadline,
    text: SampleText = "",
) -> FontView:
    """Keep a font (TTF, OTF or WOFF2, up to 4 MB) until you delete it; up to 40 of yours are kept.

    A font whose licence flag forbids embedding is refused. What setting a name does not need is left out of it.
    """
    content = await request.body()
    made = await while_connected(request, renderer.read_upload(make_font, content, client, deadline))
    notes, _, font = made.partition(b"\n")
    kept = await asyncio.to_thread(fonts.add, client.id, json.loads(notes), font)
    return (await _show([kept], text, renderer, client, deadline))[0]


@router.get("/v1/fonts", tags=["logos"], summary="List your fonts", responses=answers(REFUSED))
async def list_fonts(
    fonts: Fonts, renderer: RendererGiven, client: KnownClient, deadline: Deadline, text: SampleText = ""
) -> FontList:
    """Return the fonts that you brought along, the newest first, each with a sample."""
    kept = await asyncio.to_thread(fonts.list, client.id)
    return FontList(data=await _show(kept, text, renderer, client, deadline))


@router.delete(
    "/v1/fonts/{identity}",
    tags=["logos"],
    summary="Delete a font",
    status_code=204,
    responses=answers(REFUSED, MISSING),
)
async def delete_font(
    identity: Annotated[str, Path(pattern="^[0-9a-f]{28}$")], fonts: Fonts, client: GenerateClient
) -> Response:
    """Delete a font of yours. Logos that are set in it stay as files, and cannot be changed any more in their type."""
    await asyncio.to_thread(fonts.remove, client.id, identity)
    return Response(status_code=204)


async def _show(
    kept: list[KeptFont], text: str, renderer: Renderer, client: Principal, deadline: float
) -> list[FontView]:
    if not (kept and text.strip()):
        return [FontView.of(one, FontSample("")) for one in kept]
    names = tuple(one.font.name for one in kept)
    samples = await renderer.compute(
        (client.id, client.weight),
        Purpose.DOWNLOAD,
        _SAMPLE_COST * len(names),
        deadline,
        draw_samples,
        renderer.own_fonts,
        names,
        text,
    )
    return [FontView.of(one, sample) for one, sample in zip(kept, samples, strict=True)]
