"""The FastAPI application: what is opened at the start, what surrounds a request, what answers it."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from functools import partial
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from fastapi import Depends, FastAPI
from fastapi.middleware.cors import CORSMiddleware

from blazon import __version__
from blazon.api import (
    design_alternatives,
    designs,
    fonts,
    health,
    keys,
    kits,
    logo_files,
    logos,
    metrics,
    page,
    pdfs,
    routes,
    uploads,
    variations,
)
from blazon.api.authentication import declare_optional
from blazon.api.docs import add_docs
from blazon.api.failures import map_failures
from blazon.api.links import Links
from blazon.api.middleware import BodyLimit, HeadRequests, RequestLogMiddleware, UnexpectedErrorMiddleware
from blazon.api.openai import images, models
from blazon.api.openai.failures import map_openai_failures
from blazon.api.query_parameters import refuse_unknown_parameters
from blazon.api.reference import EXPOSED
from blazon.logs import LogStyle
from blazon.serve.application import open_application
from blazon.serve.compute.pool import ComputePool, count_processes
from blazon.serve.engines.choice import load_engine
from blazon.serve.engines.protocol import EngineLoader, LogoEngine
from blazon.serve.process.shutdown import Shutdown
from blazon.settings import Settings

_NICENESS: Final = 10  # of what draws: whoever asks for something small does not wait for a core


def create_app(
    settings: Settings, open_engine: Callable[[], LogoEngine] | None = None, shutdown: Shutdown | None = None
) -> FastAPI:
    """Return the ASGI application. The engine is loaded once it runs, while `/health` says that it is loading.

    Args:
        open_engine: opens another engine than that which the settings choose.
        shutdown: says when the process is about to end, and is told when it has to.
    """
    ending = shutdown or Shutdown(settings.drain_timeout)

    def make_loader(processes: ComputePool) -> EngineLoader:
        return partial(load_engine, settings, processes=processes) if open_engine is None else lambda _: open_engine()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        logs = LogStyle(settings.log_level, settings.log_format)
        with closing(
            ComputePool(count_processes(settings.compute_processes), niceness=_NICENESS, logs=logs)
        ) as processes:
            async with open_application(settings, make_loader(processes), ending, processes) as state:
                yield {
                    "service": state.service,
                    "renderer": state.renderer,
                    "designs": state.designs,
                    "fonts": state.fonts,
                    "authenticator": state.authenticator,
                    "keys": state.keys,
                    "telemetry": state.telemetry,
                    "links": Links(state.link_key),
                    "settings": settings,
                    "started_at": int(time.time()),
                }

    app = FastAPI(
        title="Blazon",
        version=__version__,
        description="Describe a brand, get a logo. Every answer carries `X-Request-ID`; a sane one of yours is kept.",
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # to whatever the client says that our host is
        lifespan=lifespan,
    )
    # From the inside out: each surrounds the ones above it.
    app.add_middleware(HeadRequests)
    app.add_middleware(BodyLimit, timeout=settings.body_timeout)
    app.add_middleware(UnexpectedErrorMiddleware)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=["*"],
            allow_private_network="*" not in settings.cors_origins,  # `*` names no page that was meant
            expose_headers=EXPOSED,
        )
    app.add_middleware(RequestLogMiddleware, prefix=unquote(urlsplit(settings.public_url).path).rstrip("/"))
    map_failures(app)
    map_openai_failures(app)
    for module in (routes, page):  # which pass over what they do not know, as the old API always did
        app.include_router(module.router)
    drawing = (logos, designs, design_alternatives, variations, pdfs, logo_files, kits, uploads, fonts)
    for module in (*drawing, images, models, keys, health, *([metrics] if settings.metrics_enabled else [])):
        app.include_router(module.router, dependencies=[Depends(refuse_unknown_parameters)])
    add_docs(app)
    if settings.api_keys != "required":
        declare_optional(app)
    return app
