"""All files of a candidate: `GET /v1/logos/{id}/{n}/kit.zip`."""

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
from blazon.file_metadata import Metadata
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
        **answers(REFUSED, MISSING, GONE, UNDESIGNED),
        200: {"content": {_MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}, "description": "The zip"},
        304: {"description": "The client has it already"},
    },
)
async def logo_kit(
    identity: Identity,
    number: Number,
    request: Request,
    service: Service,
    renderer: RendererGiven,
    designs: Designs,
    client: KnownClient,
    deadline: Deadline,
    revision: FileRevision = 0,
    metadata: Annotated[
        Metadata, Query(description="What its files say of their origin; with `none` all SVG can be pasted into JSX.")
    ] = Metadata.ORIGIN,
) -> Response:
    """Return every file of a logo and its brand book in one zip, with a README.txt that says which is for what.

    Every layout and colouring as SVG, PDF, EPS and PNG; icons for the web, iOS, Android and a Flutter app; pictures for
    social networks; a BIMI mark; design tokens; fonts with their licences; the brand book as PDF and HTML. The same
    candidate gives the same bytes until Blazon has another version.

    The kit of a painted logo is that of its design, which is made of it, with the painting. Its files say that a model
    painted the mark, as far as their formats can; README.txt tells which cannot.
    """
    generation = await service.get(identity, client.id)
    drawn = find_candidate(generation, number)
    candidate = await while_connected(
        request, designs.find_record(generation, drawn, revision, deadline, designed=True)
    )
    order = order_kit(candidate)
    changed = f" {generation.id} {revision}" if revision else ""
    what = f"{generation.fingerprint} {number} kit {metadata} {__version__}{changed}"
    digest = hashlib.sha256(what.encode()).hexdigest()
    headers = {
        "ETag": f'"{digest[:32]}"',
        "Cache-Control": f"private, max-age={_HOUR}",
        "Content-Disposition": f'attachment; filename="{slug_of(order.name)}-kit.zip"',
    }
    if holds_tag(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    if HEAD_ONLY in request.scope:
        return HeadOnly(media_type=_MEDIA_TYPE, headers=headers)
    painting = drawn if order.design.painter and drawn.design is None else None
    content = await while_connected(
        request,
        renderer.render_kit(generation, candidate, order, deadline, metadata=metadata, painting=painting),
    )
    return FileResponse(content, renderer.count_unsent(content), media_type=_MEDIA_TYPE, headers=headers)
