"""The routes: each reads the request, asks the service and writes the answer, nothing else."""

import secrets
from base64 import b64encode
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from blazon import __version__
from blazon.api.authentication import requires
from blazon.api.connection import while_connected
from blazon.api.landing import landing_page
from blazon.api.reference import CREDITS, DRAWN, GREETING, REFUSED, SEED, UNHEALTHY, answers
from blazon.api.schemas import Gpu, Healthy, LogoRequest, LogoResponse, Unhealthy, Welcome
from blazon.brief import MAX_SEED, kept_sizes
from blazon.principal import Scope
from blazon.serve.service import LogoService, State
from blazon.settings import Settings

router = APIRouter()


def _settings(request: Request) -> Settings:
    settings: Settings = request.state.settings
    return settings


def _service(request: Request) -> LogoService:
    service: LogoService = request.state.service
    return service


SettingsGiven = Annotated[Settings, Depends(_settings)]
Service = Annotated[LogoService, Depends(_service)]


@router.post(
    "/api/generate_logo",
    tags=["logos"],
    summary="Draw a logo",
    responses=answers(DRAWN, REFUSED),
    dependencies=[Depends(requires(Scope.GENERATE))],
)
async def generate_logo(
    wish: LogoRequest, request: Request, response: Response, service: Service, settings: SettingsGiven
) -> LogoResponse:
    """Draw one logo and return it as PNG in every size that was asked for."""
    brief = wish.brief(seed=secrets.randbelow(MAX_SEED + 1), engine=settings.engine)
    sizes = kept_sizes(wish.sizes)
    delivery = await while_connected(request, service.draw(brief, sizes))
    response.headers[SEED] = str(brief.seed)
    if delivery.credits:
        response.headers[CREDITS] = ", ".join(quote(credit) for credit in delivery.credits)
    images = {str(size): b64encode(png).decode() for size, png in delivery.pngs.items()}
    return LogoResponse(prompt=brief.prompt, images=images, sizes=list(sizes), model=delivery.model)


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
    if service.state is State.READY:
        return Healthy(model=service.model, gpu=Gpu(**service.gpu()), environment=settings.environment)
    loading = service.state is State.LOADING
    body = Unhealthy(status="loading" if loading else "unhealthy", error=service.problem).model_dump()
    return JSONResponse(body, 503, {"Retry-After": "1"})


@router.get(
    "/",
    tags=["server"],
    summary="Who answers here",
    response_model=Welcome,
    responses=answers(GREETING),
)
async def root(request: Request) -> Response:
    """Greet: a page for those who ask for HTML, JSON for all others."""
    vary = {"Vary": "Accept"}
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(landing_page(__version__), headers=vary)
    return JSONResponse(Welcome(message="Blazon draws logos.", version=__version__).model_dump(), headers=vary)
