"""A candidate as PDF: `GET /v1/logos/{id}/{n}.pdf`."""

import hashlib
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from blazon import __version__
from blazon.api.authentication import ClientRoute
from blazon.api.connection import while_connected
from blazon.api.dependencies import Deadline, Designs, KnownClient, RendererGiven, Service
from blazon.api.logo_files import FileResponse, FileRevision, HeadOnly, Identity, Number, find_candidate, holds_tag
from blazon.api.middleware import HEAD_ONLY
from blazon.api.reference import GONE, MISSING, REFUSED, UNDESIGNED, answers
from blazon.brief import LayoutKind
from blazon.draw.artwork import Variant
from blazon.export.delivery import Background
from blazon.file_metadata import Metadata
from blazon.serve.rendering.file_maker import PDF_TYPE
from blazon.serve.rendering.pdfs import PdfPage

router = APIRouter(route_class=ClientRoute)

_YEAR: Final = 31_536_000


@router.get(
    "/v1/logos/{identity}/{number}.pdf",
    tags=["logos"],
    summary="Download a candidate as PDF",
    response_class=Response,
    responses={
        **answers(REFUSED, MISSING, GONE, UNDESIGNED),
        200: {"content": {PDF_TYPE: {"schema": {"type": "string", "format": "binary"}}}, "description": "The file"},
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
    client: KnownClient,
    deadline: Deadline,
    variant: Annotated[Variant, Query(description="The colouring.")] = Variant.COLOUR,
    layout: Annotated[LayoutKind | None, Query(description="Instead of the logo's own.")] = None,
    background: Annotated[Background, Query(description="Whether the logo stands on its paper.")] = "transparent",
    revision: FileRevision = 0,
    metadata: Annotated[Metadata, Query(description="What the file says of its origin.")] = Metadata.ALL,
) -> Response:
    """Return the logo as one page of filled paths in RGB, cropped to its clear space, its longer side 14 cm.

    It never changes, and may be kept. Of a logo that was painted it shows the design that is made of it.
    """
    generation = await service.get(identity, client.id)
    drawn = find_candidate(generation, number)
    candidate = await while_connected(
        request, designs.find_record(generation, drawn, revision, deadline, designed=True)
    )
    page = PdfPage(variant, layout, background == "opaque", metadata)
    what = f"{generation.fingerprint} {number} pdf {page} {__version__}"
    changed = f" {generation.id} {revision}" if revision else ""
    tag = f'"{hashlib.sha256((what + changed).encode()).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": f"private, max-age={_YEAR}, immutable"}
    if holds_tag(request, tag):
        return Response(status_code=304, headers=headers)
    if HEAD_ONLY in request.scope:
        return HeadOnly(media_type=PDF_TYPE, headers=headers)
    content = await while_connected(request, renderer.render_pdf(generation, candidate, page, deadline))
    return FileResponse(content, renderer.count_unsent(content), media_type=PDF_TYPE, headers=headers)
