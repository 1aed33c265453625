"""`/v1/logos/{id}/{n}/design` and `/v1/designs`: designs as documents, and their revisions."""

from datetime import UTC, datetime
from email.message import Message
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from blazon.api.authentication import ClientRoute
from blazon.api.connection import while_connected
from blazon.api.dependencies import Deadline, Designs, GenerateClient, KnownClient, Service
from blazon.api.logo_files import PICTURES, Identity, Number, choose_background, find_candidate
from blazon.api.reference import CHANGED, CREDITS, DESIGN, MISSING, REFUSED, REVISION, UNDESIGNED, answers
from blazon.api.revision_tags import holds_revision, read_if_match, write_revision_tag
from blazon.brief import MAX_SIZE
from blazon.design_document import write_schema
from blazon.draw.artwork import Variant
from blazon.export.delivery import SMALLEST_FILE, Background, FileSpec
from blazon.export.formats import PictureFormat
from blazon.generation import CandidateRecord, Generation
from blazon.serve.rendering.documents import DrawnDocument
from blazon.serve.schemas import file_path, kit_path
from blazon.store.revisions import Revision

router = APIRouter(route_class=ClientRoute)

MERGE_PATCH: Final = "application/merge-patch+json"
_ACCEPTED: Final = (MERGE_PATCH, "application/json")
DESIGN_PATH: Final = "/v1/logos/{identity}/{number}/design"
_PATCH_BODY: Final = {
    "requestBody": {
        "required": True,
        "description": "A JSON merge patch (RFC 7396) of the design; beside its fields it may have `palette`.",
        "content": {kind: {"schema": {"type": "object"}} for kind in _ACCEPTED},
    }
}
_DESIGN_BODY: Final = {
    "requestBody": {
        "required": True,
        "description": "A design document, see `GET /v1/designs/schema`.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}
WantedRevision = Annotated[int | None, Query(ge=0, le=1_000_000, description="The current one if not given.")]
RevisionNumber = Annotated[int, Path(ge=0, le=1_000_000, description="Which revision; 0 is as it was drawn.")]


class RevisionView(BaseModel):
    """A design that a logo has, or had."""

    object: Literal["revision"] = "revision"
    revision: int = Field(description="Its number; 0 is the logo as it was drawn.")
    parent: int | None = Field(description="The revision that it was made of; null for the first.")
    created_at: datetime
    changes: list[str] = Field(description="The fields in which it differs from its parent, such as `colours.mark`.")
    adapted: list[str] = Field(description="What was changed beside what was asked for, so that all fits: in words.")
    shows: list[str]
    credits: list[str] = Field(description="Lines that must be shown with the logo.")
    warnings: list[str] = Field(description="What whoever uses it should know.")
    svg: str = Field(description="Where it is as SVG, as in a candidate; `?variant=` and `?layout=` may be added.")
    png: str
    webp: str
    kit: str = Field(description="Where all of its files are, as one zip.")
    design: dict[str, Any]

    @classmethod
    def of(cls, generation: Generation, number: int, revision: Revision) -> "RevisionView":
        query = f"?revision={revision.revision}" if revision.revision else ""
        return cls(
            revision=revision.revision,
            parent=revision.parent if revision.revision else None,
            created_at=datetime.fromtimestamp(revision.created_at, UTC),
            changes=list(revision.changes),
            adapted=list(revision.adapted),
            shows=list(revision.shows),
            credits=list(revision.design["credits"]),
            warnings=list(revision.warnings),
            svg=file_path(generation.id, number, "svg") + query,
            png=file_path(generation.id, number, "png") + query,
            webp=file_path(generation.id, number, "webp") + query,
            kit=kit_path(generation.id, number) + query,
            design=revision.design,
        )


class RevisionList(BaseModel):
    """Some revisions of a design, the newest first."""

    current: int = Field(description="The revision that counts.")
    data: list[RevisionView]
    next: int | None = Field(description="What `before` takes for the page that follows; null on the last one.")


class DesignView(BaseModel):
    """A design that was drawn for whoever holds it; nothing is kept of it."""

    object: Literal["design"] = "design"
    shows: list[str]
    credits: list[str] = Field(description="Lines that must be shown with the logo.")
    warnings: list[str] = Field(description="What whoever uses it should know.")
    svg: str = Field(description="The logo on its paper: an SVG document.")
    design: dict[str, Any] = Field(description="The document with all of its fields.")

    @classmethod
    def of(cls, drawn: DrawnDocument) -> "DesignView":
        return cls(
            shows=list(drawn.shows),
            credits=list(drawn.credits),
            warnings=list(drawn.warnings),
            svg=drawn.svg.decode(),
            design=drawn.design,
        )


async def _find_known(
    identity: Identity, number: Number, service: Service, client: KnownClient
) -> tuple[Generation, CandidateRecord]:
    generation = await service.get(identity, client.id)
    return generation, find_candidate(generation, number)


async def _find_own(
    identity: Identity, number: Number, service: Service, client: GenerateClient
) -> tuple[Generation, CandidateRecord]:
    generation = await service.get(identity, client.id)
    return generation, find_candidate(generation, number)


KnownLogo = Annotated[tuple[Generation, CandidateRecord], Depends(_find_known)]
"""A candidate that the client may look at."""
OwnLogo = Annotated[tuple[Generation, CandidateRecord], Depends(_find_own)]
"""A candidate that the client may change."""


@router.get(
    DESIGN_PATH,
    tags=["designs"],
    summary="Read a design",
    response_class=JSONResponse,
    responses=answers(DESIGN, REFUSED, MISSING, UNDESIGNED, {304: {"description": "The client has it already"}}),
)
async def read_design(
    logo: KnownLogo, request: Request, designs: Designs, deadline: Deadline, revision: WantedRevision = None
) -> Response:
    """Return the design of a logo as it is now: the document that `PATCH` changes and `POST /v1/designs` draws.

    Of a logo that FLUX painted it is made when it is first asked for: its mark is traced, its words are set in type.
    """
    found = await while_connected(request, designs.read(*logo, deadline, revision))
    headers = _headers(found)
    if holds_revision(request, found.revision):
        return Response(status_code=304, headers=headers)
    return JSONResponse(found.design, headers=headers)


@router.patch(
    DESIGN_PATH,
    tags=["designs"],
    summary="Change a design",
    response_model=RevisionView,
    responses=answers(CHANGED, REFUSED, MISSING, UNDESIGNED),
    openapi_extra=_PATCH_BODY,
)
async def change_design(
    logo: OwnLogo, request: Request, response: Response, designs: Designs, deadline: Deadline
) -> RevisionView:
    """Change what a JSON merge patch names; everything else stays, and what has to follow is told in `adapted`.

    Each change is a new revision. One that changes nothing returns the current one. With `If-Match` the design is
    changed only if it is still the one with that `ETag`, or else the answer is 412.
    """
    _check_content_type(request)
    expected, patch = read_if_match(request), await request.body()
    made = await while_connected(request, designs.change(*logo, patch, expected, deadline))
    return _answer(logo, made, response)


@router.post(
    f"{DESIGN_PATH}/undo",
    tags=["designs"],
    summary="Undo a change of a design",
    response_model=RevisionView,
    responses=answers(CHANGED, REFUSED, MISSING, UNDESIGNED),
)
async def undo_design(
    logo: OwnLogo, request: Request, response: Response, designs: Designs, deadline: Deadline
) -> RevisionView:
    """Go back to the revision that the current one was made of."""
    return _answer(logo, await designs.undo(*logo, read_if_match(request), deadline), response)


@router.post(
    f"{DESIGN_PATH}/redo",
    tags=["designs"],
    summary="Redo a change of a design",
    response_model=RevisionView,
    responses=answers(CHANGED, REFUSED, MISSING, UNDESIGNED),
)
async def redo_design(
    logo: OwnLogo, request: Request, response: Response, designs: Designs, deadline: Deadline
) -> RevisionView:
    """Go forward to the newest revision that was made of the current one."""
    return _answer(logo, await designs.redo(*logo, read_if_match(request), deadline), response)


@router.get(
    f"{DESIGN_PATH}/revisions",
    tags=["designs"],
    summary="List the revisions of a design",
    responses=answers(REFUSED, MISSING, UNDESIGNED),
)
async def list_revisions(
    logo: KnownLogo,
    request: Request,
    designs: Designs,
    deadline: Deadline,
    limit: Annotated[int, Query(ge=1, le=100, description="How many at most.")] = 50,
    before: Annotated[
        int | None, Query(ge=0, le=1_000_000, description="The `next` of the page before this one.")
    ] = None,
) -> RevisionList:
    """Return revisions, the newest first; the very last is the logo as it was drawn."""
    generation, drawn = logo
    history = await while_connected(request, designs.page(generation, drawn, limit, deadline, before))
    found = [RevisionView.of(generation, drawn.number, one) for one in history.revisions]
    last = found[-1].revision if found else 0
    return RevisionList(current=history.current, data=found, next=last or None)


@router.get(
    f"{DESIGN_PATH}/revisions/{{revision}}",
    tags=["designs"],
    summary="Read a revision of a design",
    response_model=RevisionView,
    responses=answers(REFUSED, MISSING, UNDESIGNED),
)
async def read_revision(
    logo: KnownLogo, revision: RevisionNumber, request: Request, designs: Designs, deadline: Deadline
) -> RevisionView:
    """Return one revision, which never changes."""
    generation, drawn = logo
    found = await while_connected(request, designs.read(generation, drawn, deadline, revision))
    return RevisionView.of(generation, drawn.number, found)


@router.post(
    f"{DESIGN_PATH}/revisions/{{revision}}/restore",
    tags=["designs"],
    summary="Restore a revision of a design",
    response_model=RevisionView,
    responses=answers(CHANGED, REFUSED, MISSING, UNDESIGNED),
)
async def restore_revision(
    logo: OwnLogo, revision: RevisionNumber, request: Request, response: Response, designs: Designs, deadline: Deadline
) -> RevisionView:
    """Make a new revision with the design of an earlier one, so that undo leads back to what was before."""
    expected = read_if_match(request)
    made = await while_connected(request, designs.restore(*logo, revision, expected, deadline))
    return _answer(logo, made, response)


@router.post(
    "/v1/designs",
    tags=["designs"],
    summary="Draw a design",
    response_model=DesignView,
    responses=answers(REFUSED, {200: {"content": PICTURES, "description": "The design and its SVG, or the file"}}),
    openapi_extra=_DESIGN_BODY,
)
async def draw_design(
    request: Request,
    designs: Designs,
    client: GenerateClient,
    deadline: Deadline,
    form: Annotated[
        Literal["json", "svg", "png", "webp", "jpeg"],
        Query(alias="format", description="JSON with the SVG in it, or a file."),
    ] = "json",
    variant: Annotated[Variant, Query(description="The colouring.")] = Variant.COLOUR,
    size: Annotated[int, Query(ge=SMALLEST_FILE, le=MAX_SIZE, description="Side of a file in pixels.")] = 1024,
    background: Annotated[Background | None, Query(description="Of a file, as of those of candidates.")] = None,
    quality: Annotated[int, Query(ge=0, le=100, description="Of JPEG and WebP; a WebP of 100 is lossless.")] = 90,
) -> Any:
    """Draw a design document that you hold. Nothing of it is kept."""
    content = await request.body()
    if form == "json":
        return DesignView.of(await while_connected(request, designs.draw(content, client, deadline, variant)))
    picture = PictureFormat(form)
    paper = background or choose_background(picture, variant)
    spec = FileSpec(size, size, picture, paper, quality, variant)
    logo, file = await while_connected(request, designs.render(content, spec, client, deadline))
    credited = {CREDITS: ", ".join(map(quote, logo.credits))} if logo.credits else {}
    return Response(file, media_type=picture.media_type, headers=credited)


@router.get(
    "/v1/designs/schema",
    tags=["designs"],
    summary="Describe design documents",
    response_class=Response,
    responses=answers(
        {200: {"content": {"application/schema+json": {}}, "description": "JSON Schema 2020-12"}, 422: REFUSED[422]}
    ),
)
async def read_schema() -> Response:
    """Return the JSON Schema of design documents, for editors and validators."""
    return Response(write_schema(), media_type="application/schema+json")


def _answer(logo: tuple[Generation, CandidateRecord], revision: Revision, response: Response) -> RevisionView:
    generation, drawn = logo
    response.headers.update(_headers(revision))
    return RevisionView.of(generation, drawn.number, revision)


def _headers(revision: Revision) -> dict[str, str]:
    tag = write_revision_tag(revision.revision)
    return {"ETag": tag, REVISION: str(revision.revision), "Cache-Control": "private, no-cache"}


def _check_content_type(request: Request) -> None:
    """Return if a body is announced as a merge patch.

    Raises:
        HTTPException: 415, it is not.
    """
    message = Message()
    message["content-type"] = request.headers.get("content-type", "")
    if message.get_content_type() not in _ACCEPTED or "content-type" not in request.headers:
        words = f"a design is changed by a JSON merge patch; send it with the header Content-Type: {MERGE_PATCH}"
        raise HTTPException(415, words, {"Accept-Patch": ", ".join(_ACCEPTED)})
