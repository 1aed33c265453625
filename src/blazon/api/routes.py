"""The routes: each reads a request, asks the service, and puts the answer into its schema."""

import secrets
from base64 import b64encode
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from blazon import __version__
from blazon.api.connection import while_connected
from blazon.api.failures import documented
from blazon.api.pages import docs_page, welcome_page
from blazon.api.schemas import Healthy, LogoRequest, LogoResponse, Unhealthy, Welcome
from blazon.brief import MAX_SEED, kept_sizes
from blazon.serve.service import LogoService, State
from blazon.settings import Settings

router = APIRouter()

_SEED: Final = {
    "X-Seed": {"description": "The seed of this logo; send it to get the same again.", "schema": {"type": "integer"}}
}


def _service(request: Request) -> LogoService:
    service: LogoService = request.state.service
    return service


def _settings(request: Request) -> Settings:
    settings: Settings = request.state.settings
    return settings


Service = Annotated[LogoService, Depends(_service)]
Resolved = Annotated[Settings, Depends(_settings)]


@router.post(
    "/api/generate_logo",
    summary="Draw a logo",
    responses={200: {"headers": _SEED}, **documented(400, 413, 422, 500, 503, 504)},
)
async def generate_logo(
    wish: LogoRequest, request: Request, response: Response, service: Service, settings: Resolved
) -> LogoResponse:
    """Draw one logo and return it as PNG in every size asked for."""
    brief = wish.brief(seed=secrets.randbelow(MAX_SEED + 1), engine=settings.engine)
    sizes = kept_sizes(wish.sizes)
    delivery = await while_connected(request, service.draw(brief, sizes))
    response.headers["X-Seed"] = str(brief.seed)
    return LogoResponse(
        prompt=brief.prompt,
        images={str(size): b64encode(png).decode("ascii") for size, png in delivery.pngs.items()},
        sizes=list(sizes),
        model=delivery.model,
    )


@router.get(
    "/health",
    summary="Is the server ready?",
    response_model=Healthy,
    responses={503: {"model": Unhealthy, "description": "Loading, or unable to draw"}, **documented(500)},
)
async def health(service: Service, settings: Resolved) -> Any:
    """Tell at once whether logos can be drawn, whatever else the server is doing."""
    if service.state is not State.READY:
        body = Unhealthy(status="loading" if service.state is State.LOADING else "unhealthy", error=service.problem)
        return JSONResponse(body.model_dump(), 503, {"Retry-After": "1"})
    return Healthy(model=service.model, environment=settings.environment)


@router.get(
    "/",
    summary="What is this?",
    response_model=Welcome,
    responses={200: {"content": {"text/html": {}}}, **documented(500)},
)
async def welcome(accept: Annotated[str, Header(include_in_schema=False)] = "") -> Any:
    """Greet: a small page for a browser, JSON for every other client."""
    if "text/html" in accept.lower():
        return HTMLResponse(welcome_page(__version__), headers={"Vary": "Accept"})
    return JSONResponse(
        Welcome(message="Blazon draws logos.", version=__version__).model_dump(), headers={"Vary": "Accept"}
    )


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    return HTMLResponse(docs_page(request.app.openapi()))
