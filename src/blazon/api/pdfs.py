"""A candidate as PDF: `GET /v1/logos/{id}/{n}.pdf`."""

import hashlib
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from blazon import __version__
from blazon.api.authentication import ClientRoute
from blazon.api.connection import while_connected
from blazon.api.dependencies import Deadline, Designs, FileOwner, RendererGiven, Service
from blazon.api.logo_files import FileResponse, HeadOnly, Identity, Number, find_candidate, holds_tag
from blazon.api.middleware import HEAD_ONLY
from blazon.api.query_parameters import refuse_unknown_parameters
from blazon.api.reference import GONE, MISSING, REFUSED, UNDESIGNED, answers
from blazon.brief import LayoutKind
from blazon.draw.artwork import Variant
from blazon.export.delivery import Background
from blazon.serve.rendering.pdfs import draw_pdf
from blazon.serve.rendering.renderer import Purpose

router = APIRouter(route_class=ClientRoute, dependencies=[Depends(refuse_unknown_parameters)])

_MEDIA_TYPE: Final = "application/pdf"
_YEAR: Final = 31_536_000
_COST: Final = 1.0  # of a PNG of a million pixels


@router.get(
    "/v1/logos/{identity}/{number}.pdf",
    tags=["logos"],
    summary="Download a candidate as PDF",
    response_class=Response,
    responses={
        **answers(REFUSED, MISSING, GONE, UNDESIGNED),
        200: {"content": {_MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}, "description": "The file"},
        304: {"description": "The client has it already"},
    },
)
async def logo_pdf(
    identity: Identity,
    number: Number,
    request: Request,
    service: Service,
    renderer: RendererGiven,
    designs: Designs,
    owner: FileOwner,
    deadline: Deadline,
    variant: Annotated[Variant, Query(description="The colouring.")] = Variant.COLOUR,
    layout: Annotated[LayoutKind | None, Query(description="Instead of the logo's own.")] = None,
    background: Annotated[Background, Query(description="Whether the logo stands on its paper.")] = "transparent",
    revision: Annotated[
        int, Query(ge=0, le=1_000_000, description="Of its design; 0 is the logo as it was drawn.")
    ] = 0,
) -> Response:
    """Return the logo as one page of filled paths in RGB, cropped to its clear space, its longer side 14 cm.

    It never changes, and may be kept. A logo that was painted has no design, and no PDF.
    """
    generation = await service.get(identity, owner)
    found = await designs.read(generation, find_candidate(generation, number), revision)
    what = f"{generation.fingerprint} {number} pdf {variant} {layout} {background} {__version__}"
    changed = f" {generation.id} {revision}" if revision else ""
    tag = f'"{hashlib.sha256((what + changed).encode()).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": f"private, max-age={_YEAR}, immutable"}
    if holds_tag(request, tag):
        return Response(status_code=304, headers=headers)
    if HEAD_ONLY in request.scope:
        return HeadOnly(media_type=_MEDIA_TYPE, headers=headers)
    drawing = renderer.compute(
        (generation.owner, generation.weight),
        Purpose.DOWNLOAD,
        _COST,
        deadline,
        draw_pdf,
        renderer.own_fonts,
        found.design,
        variant,
        layout,
        paper=background == "opaque",
    )
    content = await while_connected(request, drawing)
    return FileResponse(content, renderer.count_unsent(content), media_type=_MEDIA_TYPE, headers=headers)
