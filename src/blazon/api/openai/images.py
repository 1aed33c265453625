"""`POST /v1/images/generations`: images in one answer, or as a stream."""

import asyncio
import hashlib
import secrets
from base64 import b64encode
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from structlog.contextvars import bound_contextvars

from blazon.api.connection import StreamWhileConnected, while_connected
from blazon.api.dependencies import Deadline, LinksGiven, PageClient, RendererGiven, Service, SettingsGiven
from blazon.api.event_stream import MEDIA_TYPE, with_heartbeat
from blazon.api.links import url_of
from blazon.api.openai.answers import ErrorAnswer, Image, ImagesAnswer, find_origin
from blazon.api.openai.failures import OpenAIRoute
from blazon.api.openai.plan import ImagePlan, plan_images
from blazon.api.openai.requests import ImageRequest, pass_over_version
from blazon.api.openai.streaming import ImageStream
from blazon.api.openai.usage import usage
from blazon.api.reference import CACHE, CREDITS, DRAWN, LICENCE, REFUSED, SEED, STREAMED, answers
from blazon.api.requests import claim, uses_cache
from blazon.brief import MAX_SEED
from blazon.export.delivery import FileSpec
from blazon.generation import CandidateRecord, Generation
from blazon.serve.acceptance import Acceptance, GenerationRequest
from blazon.serve.rendering.renderer import Purpose, Renderer
from blazon.serve.schemas import file_path
from blazon.serve.service import GenerationService

router = APIRouter(route_class=OpenAIRoute, dependencies=[Depends(pass_over_version)])

_ANSWERS: Final = {200: {**DRAWN[200], **STREAMED[200], "description": "The images, as one answer or as events"}}


def refusals(*statuses: int) -> dict[int | str, Any]:
    """Return what the OpenAPI document says of errors in OpenAI's form."""
    known = {status: {**REFUSED.get(status, {"description": "Refused"}), "model": ErrorAnswer} for status in statuses}
    return {**answers(known), "default": {"model": ErrorAnswer, "description": "Any other error"}}


@router.post(
    "/v1/images/generations",
    tags=["OpenAI"],
    summary="Make images",
    response_model=ImagesAnswer,
    response_model_exclude_none=True,
    responses={**refusals(400, 401, 403, 404, 408, 409, 413, 429, 500, 503, 504, 507), **answers(_ANSWERS)},
)
async def create_images(
    wish: ImageRequest,
    request: Request,
    response: Response,
    service: Service,
    renderer: RendererGiven,
    links: LinksGiven,
    client: PageClient,
    settings: SettingsGiven,
    deadline: Deadline,
) -> Any:
    """Make images as OpenAI's API does. A client that leaves cancels, unless it sent an `Idempotency-Key`."""
    seed, engine = secrets.randbelow(MAX_SEED + 1), service.host.engine
    plan = plan_images(wish, engine.models(), seed=seed, engine=settings.engine, checked=settings.nsfw_check)
    wanted = GenerationRequest(
        plan.brief,
        patience=settings.request_timeout,
        claim=await claim(request),
        use_cache=uses_cache(request),
        previews=plan.partials > 0,
    )
    with bound_contextvars(**_end_user(plan)):
        if wish.stream:
            wanted = await while_connected(request, service.read(wanted, client))
            accepted = await service.accept(wanted, client)
            stream = ImageStream(request, plan, accepted.generation, engine, renderer, deadline)
            return _stream(service, wanted, accepted, stream)
        accepted, generation = await while_connected(request, service.finish(wanted, client))
    origins = [await find_origin(engine, generation.brief, record) for record in generation.candidates]
    if plan.linked:
        images = [
            Image(url=url_of(request, links.sign(*_address(generation, record, plan.spec))), **origin)
            for record, origin in zip(generation.candidates, origins, strict=True)
        ]
    else:
        files = await while_connected(request, _render(plan, generation, renderer, deadline))
        images = [
            Image(b64_json=b64encode(file).decode(), **origin) for file, origin in zip(files, origins, strict=True)
        ]
    response.headers.update(_headers(accepted, generation))
    return _answer(plan, generation, images)


def _stream(
    service: GenerationService, wanted: GenerationRequest, accepted: Acceptance, stream: ImageStream
) -> Response:
    generation = accepted.generation
    return StreamWhileConnected(
        with_heartbeat(stream.events(service.events(generation, 0))),
        media_type=MEDIA_TYPE,
        headers={"X-Accel-Buffering": "no", "Cache-Control": "no-cache", **_headers(accepted, generation)},
        over=lambda: service.leave(wanted, generation.id),
    )


async def _render(plan: ImagePlan, generation: Generation, renderer: Renderer, deadline: float) -> list[bytes]:
    renderings = [
        asyncio.create_task(renderer.render_file(generation, record, plan.spec, Purpose.ANSWER, deadline))
        for record in generation.candidates
    ]
    try:
        return await asyncio.gather(*renderings)
    finally:  # if one fails, nobody waits for the others
        for rendering in renderings:
            rendering.cancel()


def _address(generation: Generation, record: CandidateRecord, spec: FileSpec) -> tuple[str, list[tuple[str, str]]]:
    """Return path and query of an image as a file."""
    query = {"width": spec.width, "height": spec.height, "background": spec.background, "quality": spec.quality}
    path = file_path(generation.id, record.number, spec.format)
    return path, [(name, str(value)) for name, value in query.items()]


def _answer(plan: ImagePlan, generation: Generation, images: list[Image]) -> ImagesAnswer:
    spec = plan.spec
    return ImagesAnswer(
        created=int(generation.created_at),
        background=spec.background,
        data=images,
        output_format=spec.format.value,
        quality=plan.quality,
        size=plan.size,
        usage=usage(generation.brief, spec, len(images)),
        safety_identifier=plan.end_user,
        id=generation.id,
        model=images[0].model,
        seed=generation.brief.seed,
    )


def _headers(accepted: Acceptance, generation: Generation) -> dict[str, str]:
    headers = {SEED: str(generation.brief.seed), CACHE: "hit" if accepted.hit else "miss"}
    told = {
        LICENCE: dict.fromkeys(record.licence for record in generation.candidates),
        CREDITS: dict.fromkeys(line for record in generation.candidates for line in record.credits),
    }
    return headers | {name: ", ".join(map(quote, lines)) for name, lines in told.items() if lines}


def _end_user(plan: ImagePlan) -> dict[str, str]:
    """Return what the log says of the end user: enough to tell one from others, not who it is."""
    return {"end_user": hashlib.sha256(plan.end_user.encode()).hexdigest()[:16]} if plan.end_user else {}
