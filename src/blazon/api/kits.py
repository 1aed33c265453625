"""All files of a candidate: `GET /v1/logos/{id}/{n}/kit.zip`."""

import hashlib
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response

from blazon import __version__
from blazon.api.authentication import ClientRoute
from blazon.api.connection import while_connected
from blazon.api.dependencies import Deadline, Designs, FileOwner, RendererGiven, Service
from blazon.api.logo_files import FileResponse, HeadOnly, Identity, find_candidate, holds_tag
from blazon.api.middleware import HEAD_ONLY
from blazon.api.reference import GONE, MISSING, REFUSED, answers
from blazon.kit.kit_file import slug_of
from blazon.serve.rendering.kits import order_kit

router = APIRouter(route_class=ClientRoute)

_MEDIA_TYPE: Final = "application/zip"
_HOUR: Final = 3600


@router.get(
    "/v1/logos/{identity}/{number}/kit.zip",
    tags=["logos"],
    summary="Download the kit of a candidate",
    response_class=Response,
    responses={
        **answers(REFUSED, MISSING, GONE),
        200: {"content": {_MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}, "description": "The zip"},
        304: {"description": "The client has it already"},
    },
)
async def logo_kit(
    identity: Identity,
    number: Annotated[int, Path(ge=0, le=10_000, description="Which candidate, counted from 0.")],
    request: Request,
    service: Service,
    renderer: RendererGiven,
    designs: Designs,
    owner: FileOwner,
    deadline: Deadline,
    revision: Annotated[
        int, Query(ge=0, le=1_000_000, description="Of its design; 0 is the logo as it was drawn.")
    ] = 0,
) -> Response:
    """Return every file of a logo and its brand book in one zip, with a README.txt that says which is for what.

    Every layout and colouring as SVG, PDF, EPS and PNG; icons for the web, iOS, Android and a Flutter app; pictures for
    social networks; a BIMI mark; design tokens; fonts with their licences; the brand book as PDF and HTML. The same
    candidate gives the same bytes until Blazon has another version. A painted logo has no kit.
    """
    generation = await service.get(identity, owner)
    candidate = await designs.find_record(generation, find_candidate(generation, number), revision)
    order = order_kit(candidate)
    changed = f" {generation.id} {revision}" if revision else ""
    digest = hashlib.sha256(f"{generation.fingerprint} {number} kit {__version__}{changed}".encode()).hexdigest()
    headers = {
        "ETag": f'"{digest[:32]}"',
        "Cache-Control": f"private, max-age={_HOUR}",
        "Content-Disposition": f'attachment; filename="{slug_of(order.name)}-kit.zip"',
    }
    if holds_tag(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    if HEAD_ONLY in request.scope:
        return HeadOnly(media_type=_MEDIA_TYPE, headers=headers)
    content = await while_connected(request, renderer.render_kit(generation, candidate, order, deadline))
    return FileResponse(content, renderer.count_unsent(content), media_type=_MEDIA_TYPE, headers=headers)
