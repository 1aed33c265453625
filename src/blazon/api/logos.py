"""`/v1/logos`: generations as a resource."""

import asyncio
import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from blazon.api import event_stream
from blazon.api.authentication import ClientRoute
from blazon.api.connection import while_connected
from blazon.api.dependencies import Fonts, GenerateClient, KnownClient, ReadClient, Service, SettingsGiven
from blazon.api.links import path_of
from blazon.api.logo_files import Identity
from blazon.api.preferences import last_event, preference
from blazon.api.reference import ACCEPTED, CACHE, CREATED, MISSING, REFUSED, STREAMED, answers
from blazon.api.requests import LogoBrief, claim, uses_cache
from blazon.brief import MAX_SEED
from blazon.generation import ID_PATTERN, Status
from blazon.principal import Principal
from blazon.serve.acceptance import Acceptance, GenerationRequest
from blazon.serve.schemas import PATH, GenerationView
from blazon.serve.service import GenerationService
from blazon.settings import Settings

router = APIRouter(route_class=ClientRoute)


class GenerationPage(BaseModel):
    """Some generations, the newest first."""

    data: list[GenerationView]
    next: str | None = Field(description="What `after` takes for the page that follows; null on the last one.")


@router.post(
    "/v1/logos",
    tags=["logos"],
    summary="Ask for logos",
    status_code=201,
    response_model=GenerationView,
    responses=answers(CREATED, ACCEPTED, REFUSED),
)
async def create_logos(
    wish: LogoBrief,
    request: Request,
    response: Response,
    service: Service,
    client: GenerateClient,
    settings: SettingsGiven,
    fonts: Fonts,
) -> GenerationView:
    """Draw logos. Waits until they are finished, up to `MAX_WAIT`; `Prefer: respond-async` answers at once.

    A client that leaves while it waits cancels, unless it sent an `Idempotency-Key`.
    """
    asked = preference(request)
    if wish.own_font:
        await asyncio.to_thread(fonts.check, client.id, wish.own_font)
    brief = wish.to_brief(seed=secrets.randbelow(MAX_SEED + 1), engine=settings.engine)
    wanted = GenerationRequest(
        brief,
        priority=wish.priority,
        waited_for=not asked.respond_async,
        patience=wish.timeout or (None if asked.respond_async else settings.request_timeout),
        webhook_url=wish.webhook_url or "",
        claim=await claim(request),
        use_cache=uses_cache(request),
        previews=wish.previews,
    )
    return await finish_generation(wanted, request, response, service, client, settings)


async def finish_generation(
    wanted: GenerationRequest,
    request: Request,
    response: Response,
    service: GenerationService,
    client: Principal,
    settings: Settings,
) -> GenerationView:
    """Accept a generation and wait for it as long as its client wants; see `create_logos` for the answer."""
    asked = preference(request)
    patience = asked.patience(settings.max_wait)
    accepted, generation = await while_connected(request, service.finish(wanted, client, patience))
    response.headers.update(_headers(request, accepted, asked.describe_applied(settings.max_wait)))
    response.status_code = 201 if generation.status is Status.SUCCEEDED else 202
    return GenerationView.of(generation, accepted.estimated_wait)


@router.get("/v1/logos", tags=["logos"], summary="List generations", responses=answers(REFUSED))
async def list_logos(
    service: Service,
    client: ReadClient,
    limit: Annotated[int, Query(ge=1, le=100, description="How many at most.")] = 20,
    after: Annotated[
        str | None, Query(pattern=ID_PATTERN, description="The `next` of the page before this one.")
    ] = None,
    status: Annotated[list[Status] | None, Query(description="Only those with one of these statuses.")] = None,
) -> GenerationPage:
    """Return your generations, the newest first."""
    found = await service.page(client.id, limit + 1, after, status or ())
    following = found[limit - 1].id if len(found) > limit else None
    return GenerationPage(data=[GenerationView.of(one) for one in found[:limit]], next=following)


@router.get("/v1/logos/{identity}", tags=["logos"], summary="Look at a generation", responses=answers(REFUSED, MISSING))
async def read_logos(identity: Identity, service: Service, client: KnownClient) -> GenerationView:
    """Return a generation as it is now; while it waits, with its place in the queue."""
    generation = await service.get(identity, client.id)
    place = await service.find_place(generation)
    return GenerationView.of(generation, *(place.seconds, place.ahead) if place else ())


@router.delete(
    "/v1/logos/{identity}",
    tags=["logos"],
    summary="Cancel or remove a generation",
    response_model=GenerationView,
    responses=answers(REFUSED, MISSING, {204: {"description": "It had ended and was removed", "model": None}}),
)
async def delete_logos(identity: Identity, service: Service, client: GenerateClient) -> Any:
    """Cancel a generation that is under way, which stays as cancelled; remove one that has ended."""
    generation = await service.get(identity, client.id)
    if (cancelled := await service.cancel(identity)) is not None:
        return GenerationView.of(cancelled)
    await service.remove(generation)
    return Response(status_code=204)


@router.get(
    "/v1/logos/{identity}/events",
    tags=["logos"],
    summary="Watch a generation",
    response_class=StreamingResponse,
    responses=answers(
        STREAMED, REFUSED, MISSING, {204: {"description": "Nothing follows the last event that was seen"}}
    ),
)
async def watch_logos(identity: Identity, request: Request, service: Service, client: KnownClient) -> Response:
    """Stream what happens: `queued`, `started`, `progress`, `preview`, `candidate`, and the status that it ends with.

    A client that comes back with the `Last-Event-ID` of the last event that it saw misses nothing. `interrupted` is the
    last event of a server that stops before the end, or has not taken the generation up since its start: come back so.
    """
    after = last_event(request)
    generation = await service.get(identity, client.id)
    if generation.status.ended and after >= generation.event:
        return Response(status_code=204)  # which tells a browser not to connect again
    events = event_stream.write_events(generation, service.events(generation, after))
    return StreamingResponse(
        event_stream.with_heartbeat(events), media_type=event_stream.MEDIA_TYPE, headers={"X-Accel-Buffering": "no"}
    )


def _headers(request: Request, accepted: Acceptance, applied: str) -> dict[str, str]:
    headers = {
        "Location": path_of(request, f"{PATH}/{accepted.generation.id}"),
        CACHE: "hit" if accepted.hit else "miss",
    }
    return {**headers, "Preference-Applied": applied} if applied else headers
