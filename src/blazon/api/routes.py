"""The routes: each reads the request, asks the service and writes the answer, nothing else."""

import secrets
from base64 import b64encode
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from blazon import __version__
from blazon.api.authentication import ClientRoute
from blazon.api.connection import while_connected
from blazon.api.dependencies import Deadline, PageClient, RendererGiven, Service, SettingsGiven
from blazon.api.page import answer_index
from blazon.api.reference import (
    CACHE,
    CREDITS,
    DRAWN_IN_SIZES,
    DROPPED_SIZES,
    GREETING,
    LICENCE,
    REFUSED,
    SEED,
    UNHEALTHY,
    answers,
)
from blazon.api.requests import LogoRequest, claim, uses_cache
from blazon.api.schemas import ClusterHealth, Gpu, Healthy, LogoResponse, ModelHealth, Unhealthy, Welcome
from blazon.brief import MAX_SEED, MAX_SIZES, keep_sizes
from blazon.errors import TextNotCovered
from blazon.generation import CandidateRecord
from blazon.models import ModelCard
from blazon.serve.acceptance import Acceptance, GenerationRequest
from blazon.serve.engines.calls import CallOutcome, ClusterReport
from blazon.serve.engines.host import EngineState

router = APIRouter(route_class=ClientRoute)

_LONGEST_HEADER: Final = 200


@router.post(
    "/api/generate_logo",
    tags=["logos"],
    summary="Draw a logo",
    responses=answers(DRAWN_IN_SIZES, REFUSED),
)
async def generate_logo(
    wish: LogoRequest,
    request: Request,
    response: Response,
    service: Service,
    renderer: RendererGiven,
    client: PageClient,
    settings: SettingsGiven,
    deadline: Deadline,
) -> LogoResponse:
    """Draw one logo and return it as PNG in every size that was asked for."""
    sizes = keep_sizes(wish.sizes)
    brief = wish.to_brief(seed=secrets.randbelow(MAX_SEED + 1), engine=settings.engine, size=max(sizes))
    wanted = GenerationRequest(
        brief, patience=settings.request_timeout, claim=await claim(request), use_cache=uses_cache(request)
    )

    async def draw() -> tuple[Acceptance, CandidateRecord, dict[int, bytes]]:
        accepted, generation = await service.finish(wanted, client)
        logo = generation.candidates[0]
        return accepted, logo, await renderer.render_pngs(generation, logo, tuple(dict.fromkeys(sizes)), deadline)

    try:
        accepted, logo, pngs = await while_connected(request, draw())
    except TextNotCovered as error:  # old clients know it as a 400
        raise HTTPException(400, str(error)) from None
    response.headers[SEED] = str(brief.seed)
    response.headers[CACHE] = "hit" if accepted.hit else "miss"
    response.headers[LICENCE] = quote(logo.licence)
    if dropped := _list_dropped(wish.sizes or [], sizes):
        response.headers[DROPPED_SIZES] = dropped
    if logo.credits:
        response.headers[CREDITS] = ", ".join(quote(credit) for credit in logo.credits)
    images = {str(size): b64encode(png).decode() for size, png in pngs.items()}
    return LogoResponse(prompt=brief.prompt, images=images, sizes=list(sizes), model=logo.model)


def _list_dropped(asked: list[int], kept: tuple[int, ...]) -> str:
    """Return the sizes that were not kept as the value of a header."""
    dropped = [size for size in dict.fromkeys(asked) if size not in {*kept}]
    return ", ".join(map(str, dropped[:MAX_SIZES]))[:_LONGEST_HEADER]


@router.get(
    "/health",
    tags=["server"],
    summary="Whether logos can be drawn now",
    response_model=Healthy,
    response_model_exclude_none=True,
    responses=answers(UNHEALTHY),
)
async def health(service: Service, settings: SettingsGiven) -> Healthy | Response:
    """Answer at once, whatever is being drawn."""
    host = service.host
    if host.state is EngineState.READY:
        gpu, cluster = Gpu(**host.gpu()), _describe_cluster(host.report_cluster())
        models = _describe_models(host.engine.models())
        return Healthy(model=host.model, gpu=gpu, cluster=cluster, models=models, environment=settings.environment)
    loading = host.state is EngineState.LOADING
    body = Unhealthy(status="loading" if loading else "unhealthy", error=host.problem).model_dump()
    return JSONResponse(body, 503, {"Retry-After": "1"})


def _describe_models(cards: Sequence[ModelCard]) -> list[ModelHealth] | None:
    painting = [
        ModelHealth(name=card.name, state=card.state, problem=card.problem or None)
        for card in cards
        if card.painted and card.state is not None
    ]
    return painting if len(painting) > 1 else None


def _describe_cluster(report: ClusterReport | None) -> ClusterHealth | None:
    if report is None:
        return None
    lost = report.ended[CallOutcome.LOST]
    return ClusterHealth(reachable=report.reachable, replicas=report.replicas, calls=report.calls, lost=lost)


@router.get(
    "/",
    tags=["server"],
    summary="Who answers here",
    response_model=Welcome,
    responses=answers(GREETING),
)
async def root(request: Request) -> Response:
    """Greet: a page for those who ask for HTML, JSON for all others."""
    if "text/html" in request.headers.get("accept", ""):
        return answer_index(request)
    welcome = Welcome(message="Blazon draws logos.", version=__version__)
    return JSONResponse(welcome.model_dump(), headers={"Vary": "Accept"})
