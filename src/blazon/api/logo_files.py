"""A candidate as a file: `GET /v1/logos/{id}/{n}.{format}`."""

import hashlib
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.types import Receive, Scope, Send

from blazon.api.authentication import ClientRoute
from blazon.api.connection import while_connected
from blazon.api.dependencies import Deadline, Designs, FileOwner, RendererGiven, Service
from blazon.api.middleware import HEAD_ONLY
from blazon.api.reference import GONE, MISSING, REFUSED, answers
from blazon.brief import MAX_SIZE, LayoutKind
from blazon.draw.artwork import Variant
from blazon.errors import Conflict, InvalidBrief, NotFound
from blazon.export.delivery import DEFAULT_DPI, LARGEST_SVG, MAX_PADDING, SMALLEST_FILE, Background, FileSpec
from blazon.export.formats import PictureFormat
from blazon.file_metadata import Metadata
from blazon.generation import ID_PATTERN, CandidateRecord, Generation
from blazon.serve.designs import DesignService
from blazon.serve.rendering.renderer import Purpose

router = APIRouter(route_class=ClientRoute)

Identity = Annotated[str, Path(pattern=ID_PATTERN, description="The id of the generation.")]
Number = Annotated[int, Path(ge=0, le=10_000, description="Which candidate, counted from 0.")]
FileRevision = Annotated[int, Query(ge=0, le=1_000_000, description="Of its design; 0 is the logo as it was drawn.")]
_YEAR: Final = 31_536_000
_PIECE: Final = 64 * 1024
_DEFAULT_SIZE: Final = 1024
_MOST_DPI: Final = 2400
PICTURES: Final = {kind.media_type: {"schema": {"type": "string", "format": "binary"}} for kind in PictureFormat}


@router.get(
    "/v1/logos/{identity}/{number}.{form}",
    tags=["logos"],
    summary="Download a candidate",
    response_class=Response,
    responses={
        **answers(REFUSED, MISSING, GONE),
        200: {"content": PICTURES, "description": "The file"},
        304: {"description": "The client has it already"},
    },
)
async def logo_file(
    identity: Identity,
    number: Number,
    form: Annotated[Literal["svg", "png", "webp", "jpeg"], Path(description="The format.")],
    request: Request,
    service: Service,
    renderer: RendererGiven,
    designs: Designs,
    owner: FileOwner,
    deadline: Deadline,
    size: Annotated[
        int,
        Query(
            ge=SMALLEST_FILE,
            le=LARGEST_SVG,
            description=f"Side in pixels, of a picture at most {MAX_SIZE}; up to 48 it is the drawing for a favicon.",
        ),
    ] = _DEFAULT_SIZE,
    background: Annotated[
        Background | None,
        Query(description="Whether the logo stands on its paper; if not given, black and white ones but JPEG do not."),
    ] = None,
    width: Annotated[int | None, Query(ge=SMALLEST_FILE, le=LARGEST_SVG, description="Instead of `size`.")] = None,
    height: Annotated[int | None, Query(ge=SMALLEST_FILE, le=LARGEST_SVG, description="Instead of `size`.")] = None,
    quality: Annotated[int, Query(ge=0, le=100, description="Of JPEG and WebP; a WebP of 100 is lossless.")] = 90,
    variant: Annotated[Variant, Query(description="The colouring.")] = Variant.COLOUR,
    layout: Annotated[LayoutKind | None, Query(description="Instead of the logo's own.")] = None,
    revision: FileRevision = 0,
    metadata: Annotated[
        Metadata,
        Query(description="What the file says of its origin: all, with the prompt; all but the prompt; or nothing."),
    ] = Metadata.ALL,
    padding: Annotated[
        int, Query(ge=0, le=MAX_PADDING, description="Per cent of the shorter side to leave free at each edge.")
    ] = 0,
    dpi: Annotated[
        int, Query(ge=1, le=_MOST_DPI, description="Pixels to the inch that a PNG or JPEG says it is printed with.")
    ] = DEFAULT_DPI,
) -> Response:
    """Return the logo in the format and size that is asked for. It never changes, and may be kept.

    From 16 to 48 pixels it is the drawing for small sizes: the mark alone, without what would clog; a wordmark is its
    first letter. What FLUX painted is only made smaller. For a variant or a layout a design is made of it, with its
    mark traced; where that cannot be traced well the answer is 422, and says so.

    A file carries the prompt unless `metadata` says otherwise: whoever gets the file can read it.

    A link with `expires` and `signature`, as `POST /v1/images/generations` gives it, needs no key. A client that leaves
    gives up its place among those who wait.
    """
    generation = await service.get(identity, owner)
    picture = PictureFormat(form)
    paper = background or choose_background(picture, variant)
    wide, high = width or size, height or size
    spec = FileSpec(wide, high, picture, paper, quality, variant, layout, metadata, padding, dpi)
    _check_size(spec, "width" if width else "height" if height else "size")
    tag = compute_etag(generation, number, spec, revision)
    headers = {"ETag": tag, "Cache-Control": f"private, max-age={_YEAR}, immutable"}
    candidate = await while_connected(
        request, _find_record(designs, generation, find_candidate(generation, number), revision, spec, deadline)
    )
    if holds_tag(request, tag):
        return Response(status_code=304, headers=headers)
    if HEAD_ONLY in request.scope:  # the length would take rendering it, and may be left out (RFC 9110, 9.3.2)
        return HeadOnly(media_type=spec.format.media_type, headers=headers)
    content = await while_connected(
        request, renderer.render_file(generation, candidate, spec, Purpose.DOWNLOAD, deadline)
    )
    return FileResponse(content, renderer.count_unsent(content), media_type=spec.format.media_type, headers=headers)


def choose_background(form: PictureFormat, variant: Variant) -> Background:
    """Return what a file stands on where nobody says: a logo in black or white is put on other things."""
    bare = variant in (Variant.BLACK, Variant.WHITE) and form is not PictureFormat.JPEG
    return "transparent" if bare else "opaque"


def _check_size(spec: FileSpec, field: str) -> None:
    """Refuse a picture that is larger than those that are rendered; an SVG has no pixels.

    Raises:
        InvalidBrief: it is, by the name of the `field` that says so.
    """
    if spec.format is not PictureFormat.SVG and max(spec.width, spec.height) > MAX_SIZE:
        raise InvalidBrief(field, f"must be at most {MAX_SIZE} for {spec.format}; an svg may be larger")


async def _find_record(
    designs: DesignService,
    generation: Generation,
    drawn: CandidateRecord,
    revision: int,
    spec: FileSpec,
    deadline: float,
) -> CandidateRecord:
    """Return a candidate as a file of it is made: a painting as its design where it is to be drawn otherwise.

    Raises:
        InvalidBrief: no design can be made of the painting.
        Conflict, NotFound: as `DesignService.find_record` does.
    """
    try:
        return await designs.find_record(generation, drawn, revision, deadline, designed=spec.redrawn)
    except Conflict as reason:
        if revision:
            raise
        raise InvalidBrief("layout" if spec.layout else "variant", f"cannot be changed: {reason}") from None


class HeadOnly(Response):
    """The head of an answer whose length is not known."""

    def init_headers(self, headers: Mapping[str, str] | None = None) -> None:
        super().init_headers(headers)
        del self.headers["Content-Length"]


class FileResponse(Response):
    """A file that is sent in pieces, each when the client has taken the one before.

    Args:
        unsent: is entered until all of it was taken.
    """

    def __init__(self, content: bytes, unsent: AbstractContextManager[None], **options: Any) -> None:
        super().__init__(content, **options)
        self._unsent = unsent

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as ASGI has it
        with self._unsent:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            for start in range(0, len(self.body), _PIECE):
                piece = bytes(self.body[start : start + _PIECE])
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})


def holds_tag(request: Request, tag: str) -> bool:
    """Whether the client says, by `If-None-Match`, that it has the file."""
    known = ",".join(request.headers.getlist("if-none-match"))
    return tag in known or known.strip() == "*"


def find_candidate(generation: Generation, number: int) -> CandidateRecord:
    """Return a finished candidate.

    Raises:
        NotFound: there is none of that number, or not yet.
    """
    for candidate in generation.candidates:
        if candidate.number == number:
            return candidate
    when = "" if generation.status.ended else " yet"
    raise NotFound(f"generation {generation.id} has no candidate {number}{when}")


def compute_etag(generation: Generation, number: int, spec: FileSpec, revision: int) -> str:
    """Return what tells one file from all others; a revision is of one generation alone."""
    changed = f" {generation.id} {revision}" if revision else ""
    what = f"{generation.fingerprint} {number} {spec}{changed}"
    return f'"{hashlib.sha256(what.encode()).hexdigest()[:32]}"'
