"""What users bring along: `POST /v1/marks` and `POST /v1/palettes`, the file as the body."""

from collections.abc import Callable
from typing import Any, Final

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from blazon.api.authentication import ClientRoute
from blazon.api.connection import while_connected
from blazon.api.dependencies import Deadline, GenerateClient, RendererGiven
from blazon.api.query_parameters import refuse_unknown_parameters
from blazon.api.reference import REFUSED, answers
from blazon.api.requests import OwnMark
from blazon.imports.uploads import list_palette, make_mark
from blazon.principal import Principal
from blazon.serve.rendering.renderer import Renderer

router = APIRouter(route_class=ClientRoute, dependencies=[Depends(refuse_unknown_parameters)])

_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_PICTURES: Final = {"image/png": _BINARY, "image/jpeg": _BINARY, "image/webp": _BINARY}


def _body(kinds: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": kinds}}


class MarkFound(BaseModel):
    """A mark of your own, ready for `own_mark` of `POST /v1/logos` or the `mark` of a design."""

    mark: OwnMark
    palette: str = Field(description="Its colours, as `palette` takes them.")
    warnings: list[str] = Field(description="What was left out or changed, a sentence each.")


class ColourFound(BaseModel):
    colour: str
    share: float = Field(description="Of what is not paper, 0 to 1.")


class PaletteFound(BaseModel):
    """The colours that a picture is made of, the most telling first."""

    palette: str = Field(description="The colours, as `palette` of `POST /v1/logos` takes them.")
    colours: list[ColourFound]
    paper: str | None = Field(description="The colour that all of it stands on, where there is one.")


@router.post(
    "/v1/marks",
    tags=["logos"],
    summary="Bring a mark of your own",
    response_model=MarkFound,
    responses=answers(REFUSED),
    openapi_extra=_body({"image/svg+xml": {"schema": {"type": "string"}}, **_PICTURES}),
)
async def read_own_mark(
    request: Request, renderer: RendererGiven, client: GenerateClient, deadline: Deadline
) -> Response:
    """Return the outlines of a mark: of an SVG (up to 1 MB), or traced from a PNG, JPEG or WebP (up to 4 MB).

    Scripts, references, text and pictures in an SVG are left out. White is paper; up to three colours are kept. Nothing
    of the file is stored.
    """
    return await _answer(request, renderer, client, make_mark, deadline)


@router.post(
    "/v1/palettes",
    tags=["logos"],
    summary="Find the palette of a picture",
    response_model=PaletteFound,
    responses=answers(REFUSED),
    openapi_extra=_body(_PICTURES),
)
async def find_palette(
    request: Request, renderer: RendererGiven, client: GenerateClient, deadline: Deadline
) -> Response:
    """Return up to five colours of a PNG, JPEG or WebP (up to 4 MB). Nothing of the file is stored."""
    return await _answer(request, renderer, client, list_palette, deadline)


async def _answer(
    request: Request, renderer: Renderer, client: Principal, read: Callable[[bytes], bytes], deadline: float
) -> Response:
    content = await request.body()
    found = await while_connected(request, renderer.read_upload(read, content, client, deadline))
    return Response(found, media_type="application/json")
